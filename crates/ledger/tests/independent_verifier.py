#!/usr/bin/env python3
"""Checks a Bluelamp proof file with nothing but Python's standard library.

    independent_verifier.py PROOF.json... --vkey 'police.example/log+0123abcd+AQ...'
    independent_verifier.py --self-test

Written from the standards (RFC 8032, RFC 9162 section 2.1, C2SP signed-note and tlog-checkpoint), not from the
Rust code, so that a mistake would have to be made twice. Exit code 0: everything in every file holds. 1: it does not.
"""
import argparse, base64, hashlib, json, sys


class Rejected(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Rejected(why)


def unb64(text):
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise Rejected(f"not base64: {text!r}") from None
    need(base64.b64encode(raw).decode() == text, f"not canonical base64: {text!r}")
    return raw


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# --- Ed25519, RFC 8032 section 5.1, in extended coordinates (X, Y, Z, T) ---
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
NEUTRAL = (0, 1, 1, 0)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(n, point):
    result = NEUTRAL
    while n:
        if n & 1:
            result = add(result, point)
        point, n = add(point, point), n >> 1
    return result


def equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def decompress(raw):
    """The point of 32 bytes; small-order points, for which a signature proves nothing, are refused."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number % 2**255
    need(len(raw) == 32 and y < P, "not a point of the curve")
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    need((x * x - square) % P == 0 and not (x == 0 and sign), "not a point of the curve")
    x = P - x if x & 1 != sign else x
    point = (x, y, 1, x * y % P)
    need(not equal(multiply(8, point), NEUTRAL), "a point of small order")
    return point


BASE = decompress((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519(public, message, signature):
    need(len(signature) == 64, "signature is not 64 bytes long")
    s = int.from_bytes(signature[32:], "little")
    need(s < L, "signature is not canonical")
    key, r = decompress(public), decompress(signature[:32])
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    need(equal(multiply(s, BASE), add(r, multiply(k, key))), "signature does not verify")


# --- C2SP signed-note and tlog-checkpoint ---
def parse_vkey(vkey):
    parts = vkey.split("+", 2)
    need(len(parts) == 3, "a key has the form name+id+key")
    name, key_id, key = parts[0], parts[1], unb64(parts[2])
    need(key[:1] == b"\x01" and len(key) == 33, "not an Ed25519 key")
    need(sha256(name.encode(), b"\n", key)[:4].hex() == key_id, "the key id does not belong to name and key")
    return name, bytes.fromhex(key_id), key[1:]


def open_checkpoint(note, vkeys):
    """Origin, size and root of a checkpoint that every one of the keys has signed."""
    need(not any(c < " " and c != "\n" for c in note), "control character in a note")
    text, gap, lines = note.rpartition("\n\n")
    need(gap and lines.endswith("\n"), "not a signed note")
    text, signatures = text + "\n", []
    for line in lines[:-1].split("\n"):
        fields = line.split(" ")
        need(len(fields) == 3 and fields[0] == "\u2014" and fields[1], f"not a signature line: {line!r}")
        blob = unb64(fields[2])
        need(len(blob) > 4, "a signature is too short")
        signatures.append((fields[1], blob[:4], blob[4:]))
    fields = text[:-1].split("\n")
    need(len(fields) >= 3 and all(fields), "a checkpoint has at least three lines, none of them empty")
    need(vkeys, "no key to check with")
    for name, key_id, public in vkeys:
        own = [s for n, i, s in signatures if (n, i) == (name, key_id)]
        need(own, f"no signature by {name}+{key_id.hex()}")
        for signature in own:
            ed25519(public, text.encode(), signature)
        need(name == fields[0], "the checkpoint speaks for another log")
    need(fields[1].isascii() and fields[1].isdigit() and str(int(fields[1])) == fields[1], "size is not a number")
    root = unb64(fields[2])
    need(len(root) == 32, "root is not 32 bytes long")
    need(int(fields[1]) > 0 or root == sha256(), "size 0 with the root of a tree that has entries")
    return fields[0], int(fields[1]), root


# --- RFC 9162 sections 2.1.3.2 and 2.1.4.2 ---
def node(left, right):
    return sha256(b"\x01", left, right)


def verify_inclusion(leaf, index, size, proof, root):
    need(0 <= index < size, f"no entry {index} in a tree of {size}")
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        need(sn, f"entry {index}: proof is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and r == root, f"entry {index}: proof does not lead to the root")


def verify_consistency(old_size, old_root, size, root, proof):
    need(old_size <= size, "the earlier checkpoint is larger than the later one")
    if old_size in (0, size):
        need(not proof, "consistency proof is too long")
        return need(old_size == 0 or old_root == root, "two checkpoints of one size with different roots")
    path = ([old_root] if old_size & (old_size - 1) == 0 else []) + proof
    need(path, "consistency proof is empty")
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        need(sn, "consistency proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and fr == old_root and sr == root, "consistency proof does not lead to the two roots")


# --- the proof file ---
def hashes(texts):
    raw = [unb64(text) for text in texts]
    need(all(len(h) == 32 for h in raw), "a hash is not 32 bytes long")
    return raw


def only(record, *names):
    need(isinstance(record, dict) and set(record) <= set(names), f"a record has other fields than {names}")


def verify_file(file, vkeys):
    only(file, "vkeys", "checkpoint", "entries", "consistency")
    need(all(isinstance(vkey, str) for vkey in file["vkeys"]), "vkeys is not a list of texts")
    origin, size, root = open_checkpoint(file["checkpoint"], vkeys)
    last, opened, withheld = -1, 0, 0
    for entry in file["entries"]:
        only(entry, "index", "event_b64", "salt_b64", "commitment_b64", "proof")
        index = entry["index"]
        need(type(index) is int and index > last, f"entry {index} is there twice or out of order")
        last = index
        if "commitment_b64" in entry:
            need("event_b64" not in entry and "salt_b64" not in entry, f"entry {index} is shown in two ways")
            [commitment], withheld = hashes([entry["commitment_b64"]]), withheld + 1
        else:
            salt, opened = unb64(entry["salt_b64"]), opened + 1
            need(len(salt) == 16, "a salt is not 16 bytes long")
            commitment = sha256(b"bluelamp-event-1\n", salt, unb64(entry["event_b64"]))
        leaf = sha256(b"\x00", b"\x01", commitment)
        verify_inclusion(leaf, index, size, hashes(entry["proof"]), root)
    said = f"{origin}, {size} entries; {opened} shown with their event, {withheld} as a commitment"
    if file.get("consistency") is not None:
        only(file["consistency"], "checkpoint", "proof")
        _, old_size, old_root = open_checkpoint(file["consistency"]["checkpoint"], vkeys)
        verify_consistency(old_size, old_root, size, root, hashes(file["consistency"]["proof"]))
        said += f"; consistent with the checkpoint of {old_size} entries"
    return said


def self_test():
    """RFC 8032 section 7.1, test 3, and the same with one bit changed in each part."""
    public = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    signature = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    ed25519(public, b"\xaf\x82", signature)
    flip = lambda raw, n: raw[:n] + bytes([raw[n] ^ 1]) + raw[n + 1 :]
    bad = [(public, b"\xaf\x83", signature), (flip(public, 5), b"\xaf\x82", signature)]
    bad += [(public, b"\xaf\x82", flip(signature, n)) for n in range(64)]
    bad += [((1).to_bytes(32, "little"), b"\xaf\x82", (1).to_bytes(32, "little") + bytes(32))]
    for case in bad:
        try:
            ed25519(*case)
        except Rejected:
            continue
        sys.exit(f"self-test failed: accepted {case}")
    print("self-test ok")


def verdict(path, vkeys):
    try:
        with open(path, encoding="utf-8") as f:
            file = json.load(f)
        return "ok: " + verify_file(file, [parse_vkey(vkey) for vkey in vkeys or file["vkeys"]])
    except Rejected as why:
        return f"rejected: {why}"
    except (OSError, ValueError, KeyError, TypeError) as why:
        return f"rejected: not a proof file: {why!r}"


def main():
    parser = argparse.ArgumentParser(description="Checks Bluelamp proof files.")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--vkey", action="append", help="a key of the log, got by another way than the file")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    if args.self_test:
        return self_test()
    if not args.files:
        parser.error("which file?")
    if not args.vkey:
        print("warning: the keys are taken from the file itself, which proves nothing about who signed")
    verdicts = [verdict(path, args.vkey) for path in args.files]
    print("\n".join(verdicts))
    sys.exit(0 if all(line.startswith("ok: ") for line in verdicts) else 1)


if __name__ == "__main__":
    main()
