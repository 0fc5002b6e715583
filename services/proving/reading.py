"""Reads a bundle, and verifies it: its tree against checkpoints and keys, and all that follows from what it shows, made anew."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

import msgspec
import structlog

from domain.records import SALT, middle
from domain.saying import Said, said, said_by
from domain.signed_notes import NotANote, Verifier, notes_in, verifier
from services.checkpoints import tree
from services.checkpoints.verifying import TELLING, Comparing, Given, Verified, given
from services.errors import EntenteError, Invalid
from services.history.entries import Position
from services.history.history import Entry
from services.json_once import Ambiguous, read_once
from services.patience import go_on
from services.proving.archive import Archive, opened
from services.proving.contents import Shown, contents, program, shown
from services.proving.exporting import HERE, TEXTS
from services.proving.manifest import Compared, Manifest, claims, manifest_of, not_so, other_contracts
from services.seeing.past import Progress

log = structlog.get_logger()

LONGEST_LINE: Final = 1 << 27
"""Bytes of one entry in `entries.jsonl`."""
LARGEST_TEXT: Final = 1 << 25
"""Bytes of the manifest."""
LARGEST_NOTES: Final = 1 << 22
"""Bytes of the checkpoints: one a day for thirty years, and each may have to be compared with each key."""
LARGEST_KEYS: Final = 1 << 16
"""Bytes of the keys."""


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """One line of `entries.jsonl`."""

    index: int
    position: int
    stream: str
    version: int
    topic: str
    salt: str
    state: str

    @property
    def colons(self) -> int:
        """How many a line has that says each once: only topics have colons too."""
        return len(self.__struct_fields__) + self.topic.count(":")


class Broken(ValueError):
    """The bundle is not as one is made; says where."""


@dataclass(frozen=True, slots=True)
class VerifiedBundle:
    """`needs`: the version of the program that comes to the same figures. `claims`: what the manifest says, and nothing in the bundle
    shows."""

    tree: Verified
    shown: int
    needs: Said
    problems: tuple[Said, ...]
    claims: tuple[Said, ...] = ()


_line = msgspec.json.Decoder(Line).decode


def verify_bundle(
    path: Path,
    kept: Sequence[Given] = (),
    trusted: Sequence[Verifier] = (),
    progress: Progress | None = None,
    *,
    computes: bool = True,
) -> VerifiedBundle:
    """Needs nothing but the file. `computes`: whether figures and documents are made anew of the entries. Raises Invalid for what is
    no bundle."""
    with opened(path) as bundle:
        manifest = manifest_of(bundle.read("manifest.json", LARGEST_TEXT))
        own = [given(note) for note in notes_in(bundle.read("checkpoints.txt", LARGEST_NOTES).decode())]
        if manifest.bundle != 1 or not 0 < manifest.size < 1 << 62:
            raise Invalid(said("a bundle of another form"), place=str(path), mend=said("use a newer entente"))
        with shown() as aside:
            try:
                found = _compared(bundle, manifest.size, own, kept, trusted, aside, progress)
            except Broken as error:
                none = Verified(0, b"", (), ())
                return VerifiedBundle(none, 0, manifest.needs, (said_by(error),))
            others = tuple(_other_texts(bundle))
            newest = max(own, key=lambda one: one.checkpoint.size, default=None)
            problems = [*found.tree.problems]
            if newest is None or newest.checkpoint.size != manifest.size:
                problems.append(said("no checkpoint is of the whole bundle"))
            elif not problems:
                problems = [*_other_files(bundle, manifest), *not_so(manifest, found, newest.checkpoint, bundle.names)]
                problems += _other_contents(bundle, manifest, aside, progress) if computes else ()
    tree_alone = replace(found.tree, problems=())
    said_once, alone = tuple(dict.fromkeys(problems)), (*claims(manifest, found), *others)
    return VerifiedBundle(tree_alone, found.shown, manifest.needs, said_once, alone)


def _compared(
    bundle: Archive,
    size: int,
    own: Sequence[Given],
    kept: Sequence[Given],
    trusted: Sequence[Verifier],
    aside: Shown,
    progress: Progress | None,
) -> Compared:
    """Raises Broken."""
    comparing, count, last = Comparing([*own, *kept], trusted, _named(bundle)), 0, (-1, 0)
    with bundle.file("entries.jsonl") as lines, bundle.file("leaves.bin") as hidden:
        following = _lines(lines, size)
        waiting = next(following, None)
        while comparing.tree.size < size:
            go_on()
            begin, end = comparing.tree.size, min(comparing.tree.size + tree.AT_ONCE, size)
            some: list[bytes] = []
            entries: dict[int, Entry] = {}
            for index in range(begin, end):
                if waiting is not None and waiting.index == index:
                    entry, leaf = _entry(waiting)
                    last = index, waiting.position
                    entries[index - begin] = entry
                    some.append(leaf)
                    waiting = next(following, None)
                else:
                    some.append(hidden.read(tree.HASH))
            if any(len(one) != tree.HASH for one in some):
                raise Broken(said("leaves are missing"))
            comparing.add(some, {at: (one.topic, one.state) for at, one in entries.items() if one.topic in TELLING})
            _set_aside(aside, list(entries.values()))
            count += len(entries)
            if progress is not None:
                progress(end, size)
        if waiting is not None or hidden.read(1):
            raise Broken(said("there are more leaves than the tree has"))
    return Compared(comparing.found(), count, *last)


def _set_aside(aside: Shown, entries: Sequence[Entry]) -> None:
    """Raises Broken."""
    try:
        aside.add(entries)
    except sqlite3.IntegrityError as error:
        raise Broken(said("an entry of one stream and version stands there twice")) from error


def _named(bundle: Archive) -> list[Verifier]:
    """The keys that the bundle names. Raises Broken."""
    text = bundle.read("verifiers.txt", LARGEST_KEYS).decode(errors="replace")
    try:
        return [verifier(line) for line in text.split("\n") if line.strip() and not line.startswith("#")]
    except NotANote as error:
        raise Broken(said("it names a key that is none")) from error


def _lines(file: IO[bytes], size: int) -> Iterator[Line]:
    """The lines in their order. Raises Broken for one that is none, or not in its place."""
    index, position = -1, 0
    while text := file.readline(LONGEST_LINE):
        try:
            line = _line(text)
            if text.count(b":") != line.colons or b"\\u" in text:
                read_once(text)
        except (msgspec.DecodeError, Ambiguous, RecursionError) as error:
            raise Broken(said("what stands behind entry {index} is no entry", index=index)) from error
        if not (index < line.index < size and position < line.position < 1 << 63 and 0 < line.version < 1 << 63):
            raise Broken(said("entry {index} is not in its place", index=line.index))
        index, position = line.index, line.position
        yield line


def _entry(line: Line) -> tuple[Entry, bytes]:
    """The entry and the hash of its leaf. Raises Broken."""
    try:
        state, salt = base64.b64decode(line.state, validate=True), bytes.fromhex(line.salt)
        stream = UUID(line.stream)
        written = str(stream), salt.hex(), base64.b64encode(state).decode()
        if written != (line.stream, line.salt, line.state) or len(salt) != SALT:
            raise ValueError(line.index)
    except ValueError as error:
        raise Broken(said("entry {index} cannot be read", index=line.index)) from error
    parts = (
        b"\x00",
        salt,
        line.position.to_bytes(8, "big"),
        stream.bytes,
        middle(line.version, line.topic),
        len(state).to_bytes(4, "big"),
        state,
    )
    return Entry(Position(line.position), line.topic, stream, line.version, state), sha256(b"".join(parts)).digest()


def _other_files(bundle: Archive, manifest: Manifest) -> Iterator[Said]:
    """Files that are not those that the bundle was made with."""
    there = {*bundle.names} - {"manifest.json"}
    for name in sorted({*there, *manifest.files}):
        if name not in there:
            yield said("{file} is missing", file=name)
        elif name not in manifest.files:
            yield said("{file} does not belong to it", file=name)
        elif _digest(bundle, name) != manifest.files[name]:
            yield said("{file} is not what it was", file=name)


def _other_texts(bundle: Archive) -> Iterator[Said]:
    """What is there to be read and run beside what is proven, and is not what this program would write."""
    for name, file in (*TEXTS, ("verify.py", "verify.py")):
        if name in bundle.names and bundle.read(name) != (HERE / file).read_bytes():
            yield said("{file} is not that of this version: nothing vouches for what it says", file=name)


def _digest(bundle: Archive, name: str) -> str:
    found = sha256()
    with bundle.file(name) as file:
        while some := file.read(1 << 20):
            found.update(some)
    return found.hexdigest()


def _other_contents(bundle: Archive, manifest: Manifest, aside: Shown, progress: Progress | None) -> Iterator[Said]:
    """What does not follow from the entries that are shown."""
    try:
        made = contents(aside.history, progress)
    except EntenteError as error:
        yield said("it cannot be computed anew here: {why}; it needs {needs}", why=error.line, needs=manifest.needs)
        return
    except Exception:  # entries that a forger has made up are none that judging was made for
        log.debug("entries of a bundle cannot be judged", exc_info=True)
        yield said("nothing can be computed of its entries; it needs {needs}", needs=manifest.needs)
        return
    yield from other_contracts(manifest, made.contracts)
    is_other = program() != {name: getattr(manifest, name) for name in ("program", "judging", "tzdata")}
    names = sorted({*made.files, *(one for one in bundle.names if one.startswith(("documents/", "packs/")))})
    for name in names:
        if name not in made.files or name not in bundle.names or bundle.read(name) != made.files[name]:
            yield _differs(bundle, name, made.files)
            if is_other:
                yield said("this is another version of the program: it needs {needs}", needs=manifest.needs)
            return


def _differs(bundle: Archive, name: str, made: Mapping[str, bytes]) -> Said:
    """The first figure that differs is named."""
    if name != "figures.json" or name not in bundle.names:
        return said("{file} does not follow from the entries", file=name)
    try:
        there: list[dict[str, Any]] = json.loads(bundle.read(name))
        anew: list[dict[str, Any]] = json.loads(made[name])
        first = next(one for one, other in zip(anew, there, strict=False) if one != other)
    except (ValueError, StopIteration, TypeError, RecursionError):
        return said("{file} does not follow from the entries", file=name)
    return said(
        "the figure of {commitment} in {period} does not follow from the entries",
        commitment=str(first["commitment"]),
        period=str(first["period"]),
    )
