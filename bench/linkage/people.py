#!/usr/bin/env python3
"""Made-up people with duplicates, the same for the same seed: people.py COUNT FILE.parquet [SEED]

Households share a surname, a postcode and a landline; copies are worn by slips of the pen, missing fields, nicknames and
moves. Nobody in it is real: towns are of Borsetshire, telephone numbers of Ofcom's ranges for drama.
"""
import random
import sys

import pyarrow as pa
import pyarrow.parquet as pq

FIRST = """Ada Alan Alice Amina Anil Arthur Beth Bryn Carys Cleo David Dilys Edith Emlyn Farah Fern Gareth Grace Harjit Hebe
Idris Imran Ivor James Jane Jean Joan Kofi Kwame Leila Lewis Mair Marta Megan Mohammed Nadia Ngozi Nia Olive Omar Owen Pawel
Priya Ravi Rhys Rosa Ruth Samina Seren Sian Tariq Tomos Una Vera Victor Wendy Yusuf Zara Zofia""".split()
NICK = dict(David="Dave", Arthur="Art", Beth="Elizabeth", Gareth="Gaz", James="Jim", Lewis="Lew", Megan="Meg", Mohammed="Mo",
            Owen="Owain", Victor="Vic", Alice="Ali", Edith="Edie")
HEAD = "Ash Birch Black Brook Clay Cross Dun Elm Fair Glen Green Hart Haw High Holm Kirk Lang Mar Mill Nor Oak Pen Red Stan Wal".split()
TAIL = "by combe cote den field ford gate ham hurst land ley low man mere more shaw stead ton ward well wick wood worth".split()
LAST = [a + b for a in HEAD for b in TAIL]
TOWNS = ["Ambridge", "Borchester", "Felpersham", "Penny Hassett", "Darrington", "Edgeley", "Layton Cross", "Loxley Barrett"]


def slip(pick, text):
    """One slip of the pen."""
    if not text:
        return text
    at = pick.randrange(len(text))
    kind = pick.random()
    if kind < 0.3 and len(text) > 2:
        return text[:at] + text[at + 1:]
    if kind < 0.6 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2:]
    letter = str(pick.randrange(10)) if text[at].isdigit() else pick.choice("aeiorstln")
    return text[:at] + letter + text[at + 1:]


def day(pick):
    return f"{pick.randrange(1935, 2008)}-{pick.randrange(1, 13):02d}-{pick.randrange(1, 29):02d}"


def records(count, seed=1):
    pick = random.Random(seed)
    rows, person = [], 0
    postcode = lambda: f"FP{pick.randrange(1, 80)} {pick.randrange(1, 10)}{pick.choice('ABDEFGHJLN')}{pick.choice('PQRSTUWXYZ')}"
    while len(rows) < count:
        home = dict(surname=pick.choice(LAST), postcode=postcode(), town=pick.choice(TOWNS), land=f"01632{pick.randrange(960000, 961000)}{pick.randrange(100)}")
        for _ in range(pick.choice([1, 1, 2, 2, 3, 4])):
            person += 1
            first, dob = pick.choice(FIRST), day(pick)
            own = dict(first_name=first, surname=home["surname"], dob=dob, postcode=home["postcode"], town=home["town"],
                       phone=f"07700900{pick.randrange(1000):03d}{pick.randrange(1000):03d}",
                       email=f"{first.lower()}.{home['surname'].lower()}{pick.randrange(100)}@example.com")
            for _ in range(pick.choice([1, 1, 1, 2, 2, 3, 5])):
                row = dict(own, cluster=person)
                if pick.random() < 0.08:
                    row.update(postcode=postcode(), town=pick.choice(TOWNS))
                if pick.random() < 0.12:
                    row["phone"] = home["land"]
                if pick.random() < 0.06:
                    row["first_name"] = NICK.get(first, first)
                for column, missing, worn in (("first_name", .01, .05), ("surname", .005, .05), ("dob", .03, .03), ("postcode", .08, .03),
                                              ("town", .05, .03), ("phone", .35, .03), ("email", .6, .03)):
                    chance = pick.random()
                    if chance < missing:
                        row[column] = None
                    elif chance < missing + worn:
                        row[column] = slip(pick, row[column])
                rows.append(row)
    rows = rows[:count]
    pick.shuffle(rows)
    for at, row in enumerate(rows):
        row["unique_id"] = at
    return rows


if __name__ == "__main__":
    rows = records(int(sys.argv[1]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    names = ["unique_id", "cluster", "first_name", "surname", "dob", "town", "postcode", "phone", "email"]
    table = pa.table({n: pa.array([r[n] for r in rows], pa.int64() if n in ("unique_id", "cluster") else pa.string()) for n in names})
    pq.write_table(table, sys.argv[2], compression="zstd")
