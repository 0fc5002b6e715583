"""Verifies a bundle of Entente with Python's standard library alone: python verify.py BUNDLE.zip [--key VKEY] [--checkpoint FILE]

It recomputes every leaf that is shown, the tree over all leaves (RFC 9162), compares it with each checkpoint of the bundle and with
those that you have kept (--checkpoint), and checks the signatures (Ed25519, RFC 8032) by the keys that you trust (--key, or the lines
of ~/.config/entente/verifiers.txt). Exit 0: all agrees; 1: something was altered, and the narrowest that can be said of it; 2: wrong
use. Take this file from the release of the program, not from the bundle: whoever forges one forges the other.
"""

import argparse
import base64
import contextlib
import hashlib
import itertools
import json
import os
import re
import struct
import sys
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

LONGEST_LINE, LONGEST_NOTE = 1 << 27, 10_000
LARGEST = {"manifest.json": 1 << 25, "checkpoints.txt": 1 << 22, "verifiers.txt": 1 << 16}
FILE = re.compile(r"(?=.{1,255}\Z)[A-Za-z0-9_@][A-Za-z0-9_@.-]*(?:/[A-Za-z0-9_@][A-Za-z0-9_@.-]*){0,3}")
ANNOUNCED, RESTORED = "entente.checkpoint-key", "entente.restored"
FIELDS = {"index": int, "position": int, "stream": str, "version": int, "topic": str, "salt": str, "state": str}
Point = tuple[int, int, int, int]
Key = tuple[str, bytes, int, bytes]
FRENCH = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("fr")
IN_FRENCH = {
    "entry {} is not in its place": "l'entrée {} n'est pas à sa place",
    "leaves are missing": "il manque des feuilles",
    "there are more leaves than the tree has": "il y a plus de feuilles que l'arbre n'en a",
    "altered among the first {} entries": "altération parmi les {} premières entrées",
    "altered among the entries {} to {}": "altération parmi les entrées {} à {}",
    "no checkpoint is of the whole bundle": "aucun point de contrôle ne porte sur tout le dossier",
    "a checkpoint of {} entries is ahead of the bundle": "un point de contrôle de {} entrées est en avance sur le dossier",
    "signed by no key that it names": "signé par aucune des clés qu'il nomme",
    "signed by no key that you trust": "signé par aucune clé que vous reconnaissez",
    "it cannot be read as a bundle": "il ne se lit pas comme un dossier de preuves",
    "{} cannot be read": "{} ne peut être lu",
    "entries: {}, shown: {}; they agree with checkpoints: {}": "entrées : {}, montrées : {} ; points de contrôle concordants : {}",
    "signed by {}: whether it is theirs only you can tell (--key)": "signé par {} : à vous de dire si c'est leur clé (--key)",
}


class Altered(Exception): ...


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("two readers may read two values")
    return dict(pairs)


def parsed(text: bytes) -> Any:
    return json.loads(text.decode(), object_pairs_hook=once, parse_constant=int)


def say(english: str, *values: object) -> str:
    return (IN_FRENCH[english] if FRENCH else english).format(*values)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point_of(text: bytes) -> Point | None:
    number = int.from_bytes(text, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    return (x := P - x if x & 1 != sign else x), y, 1, x * y % P


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


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def is_valid(key: bytes, message: bytes, signature: bytes) -> bool:
    point, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or point is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    (x1, y1, z1, _), (x2, y2, z2, _) = multiplied(s, BASE), added(r, multiplied(h, point))
    return (x1 * z2 - x2 * z1) % P == (y1 * z2 - y2 * z1) % P == 0


def verifier(text: str) -> Key:
    """(name, id, type, key) of a vkey."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    held = base64.b64decode(encoded, validate=True)
    is_its_id = sha256(name.encode(), b"\n", held)[:4].hex() == key_id
    if not (is_its_id and name.isprintable() and len(held) == 33 and held[0] in (1, 4)):
        raise ValueError(text)
    return name, bytes.fromhex(key_id), held[0], held[1:]


class Checkpoint:
    def __init__(self, note: str, is_kept: bool = False):
        self.is_kept, (self.text, _, lines) = is_kept, note.partition("\n\n")
        origin, size, root = self.text.split("\n")
        self.size, self.root = int(size), base64.b64decode(root, validate=True)
        is_one = re.fullmatch(r"[^\s+]+ [1-9][0-9]{0,18}", f"{origin} {size}")
        if not is_one or len(note) > LONGEST_NOTE or len(self.root) != 32:
            raise ValueError(size)
        parts = (one.split(" ") for one in lines.split("\n") if one)
        self.lines = [(name, base64.b64decode(held, validate=True)) for _, name, held in parts]
        self.made = next((int.from_bytes(held[4:12], "big") for _, held in self.lines if len(held) == 76), 0)

    def is_signed(self, keys: list[Key]) -> bool:
        text = self.text.encode() + b"\n"
        for (name, held), (known, key_id, kind, key) in itertools.product(self.lines, keys):
            time = b"cosignature/v1\ntime %d\n" % int.from_bytes(held[4:12], "big")
            message, signature = (text, held[4:]) if kind == 1 else (time + text, held[12:])
            if (name, held[:4]) == (known, key_id) and is_valid(key, message, signature):
                return True
        return False


def notes(text: str, is_kept: bool = False) -> list[Checkpoint]:
    found = re.findall("^(?:(?!\u2014 ).*\n){4}(?:\u2014 .*\n)+", f"{text.strip()}\n", re.MULTILINE)
    if "".join(found).strip() != text.strip():
        raise ValueError("no checkpoints")
    return [Checkpoint(one, is_kept) for one in found]


def leaf(entry: dict[str, Any]) -> bytes:
    topic, state = entry["topic"].encode(), base64.b64decode(entry["state"], validate=True)
    salt, stream = bytes.fromhex(entry["salt"]), bytes.fromhex(entry["stream"].replace("-", ""))
    written = salt.hex(), str(uuid.UUID(bytes=stream)), base64.b64encode(state).decode()
    if len(salt) != 16 or written != (entry["salt"], entry["stream"], entry["state"]):
        raise ValueError(entry["index"])
    front = struct.pack(">16sQ16sQI", salt, entry["position"], stream, entry["version"], len(topic))
    return sha256(b"\x00", front, topic, struct.pack(">I", len(state)), state)


def entries(file: IO[bytes], size: int) -> Iterator[dict[str, Any]]:
    index, position = -1, 0
    while line := file.readline(LONGEST_LINE):
        entry = parsed(line) if line.count(b"{") == 1 and b"[" not in line else None
        if type(entry) is not dict or {name: type(held) for name, held in entry.items()} != FIELDS:
            raise ValueError(index)
        at, place, version = entry["index"], entry["position"], entry["version"]
        if not (index < at < size and position < place < 2**63 and 0 < version < 2**63):
            raise Altered(say("entry {} is not in its place", at))
        index, position = at, place
        yield entry


def is_as_made(every: list[zipfile.ZipInfo], length: int) -> bool:
    sizes, kinds = {one.filename: one.file_size for one in every}, {one.external_attr >> 28 for one in every}
    is_sound = all(FILE.fullmatch(one.filename) and not one.compress_type and not one.flag_bits & 1 for one in every)
    is_sound = is_sound and sum(sizes.values()) <= length and all(sizes[one] <= LARGEST[one] for one in LARGEST)
    return len(sizes) == len(every) and kinds <= {0, 8} and is_sound


class Comparison:  # of the tree, as it grows, with checkpoints, by the keys that are trusted or announced under one that is
    def __init__(self, every: list[Checkpoint], trusted: list[Key]):
        self.waiting, self.trusts = sorted(every, key=lambda one: -one.size), list(trusted)
        self.announced, self.left, self.peaks = list[Key](), list[tuple[int, int]](), list[bytes]()
        self.differ, self.agree, self.signed, self.last = list[Checkpoint](), 0, 0, 0

    def tell(self, topic: str, state: bytes) -> None:
        with contextlib.suppress(Exception):  # an entry that was altered tells nothing
            told = json.loads(state[1:].partition(b"\n")[0]) if topic in (ANNOUNCED, RESTORED) else {}
            if topic == ANNOUNCED:
                self.announced.append(verifier(told["vkey"]))
            elif topic == RESTORED:
                self.left.append((Checkpoint(told["checkpoint"]).size, int(told["received"])))

    def add(self, index: int, node: bytes) -> None:
        size = index + 1
        while index & 1:
            node, index = sha256(b"\x01", self.peaks.pop(), node), index >> 1
        self.peaks.append(node)
        while self.waiting and self.waiting[-1].size == size:
            one, root = self.waiting.pop(), self.peaks[-1]
            for peak in reversed(self.peaks[:-1]):
                root = sha256(b"\x01", peak, root)
            if one.root != root:
                self.differ.append(one)
                continue
            self.agree, is_signed = self.agree + 1, one.is_signed(self.trusts)
            self.last = size if one.is_kept or is_signed else self.last
            if is_signed:
                self.signed, self.announced, self.trusts = size, [], self.trusts + self.announced

    def not_left(self, some: list[Checkpoint]) -> list[Checkpoint]:
        """Those that are not of what stood there before the store was restored."""
        return [
            one for one in some if not any(at < one.size and 0 < one.made * 10**6 <= when for at, when in self.left)
        ]


def compared(bundle: zipfile.ZipFile, size: int, comparison: Comparison) -> int:
    shown = 0
    with bundle.open("entries.jsonl") as lines, bundle.open("leaves.bin") as hidden:
        following = entries(lines, size)
        entry = next(following, None)
        for index in range(size):
            if entry is not None and entry["index"] == index:
                node, shown = leaf(entry), shown + 1
                comparison.tell(entry["topic"], base64.b64decode(entry["state"]))
                entry = next(following, None)
            elif len(node := hidden.read(32)) < 32:
                raise Altered(say("leaves are missing"))
            comparison.add(index, node)
        if entry is not None or hidden.read(1):
            raise Altered(say("there are more leaves than the tree has"))
    return shown


def verified(bundle: zipfile.ZipFile, kept: list[Checkpoint], trusted: list[Key]) -> tuple[int, int, int, list[str]]:
    size, own = parsed(bundle.read("manifest.json"))["size"], notes(bundle.read("checkpoints.txt").decode())
    if type(size) is not int or not 0 < size < 2**62:
        raise ValueError(size)
    comparison = Comparison(own + kept, trusted)
    shown = compared(bundle, size, comparison)
    differ, waiting = comparison.not_left(comparison.differ), comparison.not_left(comparison.waiting)
    if differ and not comparison.last:
        raise Altered(say("altered among the first {} entries", differ[0].size))
    if differ:
        raise Altered(say("altered among the entries {} to {}", comparison.last + 1, differ[0].size))
    if [one for one in waiting if not one.is_kept] or not [one for one in own if one.size == size]:
        raise Altered(say("no checkpoint is of the whole bundle"))
    if waiting:
        raise Altered(say("a checkpoint of {} entries is ahead of the bundle", waiting[0].size))
    if trusted and comparison.signed < size:
        raise Altered(say("signed by no key that you trust"))
    named, newest = bundle.read("verifiers.txt").decode().split("\n"), max(own, key=lambda one: one.size)
    keys = [one for one in sorted({*named}) if one and one[0] != "#" and newest.is_signed([verifier(one)])]
    if not keys and not trusted:
        raise Altered(say("signed by no key that it names"))
    return size, shown, comparison.agree, keys  # the entries, those shown, the checkpoints that agree, who signed


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bundle")
    options.add_argument("--key", action="append", default=[], help="a verifier key whose signatures you trust")
    options.add_argument("--checkpoint", action="append", default=[], help="checkpoints that you have kept")
    given = options.parse_args()
    own = Path.home() / ".config" / "entente" / "verifiers.txt"
    place, kept, trusted = str(own), list[Checkpoint](), list[Key]()
    try:
        for place in given.key or (own.read_text().splitlines() if own.is_file() else []):
            trusted += [verifier(place)] if place.strip() and not place.startswith("#") else []
        for place in given.checkpoint:
            kept += notes(Path(place).read_text(encoding="utf-8"), is_kept=True)
        length = Path(place := given.bundle).stat().st_size
    except (OSError, ValueError):
        print(say("{} cannot be read", place), file=sys.stderr)
        return 2
    try:
        with zipfile.ZipFile(given.bundle) as bundle:
            if not is_as_made(bundle.infolist(), length):
                raise ValueError(length)
            size, shown, agree, keys = verified(bundle, kept, trusted)
    except Exception as error:  # whatever is wrong in a forged one
        print(error if isinstance(error, Altered) else say("it cannot be read as a bundle"), file=sys.stderr)
        return 1
    print(say("entries: {}, shown: {}; they agree with checkpoints: {}", size, shown, agree))
    if not trusted and not kept:
        print(say("signed by {}: whether it is theirs only you can tell (--key)", ", ".join(keys)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
