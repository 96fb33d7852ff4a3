#!/usr/bin/env python3
"""Measures `bluelamp link` beside Splink on the same file in the same run; see README.md."""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RULES = ["l.first_name = r.first_name AND l.surname = r.surname AND l.dob = r.dob", "l.email = r.email",
         "l.phone = r.phone AND l.first_name = r.first_name"]
EM = ["l.first_name = r.first_name AND l.surname = r.surname", "l.dob = r.dob AND substr(l.postcode,1,2) = substr(r.postcode,1,2)"]


def python(folder):
    """A Python with Splink: PYTHON, or a virtual environment that is made when it is not there."""
    if os.environ.get("PYTHON"):
        return os.environ["PYTHON"]
    made = folder / "venv" / "bin" / "python"
    if not made.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
        subprocess.run([str(made), "-m", "pip", "install", "-q", "splink==5.0.0", "duckdb", "pyarrow", "pandas"], check=True)
    return str(made)


def ours(binary, file, out):
    """One round of the product: train, predict, cluster, measure."""
    link = [binary, "link"]
    run = lambda *a: subprocess.run([*link, *map(str, a)], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    text = run("train", "--settings", out / "settings.json", "--input", file, *sum((["--deterministic", r] for r in RULES), []),
               "--recall", "0.75", *sum((["--em", r] for r in EM), []), "--seed", "1", "--out", out / "ours.json")
    stages, memory = {}, 0.0

    def add(stage, wall, cpu):
        had = stages.setdefault(stage, dict(wall=0.0, cpu=0.0))
        had["wall"] += wall
        had["cpu"] += cpu

    for line in text.splitlines():
        part = line.split()
        if len(part) >= 9 and part[2] == "s" and part[0] != "total":
            add(part[0], float(part[1]), float(part[3]))
            memory = max(memory, float(part[7]))
    run("predict", "--model", out / "model.json", "--input", file, "--out", out / "run")
    run("cluster", "--pairs", out / "run" / "pairs.parquet", "--input", file, "--out", out / "run" / "clusters.parquet")
    for name in ("run.json", "clusters.run.json"):
        told = json.load(open(out / "run" / name))
        for stage in told["stages"]:
            # Reading pairs back and writing clusters belong to clustering: Splink keeps both in memory.
            place = {"pairs": "cluster", "write": "cluster"}.get(stage["stage"], stage["stage"])
            add(place, stage["wall_seconds"], stage["cpu_seconds"])
        memory = max(memory, told["total"]["peak_memory_mib"])
        pairs = told.get("pairs_compared", 0) or pairs
    return dict(stages=stages, memory=memory, pairs=pairs)


def least(rounds, stage, what):
    return min(r["stages"][stage][what] for r in rounds) if all(stage in r["stages"] for r in rounds) else 0.0


def quality(binary, clusters, file):
    told = json.loads(subprocess.run([binary, "link", "evaluate", "--clusters", str(clusters), "--input", str(file), "--truth-column", "cluster", "--json"],
                                     check=True, capture_output=True, text=True).stdout)
    return f"{told['pairs']['precision']['value']:.4f} / {told['pairs']['recall']['value']:.4f} / {told['pairs']['f1']:.4f} ({told['largest']})"


def parity(py, binary, file, out):
    """Every pair, level and weight of one model, ours against Splink's."""
    subprocess.run([py, str(HERE / "peer.py"), str(file), str(out), "--predict", str(out / "model.json")], check=True, stderr=subprocess.DEVNULL)
    subprocess.run([binary, "link", "predict", "--model", str(out / "model.json"), "--input", str(file), "--out", str(out / "run")], check=True, stdout=subprocess.DEVNULL)
    check = f"""
import duckdb
c = duckdb.connect()
c.execute("create table s as select * from '{out}/pairs.parquet'")
c.execute("create table b as select * from '{out}/run/pairs.parquet'")
n = c.execute("select (select count(*) from s), (select count(*) from b), count(*), max(abs(s.match_weight - b.match_weight)), sum((s.match_key <> b.match_key)::int) from s join b using (unique_id_l, unique_id_r)").fetchone()
levels = [x[0] for x in c.execute("describe b").fetchall() if x[0].startswith("gamma_")]
off = sum(c.execute(f"select count(*) from s join b using (unique_id_l, unique_id_r) where s.{{g}} <> b.{{g}}").fetchone()[0] for g in levels)
print(f"parity: {{n[0]}} pairs of Splink, {{n[1]}} of ours, {{n[2]}} the same; largest difference of weight {{n[3]}}; {{off}} levels and {{n[4]}} rules differ")
raise SystemExit(0 if n[0] == n[1] == n[2] and n[3] <= 1e-6 and off == 0 and n[4] == 0 else 1)
"""
    return subprocess.run([py, "-c", check]).returncode


def main():
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--records", type=int, default=100_000, help="made-up people, where no file is given")
    ask.add_argument("--people", type=pathlib.Path, help="a Parquet file of people")
    ask.add_argument("--rounds", type=int, default=2)
    ask.add_argument("--parity", action="store_true", help="compare every pair, and measure nothing")
    ask.add_argument("--out", type=pathlib.Path, default=ROOT / "target" / "bench" / "linkage")
    a = ask.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    out = a.out.resolve()
    py = python(out)
    binary = os.environ.get("BLUELAMP") or str(ROOT / "target" / "release" / "bluelamp")
    file = a.people
    if file is None:
        file = out / f"people_{a.records}.parquet"
        if not file.exists():
            subprocess.run([py, str(HERE / "people.py"), str(a.records), str(file)], check=True)
    before, splinks, mine = os.getloadavg()[0], [], []
    for _ in range(1 if a.parity else a.rounds):
        told = subprocess.run([py, str(HERE / "peer.py"), str(file), str(out)], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        splinks.append(json.loads(told.stdout.splitlines()[-1]))
        if not a.parity:
            mine.append(ours(binary, file, out))
    if a.parity:
        raise SystemExit(parity(py, binary, file, out))
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.processor())
    print(f"{file.name}, {splinks[0]['pairs']} pairs of Splink, {mine[0]['pairs']} of ours; {os.cpu_count()} processors ({cpu}), "
          f"load {before:.1f} before and {os.getloadavg()[0]:.1f} after, least of {a.rounds} rounds; Splink 5.0.0 on DuckDB {splinks[0]['duckdb']}\n")
    print("| stage | Splink CPU s (wall) | ours CPU s (wall) | CPU ratio | wall ratio |\n|---|---|---|---|---|")
    totals = [[0.0, 0.0], [0.0, 0.0]]
    for stage in ("read", "prior", "u", "em", "block", "score", "cluster"):
        row = [[least(r, stage, w) for w in ("cpu", "wall")] for r in (splinks, mine)]
        for total, part in zip(totals, row):
            total[0] += part[0]
            total[1] += part[1]
        times = lambda x, y: f"{x / y:.1f}" if y > 0 else "–"
        print(f"| {stage} | {row[0][0]:.2f} ({row[0][1]:.2f}) | {row[1][0]:.2f} ({row[1][1]:.2f}) | {times(row[0][0], row[1][0])} | {times(row[0][1], row[1][1])} |")
    s, m = totals
    print(f"| in all | {s[0]:.2f} ({s[1]:.2f}) | {m[0]:.2f} ({m[1]:.2f}) | {s[0] / m[0]:.1f} | {s[1] / m[1]:.1f} |")
    memory = [min(r["memory"] for r in rounds) for rounds in (splinks, mine)]
    print(f"| peak memory, MiB | {memory[0]:.0f} | {memory[1]:.0f} | {memory[0] / memory[1]:.1f} | |")
    print(f"\nclusters, precision / recall / F1 over pairs (largest): Splink at 0.95 {quality(binary, out / 'clusters.parquet', file)}; "
          f"ours {quality(binary, out / 'run' / 'clusters.parquet', file)}")
    json.dump(dict(splink=splinks, ours=mine), open(out / "results.json", "w"), indent=1)


main()
