"""A version was signed, a contract terminated, a followed calendar published: the commitments that it touches are built
anew from all events before that entry, and what differs from what was shown is an effect of that entry (MEANING §7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domain.commitments import Commitment
from domain.events import OperationalEvent
from services.history.databases import Transaction
from services.history.entries import EVENT, Position
from services.history.stored_events import event_of
from services.judging.bench import Bench
from services.judging.catalogue import InForce
from services.judging.own_time import Scope
from services.judging.taking import put_matched, take
from services.judging.turn import Turn
from services.tables.every import REBUILT

_PAGE = 5_000


def rebuild(
    bench: Bench,
    writes: Transaction,
    contract: str,
    before: InForce | None,
    at: Position,
    *,
    only: Callable[[Commitment], bool] = lambda _: True,
) -> None:
    """Within the transaction of the entry at position `at`. `before` is the contract as it was in force until then; `only`
    says which of its commitments are touched, where not all are."""
    turn = bench.turn(writes, at, contract)
    touched = [one for one in bench.catalogue.contracts[contract].commitments if only(one)]
    touched_before = [one for one in before.commitments if only(one)] if before is not None else []
    commitments = [one for one in touched if bench.catalogue.judges(one.id)]
    old = {one.id: one for one in touched_before if bench.catalogue.judges(one.id)}
    if not (commitments or old or bench.share.keeps_common):
        _recount(bench, writes, {kind for one in (*touched, *touched_before) for kind in one.types})
        return
    _throw_away(bench, writes, {*old, *(one.id for one in commitments)})
    with bench.occurrences.quietly():
        _take_all(bench, writes, touched, touched_before, at)
        for commitment in commitments:
            put_matched(bench, writes, commitment, at)
            bench.occurrences.expand(turn, commitment)
            bench.signals.begin(turn, commitment)
            bench.ledger.flush(writes)
    for commitment in commitments:
        _settle(bench, turn, commitment, old.get(commitment.id))
    for id in sorted(old.keys() - {one.id for one in commitments}):
        bench.breaches.withdraw_all(turn, id)
    bench.ledger.flush(writes)


def _throw_away(bench: Bench, writes: Transaction, commitments: set[str]) -> None:
    """Throws away what is made anew; closed periods, breaches and actions stay, to be compared with."""
    for id in sorted(commitments):
        for table in REBUILT:
            writes.execute(f"DELETE FROM {table} WHERE commitment = ?", [id])
        bench.periods.rows.drop_open(writes, id)
        bench.touched.add(id)
    bench.ledger.forget()
    bench.signals.forget()


def _take_all(
    bench: Bench, writes: Transaction, commitments: Sequence[Commitment], old: Sequence[Commitment], at: Position
) -> None:
    """Every event before the entry that one of these commitments selects, as evidence."""
    types = {kind for commitment in (*commitments, *old) for kind in commitment.types}
    seen = {kind for (kind,) in writes.query("SELECT type FROM view_seen")} | bench.sources.types()
    if not types & seen:
        return
    after = 0
    while page := [entry for entry in bench.history.read(after, _PAGE, [EVENT]) if entry.position < at]:
        after = page[-1].position
        events = [event_of(entry.state, entry.position) for entry in page]
        _take(bench, writes, [one for one in events if one.type in types and bench.lens.shows(one)], commitments, old)
        bench.ledger.flush(writes)


def _recount(bench: Bench, writes: Transaction, types: set[str]) -> None:
    """Others judge what is built anew: of what stands unmatched here, how many commitments select it now."""
    strays = [position for (position,) in writes.query("SELECT DISTINCT position FROM view_stray ORDER BY position")]
    for start in range(0, len(strays), _PAGE):
        for position, entry in bench.history.entries(strays[start : start + _PAGE]).items():
            event = event_of(entry.state, position)
            if event.type in types:
                count = sum(bool(one.route(event)) for one in bench.catalogue.selecting(event))
                writes.execute("UPDATE view_stray SET selectors = ? WHERE position = ?", [count, position])


def _take(
    bench: Bench,
    writes: Transaction,
    events: Sequence[OperationalEvent],
    commitments: Sequence[Commitment],
    old: Sequence[Commitment],
) -> None:
    touched = {one.id for one in commitments}
    mine = touched & bench.catalogue.commitments.keys()
    routed = [
        (event, [(one, found) for one in bench.catalogue.selecting(event) if (found := one.route(event))])
        for event in events
    ]
    bench.ledger.prefetch(
        writes,
        [
            (one.id, route.key)
            for _, selecting in routed
            for one, found in selecting
            if one.id in mine and not one.is_of_time
            for route in found
            if route.key
        ],
    )
    for event, selecting in routed:
        is_shared = any(one.id not in touched for one, _ in selecting)
        was_claimed = is_shared or any(event.type in one.types and one.route(event) for one in old)
        if not bench.use.counted(event):  # else it is claimed whatever contracts say
            bench.sources.claim(event.type, event.source, more_claimed=bool(selecting) - was_claimed, last=event.time)
        for commitment, found in selecting if bench.corrections.is_evidence(event) else ():
            if commitment.id in mine:
                take(bench, writes, commitment, found, len(selecting), Position(event.position))
        if is_shared:
            writes.execute("UPDATE view_stray SET selectors = ? WHERE position = ?", [len(selecting), event.position])


def _settle(bench: Bench, turn: Turn, commitment: Commitment, was: Commitment | None) -> None:
    """Breaches and periods of a rebuilt commitment, compared with what was shown before."""
    writes, now = turn.writes, turn.watermark
    bench.breaches.sync_all(turn, commitment)
    bench.periods.restate(turn, commitment, was)
    bench.periods.open_until(writes, commitment, now)
    bench.periods.open_counted(writes, commitment)
    if now is not None:
        for id in bench.periods.rows.reached(writes, now, Scope(commitment.contract)):
            if id.commitment == commitment.id:
                bench.periods.pass_time(turn, commitment, id)
    bench.periods.look_at_open(writes, commitment, now)
    bench.effects.look_again(commitment.id, now)
    bench.settle(writes, turn.at)
    bench.breaches.withdraw_without_period(turn, commitment.id)
    bench.dependencies.settle(turn, commitment)
