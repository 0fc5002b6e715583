"""What the manifest of a bundle says: compared with what is there, or said to be its word alone."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from domain.saying import Said, said
from domain.signed_notes import Checkpoint
from services.checkpoints.verifying import Verified
from services.json_once import read_once
from services.proving.archive import NAME

Release = Annotated[str, msgspec.Meta(pattern=r"^[\w.+!-]{1,64}\Z")]
Name = Annotated[str, msgspec.Meta(pattern=rf"^(?:{NAME.pattern})\Z")]
Contract = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_@][A-Za-z0-9_@.-]{0,254}\Z")]
Asker = Annotated[str, msgspec.Meta(pattern=r"^[\w.@+/-]{1,300}\Z")]


class Manifest(msgspec.Struct, forbid_unknown_fields=True):
    """`manifest.json`. Whatever it says is compared with what is there, or said to be its word alone."""

    bundle: int
    origin: str
    size: int
    root: str
    position: int
    shown: int
    program: Release
    judging: int
    tzdata: Release
    asker: Asker = msgspec.field(name="as")
    contracts: tuple[Contract, ...] | None
    files: dict[Name, str]

    @property
    def needs(self) -> Said:
        """The version of the program that comes to the same figures, by its word."""
        return said(
            "entente {program} (judging rules {judging}, time zone data {tzdata})",
            program=self.program,
            judging=self.judging,
            tzdata=self.tzdata,
        )


_manifest = msgspec.json.Decoder(Manifest).decode


def manifest_of(text: bytes) -> Manifest:
    """Raises ValueError."""
    found = _manifest(text)
    read_once(text)
    return found


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing the tree of a bundle; how many entries are shown, and at which index (from 0; -1: none) and position the
    last of them stands."""

    tree: Verified
    shown: int
    last: int
    position: int


def not_so(manifest: Manifest, found: Compared, newest: Checkpoint, names: Sequence[str]) -> Iterator[Said]:
    """What the manifest says of the tree, and what is shown says otherwise."""
    least = found.position + manifest.size - 1 - found.last
    documents = {name.split("/")[2] for name in names if name.startswith("documents/contracts/")}
    is_so = {
        "origin": manifest.origin == newest.origin,
        "root": manifest.root == base64.b64encode(found.tree.root).decode(),
        "position": least <= manifest.position < 1 << 63
        and (_is_hidden(manifest, found) or manifest.position == least),
        "shown": manifest.shown == found.shown,
        "contracts": manifest.contracts is None or documents <= set(manifest.contracts),
    }
    for member, holds in is_so.items():
        if not holds:
            yield said("what the manifest says of {member} is not so", member=member)


def _is_hidden(manifest: Manifest, found: Compared) -> bool:
    """Whether the last entry is none of those that are shown."""
    return found.last < manifest.size - 1


def claims(manifest: Manifest, found: Compared) -> tuple[Said, ...]:
    """What it says by its word alone."""
    if manifest.contracts is None:
        whole = said("it says that it was made for {who}, with all that is theirs", who=manifest.asker)
    else:
        whole = said("it says that it was made for {who}, of the contracts that it names", who=manifest.asker)
    if not _is_hidden(manifest, found):
        return (whole,)
    return whole, said("it says that its last entry stands at position {position}", position=manifest.position)


def other_contracts(manifest: Manifest, there: frozenset[str]) -> Iterator[Said]:
    """The manifest names the contracts that are in it, these alone, or none, and then it does not say which there are."""
    if manifest.contracts is None:
        return
    for contract in sorted(set(manifest.contracts) - there):
        yield said("nothing of contract {id}, which the manifest names, is shown", id=contract)
    if not there <= set(manifest.contracts):
        yield said("what the manifest says of {member} is not so", member="contracts")
