#!/usr/bin/env python3
"""Measures the evaluation of definitions beside ZEN (GoRules) on the same facts in the same run; see README.md."""
import argparse
import json
import os
import pathlib
import platform
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def python(folder):
    """A Python with ZEN: PYTHON, or a virtual environment that is made when it is not there."""
    if os.environ.get("PYTHON"):
        return os.environ["PYTHON"]
    made = folder / "venv" / "bin" / "python"
    if not made.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
        subprocess.run([str(made), "-m", "pip", "install", "-q", "zen-engine>=2.1,<3"], check=True)
    return str(made)


def number(n):
    """As people write it: 14 and not 14.0."""
    return int(n) if n == int(n) else n


def field(name):
    """A fact's name as an identifier of ZEN."""
    name = name.replace(" ", "_")
    assert name.isidentifier() and name.isascii(), name
    return name


def alone(test):
    """One test as a cell of ZEN."""
    if "Is" in test:
        (kind, value), = test["Is"].items()
        return json.dumps(number(value) if kind == "Number" else value)
    low, high = test["Within"]["low"], test["Within"]["high"]
    if low and high:
        ends = "[" if low["bound"] == "Closed" else "(", "]" if high["bound"] == "Closed" else ")"
        return f"{ends[0]}{number(low['at'])}..{number(high['at'])}{ends[1]}"
    end, sign = (low, ">") if low else (high, "<")
    return f"{sign}{'=' if end['bound'] == 'Closed' else ''} {number(end['at'])}"


def negated(test):
    """One test as a condition on `$`, the value of the column, for what stands inside `not(…)`."""
    if "Is" in test:
        return f"$ == {alone(test)}"
    ends = [(test["Within"]["low"], ">"), (test["Within"]["high"], "<")]
    parts = [f"$ {sign}{'=' if end['bound'] == 'Closed' else ''} {number(end['at'])}" for end, sign in ends if end]
    return f"({' and '.join(parts)})"


def cell(tests):
    if tests["negated"]:
        return f"not ({' or '.join(negated(t) for t in tests['any_of'])})"
    return ", ".join(alone(t) for t in tests["any_of"])


def model(definition):
    """A definition's decision tables as ZEN's JSON decision model: a node for each, all of which collect."""
    nodes = [dict(id="in", type="inputNode", name="in", position=dict(x=0, y=0)),
             dict(id="out", type="outputNode", name="out", position=dict(x=2, y=0))]
    edges = []
    for at, name in enumerate(definition["tables"]):
        rules = [r for r in definition["rules"] if r["table"] == at]
        used = sorted({c["fact"] for r in rules for c in r["cells"]})
        names = {fact: field(definition["facts"][fact]["name"]) for fact in used}
        rows = []
        for rule in rules:
            row = {f"i{fact}": "" for fact in used}
            row.update({f"i{c['fact']}": cell(c["test"]) for c in rule["cells"]})
            grade = definition["header"]["grades"][rule["grade"]]
            rows.append(dict(row, _id=rule["id"], grade=json.dumps(grade), rule=json.dumps(rule["id"])))
        content = dict(hitPolicy="collect", outputPath=f"t{at}", rules=rows,
                       inputs=[dict(id=f"i{fact}", name=names[fact], field=names[fact]) for fact in used],
                       outputs=[dict(id=o, name=o, field=o) for o in ("grade", "rule")])
        nodes.append(dict(id=f"t{at}", type="decisionTableNode", name=name, position=dict(x=1, y=at), content=content))
        edges += [dict(id=f"a{at}", sourceId="in", targetId=f"t{at}", type="edge"),
                  dict(id=f"b{at}", sourceId=f"t{at}", targetId="out", type="edge")]
    return dict(contentType="application/vnd.gorules.decision", nodes=nodes, edges=edges)


def answers(definition, count, chance):
    """Full sets of answers: numbers at each bound of the tables and around it."""
    def values(at, fact):
        kind = fact["type"]
        if kind == "yes-no":
            return [False, True]
        if isinstance(kind, dict):
            return kind["choice"]
        tests = [t for r in definition["rules"] for c in r["cells"] if c["fact"] == at for t in c["test"]["any_of"]]
        if kind == "text":
            return ["", "x"] + [t["Is"]["Text"] for t in tests]
        ends = {0}
        for t in tests:
            ends |= {t["Is"]["Number"]} if "Is" in t else {e["at"] for e in t["Within"].values() if e}
        return sorted({number(e + d) for e in ends for d in (-1, -0.001, 0, 0.001, 1) if e + d >= 0})
    each = [(f["name"], values(at, f)) for at, f in enumerate(definition["facts"])]
    # Few are yes, as in life: else the highest grade always fires.
    pick = lambda of: chance.random() < 0.2 if of == [False, True] else chance.choice(of)
    return [{name: pick(of) for name, of in each} for _ in range(count)]


def load():
    return os.getloadavg()[0]


def main():
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--sets", type=int, default=200, help="full sets of answers for each definition")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--seconds", type=float, default=2.0, help="for each figure in each round")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--out", type=pathlib.Path, default=ROOT / "target" / "bench" / "triage")
    a = ask.parse_args()
    out = a.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    py = python(out)
    subprocess.run(["cargo", "build", "--locked", "--quiet", "--release", "-p", "bluelamp-triage", "--example", "decisions"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    ours = str(target / "release" / "examples" / "decisions")
    files = sorted(map(str, (ROOT / "data" / "definitions").glob("*/*.md")))
    run = lambda *command: subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    definitions = json.loads(run(ours, "definitions", *files))
    chance = random.Random(a.seed)
    given = [(d["header"]["id"], facts) for d in definitions for facts in answers(d, a.sets, chance)]
    (out / "facts.jsonl").write_text("".join(json.dumps(g) + "\n" for g in given))
    zen = [(id, {field(name): value for name, value in facts.items()}) for id, facts in given]
    (out / "zen.jsonl").write_text("".join(json.dumps(g) + "\n" for g in zen))
    (out / "models.json").write_text(json.dumps({d["header"]["id"]: model(d) for d in definitions}))

    before, mine, peers = load(), [], []
    for _ in range(a.rounds):
        lines = run(ours, "decide", str(a.seconds), str(out / "facts.jsonl"), *files).splitlines()
        fired = [sorted(map(tuple, json.loads(line))) for line in lines[:-1]]
        mine.append(json.loads(lines[-1]))
        told = json.loads(run(py, str(HERE / "peer.py"), str(out / "models.json"), str(out / "zen.jsonl"), str(a.seconds)))
        peers.append(told)
    theirs = [sorted(map(tuple, rules)) for rules in told["fired"]]
    assert len(fired) == len(theirs) == len(given)
    other = [n for n, (x, y) in enumerate(zip(fired, theirs)) if x != y]
    for n in other[:5]:
        print(f"differs: {given[n]}\n  ours {fired[n]}\n  ZEN  {theirs[n]}", file=sys.stderr)

    best = lambda rounds, what: max(r[what] for r in rounds)
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.processor())
    rules = sum(len(d["rules"]) for d in definitions)
    print(f"{len(definitions)} definitions, {rules} rules, {len(given)} full sets of answers; ZEN {told['version']} on Python {told['python']}; "
          f"{os.cpu_count()} processors ({cpu}), one thread each, load {before:.1f} before and {load():.1f} after, best of {a.rounds} rounds\n")
    print(f"The fired rules and their grades are the same on {len(given) - len(other)} of {len(given)}.\n")
    traced = best(peers, "traced")
    print("| decisions in a second of processor time | ZEN | ours | ratio |\n|---|---|---|---|")
    row = lambda what, x, y: print(f"| {what} | {x:,.0f} | {y:,.0f} | {y / x:.1f} |")
    row("with a trace, in memory (ZEN's of the rules that hit; ours of every rule)", traced, best(mine, "trace"))
    row("… ours with every sentence, question and action", traced, best(mine, "words"))
    row("… ours from the text of the facts to the text of the proposal", traced, best(mine, "json"))
    row("ZEN without a trace, ours with one", best(peers, "untraced"), best(mine, "trace"))
    json.dump(dict(ours=mine, zen=[{k: v for k, v in p.items() if k != "fired"} for p in peers], same=len(given) - len(other), of=len(given)),
              open(out / "results.json", "w"), indent=1)
    raise SystemExit(1 if other else 0)


main()
