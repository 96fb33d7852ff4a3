#!/usr/bin/env python3
"""Checks Bluelamp packages with nothing but Python's standard library.

    independent_package.py --vkey 'police.example/log+0123abcd+AQ...' PACKAGE-FOLDER...

Written from RFC 8493 and from what the package says of itself, not from the Rust code, so that a mistake would have
to be made twice. The log's part is checked by the ledger's own independent verifier. Prints a line for each folder.
Exit code 0: everything in every folder holds. 1: it does not.
"""
import argparse, base64, hashlib, json, os, re, stat, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../ledger/tests"))
import independent_verifier as ledger
from independent_verifier import Rejected, need

TAGS = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"]
TAGS += ["proofs/checkpoint", "proofs/proof.json", "proofs/vkey.txt"]
STEP = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")


def digest_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as f:
        while piece := f.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def files_in(root):
    """Every file below the folder; anything that is neither a file nor a folder with files is refused."""
    found = {}
    for folder, folders, names in os.walk(root, onerror=lambda e: need(False, f"cannot be read: {e}")):
        need(folders or names, f"empty folder {folder}")
        for name in folders + names:
            full = os.path.join(folder, name)
            path = os.path.relpath(full, root).replace(os.sep, "/")
            need(STEP.fullmatch(name) and not name.endswith("."), f"{path!r}: no name for a package")
            mode = os.lstat(full).st_mode
            need(stat.S_ISREG(mode) or stat.S_ISDIR(mode), f"{path}: neither file nor folder")
            if stat.S_ISREG(mode):
                found[path] = (digest_of(full), os.path.getsize(full))
    need(len({path.lower() for path in found}) == len(found), "names that differ in case only")
    return found


def text(root, path):
    with open(os.path.join(root, path), encoding="utf-8", newline="") as f:
        return f.read()


def check_manifest(root, manifest, found):
    """One spelling: what the manifest should say is worked out and compared."""
    should = "".join(f"{found[path][0]}  {path}\n" for path in sorted(found))
    need(text(root, manifest) == should, f"{manifest} is not the manifest of these files")


def check(root, vkey):
    need(os.path.isdir(root), "not a folder")
    found = files_in(root)
    payload = {path: d for path, d in found.items() if path.startswith("data/")}
    tags = {path: d for path, d in found.items() if path not in payload and path != "tagmanifest-sha256.txt"}
    need(sorted(tags) == TAGS, f"files beside the payload: {sorted(tags)}")
    check_manifest(root, "manifest-sha256.txt", payload)
    check_manifest(root, "tagmanifest-sha256.txt", tags)
    need(text(root, "bagit.txt") == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "bagit.txt")
    lines = text(root, "bag-info.txt").removesuffix("\n").split("\n")
    info = dict(line.split(": ", 1) for line in lines)
    need(len(info) == len(lines), "a label twice in bag-info.txt")
    size = sum(d[1] for d in payload.values())
    need(info["Payload-Oxum"] == f"{size}.{len(payload)}", "Payload-Oxum")
    need(info["Bluelamp-Package-Version"] == "1", "unknown version of the package")

    case = json.loads(text(root, "data/case.json"))
    need(case["format"] == "bluelamp-case-1", "unknown form of the case document")
    need(info["External-Identifier"] == case["case"]["reference"], "another case")
    need(info["Internal-Sender-Identifier"] == case["package"], "another package")
    items = {item["id"]: item for item in case["evidence"]}
    known = {item["path"] for item in items.values()}
    need(len(items) == len(known) == len(case["evidence"]), "two items with one file or one id")
    need(set(payload) - known == {"data/README.txt", "data/case.json", "data/records.json"}, "files of no item")
    for item in items.values():
        need(item["path"].startswith("data/originals/"), "an item that is no original")
        need(payload.get(item["path"]) == (item["sha256"], item["size"]), f"{item['path']}: another file")

    need(text(root, "proofs/vkey.txt") == vkey + "\n", "another key")
    proof = json.loads(text(root, "proofs/proof.json"))
    need(proof["vkeys"] == [vkey] and proof["checkpoint"] == text(root, "proofs/checkpoint"), "another checkpoint")
    said = ledger.verify_file(proof, [ledger.parse_vkey(vkey)])
    objects = {case["case"]["id"], case["report"]["id"], *items}
    need(set(case["log"]["objects"]) == objects, "another list of what the log is about")
    about, others, withheld, taken = [], [], 0, set()
    for entry in proof["entries"]:
        if "commitment_b64" in entry:
            others.append(ledger.unb64(entry["commitment_b64"]))
            withheld += 1
            continue
        raw = base64.b64decode(entry["event_b64"])
        event = json.loads(raw)
        need(event["v"] == 1, "an event of another form")
        if event.get("object") == case["package"]:
            about.append(event)
            continue
        need(event.get("object") in objects, "an entry about something else")
        salt = base64.b64decode(entry["salt_b64"])
        others.append(ledger.sha256(b"bluelamp-event-1\n", salt, raw))
        if event["verb"] == "collect" and event["object_kind"] == "evidence":
            item, detail = items[event["object"]], event["detail"]
            need((detail["sha256"], detail["size"]) == (item["sha256"], item["size"]), "not what was taken in")
            taken.add(event["object"])
    need(withheld or taken == set(items), "an item that was never taken in")
    need(len(others) == case["log"]["entries"], "entries left out or added")
    need(ledger.sha256(*sorted(others)).hex() == case["log"]["entries_sha256"], "other entries")

    need(len(about) == 1, f"{len(about)} entries about this package")
    event, detail = about[0], about[0]["detail"]
    need((event["verb"], event["object_kind"]) == ("disclose", "package"), "was not disclosed")
    for label, path in [("manifest", "manifest-sha256.txt"), ("bag_info", "bag-info.txt"), ("bagit", "bagit.txt")]:
        need(detail[f"{label}_sha256"] == found[path][0], f"{path} is not the one that left")
    counts = (detail["files"], detail["bytes"], detail["items"])
    need(counts == (len(payload), size, len(items)), "counts")
    need((detail["case"], detail["recipient"]) == (case["case"]["id"], case["recipient"]), "case or recipient")
    return f"{case['case']['reference']}, {len(payload)} files; {said}"


def verdict(root, vkey):
    try:
        return "ok: " + check(root, vkey)
    except Rejected as why:
        return f"rejected: {why}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as why:
        return f"rejected: {why!r}"


def main():
    parser = argparse.ArgumentParser(description="Checks Bluelamp packages.")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--vkey", required=True, help="the key of the log, got by another way than the package")
    args = parser.parse_args()
    verdicts = [verdict(folder, args.vkey) for folder in args.folders]
    print("\n".join(line.replace("\n", " ") for line in verdicts))
    sys.exit(0 if all(line.startswith("ok: ") for line in verdicts) else 1)


if __name__ == "__main__":
    main()
