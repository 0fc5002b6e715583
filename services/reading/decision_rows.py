"""Breaches, actions, reviews and services as they are shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from domain.durations import HOUR, Duration, Elapsed, NominalDays
from domain.terms import Text
from domain.times import day_start, local_date, zone
from services.contract_files import service_from_canonical
from services.history.databases import Transaction
from services.judging.catalogue import Catalogue, InForce
from services.judging.meetings import Meeting, meetings
from services.reading.kept import Kept
from services.reading.rows import ActionRow, BreachRow, Known, ReviewRow, ServiceRow, SignatureRow


def breaches(reads: Transaction, catalogue: Catalogue) -> list[BreachRow]:
    """Newest first."""
    sql = (
        "SELECT id, view_breach.commitment, view_breach.period, cause, view_breach.key, target_index, state, opened_position, "
        "opened_at, action, document, due FROM view_breach LEFT JOIN view_occurrence "
        "ON view_occurrence.commitment = view_breach.commitment AND view_occurrence.key = view_breach.key "
        "ORDER BY opened_position DESC, id"
    )
    rows = []
    for row in reads.query(sql):
        said = msgspec.json.decode(row[10]) if row[10] else {"acknowledged": None, "explanations": []}
        commitment = catalogue.commitments.get(row[1])
        noted = said["acknowledged"] or {}
        rows.append(
            BreachRow(
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                row[6],
                row[7],
                row[8],
                commitment.newest.debtor if commitment else "",
                row[9],
                noted.get("by"),
                noted.get("at"),
                _notes(said["explanations"]),
                row[11],
            )
        )
    return rows


def actions(reads: Transaction, catalogue: Catalogue, known: Known) -> list[ActionRow]:
    """Open ones by due date, then the others, newest first."""
    rows = []
    for position, document in reads.query("SELECT position, document FROM view_action ORDER BY position DESC, id"):
        rows.append((position, _action(msgspec.json.decode(document), catalogue, known)))
    rows.sort(key=lambda row: (row[1].state != "open", row[1].due or date.max, -row[0], row[1].id))
    return [row for _, row in rows]


def _action(it: dict[str, Any], catalogue: Catalogue, known: Known) -> ActionRow:
    contract = catalogue.contracts.get(it["commitment"].partition("/")[0])
    here = zone(contract.versions[-1].terms.timezone) if contract else zone("UTC")
    due = date.fromisoformat(it["due"]) if it["due"] else None
    today = local_date(known.watermark, here) if known.watermark is not None else None
    closing = it["closing"] or {}
    return ActionRow(
        id=it["action"],
        commitment=it["commitment"],
        period=it["period"],
        cause=it["cause"],
        text=it["text"],
        owner=it["owner"],
        person=it["person"],
        due=due,
        state=it["state"],
        opened_at=it["at"] or 0,
        is_overdue=it["state"] == "open" and due is not None and today is not None and due < today,
        progress=_notes(it["progress"]),
        closed_by=closing.get("by"),
        closed_at=closing.get("at"),
        closing_text=closing.get("text"),
    )


def reviews(reads: Transaction, catalogue: Catalogue, known: Known, kept: Kept | None = None) -> list[ReviewRow]:
    """The reviews that were called, and the next one of each contract, by time."""
    kept = kept or Kept()
    rows = []
    sql = "SELECT id, contract, starts, document FROM view_review ORDER BY starts, id"
    called = reads.query(sql)
    for id, contract, starts, document in called:
        of, held = catalogue.contracts.get(contract), kept.reviews.get(id)
        if held is None or held[0] != document or held[1] is not of:
            row = _review(id, contract, starts, msgspec.json.decode(document), of)
            held = kept.reviews[id] = document, of, row
        rows.append(held[2])
    ids = {row.id for row in rows}
    for in_force in catalogue.contracts.values():
        watermark = known.of(in_force.id).watermark
        after = watermark if watermark is not None else in_force.versions[0].terms.valid_from
        meeting = _first_after(in_force, after, kept)
        if meeting is not None and meeting.id not in ids:
            rows.append(ReviewRow(meeting.id, meeting.contract, meeting.starts, meeting.ends, "planned", None))
    return sorted(rows, key=lambda row: (row.starts, row.id))


def _first_after(contract: InForce, after: int | date, kept: Kept) -> Meeting | None:
    if isinstance(after, int):
        return kept.next_meeting(contract, after)
    return kept.next_meeting(contract, day_start(after, zone(contract.versions[0].terms.timezone)) - 1)


def _review(id: str, contract: str, starts: int, it: dict[str, Any], in_force: InForce | None) -> ReviewRow:
    ends = starts
    if in_force is not None:
        ends = next((one.ends for one in meetings(in_force, starts - 1, starts)), starts)
    signatures = tuple(SignatureRow(s["party"], s["service"], s["by"], s["at"]) for s in it["signatures"])
    return ReviewRow(
        id=id,
        contract=contract,
        starts=starts,
        ends=ends,
        state="signed" if len(signatures) == 2 else "held",
        position=it["pack_position"],
        minutes=_notes(it["minutes"]),
        decisions=_notes(it["decisions"]),
        signatures=signatures,
    )


def services(reads: Transaction) -> dict[str, ServiceRow]:
    """Those that a file describes."""
    found = reads.query("SELECT id, document FROM view_service ORDER BY id")
    return {id: _service(id, msgspec.json.decode(document)["document"]) for id, document in found}


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
        people=tuple((one.id, one.name, one.email or "") for one in terms.people),
        sources=tuple((one.source, _microseconds(one.expected_every)) for one in terms.sources),
    )


def _microseconds(every: Duration | None) -> int | None:
    """How often a source is expected to send; days are taken as 24 hours, working time is not waited for."""
    if isinstance(every, Elapsed):
        return every.microseconds
    return every.days * 24 * HOUR if isinstance(every, NominalDays) else None


def _notes(notes: list[dict[str, Any]]) -> tuple[tuple[str, int, str], ...]:
    return tuple((one["by"], one["at"], one["text"]) for one in notes)
