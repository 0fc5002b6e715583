"""Signals: events that say what begins or ends, kept in order by subject, and the stretches between them as occurrences
(MEANING §4 `availability`, `freshness`)."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.commitments import Commitment
from domain.occurrences import Evidence, evidence_order
from domain.routing import Route
from domain.stretches import SignalRule, Stretch
from domain.times import FIRST_INSTANT, Instant
from services.history.databases import Transaction, first_value
from services.judging.ledger import Ledger
from services.judging.occurrence_book import OccurrenceBook
from services.judging.turn import Turn

_MOST_KEPT = 100_000
"""Signals that stay in memory between batches."""
_COLUMNS = "commitment, subject, time, sequence, source, id, position, role"

SubjectId = tuple[str, str]


@dataclass(slots=True)
class _Tail:
    """The signals of one subject with times from `since` on, in order. `is_whole`: none came before."""

    since: Instant
    is_whole: bool
    signals: list[Evidence] = field(default_factory=list)


class SignalBook:
    """Within one transaction; the tails outlive it as long as every transaction succeeds."""

    def __init__(self, ledger: Ledger, occurrences: OccurrenceBook):
        self._ledger = ledger
        self._occurrences = occurrences
        self._tails: dict[SubjectId, _Tail] = {}

    def forget(self) -> None:
        self._tails = {}

    def take(
        self,
        turn: Turn,
        commitment: Commitment,
        routes: Sequence[Route],
        selectors: int,
    ) -> None:
        """One event as signal; one that begins what nobody is owed is unmatched."""
        writes = turn.writes
        for route in routes:
            assert route.key is not None
            tail = self._tail(writes, commitment, route.key, route.evidence)
            place = bisect_left(tail.signals, evidence_order(route.evidence), key=evidence_order)
            if tail.signals[place : place + 1] == [route.evidence]:
                continue
            before = self._around(commitment, route.key, tail, route.evidence)
            insort(tail.signals, route.evidence, key=evidence_order)
            self._ledger.touched.add(commitment.id)
            writes.execute(
                f"INSERT INTO view_signal ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _row(commitment, route)
            )
            after = self._around(commitment, route.key, tail, route.evidence)
            self._replace(turn, commitment, before, after, selectors)
            self._look_at_first(turn, commitment, route.evidence.time)

    def take_out(self, turn: Turn, commitment: Commitment, routes: Sequence[Route]) -> None:
        """The event of these routes is a signal no more."""
        writes = turn.writes
        for route in routes:
            assert route.key is not None
            tail = self._tail(writes, commitment, route.key, route.evidence)
            if route.evidence not in tail.signals:
                continue
            before = self._around(commitment, route.key, tail, route.evidence)
            tail.signals.remove(route.evidence)
            self._ledger.touched.add(commitment.id)
            sql = "DELETE FROM view_signal WHERE commitment = ? AND position = ? AND role = ?"
            writes.execute(sql, [commitment.id, route.evidence.position, route.evidence.role])
            after = self._around(commitment, route.key, tail, route.evidence)
            self._replace(turn, commitment, before, after, 0)
            self._look_at_first(turn, commitment, route.evidence.time)

    def begin(self, turn: Turn, commitment: Commitment) -> None:
        """Notes what is bad before any event: data that never came goes stale."""
        if not commitment.is_of_time:
            return
        if not turn.writes.query("SELECT 1 FROM view_signal WHERE commitment = ? LIMIT 1", [commitment.id]):
            self._replace(turn, commitment, [], _rule(commitment).stretches("", [], True), 0)

    def running(self, reads: Transaction, commitments: Sequence[str]) -> list[str]:
        """Lists the commitments with a bad stretch that goes on: time alone changes their figures."""
        sql = "SELECT DISTINCT commitment FROM view_occurrence WHERE standing = 'owed' AND closed IS NULL AND"
        return sorted(commitment for (commitment,) in reads.select_in(sql, "commitment", commitments))

    def write(self) -> None:
        """After a batch: memory stays bounded."""
        if sum(len(tail.signals) for tail in self._tails.values()) > _MOST_KEPT:
            self._tails = {}

    def _tail(self, reads: Transaction, commitment: Commitment, subject: str, signal: Evidence) -> _Tail:
        """The signals around this one at least: from the last before it after which all was good."""
        id = (commitment.id, subject)
        tail = self._tails.get(id)
        rule = _rule(commitment)
        if tail is not None and (tail.is_whole or _last_turn(rule, tail.signals, signal) is not None):
            return tail
        sql = "SELECT MAX(time) FROM view_signal WHERE commitment = ? AND subject = ? AND role = ? AND time < ?"
        [(since,)] = reads.query(sql, [*id, rule.turning, signal.time])
        if since is None:
            since = FIRST_INSTANT
        rows = reads.query(
            f"SELECT {_COLUMNS} FROM view_signal WHERE commitment = ? AND subject = ? AND time >= ?", [*id, since]
        )
        signals = sorted((_signal(row) for row in rows), key=lambda one: (evidence_order(one), one.role))
        self._tails[id] = _Tail(since, since == FIRST_INSTANT, signals)
        return self._tails[id]

    def _around(self, commitment: Commitment, subject: str, tail: _Tail, signal: Evidence) -> list[Stretch]:
        """The stretches that this signal can have a part in: from the last turn before it to the first one after it."""
        rule = _rule(commitment)
        first = _last_turn(rule, tail.signals, signal)
        last = _next_turn(rule, tail.signals, signal)
        is_whole = tail.is_whole and first is None
        return rule.stretches(subject, tail.signals[first or 0 : last], is_whole)

    def _replace(
        self,
        turn: Turn,
        commitment: Commitment,
        before: Sequence[Stretch],
        after: Sequence[Stretch],
        selectors: int,
    ) -> None:
        writes = turn.writes
        kept = {one.key: one for one in after}
        self._ledger.prefetch(writes, [(commitment.id, one.key) for one in (*before, *after)])
        for one in before:
            if one.key not in kept:
                row = self._ledger.row(writes, commitment.id, one.key)
                row.evidence = []
                self._occurrences.judge(turn, commitment, one.key, row)
                self._ledger.drop(writes, commitment.id, one.key)
        for one in after:
            if one not in before:
                row = self._ledger.row(writes, commitment.id, one.key)
                row.evidence = one.as_evidence()
                self._occurrences.judge(turn, commitment, one.key, row, selectors)

    def _look_at_first(self, turn: Turn, commitment: Commitment, time: Instant) -> None:
        """From the first event on the state is known: where that moved, figures did that no stretch touches."""
        sql = "SELECT time FROM view_signal WHERE commitment = ? ORDER BY time LIMIT 2"
        first = first_value(turn.writes.query(sql, [commitment.id]))
        if first is None or time <= first:
            self._occurrences.look_again(turn, commitment)


def _rule(commitment: Commitment) -> SignalRule:
    assert commitment.signals is not None
    return commitment.signals


def _last_turn(rule: SignalRule, signals: Sequence[Evidence], signal: Evidence) -> int | None:
    """The place of the last turning signal strictly before."""
    place = bisect_left(signals, evidence_order(signal), key=evidence_order) - 1
    while place >= 0 and signals[place].role != rule.turning:
        place -= 1
    return place if place >= 0 else None


def _next_turn(rule: SignalRule, signals: Sequence[Evidence], signal: Evidence) -> int:
    """The place behind the first turning signal strictly after; the end of all where there is none."""
    place = bisect_left(signals, evidence_order(signal), key=evidence_order)
    while place < len(signals):
        if signals[place].role == rule.turning and evidence_order(signals[place]) > evidence_order(signal):
            return place + 1
        place += 1
    return place


def _row(commitment: Commitment, route: Route) -> list[object]:
    it = route.evidence
    return [commitment.id, route.key, it.time, it.sequence, it.source, it.id, it.position, it.role]


def _signal(row: Sequence[object]) -> Evidence:
    _, _, time, sequence, source, id, position, role = row
    return Evidence(role, 0, time, sequence, source, id, position)  # type: ignore[arg-type]
