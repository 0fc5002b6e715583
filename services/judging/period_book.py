"""Periods as they are judged: opened, ended, closed, restated; and the breaches of their targets (MEANING §5)."""

from __future__ import annotations

from domain.breaches import breach_of_target
from domain.calendars import CalendarEnded, later
from domain.commitments import Commitment
from domain.periods import Period
from domain.target_periods import TargetPeriods
from domain.times import Instant
from services.history.databases import Transaction
from services.history.entries import Position
from services.judging.breach_book import BreachBook, Missed
from services.judging.ledger import Ledger, PeriodId
from services.judging.period_rows import PeriodRow, PeriodRows, decode_final
from services.judging.standings import InWindow, Reading, Standing, reach_of, standing_of, version_of_period
from services.judging.sums import counted_from
from services.judging.turn import Turn


class PeriodBook:
    """Periods and targets within one transaction. What an entry touched is noted, and judged once when all of the entry is
    in its place (`settle`): what is there for a moment only breaches and restates nothing."""

    def __init__(self, ledger: Ledger, breaches: BreachBook):
        self._ledger = ledger
        self._breaches = breaches
        self.rows = PeriodRows(ledger)
        self._touched: dict[PeriodId, tuple[Commitment, Instant | None]] = {}
        self._rolled: dict[tuple[str, int], tuple[Commitment, Instant | None]] = {}

    def forget(self) -> None:
        self.rows.forget()
        self._touched = {}
        self._rolled = {}

    def open(self, writes: Transaction, commitment: Commitment, target_index: int, period: Period) -> bool:
        """Makes the period known, so that its end and its close are waited for. False if it was."""
        id = PeriodId(commitment.id, target_index, period.start)
        if self.rows.find(writes, id) is not None:
            return False
        close_at = close_of(commitment, period)
        wake = min(boundaries(commitment, period, close_at), default=None)
        self.rows.save(writes, id, PeriodRow(period, close_at, wake, "open", None, []))
        return True

    def open_until(self, writes: Transaction, commitment: Commitment, watermark: Instant | None) -> None:
        """Opens every period from the start of validity to the one that holds the watermark; and of versions to come the
        first one, as nothing else may wake when time comes to it."""
        for target_index, periods in targets_of(commitment):
            first = periods.first().start
            last = first if watermark is None else max(watermark, first)
            for period in (*periods.until(last), *periods.first_after(last)):
                self.open(writes, commitment, target_index, period)

    def look(self, commitment: Commitment, target_index: int, start: Instant, watermark: Instant | None) -> None:
        """Something changed in that period: judged when the entry is in its place."""
        self._touched[PeriodId(commitment.id, target_index, start)] = commitment, watermark

    def look_rolling(self, commitment: Commitment, target_index: int, watermark: Instant | None) -> None:
        """Looks, as `look` does, at the rolling window that ends at the watermark; before time was declared there is none."""
        if watermark is not None:
            self._rolled[(commitment.id, target_index)] = commitment, watermark

    @property
    def touched(self) -> set[str]:
        """The commitments of which something was noted since it was judged last."""
        return {id.commitment for id in self._touched} | {commitment for commitment, _ in self._rolled}

    def settle(self, writes: Transaction, at: Position) -> None:
        """The entry at position `at` is in its place: what it touched is judged."""
        if self._touched:
            touched, self._touched = self._touched, {}
            for id, (commitment, watermark) in touched.items():
                self._judge(Turn(writes, at, watermark), commitment, id)
        if self._rolled:
            rolled, self._rolled = self._rolled, {}
            for (_, target_index), (commitment, watermark) in rolled.items():
                self._judge_rolling(Turn(writes, at, watermark), commitment, target_index)

    def _judge(self, turn: Turn, commitment: Commitment, id: PeriodId) -> None:
        """Is the target breached, and does a closed figure differ?"""
        row = self.rows.at(turn.writes, id)
        if row.final is None and not _can_be_breached(commitment, row.period, turn.watermark):
            return
        standing = self.standing(turn.writes, commitment, id.target_index, row.period, turn.watermark)
        self._sync_breach(turn, commitment, id.target_index, row.period, standing)
        if row.final is not None and row.restate(standing.as_final(turn.at), turn.at):
            self.rows.note_restated(id)

    def pass_time(self, turn: Turn, commitment: Commitment, id: PeriodId) -> None:
        """The watermark has reached the period's end or its close: judge the target, keep the final figure."""
        writes, watermark = turn.writes, turn.watermark
        row = self.rows.at(writes, id)
        assert watermark is not None
        standing = self.standing(writes, commitment, id.target_index, row.period, watermark)
        self._sync_breach(turn, commitment, id.target_index, row.period, standing)
        if row.final is None and row.close_at is not None and watermark >= row.close_at:
            row.state, row.final = "final", standing.as_final(turn.at)
        following = [one for one in boundaries(commitment, row.period, row.close_at) if one > watermark]
        row.wake = min(following, default=None)
        self.rows.save(writes, id, row)

    def standing(
        self, reads: Transaction, commitment: Commitment, target_index: int, period: Period, watermark: Instant | None
    ) -> Standing:
        tallies = self._ledger.tallies(reads, PeriodId(commitment.id, target_index, period.start))

        def written() -> Transaction:
            self._ledger.write(reads)
            return reads

        return standing_of(Reading(written, self._ledger.kept), commitment, target_index, period, watermark, tallies)

    def rolling_standing(
        self, writes: Transaction, commitment: Commitment, target_index: int, window: Period
    ) -> Standing:
        """Gives the standing, as `standing` does, over a rolling window, which ends at its watermark."""

        def written() -> Transaction:
            self._ledger.write(writes)
            return writes

        kept = self._ledger.kept.window(
            commitment.id, target_index, window, lambda: counted_from(written(), commitment, window.start)
        )
        return standing_of(Reading(written, InWindow(kept)), commitment, target_index, window, window.end, kept.tallies)

    def _judge_rolling(self, turn: Turn, commitment: Commitment, target_index: int) -> None:
        window = commitment.rolling.get(target_index)
        if window is None or turn.watermark is None:
            return
        period = window.at(turn.watermark)
        standing = self.rolling_standing(turn.writes, commitment, target_index, period)
        self._sync_breach(turn, commitment, target_index, period, standing)

    def look_at_rolling(self, commitment: Commitment, watermark: Instant | None) -> None:
        """At every rolling target: time alone moves its window."""
        for target_index in commitment.rolling:
            self.look_rolling(commitment, target_index, watermark)

    def restate(self, turn: Turn, commitment: Commitment, was: Commitment | None) -> None:
        """After a rebuild: the closed periods that now come to something else than before are restated by it. Those that
        the new wording cuts elsewhere are cut there; those that it knows no more are gone (their `per` or zone changed
        from their start, or the target `was` in force in them and is not)."""
        writes = turn.writes
        self._fit(writes, commitment, was)
        for id in self.rows.of(writes, commitment.id, is_closed=True):
            self._judge(turn, commitment, id)

    def restate_kept(self, writes: Transaction, id: PeriodId, kept: str, at: Position) -> None:
        """Newer rules were adopted at `at`, and the final figure (JSON) was another by the older ones."""
        row = self.rows.find(writes, id)
        if row is not None and row.final is not None:
            row.state, row.final, row.latest = "restated", decode_final(kept), row.latest or row.final
            row.note(at)
            self.rows.save(writes, id, row)

    def _fit(self, writes: Transaction, commitment: Commitment, was: Commitment | None) -> None:
        """Gives closed periods the shape that the commitment's versions now give them."""
        for id in self.rows.of(writes, commitment.id):
            row = self.rows.at(writes, id)
            periods = commitment.targets.get(id.target_index)
            period = periods.of(id.start) if isinstance(periods, TargetPeriods) else None
            is_same = period is not None and (period.id, period.start) == (row.period.id, id.start)
            if period is None or not is_same or self._is_taken_away(writes, commitment, was, id, period):
                self.rows.drop(writes, id)
            elif period.end != row.period.end:
                row.period, row.close_at = period, close_of(commitment, period)
                self.rows.save(writes, id, row)

    def _is_taken_away(
        self, reads: Transaction, commitment: Commitment, was: Commitment | None, id: PeriodId, period: Period
    ) -> bool:
        """The target was in force in the period, is no more, and nothing counts in it."""
        before = was.targets.get(id.target_index) if was is not None else None
        now = commitment.targets[id.target_index]
        if not isinstance(before, TargetPeriods) or not isinstance(now, TargetPeriods):
            return False
        if now.is_in_force(period) or not before.is_in_force(before.of(period.start)):
            return False
        return not any(tally.is_counted for tally in self._ledger.tallies(reads, id).values())

    def open_counted(self, writes: Transaction, commitment: Commitment) -> None:
        """Opens the periods that occurrences fall in, wherever they are."""
        sql = "SELECT DISTINCT target_index, start_at FROM view_tally WHERE commitment = ? ORDER BY target_index, start_at"
        for target_index, start in writes.query(sql, [commitment.id]):
            for version in commitment.versions:
                if target_index < len(version.periods):
                    periods = version.periods[target_index]
                    assert isinstance(periods, TargetPeriods)
                    period = periods.of(start)
                    if period.start == start:
                        self.open(writes, commitment, target_index, period)
                        break

    def look_at_all(self, reads: Transaction, commitment: Commitment, watermark: Instant | None) -> None:
        """At every target of the commitment, what is closed compared with what it was."""
        for id in self.rows.of(reads, commitment.id):
            self.look(commitment, id.target_index, id.start, watermark)
        self.look_at_rolling(commitment, watermark)

    def look_at_open(self, reads: Transaction, commitment: Commitment, watermark: Instant | None) -> None:
        """At the target of every period that is not closed."""
        for id in self.rows.of(reads, commitment.id, is_closed=False):
            self.look(commitment, id.target_index, id.start, watermark)
        self.look_at_rolling(commitment, watermark)

    def _sync_breach(
        self, turn: Turn, commitment: Commitment, target_index: int, period: Period, standing: Standing
    ) -> None:
        has_data = standing.judged > 0 and standing.judged >= standing.criterion.min_count
        breach = breach_of_target(commitment.id, period, target_index, standing.status, has_data=has_data)

        def missed() -> Missed:
            self._ledger.write(turn.writes)
            return last_missed(turn.writes, commitment, target_index, period)

        self._breaches.sync_target(turn, commitment, period, target_index, breach, missed)


def last_missed(reads: Transaction, commitment: Commitment, target_index: int, period: Period) -> Missed:
    """The last of what a target misses in a period: of its misses, of values the last that is put together; the start of the
    period, and no key, where there is none."""
    start, end = reach_of(commitment, target_index, period)
    sql = (
        "SELECT anchor, key FROM view_occurrence WHERE commitment = ? AND anchor >= ? "
        + ("AND anchor < ? " if end is not None else "")
        + "AND (standing = 'measured' OR (standing = 'owed' AND verdict IN ('late', 'missing', 'failed'))) "
        "ORDER BY anchor DESC, key DESC LIMIT 1"
    )
    for anchor, key in reads.query(sql, [commitment.id, start, *([end] if end is not None else [])]):
        return Missed(int(anchor), str(key))
    return Missed(period.start, None)


def targets_of(commitment: Commitment) -> list[tuple[int, TargetPeriods]]:
    """Every target of every version with its periods, once each."""
    found: dict[tuple[int, int], tuple[int, TargetPeriods]] = {}
    for version in commitment.versions:
        for index, periods in enumerate(version.periods):
            if isinstance(periods, TargetPeriods):
                found.setdefault((index, id(periods)), (index, periods))
    return list(found.values())


def close_of(commitment: Commitment, period: Period) -> Instant | None:
    """The period's end plus the contract's allowance for late data; None where it never ends. A date that a closed day moved
    beyond the end of validity falls due in the last period still, which waits for it."""
    if period.end is None:
        return None
    version = version_of_period(commitment, period)
    end = period.end
    if commitment.schedule is not None and end == commitment.newest.end:
        end = max([end, *(one.due for one in commitment.schedule.through(commitment.horizon(end)))])
    try:
        return later(end, version.terms.late_data, version.zone, version.calendar)
    except CalendarEnded:
        return end


def boundaries(commitment: Commitment, period: Period, close_at: Instant | None) -> set[Instant]:
    """The watermarks at which something changes by time alone: where a wording within the period ends, where the
    period ends and where it closes."""
    ends = {one.end for one in commitment.versions if one.end is not None and period.holds(one.end)}
    return {one for one in (*ends, period.end, close_at) if one is not None}


def _can_be_breached(commitment: Commitment, period: Period, watermark: Instant | None) -> bool:
    """False where the question cannot or need not be asked yet: not all dates of a period to come are known; a share of
    cases is never lost before its segment ends."""
    if commitment.all_are_known:
        return period.end is None or period.end <= commitment.horizon(watermark) + 1
    if not commitment.has_only_open_shares:
        return True
    if watermark is None:
        return False
    ends = (one.end for one in commitment.versions if one.end is not None and period.holds(one.end))
    return (period.end is not None and period.end <= watermark) or any(end <= watermark for end in ends)
