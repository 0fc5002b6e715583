"""What follows from the entries of a bundle: figures, documents and packs, made anew of them alone, so that whoever has them comes
to the same."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import msgspec

from domain.times import tzdata_version
from services.access import ADMINISTRATOR
from services.checkpoints.making import TABLES
from services.contract_files.to_terms import tree_from_canonical
from services.contract_files.writing import as_file
from services.contracts.reading import read_contracts
from services.figures.reading import read_figures
from services.figures.shown import figure_json
from services.history.history import Entry, History, open_history
from services.judging.lens import Lens
from services.judging.views import JUDGING
from services.reviews.packs import pack_bytes, review_pack
from services.reviews.reading import read_reviews
from services.seeing.past import Progress, judged_anew
from services.seeing.seen import Seeing, Seen

FIGURES: Final = "figures.json"
COLUMNS: Final = ("rowid", "originator_id", "originator_version", "topic", "state")

_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=str, order="deterministic").encode


class Shown:
    """A history of the entries that a bundle shows, at the positions that they have in their own, in a file that is thrown away."""

    def __init__(self, history: History):
        self.history = history

    def add(self, entries: Sequence[Entry]) -> None:
        rows = [(one.position, one.stream.hex, one.version, one.topic, one.state) for one in entries]
        with self.history.database.transaction() as writes:
            writes.insert("stored_events", COLUMNS, rows)


@contextmanager
def shown() -> Iterator[Shown]:
    with tempfile.TemporaryDirectory(prefix="entente-") as folder:
        history = open_history(f"sqlite:///{Path(folder) / 'shown.db'}")
        try:
            history.database.create(TABLES)  # none is kept of it: a pack in a bundle has no checkpoint beside it
            yield Shown(history)
        finally:
            history.close()


def program() -> dict[str, str | int]:
    """What the figures are made with: another version may come to others."""
    try:
        release = version("entente-sla")
    except PackageNotFoundError:
        release = "unknown"
    return {"program": release, "judging": JUDGING, "tzdata": tzdata_version()}


@dataclass(frozen=True, slots=True)
class Contents:
    """What follows from a history: files by name, in their order, and the contracts that it tells of."""

    files: dict[str, bytes]
    contracts: frozenset[str]


def contents(history: History, progress: Progress | None = None) -> Contents:
    """Raises StoreTooNew for entries that only a newer program knows."""
    with (
        judged_anew(history, Lens(), progress=progress) as judge,
        Seeing(history, judge.database).seen(ADMINISTRATOR) as seen,
    ):
        return Contents(
            {FIGURES: _figures(seen), **_documents(seen), **_packs(Seeing(history, judge.database), seen)},
            frozenset(seen.catalogue.contracts),
        )


def _figures(seen: Seen) -> bytes:
    """As `entente figures --json` prints them, one a line."""
    zones = {one.id: one.newest.terms.timezone for one in seen.catalogue.contracts.values()}
    rows = [figure_json(row, zones[row.commitment.partition("/")[0]]) for row in read_figures(seen)]
    return b"[\n%b\n]\n" % b",\n".join(_encode(row) for row in rows)


def _documents(seen: Seen) -> dict[str, bytes]:
    """Contracts and calendars as people read them, each version that was agreed."""
    found = {
        f"documents/contracts/{row.id}/{version.number}.yaml": _file(version.document)
        for row in read_contracts(seen)
        for version in row.versions
        if version.state in ("signed", "in force", "past")
    }
    for id, document in seen.reads.query("SELECT id, document FROM view_calendar"):
        for number, one in enumerate(msgspec.json.decode(document)["versions"], 1):
            found[f"documents/calendars/{id}/{number}.yaml"] = _file(one["document"])
    return dict(sorted(found.items()))


def _packs(seeing: Seeing, seen: Seen) -> dict[str, bytes]:
    """The packs of the reviews that were called, with what was signed of them."""
    called = [row.id for row in read_reviews(seen) if row.position]
    return {f"packs/{id}.json": pack_bytes(review_pack(seeing, ADMINISTRATOR, id)) for id in called}


def _file(document: str) -> bytes:
    return as_file(tree_from_canonical(document)).encode()
