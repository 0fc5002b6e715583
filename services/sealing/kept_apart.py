"""ENTENTE_ERASED_TO: the ids of destroyed keys in a file that is kept apart from every backup, so that a restored store does not
know again what was forgotten. One JSON object a line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from domain.saying import said
from domain.times import Instant
from services.appended import append_whole
from services.errors import Invalid, Unavailable
from services.sealing.erased import Erased

_LARGEST: Final = 1 << 30
"""Bytes of a file that is read."""


_BEGINS: Final = b'{"at":'
_A_READ: Final = 1 << 16


class Line(msgspec.Struct, frozen=True):
    at: Instant
    keys: tuple[str, ...]


def append(path: Path, erased: Erased) -> None:
    """Adds a line and waits until it is on the disk. Raises Unavailable: then nothing is destroyed yet."""
    line = msgspec.json.encode(Line(erased.received, erased.keys)) + b"\n"
    try:
        append_whole(path, lambda _: line, _last_line_ends)
    except OSError as error:
        raise Unavailable(
            said("the file of erased keys cannot be written"), place=str(path), mend=said("check ENTENTE_ERASED_TO")
        ) from error


def lines(path: Path) -> Iterator[Line]:
    """All that the file says; nothing where there is none yet. A line that was cut when the machine stopped, or the disk was
    full, is passed over, also where another was written behind it: what it was to say is in the history. Raises Invalid."""
    wrong = Invalid(said("it is no file of erased keys"), place=str(path), mend=said("check ENTENTE_ERASED_TO"))
    try:
        if path.stat().st_size > _LARGEST:
            raise wrong
        with path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n") and line.strip():
                    yield msgspec.json.decode(line[max(line.rfind(_BEGINS), 0) :], type=Line)
    except FileNotFoundError:
        return
    except (OSError, msgspec.MsgspecError) as error:
        raise wrong from error


def _last_line_ends(file: BinaryIO) -> int:
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _A_READ)
        file.seek(start)
        if (found := file.read(end - start).rfind(b"\n")) >= 0:
            return start + found + 1
        end = start
    return 0
