"""The archive that a bundle is: a ZIP of stored files, the same bytes each time, read without trust in who made it."""

from __future__ import annotations

import os
import shutil
import struct
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from domain.saying import said
from services.errors import Invalid, Unavailable
from services.proving.verify import FILE, Altered, require_as_made

DATED: Final = (1980, 1, 1, 0, 0, 0)
NAME: Final = FILE
"""Of the files that a bundle has; no other belongs to one."""
LARGEST: Final = 1 << 26
"""Bytes of a file that is read at once."""
REQUIRED: Final = ("manifest.json", "entries.jsonl", "leaves.bin", "checkpoints.txt", "verifiers.txt")


def write_archive(target: Path, files: Sequence[tuple[str, bytes | Path]]) -> None:
    """Writes the files in their order. Nothing is left of it where it does not come to its end, and what stood there before stays.
    Raises Invalid, and Unavailable where the disk is full."""
    begun = target.with_name(f"{target.name}.part")
    try:
        with open(begun, "xb", opener=_private) as whole, zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
            for name, content in files:
                _add(archive, name, content)
        begun.replace(target)
    except FileExistsError as error:
        raise Invalid(
            said("another export is writing this file, or was killed"), place=str(begun), mend=said("remove it")
        ) from error
    except BaseException as error:
        begun.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise _not_written(error, target) from error


@contextmanager
def written_under(folder: Path) -> Iterator[None]:
    """For what is written on the way to a bundle. Raises Invalid, and Unavailable where the disk is full."""
    try:
        yield
    except OSError as error:
        raise _not_written(error, folder) from error


def _add(archive: zipfile.ZipFile, name: str, content: bytes | Path) -> None:
    info = zipfile.ZipInfo(name, DATED)
    info.create_system, info.external_attr = 3, 0o100644 << 16  # the same on every system
    if isinstance(content, bytes):
        archive.writestr(info, content)
        return
    info.file_size = content.stat().st_size
    with archive.open(info, "w") as out, content.open("rb") as file:
        shutil.copyfileobj(file, out, 1 << 20)


def _not_written(error: OSError, target: Path) -> Invalid | Unavailable:
    if error.errno in (28, 122):  # ENOSPC, EDQUOT
        return Unavailable(
            said("the disk is full: nothing was written"), place=str(target), mend=said("make room and try again")
        )
    return Invalid(error.strerror or said("cannot be written"), place=str(target), mend=said("the path of a file"))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Archive:
    """A bundle that is read. What is in it may have been made to harm: nothing is unpacked, and all is bounded."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self.names = [one.filename for one in archive.infolist()]

    def file(self, name: str) -> IO[bytes]:
        return self._archive.open(name)

    def read(self, name: str, most: int = LARGEST) -> bytes:
        """Raises Invalid for one of more bytes."""
        if self._archive.getinfo(name).file_size > most:
            raise Invalid(said("the file is too large"), place=name)
        return self._archive.read(name)

    def size(self, name: str) -> int:
        return self._archive.getinfo(name).file_size


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Opens a bundle. Raises Invalid for what is none, also where that shows within the block only."""
    if not path.is_file():
        raise _no_bundle(path)
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            require_as_made(archive, file)  # the program for auditors reads archives in the same way
            if not set(REQUIRED) <= set(archive.namelist()):
                raise _no_bundle(path)
            yield Archive(archive)
    except _UNREADABLE as error:
        raise _no_bundle(path) from error


_UNREADABLE: Final = (
    Altered,
    zipfile.BadZipFile,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    ArithmeticError,
    LookupError,
    struct.error,
)
"""What the library raises, by where an archive is broken; RuntimeError is for what is encrypted, or nested too deep."""


def _no_bundle(path: Path) -> Invalid:
    return Invalid(
        said("it is no bundle as `entente export` makes one"),
        place=str(path),
        mend=said("get it again from its source"),
    )
