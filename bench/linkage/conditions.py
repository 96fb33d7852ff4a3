#!/usr/bin/env python3
"""Records the conditions that Splink writes, and what DuckDB answers for made-up pairs, as known answers for tests.

  conditions.py OUT_DIR        (with splink==5.0.0 and duckdb==2.0.1 installed)

Writes conditions.jsonl. The first line holds sets of pairs of values; each further line is
[kind, dialect, what it is, SQL, set of pairs, answers]: every level and rule that Splink's libraries make for DuckDB, Spark
and SQLite, and conditions as people write them. Answers are t, f or - (NULL) for each pair in turn; there are none for other
dialects, for rules, and for what DuckDB itself refuses.
"""
import datetime
import json
import logging
import random
import sys
import warnings

import duckdb
warnings.filterwarnings("ignore"); logging.disable(logging.CRITICAL)
import splink, splink.comparison_level_library as L, splink.comparison_library as C
import splink.blocking_rule_library as B
from splink import ColumnExpression as E, block_on, SettingsCreator
levels = {
 "null": lambda: L.NullLevel("name"),
 "null with a pattern": lambda: L.NullLevel("postcode", valid_string_pattern="^[A-Z]{1,2}"),
 "exact": lambda: L.ExactMatchLevel("name"),
 "exact, a name with a space": lambda: L.ExactMatchLevel('"first name"'),
 "exact, upper case": lambda: L.ExactMatchLevel("First_Name"),
 "exact, frequency": lambda: L.ExactMatchLevel("name", term_frequency_adjustments=True),
 "literal text": lambda: L.LiteralMatchLevel("sex","male","string"),
 "literal text with a quote": lambda: L.LiteralMatchLevel("sex","O''Neil","string"),
 "literal int": lambda: L.LiteralMatchLevel("age","30","int",side_of_comparison="left"),
 "literal float": lambda: L.LiteralMatchLevel("age","30.5","float",side_of_comparison="right"),
 "literal date": lambda: L.LiteralMatchLevel("dob","2000-01-01","date"),
 "reversed": lambda: L.ColumnsReversedLevel("forename","surname"),
 "reversed both ways": lambda: L.ColumnsReversedLevel("forename","surname",symmetrical=True),
 "levenshtein": lambda: L.LevenshteinLevel("name",2),
 "damerau": lambda: L.DamerauLevenshteinLevel("name",1),
 "jaro": lambda: L.JaroLevel("name",0.9),
 "jaro winkler": lambda: L.JaroWinklerLevel("name",0.88),
 "jaccard": lambda: L.JaccardLevel("name",0.9),
 "distance function": lambda: L.DistanceFunctionLevel("name","levenshtein",2,False),
 "pairwise levenshtein": lambda: L.PairwiseStringDistanceFunctionLevel("names","levenshtein",1),
 "pairwise damerau": lambda: L.PairwiseStringDistanceFunctionLevel("names","damerau_levenshtein",1),
 "pairwise jaro winkler": lambda: L.PairwiseStringDistanceFunctionLevel("names","jaro_winkler",0.8),
 "pairwise jaro": lambda: L.PairwiseStringDistanceFunctionLevel("names","jaro",0.8),
 "absolute difference": lambda: L.AbsoluteDifferenceLevel("age",2),
 "percentage difference": lambda: L.PercentageDifferenceLevel("amount",0.1),
 "time difference of text": lambda: L.AbsoluteTimeDifferenceLevel("at",input_is_string=True,threshold=1,metric="hour"),
 "time difference": lambda: L.AbsoluteTimeDifferenceLevel("at",input_is_string=False,threshold=1.5,metric="day"),
 "date difference of text": lambda: L.AbsoluteDateDifferenceLevel("dob",input_is_string=True,threshold=1,metric="month"),
 "date difference of text, a format": lambda: L.AbsoluteDateDifferenceLevel("dob",input_is_string=True,threshold=1,metric="year",datetime_format="%d/%m/%Y"),
 "date difference": lambda: L.AbsoluteDateDifferenceLevel("dob",input_is_string=False,threshold=10,metric="year"),
 "km": lambda: L.DistanceInKMLevel("lat","lon",1),
 "km, not null": lambda: L.DistanceInKMLevel("lat","lon",0.5,not_null=True),
 "km, list": lambda: L.DistanceInKMLevel("place[1]","place[2]",10),
 "array intersect": lambda: L.ArrayIntersectLevel("names",2),
 "array subset": lambda: L.ArraySubsetLevel("names"),
 "array subset, empty": lambda: L.ArraySubsetLevel("names",empty_is_subset=True),
 "cosine": lambda: L.CosineSimilarityLevel("vector",0.9),
 "and": lambda: L.And(L.ExactMatchLevel("name"),L.LevenshteinLevel("town",1)),
 "or": lambda: L.Or(L.ExactMatchLevel("name"),L.JaroLevel("town",0.9)),
 "not": lambda: L.Not(L.ExactMatchLevel("name")),
 "nested": lambda: L.And(L.Not(L.Or(L.NullLevel("name"),L.ExactMatchLevel("name"))),L.Or(L.ExactMatchLevel("town"),L.ExactMatchLevel("dob"))),
 "custom": lambda: L.CustomLevel("substr(name_l, 1, 1) = substr(name_r, 1, 1)"),
 "custom, length": lambda: L.CustomLevel("length(name_l) > 3 and left(name_l, 3) = left(name_r, 3)"),
 "lower": lambda: L.ExactMatchLevel(E("name").lower()),
 "substr": lambda: L.ExactMatchLevel(E("name").substr(1,3)),
 "cast to string": lambda: L.ExactMatchLevel(E("number").cast_to_string()),
 "regex": lambda: L.ExactMatchLevel(E("postcode").regex_extract("^([A-Z]+)",1)),
 "nullif": lambda: L.ExactMatchLevel(E("name").nullif("UNKNOWN")),
 "try parse date": lambda: L.ExactMatchLevel(E("dob").try_parse_date()),
 "try parse timestamp": lambda: L.ExactMatchLevel(E("at").try_parse_timestamp()),
 "first element": lambda: L.ExactMatchLevel(E("names").access_extreme_array_element("first")),
 "last element": lambda: L.ExactMatchLevel(E("names").access_extreme_array_element("last")),
 "several": lambda: L.ExactMatchLevel(E("postcode").lower().substr(1,3).nullif("")),
 "an expression": lambda: L.ExactMatchLevel(E("upper(trim(name))")),
 "concatenation": lambda: L.ExactMatchLevel(E("forename || ' ' || surname")),
 "struct": lambda: L.ExactMatchLevel(E("place['lat']")),
}
comps = {
 "ExactMatch": lambda: C.ExactMatch("name").configure(term_frequency_adjustments=True),
 "Levenshtein": lambda: C.LevenshteinAtThresholds("name",[1,2]),
 "Damerau": lambda: C.DamerauLevenshteinAtThresholds("name",[1,2]),
 "Jaccard": lambda: C.JaccardAtThresholds("name"), "Jaro": lambda: C.JaroAtThresholds("name"),
 "JaroWinkler": lambda: C.JaroWinklerAtThresholds("name"),
 "DistanceFunction": lambda: C.DistanceFunctionAtThresholds("name","levenshtein",[1,2],False),
 "Pairwise": lambda: C.PairwiseStringDistanceFunctionAtThresholds("names","levenshtein",[1,2]),
 "Time": lambda: C.AbsoluteTimeDifferenceAtThresholds("at",input_is_string=True,metrics=["hour","day"],thresholds=[1,1]),
 "Date": lambda: C.AbsoluteDateDifferenceAtThresholds("dob",input_is_string=True,metrics=["month","year"],thresholds=[1,1]),
 "DateTyped": lambda: C.AbsoluteDateDifferenceAtThresholds("dob",input_is_string=False,metrics=["month"],thresholds=[1]),
 "Array": lambda: C.ArrayIntersectAtSizes("names",[2,1]),
 "KM": lambda: C.DistanceInKMAtThresholds("lat","lon",[1,10]),
 "DOB": lambda: C.DateOfBirthComparison("dob",input_is_string=True),
 "DOBdate": lambda: C.DateOfBirthComparison("dob",input_is_string=False),
 "Postcode": lambda: C.PostcodeComparison("postcode"),
 "PostcodeKM": lambda: C.PostcodeComparison("postcode",lat_col="lat",long_col="lon",km_thresholds=[1,10]),
 "Email": lambda: C.EmailComparison("email"), "Name": lambda: C.NameComparison("name"),
 "NameDM": lambda: C.NameComparison("name",dmeta_col_name="name_dm"),
 "ForenameSurname": lambda: C.ForenameSurnameComparison("forename","surname"),
 "ForenameSurnameConcat": lambda: C.ForenameSurnameComparison("forename","surname",forename_surname_concat_col_name="full"),
 "Cosine": lambda: C.CosineSimilarityAtThresholds("vector"),
}
rules = {
 "one": lambda: block_on("name"), "two": lambda: block_on("name","dob"), "substr": lambda: block_on("substr(name,1,3)","substr(dob,1,4)"),
 "space": lambda: block_on('"first name"'), "explode": lambda: block_on("names", arrays_to_explode=["names"]),
 "expression": lambda: block_on(E("name").lower().substr(1,2)), "element": lambda: block_on(E("names").access_extreme_array_element("first")),
 "last": lambda: block_on(E("names").access_extreme_array_element("last")),
 "custom": lambda: B.CustomRule("l.name = r.name and levenshtein(l.town, r.town) <= 2 and l.dob <> r.dob"),
 "len": lambda: B.CustomRule("l.first_name = r.first_name and len(l.first_name) <2"),
 "and or not": lambda: B.CustomRule("(l.name = r.name) AND ((l.dob = r.dob) OR (l.town = r.town)) AND NOT (l.sex = r.sex)"),
 "concat": lambda: block_on("name || dob"), "year": lambda: block_on("year(dob)"), "split": lambda: block_on("split_part(email,'@',1)"),
 "cast": lambda: block_on("cast(dob as varchar)"), "regex": lambda: block_on(E("postcode").regex_extract("^[A-Z]+")),
}

def conditions():
    """[kind, dialect, what, SQL], each SQL of a dialect once."""
    seen = set()
    for dialect in ["duckdb", "spark", "sqlite"]:
        for kind, makers in [("level", levels), ("comparison", comps), ("rule", rules)]:
            for what, make in makers.items():
                try:
                    made = make()
                    if kind == "level":
                        sqls = [made.create_level_dict(dialect)["sql_condition"]]
                    elif kind == "comparison":
                        sqls = [l["sql_condition"] for l in made.create_comparison_dict(dialect)["comparison_levels"]]
                    else:
                        sqls = [made.create_blocking_rule_dict(dialect)["blocking_rule"]]
                except (ValueError, NotImplementedError):
                    continue  # that dialect has no such level
                for at, sql in enumerate(sqls):
                    sql = " ".join(sql.split())
                    if sql != "ELSE" and (kind, dialect, sql) not in seen:
                        seen.add((kind, dialect, sql))
                        yield ["rule" if kind == "rule" else "level", dialect, f"{what} {at}" if kind == "comparison" else what, sql]
    for what, sql in extra:
        yield ["level", "by hand", what, sql]

rng=random.Random(7)
def pick(*v): return rng.choice(v)
names=["john","jon","Jöhn","jhon","Smith","smyth","smiht","O'Neil","UNKNOWN","","a","ab","MARTHA","MARHTA","dwayne","duane"," ann ",None,None]
pcs=["SW1A 1AA","SW1A 2AA","SW1A1AA","M1 1AE","B33 8TH","sw1a 1aa","","x",None]
emails=["a@b.com","a@c.org","ab@b.com","@b","nobody","",None,"john.smith@x.uk","jon.smith@x.uk"]
days=["1980-01-31","1980-02-01","1981-01-31","1980-31-01","1985-06-05","bad","2000-02-30","",None,"1970-01-01","31/12/1990","01/01/1991"]
ats=["2020-01-01T10:00:00Z","2020-01-01T10:59:00Z","2020-01-02T10:00:00Z","x",None]
lists=[["john"],["jon","smith"],["smith","john"],[],["a","a","b"],None,["JOHN",None]]
vecs=[[1.0,0.0],[0.9,0.1],[0.0,1.0],None,[-1.0,0.5]]
cols={"name":("VARCHAR",names),"first name":("VARCHAR",names),"first_name":("VARCHAR",names),"town":("VARCHAR",names),"forename":("VARCHAR",names),"surname":("VARCHAR",names),"full":("VARCHAR",names),
"sex":("VARCHAR",["male","female","O'Neil",None]),"age":("DOUBLE",[30,31,32,30.5,-3,0,None]),"amount":("DOUBLE",[100,109,111,0,-5,None]),"number":("BIGINT",[1,2,12,None]),
"postcode":("VARCHAR",pcs),"email":("VARCHAR",emails),"dob":("VARCHAR",days),"at":("VARCHAR",ats),"lat":("DOUBLE",[51.5,51.505,51.6,-51.5,None]),"lon":("DOUBLE",[-0.1,-0.11,0.0,179.9,None]),
"names":("VARCHAR[]",lists),"name_dm":("VARCHAR[]",lists),"vector":("DOUBLE[2]",vecs),"place":("DOUBLE[]",[[51.5,-0.1],[51.51,-0.1],[0.0],None])}
typed={"dob":("DATE",[datetime.date(1980,1,31),datetime.date(1980,2,28),datetime.date(1990,1,1),None]),"at":("TIMESTAMP",[datetime.datetime(2020,1,1,10),datetime.datetime(2020,1,2,21,59),None])}
extra=[("lambda word","list_max(list_transform(names_l, lambda x: length(x))) > 4"),("round half","round(age_l * 1.0) = round(age_r)"),("cast int","try_cast(name_l as int) is null"),("cast num","cast(age_l as int) = cast(age_r as int)"),("regex d","regexp_extract(postcode_l, '(\\d)([A-Z]{2})', 2) = regexp_extract(postcode_r,'(\\d)([A-Z]{2})',2)"),("regexp group beyond","regexp_extract(postcode_l,'^[A-Z]+') = regexp_extract(postcode_r,'^[A-Z]+')"),("date y","try_strptime(dob_l,'%d/%m/%y') is null"),("date -d","try_strptime(dob_l,'%Y-%-m-%-d') < try_strptime(dob_r,'%Y-%m-%d')"),("nullif num","nullif(age_l, 30) is null"),("and null","(name_l = 'a') and null"),("or null","(name_l = 'a') or null"),("not null","not (name_l = town_r)"),("double neg","- - age_l = age_l"),("power","power(age_l,2) >= age_r*age_r"),("exp","2+3*4-1 = 13 and 7 - 2 - 1 = 4 and 2 * 3 % 4 = 2"),("not prec","not name_l = name_r and town_l = town_r"),("between prec","age_l between 1 and 40 and name_l = name_r"),("str num","number_l = '1'"),("str num2","'2' < number_l"),("concat num","name_l || number_l = name_r || number_r"),("concat fn num","concat(name_l, age_l) = concat(name_r, age_r)"),("cast age text","cast(age_l as varchar) = '30.0'"),("is distinct","name_l is distinct from name_r"),("is not distinct","name_l is not distinct from name_r"),("like","name_l like 'j%'"),("starts","starts_with(name_l,'j')"),("slice","name_l[1:2] = name_r[1:2]"),("str idx","name_l[1] = name_r[1]"),("list eq","names_l = names_r"),("list lt","names_l < names_r"),("in list","name_l in (town_l, town_r)"),("list_sum","list_sum([age_l, age_r]) > 61"),("flatten","array_length(flatten([names_l, names_r])) > 2"),("list min","list_min(names_l) = list_min(names_r)"),("double eq","name_l == name_r"),("bang","name_l != name_r"),("intdiv","age_l // 2 = 15"),("pow op","age_l ** 2 > 900"),("iff","if(age_l > 30, 1, 0) = 1"),("year","year(try_strptime(dob_l,'%Y-%m-%d')) = 1980"),("split","split_part(email_l,'@',1) = split_part(email_r,'@',1)"),("datediff","datediff('day', try_strptime(dob_l,'%Y-%m-%d'), try_strptime(dob_r,'%Y-%m-%d')) < 40"),("interval","try_strptime(dob_l,'%Y-%m-%d') < try_strptime(dob_r,'%Y-%m-%d') + interval 1 month"),("contains","contains(name_l, 'o')"),("hamming","hamming('ab','ac') = 1"),("strip","strip_accents(name_l) = strip_accents(name_r)"),("ltrim","ltrim(name_l) = name_l"),("lpad","lpad(name_l,3,'0') = name_r"),("string_split","string_split(email_l,'@')[1] = string_split(email_r,'@')[1]"),("has any","list_has_any(names_l, names_r)"),("ilike","name_l ilike name_r"),("least null","least(age_l, age_r) = age_l"),("typed date","try_cast(dob_l as date) = date '1980-01-31'"),("sub dates","epoch(try_cast(dob_l as date)) = 318124800"),("concat3","name_l || '-' || town_l || surname_r = name_r || '-' || town_r || surname_l"),("concat null","name_l || NULL IS NULL"),("between","age_l between age_r - 1 and age_r + 1"),("not between","age_l not between 30 and 31"),
("in","name_l in ('john','jon') and name_r not in ('john', 'smyth')"),("in null","name_l in ('a', NULL)"),("not in null","name_l not in ('a', NULL)"),("left","left(name_l, -1) = left(name_r, -1)"),("right","right(name_l,2) = right(name_r,2)"),("substr neg","substr(name_l,-2) = substr(name_r,-2)"),("substr 0","substr(name_l,0,3) = substr(name_r,0,3)"),
("trim","trim(name_l) = trim(name_r)"),("upper","upper(name_l) = upper(name_r)"),("coalesce","coalesce(name_l, town_l) = coalesce(name_r, town_r)"),("greatest","greatest(age_l, amount_l) > least(age_r, amount_r)"),("case","case when name_l = name_r then 1 when town_l = town_r then 2 end = 2"),("case op","case sex_l when 'male' then sex_r when 'female' then 'female' else NULL end = sex_r"),
("cast","try_cast(dob_l as date) = try_cast(dob_r as date)"),("cast text","cast(number_l as varchar) < cast(number_r as varchar)"),("modulo","number_l % 2 = number_r % 2"),("lt text","name_l < name_r"),("reverse","reverse(name_l) = name_r"),("replace","replace(name_l,'o','0') = replace(name_r,'o','0')"),("regex repl","regexp_replace(name_l,'[aeiou]','','g') = regexp_replace(name_r,'[aeiou]','','g')"),("regex match","regexp_matches(name_l,'^j') and regexp_matches(name_r,'n$')"),
("list filter","array_length(list_filter(names_l, x -> list_contains(names_r, x))) >= 1"),("distinct","array_length(list_distinct(names_l)) = array_length(names_l)"),("list_concat","array_length(list_concat(names_l,names_r)) > 2"),("round","round(age_l) = round(age_r)"),("is true","(name_l = name_r) is true"),("is false","(name_l = name_r) is not null and (name_l = name_r) is false"),("length","length(name_l) = length(name_r)"),("floor","floor(age_l/2) = ceil(age_r/2)"),("neg","-age_l < -age_r"),("epoch","epoch(try_strptime(dob_l,'%d/%m/%Y')) > epoch(try_strptime(dob_r,'%d/%m/%Y'))"),("intersect","list_intersect(names_l,names_r) = names_l"),("element beyond","names_l[3] is null"),("jaccard empty","jaccard(nullif(name_l,''), nullif(name_r,'')) > 0.2"),("abs div","abs(age_l-age_r)/nullif(age_l,0) < 0.1"),("div zero","age_l / amount_l > 1"),("year add","age_l + number_l * 2 > 33"),("list max","list_max(names_l) = list_max(names_r)"),("list_contains","list_contains(names_l, name_r)"),("null eq","name_l = NULL"),("xor","(name_l is null) <> (name_r is null)"),("concat fn","concat(name_l, town_l) = concat(name_r, town_r)")]
con=duckdb.connect(); con.execute("SET lambda_syntax='ENABLE_SINGLE_ARROW'")
def sets(c,n):
    t=", ".join(f'"{k}_{s}" {ty}' for k,(ty,_) in c.items() for s in "lr")
    rows=[]
    for i in range(n):
        row={}
        for k,(ty,v) in c.items():
            a=pick(*v); b=a if rng.random()<.3 else pick(*v)
            row[k+"_l"],row[k+"_r"]=a,b
        rows.append(row)
    return t,rows
def enc(v):
    if isinstance(v,datetime.datetime): return {"t":v.replace(tzinfo=datetime.timezone.utc).timestamp()}
    if isinstance(v,datetime.date): return {"t":datetime.datetime(v.year,v.month,v.day,tzinfo=datetime.timezone.utc).timestamp()}
    return v
t,rows=sets(cols,60); t2,rows2=sets({**cols,**typed},60)
t3,rows3=sets({**cols,"name":("VARCHAR",[n for n in names if n!=""])},60)
for name,tt,rr in(("p",t,rows),("q",t2,rows2),("j",t3,rows3)):
    con.execute(f"create table {name} (i int, {tt})")
    con.executemany(f"insert into {name} values ({','.join('?'*(len(rr[0])+1))})",[[i]+list(r.values()) for i,r in enumerate(rr)])
out = open(f"{sys.argv[1]}/conditions.jsonl", "w")
print(json.dumps([[{k: enc(v) for k, v in r.items()} for r in rr] for rr in (rows, rows2, rows3)], ensure_ascii=False), file=out)
for kind, dialect, what, sql in conditions():
    table, which, answers = "p", 0, None
    if what in ("time difference", "date difference", "literal date") or what.startswith(("DateTyped", "DOBdate")):
        table, which = "q", 1
    if "accard" in what:
        table, which = "j", 2
    if kind == "level" and dialect in ("duckdb", "by hand"):
        try:
            got = con.execute(f"select ({sql})::boolean from {table} order by i").fetchall()
            answers = "".join({True: "t", False: "f", None: "-"}[a] for (a,) in got)
        except duckdb.Error:
            pass
    print(json.dumps([kind, dialect, what, sql, which, answers], ensure_ascii=False), file=out)
