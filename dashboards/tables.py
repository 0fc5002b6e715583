"""Tables for spreadsheets: CSV and XLSX. A cell that a spreadsheet could take for a formula is made a text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal

import xlsxwriter

Form = Literal["csv", "xlsx"]
FORMS: Final[tuple[Form, Form]] = ("csv", "xlsx")
MEDIA: Final[dict[Form, str]] = {
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL: Final = 32_767
"""Characters that a cell of XLSX holds."""
Cell = str | int | Decimal | None


def harmless(value: Cell) -> Cell:
    """A text that begins like a formula begins with an apostrophe; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return "'" + value
    return value


def table_bytes(form: Form, headers: Sequence[str], rows: Iterable[Sequence[Cell]], name: str = "Entente") -> bytes:
    return _csv(headers, rows) if form == "csv" else _xlsx(headers, rows, name)


def _csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """As RFC 4180, in UTF-8 with the mark that spreadsheets look for."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headers)
    for row in rows:
        writer.writerow(["" if cell is None else harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _xlsx(headers: Sequence[str], rows: Iterable[Sequence[Cell]], name: str) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties(
            {"title": name, "created": datetime(2026, 1, 1, tzinfo=UTC)}
        )  # the same table, the same bytes
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for at, header in enumerate(headers):
            sheet.write_string(0, at, header)
        for number, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                if isinstance(cell, int | Decimal):
                    sheet.write_number(number, at, float(cell))
                elif cell is not None:
                    sheet.write_string(number, at, str(harmless(cell))[:LONGEST_CELL])
    return out.getvalue()
