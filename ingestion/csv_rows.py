"""Rows of a CSV file with the bytes and the line each of them stands on.

Quoted line breaks, a byte order mark and any kind of line end are fine. A row that is none is a value, and the
reading goes on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple, Self

from domain.saying import said, said_by

LONGEST_LINE: Final = 1024 * 1024
"""Characters read at once; a longer line is taken in pieces, so that no file fills the memory."""


class CsvRow(NamedTuple):
    """One row. `cells` is None where it is none; `problem` then says why. `line` is the first that it stands on, from 1."""

    line: int
    cells: list[str] | None
    lines: tuple[str, ...]
    problem: str | None = None


class CsvRows:
    """Iterates over the rows of a file after its header; blank ones are passed over. For one `with`, which leaves the
    file open."""

    def __init__(self, file: BinaryIO, delimiter: str, encoding: str):
        self._encoding = encoding
        bom = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
        self._text = io.TextIOWrapper(file, bom, errors="surrogateescape", newline="")
        self._taken: list[str] = []
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
        self.header: list[str] = []

    def __enter__(self) -> Self:
        first = next(iter(self._rows()), None)
        self.header = first.cells or [] if first is not None else []
        return self

    def __exit__(self, *error: object) -> None:
        self._text.detach()

    def __iter__(self) -> Iterator[CsvRow]:
        width = len(self.header)
        for row in self._rows():
            if row.cells is not None and len(row.cells) != width:
                problem = said("the row has {count} cells, and the header {width}", count=len(row.cells), width=width)
                row = CsvRow(row.line, None, row.lines, problem)
            yield row

    def bytes_of(self, row: CsvRow) -> bytes:
        """Gives the exact bytes of the row, without the end of its last line."""
        return "".join(row.lines).rstrip("\r\n").encode(self._encoding, "surrogateescape")

    def _rows(self) -> Iterator[CsvRow]:
        while True:
            self._taken.clear()
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield CsvRow(
                    line, None, tuple(self._taken), said("the row cannot be read: {error}", error=said_by(error))
                )
                continue
            if cells:
                yield CsvRow(line, cells, tuple(self._taken))

    def _lines(self) -> Iterator[str]:
        read, take = self._text.readline, self._taken.append
        while line := read(LONGEST_LINE):
            take(line)
            yield line
