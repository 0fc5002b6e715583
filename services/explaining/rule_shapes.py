"""The rules of clauses as JSON, one shape a kind of indicator."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, final

from pydantic import Field
from typing_extensions import TypedDict

from domain.terms import Aggregate, OnClosedDay, Operator, Per, TimeUnit, WithoutDue
from services.arrivals.comparing import Operand

Duration = Annotated[str, Field(description="As in a contract file.", examples=["2 working days"])]
Path = Annotated[str, Field(description="A path in an event.", examples=["data.priority"])]
Exact = Annotated[str, Field(description="An exact number: decimal, or a fraction.", examples=["8/9", "0.5"])]


class _Rule(TypedDict):
    """The rule of the clause, in the words of its version; `zone` is where its times are local."""

    zone: str


@final
class PunctualityRule(_Rule):
    """`at`: the local times of the days that `every` names. `tolerance`: from the due on. `matched_by`: how an event names its date."""

    kind: Literal["punctuality"]
    every: str
    at: list[str]
    on_closed_day: OnClosedDay
    tolerance: Duration
    matched_by: str


@final
class DeadlineRule(_Rule):
    """`due`: where the event that opens a case says until when."""

    kind: Literal["deadline"]
    due: Path
    key: Path
    tolerance: Duration
    without_due: WithoutDue


Limit = Annotated[
    Duration | dict[str, Duration],
    Field(
        description="A duration, or a table: `by` names a path, the others say what its value gives, `else` what others do."
    ),
]


@final
class TurnaroundRule(_Rule):
    """`within` includes its end, `under` does not; one of them is there. `pauses`: the reasons that stop the clock, by who causes
    them."""

    kind: Literal["turnaround"]
    key: Path
    within: NotRequired[Limit]
    under: NotRequired[Limit]
    pauses: NotRequired[dict[str, list[str]]]


@final
class ConformityRule(_Rule):
    """`good`: by path the conditions that must all hold, by operator. Decimal numbers are text, so that they stay exact."""

    kind: Literal["conformity"]
    good: dict[Path, dict[Operator, Operand]]


@final
class MeasureRule(_Rule):
    """`value`: where the number stands. `unit`: what it is, where it is a time."""

    kind: Literal["measure"]
    value: Path
    aggregate: Aggregate
    unit: TimeUnit | None
    key: Path | None


@final
class SatisfactionRule(_Rule):
    """`scale`: its two ends, both included. From `satisfied` on an answer is satisfied."""

    kind: Literal["satisfaction"]
    score: Path
    scale: list[Exact]
    satisfied: Exact


@final
class VolumeRule(_Rule):
    """`band`: the share of `expected` by which it may differ. `value`: where the number stands that is added up; null where events are
    counted."""

    kind: Literal["volume"]
    per: Per
    expected: Exact
    band: Annotated[str, Field(examples=["20 %"])]
    value: Path | None


@final
class AvailabilityRule(_Rule):
    kind: Literal["availability"]
    ignore_shorter_than: Duration


@final
class FreshnessRule(_Rule):
    kind: Literal["freshness"]
    max_age: Duration


RuleOfKind = (
    PunctualityRule
    | DeadlineRule
    | TurnaroundRule
    | ConformityRule
    | MeasureRule
    | SatisfactionRule
    | VolumeRule
    | AvailabilityRule
    | FreshnessRule
)
