"""Reviews as they stand in the tables, and those to come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from typing import NamedTuple

import msgspec

from domain.times import Instant, day_start, zone
from services.contracts.kept import Kept
from services.history.databases import Transaction
from services.judging.catalogue import Catalogue, InForce
from services.judging.meetings import Meeting, meetings, minutes_until, next_meeting
from services.reviews.rows import ReviewRow, State
from services.reviews.stored import StoredReview, row_of, state_of
from services.seeing.known import Known


class _Kept(NamedTuple):
    """A row, and the contract in force that it was made for. `until`: as of when it is skipped (None: never)."""

    in_force: InForce | None
    row: ReviewRow
    until: Instant | None


@dataclass(frozen=True, slots=True)
class Called:
    """The reviews that were called, as of a position, by id."""

    position: int = -1
    rows: dict[str, _Kept] = field(default_factory=dict)


@dataclass
class KeptReviews:
    """The reviews that one reader of one store keeps; replaced whole, so that several threads may use it."""

    called: Called = field(default_factory=Called)


def reviews(
    reads: Transaction, catalogue: Catalogue, known: Known, kept: Kept, kept_reviews: KeptReviews
) -> list[ReviewRow]:
    """The reviews that were called, and the next one of each contract, by time."""
    lives = lives_now(reads)
    called = _called(reads, catalogue, known, kept_reviews, lives=lives)
    rows = [_as_of(held, known) if held.until is not None else held.row for held in called]
    planned = {row.id: row for row in rows}
    for in_force in catalogue.contracts.values():
        watermark = known.of(in_force.id).watermark
        after = watermark if watermark is not None else in_force.versions[0].terms.valid_from
        meeting = _first_after(in_force, after, kept)
        while meeting is not None and meeting.id in planned and planned[meeting.id].state != "planned":
            meeting = next_meeting(in_force, meeting.starts)  # cancelled, or moved to before
        if meeting is not None and meeting.id not in planned:
            state: State = "past" if lives and is_before_use(in_force, meeting.starts) else "planned"
            rows.append(ReviewRow(meeting.id, meeting.contract, meeting.starts, meeting.ends, state, None))
    return sorted(rows, key=attrgetter("starts", "id"))


def lives_now(reads: Transaction) -> bool:
    """Says whether the store has lived with the clock yet."""
    return any(lives for (lives,) in reads.query("SELECT lives FROM view_position"))


def is_before_use(contract: InForce | None, moment: Instant) -> bool:
    """Says whether the moment lies before both parties had signed for the first time: of a store that lives, that is past."""
    return contract is not None and contract.since is not None and moment < contract.since


def _called(reads: Transaction, catalogue: Catalogue, known: Known, kept: KeptReviews, *, lives: bool) -> list[_Kept]:
    """Reads the reviews that were called, by time: anew where one changed since the last time, or its contract did."""
    before = kept.called if kept.called.position <= known.position else Called()
    rows = {id: held for id, held in before.rows.items() if held.in_force is catalogue.contracts.get(held.row.contract)}
    sql = "SELECT id, contract, starts, document FROM view_review WHERE"
    found = reads.query(f"{sql} changed > ?", [before.position])
    found += reads.select_in(sql, "id", [id for id in before.rows if id not in rows])
    if not found:
        return list(rows.values())
    for id, contract, starts, document in found:
        of = catalogue.contracts.get(contract)
        row = _review(id, contract, starts, msgspec.json.decode(document), of, lives=lives)
        rows[id] = _Kept(of, row, _skipped_from(row, of))
    rows = {id: rows[id] for id in sorted(rows, key=lambda id: (rows[id].row.starts, id))}
    kept.called = Called(known.position, rows)
    return list(rows.values())


def _first_after(contract: InForce, after: int | date, kept: Kept) -> Meeting | None:
    if isinstance(after, int):
        return kept.next_meeting(contract, after)
    return kept.next_meeting(contract, day_start(after, zone(contract.versions[0].terms.timezone)) - 1)


def _review(
    id: str, contract: str, starts: int, it: StoredReview, in_force: InForce | None, *, lives: bool
) -> ReviewRow:
    ends = it.get("ends")
    if ends is None:
        ends = starts
        if in_force is not None:
            ends = next((one.ends for one in meetings(in_force, starts - 1, starts)), starts)
    state = state_of(it)
    is_over = state in ("signed", "cancelled")
    return row_of(
        id,
        contract,
        starts,
        ends,
        "past" if not is_over and lives and is_before_use(in_force, starts) else state,
        it,
    )


def _skipped_from(row: ReviewRow, in_force: InForce | None) -> Instant | None:
    """When the time is over within which minutes were to be submitted; None where nothing waits for them."""
    if row.state != "held" or row.submissions or in_force is None:
        return None
    return minutes_until(in_force, row.ends)


def _as_of(held: _Kept, known: Known) -> ReviewRow:
    """The row, as skipped where time has come to that."""
    reached = known.of(held.row.contract).watermark
    is_over = held.until is not None and reached is not None and reached >= held.until
    return replace(held.row, state="skipped") if is_over else held.row
