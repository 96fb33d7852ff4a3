"""What fairlearn makes of a scored file, as JSON: python peer_fairlearn.py FILE. See README.md."""
import json
import math
import sys

import fairlearn
import pandas as pd
from fairlearn.metrics import (
    MetricFrame, count, demographic_parity_difference, demographic_parity_ratio, equalized_odds_difference,
    equalized_odds_ratio, false_negative_rate, false_positive_rate, selection_rate, true_negative_rate,
    true_positive_rate,
)

RATES = {
    "pprev": selection_rate, "tpr": true_positive_rate, "fpr": false_positive_rate,
    "fnr": false_negative_rate, "tnr": true_negative_rate,
}
AGGREGATES = {
    "demographic_parity_difference": demographic_parity_difference,
    "demographic_parity_ratio": demographic_parity_ratio,
    "equalized_odds_difference": equalized_odds_difference,
    "equalized_odds_ratio": equalized_odds_ratio,
}
NOT_HELD = {"", "not stated"}
VIEWS = [["sex"], ["ethnicity"], ["age"], ["sex", "ethnicity"]]


def plain(value):
    value = float(value)
    return None if math.isnan(value) else value


def name(key):
    return ", ".join(key) if isinstance(key, tuple) else key


def look(rows, columns, weighted):
    """Rates by group, and fairlearn's four numbers: as it gives them, and over the groups in which a rate is defined."""
    held = rows[~rows[columns].isin(NOT_HELD).any(axis=1)]
    weights = {"sample_weight": held["weight"]} if weighted else {}
    frame = MetricFrame(
        metrics={**RATES, "n": count}, y_true=held["outcome"], y_pred=held["flagged"],
        sensitive_features=held[columns],
        sample_params={rate: dict(weights) for rate in RATES},
    )
    by_group = {name(key): {m: plain(v) for m, v in row.items()} for key, row in frame.by_group.iterrows() if row["n"] > 0}
    def features(part):
        return part[columns[0]] if len(columns) == 1 else part[columns].agg(", ".join, axis=1)

    weights = {"sample_weight": held["weight"]} if weighted else {}
    as_it_is = {
        called: plain(f(held["outcome"], held["flagged"], sensitive_features=features(held), **weights))
        for called, f in AGGREGATES.items()
    }
    # Each of the two rates over the groups in which it is defined: those for which it came about at all, or not.
    differences, ratios = [], []
    for rate, outcome in [(true_positive_rate, 1), (false_positive_rate, 0)]:
        part = held[held.groupby(columns)["outcome"].transform(lambda o: (o == outcome).any())]
        apart = MetricFrame(
            metrics=rate, y_true=part["outcome"], y_pred=part["flagged"], sensitive_features=features(part),
            sample_params={"sample_weight": part["weight"]} if weighted else {},
        )
        differences.append(apart.difference(method="between_groups"))
        ratios.append(apart.ratio(method="between_groups"))
    defined = {
        **as_it_is, "equalized_odds_difference": plain(max(differences)), "equalized_odds_ratio": plain(min(ratios)),
    }
    aggregates = {"defined": defined, "as_it_is": as_it_is}
    return {"columns": columns, "by_group": by_group, "aggregates": aggregates}


def main():
    rows = pd.read_csv(sys.argv[1], keep_default_na=False, dtype={"sex": str, "ethnicity": str, "age": str})
    json.dump({
        "version": fairlearn.__version__,
        "plain": [look(rows, v, False) for v in VIEWS],
        "weighted": [look(rows, v, True) for v in VIEWS],
    }, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
