"""Time passes: what was due is missing, periods end and close, reviews come (DESIGN §3.4).

However far one step goes, it is passed from one instant at which something of a contract happens to the next, so that
everything that follows is what it would be had time passed microsecond by microsecond: each breach opens at its own instant,
in their order, and any cutting of the same time into steps comes to the same.

One step may take long. It is passed in slices of bounded work, each a transaction of its own: how far the watermark is says
where the next one goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from domain.commitments import Commitment
from domain.times import FIRST_INSTANT, Instant, day_start, zone
from services.history.databases import Transaction
from services.history.entries import Position
from services.judging.bench import Bench
from services.judging.catalogue import InForce
from services.judging.complaint_book import close_silent
from services.judging.ladder_book import climb
from services.judging.ledger import OCCURRENCE_COLUMNS, PeriodId, StoredOccurrence
from services.judging.meetings import issues_packs
from services.judging.moving import Moving
from services.judging.outbox import put_in_outbox, said_at
from services.judging.own_time import Scope
from services.judging.pack_outbox import KIND as ISSUE_PACK
from services.judging.pack_outbox import outbox_name as pack_name
from services.judging.pack_outbox import packs_due, settled_at, show_issued, to_issue
from services.judging.reviews_to_come import Due, planned_reviews, show_called
from services.judging.turn import Turn

_PAGE = 5_000
SLICE = 5_000
"""Occurrences judged and periods looked at in one slice; the last instant of it may go beyond."""


def declare_time(
    bench: Bench, writes: Transaction, time: Instant, contract: str | None, at: Position, waiting: Collection[str] = ()
) -> bool:
    """All events up to `time` have been received, but for those of contracts that are `waiting`; or all those of one contract.
    False where more of it is left than a slice holds: called again, in another transaction, it goes on."""
    if contract is None:
        return pass_time(bench, writes, time, at, waiting)
    before = bench.time_of(contract)
    if contract not in bench.catalogue.contracts or (before is not None and time <= before):
        return True
    return _pass_one(bench, writes, contract, time, at)


def pass_time(bench: Bench, writes: Transaction, time: Instant, at: Position, waiting: Collection[str] = ()) -> bool:
    """Passes the time of all contracts, as `declare_time` does of some. A time before the last one changes nothing."""
    before = bench.watermark
    if before is not None and time < before:
        return True
    for name in sorted(waiting):
        begin_to_wait(bench, writes, name, time)
    for name in sorted(bench.own_times.waiting() - set(waiting)):
        bench.own_times.wait_no_more(writes, name)
    for contract in bench.own_times.behind(time):
        if not _pass_one(bench, writes, contract, time, at):
            return False
    reached, is_whole = _Passing(bench, writes, Scope(), before, time, at).run()
    bench.watermark = reached
    if is_whole:
        bench.own_times.join(writes, time)
    return is_whole


def take_waiting(bench: Bench, writes: Transaction, contract: str, time: Instant, *, waits: bool) -> None:
    """Holds a contract that begins to wait where it is, while time passes to `time`, or lets go of one that waits no more."""
    if bench.watermark is not None and time < bench.watermark:
        return
    if waits:
        begin_to_wait(bench, writes, contract, time)
    elif contract in bench.own_times.waiting():
        bench.own_times.wait_no_more(writes, contract)


def begin_to_wait(bench: Bench, writes: Transaction, contract: str, time: Instant) -> None:
    found = bench.catalogue.contracts.get(contract)
    if found is not None:
        first = _first_instant(found, min(one.terms.effective for one in found.versions)) + 1
        bench.own_times.wait(writes, contract, bench.watermark if bench.watermark is not None else min(first, time))


def _pass_one(bench: Bench, writes: Transaction, contract: str, time: Instant, at: Position) -> bool:
    reached, is_whole = _Passing(bench, writes, Scope(contract), bench.time_of(contract), time, at).run()
    if reached is not None:
        bench.own_times.declare(writes, contract, reached, bench.watermark)
    return is_whole


class _Passing:
    """Time passes from `before` to `until`, of the contracts of a scope."""

    def __init__(
        self, bench: Bench, writes: Transaction, whose: Scope, before: Instant | None, until: Instant, at: Position
    ):
        self._bench = bench
        self._writes = writes
        self._whose = whose
        self._before = self._now = before
        self._until = until
        self._at = at
        self._left = bench.slice
        self._contracts = [
            one
            for name, one in bench.catalogue.contracts.items()
            if (name == whose.contract if whose.contract else not bench.own_times.has(name))
        ]
        names = self._names = {one.id for one in self._contracts}
        moving = {*bench.catalogue.rolling, *bench.catalogue.signalled}
        self._moves = {one for one in moving if one.partition("/")[0] in names}
        self._moving = Moving(bench.periods, bench.signals, until)
        self._waking = _Waking(bench, writes, whose, until)
        self._done: Instant | None = None
        """The last instant of which everything has happened."""
        self._boundary: tuple[int, Instant | None] | None = None
        self._effect: tuple[int, Instant | None] | None = None

    def run(self) -> tuple[Instant | None, bool]:
        """Passes time; gives how far it has come, and whether that is all."""
        bench = self._bench
        commitments = bench.catalogue.commitments
        self._moving.look_again(self._writes, [commitments[one] for one in sorted(self._moves)], self._now)
        is_whole = self._run()
        if is_whole:
            self._now = self._until
        if self._now is not None:
            climb(self._writes, self._contracts, bench.share, self._now, self._at)
        if bench.share.keeps_common and self._now is not None:
            self._issue_packs(self._now)
            self._call_reviews(self._now)
            if not self._whose.contract:
                close_silent(bench, self._writes, self._now, self._at)
        return self._now, is_whole

    def _run(self) -> bool:
        while (instant := self._next()) is not None:
            if self._left <= 0 or not self._step(instant):
                return False
            self._now = self._done = instant
        return True

    def _next(self) -> Instant | None:
        """The next instant at which something happens. What stands behind already happens now."""
        found = [self._waking.next, self._next_boundary(), self._moving.next, self._next_effect()]
        instant = min((one for one in found if one is not None), default=None)
        return instant if instant is None or self._now is None else max(instant, self._now)

    def _next_boundary(self) -> Instant | None:
        """Gives the next instant at which a period ends or closes, or dates beyond the horizon come into sight."""
        saved = self._bench.periods.rows.saved
        known, boundary = self._boundary or (None, None)
        if known != saved:
            after = FIRST_INSTANT if self._done is None else self._done
            found = [
                wake
                for table in ("view_period", "view_horizon")
                for (wake,) in self._writes.query(
                    f"SELECT wake FROM {table} WHERE wake > ? AND wake <= ? AND {self._whose.condition(table)} "
                    "ORDER BY wake LIMIT 1",
                    [after, self._until, *self._whose.params],
                )
            ]
            boundary = min(found, default=None)
            self._boundary = saved, boundary
        return boundary

    def _next_effect(self) -> Instant | None:
        """Gives the next instant at which time alone changes an effect check."""
        effects = self._bench.effects
        known, wake = self._effect or (None, None)
        if known != effects.changes:
            wake = effects.next_wake(self._names)
            self._effect = effects.changes, wake
        return wake if wake is not None and wake <= self._until else None

    def _step(self, instant: Instant) -> bool:
        """Everything that happens at that instant; False where there is more of it than the slice holds."""
        with self._bench.breaches.passing_at(instant):
            return self._happen(instant)

    def _happen(self, instant: Instant) -> bool:
        bench, writes = self._bench, self._writes
        commitments = bench.catalogue.commitments
        boundary = self._next_boundary()
        touched: set[str] = set()
        is_whole = self._wake(instant)
        if is_whole and boundary is not None and boundary <= instant:
            is_whole = self._pass_boundaries(instant, touched)
        for name in self._moving.reached(instant):
            bench.periods.look_at_open(writes, commitments[name], instant)
            touched.add(name)
            self._left -= 1
        touched |= bench.periods.touched
        bench.effects.pass_time(self._names, instant)
        bench.settle(writes, self._at)
        if moving := [commitments[one] for one in sorted(touched & self._moves)]:
            bench.ledger.write(writes)
            self._moving.look_again(writes, moving, instant)
        return is_whole

    def _wake(self, instant: Instant) -> bool:
        """Judges again what the instant decides; False where more is left than the slice holds."""
        bench, turn = self._bench, self._turn(instant)
        for stored in self._waking.until(instant):
            if self._left <= 0:
                return False
            commitment = bench.catalogue.commitments[stored.commitment]
            row = bench.ledger.adopt(stored)
            bench.occurrences.judge(turn, commitment, stored.key, row)
            self._left -= 1
            wake = row.judgement.wake
            if wake is not None and wake <= instant:
                raise RuntimeError(f"{commitment.id} {stored.key} is not decided by the time it asked for, {wake}")
            self._waking.is_to_wake(wake)
        return True

    def _pass_boundaries(self, instant: Instant, touched: set[str]) -> bool:
        """Opens, for each commitment of which a period ends or closes, the periods up to the instant and the dates of
        those that hold it; judges what ends. False where more is left than the slice holds. Adds to `touched` what it
        touches."""
        bench = self._bench
        self._boundary = None
        passed: set[str | PeriodId] = set()
        while reached := self._reached(instant, passed):  # a period that is opened here may have come to a boundary too
            for name in sorted(reached):
                if self._left <= 0:
                    return False
                commitment = bench.catalogue.commitments[name]
                touched.add(name)
                self._left -= 1 + self._look_ahead(commitment, instant)
                for id in reached[name]:
                    bench.periods.pass_time(self._turn(instant), commitment, id)
                passed.update((name, *reached[name]))
        return True

    def _reached(self, instant: Instant, passed: set[str | PeriodId]) -> dict[str, list[PeriodId]]:
        """Finds, by commitment, the periods that come to a boundary at that instant, without those in `passed`; a
        commitment whose dates must be looked ahead for may have none."""
        bench, writes = self._bench, self._writes
        beyond = bench.occurrences.beyond_horizon(writes, instant, self._whose)
        reached: dict[str, list[PeriodId]] = {one: [] for one in beyond if one not in passed}
        for id in bench.periods.rows.reached(writes, instant, self._whose):
            if id not in passed:
                reached.setdefault(id.commitment, []).append(id)
        known = bench.catalogue.commitments
        return {name: ids for name, ids in reached.items() if name in known}

    def _turn(self, instant: Instant) -> Turn:
        return Turn(self._writes, self._at, instant)

    def _look_ahead(self, commitment: Commitment, instant: Instant) -> int:
        """Opens the periods up to the instant, and the dated occurrences of those that hold it; how many those are."""
        bench, writes = self._bench, self._writes
        bench.periods.open_until(writes, commitment, instant)
        made = bench.occurrences.expand(self._turn(instant), commitment)
        if made:
            self._waking.look_again()
        if commitment.all_are_known:
            bench.periods.look_at_open(writes, commitment, instant)
        return made

    def _issue_packs(self, reached: Instant) -> None:
        """Issues the packs whose time has come, each judged as of then."""
        issuing = [one for one in self._contracts if issues_packs(one)]
        planned = planned_reviews(self._writes) if issuing else []
        for contract in issuing:
            for due, as_of in packs_due(contract, self._bench.meetings, planned, self._start_of(contract), reached):
                content = to_issue(due, as_of, self._at)
                name = pack_name(due.review, due.sequence)
                put_in_outbox(self._writes, name, self._at, ISSUE_PACK, content, settled_at(self._writes, due))
                show_issued(self._writes, content, self._at)

    def _start_of(self, contract: InForce) -> Instant:
        """From when on what comes is new."""
        first = min(one.terms.effective for one in contract.versions)
        return self._before if self._before is not None else _first_instant(contract, first)

    def _call_reviews(self, reached: Instant) -> None:
        """Calls the review of each meeting until then; it is shown as of its beginning, whatever else has passed by now. Where
        somebody has decided about one before its hour, it comes when that says."""
        planned = planned_reviews(self._writes)
        for contract in self._contracts:
            otherwise = [one for one in planned if one.contract == contract.id]
            ids = {one.review for one in otherwise}
            meetings = self._bench.meetings.reached(contract, self._start_of(contract), reached)
            due = [Due(one.id, one.contract, one.starts) for one in meetings if one.id not in ids]
            for meeting in [*due, *(one for one in otherwise if not one.is_cancelled and one.starts <= reached)]:
                content = {
                    "review": meeting.review,
                    "contract": meeting.contract,
                    "starts": meeting.starts,
                    "pack_position": self._at,
                    "watermark": meeting.starts,
                }
                said = said_at(self._writes, "view_review", meeting.review) or None
                put_in_outbox(self._writes, f"review:{meeting.review}", self._at, "call-review", content, said)
                show_called(self._writes, content)


def _first_instant(contract: InForce, day: date) -> Instant:
    return day_start(day, zone(contract.versions[0].terms.timezone)) - 1


class _Waking:
    """The occurrences that wait for an instant, in the order in which they do, read by the page."""

    def __init__(self, bench: Bench, writes: Transaction, whose: Scope, until: Instant):
        self._bench = bench
        self._writes = writes
        self._whose = whose
        self._until = until
        self.look_again()

    def look_again(self) -> None:
        """There are others now."""
        self._rows: list[StoredOccurrence] = []
        self._place = 0
        self._is_last_page = False

    @property
    def next(self) -> Instant | None:
        """The instant that the first of the waiting occurrences waits for; None where none does."""
        if self._place == len(self._rows) and not self._is_last_page:
            self._read()
        return _wake_of(self._rows[self._place]) if self._place < len(self._rows) else None

    def until(self, instant: Instant) -> Iterator[StoredOccurrence]:
        """Takes the occurrences that wait for no later instant; each is judged before the next one is taken."""
        while (wake := self.next) is not None and wake <= instant:
            self._place += 1
            yield self._rows[self._place - 1]

    def is_to_wake(self, wake: Instant | None) -> None:
        """The one taken last waits again."""
        if wake is not None and wake <= self._until and (self._is_last_page or wake <= _wake_of(self._rows[-1])):
            self.look_again()

    def _read(self) -> None:
        self._bench.ledger.flush(self._writes)
        sql = (
            f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE wake <= ? AND "
            f"{self._whose.condition('view_occurrence')} ORDER BY wake, commitment, key LIMIT {_PAGE}"
        )
        self._rows = [
            StoredOccurrence._make(row) for row in self._writes.query(sql, [self._until, *self._whose.params])
        ]
        self._place = 0
        self._is_last_page = len(self._rows) < _PAGE


def _wake_of(row: StoredOccurrence) -> Instant:
    assert row.wake is not None
    return row.wake
