"""What explanations are made of. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from domain.sums import Amount
from domain.terms import Aggregate, TargetForm
from services.arrivals.comparing import Compared
from services.excuses.rows import ExcuseRow
from services.explaining.rule_shapes import RuleOfKind
from services.explaining.shapes import BadTimeCode, JudgedCode, MissesCode, TimeCode, ValueCode, VolumeCode
from services.figures.rows import FigureRow, OccurrenceRow
from services.figures.shapes import Verdict as VerdictName
from services.history.opener import Standing


@dataclass(frozen=True, slots=True)
class CountedTime:
    """How a due and a limit came about. `closed`: the local days of the calendar between `start` and the limit on which it
    never opens, with why (weekly, holiday, closure, agreed); `more_closed`: how many more than are listed. `hours`: of the
    days that counted, `more_hours` of how many more. `by`: the path that the duration was looked up by, the value there, and
    whether a duration is named after it. `nominal`: the date of the rule, where a closed day moved it. `pauses`: those that
    counted, each with its reason and the due after it; a running one has no end."""

    start: int | None = None
    duration: str | None = None
    nominal: date | None = None
    closed: tuple[tuple[date, str], ...] = ()
    more_closed: int = 0
    hours: tuple[tuple[date, str], ...] = ()
    due_without_pauses: int | None = None
    pauses: tuple[tuple[int, int | None, str | None, int], ...] = ()  # start, end, reason, due
    more_hours: int = 0
    by: tuple[str, str | None, bool] | None = None


@dataclass(frozen=True, slots=True)
class RecomputedRow:
    """A published version of a calendar that moved the limit of an occurrence; None where it was not owed, or could not be
    known. `rebaseline` is the reason why it changed what was past."""

    calendar: str
    version: int
    by: str
    at: int
    before: int | None
    after: int | None
    rebaseline: str | None


@dataclass(frozen=True, slots=True)
class MatchedRow:
    """Who matched an event by hand, and why."""

    by: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event that had a say, in one role. `type`, `recorded` and `received` are None where it is no longer there. `value`: what the
    role needs of it. `decided`: the verdict is what it is for this event."""

    position: int
    role: str
    type: str | None
    source: str
    id: str
    time: int
    recorded: int | None
    received: int | None
    value: str | int | bool | None
    decided: bool
    matched: MatchedRow | None
    sealed: Standing | None = None
    """How what is sealed of it stands; None where nothing is."""


@dataclass(frozen=True, slots=True)
class ByTime:
    """Something at, before or after that instant, as `code` says; or that it does not come."""

    code: TimeCode
    limit: int


@dataclass(frozen=True, slots=True)
class ByScore:
    """From `satisfied` on an answer is satisfied; `found` is what it said."""

    satisfied: Decimal
    found: str | None


@dataclass(frozen=True, slots=True)
class ByVolume:
    """Between `low` and `high`, both included, it is as expected; `found` came."""

    code: VolumeCode
    low: Decimal
    high: Decimal
    found: str


Change = Compared | ByTime | ByScore | ByVolume
"""What would have made a verdict another one."""


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """Why one occurrence has its verdict; every field ready to be shown, instants as instants."""

    occurrence: OccurrenceRow
    contract_version: int
    rule: RuleOfKind
    calendar: str | None
    due_local: str | None
    due_utc: str | None
    limit_local: str | None
    events: tuple[EventRow, ...] = ()
    changed_by: tuple[Change, ...] = ()
    counted: CountedTime | None = None
    excuses: tuple[ExcuseRow, ...] = ()  # those that hide the verdict
    closures: tuple[ExcuseRow, ...] = ()  # agreed closures that took time out between its opening and its limit
    recomputed: tuple[RecomputedRow, ...] = ()  # the versions of a followed calendar that moved its due or limit
    summed: int | None = None  # of a volume: how many events its period counts, of which `events` are the first
    bad_time: Amount | None = None  # of an outage or stale data: seconds of service time, so far as time has come


@dataclass(frozen=True, slots=True)
class ValuesRow:
    """The numbers that a value was put together from: how many, what they add up to, and, of percentiles, which one of them
    in ascending order (from 1) it is."""

    aggregate: Aggregate
    count: int
    total: Fraction
    rank: int | None


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """The part of a period under one wording. `reached` and `bound` are compared: shares, values in the target's unit, or
    numbers of misses, exact. `spare`: how many more misses (or microseconds of bad time) it could bear; below 0, how many
    fewer it needed; None where that has no number. `allowed`: the seconds that may be bad in all, what is to come included;
    None of what is not about time."""

    version: int
    start: int | None
    until: int | None
    rule: RuleOfKind
    calendar: str | None
    target: str
    form: TargetForm
    counts: dict[str, int]
    reached: Fraction | None
    bound: Fraction
    is_reached: bool | None
    spare: int | None
    allowed: Amount | None
    more_may_come: bool
    values: ValuesRow | None


@dataclass(frozen=True, slots=True)
class MissRow:
    key: str
    verdict: VerdictName
    due: int | None
    closed: int | None


@dataclass(frozen=True, slots=True)
class FigureExplanation:
    """`misses`: the first of those that count against it, of `miss_count`. `needed`: how many more must be judged before it
    counts (`min_count`)."""

    figure: FigureRow
    segments: tuple[SegmentRow, ...]
    misses: tuple[MissRow, ...]
    miss_count: int
    min_count: int
    needed: Fraction
    kind: str


@dataclass(frozen=True, slots=True)
class MoreJudged:
    """`count` more must be judged before it counts: occurrences, or seconds of service time."""

    count: Fraction
    min_count: int

    @property
    def code(self) -> JudgedCode:
        return "needs_judged"


@dataclass(frozen=True, slots=True)
class ByValue:
    """A value that keeps the target, or would have. `version`: whose target, where there are several."""

    version: int | None
    form: TargetForm
    bound: Fraction
    is_kept: bool

    @property
    def code(self) -> ValueCode:
        return "value_kept" if self.is_kept else "value_needed"


@dataclass(frozen=True, slots=True)
class ByBadTime:
    """`spare`: how many more microseconds of bad time it could bear; below 0, how many fewer it needed. `allowed`: seconds, in the
    whole period."""

    version: int | None
    spare: int
    allowed: Amount

    @property
    def code(self) -> BadTimeCode:
        return "can_bear_time" if self.spare >= 0 else "too_much_time"


@dataclass(frozen=True, slots=True)
class ByMisses:
    """`spare`: how many more misses it could bear; below 0, how many fewer it needed."""

    version: int | None
    spare: int
    in_a_row: bool

    @property
    def code(self) -> MissesCode:
        if self.in_a_row:
            return "can_bear_in_a_row" if self.spare >= 0 else "too_many_in_a_row"
        return "can_bear" if self.spare >= 0 else "too_many"


FigureChange = MoreJudged | ByValue | ByBadTime | ByMisses
"""What would have changed a figure."""
