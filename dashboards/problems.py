"""Takes apart the line that says what is wrong in a file, and where (`file:line:column: path: what (mend)`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domain.saying import Said, said, said_from
from services.contract_files.leaves import DURATION, TOLERANCE

_COMMAND = re.compile(r"\bentente [a-z]|(?<![\w-])--[a-z]|ENTENTE_|docs/")
"""Finds what a mend names and nobody can do on a page."""
_IN_FORM: Final[Mapping[str, Said]] = {
    DURATION.template: said("a number such as 2, and its unit beside it"),
    TOLERANCE.template: said("a number such as 10 with its unit, or until the end of the day"),
    "another `contract:`": said("another id"),
    "a later date, or `rebaseline: {reason: …}`": said("a later date, or a reason for changing the past"),
    "effective: YYYY-MM-DD": said("the day from which it is in force"),
}
"""By how a file is mended: how the form is."""
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


def names_command(text: str) -> bool:
    """Says whether a mend names what nobody can do on a page."""
    return _COMMAND.search(text) is not None


def in_words_of_form(what: str) -> str:
    """What is wrong, with the way to mend it that the form has: a number stands beside its unit there, and nobody types a command."""
    mend = what.values.get("mend") if isinstance(what, Said) else None
    if not isinstance(what, Said) or not isinstance(mend, str):
        return what
    right = _IN_FORM.get(mend.template, mend) if isinstance(mend, Said) else mend
    if right is mend and not names_command(mend):
        return what
    inner = what.values["what"]
    return (
        said("{what} ({mend})", what=inner, mend=right) if right is not mend else said_from("{what}", {"what": inner})
    )
