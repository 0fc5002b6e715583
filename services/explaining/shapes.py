"""Explanations as JSON: what `entente explain --json` prints and `/v1/explain` answers. Instants are local to the contract's zone."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from domain.faults import Wanted
from domain.figures import Status
from domain.terms import Aggregate, Operator
from services.api.sealed import Sealed
from services.api.shapes import Day, Moment
from services.arrivals.comparing import Operand, Stands
from services.explaining.rule_shapes import Duration, Exact, Path, RuleOfKind
from services.figures.shapes import Begun, ByVerdict, Figure, Number, Verdict, Within

InWords = Annotated[dict[str, list[str]], Field(description="The same in sentences, by language: en, fr.")]

# What would have made it another verdict

TimeCode = Literal[
    "delivered_by", "missing_by", "closed_by", "closed_before", "unclosed_by", "pause", "late_after", "up_before", "updated_by",
]  # fmt: skip
VolumeCode = Literal["volume", "volume_so_far"]


class TimeChange(TypedDict):
    """`closed_before` and `up_before` exclude the limit; the others include it."""

    code: TimeCode
    limit: Moment


_There = TypedDict("_There", {"is": Annotated[Stands, Field(description="What stands there.")]})


class NotGood(_There):
    """A condition that does not hold. `found`: what stands there, cut where it is long. `wants`: what it is compared with."""

    code: Literal["good"]
    path: Path
    expected: Annotated[str, Field(description="The condition as text.", examples=["ge 63"])]
    found: str
    operator: Operator
    operand: Operand
    wants: Wanted


class Mistyped(_There):
    """What stands there cannot be compared: the contract `wants` another type."""

    code: Literal["mistyped"]
    path: Path
    wants: Wanted
    found: str


class Absent(_There):
    """Nothing stands there."""

    code: Literal["absent"]
    path: Path
    wants: Wanted


Comparison = NotGood | Mistyped | Absent


class ScoreChange(TypedDict):
    """From `satisfied` on an answer is satisfied."""

    code: Literal["score"]
    satisfied: Exact
    found: Exact | None


class VolumeChange(TypedDict):
    """The band, both ends included. `volume_so_far`: the period is not over."""

    code: VolumeCode
    low: Exact
    high: Exact
    found: Exact


ChangedBy = TimeChange | Comparison | ScoreChange | VolumeChange

# Why an occurrence has its verdict


class Matched(TypedDict):
    """Who matched the event by hand."""

    by: str
    at: Moment
    text: str


class ExplainingEvent(TypedDict):
    """An event that had a say. `type`, `recorded` and `received` are null where it is no longer there."""

    position: Annotated[int, Field(description="Of its entry in the history.")]
    role: Annotated[str, Field(examples=["delivered", "opened", "closed"])]
    type: str | None
    source: str
    id: str
    time: Annotated[Moment, Field(description="When it happened.")]
    recorded: Annotated[Moment | None, Field(description="When its source wrote it down, where it says so.")]
    received: Annotated[Moment | None, Field(description="When it came here.")]
    value: Annotated[
        str | int | bool | None, Field(description="What its role needs of it: a due time, a reason, a number.")
    ]
    decided: Annotated[bool, Field(description="Whether the verdict is what it is for this event.")]
    sealed: Annotated[Sealed | None, Field(description="How what is sealed of it stands; null where nothing is.")]
    matched: Matched | None


class ClosedDay(TypedDict):
    day: Day
    because: Annotated[str, Field(description="weekly, holiday, closure, agreed")]


class OpenDay(TypedDict):
    day: Day
    hours: Annotated[str, Field(examples=["09:00-12:00, 13:00-17:00"])]


class LookedUp(TypedDict):
    """The path that the duration was looked up by, the value there, and whether a duration is named after it."""

    path: Path
    value: str | None
    named: bool


class Pause(Begun):
    """`until` is null while it runs. `due`: the due after it."""

    reason: str | None
    due: Moment


class Counted(TypedDict):
    """How a due and a limit came about: the days between `start` and the limit on which the calendar never opens, the hours of those
    on which it does, and the pauses. `nominal`: the date of the rule, where a closed day moved it."""

    start: Moment | None
    duration: Duration | None
    nominal: Day | None
    closed_days: list[ClosedDay]
    more_closed_days: Annotated[int, Field(description="How many more than are listed.")]
    opening_hours: list[OpenDay]
    more_open_days: Annotated[int, Field(description="How many more than are listed.")]
    by: LookedUp | None
    due_without_pauses: Moment | None
    pauses: list[Pause]


class AgreedExcuse(Within):
    """An accepted excuse that hides the verdict, or an agreed closure that took time out: of `keys`, or in [from, until)."""

    id: str
    reason: str
    text: str
    keys: list[str]
    accepted_by: str
    accepted_at: Moment


class Recomputed(TypedDict):
    """A published version of a calendar that moved the limit; null: not owed, or not to be known. `rebaseline`: why it changed what was
    past."""

    calendar: str
    version: int
    by: str
    at: Moment
    before: Moment | None
    after: Moment | None
    rebaseline: str | None


class WhyOccurrence(TypedDict):
    """Why an occurrence has its verdict: the rule, when it was due, the events that decided it, what would have changed it."""

    commitment: str
    key: str
    verdict: Annotated[
        Verdict | None, Field(description="None of a measure, which has a value, and of what counts nowhere.")
    ]
    standing: Annotated[str, Field(description="owed, measured; of what counts nowhere why: dropped, without-due")]
    value: Annotated[str | None, Field(description="Exact: a measure, a score, the sum of a volume.")]
    underlying: Annotated[Verdict | None, Field(description="The verdict that an excuse hides.")]
    period: str
    version: Annotated[int, Field(description="Of the contract, by which it is judged.")]
    rule: RuleOfKind
    calendar: str | None
    due: Moment | None
    due_utc: Annotated[Moment | None, Field(description="The same in UTC.")]
    limit: Annotated[Moment | None, Field(description="In time until then.")]
    closed: Moment | None
    reason: str | None
    flags: list[str]
    events: list[ExplainingEvent]
    summed: Annotated[
        int | None, Field(description="Of a volume: how many events its period counts; `events` are the first.")
    ]
    bad_seconds: Annotated[
        Number | None, Field(description="Of an outage, or of stale data: of service time, so far as time has come.")
    ]
    changed_by: Annotated[list[ChangedBy], Field(description="What would have made it another verdict.")]
    counted: Counted | None
    excuses: Annotated[list[AgreedExcuse], Field(description="Those that hide the verdict.")]
    closures: Annotated[list[AgreedExcuse], Field(description="Agreed closures between its opening and its limit.")]
    recomputed: list[Recomputed]


class WhyOccurrenceInWords(WhyOccurrence):
    words: InWords


# Why a figure is what it is

Sign = Literal["≥", "≤"]
JudgedCode = Literal["needs_judged"]
ValueCode = Literal["value_kept", "value_needed"]
BadTimeCode = Literal["can_bear_time", "too_much_time"]
MissesCode = Literal["can_bear", "too_many", "can_bear_in_a_row", "too_many_in_a_row"]


class JudgedChange(TypedDict):
    """`count` more must be judged before it counts."""

    code: JudgedCode
    count: Exact
    min_count: int


class OfVersion(TypedDict):
    version: NotRequired[
        Annotated[int, Field(description="Where several wordings counted, each with a target of its own.")]
    ]


class ValueChange(OfVersion):
    """The value that keeps it, or would have."""

    code: ValueCode
    sign: Sign
    bound: Exact


class BadTimeChange(OfVersion):
    """How many seconds of bad time more it can bear, or fewer it needed; `allowed` in the whole period."""

    code: BadTimeCode
    seconds: Exact
    allowed: Exact


class MissesChange(OfVersion):
    """How many misses more it can bear, or fewer it needed."""

    code: MissesCode
    misses: int


FigureChangedBy = JudgedChange | ValueChange | BadTimeChange | MissesChange


class Together(TypedDict):
    """The numbers that a value was put together from. `rank`: of percentiles, which one of them in ascending order, from 1, it is."""

    aggregate: Aggregate
    count: int
    total: Exact
    rank: int | None


class ExplainedSegment(Within):
    """The part of a period under one wording. `reached` is compared with `bound`: shares, values (times in microseconds), or misses."""

    version: int
    rule: RuleOfKind
    calendar: str | None
    target: str
    counts: Annotated[ByVerdict, Field(description="Those that are not 0.")]
    reached: Annotated[Exact | None, Field(description="Null where nothing was judged.")]
    sign: Sign
    bound: Exact
    is_reached: bool | None
    values: Together | None


class LeftOut(TypedDict):
    """What is in no total, where it is not 0."""

    pending: NotRequired[int]
    excused: NotRequired[int]
    unknown: NotRequired[int]
    without_due: NotRequired[int]


class Miss(TypedDict):
    key: str
    verdict: Verdict
    due: Moment | None
    closed: Moment | None


class WhyFigure(TypedDict):
    """Why the figure of one target and period is what it is: what was counted under which wording, how it compares with the target, and
    what would have changed it."""

    commitment: str
    target_index: int
    period: str
    status: Status
    figure: Figure
    exact: Annotated[Exact | None, Field(description="The value, not rounded.")]
    segments: list[ExplainedSegment]
    left_out: LeftOut
    misses: Annotated[list[Miss], Field(description="The first of those that count against it, of `miss_count`.")]
    miss_count: int
    min_count: Annotated[int, Field(description="How many must be judged before it counts.")]
    changed_by: Annotated[list[FigureChangedBy], Field(description="What would have changed it.")]


class WhyFigureInWords(WhyFigure):
    words: InWords
