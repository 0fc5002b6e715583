"""Complaints, as they are asked for: seen by their supplier, their client, and by who sees everything."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from domain.offers.complaint import ComplaintState
from domain.saying import said
from domain.times import Instant
from services.access import Right
from services.complaints.rows import ComplaintRow, StepDetail, StepRow
from services.complaints.sealed_words import Written, shown_words
from services.contract_files import offer_from_canonical
from services.errors import NotFound
from services.seeing.seen import Seen


class _Stored(NamedTuple):
    """A complaint as its table has it."""

    id: str
    offer: str | None
    supplier: str
    client: str
    state: ComplaintState
    received: Instant
    document: str


_COLUMNS = f"SELECT {', '.join(_Stored._fields)} FROM view_complaint"
_UTC = "UTC"


def read_complaints(seen: Seen) -> list[ComplaintRow]:
    """Those that one sees, the newest first."""
    zones = seen.once(_zones)
    rows = (_Stored._make(one) for one in seen.reads.query(f"{_COLUMNS} ORDER BY received DESC, id"))
    return [_row(seen, zones, row) for row in rows if seen.sees(row.supplier, row.client)]


def read_complaint(seen: Seen, id: str) -> ComplaintRow:
    """Raises NotFound for what is not there, or not theirs to see."""
    found = seen.reads.query(f"{_COLUMNS} WHERE id = ?", [id]) if "\0" not in id else []
    for row in (_Stored._make(one) for one in found):
        if seen.sees(row.supplier, row.client):
            return _row(seen, seen.once(_zones), row)
    raise NotFound(said("there is no complaint “{complaint}”", complaint=id), mend=said("entente complaints list"))


def may_read_words(seen: Seen, row: ComplaintRow) -> bool:
    """What people wrote is for who may see personal values for one of the two services, and for who sees everything."""
    return seen.sees_everything or seen.who.may(Right.SEE_PERSONAL, row.supplier, row.client)


def read_words(seen: Seen, row: ComplaintRow) -> list[Written | None]:
    """What was written with each step; None where nothing was, and for who may not read it. Reading is noted."""
    if not may_read_words(seen, row):
        return [None for _ in row.steps]
    service = next((one for one in (row.supplier, row.client) if seen.who.is_of(one)), row.supplier)
    return [
        None if one.words is None else shown_words(seen.history, row.id, one.words, seen.who, service)
        for one in row.steps
    ]


def _zones(seen: Seen) -> dict[str, str]:
    """The zones of offers, by id."""
    found = {}
    for id, document in seen.reads.query("SELECT id, document FROM view_offer"):
        found[id] = offer_from_canonical(msgspec.json.decode(document)["versions"][-1]["document"]).timezone
    return found


def _row(seen: Seen, zones: dict[str, str], row: _Stored) -> ComplaintRow:
    it = msgspec.json.decode(row.document)
    steps = tuple(
        StepRow(one["verb"], one["time"], one["by"], one["at"], one["words"], one["detail"] or StepDetail())
        for one in it["steps"]
    )
    contract = seen.catalogue.contracts.get(it["about"].partition("/")[0])
    zone = zones.get(row.offer or "") or (contract.newest.terms.timezone if contract is not None else _UTC)
    return ComplaintRow(
        id=row.id,
        about=it["about"],
        offer=row.offer,
        supplier=row.supplier,
        client=row.client,
        channel=it["channel"],
        on_behalf=it["party"] == "supplier",
        state=row.state,
        received=row.received,
        reached=it["reached"],
        feature=it["feature"],
        root_cause=it["root_cause"],
        severity=it["severity"],
        service=it["service"],
        person=it["person"],
        reason=it["reason"],
        actions=tuple(it["actions"]),
        steps=steps,
        zone=zone,
        by=it["by"],
    )
