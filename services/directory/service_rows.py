"""Services as they stand in the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from domain.durations import HOUR, Duration, Elapsed, NominalDays
from domain.terms import Text
from services.contract_files import service_from_canonical
from services.directory.rows import ServiceRow
from services.history.databases import Transaction
from services.tables.declared import declarers, shown_to, stored_since


def services(reads: Transaction) -> dict[str, ServiceRow]:
    """Reads the services that a file describes, each with the sources that are its own."""
    found = reads.query("SELECT id, document FROM view_service ORDER BY id")
    owners = {source: services[0] for source, services in declarers(stored_since(reads)).items()}
    rows = [_service(id, msgspec.json.decode(document)["document"]) for id, document in found]
    above = {row.id: row.part_of for row in rows}
    return {row.id: _own(row, owners, above) for row in rows}


def _own(row: ServiceRow, owners: Mapping[str, str], above: Mapping[str, str | None]) -> ServiceRow:
    own = tuple((source, every) for source, every in row.sources if owners[source] == row.id)
    names = {source for source, _ in own}
    shown = tuple((source, shown_to(row.id, opened, above)) for source, opened in row.shown_to if source in names)
    return replace(row, sources=own, by_files=row.by_files & names, shown_to=shown)


def undescribed(id: str) -> ServiceRow:
    """A service that only a contract names."""
    return ServiceRow(id, Text((("", id),)))


def _service(id: str, document: str) -> ServiceRow:
    terms = service_from_canonical(document)
    return ServiceRow(
        id,
        terms.title,
        is_external=terms.external,
        part_of=terms.part_of,
        people=tuple((one.id, one.name or one.id, one.email or "") for one in terms.people),
        sources=tuple((one.source, _microseconds(one.expected_every)) for one in terms.sources),
        by_files=frozenset(one.source for one in terms.sources if one.by_files),
        shown_to=tuple((one.source, one.shown_to) for one in terms.sources),
        heads=terms.heads,
    )


def _microseconds(every: Duration | None) -> int | None:
    """Gives the rhythm in which a source is expected to send, in microseconds; days are taken as 24 hours, None for
    working time, which is not waited for."""
    if isinstance(every, Elapsed):
        return every.microseconds
    return every.days * 24 * HOUR if isinstance(every, NominalDays) else None
