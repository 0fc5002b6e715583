"""What a contract says, as values: the parsed, checked form of a contract file (INTERFACE §1).

Everything here is immutable and compares by value. Dates are local to the contract's zone, first and last day
included. Nothing here judges: each kind of indicator has its module in `domain/kinds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, get_args

from domain.durations import Duration, Elapsed, EndOfDay, show_duration

Scalar = str | int | Decimal | bool | None
ScalarType = Literal["text", "number", "truth"]
Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "exists", "starts_with"]
Per = Literal["week", "month", "quarter", "half", "year", "contract"]
Party = Literal["supplier", "client"]
ShownTo = Literal["parts"]
"""`parts`: the services that are part of a party, at any height."""
OnClosedDay = Literal["previous", "next", "same", "skip"]
OnCancel = Literal["dropped", "failed"]
WithoutDue = Literal["ignore", "met"]
WhenNoData = Literal["unknown", "breach", "ignore"]
TargetForm = Literal["at_least", "at_most", "max_misses", "max_consecutive_misses"]
BoundOf = Literal["share", "value", "time"]
Aggregate = Literal["mean", "median", "p90", "p95", "p99", "max", "min", "sum", "count"]
TimeUnit = Literal["s", "min", "h"]
Recipient = Literal["owner", "supplier", "client", "arbiter"]
SURE: Final = Fraction(9, 10)
"""How sure an effect check wants to be where nobody says it."""


@dataclass(frozen=True, slots=True)
class Rolling:
    """A window of so many local days that ends at the watermark."""

    days: int

    @property
    def id(self) -> str:
        """What its one period is called."""
        return f"rolling-{self.days}d"

    def __str__(self) -> str:
        return f"{self.days} days"


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people, by language. A plain string in a file stands for every language (under the key "")."""

    by_language: tuple[tuple[str, str], ...]

    def to(self, language: str) -> str:
        """The text in that language, else the plain one, else English, else the first there is."""
        texts: Mapping[str, str] = dict(self.by_language)
        for wanted in (language, "", "en"):
            if wanted in texts:
                return texts[wanted]
        return next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `operand` is a tuple for `in`, a bool for `exists`, else one scalar."""

    operator: Operator
    operand: Scalar | tuple[Scalar, ...]


Where = tuple[tuple[str, tuple[Condition, ...]], ...]
"""Paths with the conditions that must all hold there; all paths must hold."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Which events are meant. An empty `sources` means any source; `types` is never empty."""

    types: tuple[str, ...]
    sources: tuple[str, ...] = ()
    where: Where = ()


@dataclass(frozen=True, slots=True)
class DueRule:
    """When a dated deliverable is due: a day rule (`monday`, `last working day of the month`, an RFC 5545 rule…)
    as written in the file, lists joined by commas, and one or more wall times, ascending."""

    every: str
    at: tuple[time, ...]


@dataclass(frozen=True, slots=True)
class KeyRule:
    """Where the producer names the due date, and how many units later the date it names is due."""

    path: str
    plus: int = 0
    unit: Literal["day", "week", "month", "quarter", "half", "year"] = "day"


@dataclass(frozen=True, slots=True)
class Punctuality:
    delivered: Selector
    due: DueRule
    on_closed_day: OnClosedDay = "same"
    key: KeyRule | None = None
    early: Duration | None = None
    tolerance: Duration | EndOfDay = Elapsed(0)
    warn: Duration | None = None
    kind: Literal["punctuality"] = "punctuality"


@dataclass(frozen=True, slots=True)
class Deadline:
    opened: Selector
    due: str
    closed: Selector
    key: str = "subject"
    changed: Selector | None = None
    reopened: Selector | None = None
    cancelled: Selector | None = None
    on_cancel: OnCancel = "dropped"
    without_due: WithoutDue = "ignore"
    tolerance: Duration | EndOfDay = Elapsed(0)
    warn: Duration | None = None
    kind: Literal["deadline"] = "deadline"


@dataclass(frozen=True, slots=True)
class DurationTable:
    """A duration chosen by the text of the value at a path; `otherwise` is the file's `else`."""

    by: str
    choices: tuple[tuple[str, Duration], ...]
    otherwise: Duration | None = None


@dataclass(frozen=True, slots=True)
class PauseCauses:
    """Which reasons stop the clock, by who causes them (`client`, `supplier`, `none`…)."""

    path: str
    reasons: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Turnaround:
    opened: Selector
    closed: Selector
    limit: Duration | DurationTable
    under: bool = False
    """True when the file says `under`: the limit itself is already too late."""
    paused: Selector | None = None
    resumed: Selector | None = None
    pause_causes: PauseCauses | None = None
    changed: Selector | None = None
    reopened: Selector | None = None
    cancelled: Selector | None = None
    on_cancel: OnCancel = "dropped"
    key: str = "subject"
    warn: Duration | None = None
    kind: Literal["turnaround"] = "turnaround"


@dataclass(frozen=True, slots=True)
class Conformity:
    each: Selector
    good: Where
    key: str | None = None
    kind: Literal["conformity"] = "conformity"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that each item carries, put together over the period. `unit`: what a number is, where it is a time."""

    each: Selector
    value: str
    aggregate: Aggregate
    unit: TimeUnit | None = None
    key: str | None = None
    kind: Literal["measure"] = "measure"


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Answers on a scale, both ends included; from `satisfied` on they are satisfied."""

    answer: Selector
    score: str
    scale: tuple[Decimal, Decimal]
    satisfied: Decimal
    key: str | None = None
    kind: Literal["satisfaction"] = "satisfaction"


@dataclass(frozen=True, slots=True)
class Volume:
    """How much comes in each period of `per`: the number of events, or the sum of what stands at `value`. `band` is the
    share of `expected` by which it may differ, both ends included."""

    each: Selector
    per: Per
    expected: Decimal
    band: Fraction
    value: str | None = None
    kind: Literal["volume"] = "volume"


@dataclass(frozen=True, slots=True)
class Availability:
    down: Selector
    up: Selector
    ignore_shorter_than: Elapsed = Elapsed(0)
    kind: Literal["availability"] = "availability"


@dataclass(frozen=True, slots=True)
class Freshness:
    updated: Selector
    max_age: Duration
    kind: Literal["freshness"] = "freshness"


Indicator = (
    Punctuality | Deadline | Turnaround | Conformity | Measure | Satisfaction | Volume | Availability | Freshness
)
"""Everything that is told apart by kind is told apart by these (docs/design/add-a-kind.md)."""
Kind = Literal[
    "punctuality", "deadline", "turnaround", "conformity", "measure", "availability", "volume", "freshness", "satisfaction",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""In the order in which people are told of them."""


@dataclass(frozen=True, slots=True)
class Target:
    """`bound` is exact: a number of misses, or what `of` says: a share (`Fraction(95, 100)`), a value (of a measure, or a
    mean of scores), an elapsed time in microseconds."""

    form: TargetForm
    bound: Fraction
    per: Per | Rolling
    of: BoundOf = "share"

    def __str__(self) -> str:
        if self.form in ("max_misses", "max_consecutive_misses"):
            return f"{self.form} {self.bound}"
        if self.of == "share":
            return f"{self.form} {_decimal(self.bound * 100)} %"
        if self.of == "time":
            return f"{self.form} {show_duration(Elapsed(int(self.bound)))}"
        return f"{self.form} {_decimal(self.bound)}"


def _decimal(number: Fraction) -> str:
    shown = Decimal(number.numerator) / Decimal(number.denominator)
    return f"{shown.normalize():f}"


@dataclass(frozen=True, slots=True)
class Criterion:
    id: str
    title: Text
    owner: str | None
    indicator: Indicator
    targets: tuple[Target, ...]
    weight: Decimal = Decimal(1)
    each_miss_is_breach: bool = False
    min_count: int = 0
    when_no_data: WhenNoData = "unknown"
    slices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliverable:
    id: str
    title: Text
    owed_by: Party
    criteria: tuple[Criterion, ...]
    depends_on: tuple[str, ...] = ()


def deliverable_of(name: str, contract: str) -> str:
    """Gives contract/deliverable for a name that may leave out its own contract."""
    return name if "/" in name else f"{contract}/{name}"


@dataclass(frozen=True, slots=True)
class DayHours:
    """Opening hours of one day as [from, to) pairs of minutes since local midnight, ascending; 1440 is 24:00."""

    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class CalendarTerms:
    """Opening hours − holidays − closures, openings winning. `weekly` has seven entries, Monday first.

    `holidays` are the dates copied in when the calendar was published, so that no later library changes them;
    `last_year` is the last year they cover (None: the calendar has no end). Date spans include both ends.
    """

    id: str
    timezone: str
    weekly: tuple[DayHours, ...]
    starts: date | None = None
    holidays: tuple[date, ...] = ()
    last_year: int | None = None
    closures: tuple[tuple[date, date], ...] = ()
    openings: tuple[tuple[date, DayHours], ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarReference:
    """A published calendar by name; `follow` takes its new versions at once."""

    name: str
    follow: bool = False


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """When the parties meet: an RFC 5545 rule, a wall time in the contract's zone, a length.

    `pack`: how long before it the pack is issued, None: not before; `minutes_within`: how long after its end its minutes are
    awaited, None: for ever; `present`: the people who are to be there, by the party that they are of."""

    every: str
    at: time
    duration: Duration = Elapsed(3_600_000_000)
    place: Text | None = None
    pack: Duration | None = None
    minutes_within: Duration | None = None
    present: tuple[tuple[Party, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder: so long after the day on which an action was due, who is told."""

    after: Duration
    to: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class ActionRules:
    """How actions are followed. `remind`: how long before the end of their day; `after`, `before`: how many units an effect check
    looks at, None: as many as it takes by itself; `sure`: how sure it wants to be."""

    needs_evidence: bool = False
    remind: tuple[Duration, ...] = ()
    escalation: tuple[Rung, ...] = ()
    after: int | None = None
    before: int | None = None
    sure: Fraction = SURE


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """One version of a contract. `effective` is the first local day on which it is in force."""

    id: str
    title: Text
    supplier: str
    client: str
    timezone: str
    valid_from: date
    valid_until: date | None
    effective: date
    calendar: CalendarReference | CalendarTerms | None
    late_data: Duration
    review: ReviewRule | None
    deliverables: tuple[Deliverable, ...]
    rebaseline: str | None = None
    shown_to: ShownTo | None = None
    """Who reads it besides the parties; None: nobody."""
    actions: ActionRules = ActionRules()

    def debtor(self, deliverable: Deliverable) -> str:
        """The service that owes the deliverable."""
        return self.supplier if deliverable.owed_by == "supplier" else self.client

    def creditor(self, deliverable: Deliverable) -> str:
        """The service that the deliverable is owed to."""
        return self.client if deliverable.owed_by == "supplier" else self.supplier
