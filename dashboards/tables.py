"""Tables for spreadsheets: CSV and XLSX. A cell that a spreadsheet could take for a formula is made a text; numbers, dates and
moments are what they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

import xlsxwriter

from domain.times import Instant, show, to_local, zone

Form = Literal["csv", "xlsx"]
FORMS: Final[tuple[Form, Form]] = ("csv", "xlsx")
MEDIA: Final[dict[Form, str]] = {
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a formula may begin with, as OWASP has it (CSV Injection); spreadsheets take the wide forms for the others."""
LONGEST_CELL: Final = 32_767
"""Characters that a cell of XLSX holds."""
FIRST_YEAR: Final = 1900
"""The first year of which a cell of XLSX holds days; earlier ones are texts."""
ZONE: Final = "time zone"
"""The column of XLSX that names the zone of the moments of a row, where there are any: a cell holds no offset."""


class Moment(NamedTuple):
    """Shown on the wall of that zone."""

    at: Instant
    zone: str


class Share(Decimal):
    """A part of 1, shown as a percentage."""


Cell = str | int | Decimal | date | Moment | None
Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]
"""The names of columns, and rows of as many cells."""


@dataclass(frozen=True, slots=True)
class Written:
    """How a CSV is written; numbers are not grouped."""

    separator: str = ","
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Words:
    """The words that readers are shown for the stable names of columns, and for the stable values in them."""

    header: Callable[[str], str]
    value: Callable[[str, Cell], Cell]


STABLE: Final = Words(lambda name: name, lambda _, cell: cell)


def harmless(value: Cell) -> Cell:
    """A text that begins like a formula begins with an apostrophe; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return "'" + value
    return value


def table_bytes(
    form: Form,
    headers: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    name: str = "Entente",
    *,
    words: Words = STABLE,
    written: Written = Written(),
) -> bytes:
    """`headers` are stable names. In XLSX a second sheet holds the same table as programs know it."""
    if form == "csv":
        return _csv(headers, rows, words, written)
    return _xlsx(headers, rows, name, words)


def _csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]], words: Words, written: Written) -> bytes:
    """Writes the table as RFC 4180 says, in UTF-8 with the mark that spreadsheets look for."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=written.separator)
    writer.writerow([words.header(name) for name in headers])
    for row in rows:
        writer.writerow([_in_csv(words.value(name, cell), written) for name, cell in zip(headers, row, strict=True)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _in_csv(cell: Cell, written: Written) -> object:
    match cell:
        case None:
            return ""
        case Moment(at, name):
            return show(at, zone(name))
        case Decimal():
            return f"{cell:f}".replace(".", written.decimal)
    return harmless(cell)


def _xlsx(headers: Sequence[str], rows: Iterable[Sequence[Cell]], name: str, words: Words) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties(
            {"title": name, "created": datetime(2026, 1, 1, tzinfo=UTC)}
        )  # the same table, the same bytes
        shown = _Sheet(book, "Entente", headers, words)
        sheets = [shown] if words is STABLE else [shown, _Sheet(book, "stable names", headers, STABLE)]
        for row in rows:
            for sheet in sheets:
                sheet.add(row)
    return out.getvalue()


class _Sheet:
    def __init__(self, book: Any, name: str, headers: Sequence[str], words: Words):
        self._sheet = book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        self._headers = headers
        self._words = words
        self._rows = 0
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._add_format = book.add_format
        self._shares: dict[int, Any] = {}
        for at, header in enumerate(headers):
            self._sheet.write_string(0, at, words.header(header))

    def add(self, row: Sequence[Cell]) -> None:
        self._rows += 1
        for at, (header, cell) in enumerate(zip(self._headers, row, strict=True)):
            self._write(at, self._words.value(header, cell))
        zones = dict.fromkeys(cell.zone for cell in row if isinstance(cell, Moment))
        if zones:
            last = len(self._headers)
            self._sheet.write_string(0, last, self._words.header(ZONE))
            self._sheet.write_string(self._rows, last, ", ".join(zones))

    def _share(self, share: Share) -> Any:
        """A format with the places that the share is given with, two at least: what misses a bound does not read as at it."""
        exponent = share.as_tuple().exponent
        places = max(2, -exponent - 2) if isinstance(exponent, int) else 2
        if places not in self._shares:
            self._shares[places] = self._add_format({"num_format": f"0.{'0' * places} %"})
        return self._shares[places]

    def _write(self, at: int, cell: Cell) -> None:
        sheet, number = self._sheet, self._rows
        match cell:
            case None:
                return
            case Moment(moment, name):
                wall = to_local(moment, zone(name))
                if wall.year < FIRST_YEAR:
                    sheet.write_string(number, at, show(moment, zone(name)))
                else:
                    sheet.write_datetime(number, at, wall.replace(tzinfo=None), self._moment)
            case date() if cell.year >= FIRST_YEAR:
                sheet.write_datetime(number, at, cell, self._day)
            case Share():
                sheet.write_number(number, at, float(cell), self._share(cell))
            case int() | Decimal():
                sheet.write_number(number, at, float(cell))
            case _:
                sheet.write_string(number, at, str(harmless(str(cell)))[:LONGEST_CELL])
