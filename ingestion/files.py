"""Files through the one door: `.jsonl`, and `.csv` with a mapping, each also `.gz` and `.xz` (INTERFACE §2).

Memory stays bounded whatever the file's size. What can be seen to be wrong before the first event (no such file, no
mapping, a column that no header has) stops the import before anything is stored; what is wrong with a line or a row
goes to quarantine with its bytes, and the import goes on. Importing again is safe: what is stored already is a
duplicate.
"""

from __future__ import annotations

import codecs
import gzip
import io
import lzma
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, cast

from domain.saying import heard, said, said_by
from ingestion.cloudevents import Bad, Decoded, decode_structured
from ingestion.csv_rows import CsvRows
from ingestion.door import Answer, Door
from ingestion.mapping import CompiledMapping, UnmappedRow
from ingestion.strict_json import LARGEST_EVENT
from services.access import Principal
from services.contract_files.mapping_terms import MappingTerms
from services.errors import Invalid

EVENTS_AT_ONCE: Final = 5_000
BYTES_AT_ONCE: Final = 16 * 1024 * 1024
_UNPACKED_AHEAD: Final = 1 << 20

Item = tuple[int, Decoded | Bad]
"""A line of a file, counted from 1, and what stands there."""


@dataclass(frozen=True, slots=True)
class ImportCount:
    """The counts of an import so far. Items in quarantine are counted as often as they were met."""

    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0

    def plus(self, answers: Sequence[Answer]) -> ImportCount:
        results = Counter(answer.result for answer in answers)
        return ImportCount(
            self.accepted + results["accepted"],
            self.duplicates + results["duplicate"],
            self.quarantined + results["quarantined"],
        )


Progress = Callable[[ImportCount], None]


def import_files(
    door: Door,
    paths: Sequence[Path],
    mapping: MappingTerms | None,
    who: Principal,
    progress: Progress | None = None,
) -> ImportCount:
    """Imports the files in this order; `progress` is told after every batch. Raises Invalid, naming the file."""
    for path in paths:
        require_importable(path, mapping)
    count = ImportCount()
    for answers in _stored_aside(_submissions(door, paths, mapping, who)):
        count = count.plus(answers)
        if progress is not None:
            progress(count)
    return count


Submission = Callable[[], list[Answer]]


def _submissions(
    door: Door, paths: Sequence[Path], mapping: MappingTerms | None, who: Principal
) -> Iterator[Submission]:
    for path in paths:
        for batch in batches(items_of(path, mapping)):
            lines, items = zip(*batch, strict=True)
            yield partial(door.submit, items, who, "file", str(path), lines)


def _stored_aside(submissions: Iterator[Submission]) -> Iterator[list[Answer]]:
    """Stores one batch while the next one is read; in order, and never more than these two."""
    with ThreadPoolExecutor(1, "import") as storing:
        waiting: Future[list[Answer]] | None = None
        for submission in submissions:
            if waiting is not None:
                yield waiting.result()
            waiting = storing.submit(submission)
        if waiting is not None:
            yield waiting.result()


def require_importable(path: Path, mapping: MappingTerms | None) -> None:
    """Raises Invalid where something keeps the file from being imported at all."""
    if _format(path) == ".jsonl":
        with _opened(path) as file:
            file.read(1)
        return
    if mapping is None:
        raise Invalid(said("a .csv needs a mapping"), place=str(path), mend=said("--map FILE"), slug="mapping-missing")
    if mapping.read.format != "csv":
        mend = said("read: {format: csv, …}")
        raise Invalid(
            said("the mapping {mapping} is for webhooks", mapping=mapping.id),
            place=str(path),
            mend=mend,
            slug="mapping-misfit",
        )
    with _opened(path) as file, _rows(file, mapping) as rows:
        CompiledMapping(mapping, rows.header, str(path))


def _format(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in (".gz", ".xz"):
        suffixes.pop()
    if not suffixes or suffixes[-1] not in (".jsonl", ".csv"):
        raise Invalid(
            said("this is not a file of events"),
            place=str(path),
            mend=said(".jsonl or .csv, each also with .gz or .xz behind it"),
            slug="unknown-format",
        )
    return suffixes[-1]


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Opens the file's content, unpacked as it is read. Raises Invalid for a file that cannot be read (to its end)."""
    try:
        with _unpacked(path) as file:
            yield file
    except (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile) as error:
        raise Invalid(
            said("the archive is damaged, or ends before its end"),
            place=str(path),
            mend=said("get it again and import it again; what came before the damage is stored, and stored once"),
            slug="file-damaged",
        ) from error
    except UnicodeError as error:
        raise Invalid(
            said("the file is not in the encoding that the mapping says"),
            place=str(path),
            mend=said("correct `read.encoding` in the mapping"),
            slug="mapping-misfit",
        ) from error
    except OSError as error:
        raise Invalid(
            said("the file cannot be read: {why}", why=heard(error.strerror or "")),
            place=str(path),
            slug="file-unreadable",
        ) from error


def _unpacked(path: Path) -> BinaryIO:
    match path.suffix.lower():
        case ".gz":
            return cast(BinaryIO, io.BufferedReader(gzip.open(path, "rb"), _UNPACKED_AHEAD))
        case ".xz":
            return cast(BinaryIO, io.BufferedReader(lzma.open(path, "rb"), _UNPACKED_AHEAD))
        case _:
            return path.open("rb")


def items_of(path: Path, mapping: MappingTerms | None) -> Iterator[Item]:
    with _opened(path) as file:
        if _format(path) == ".jsonl":
            yield from _json_lines(file)
        else:
            assert mapping is not None
            with _rows(file, mapping) as rows:
                yield from _mapped(rows, CompiledMapping(mapping, rows.header, str(path)))


def _json_lines(file: BinaryIO) -> Iterator[Item]:
    """Reads one event a line; blank lines are passed over. Only the beginning is kept of a line that is too long for memory."""
    number = 0
    while line := file.readline(LARGEST_EVENT + 2):
        number += 1
        is_cut = not line.endswith(b"\n") and len(line) > LARGEST_EVENT
        event = line.rstrip(b"\r\n")
        if number == 1:
            event = event.removeprefix(codecs.BOM_UTF8)
        if event and not event.isspace():
            yield number, decode_structured(event)
        while is_cut and (line := file.readline(LARGEST_EVENT)):
            is_cut = not line.endswith(b"\n")


def _rows(file: BinaryIO, mapping: MappingTerms) -> CsvRows:
    return CsvRows(file, mapping.read.delimiter, mapping.read.encoding)


def _mapped(rows: CsvRows, mapping: CompiledMapping) -> Iterator[Item]:
    """Gives the events of each row; in place of a row or an event that is none, what is wrong, with the bytes of the row."""
    for row in rows:
        if row.cells is None:
            yield (
                row.line,
                Bad(rows.bytes_of(row), "malformed-row", said("{problem}: correct the row", problem=row.problem)),
            )
            continue
        try:
            events = mapping.events(row.cells)
        except UnmappedRow as error:
            yield row.line, Bad(rows.bytes_of(row), "unmapped-row", said_by(error))
            continue
        for item in events:
            if type(item) is Bad:
                yield row.line, Bad(rows.bytes_of(row), item.slug, item.problem, item.id, item.source)
            else:
                yield row.line, item


def batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        _, came = item
        size += len(came.raw)
        if len(batch) >= EVENTS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
