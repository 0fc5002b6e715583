"""Files that programs append to while others read and append: no end that was cut, by a death or a full disk, comes to stand before
anything whole."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

Ends = Callable[[BinaryIO], int]
"""Where, in bytes from the beginning, what is whole ends in a file."""


def append_whole(path: Path, added: Callable[[BinaryIO], bytes], ends: Ends, mode: int = 0o600) -> None:
    """Takes a cut end off the file and appends what `added` gives for it, all or nothing, and waits until it is on the disk; one
    program at a time. `mode`: of the file where it is new. Raises OSError, and what the two raise."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, mode), "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        whole = ends(file)
        file.truncate(whole)
        content = added(file)
        file.seek(whole)
        try:
            _write(file, content)
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(whole)
            raise


def _write(file: BinaryIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
