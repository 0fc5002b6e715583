"""Keys that sign checkpoints: Ed25519 (RFC 8032), kept in a file as C2SP `signed-note` writes them."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from domain.saying import said
from domain.signed_notes import COSIGNED, ED25519, Checkpoint, SignatureLine, Verifier, read_note
from services.errors import Invalid

_BEGINS = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private side of a key. `seed`: 32 bytes, shown nowhere."""

    name: str
    seed: bytes

    def __repr__(self) -> str:
        return f"SigningKey({self.name})"

    @property
    def verifiers(self) -> tuple[Verifier, Verifier]:
        """Of its signatures, and of its cosignatures."""
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return Verifier(self.name, ED25519, public), Verifier(self.name, COSIGNED, public)

    def lines(self, text: str, seconds: int) -> str:
        """The lines of signature over the text of a note, and of its cosignature at that moment, in seconds since 1970."""
        lines = ""
        for verifier, before in zip(self.verifiers, (b"", seconds.to_bytes(8, "big")), strict=True):
            signature = self._private.sign(verifier.covers(text, before))
            lines += SignatureLine(self.name, verifier.key_id, before + signature).text
        return lines

    def sign(self, text: bytes) -> bytes:
        return self._private.sign(text)

    def has_signed(self, note: str) -> bool:
        _, lines = read_note(note)
        return any(is_signed(note, line, self.verifiers[0]) for line in lines)

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def signed_note(checkpoint: Checkpoint, seconds: int, keys: Sequence[SigningKey]) -> str:
    """The checkpoint, signed and cosigned by each of the keys at that moment, in seconds since 1970."""
    return f"{checkpoint.text}\n{''.join(key.lines(checkpoint.text, seconds) for key in keys)}"


def is_signed(note: str, line: SignatureLine, verifier: Verifier) -> bool:
    """Says whether the line is a signature of that key over the text of the note."""
    if (line.name, line.key_id) != (verifier.name, verifier.key_id):
        return False
    signature = line.signed[8:] if verifier.kind == COSIGNED else line.signed
    text = note.partition("\n\n")[0] + "\n"
    try:
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(signature, verifier.covers(text, line.signed))
    except (InvalidSignature, ValueError):
        return False
    return True


def vouched(key: Verifier, former: SigningKey) -> str:
    """The signature by which the key that signed before says that another one stands in its place."""
    return base64.b64encode(former.sign(_names(key))).decode()


def is_vouched_for(key: Verifier, signed: str, former: Verifier) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(former.key).verify(base64.b64decode(signed, validate=True), _names(key))
    except (InvalidSignature, ValueError):
        return False
    return True


def _names(key: Verifier) -> bytes:
    """No text of a checkpoint, and none of a cosignature: those have other second lines."""
    return f"entente.checkpoint-key\n{key.text}\n".encode()


def create_key(path: Path, name: str) -> SigningKey:
    """Makes a key and writes it to a new file that its owner alone may read. Raises Invalid where there is one."""
    key = SigningKey(name, os.urandom(32))
    text = f"{_BEGINS}{name}+{key.verifiers[0].key_id.hex()}+{base64.b64encode(bytes([ED25519]) + key.seed).decode()}\n"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise Invalid(said("there is a file already"), place=str(path), mend=said("name another")) from error
    return key


def read_key(path: Path) -> SigningKey:
    """Raises Invalid for a file that holds no key."""
    wrong = Invalid(
        said("it holds no key for checkpoints"),
        place=str(path),
        mend=said("`entente keys create FILE --checkpoint` makes one"),
    )
    try:
        text = path.read_text(encoding="utf-8").strip()
        name, _, rest = text.removeprefix(_BEGINS).partition("+")
        key_id, _, encoded = rest.partition("+")
        held = base64.b64decode(encoded, validate=True)
    except (OSError, UnicodeDecodeError, binascii.Error, ValueError) as error:
        raise wrong from error
    if not text.startswith(_BEGINS) or len(held) != 33 or held[0] != ED25519:
        raise wrong
    key = SigningKey(name, held[1:])
    if key.verifiers[0].key_id.hex() != key_id:
        raise wrong
    return key
