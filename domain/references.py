"""References: how one thing of the program names another as its ground (MEETING "References")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from domain.saying import said

ReferenceKind = Literal["breach", "excuse", "action", "review", "figure", "occurrence"]
LONGEST: Final = 500
_COMMITMENT = r"[a-z0-9-]{1,63}/[a-z0-9-]{1,63}/[a-z0-9-]{1,63}"
_FORMS: Final = {
    "breach": re.compile(r"(?P<id>[0-9a-f-]{36})"),
    "excuse": re.compile(r"(?P<id>[0-9a-f-]{36})"),
    "action": re.compile(r"(?P<id>[0-9a-f-]{36})"),
    "review": re.compile(r"(?P<id>[a-z0-9-]{1,63}@\d{4}-\d\d-\d\d)(?:#(?P<number>[1-9]\d{0,3}))?", re.ASCII),
    "figure": re.compile(rf"(?P<id>{_COMMITMENT})(?:#(?P<number>\d{{1,2}}))?@(?P<part>[^@\s]{{1,60}})", re.ASCII),
    "occurrence": re.compile(rf"(?P<id>{_COMMITMENT})!(?P<part>\S(?:.{{0,300}}\S)?)"),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """`id`: of the breach, excuse, action, review, or the commitment; `number`: of a decision of a review, of a target of a figure;
    `part`: the period of a figure, the key of an occurrence."""

    kind: ReferenceKind
    id: str
    number: int | None = None
    part: str = ""

    @property
    def contract(self) -> str:
        """The contract that its name says; empty where it says none."""
        return (
            self.id.partition("/" if "/" in self.id else "@")[0]
            if self.kind in ("figure", "occurrence", "review")
            else ""
        )


def parse_reference(text: str) -> Reference:
    """Reads `breach:ID`, `review:ID#n`, `figure:C/D/K[#target]@PERIOD`, `occurrence:C/D/K!KEY`… Raises ValueError, which says what
    would be right."""
    kind, _, rest = text.partition(":")
    form = _FORMS.get(kind)
    found = form.fullmatch(rest) if form is not None and len(text) <= LONGEST else None
    if found is None:
        raise ValueError(
            said(
                "“{text}” is no reference; write such as breach:ID, review:ID#2 or figure:C/D/K@2026-03", text=text[:60]
            )
        )
    parts = found.groupdict()
    number = parts.get("number")
    known: ReferenceKind = kind  # type: ignore[assignment]
    return Reference(known, parts["id"], int(number) if number is not None else None, parts.get("part") or "")
