"""Verifies a bundle of Entente with Python's standard library alone: python verify.py BUNDLE.zip [--key VKEY] [--checkpoint FILE]

It recomputes every leaf that is shown, the tree over all leaves (RFC 9162), compares it with each checkpoint of the bundle and with
those that you have kept (--checkpoint), and checks the signatures (Ed25519, RFC 8032) by the keys that you trust (--key, or the lines
of ~/.config/entente/verifiers.txt). Exit 0: all agrees; 1: something was altered, and the narrowest that can be said of it; 2: wrong
use. Take this file from the release of the program, not from the bundle: whoever forges one forges the other.
"""

import argparse
import base64
import hashlib
import json
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

LONGEST_LINE, LARGEST_TEXT = 1 << 27, 1 << 28
Point = tuple[int, int, int, int]
Key = tuple[str, bytes, int, bytes]
FRENCH = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("fr")
IN_FRENCH = {
    "entry {} is not in its place": "l'entrée {} n'est pas à sa place",
    "the archive is not as one is made": "l'archive n'est pas faite comme il faut",
    "leaves are missing": "il manque des feuilles",
    "there are more leaves than the tree has": "il y a plus de feuilles que l'arbre n'en a",
    "altered among the first {} entries": "altération parmi les {} premières entrées",
    "altered among the entries {} to {}": "altération parmi les entrées {} à {}",
    "no checkpoint is of the whole bundle": "aucun point de contrôle ne porte sur tout le dossier",
    "a checkpoint of {} entries is ahead of the bundle": "un point de contrôle de {} entrées est en avance sur le dossier",
    "signed by no key that it names": "signé par aucune des clés qu'il nomme",
    "signed by no key that you trust": "signé par aucune clé que vous reconnaissez",
    "it cannot be read: {}": "il ne peut être lu : {}",
    "{} entries, {} of them shown, agree with {} checkpoints": "{} entrées, dont {} montrées, concordent avec {} points de contrôle",
    "signed by {}: whether it is theirs only you can tell (--key)": "signé par {} : à vous de dire si c'est leur clé (--key)",
}


class Altered(Exception): ...


def say(english: str, *values: object) -> str:
    return (IN_FRENCH[english] if FRENCH else english).format(*values)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recovered(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def decompressed(text: bytes) -> Point | None:
    number = int.from_bytes(text, "little")
    y = number & (1 << 255) - 1
    x = recovered(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def added(one: Point, other: Point) -> Point:
    (x1, y1, z1, t1), (x2, y2, z2, t2) = one, other
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiplied(number: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = added(total, point)
        point, number = added(point, point), number >> 1
    return total


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recovered(BASE_Y, 0) or 0
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_valid(key: bytes, message: bytes, signature: bytes) -> bool:
    if len(key) != 32 or len(signature) != 64:
        return False
    point, r, s = decompressed(key), decompressed(signature[:32]), int.from_bytes(signature[32:], "little")
    if point is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    (x1, y1, z1, _), (x2, y2, z2, _) = multiplied(s, BASE), added(r, multiplied(h, point))
    return (x1 * z2 - x2 * z1) % P == (y1 * z2 - y2 * z1) % P == 0


def verifier(text: str) -> Key:
    """(name, id, type, key) of a vkey."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    held = base64.b64decode(encoded, validate=True)
    if len(held) != 33 or held[0] not in (1, 4) or sha256(name.encode(), b"\n", held)[:4].hex() != key_id:
        raise ValueError(text)
    return name, bytes.fromhex(key_id), held[0], held[1:]


class Checkpoint:
    def __init__(self, note: str, is_kept: bool = False):
        self.note, self.is_kept = note, is_kept
        self.text, _, lines = note.partition("\n\n")
        self.origin, size, root = self.text.split("\n")
        self.size, self.root = int(size), base64.b64decode(root, validate=True)
        if len(self.root) != 32 or self.size < 1:
            raise ValueError(note)
        parts = (one.split(" ") for one in lines.split("\n") if one)
        self.lines = [(name, base64.b64decode(held)) for _, name, held in parts]

    @property
    def made(self) -> int:
        return next((int.from_bytes(held[4:12], "big") for _, held in self.lines if len(held) == 76), 0)

    def is_signed(self, keys: list[Key]) -> bool:
        text = self.text.encode() + b"\n"
        for name, held in self.lines:
            for known, key_id, kind, key in keys:
                if (name, held[:4]) != (known, key_id):
                    continue
                if kind == 1 and is_valid(key, text, held[4:]):
                    return True
                time = b"cosignature/v1\ntime %d\n" % int.from_bytes(held[4:12], "big")
                if kind == 4 and is_valid(key, time + text, held[12:]):
                    return True
        return False


def notes(text: str, is_kept: bool = False) -> list[Checkpoint]:
    note, found = "", list[Checkpoint]()
    for line in text.splitlines(keepends=True):
        if note.rpartition("\n\n")[2].startswith("\u2014 ") and not line.startswith("\u2014 "):
            found.append(Checkpoint(note, is_kept))
            note = ""
        note += line
    return found + ([Checkpoint(note, is_kept)] if note.strip() else [])


class Tree:
    def __init__(self) -> None:
        self.size, self.peaks = 0, list[bytes]()

    def add(self, leaf: bytes) -> None:
        index, node = self.size, leaf
        while index & 1:
            node, index = sha256(b"\x01", self.peaks.pop(), node), index >> 1
        self.peaks.append(node)
        self.size += 1

    @property
    def root(self) -> bytes:
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = sha256(b"\x01", peak, node)
        return node


def leaf(entry: dict[str, Any]) -> bytes:
    topic, state = entry["topic"].encode(), base64.b64decode(entry["state"], validate=True)
    return sha256(
        b"\x00",
        bytes.fromhex(entry["salt"]),
        entry["position"].to_bytes(8, "big"),
        bytes.fromhex(entry["stream"].replace("-", "")),
        entry["version"].to_bytes(8, "big"),
        len(topic).to_bytes(4, "big"),
        topic,
        len(state).to_bytes(4, "big"),
        state,
    )


def header(entry: dict[str, Any]) -> Any:
    return json.loads(base64.b64decode(entry["state"])[1:].partition(b"\n")[0])


def entries(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    index, position = -1, 0
    while line := file.readline(LONGEST_LINE):
        entry = json.loads(line)
        if not (entry["index"] > index and entry["position"] > position):
            raise Altered(say("entry {} is not in its place", entry["index"]))
        index, position = entry["index"], entry["position"]
        yield entry


def verified(bundle: zipfile.ZipFile, kept: list[Checkpoint], trusted: list[Key]) -> tuple[int, int, int, list[str]]:
    """(size, how many entries are shown, how many checkpoints agree, keys that signed them)"""
    names, texts = [one.filename for one in bundle.infolist()], ("manifest.json", "checkpoints.txt", "verifiers.txt")
    large = any(bundle.getinfo(one).file_size > LARGEST_TEXT for one in texts)
    if len(set(names)) < len(names) or any(one.compress_type for one in bundle.infolist()) or large:
        raise Altered(say("the archive is not as one is made"))
    size = json.loads(bundle.read("manifest.json"))["size"]
    own = notes(bundle.read("checkpoints.txt").decode())
    every = sorted([*own, *kept], key=lambda one: one.size)
    tree, trusts, shown, agree, signed, last = Tree(), list(trusted), 0, 0, 0, 0
    announced, differ, branches = list[Key](), list[Checkpoint](), list[tuple[int, int]]()
    with bundle.open("entries.jsonl") as lines, bundle.open("leaves.bin") as hidden:
        following, waiting = entries(lines), list(every)
        entry = next(following, None)
        for index in range(size):
            if entry is not None and entry["index"] == index:
                tree.add(leaf(entry))
                shown += 1
                if entry["topic"] == "entente.checkpoint-key":
                    announced.append(verifier(header(entry)["vkey"]))
                if entry["topic"] == "entente.restored":
                    told = header(entry)
                    branches.append((Checkpoint(told["checkpoint"]).size, told["received"]))
                entry = next(following, None)
            else:
                held = hidden.read(32)
                if len(held) < 32:
                    raise Altered(say("leaves are missing"))
                tree.add(held)
            while waiting and waiting[0].size == tree.size:
                one = waiting.pop(0)
                is_signed = one.is_signed(trusts)
                if one.root != tree.root:
                    differ.append(one)
                    continue
                agree += 1
                last = one.size if one.is_kept or is_signed else last
                if is_signed:
                    signed, announced, trusts = one.size, [], trusts + announced
        if entry is not None or hidden.read(1):
            raise Altered(say("there are more leaves than the tree has"))
    left = [
        one for one in differ + waiting if any(at < one.size and 0 < one.made * 10**6 <= when for at, when in branches)
    ]
    differ, waiting = ([one for one in some if one not in left] for some in (differ, waiting))
    if differ and not last:
        raise Altered(say("altered among the first {} entries", differ[0].size))
    if differ:
        raise Altered(say("altered among the entries {} to {}", last + 1, differ[0].size))
    if [one for one in waiting if not one.is_kept] or not [one for one in own if one.size == size]:
        raise Altered(say("no checkpoint is of the whole bundle"))
    if waiting:
        raise Altered(say("a checkpoint of {} entries is ahead of the bundle", waiting[-1].size))
    if trusted and signed < size:
        raise Altered(say("signed by no key that you trust"))
    named, newest = bundle.read("verifiers.txt").decode().split("\n"), max(own, key=lambda one: one.size)
    keys = [one for one in named if one and one[0] != "#" and newest.is_signed([verifier(one)])]
    if keys or trusted:
        return size, shown, agree, keys
    raise Altered(say("signed by no key that it names"))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bundle", type=Path)
    options.add_argument("--key", action="append", default=[], help="a verifier key whose signatures you trust")
    options.add_argument("--checkpoint", action="append", default=[], type=Path, help="checkpoints that you have kept")
    given = options.parse_args()
    own = Path.home() / ".config" / "entente" / "verifiers.txt"
    lines = given.key or (own.read_text().splitlines() if own.is_file() else [])
    try:
        trusted = [verifier(line) for line in lines if line.strip() and not line.startswith("#")]
        kept = [one for file in given.checkpoint for one in notes(file.read_text(encoding="utf-8"), is_kept=True)]
        bundle = zipfile.ZipFile(given.bundle)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        size, shown, agree, keys = verified(bundle, kept, trusted)
    except Altered as error:
        print(error, file=sys.stderr)
        return 1
    except Exception as error:  # whatever is wrong in a forged one
        print(say("it cannot be read: {}", repr(error)), file=sys.stderr)
        return 1
    print(say("{} entries, {} of them shown, agree with {} checkpoints", size, shown, agree))
    if not trusted and not kept:
        print(say("signed by {}: whether it is theirs only you can tell (--key)", ", ".join(keys)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
