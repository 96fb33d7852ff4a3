#!/usr/bin/env python3
"""Compares the product's text functions with DuckDB's on a million pairs of values: functions.py [COUNT]

functions.py --sample PATH records DuckDB's answers for the product's tests instead, as JSON Lines: [expression over the
texts a and b, a, b, answer]; an answer is a text, a list of texts, null, or {"error": true}. It needs no binary.

Needs a Python with duckdb and pyarrow (2.0.1 or later, which compares characters), and the binary (BLUELAMP names another).
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORDS = ("Smith Smyth Józef Zoë Müller Šimek O'Dell 北京 東京 Ångström naïve café e\u0301 👍 👍🏽 ß ẞ İ ǆ Иван Ivan Σίσυφος a ab abc "
         "1980-03-14 1980-3-4 2000-02-29 1900-02-29 SW1A 1AA jo.bloggs@example.com 07700900123").split(" ") + ["", " ", "  x ", "a" * 70, "é" * 70]


def value(pick):
    if pick.random() < 0.02:
        return None
    text = pick.choice(WORDS)
    while pick.random() < 0.55:
        at = pick.randrange(len(text) + 1)
        letter = pick.choice("abcdeéüñ0123456789- @.Жж漢🎈ßİ")
        text = pick.choice([text[:at] + letter + text[at:], text[:at] + text[at + 1:], text[:at] + letter + text[at + 1:], text[at:] + text[:at]])
    return text


def near(pick, text):
    """Something that is often close to it."""
    if text is None or pick.random() < 0.5:
        return value(pick)
    for _ in range(pick.choice([0, 1, 1, 2, 3])):
        at = pick.randrange(len(text) + 1)
        text = text[:at] + pick.choice(["", "a", "é", "1"]) + text[at + pick.choice([0, 1]):]
    return text


NUMBERS = ("1 1.5 2.5 -2.5 0.5 -0.5 1.49 0x1F 0X1f -0x1 0b101 0o17 1_000 1__0 _1 1_ 1e3 1E3 1e-1 15e-1 149e-2 1.5e1 1e 1e+2 +1 ++1 - + .5 5. . inf nan "
           "Infinity -inf NaN -nan +inf 1e400 -1e400 1e-400 127 128 32767 32768 2147483647 2147483648 -2147483648 -2147483649 2147483647.5 2147483647.4 "
           "-2147483648.5 9007199254740992 9223372036854775808 true １ 00012 0x 1e10 1e9 1.5_0 1_0.5 0x_1 0xFF_FF 0b2 1.e2 .e2 .5e1 1e-5 0.0001 12345e-4 1e16 1e15 123456.789"
           ).split(" ") + ["", " ", " 1 ", "\t1", "1\u00a0", "1\n", "1\x0b", "1 2", "- 1", "1 e3"]
DAYS = ["2020-01-05", "2020-1-5", " 2020-01-05 ", "2020/1/5", "2020-01/05", "2020 01 05", "20200105", "2020-01-05x", "2020-01-05 10:00:00", "2020-01-05T10:00",
        "2020-01-05 10", "20-01-05", "12020-01-05", "-2020-01-05", "0000-01-01", "2020-01", "epoch", "EPOCH", " epoch ", "infinity", "-infinity", "inf", "2020-01-05 (BC)",
        "2020-02-30", "2020-001-05", "", "+2020-01-05", "2020-01-05 10:00:00Z", "2020-01-05 10:00:00+01", "2020-01-05 10:00:00.123456789", "2020-01-05 24:00:00",
        "2020-01-05 25:00:00", "2020-01-05 1:2:3", "2020-01-05T", "2020-01-05  10:00:00", "5/3/20", "05/03/1980", "31/04/1980", "29/02/2000", "5 Mar 80", "5 march 1980",
        "5 March 1980 1:30 PM", "Mar 5", "12 AM", "13 PM", "1 pm", "99", "68", "69", "2020-1-5 1:2:3.5", "1980-03-05\n", "x"]
FORMS = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d %b %y", "%d %B %Y", "%d %B %Y %I:%M %p", "%b %d", "%I %p", "%H %p", "%y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f",
         "%-d/%-m/%Y", "%Y", "%d", "%Y%m%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d "]
LETTERS = "ΣςσßẞİıŉǅǆǄΐᾀᾳῼÅÿŸѢѣԱﬁＡａΩK"
SPACES = [" x ", "\tx\n", "\u00a0x\u3000", "\u2003x\u200b", "\u2028x", " \t x", "\u1680x\u205f"]
PATTERNS = [r"\d+", r"\w+", r"\s", r"\bé", r"b\b", r"\W+", r"\S+", r"\D", r"[\d\s]+", r"[^\w]", "(?i)É", "(?i)k", ".", "^.$", "(a)(b)?", "a*", "", "[[:alpha:]]+", "[a&&b]", "[[a]", r"\pL+", "$"]


def cases(pick):
    """(expression, a, b): what the tests ask."""
    for kind in ["tinyint", "smallint", "int", "bigint", "double"]:
        for text in NUMBERS:
            yield f"try_cast(a as {kind})", text, None
    for text in NUMBERS:
        yield "cast(try_cast(a as double) as varchar)", text, None
        yield "try_cast(try_cast(a as double) as int)", text, None
    for text in ["true", "TRUE", "t", "1", "yes", "Y", "on", "no", "0", " true", "2", "", "f"]:
        yield "try_cast(a as boolean)", text, None
    for text in DAYS:
        for kind in ["date", "timestamp"]:
            yield f"epoch(try_cast(a as {kind}))", text, None
        yield "cast(try_cast(a as timestamp) as varchar)", text, None
        for form in FORMS:
            if pick.random() < 0.6:
                yield f"cast(try_strptime(a, '{form}') as varchar)", text, None
    for text in SPACES:
        yield "trim(a)", text, None
    words = [w for w in WORDS if len(w) < 30] + list(LETTERS) + ["ΣΊΣΥΦΟΣ", "aßb", "e\u0301x", "b\na"]
    for text in words:
        for call in ["lower(a)", "upper(a)", "reverse(a)", "length(a)"]:
            yield call, text, None
        for pattern in PATTERNS:
            if pick.random() < 0.25:
                yield f"regexp_matches(a, '{pattern}')", text, None
                yield f"regexp_extract(a, '{pattern}', {pick.choice([0, 1, 2])})", text, None
                yield f"regexp_replace(a, '{pattern}', '<\\0$1>'{pick.choice(['', chr(44) + ' ' + repr('g')])})", text, None
    cased = [c for c in map(chr, range(128, 0x1f000)) if c.lower() != c or c.upper() != c]
    for at in range(0, len(cased), 100):
        for call in ["lower(a)", "upper(a)"]:
            yield call, "".join(cased[at:at + 100]), None
    for _ in range(500):
        at, size = pick.randint(-7, 7), pick.randint(-7, 7)
        call = pick.choice([f"substr(a, {at}, {size})", f"substr(a, {at})", f"left(a, {at})", f"right(a, {at})", f"a[{at or 1}]"])
        yield call, pick.choice(["héllo", "hello", "日本語", "", "a", "e\u0301x"]), None
    for _ in range(250):
        a, b = (None if pick.random() < 0.1 else "".join(pick.choice("abcdé") for _ in range(pick.randint(0, 5))) for _ in "ab")
        call = pick.choice(["levenshtein(a, b)", "damerau_levenshtein(a, b)", "jaro_similarity(a, b)", "jaro_winkler_similarity(a, b)", "jaccard(a, b)", "replace(a, b, 'é')",
                            "nullif(a, b)", "coalesce(a, b)", "concat(a, b)", "a || b", "greatest(a, b)", "least(a, b)", "list_contains([a, 'b'], b)", "list_concat([a], [b])",
                            "list_max([a, b])", "list_min([a, b])", "list_filter([a, b], lambda x: x > 'b')", "list_transform([a, b], lambda x: upper(x))", "flatten([[a], [b, a]])"])
        yield call, a, b
    lists = [[pick.choice("abcdef") for _ in range(pick.randint(1, 6))] for _ in range(80)]
    for one, two in zip(lists, lists[1:]):
        write = lambda items: "[" + ", ".join(f"'{i}'" for i in items) + "]"
        yield f"list_intersect({write(one)}, {write(two)})", None, None
    for text in ["0", "1", "-1", "0.5", "2.5", "-2.5", "1.005", "1234.5", "1e300", "nan", "inf", None]:
        for call in ["abs", "floor", "ceil", "round", "exp", "sin", "cos", "radians", "sqrt", "ln", "log2", "asin", "acos"]:
            yield f"{call}(cast(a as double))", text, None
        for places in [2, -2, 0, 400]:
            yield f"round(cast(a as double), {places})", text, None


def sample(path):
    con = duckdb.connect()
    seen = set()
    with open(path, "w", encoding="utf-8") as out:
        for case in cases(random.Random(7)):
            if case in seen:
                continue
            seen.add(case)
            try:
                (answer,) = con.execute(f"select {case[0]} from (select ?::varchar a, ?::varchar b)", case[1:]).fetchone()
            except duckdb.Error:
                answer = {"error": True}
            if isinstance(answer, bool):
                answer = str(answer).lower()
            elif answer is not None and not isinstance(answer, (dict, list)):
                answer = str(answer)
            print(json.dumps([*case, answer], ensure_ascii=False, separators=(",", ":")), file=out)
    print(len(seen), "answers of DuckDB", duckdb.__version__)


def main():
    if sys.argv[1:2] == ["--sample"]:
        return sample(sys.argv[2])
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    pick = random.Random(7)
    a = [value(pick) for _ in range(count)]
    b = [near(pick, text) for text in a]
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(pa.table({"a": pa.array(a, pa.string()), "b": pa.array(b, pa.string())}), f"{folder}/values.parquet")
        binary = os.environ.get("BLUELAMP") or str(ROOT / "target" / "release" / "bluelamp")
        subprocess.run([binary, "link", "functions", "--input", f"{folder}/values.parquet", "--out", f"{folder}/ours.csv"], check=True)
        con = duckdb.connect()
        con.execute(f"create table v as select *, row_number() over () - 1 as row from '{folder}/values.parquet'")
        con.execute(f"create table o as select * from read_csv('{folder}/ours.csv', all_varchar=true, allow_quoted_nulls=false)")
        exact = dict(levenshtein="levenshtein(a,b)", damerau_levenshtein="damerau_levenshtein(a,b)", length="length(a)")
        close = dict(jaro_similarity="jaro_similarity(a,b)", jaro_winkler_similarity="jaro_winkler_similarity(a,b)",
                     jaccard="case when a<>'' and b<>'' then jaccard(a,b) end", date_epoch="epoch(try_strptime(a,'%Y-%m-%d'))")
        bad = 0
        checks = [(n, f"{e} is distinct from o.{n}::bigint") for n, e in exact.items()]
        checks += [(n, f"({e} is null) <> (o.{n} is null) or abs({e} - o.{n}::double) > 1e-12") for n, e in close.items()]
        checks.append(("substr_2_4", "coalesce(substr(a,2,4),'') <> coalesce(o.substr_2_4,'')"))
        for name, differs in checks:
            rows = con.execute(f"select a, b, o.{name} from v join o on v.row = o.row::bigint where {differs}").fetchall()
            print(f"{name}: {len(rows)} of {count} differ", *rows[:3])
            bad += len(rows)
    print("DuckDB", duckdb.__version__)
    raise SystemExit(1 if bad else 0)


main()
