"""Rows of a file become CloudEvents as a mapping says (INTERFACE §2).

The mapping is compiled against the file's header once. The bytes of an event are canonical: the same row under the same
mapping gives the same bytes, so that importing a file again stores nothing twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec

from domain.events import ABSENT
from domain.saying import chained, quoted, said, said_by
from domain.selecting import holds
from domain.terms import Condition, Where
from domain.times import zone
from ingestion.cloudevents import Bad, Decoded, checked
from ingestion.headers import require_columns
from ingestion.local_times import ReadTime, time_reader
from ingestion.strict_json import LARGEST_EXPONENT
from services.contract_files.mapping_terms import (
    Column,
    Converted,
    DataNode,
    MappedEvent,
    MappingTerms,
    Template,
)
from services.errors import short


class Several(str):
    """The cell of a path that leads through a list: a condition holds when it holds of one of the texts there; templates find
    no text."""

    texts: tuple[str, ...]

    def __new__(cls, texts: Iterable[str]) -> Several:
        made = super().__new__(cls, "")
        made.texts = tuple(texts)
        return made


Row = Sequence[str]
Fill = Callable[[Row], str]
"""Gives the text for a row; empty when a cell that it needs is."""
Value = Callable[[Row], Any]
"""Gives the value for a row, ready to be written as JSON; None leaves its name out."""


class Fixed(NamedTuple):
    """A value that no cell changes."""

    value: Any


_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_encode = msgspec.json.Encoder().encode


class UnmappedRow(ValueError):
    """A row that does not give what the mapping asks for. The message says which column, what stands there, what would
    be right."""


class CompiledMapping:
    """A mapping for files with this header. Raises Invalid when the header lacks a column, or has it twice."""

    def __init__(self, terms: MappingTerms, header: Row, place: str):
        self._index = _index(header)
        require_columns(terms, header, place)
        self.width = len(header)
        self._read_time = time_reader(terms.read.times, zone(terms.read.timezone) if terms.read.timezone else None)
        self._decimal = terms.read.decimal
        self._events = [self._compiled(event) for event in terms.events]

    def events(self, row: Row) -> list[Decoded | Bad]:
        """Makes the events of one row, each as compact JSON. Raises UnmappedRow."""
        try:
            made = [attributes(row) for condition, attributes in self._events if condition(row)]
            return [checked(attributes, _encode(attributes)) for attributes in made]
        except UnicodeEncodeError:
            raise UnmappedRow(said("the row is not in the encoding that the mapping says (`read.encoding`)")) from None

    def _compiled(self, event: MappedEvent) -> tuple[Callable[[Row], bool], Value]:
        attributes: list[tuple[str, Value | Fixed]] = [("specversion", Fixed("1.0"))]
        for name in ("id", "source", "type", "subject", "time"):
            template: Template | None = getattr(event, name)
            if template is not None:
                attributes.append((name, self._attribute(name, template)))
        attributes += [(name, self._optional(name, template)) for name, template in event.extensions]
        if event.data:
            attributes.append(("data", self._node(event.data)))
        return self._condition(event.condition), _object(attributes)

    def _attribute(self, name: str, template: Template) -> Value | Fixed:
        fill, read = self._fill(template), self._read_time if name == "time" else None
        if not template.columns and read is None:
            return Fixed(fill(()))
        columns = " or ".join(f"`{column}`" for column in template.columns)

        def value(row: Row) -> str:
            text = fill(row)
            if not text:
                raise UnmappedRow(
                    said("{columns} is empty, and the event's `{name}` is made of it", columns=columns, name=name)
                )
            return _time(read, text, template) if read is not None else text

        return value

    def _optional(self, name: str, template: Template) -> Value | Fixed:
        conversion = Converted("time" if name == "recordedtime" else "text", template)
        return self._node(conversion)

    def _node(self, node: DataNode) -> Value | Fixed:
        if isinstance(node, tuple):
            return _object([(name, self._node(inner)) for name, inner in node])
        if isinstance(node, Converted):
            return self._converted(node)
        if isinstance(node, Template):
            return self._converted(Converted("text", node))
        return Fixed(node if node is None or isinstance(node, bool) else msgspec.Raw(str(node).encode()))

    def _converted(self, node: Converted) -> Value:
        fill, template, read = self._fill(node.template), node.template, self._read_time
        if node.to == "time":
            return lambda row: _time(read, text, template) if (text := fill(row)) else None
        if node.to == "number":
            decimal = self._decimal
            return lambda row: _number(text, template, decimal) if (text := fill(row)) else None
        return lambda row: fill(row) or None

    def _fill(self, template: Template) -> Fill:
        match template.parts:
            case (Column(name),):
                return itemgetter(self._index[name])
            case (Column(name), str(text)):
                index = self._index[name]
                return lambda row: cell + text if (cell := row[index]) else ""
        pieces = [part if isinstance(part, str) else self._index[part.name] for part in template.parts]

        def fill(row: Row) -> str:
            texts = [piece if isinstance(piece, str) else row[piece] for piece in pieces]
            return "".join(texts) if all(texts) else ""

        return fill

    def _condition(self, where: Where) -> Callable[[Row], bool]:
        """Tells of a row whether all conditions hold. Cells are texts; an empty one is absent. A condition that cannot be said is
        false."""
        conditions = [_cell_condition(self._index[column], one) for column, all_of in where for one in all_of]
        if len(conditions) == 1:
            return conditions[0]
        return lambda row: all(condition(row) for condition in conditions)


def _cell_condition(index: int, condition: Condition) -> Callable[[Row], bool]:

    def of_one(cell: str) -> bool:
        if condition.operator == "exists":
            return bool(cell) is condition.operand
        held = holds(condition, cell or ABSENT)
        return bool(cell) and condition.operator == "ne" if held is None else held

    def is_met(row: Row) -> bool:
        cell = row[index]
        if type(cell) is Several and cell.texts:
            return any(map(of_one, cell.texts))
        return of_one(cell)

    return is_met


def _index(header: Row) -> dict[str, int]:
    return {name: index for index, name in enumerate(header)}


def _object(members: Sequence[tuple[str, Value | Fixed]]) -> Value:
    """Makes an object of what its members give, always in the same order; None when they give nothing."""
    form = {
        name: member.value if isinstance(member, Fixed) else None for name, member in members if member != Fixed(None)
    }
    varying = [(name, member) for name, member in members if not isinstance(member, Fixed)]

    def value(row: Row) -> dict[str, Any] | None:
        given = form.copy()
        for name, member in varying:
            held = member(row)
            if held is None:
                del given[name]
            else:
                given[name] = held
        return given or None

    return value


def _time(read: ReadTime, text: str, template: Template) -> str:
    try:
        return read(text)
    except ValueError as error:
        raise UnmappedRow(said("{template}: {error}", template=_columns(template), error=said_by(error))) from None


def _number(text: str, template: Template, decimal: str) -> msgspec.Raw:
    """Gives the exact number as JSON writes it. Raises UnmappedRow."""
    written = text.strip()
    read = written if decimal == "." else written.replace(".", " ").replace(decimal, ".")
    if _NUMBER.fullmatch(read) is None or abs(Decimal(read).adjusted()) > LARGEST_EXPONENT:
        raise UnmappedRow(
            said(
                "{template}: “{text}” is not a number {such_as}",
                template=_columns(template),
                text=quoted(short(text, 60), said("a text")),
                such_as=_such_as(written, decimal),
            )
        )
    return msgspec.Raw(str(Decimal(read)).encode())


def _such_as(written: str, decimal: str) -> str:
    if decimal == ".":
        if _NUMBER.fullmatch(written.replace(",", ".", 1)) is not None:
            return said('such as 12 or 0.5: the mapping says of a comma read: {decimal: ","}')
        return said("such as 12 or 0.5")
    return said("such as 12 or 0,5 (`read.decimal` is a comma)")


def _columns(template: Template) -> str:
    if not template.columns:
        return said("a fixed text")
    return chained(said(" and "), [f"`{name}`" for name in template.columns])
