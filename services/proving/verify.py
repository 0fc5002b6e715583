"""Verifies a bundle of Entente with Python's standard library alone: python verify.py BUNDLE.zip [--key VKEY] [--checkpoint FILE]

It recomputes every leaf that is shown and the tree over all leaves (RFC 9162), compares it with each checkpoint of the bundle, those
that you have kept (--checkpoint) and what the manifest says, and checks signatures (Ed25519, RFC 8032) by the keys that you trust
(--key, or the lines of ~/.config/entente/verifiers.txt). Exit 0: all agrees, and what nothing vouches for is said; 1: something was
altered; 2: wrong use. Take this file from the release of the program, not from the bundle: whoever forges one forges the other.
"""

# fmt: off
import argparse
import base64
import contextlib
import hashlib
import json
import os
import re
import struct
import sys
import time
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

LONGEST_LINE, LONGEST_NOTE, MOST_FILES = 1 << 27, 10_000, 100_000
LARGEST = {"manifest.json": 1 << 25, "checkpoints.txt": 1 << 22, "verifiers.txt": 1 << 16}
FILE = re.compile(r"(?:manifest|figures)\.json|entries\.jsonl|leaves\.bin|(?:checkpoints|verifiers)\.txt|(?:README|LISEZMOI)\.md|"
                  r"verify\.py|(?=.{1,255}\Z)(?:documents|packs)(?:/[A-Za-z0-9_@][A-Za-z0-9_@.-]*){1,3}")
NOTE = re.compile(r"(?m)^(([^\s+]+)\n([1-9][0-9]{0,18})\n([\w+/]{43}=)\n)\n((?:\u2014 [^\s+]+ [\w+/]+=*\n)+)")
ANNOUNCED, RESTORED, UNREADABLE = "entente.checkpoint-key", "entente.restored", "it cannot be read as a bundle"
MEMBERS = {"bundle", "origin", "size", "root", "position", "shown", "program", "judging", "tzdata", "as", "contracts", "files"}
FIELDS = {"index": int, "position": int, "stream": str, "version": int, "topic": str, "salt": str, "state": str}
Point = tuple[int, int, int, int]
Key = tuple[str, bytes]  # its name, and the 32 bytes of Ed25519
FRENCH = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("fr")
IN_FRENCH = {
    "entry {} is not in its place": "l'entrée {} n'est pas à sa place", "{} cannot be read": "{} ne peut être lu",
    "there are more or fewer leaves than the tree has": "il y a plus ou moins de feuilles que l'arbre n'en a",
    "altered among the first {} entries": "altération parmi les {} premières entrées",
    "altered among the entries {1} to {0}": "altération parmi les entrées {1} à {0}",
    "no checkpoint is of the whole bundle": "aucun point de contrôle ne porte sur tout le dossier",
    "a checkpoint of {} entries is ahead of the bundle": "un point de contrôle de {} entrées est en avance sur le dossier",
    "signed by no key that you trust": "signé par aucune clé que vous reconnaissez",
    "what the manifest says of {} is not so": "ce que le manifeste dit de {} est faux",
    UNREADABLE: "il ne se lit pas comme un dossier de preuves", "not compared with entries: {}": "non comparés aux entrées : {}",
    "entries: {}, shown: {}; they agree with checkpoints: {}": "entrées : {}, montrées : {} ; points de contrôle concordants : {}",
    "the checkpoint of {} entries is of what stood there before": "le point de contrôle de {} entrées porte sur l'état précédent",
    "newest checkpoint signed on {}, {} days ago": "dernier point de contrôle signé le {}, il y a {} jours",
    "the manifest says, and nothing here shows: {}": "le manifeste le dit, et rien ici ne le montre : {}",
    "nothing vouches for entries {} to {}": "rien ne garantit les entrées {} à {}",
    "signed by {}: whether it is theirs only you can tell (--key)": "signé par {} : à vous de dire si c'est leur clé (--key)",
}
Altered = AssertionError  # what is wrong with a bundle, in words
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT, BASE = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P), b"\x58" + b"\x66" * 31

def parsed(text: bytes) -> Any:
    """No name stands twice, since two readers may read two values, and every number is whole."""
    once = lambda pairs: found if len(found := dict(pairs)) == len(pairs) else None  # noqa: E731
    return json.loads(text.decode(), object_pairs_hook=once, parse_float=int, parse_constant=int)

def say(english: str, *values: object) -> str:
    text = (IN_FRENCH[english] if FRENCH else english).format(*values)  # a forger's words, too: none rules the terminal
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text)

def require(is_so: object, english: str = UNREADABLE, *values: object) -> None:
    if not is_so:
        raise Altered(say(english, *values))

def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()

def point_of(text: bytes) -> Point | None:
    y, sign = (number := int.from_bytes(text, "little")) & (1 << 255) - 1, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    is_none = y >= P or (x * x - square) % P or (x == 0 and sign)
    return None if is_none else ((x := P - x if x & 1 != sign else x), y, 1, x * y % P)

def added(one: Point, other: Point) -> Point:
    (x1, y1, z1, t1), (x2, y2, z2, t2) = one, other
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def multiplied(number: int, point: Point) -> Point:
    half = multiplied(number >> 1, added(point, point)) if number else (0, 1, 1, 0)
    return added(half, point) if number & 1 else half

def is_valid(key: bytes, message: bytes, signature: bytes) -> bool:
    point, r, base = (point_of(one) for one in (key, signature[:32], BASE))
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or not (point and r and base) or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    (x1, y1, z1, _), (x2, y2, z2, _) = multiplied(s, base), added(r, multiplied(h, point))
    return (x1 * z2 - x2 * z1) % P == (y1 * z2 - y2 * z1) % P == 0

def verifier(text: str) -> Key:
    name, key_id, encoded = text.strip().split("+", 2)
    held = base64.b64decode(encoded, validate=True)
    if sha256(name.encode(), b"\n", held)[:4].hex() != key_id or len(held) != 33 or held[0] not in (1, 4):
        raise ValueError(text)
    return name, held[1:]

class Checkpoint:
    def __init__(self, found: re.Match[str], is_kept: bool):
        self.is_kept, (self.text, self.origin, size, root, lines) = is_kept, found.groups()
        self.size, self.root = int(size), base64.b64decode(root, validate=True)
        self.lines = [(name, base64.b64decode(held, validate=True)) for name, held in re.findall("\u2014 (.+) (.+)\n", lines)]

    def signed_at(self, keys: list[Key]) -> int | None:
        """When one of the keys says that it signed, in seconds since 1970, 0 where it does not say; None where none has signed."""
        times = list[int]()
        for (name, held), (known, key), kind in ((a, b, c) for a in self.lines for b in keys for c in b"\1\4"):
            if (name, held[:4]) == (known, sha256(known.encode(), b"\n", bytes([kind]), key)[:4]):
                made = int.from_bytes(held[4:12], "big") if kind == 4 else 0
                front, begin = (b"cosignature/v1\ntime %d\n" % made, 12) if kind == 4 else (b"", 4)
                times += [made] if is_valid(key, front + self.text.encode(), held[begin:]) else []
        return max(times, default=None)

def notes(text: str, is_kept: bool = False) -> list[Checkpoint]:
    found = list(NOTE.finditer(text := f"{text.strip()}\n"))
    if "".join(one[0] for one in found) != text or any(len(one[0]) > LONGEST_NOTE for one in found):
        raise ValueError("no checkpoints")
    return [Checkpoint(one, is_kept) for one in found]

def leaf(entry: dict[str, Any]) -> bytes:
    topic, state = entry["topic"].encode(), base64.b64decode(entry["state"], validate=True)
    salt, stream = bytes.fromhex(entry["salt"]), uuid.UUID(entry["stream"])
    written = salt.hex(), str(stream), base64.b64encode(state).decode()
    require(len(salt) == 16 and written == (entry["salt"], entry["stream"], entry["state"]))
    front = struct.pack(">16sQ16sQI", salt, entry["position"], stream.bytes, entry["version"], len(topic))
    return sha256(b"\x00", front, topic, struct.pack(">I", len(state)), state)

def entries(file: IO[bytes], size: int) -> Iterator[dict[str, Any]]:
    last = {"index": -1, "position": 0}
    while line := file.readline(LONGEST_LINE):
        entry = parsed(line) if line.count(b"{") == 1 and b"[" not in line else {}
        require({name: type(held) for name, held in entry.items()} == FIELDS)
        is_next = last["index"] < entry["index"] < size and last["position"] < entry["position"] < 2**63
        require(is_next and 0 < entry["version"] < 2**63, "entry {} is not in its place", entry["index"])
        yield (last := entry)

def require_as_made(archive: zipfile.ZipFile, file: IO[bytes]) -> None:
    """Files as they are, one behind the other, then one directory, and not a byte more: there is one way to read it (APPNOTE 4.3)."""
    every, at, size = archive.infolist(), 0, 0
    for one in every:
        file.seek(at)
        begin, more = file.read(50 + len(one.filename)), one.extra  # where places and lengths from 2 GB on stand
        one.extra, (one.extract_version,) = b"", begin[4:5]
        front = one.FileHeader(zip64=begin[28:30] != b"\0\0")
        is_plain = one.header_offset == at and begin.startswith(front) and len(more) <= 28 * (at + one.file_size > zipfile.ZIP64_LIMIT)
        is_stored = not (one.flag_bits or one.compress_type or one.comment) and one.external_attr >> 28 in (0, 8)
        require(is_plain and is_stored and FILE.fullmatch(one.filename))
        at, size = at + len(front) + one.file_size, size + 46 + len(one.filename) + len(more)
    large = struct.pack("<4sQ2H2L4Q4sLQL", b"PK\6\6", 44, 45, 45, 0, 0, *[len(every)] * 2, size, at, b"PK\6\7", 0, at + size, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, *[min(len(every), 2**16 - 1)] * 2, min(size, 2**32 - 1), min(at, 2**32 - 1), 0)
    file.seek(at + size)
    require(file.read(99) in (end, large + end) and len({one.filename for one in every}) == len(every) <= MOST_FILES)
    require(all(archive.getinfo(one).file_size <= LARGEST[one] for one in LARGEST))

class Bundle:
    """Its tree, as it grows, compared with checkpoints, by the keys that are trusted or that such a key vouches for."""
    def __init__(self, archive: zipfile.ZipFile, kept: list[Checkpoint], trusted: list[Key]):
        self.manifest: dict[str, Any] = parsed(archive.read("manifest.json"))
        self.own, self.size = notes(archive.read("checkpoints.txt").decode()), self.manifest["size"]
        self.archive, self.trusted, self.trusts, self.peaks = archive, trusted, list(trusted), list[bytes]()
        self.waiting = sorted([*self.own, *kept], key=lambda one: -one.size)
        self.oldest = [one for one in reversed(self.waiting) if one.is_kept and not trusted][:1]
        self.differ, self.agree, self.count, self.shown = list[Checkpoint](), list[Checkpoint](), 0, 0
        self.last, self.signed, self.restored, self.ends = (-1, 0), 0, list[tuple[int, int]](), list[tuple[int, int]]()
        require(self.manifest.keys() == MEMBERS and type(self.size) is int and 0 < self.size < 2**62)

    def tell(self, topic: str, state: bytes) -> None:
        with contextlib.suppress(Exception):  # an entry that was altered tells nothing
            told = json.loads(state[1:].partition(b"\n")[0]) if topic in (ANNOUNCED, RESTORED) else {}
            if topic == RESTORED:
                [begin] = notes(told["checkpoint"])
                is_here = any((one.size, one.root) == (begin.size, begin.root) for one in self.agree)
                self.restored += [(begin.size, int(told["received"]) // 10**6)] if is_here else []
            elif topic == ANNOUNCED:
                key, signed = verifier(told["vkey"]), base64.b64decode(told.get("signed", ""), validate=True)
                message = f"{ANNOUNCED}\n{told['vkey']}\n".encode()
                is_known = any(is_valid(one, message, signed) for _, one in self.trusts)
                self.trusts += [key] if is_known or any(one.signed_at([key]) is not None for one in self.oldest) else []

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
            made, self.count = one.signed_at(self.trusts), self.count + 1
            self.agree += [one] if one.is_kept or made is not None else []
            if made is not None:
                self.ends += [(begin, min(moment, made)) for begin, moment in self.restored]
                self.signed, self.restored = size, []

    def is_left(self, one: Checkpoint) -> bool:
        """Whether a trusted key made it of what stood there before the store was restored, for which such a key has signed."""
        made = one.signed_at(self.trusts) or 0 if self.ends else 0
        return any(begin < one.size and 0 < made <= end for begin, end in self.ends)

    def compare(self) -> None:
        with self.archive.open("entries.jsonl") as lines, self.archive.open("leaves.bin") as hidden:
            following = entries(lines, self.size)
            entry = next(following, {})
            for index in range(self.size):
                if entry.get("index") == index:
                    node, self.shown, self.last = leaf(entry), self.shown + 1, (index, entry["position"])
                    self.tell(entry["topic"], base64.b64decode(entry["state"]))
                    entry = next(following, {})
                elif len(node := hidden.read(32)) < 32:
                    break
                self.add(index, node)
            require(not (entry or hidden.read(1)) and len(node) == 32, "there are more or fewer leaves than the tree has")

    def verified(self) -> list[str]:
        """What there is to say where all agrees."""
        self.compare()
        left = [one for one in self.differ + self.waiting[::-1] if self.is_left(one)]
        differ, ahead = ([one for one in some if one not in left] for some in (self.differ, self.waiting))
        if differ:
            before = [one.size for one in self.agree if one.size < differ[0].size and (one.is_kept or not differ[0].is_kept)]
            text = "altered among the entries {1} to {0}" if before else "altered among the first {0} entries"
            raise Altered(say(text, differ[0].size, max(before, default=0) + 1))
        newest = max(self.own, key=lambda one: one.size)
        require(newest.size == self.size and all(one.is_kept for one in ahead), "no checkpoint is of the whole bundle")
        require(not ahead, "a checkpoint of {} entries is ahead of the bundle", *(one.size for one in ahead[:1]))
        named = [one for one in self.archive.read("verifiers.txt").decode().split("\n") if one and one[0] != "#"]
        keys = [one for one in sorted(set(named)) if newest.signed_at([verifier(one)]) is not None]
        require(self.signed == self.size if self.trusted else keys, "signed by no key that you trust")
        told = [say("the checkpoint of {} entries is of what stood there before", one.size) for one in left]
        told.append(say("entries: {}, shown: {}; they agree with checkpoints: {}", self.size, self.shown, self.count))
        made = newest.signed_at(self.trusts if self.trusted else [verifier(one) for one in keys])
        day, ago = (time.strftime("%Y-%m-%d", time.gmtime(made)), int(time.time() - made) // 86_400) if made else ("?", "?")
        told.append(say("newest checkpoint signed on {}, {} days ago", day, ago))
        if (vouched := max([self.signed, *(one.size for one in self.agree)])) < self.size:
            told += [say("nothing vouches for entries {} to {}", vouched + 1, self.size)] if vouched else []
            told.append(say("signed by {}: whether it is theirs only you can tell (--key)", ", ".join(keys)))
        return [*told, *self.claimed(newest)]

    def claimed(self, newest: Checkpoint) -> list[str]:
        """What the manifest says by its word alone, once all else that it says is compared with what is there."""
        says, (index, position) = self.manifest, self.last
        read, names = self.archive.open, [one for one in self.archive.namelist() if one != "manifest.json"]
        files = {one: hashlib.file_digest(read(one), "sha256").hexdigest() for one in names}  # type: ignore[arg-type]
        facts = dict.fromkeys(says["files"]) | files | {"bundle": 1, "origin": newest.origin, "size": self.size, "files": files}
        facts |= {"root": base64.b64encode(newest.root).decode(), "shown": self.shown}
        least = position + self.size - 1 - index
        if index == self.size - 1 or not least <= says["position"] < 2**63:
            facts["position"] = least
        contracts = {one.split("/")[2] for one in files if one.startswith("documents/contracts/")}
        if says["contracts"] is not None and not contracts <= {*says["contracts"]}:
            facts["contracts"] = sorted(contracts)
        for one, fact in facts.items():
            said = json.dumps((says["files"] | says).get(one), sort_keys=True)
            require(said == json.dumps(fact, sort_keys=True), "what the manifest says of {} is not so", one)
        claims = ", ".join(f"{one} {json.dumps(says[one])[:200]}" for one in says if one not in facts)
        other = ", ".join(sorted({top for one in names if not (top := one.split("/")[0]).endswith((".jsonl", ".bin", ".txt"))}))
        return [say("the manifest says, and nothing here shows: {}", claims), say("not compared with entries: {}", other)]

def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bundle")
    options.add_argument("--key", action="append", default=[], help="a verifier key whose signatures you trust")
    options.add_argument("--checkpoint", action="append", default=[], help="checkpoints that you have kept")
    given = options.parse_args()
    place, kept, trusted = str(own := Path.home() / ".config" / "entente" / "verifiers.txt"), list[Checkpoint](), list[Key]()
    try:
        for place in given.key or (own.read_text().splitlines() if own.is_file() else []):
            trusted += [verifier(place)] if place.strip() and not place.startswith("#") else []
        for place in given.checkpoint:
            kept += notes(Path(place).read_text(encoding="utf-8"), is_kept=True)
        Path(place := given.bundle).stat()
    except (OSError, ValueError):
        print(say("{} cannot be read", place), file=sys.stderr)
        return 2
    try:
        with Path(place).open("rb") as file, zipfile.ZipFile(file) as archive:
            require_as_made(archive, file)
            print("\n".join(Bundle(archive, kept, trusted).verified()))
    except Exception as error:  # whatever is wrong in a forged one
        print(error if isinstance(error, Altered) else say(UNREADABLE), file=sys.stderr)
        return 1
    return 0

if __name__ == "__main__":
    sys.exit(main())
