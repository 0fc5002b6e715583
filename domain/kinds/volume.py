"""Volume: one period is one occurrence, as much as expected or not (MEANING §4 `volume`)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Context, Decimal
from fractions import Fraction
from typing import ClassVar, NamedTuple

from domain.calendars import CalendarEnded, later
from domain.events import OperationalEvent
from domain.faults import Fault, of_number
from domain.kinds.face import Face, Making, Wording, never, no_alternatives, no_calendar, nothing
from domain.occurrences import Evidence, Judgement, Verdict
from domain.routing import Route
from domain.selecting import number_of, selects
from domain.target_periods import TargetPeriods
from domain.terms import Selector, Volume
from domain.times import Instant
from domain.versions import CommitmentVersion

_AHEAD = 400 * timedelta(days=1) // timedelta(microseconds=1)
"""How much more is unrolled than was asked for: events come in order, and each would unroll a little."""
_HORIZON = 50 * 366 * timedelta(days=1) // timedelta(microseconds=1)
"""No event further than this beyond the start of the contract is counted: a far-future one may not unroll centuries."""
_EXACTLY = Context(prec=8_000)
"""Wide enough for every number that an event may carry: nothing is rounded."""


class Sum(NamedTuple):
    """What came in a period: it adds and subtracts, so that no event need be kept. `unusable`: events without number."""

    events: int = 0
    unusable: int = 0
    total: Decimal = Decimal(0)

    def plus(self, other: Sum, sign: int = 1) -> Sum:
        total = _EXACTLY.add(self.total, other.total if sign > 0 else -other.total)
        return Sum(self.events + sign * other.events, self.unusable + sign * other.unusable, total)

    def __str__(self) -> str:
        return f"{self.events}:{self.unusable}:{self.text}"

    @property
    def text(self) -> str:
        """The total, the same whatever way led to it."""
        return f"{_EXACTLY.normalize(self.total):f}"

    @classmethod
    def parse(cls, text: object) -> Sum:
        events, unusable, total = str(text).split(":")
        return cls(int(events), int(unusable), Decimal(total))


def summed(evidence: Sequence[Evidence], more: Evidence, sign: int = 1) -> list[Evidence]:
    """The one evidence that stands for all events of a period, with one more (or, `sign` −1, one less)."""
    before = Sum.parse(evidence[0].value) if evidence else Sum()
    after = before.plus(Sum.parse(more.value), sign)
    return [Evidence("summed", more.variant, 0, None, "", "", 0, str(after))] if after.events else []


@dataclass(frozen=True, slots=True)
class VolumePeriod:
    """[start, end) is counted under `version`, the one in force at its end. `due`: from then on it is judged; None where
    the calendar that says when has ended."""

    key: str
    start: Instant
    end: Instant
    due: Instant | None
    version: CommitmentVersion

    @property
    def anchor(self) -> Instant:
        """Its last instant: the target period that holds it is the occurrence's."""
        return self.end - 1


class VolumePeriods:
    """The counted periods of one commitment, ascending, as far as was asked for."""

    def __init__(self, versions: Sequence[CommitmentVersion], periods: TargetPeriods):
        self._versions = tuple(versions)
        self._periods = periods
        self._found: list[VolumePeriod] = []
        self._starts: list[Instant] = []
        self._by_key: dict[str, VolumePeriod] = {}
        self._covered: Instant | None = None
        self._most = versions[0].start + _HORIZON

    def through(self, until: Instant) -> list[VolumePeriod]:
        """Those whose last instant is not after `until`."""
        self._unroll(until)
        return [one for one in self._found if one.anchor <= until]

    def at(self, instant: Instant) -> VolumePeriod | None:
        """The one that holds the instant; None before any version is in force."""
        if instant < self._versions[0].start:
            return None
        self._unroll(instant)
        index = bisect_right(self._starts, instant) - 1
        return self._found[index] if index >= 0 and instant < self._found[index].end else None

    def named(self, key: str) -> VolumePeriod | None:
        """The one of that key, among those that were asked for or come within the horizon; looked for twice as far each time,
        since most keys that are asked for are near."""
        start = self._versions[0].start
        while key not in self._by_key and self._covered != self._most:
            reached = self._covered if self._covered is not None else start
            self._unroll(start + 2 * (reached - start))
        return self._by_key.get(key)

    def next_after(self, after: Instant) -> VolumePeriod | None:
        """The first that is due after the instant."""
        ahead = self._periods.of(after)
        self._unroll(ahead.end if ahead.end is not None else after)
        return next((one for one in self._found if one.due is not None and one.due > after), None)

    def _unroll(self, until: Instant) -> None:
        until = min(until, self._most)
        if self._covered is not None and until <= self._covered:
            return
        until = self._covered = min(until + _AHEAD, self._most)
        for period in self._periods.until(until):
            if period.end is None or (self._starts and period.start <= self._starts[-1]):
                continue
            version = self._version(period.start, period.end)
            key = period.id if period.id not in self._by_key else f"{period.id}#{self._begun_under(period.start)}"
            found = VolumePeriod(key, period.start, period.end, _due(period.end, version), version)
            self._found.append(found)
            self._starts.append(found.start)
            self._by_key[key] = found

    def _begun_under(self, start: Instant) -> int:
        """The number of the version with which a period begins: what is signed later does not rename it."""
        return next((one.number for one in reversed(self._versions) if one.start <= start), self._versions[0].number)

    def _version(self, start: Instant, end: Instant) -> CommitmentVersion:
        """The last one in force within the period."""
        within = [one for one in self._versions if one.start < end and (one.end is None or one.end > start)]
        return within[-1]


def _due(end: Instant, version: CommitmentVersion) -> Instant | None:
    try:
        return later(end, version.terms.late_data, version.zone, version.calendar)
    except CalendarEnded:
        return None


@dataclass(frozen=True, slots=True)
class VolumeRule:
    """The period that an event falls in says which wording counts."""

    terms: Volume
    variant: int
    schedule: VolumePeriods
    roles: ClassVar[tuple[str, ...]] = ()
    is_known_ahead: ClassVar[bool] = True
    is_of_cases: ClassVar[bool] = False
    is_of_items: ClassVar[bool] = False

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return (self.terms.each,)

    def route(self, event: OperationalEvent) -> list[Route]:
        if not selects(self.terms.each, event):
            return []
        period = self.schedule.at(event.time)
        if period is not None and period.version.variant != self.variant:
            return []
        number = number_of(event.lookup(self.terms.value)) if self.terms.value is not None else 1
        amount = Sum(1, 1) if number is None else Sum(1, 0, Decimal(number))
        evidence = Evidence(
            "summed", self.variant, event.time, event.sequence, event.source, event.id, event.position, str(amount)
        )
        return [Route(period.key if period else None, evidence, None if period else "outside-validity")]

    def by_hand(self, event: OperationalEvent, roles: Sequence[str]) -> list[Evidence]:
        """Nobody says by hand what a sum by time is made of."""
        return []

    def ahead(self, until: Instant) -> Iterator[tuple[Instant, str]]:
        return ((one.anchor, one.key) for one in self.schedule.through(until))

    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement:
        period = self.schedule.named(key)
        if period is None or period.version.variant != self.variant:
            return Judgement("outside", reason="no-such-period")
        found = Sum.parse(evidence[0].value) if evidence else Sum()
        judgement = Judgement(
            "owed",
            version=period.version.number,
            anchor=period.anchor,
            due=period.due,
            limit=period.due,
            value=found.text if found.events and not found.unusable else None,
        )
        if period.due is None:
            judgement.verdict, judgement.reason = Verdict.UNKNOWN, "calendar-ended"
        elif watermark is None or watermark < period.due:
            judgement.wake = period.due
        elif found.events == 0:
            self._without_events(judgement, period.version)
        elif found.unusable:
            judgement.verdict, judgement.reason = Verdict.UNKNOWN, "value-absent-or-mistyped"
        else:
            judgement.verdict = Verdict.MET if self._is_inside(found.total) else Verdict.FAILED
        return judgement

    def _without_events(self, judgement: Judgement, version: CommitmentVersion) -> None:
        judgement.reason = "no-data"
        match version.criterion.when_no_data:
            case "breach":
                judgement.verdict = Verdict.FAILED
            case "ignore":
                judgement.standing = "dropped"
            case _:
                judgement.verdict = Verdict.UNKNOWN

    def _is_inside(self, total: Decimal) -> bool:
        """Both ends of the band are inside."""
        expected = Fraction(self.terms.expected)
        return abs(Fraction(total) - expected) <= expected * self.terms.band


def _rules(wordings: Sequence[Wording[Volume]], making: Making) -> list[VolumeRule]:
    """All wordings share the periods, of the versions that count some."""
    assert making.counted is not None
    counting = [one for one in making.versions if isinstance(one.criterion.indicator, Volume)]
    schedule = VolumePeriods(counting, making.counted)
    return [VolumeRule(one.terms, one.variant, schedule) for one in wordings]


def _faults(terms: Volume, event: OperationalEvent) -> list[Fault]:
    return list(of_number(terms.value, event)) if terms.value is not None else []


FACE = Face(
    terms=Volume,
    counts="occurrences",
    is_known_ahead=True,
    has_limit=False,
    is_of_items=False,
    is_excused_by_closures=False,
    can_be_closed=never,
    selectors=lambda terms: (("each", terms.each),),
    key=nothing,
    warn=nothing,
    counted_per=lambda terms: terms.per,
    named_after="period",
    looks_at=lambda terms: (terms.each, terms.value),
    aggregate=nothing,
    put_together=None,
    is_known_from_first_event=False,
    unit=nothing,
    rules=_rules,
    faults=_faults,
    alternatives=no_alternatives,
    working_calendar=no_calendar,
)
