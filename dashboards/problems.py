"""Takes apart the line that says what is wrong in a file, and where (`file:line:column: path: what (mend)`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.saying import Said, said_from

_LINE = re.compile(r"[^:]*:(\d+):(\d+): (.*?): (.*)", re.DOTALL)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in the file, and where."""

    line: int
    column: int
    path: str
    what: str


def problem_of(line: str) -> Problem:
    """Its parts; without a place it stands at the beginning."""
    found = _LINE.fullmatch(line)
    if found is None:
        return Problem(1, 1, "", line)
    parts = {name: part for name, part in line.values.items() if name != "where"} if isinstance(line, Said) else {}
    what = said_from("{what} ({mend})" if "mend" in parts else "{what}", parts) if parts else found[4]
    return Problem(int(found[1]), int(found[2]), found[3], what)
