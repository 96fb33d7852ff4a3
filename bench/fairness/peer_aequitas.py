"""What aequitas makes of a scored file, as JSON: python peer_aequitas.py FILE. See README.md."""
import contextlib
import importlib.metadata
import json
import math
import sys

# It says what it counts while it counts; only the JSON belongs on standard output.
with contextlib.redirect_stdout(sys.stderr):
    import pandas as pd
    from aequitas.bias import Bias
    from aequitas.group import Group

RATES = ["prev", "pprev", "ppr", "tpr", "fpr", "fnr", "tnr", "precision", "npv", "fdr", "for", "accuracy"]
COMPARED = ["pprev", "ppr", "tpr", "fpr", "fnr", "tnr", "precision", "npv", "fdr", "for"]
COLUMNS = ["sex", "ethnicity", "age"]
REFERENCES = {"sex": "Female", "ethnicity": "White", "age": "35 to 59"}
NOT_HELD = {"", "not stated"}


def plain(value):
    value = float(value)
    return None if math.isnan(value) or math.isinf(value) else value


def main():
    rows = pd.read_csv(sys.argv[1], keep_default_na=False, dtype={"sex": str, "ethnicity": str, "age": str})
    frame = pd.DataFrame({"score": rows["flagged"], "label_value": rows["outcome"]})
    for column in COLUMNS:
        frame[column] = rows[column].map(lambda v: "not held" if v in NOT_HELD else v)
    with contextlib.redirect_stdout(sys.stderr):
        table, _ = Group().get_crosstabs(frame, attr_cols=COLUMNS)
        beside = Bias().get_disparity_predefined_groups(
            table, original_df=frame, ref_groups_dict=REFERENCES, check_significance=False)
    groups = []
    for _, row in beside.iterrows():
        groups.append({
            "column": row["attribute_name"], "group": row["attribute_value"], "n": int(row["group_size"]),
            "cells": {c: int(row[c]) for c in ["tp", "fp", "fn", "tn"]},
            "rates": {r: plain(row[r]) for r in RATES},
            "disparities": {r: plain(row[f"{r}_disparity"]) for r in COMPARED},
        })
    json.dump({"version": importlib.metadata.version("aequitas"), "references": REFERENCES, "groups": groups},
              sys.stdout, indent=1)


if __name__ == "__main__":
    main()
