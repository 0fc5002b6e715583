"""Puts together, when it is read, what is not kept as a tally: values of measures and scores, service time, rolling
windows (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from domain.calendars import CalendarEnded
from domain.commitments import Commitment
from domain.figures import Tally
from domain.intervals import Interval, length, merged, without
from domain.kinds.faces import face
from domain.occurrences import MISSES, Verdict
from domain.periods import Period
from domain.sums import TimeSums, Values
from domain.times import Instant
from domain.versions import CommitmentVersion
from services.history.databases import Transaction
from services.judging.kept_windows import Counting


def rolling_tallies(reads: Transaction, commitment: Commitment, window: Period) -> dict[int, Tally]:
    """The tallies of a window by segment."""
    sql = (
        "SELECT standing, verdict, underlying, version, COUNT(*) FROM view_occurrence WHERE commitment = ? AND anchor >= ? "
        "AND anchor < ? AND standing IN ('owed', 'measured', 'without_due') GROUP BY standing, verdict, underlying, version"
    )
    tallies: dict[int, Tally] = {}
    for standing, verdict, underlying, number, count in reads.query(sql, [commitment.id, window.start, window.end]):
        tally = tallies.setdefault(commitment.version(number).segment, Tally())
        if standing == "measured":
            tally.measured += count
        elif standing == "without_due":
            tally.without_due += count
        else:
            tally.counts[Verdict(verdict)] += count
            tally.excused_met += count if underlying == Verdict.MET else 0
            tally.excused_missed += count if underlying in MISSES else 0
    return tallies


def counted_from(reads: Transaction, commitment: Commitment, start: Instant) -> list[Counting]:
    """All that counts in a window from that instant on."""
    sql = (
        "SELECT anchor, key, standing, verdict, underlying, version, value FROM view_occurrence WHERE commitment = ? "
        "AND anchor >= ? AND standing IN ('owed', 'measured', 'without_due')"
    )
    found = []
    for anchor, key, standing, verdict, underlying, number, value in reads.query(sql, [commitment.id, start]):
        counts = value is not None and verdict != "excused" and standing != "without_due"
        found.append(
            Counting(
                (anchor, key),
                standing,
                Verdict(verdict),
                Verdict(underlying) if underlying is not None else None,
                commitment.version(number).segment,
                Fraction(value) if counts else None,
            )
        )
    return found


def values_of(
    reads: Transaction,
    commitment: Commitment,
    versions: Sequence[CommitmentVersion],
    start: Instant,
    end: Instant | None,
) -> Values:
    """The numbers of the items of those versions in [start, end), put together as the last of them says."""
    return put_together(versions, tuple(sorted(numbers_of(reads, commitment, versions, start, end))))


def put_together(versions: Sequence[CommitmentVersion], numbers: Sequence[Fraction]) -> Values:
    """Ascending numbers, as the last of those versions says."""
    indicator = versions[-1].criterion.indicator
    together = face(indicator).put_together
    assert together is not None
    return together(indicator, numbers)


def numbers_of(
    reads: Transaction,
    commitment: Commitment,
    versions: Sequence[CommitmentVersion],
    start: Instant,
    end: Instant | None,
) -> list[Fraction]:
    """Those of the items of those versions in [start, end), in no order. What is excused is left out."""
    numbers = [one.number for one in versions]
    sql = (
        "SELECT value, version FROM view_occurrence WHERE commitment = ? AND anchor >= ?"
        + (" AND anchor < ?" if end is not None else "")
        + " AND value IS NOT NULL AND standing IN ('owed', 'measured') AND verdict <> 'excused'"
    )
    params = [commitment.id, start, *([end] if end is not None else [])]
    return [Fraction(value) for value, version in reads.query(sql, params) if version in numbers]


def time_sums(
    reads: Transaction,
    commitment: Commitment,
    versions: Sequence[CommitmentVersion],
    period: Period,
    watermark: Instant | None,
) -> TimeSums:
    """The service time of a period under those versions, which follow each other with one wording."""
    start = max(period.start, versions[0].start)
    end = min((one for one in (period.end, versions[-1].end) if one is not None), default=None)
    known_from = _known_from(reads, commitment, versions[-1], start)
    known_until = start if watermark is None else watermark if end is None else min(watermark, end)
    known_until = max(known_until, start)
    if known_from is None or known_from > known_until:
        known_from = known_until
    service = _Service(versions[-1])
    bad: dict[str, list[Interval]] = {"failed": [], "pending": [], "excused": []}
    for state, stretch in _stretches(reads, commitment, known_from, known_until):
        if state in bad:
            bad[state].append(stretch)
    failed = merged(bad["failed"])
    pending = without(merged(bad["pending"]), failed) if bad["pending"] else []
    excused = without(merged(bad["excused"]), merged([*failed, *pending])) if bad["excused"] else []
    known = service.between(known_from, known_until)
    down, open_yet, forgiven = (service.of(one) for one in (failed, pending, excused))
    return TimeSums(
        good=known - down - open_yet - forgiven,
        total=known - open_yet - forgiven,
        raw_good=known - down - open_yet - forgiven,
        raw_total=known - open_yet,
        pending=open_yet,
        to_come=service.ahead(max(known_until, start), end),
        expected=service.ahead(start, end),
        unknown=service.between(start, known_from),
    )


def _known_from(
    reads: Transaction, commitment: Commitment, version: CommitmentVersion, start: Instant
) -> Instant | None:
    """From when on the state is known: of what nobody knows before it is said, from its first event on."""
    if not face(version.criterion.indicator).is_known_from_first_event:
        return start
    [(first,)] = reads.query("SELECT MIN(time) FROM view_signal WHERE commitment = ?", [commitment.id])
    return max(start, first) if first is not None else None


def _stretches(reads: Transaction, commitment: Commitment, start: Instant, end: Instant) -> list[tuple[str, Interval]]:
    """Bad stretches that reach into [start, end), cut to it, with what they count as."""
    sql = (
        "SELECT verdict, underlying, opened, closed FROM view_occurrence WHERE commitment = ? AND anchor < ? AND standing = 'owed' "
        "AND (closed IS NULL OR closed > ?)"
    )
    found = []
    for verdict, underlying, opened, closed in reads.query(sql, [commitment.id, end, start]):
        begins, ends = max(opened, start), end if closed is None else min(closed, end)
        if begins < ends:
            counts_as = verdict if verdict != "excused" or underlying == "failed" else underlying
            found.append((counts_as, (begins, ends)))
    return found


def service_time(version: CommitmentVersion, start: Instant, end: Instant) -> int:
    """Measures how much of [start, end) is service time of that version, in microseconds."""
    return _Service(version).between(start, end)


class _Service:
    """The time in which the service is owed: its calendar's opening hours, or always."""

    def __init__(self, version: CommitmentVersion):
        self._calendar = version.calendar

    def between(self, start: Instant, end: Instant) -> int:
        """Up to the end of the calendar's years, if they end before."""
        if self._calendar is None:
            return max(end - start, 0)
        try:
            return self._calendar.open_between(start, end)
        except CalendarEnded:
            return 0

    def of(self, intervals: Sequence[Interval]) -> int:
        if self._calendar is None:
            return length(intervals)
        return sum(self.between(*one) for one in intervals)

    def ahead(self, start: Instant, end: Instant | None) -> int | None:
        """None where it has no end, or the calendar does not reach it."""
        if end is None:
            return None
        if self._calendar is None:
            return max(end - start, 0)
        try:
            return self._calendar.open_between(start, end)
        except CalendarEnded:
            return None
