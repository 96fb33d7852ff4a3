"""Makes up a scored file: nobody in it exists. The same seed gives the same file. See README.md."""
import argparse
import csv
import random
import sys

SEX = [("Female", 0.48), ("Male", 0.49), ("Another", 0.02), ("", 0.01)]
ETHNICITY = [("Asian", 0.10), ("Black", 0.08), ("Mixed", 0.05), ("Other", 0.03), ("White", 0.70), ("not stated", 0.04)]
AGE = [("10 to 17", 0.08), ("18 to 34", 0.35), ("35 to 59", 0.40), ("60 and over", 0.17)]
# How much more or less often something comes about, and how far the score is off, by group: so that there is something to find.
OFTEN = {"Male": 0.06, "18 to 34": 0.05, "60 and over": -0.08}
OFF = {"Black": 0.10, "Asian": 0.04, "10 to 17": 0.08, "60 and over": -0.05}
THRESHOLD = 0.5


def pick(rng, choices):
    return rng.choices([c for c, _ in choices], [w for _, w in choices])[0]


def rows(n, seed):
    rng = random.Random(seed)
    for number in range(1, n + 1):
        sex, ethnicity, age = pick(rng, SEX), pick(rng, ETHNICITY), pick(rng, AGE)
        said = (sex, ethnicity, age)
        chance = 0.25 + sum(OFTEN.get(s, 0) for s in said)
        outcome = int(rng.random() < chance)
        score = rng.gauss(0.62 if outcome else 0.34, 0.2) + sum(OFF.get(s, 0) for s in said)
        score = round(min(max(score, 0.0), 1.0), 4)
        weight = rng.choice([0.5, 1.0, 1.5, 2.0])
        yield [number, sex, ethnicity, age, score, int(score >= THRESHOLD), outcome, weight]
    # Three for whom it never came about: some of their rates are shares of nothing.
    for number in range(n + 1, n + 4):
        yield [number, "Female", "Roma", "35 to 59", 0.2, 0, 0, 1.0]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=900)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["number", "sex", "ethnicity", "age", "score", "flagged", "outcome", "weight"])
    out.writerows(rows(asked.rows, asked.seed))


if __name__ == "__main__":
    main()
