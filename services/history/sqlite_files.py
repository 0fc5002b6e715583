"""The files of a store on SQLite: made for their owner alone, and watched while a program has them open.

A program goes on reading and writing files that were removed or replaced under it, and nobody else ever sees what it stored:
so before and after each commit one looks whether the names still lead to the files that are open.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import Final

PRIVATE: Final = 0o600
BESIDE: Final = ("", "-wal", "-shm")
"""The endings that SQLite puts behind the name of a database for the files that belong to it
(https://sqlite.org/walformat.html)."""

Identity = tuple[int, int] | None
"""Device and inode; None where there is no file."""


class WatchedConnection(sqlite3.Connection):
    """Knows which files it has open."""

    files: tuple[Identity, ...] = ()


def make_private(path: str) -> None:
    """Creates the file where there is none: SQLite gives those beside it the same rights. One that is there is never opened:
    closing it would give up the locks that this process has on it. What stands in the way SQLite says."""
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))


def private(path: str, flags: int) -> int:
    """An `opener`: a file that is created is its owner's alone."""
    return os.open(path, flags, PRIVATE)


def files_at(path: str) -> tuple[Identity, ...]:
    """Identifies the files of the database at that path, in the order of BESIDE."""
    return tuple(identity(path + suffix) for suffix in BESIDE)


def identity(path: str) -> Identity:
    try:
        found = os.stat(path)  # noqa: PTH116 — asked with every transaction, of three files
    except OSError:
        return None
    return found.st_dev, found.st_ino


def what_is_lost(path: str, files: tuple[Identity, ...]) -> str | None:
    """The first of the files that is not at its place any more; None while all are."""
    for suffix, then, now in zip(BESIDE, files, files_at(path), strict=True):
        if then != now:
            return path + suffix
    return None
