#!/usr/bin/env python3
"""Compares the product's text functions with DuckDB's on a million pairs of values: functions.py [COUNT]

Needs a Python with duckdb and pyarrow (2.0.1 or later, which compares characters), and the binary (BLUELAMP names another).
"""
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


def main():
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
