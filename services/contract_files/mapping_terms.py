"""The terms of a mapping, as values: how the rows of a file become events (INTERFACE §2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from domain.saying import said
from domain.terms import Where

Conversion = Literal["time", "number", "text"]
CONVERSIONS: Final = ("time", "number", "text")
Signed = Literal["github", "gitlab", "jira", "bearer", "standard"]
"""The ways in which a webhook's calls are signed (ingestion/signatures.py)."""
TEMPLATE_FORM: Final = said("columns stand in braces, such as {CASE_ID}/opened; a brace itself is doubled")
UNIX_FORMS: Final = ("unix s", "unix ms")
"""Forms of times beside strptime's: seconds, milliseconds since 1970 in UTC."""
_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|([^{}]+)")


@dataclass(frozen=True, slots=True)
class Column:
    """The cell of that column in the row."""

    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """Fixed texts and columns, in order."""

    parts: tuple[str | Column, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(part.name for part in self.parts if isinstance(part, Column))

    def filled(self, row: Mapping[str, str]) -> str | None:
        """The text for a row; None if a cell it needs is empty or absent."""
        texts = [part if isinstance(part, str) else row.get(part.name, "") for part in self.parts]
        return None if any(not text for text in texts) else "".join(texts)


@dataclass(frozen=True, slots=True)
class Converted:
    """A template whose text becomes an instant, an exact number, or stays a text."""

    to: Conversion
    template: Template


DataNode = Template | Converted | int | Decimal | bool | tuple[tuple[str, "DataNode"], ...]
"""A template, a conversion, a fixed value, or names with nodes. An empty cell leaves its name out."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The options with which the file is read. `times` are strptime forms or UNIX_FORMS, tried in order; ISO 8601 is
    tried last. `timezone` is that of times without offset. `each`: of JSON, the path of the list whose items are rows.
    `decimal`: the sign in numbers."""

    format: Literal["csv", "json"] = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    timezone: str | None = None
    times: tuple[str, ...] = ()
    each: str | None = None
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class MappedEvent:
    """One event that a row gives when `condition` holds; its paths are column names, whose values are texts and, when
    empty, absent. `extensions` are recordedtime, sequence, voids, replaces, where given."""

    type: Template
    id: Template
    source: Template
    time: Template
    subject: Template | None = None
    condition: Where = ()
    data: tuple[tuple[str, DataNode], ...] = ()
    extensions: tuple[tuple[str, Template], ...] = ()


@dataclass(frozen=True, slots=True)
class MappingTerms:
    id: str
    read: ReadOptions
    events: tuple[MappedEvent, ...]
    signed: Signed | None = None
    service: str | None = None
    """Whose calls these are, of a webhook that is signed; None: of whichever services declare its sources."""

    @property
    def sources(self) -> tuple[str, ...] | None:
        """The sources of its events; None where a row says them."""
        if any(one.source.columns for one in self.events):
            return None
        return tuple(one.source.filled({}) or "" for one in self.events)


def is_conversion(value: Mapping[str, object]) -> bool:
    """`{time: "{COLUMN}"}`: one key, the name of a conversion, and a text."""
    return len(value) == 1 and all(name in CONVERSIONS and isinstance(text, str) for name, text in value.items())


def template(text: str) -> Template:
    """Reads `{COLUMN}/opened`; `{{` and `}}` are braces. Raises ValueError."""
    parts: list[str | Column] = []
    position = 0
    while position < len(text):
        piece = _PIECE.match(text, position)
        if piece is None:
            raise ValueError(said("a brace is open or alone"))
        position = piece.end()
        if piece[1] is not None:
            parts.append(Column(piece[1]))
        elif parts and isinstance(parts[-1], str):
            parts[-1] += piece[2] or piece[0][:1]
        else:
            parts.append(piece[2] or piece[0][:1])
    return Template(tuple(parts))
