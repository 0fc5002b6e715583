"""A version was signed, a contract terminated, a followed calendar published: the commitments that it touches are built
anew from all events before that entry, and what differs from what was shown is an effect of that entry (MEANING §7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domain.commitments import Commitment
from domain.events import OperationalEvent
from services.catalogue import InForce
from services.databases import Transaction
from services.entries import EVENT
from services.stored_events import event_of

if TYPE_CHECKING:
    from services.judging import Judge

_PAGE = 5_000


def rebuild(judge: Judge, writes: Transaction, contract: str, before: InForce | None, at: int) -> None:
    """Within the transaction of the entry at position `at`."""
    commitments = judge.catalogue.contracts[contract].commitments
    known_before = {one.id for one in before.commitments} if before is not None else set()
    for id in sorted(known_before | {one.id for one in commitments}):
        for table in ("view_occurrence", "view_tally", "view_stray", "view_horizon"):
            writes.execute(f"DELETE FROM {table} WHERE commitment = ?", [id])
    judge.ledger.forget()
    judge.occurrences.is_quiet = True
    try:
        _take_all(judge, writes, commitments, known_before, at)
        for commitment in commitments:
            judge.occurrences.expand(writes, commitment, judge.watermark, at)
            judge.ledger.flush(writes)
    finally:
        judge.occurrences.is_quiet = False
    for commitment in commitments:
        _settle(judge, writes, commitment, at)
    judge.ledger.flush(writes)


def _take_all(
    judge: Judge, writes: Transaction, commitments: Sequence[Commitment], known_before: set[str], at: int
) -> None:
    """Every event before the entry that one of these commitments selects, as evidence."""
    types = {kind for commitment in commitments for kind in commitment.types}
    seen = {row[0] for row in writes.query("SELECT type FROM view_seen")} | judge.seen.types()
    if not types & seen:
        return
    after = 0
    while page := [entry for entry in judge.history.read(after, _PAGE, [EVENT]) if entry.position < at]:
        after = page[-1].position
        for entry in page:
            event = event_of(entry.state, entry.position)
            if event.type in types and judge.lens.shows(event):
                _take(judge, writes, event, commitments, known_before)
        judge.ledger.flush(writes)


def _take(
    judge: Judge,
    writes: Transaction,
    event: OperationalEvent,
    commitments: Sequence[Commitment],
    known_before: set[str],
) -> None:
    mine = {one.id for one in commitments}
    selecting = [(one, routes) for one in judge.catalogue.selecting(event.type) if (routes := one.route(event))]
    if selecting and not any(one.id in known_before or one.id not in mine for one, _ in selecting):
        judge.seen.claim(event.type, event.source, more_claimed=1, last=event.time)
    for commitment, routes in selecting:
        if commitment.id in mine:
            judge.occurrences.take(writes, commitment, routes, len(selecting), event.position, judge.watermark)
    writes.execute("UPDATE view_stray SET selectors = ? WHERE position = ?", [len(selecting), event.position])


def _settle(judge: Judge, writes: Transaction, commitment: Commitment, at: int) -> None:
    """Breaches and periods of a rebuilt commitment, compared with what was shown before."""
    judge.breaches.sync_all(writes, commitment, judge.watermark, at)
    judge.periods.rejoin(writes, commitment, judge.watermark, at)
    judge.periods.open_until(writes, commitment, judge.watermark)
    judge.periods.open_counted(writes, commitment)
    if judge.watermark is None:
        return
    for id in judge.periods.reached(writes, judge.watermark):
        if id[0] == commitment.id:
            judge.periods.pass_time(writes, commitment, id, judge.watermark, at)
    judge.periods.look_at_open(writes, commitment, judge.watermark, at)
