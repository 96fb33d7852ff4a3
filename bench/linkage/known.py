#!/usr/bin/env python3
"""Records what Splink answers for a small made-up file, as known answers for the product's own tests.

  known.py OUT_DIR        (with splink==5.0.0 and duckdb installed)

Writes records.parquet (made-up people, with lists, coordinates and letters beyond ASCII), model.json (a model with every
kind of level that the product has kernels for) and pairs.csv (each pair that the rules give: its levels and weight).
"""
import json
import random
import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

FIRST = "Zoë Zoe Józef Jozef Aïcha Aicha Seán Sean Marta Martha Tomos Thomas Ngozi Nia Iolo Priya Pria Omar".split()
LAST = "Brânză Branza Llewelyn Llewellyn O'Dell Odell Quaye Quay Šimek Simek Thorne Thorn Vale Wren".split()
TOWNS = ["Ambridge", "Borchester", "Felpersham", "Penny Hassett"]


def people(seed=20261127, count=160):
    """Made-up people; about half of the records are a worn copy of another."""
    pick = random.Random(seed)
    rows = []
    for at in range(count):
        if rows and pick.random() < 0.5:
            row = dict(pick.choice(rows))
            for column in pick.sample(sorted(row), 3):
                value = row[column]
                if pick.random() < 0.3 or value is None:
                    row[column] = None
                elif column in ("first_name", "surname") and pick.random() < 0.4:
                    row["first_name"], row["surname"] = row["surname"], row["first_name"]
                elif isinstance(value, str) and len(value) > 2:
                    place = pick.randrange(len(value) - 1)
                    row[column] = value[:place] + value[place + 1] + value[place] + value[place + 2:]
                elif isinstance(value, list):
                    row[column] = value[1:]
                elif isinstance(value, float):
                    row[column] = value * (1 + pick.choice([0.0, 0.004, 0.05, 0.2]))
        else:
            row = dict(
                first_name=pick.choice(FIRST), surname=pick.choice(LAST),
                dob=f"{pick.randrange(1950, 2006)}-{pick.randrange(1, 14):02d}-{pick.randrange(1, 29):02d}",
                postcode=f"FP{pick.randrange(1, 9)} {pick.randrange(1, 4)}{pick.choice('AB')}{pick.choice('CD')}",
                town=pick.choice(TOWNS), email=f"{pick.choice(FIRST).lower()}{pick.randrange(20)}@example.com",
                phone=f"07700900{pick.randrange(20):03d}", pay=float(pick.randrange(20, 60)),
                lat=52.0 + pick.randrange(40) / 100, lon=-2.0 + pick.randrange(40) / 100,
                aliases=pick.sample(FIRST, pick.randrange(0, 4)),
            )
        rows.append(row)
    for at, row in enumerate(rows):
        row["unique_id"] = at * 7 % 1000 + 1000 * (at % 3)
    pick.shuffle(rows)
    return rows


def main(out):
    table = pa.Table.from_pylist(people())
    pq.write_table(table, f"{out}/records.parquet", compression="snappy")
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode", lat_col="lat", long_col="lon", km_thresholds=[5, 20]),
            cl.EmailComparison("email"),
            cl.DamerauLevenshteinAtThresholds("phone", [1, 2]),
            cl.JaccardAtThresholds("town", [0.9, 0.6]),
            cl.ArrayIntersectAtSizes("aliases", [2, 1]),
            cl.CustomComparison(
                output_column_name="pay",
                comparison_levels=[
                    cll.NullLevel("pay"), cll.ExactMatchLevel("pay"), cll.PercentageDifferenceLevel("pay", 0.01),
                    cll.AbsoluteDifferenceLevel("pay", 5), cll.ElseLevel(),
                ],
            ),
            cl.CustomComparison(
                output_column_name="either",
                comparison_levels=[
                    cll.NullLevel("first_name"),
                    cll.And(cll.ColumnsReversedLevel("first_name", "surname"), cll.Not(cll.ExactMatchLevel("town"))),
                    cll.Or(cll.JaroLevel("first_name", 0.8), cll.LevenshteinLevel("surname", 3)),
                    cll.CustomLevel("substr(first_name_l, 1, 1) = left(first_name_r, 1) and length(surname_l) > 3"),
                    cll.ElseLevel(),
                ],
            ),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("substr(first_name,1,1)", "substr(dob,1,3)"),
            "l.postcode = r.postcode and levenshtein(l.surname, r.surname) <= 4",
            "l.first_name = r.surname",
            block_on("aliases", arrays_to_explode=["aliases"]),
            block_on("town"),
        ],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )
    con = duckdb.connect()
    con.execute(f"create table d as select * from '{out}/records.parquet'")
    linker = Linker(DuckDBAPI(connection=con).register("d"), settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e5, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("town"))
    model = json.loads(json.dumps(linker.misc.save_model_to_json()))
    json.dump(model, open(f"{out}/model.json", "w"), indent=1)
    pairs = linker.inference.predict()
    names = [c[0] for c in con.execute(f"describe {pairs.physical_name}").fetchall()]
    gammas = [n for n in names if n.startswith("gamma_")]
    if not gammas:
        model["retain_matching_columns"] = True
        linker = Linker(DuckDBAPI(connection=con).register("d", dataset_display_name="again"), model)
        pairs = linker.inference.predict()
        gammas = [c[0] for c in con.execute(f"describe {pairs.physical_name}").fetchall() if c[0].startswith("gamma_")]
    columns = ", ".join(["unique_id_l", "unique_id_r", "match_key", "match_weight"] + gammas)
    con.execute(f"copy (select {columns} from {pairs.physical_name} order by 1, 2) to '{out}/pairs.csv' (header)")
    print(con.execute(f"select count(*), count(distinct match_key) from {pairs.physical_name}").fetchall(), "duckdb", duckdb.__version__)


if __name__ == "__main__":
    main(sys.argv[1])
