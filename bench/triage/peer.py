"""ZEN on given models and facts: which rules fire, and how many decisions in a second. Prints one JSON object."""
import importlib.metadata
import json
import platform
import sys
import time

import zen


def rate(given, seconds, options):
    """Decisions in a second of processor time."""
    start, used, done = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - start < seconds:
        for decision, facts in given:
            decision.evaluate(facts, options)
        done += len(given)
    return done / (time.process_time() - used)


def main():
    models, facts, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    engine = zen.ZenEngine()
    decisions = {id: engine.create_decision(json.dumps(m)) for id, m in json.load(open(models)).items()}
    given = [(decisions[id], facts) for id, facts in map(json.loads, open(facts))]
    fired = []
    for decision, facts in given:
        told = decision.evaluate(facts, {"trace": True})
        fired.append([(r["rule"], r["grade"]) for rules in told["result"].values() for r in rules])
        assert told["trace"]
    print(json.dumps(dict(version=importlib.metadata.version("zen-engine"), python=platform.python_version(), fired=fired,
                          traced=rate(given, seconds, {"trace": True}), untraced=rate(given, seconds, {"trace": False}))))


main()
