"""The locks that make one process the judge of a store in a file, or one thread that of a store in memory."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

from domain.saying import heard, said
from services.errors import Unavailable
from services.history.sqlite_files import identity, private


class FileLock:
    """`flock` on a file beside the database: the kernel gives it back when the process ends."""

    def __init__(self, path: Path):
        self._path = path
        self._file: Any = None

    def try_acquire(self) -> bool:
        if self.is_held():
            return True
        self.release()
        try:
            file = open(self._path, "a", opener=private)  # noqa: SIM115
        except OSError as error:
            raise Unavailable(
                said("the judge's lock cannot be opened: {why}", why=heard(error.strerror or "")),
                place=str(self._path),
                mend=said("check its folder"),
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return self.is_held()

    def is_held(self) -> bool:
        """Not when its file was removed: somebody else may have made another one, and locked that."""
        if self._file is None:
            return False
        here = os.fstat(self._file.fileno())
        return identity(str(self._path)) == (here.st_dev, here.st_ino)

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class NameLock:
    """The lock of a judge among the threads of one process, for a store in memory."""

    def __init__(self, held: set[str], name: str):
        self._all = held
        self._name = name
        self._is_mine = False

    def try_acquire(self) -> bool:
        if not self._is_mine:
            before = len(self._all)
            self._all.add(self._name)
            self._is_mine = len(self._all) > before
        return self._is_mine

    def is_held(self) -> bool:
        return self._is_mine

    def release(self) -> None:
        if self._is_mine:
            self._all.discard(self._name)
            self._is_mine = False
