"""Checkpoints as C2SP `checkpoint` has them: a signed note that says which size a tree had, and its root. Nothing is signed or
checked here; who has a key does that with the bytes that `Signing.covers` gives.

    ville.example/entente
    5
    e6wbASo48TScbMj7Gu7DSaDeJf7Pvv+do4oOqz2hPiU=

    — ville.example/entente VL5KceGy…
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from domain.saying import said

ED25519: Final = 0x01
"""Signs the text of the note."""
COSIGNED: Final = 0x04
"""Signs it with the moment at which that was done (C2SP tlog-cosignature)."""
COSIGNATURE: Final = 72
"""Bytes of one: eight of the moment, and a signature."""
Kind = Literal[0x01, 0x04]

_NAME = re.compile(r"[^\s+]+")
_SIGNS = "\u2014 "
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
LONGEST = 10_000
"""Characters of a note that is read."""


class NotANote(ValueError):
    """A text that is no checkpoint; says why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`origin` names the store: an address without a scheme, blanks or plus. `root`: 32 bytes."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One line of signature. `signed`: what stands behind the id of the key, 64 bytes of Ed25519, and before these, where it is
    `COSIGNED`, 8 bytes of seconds since 1970."""

    name: str
    key_id: bytes
    signed: bytes

    @property
    def time(self) -> int | None:
        """Seconds since 1970 that a cosignature says; None for a signature, which says none (C2SP `tlog-cosignature`)."""
        return int.from_bytes(self.signed[:8], "big") if len(self.signed) == COSIGNATURE else None

    @property
    def text(self) -> str:
        return f"\u2014 {self.name} {base64.b64encode(self.key_id + self.signed).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public side of a key. `key`: 32 bytes of Ed25519."""

    name: str
    kind: Kind
    key: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:4]

    @property
    def text(self) -> str:
        """The verifier key, vkey, of C2SP `signed-note`."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([self.kind]) + self.key).decode()}"

    def covers(self, note: str, signed: bytes) -> bytes:
        """The bytes that the signature of a line of this key is over."""
        if self.kind == ED25519:
            return note.encode()
        seconds = int.from_bytes(signed[:8], "big")
        return f"cosignature/v1\ntime {seconds}\n{note}".encode()


def verifier(text: str) -> Verifier:
    """Reads a vkey. Raises NotANote."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    held = _decoded(encoded)
    if not _NAME.fullmatch(name) or len(held) != 33 or held[0] not in (ED25519, COSIGNED):
        raise NotANote(said("no verifier key"))
    found = Verifier(name, ED25519 if held[0] == ED25519 else COSIGNED, held[1:])
    if found.key_id.hex() != key_id:
        raise NotANote(said("the id of the key is not that of the key"))
    return found


def read_note(note: str) -> tuple[Checkpoint, list[SignatureLine]]:
    """The checkpoint and its signatures, of which none is checked. Raises NotANote."""
    if len(note) > LONGEST:
        raise NotANote(said("the note is too long"))
    text, blank, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if not blank or len(lines) != 3 or not signatures.endswith("\n"):
        raise NotANote(said("a checkpoint has three lines, an empty one, and signatures"))
    origin, size, root = lines
    if not _NAME.fullmatch(origin) or not _SIZE.fullmatch(size) or len(_decoded(root)) != 32:
        raise NotANote(said("a checkpoint says an origin, a size and a root"))
    return Checkpoint(origin, int(size), _decoded(root)), [_line(one) for one in signatures[:-1].split("\n")]


def notes_in(text: str) -> list[str]:
    """The notes that stand behind one another in a text: each ends with its last line of signature. Raises NotANote."""
    found: list[list[str]] = []
    length, is_signed = 0, True
    for line in text.split("\n"):
        if is_signed and not line.startswith(_SIGNS):
            found.append([])
            length = 0
        found[-1].append(line)
        length += len(line) + 1
        if length > LONGEST:
            raise NotANote(said("the note is too long"))
        is_signed = line.startswith(_SIGNS)
    notes = ["".join(f"{line}\n" for line in one) for one in found]
    return [one for one in notes if one.strip()]


def _line(text: str) -> SignatureLine:
    parts = text.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or not _NAME.fullmatch(parts[1]):
        raise NotANote(said("a line of signature has a dash, a name and a signature"))
    held = _decoded(parts[2])
    if len(held) < 5:
        raise NotANote(said("a signature begins with the id of its key"))
    return SignatureLine(parts[1], held[:4], held[4:])


def _decoded(text: str) -> bytes:
    """Empty for what is no base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
