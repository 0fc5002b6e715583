"""Occurrences as they are judged: events taken as evidence, dates unrolled, time passed; and what follows for tallies,
periods, breaches and the unmatched queue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from domain.commitments import Commitment
from domain.figures import Tally
from domain.occurrences import Evidence, Judgement
from domain.periods import Period
from domain.routing import Route
from domain.target_periods import RollingWindow
from domain.times import Instant
from services.history.databases import Transaction, first_value
from services.judging.breach_book import BreachBook
from services.judging.dependency_book import DependencyBook
from services.judging.effect_book import EffectBook
from services.judging.excuse_book import ExcuseBook
from services.judging.ledger import NOT_OWED, Ledger, Occurrence, PeriodId, decode_evidence
from services.judging.outages import Outages
from services.judging.own_time import Scope
from services.judging.period_book import PeriodBook
from services.judging.turn import Turn

_NO_PERIOD = ("waiting", "outside", "dropped")
Touched = tuple[int, Period | None]
"""A target's index and a period; None for the window of a rolling target."""


CountSelecting = Callable[[int], int]
"""Counts the commitments that select the event at a position."""


class Following(NamedTuple):
    """The books that follow what becomes of occurrences."""

    periods: PeriodBook
    breaches: BreachBook
    effects: EffectBook


class OccurrenceBook:
    """Within one transaction, as all books."""

    def __init__(
        self,
        ledger: Ledger,
        following: Following,
        excuses: ExcuseBook,
        dependencies: DependencyBook,
        count_selecting: CountSelecting,
    ):
        self._ledger = ledger
        self._periods, self._breaches, self._effects = following
        self._excuses = excuses
        self._dependencies = dependencies
        self._count_selecting = count_selecting
        self.outages = Outages()
        self.may_stand_elsewhere = False
        """Events may be evidence elsewhere than where this program would put them: by rules, or time zone data, of before."""
        self._is_quiet = False

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """While commitments are rebuilt: tallies are counted, but periods and breaches wait for the end."""
        self._is_quiet = True
        try:
            yield
        finally:
            self._is_quiet = False

    def take(
        self,
        turn: Turn,
        commitment: Commitment,
        routes: Sequence[Route],
        selectors: int,
    ) -> None:
        """One event as evidence for the occurrences of a commitment. `selectors`: how many commitments select it."""
        for route in routes:
            if route.key is None:
                put_stray(turn.writes, commitment.id, None, route.evidence.position, selectors, route.reason)
        keys = {route.key: None for route in routes if route.key is not None}
        for key in keys:
            row = self._ledger.row(turn.writes, commitment.id, key)
            added = [row.add(route.evidence) for route in routes if route.key == key]
            if any(added):
                self.judge(turn, commitment, key, row, selectors)

    def take_out(
        self,
        turn: Turn,
        commitment: Commitment,
        routes: Sequence[Route],
        followed_by: Sequence[Route] = (),
    ) -> None:
        """The event of these routes is evidence no more, because of the entry whose turn it is. What is taken for the same
        occurrences right afterwards, `followed_by`, judges them."""
        writes = turn.writes
        to_come = {route.key for route in followed_by}
        position = routes[0].evidence.position
        sql = "DELETE FROM view_stray WHERE commitment = ? AND position = ?"
        writes.execute(sql, [commitment.id, position])
        is_out = False
        for key in dict.fromkeys(route.key for route in routes if route.key is not None):
            row = self._ledger.row(writes, commitment.id, key)
            taken_out = [row.remove(one.evidence) for one in routes if one.key == key]
            removed = any(taken_out)
            is_out |= removed
            if removed and key not in to_come:
                self._judge_without(turn, commitment, key, row)
        if not is_out and self.may_stand_elsewhere:
            for key, said in self._found(writes, commitment, position):
                row = self._ledger.row(writes, commitment.id, key)
                row.remove(said)
                self._judge_without(turn, commitment, key, row)

    def _judge_without(self, turn: Turn, commitment: Commitment, key: str, row: Occurrence) -> None:
        """Something was taken out of its evidence."""
        is_unknown = not row.evidence and self._is_ahead(turn.writes, commitment, row)
        self.judge(turn, commitment, key, row, is_unknown=is_unknown)
        if is_unknown:
            self._ledger.drop(turn.writes, commitment.id, key)

    def _found(self, writes: Transaction, commitment: Commitment, position: int) -> list[tuple[str, Evidence]]:
        """The keys under which the event at that position is evidence, and what it says there."""
        self._ledger.flush(writes)
        sql = "SELECT key, evidence FROM view_occurrence WHERE commitment = ? ORDER BY key"
        return [
            (key, one)
            for key, stored in writes.query(sql, [commitment.id])
            for one in decode_evidence(bytes(stored))
            if one.position == position
        ]

    def judge(
        self,
        turn: Turn,
        commitment: Commitment,
        key: str,
        row: Occurrence,
        selectors: int = 0,
        *,
        is_unknown: bool = False,
    ) -> None:
        """Concludes anew, and carries every difference to where it counts. `is_unknown`: nothing says any more that it
        will be owed."""
        writes, watermark = turn.writes, turn.watermark
        before = row.judgement
        judged = (
            NOT_OWED
            if is_unknown
            else self.outages.overlay(commitment.contract, commitment.judge(key, row.evidence, watermark))
        )
        after = self._excuses.overlay(commitment, key, judged)
        row.judgement = after
        self._ledger.put(commitment.id, key, row)
        touched = self._recount(writes, commitment, key, row, before, after)
        if commitment.is_of_time:
            touched = stretched_over(commitment, watermark, before, after) or touched
        self._sync_strays(writes, commitment, key, row, before, selectors)
        if self._is_quiet:
            return
        if self._effects.watches(commitment.id):
            self._effects.look((commitment.id, key), watermark, before, after)
        if commitment.has_breaching_misses and (before.is_miss or after.is_miss):
            self._breaches.sync_occurrence(turn, commitment, key, after, row.period, was_miss=before.is_miss)
        for other, other_key, missed in self._dependencies.look(turn, commitment, key, before, after):
            self._breaches.sync_occurrence(turn, other, other_key, missed.judgement, missed.period, was_miss=True)
        for target_index, period in touched:
            if period is None:
                self._periods.look_rolling(commitment, target_index, watermark)
                continue
            is_new = self._periods.open(writes, commitment, target_index, period)
            if is_new and watermark is not None and period.end is not None and watermark >= period.end:
                self._periods.pass_time(turn, commitment, PeriodId(commitment.id, target_index, period.start))
            else:
                self._periods.look(commitment, target_index, period.start, watermark)

    def judge_again(self, turn: Turn, commitment: Commitment, keys: Iterable[str]) -> None:
        """Judges those of the keys again that were judged before."""
        writes = turn.writes
        wanted = list(keys)
        self._ledger.prefetch(writes, [(commitment.id, key) for key in wanted])
        for key in wanted:
            row = self._ledger.row(writes, commitment.id, key)
            if row.judgement is not NOT_OWED:
                self.judge(turn, commitment, key, row)

    def look_again(self, turn: Turn, commitment: Commitment) -> None:
        """Judges every target of the commitment anew, of closed periods too."""
        if not self._is_quiet:
            self._effects.look_again(commitment.id, turn.watermark)
            self._periods.look_at_all(turn.writes, commitment, turn.watermark)

    def expand(self, turn: Turn, commitment: Commitment) -> int:
        """Makes the dated occurrences up to the horizon; how many those are."""
        writes, watermark = turn.writes, turn.watermark
        if not commitment.all_are_known:
            return 0
        found = writes.query("SELECT until_at, wake FROM view_horizon WHERE commitment = ?", [commitment.id])
        known_until, wake = found[0] if found else (None, None)
        if wake is not None and (watermark is None or watermark < wake):
            return 0
        until = commitment.horizon(watermark)
        keys = commitment.ahead(known_until, until)
        self._ledger.prefetch(writes, [(commitment.id, key) for key in keys])
        for key in keys:
            row = self._ledger.row(writes, commitment.id, key)
            if row.judgement.standing != "owed":
                self.judge(turn, commitment, key, row)
        self._ledger.write(writes)
        writes.execute(
            "INSERT INTO view_horizon (commitment, until_at, wake) VALUES (?, ?, ?) ON CONFLICT (commitment) "
            "DO UPDATE SET until_at = excluded.until_at, wake = excluded.wake",
            [commitment.id, until, commitment.horizon_ends(watermark)],
        )
        return len(keys)

    def _is_ahead(self, reads: Transaction, commitment: Commitment, row: Occurrence) -> bool:
        """Says whether a date (or the end of a volume) lies beyond what is known ahead: only a delivery made it known."""
        if not commitment.all_are_known:
            return False
        until = first_value(reads.query("SELECT until_at FROM view_horizon WHERE commitment = ?", [commitment.id]))
        return until is not None and row.judgement.anchor > until

    def beyond_horizon(self, reads: Transaction, watermark: Instant, whose: Scope) -> list[str]:
        """The commitments whose horizon lies further from this watermark on."""
        condition = whose.condition("view_horizon")
        sql = f"SELECT commitment FROM view_horizon WHERE wake <= ? AND {condition} ORDER BY commitment"
        return [commitment for (commitment,) in reads.query(sql, [watermark, *whose.params])]

    def _recount(
        self,
        writes: Transaction,
        commitment: Commitment,
        key: str,
        row: Occurrence,
        before: Judgement,
        after: Judgement,
    ) -> list[Touched]:
        """Moves the occurrence from its old place in the tallies to its new one; the periods that it touched."""
        was_counted, is_counted = before.standing not in _NO_PERIOD, after.standing not in _NO_PERIOD
        if was_counted and is_counted and before.anchor == after.anchor and before.version == after.version:
            if _in_tally(before) == _in_tally(after) and (before.value == after.value or commitment.is_of_sums):
                return []
            return self._count(writes, commitment, key, before, after)
        touched = self._count(writes, commitment, key, before, None) if was_counted else []
        row.period = None
        if is_counted:
            counted = self._count(writes, commitment, key, None, after)
            row.period = commitment.version(after.version).period_name(after.anchor)
            touched += [one for one in counted if one not in touched]
        return touched

    def _count(
        self,
        writes: Transaction,
        commitment: Commitment,
        key: str,
        less: Judgement | None,
        more: Judgement | None,
    ) -> list[Touched]:
        """Takes one judgement out of the tallies of the periods that hold it, and puts another in that stands where it did."""
        where = more if more is not None else less
        assert where is not None
        version = commitment.version(where.version)
        touched: list[Touched] = []
        for target_index, periods in enumerate(version.periods):
            if isinstance(periods, RollingWindow):
                self._ledger.kept.count_rolling(version, commitment.id, target_index, key, (less, more))
                touched.append((target_index, None))
                continue
            period = periods.of(where.anchor)
            id = PeriodId(commitment.id, target_index, period.start)
            tally = self._ledger.tally_to_change(writes, id, version.segment)
            if less is not None:
                _add(tally, less, -1)
            if more is not None:
                _add(tally, more, +1)
            self._ledger.kept.count((*id, version.segment), key, less, more)
            touched.append((target_index, period))
        return touched

    def _sync_strays(
        self,
        writes: Transaction,
        commitment: Commitment,
        key: str,
        row: Occurrence,
        before: Judgement,
        selectors: int,
    ) -> None:
        """Events that have no use here any more join the unmatched queue; those that have one now leave it. `before`: what was
        judged of the row until now."""
        is_known = before is not NOT_OWED
        were_stray = is_known and (
            before.standing in ("waiting", "outside") or sum(one.role == "opened" for one in row.evidence) > 1
        )
        if were_stray:
            writes.execute("DELETE FROM view_stray WHERE commitment = ? AND key = ?", [commitment.id, key])
        for position in row.judgement.strays:
            put_stray(
                writes, commitment.id, key, position, self._selecting(position, selectors, row), row.judgement.reason
            )

    def _selecting(self, position: int, of_newest: int, row: Occurrence) -> int:
        """Counts the commitments that select the event at that position."""
        if of_newest and position == max(one.position for one in row.evidence):
            return of_newest
        return self._count_selecting(position)


def stretched_over(
    commitment: Commitment, watermark: Instant | None, before: Judgement, after: Judgement
) -> list[Touched]:
    """The periods that a bad stretch reaches into, as it was and as it is."""
    found: dict[Touched, None] = {}
    for one in (before, after):
        if one.standing != "owed":
            continue
        until = one.closed if one.closed is not None else one.anchor
        if watermark is not None:
            until = watermark if one.closed is None else min(until, watermark)
        for index, periods in commitment.targets.items():
            if isinstance(periods, RollingWindow):
                found[(index, None)] = None
            else:
                reached = [period for period in periods.over(one.anchor, until) if periods.is_in_force(period)]
                found |= dict.fromkeys((index, period) for period in reached)
    return list(found)


def _in_tally(judgement: Judgement) -> tuple[object, ...]:
    """The parts of a judgement by which it counts in a tally."""
    return judgement.standing, judgement.verdict, judgement.underlying


def _add(tally: Tally, judgement: Judgement, by: int) -> None:
    if judgement.standing == "without_due":
        tally.without_due += by
    elif judgement.standing == "measured":
        tally.measured += by
    else:
        tally.count(judgement.verdict, judgement.underlying, by)


def put_stray(
    writes: Transaction, commitment: str, key: str | None, position: int, selectors: int, reason: str | None
) -> None:
    writes.execute(
        "INSERT INTO view_stray (position, commitment, key, selectors, reason) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (position, commitment) DO UPDATE SET key = excluded.key, selectors = excluded.selectors, "
        "reason = excluded.reason",
        [position, commitment, key, selectors, reason],
    )
