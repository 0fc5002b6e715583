"""Keys that wrap data keys ("key encryption keys", NIST SP 800-57 part 1 §5.1.1), in a file apart from every store and its backups.

    # entente: keys that wrap data keys
    2026Q4-8c1f03d2 5q3…=

One key a line, the newest last: it wraps, the others open what is not wrapped anew yet. Once one is taken out of the file, no
copy of a store, of a log or of a page of a disk gives back what was destroyed under it.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.saying import said
from domain.times import Instant
from services.errors import Invalid

NONCE: Final = 12
"""Bytes of a nonce (96 bits, NIST SP 800-38D §5.2.1.1), which stands before the ciphertext."""
KEY: Final = 32
"""Bytes of a key: AES-256."""
_LARGEST: Final = 100_000
"""Bytes of a file of keys that is read."""
_HEAD: Final = "# entente: keys that wrap data keys\n"
_LINE: Final = re.compile(r"([0-9]{4}Q[1-4]-[0-9a-f]{8}) ([A-Za-z0-9+/]{43}=)")


def sealed(key: bytes, content: bytes, bound: bytes) -> bytes:
    """AES-256-GCM: nonce, ciphertext, tag."""
    return sealed_by(AESGCM(key), content, bound)


def sealed_by(cipher: AESGCM, content: bytes, bound: bytes) -> bytes:
    """The same under a key that is set up already, which takes longer than to seal an event."""
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, content, bound)


def opened(key: bytes, content: bytes, bound: bytes) -> bytes | None:
    """None where it was sealed under another key, or bound to something else, or changed."""
    try:
        return AESGCM(key).decrypt(content[:NONCE], content[NONCE:], bound)
    except (InvalidTag, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Keks:
    """The keys of one file by their ids, the newest last."""

    path: Path
    keys: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"Keks({', '.join(self.keys)})"

    @property
    def newest(self) -> str:
        return list(self.keys)[-1]

    def wrap(self, key: bytes, id: str) -> tuple[str, bytes]:
        """The id of the wrapping key, and `key` wrapped by it, bound to the `id` of what is wrapped."""
        return self.newest, sealed(self.keys[self.newest], key, id.encode())

    def unwrap(self, kek: str, wrapped: bytes, id: str) -> bytes | None:
        """None where the file has the wrapping key no more."""
        return opened(self.keys[kek], wrapped, id.encode()) if kek in self.keys else None

    def with_another(self, now: Instant) -> Keks:
        """With a new key, of the quarter of `now` in UTC."""
        return Keks(self.path, {**self.keys, _id(now): os.urandom(KEY)})

    def without(self, ids: Collection[str]) -> Keks:
        return Keks(self.path, {id: key for id, key in self.keys.items() if id not in ids})

    def write(self) -> None:
        """Puts the file in the place of the former one, with its owner and mode. The former one is then overwritten, as far as its
        disk does so. Raises Invalid: then the former one stands as it was."""
        beside = self.path.with_name(f"{self.path.name}.new")
        try:
            if beside.exists():
                with beside.open("r+b") as left:
                    _overwrite(left)
                beside.unlink()
            _write_new(beside, self._text, self.path.stat())
            with self.path.open("r+b") as former:
                beside.replace(self.path)
                _sync_folder(self.path.parent)
                _overwrite(former)
        except OSError as error:
            raise Invalid(said("the file of keys cannot be written"), place=str(self.path)) from error

    @property
    def _text(self) -> str:
        return _HEAD + "".join(f"{id} {base64.b64encode(key).decode()}\n" for id, key in self.keys.items())


def create_kek(path: Path, now: Instant) -> Keks:
    """Makes a key and writes it to a new file that its owner alone may read. Raises Invalid where there is one."""
    made = Keks(path, {_id(now): os.urandom(KEY)})
    try:
        _write_new(path, made._text)
    except FileExistsError as error:
        raise Invalid(said("there is a file already"), place=str(path), mend=said("name another")) from error
    except OSError as error:
        raise Invalid(said("the file of keys cannot be written"), place=str(path)) from error
    return made


def read_keks(path: Path) -> Keks:
    """Raises Invalid for a file that is absent or holds anything but such keys."""
    wrong = Invalid(
        said("it holds no keys that wrap data keys"),
        place=str(path),
        mend=said("`entente keys create FILE --kek` makes one"),
    )
    found: dict[str, bytes] = {}
    try:
        if path.stat().st_size > _LARGEST:
            raise wrong
        # A file that was replaced while it was being read is empty: its name leads to the next one.
        for line in (path.read_text(encoding="ascii").strip() or path.read_text(encoding="ascii")).splitlines():
            if line and not line.startswith("#"):
                match = _LINE.fullmatch(line)
                if match is None:
                    raise wrong
                found[match[1]] = base64.b64decode(match[2], validate=True)
    except (OSError, UnicodeDecodeError, binascii.Error) as error:
        raise wrong from error
    if not found:
        raise wrong
    return Keks(path, found)


def quarter(now: Instant) -> str:
    """Such as 2026Q4, in UTC."""
    day = datetime.fromtimestamp(now / 1_000_000, UTC)
    return f"{day.year}Q{(day.month + 2) // 3}"


def _id(now: Instant) -> str:
    return f"{quarter(now)}-{os.urandom(4).hex()}"


def _write_new(path: Path, text: str, like: os.stat_result | None = None) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        if like is not None:
            here = os.fstat(file.fileno())
            if (here.st_uid, here.st_gid) != (like.st_uid, like.st_gid):
                os.fchown(file.fileno(), like.st_uid, like.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(like.st_mode))
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """The new name is on the disk before anything of the former file goes."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _overwrite(former: BinaryIO) -> None:
    """Its name leads to another file by now: whatever ends the process here, the keys that are needed are there."""
    size = os.fstat(former.fileno()).st_size
    former.write(b"\n" * size)
    former.flush()
    os.fsync(former.fileno())
