#!/usr/bin/env python3
"""Compares `bluelamp fairness` with fairlearn and aequitas on one made-up file; see README.md."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PEERS = {"fairlearn": "fairlearn==0.15.0", "aequitas": "aequitas==1.1.0"}
CLOSE = 1e-9


def python(folder, peer):
    """A Python with the peer, in a virtual environment of its own: the two want different versions of pandas."""
    made = folder / peer / "bin" / "python"
    if not made.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / peer)], check=True)
        subprocess.run([str(made), "-m", "pip", "install", "-q", PEERS[peer]], check=True)
    return str(made)


def told(command):
    began = time.perf_counter()
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(text), time.perf_counter() - began


class Tally:
    def __init__(self):
        self.compared, self.undefined, self.wrong, self.widest = 0, 0, [], 0.0

    def same(self, what, ours, theirs):
        self.compared += 1
        if ours is None or theirs is None:
            self.undefined += 1
            if ours is not theirs:
                self.wrong.append(f"{what}: ours {ours}, theirs {theirs}")
            return
        self.widest = max(self.widest, abs(ours - theirs))
        if abs(ours - theirs) > CLOSE:
            self.wrong.append(f"{what}: ours {ours}, theirs {theirs}")


def attribute(report, columns):
    return next(a for a in report["attributes"] if a["columns"] == columns)


def rates(group):
    return {f["measure"]: f["value"] for f in group["rates"]}


def beside_fairlearn(tally, report, looks, what):
    for look in looks:
        ours = attribute(report, look["columns"])
        for group in ours["groups"]:
            if not group["held"]:
                continue
            called = ", ".join(group["values"])
            theirs = look["by_group"][called]
            for measure, value in theirs.items():
                if measure == "n":
                    tally.same(f"fairlearn {what} {called} n", group["n"], value)
                    continue
                mine = rates(group)[measure]
                # It says 0 where the rate is a share of nothing; here it is not defined.
                tally.same(f"fairlearn {what} {called} {measure}", 0.0 if mine is None and value == 0.0 else mine, value)
        # For equalised odds each rate is compared over the groups in which it is defined: fairlearn would take 0 for
        # the others.
        for called, value in look["aggregates"]["defined"].items():
            tally.same(f"fairlearn {what} {look['columns']} {called}", ours["parity"][called], value)


def beside_aequitas(tally, report, theirs):
    for row in theirs["groups"]:
        ours = attribute(report, [row["column"]])
        group = next(g for g in ours["groups"] if g["values"] == [row["group"]])
        called = f"aequitas {row['column']} {row['group']}"
        for cell, value in row["cells"].items():
            tally.same(f"{called} {cell}", group["rows"][cell], value)
        for measure, value in row["rates"].items():
            tally.same(f"{called} {measure}", rates(group)[measure], value)
        for against in group["against"]:
            if against["measure"] in row["disparities"]:
                tally.same(f"{called} {against['measure']} ratio", against["ratio"], row["disparities"][against["measure"]])


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--bluelamp", type=pathlib.Path, default=None, help="the binary [default: target/release/bluelamp]")
    options.add_argument("--out", type=pathlib.Path, default=None)
    options.add_argument("--record", type=pathlib.Path, help="write the file and what the peers say into this folder, for the tests")
    asked = options.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    out = asked.out or target / "bench" / "fairness"
    out.mkdir(parents=True, exist_ok=True)
    file = (asked.record or out) / "scored.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "w") as f:
        subprocess.run([sys.executable, str(HERE / "scored.py"), "--rows", str(asked.rows), "--seed", str(asked.seed)], stdout=f, check=True)
    said, took = {}, {}
    for peer in PEERS:
        said[peer], took[peer] = told([os.environ.get(f"PYTHON_{peer.upper()}") or python(out, peer), str(HERE / f"peer_{peer}.py"), str(file)])
        if asked.record:
            (asked.record / f"{peer}.json").write_text(json.dumps(said[peer], indent=1) + "\n")
    if asked.record:
        print(f"written to {asked.record}")
        return 0
    binary = asked.bluelamp or target / "release" / "bluelamp"
    ask = [str(binary), "fairness", str(file), "--group", "sex", "--group", "ethnicity", "--group", "age",
           "--label", "outcome", "--predicted", "flagged", "--pairs", "--resamples", "0", "--format", "json"]
    for column, value in said["aequitas"]["references"].items():
        ask += ["--reference", f"{column}={value}"]
    plain, took["bluelamp"] = told(ask)
    weighted, _ = told(ask + ["--weight", "weight"])
    tally = Tally()
    beside_fairlearn(tally, plain, said["fairlearn"]["plain"], "plain")
    beside_fairlearn(tally, weighted, said["fairlearn"]["weighted"], "weighted")
    beside_aequitas(tally, plain, said["aequitas"])
    print(f"{asked.rows + 3:,} rows; fairlearn {said['fairlearn']['version']}, aequitas {said['aequitas']['version']}")
    print(f"{tally.compared} figures compared, {tally.undefined} of them not defined in both; the widest gap is {tally.widest:.3g}")
    print("whole command, with its start: " + ", ".join(f"{who} {seconds:.2f} s" for who, seconds in took.items()))
    for line in tally.wrong[:20]:
        print(line)
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
