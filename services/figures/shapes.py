"""Commitments and figures as JSON: what `--json` prints, and the API shows."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from domain.figures import Outlook, Status
from domain.kinds.face import Counts
from domain.scores import Missing
from domain.terms import Party, TimeUnit
from services.api.shapes import Moment

Verdict = Literal["pending", "met", "late", "missing", "failed", "excused", "unknown"]
State = Literal["open", "final", "restated"]
AtRiskBecause = Literal["warn", "time", "lateness"]
"""The contract says when to warn; less than a quarter of the time is left; its debtor is usually late."""

Number = int | Annotated[Decimal, WithJsonSchema({"type": "number"})]
"""Occurrences, or seconds of service time: exact, also where they are no whole number."""
Amount = Number | None
"""None of a measure."""
ByVerdict = Annotated[
    dict[str, int],
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"enum": list(get_args(Verdict))},
            "additionalProperties": {"type": "integer"},
        }
    ),
]
"""How many occurrences have each verdict."""


class Share(TypedDict):
    good: Amount
    total: Amount


Begun = TypedDict("Begun", {"from": Moment, "until": Moment | None})
"""`until` is excluded; null where there is no end."""
Within = TypedDict("Within", {"from": Moment | None, "until": Moment | None})


class Segment(Share, Within):
    """`from` and `until` are both null where the version only reaches into the period with cases that straddle."""

    version: int


class FinalFigure(Share):
    """What a restated figure was when it became final; `position` is the entry of the history that closed it."""

    value: str | None
    status: Status
    position: int


class Slice(TypedDict):
    """`value` is null for what has no such field."""

    by: Annotated[str, Field(examples=["weekday", "hour", "data.product"])]
    value: Annotated[str | None, Field(examples=["monday"])]


class Figure(Begun):
    """`status` and `outlook` are null where it is cut: a target is judged over the whole."""

    commitment: str
    target_index: int
    period: str
    slice: Slice | None
    state: State
    counts: ByVerdict
    expected: Amount
    judged: Amount
    unknown: Annotated[
        Amount, Field(description="What there was and cannot be judged, counted as `judged` is; in no sum.")
    ]
    raw: Share
    adjusted: Share
    value: Annotated[str | None, Field(examples=["0.8889"])]
    target: str
    status: Status | None
    outlook: Outlook | None
    segments: list[Segment]
    final: FinalFigure | None
    causes: list[int]
    counted: Counts
    without_due: int
    misses_left: int | None
    unmonitored: Annotated[str | None, Field(description="Why nobody monitors the commitment: no owner, no event yet.")]
    share: Annotated[str | None, Field(description="Of satisfaction: the share that is satisfied.")]
    mean: Annotated[str | None, Field(description="Of satisfaction: the mean score.")]
    unit: Annotated[TimeUnit | None, Field(description="Of a value that is a time.")]
    position: int
    watermark: Moment | None


class OwnLateness(TypedDict):
    """`seconds` after the due within which the debtor stays that often; null where it does not come at all."""

    over: int
    quantile: str
    seconds: str | None


class Risk(TypedDict):
    """Of what is pending while its clock runs. `lateness` is null where the contract says when to warn."""

    time_used: Annotated[str, Field(examples=["0.7500"])]
    because: AtRiskBecause | None
    lateness: OwnLateness | Literal["not enough history"] | None


class Occurrence(TypedDict):
    commitment: str
    key: str
    period: str
    due: Moment | None
    limit: Moment | None
    opened: Moment | None
    closed: Moment | None
    underlying: Annotated[Verdict | None, Field(description="The verdict that an excuse hides.")]
    verdict: Annotated[Verdict | None, Field(description="None of a measure, which has a value.")]
    version: int
    flags: list[str]
    reason: str | None
    at_risk: bool
    risk: Risk | None
    evidence: Annotated[list[int], Field(description="Positions of the events that decide it.")]
    value: Annotated[str | None, Field(description="Exact: a measure, a score, the sum of a volume.")]


class Weights(TypedDict):
    """`score` is the weight kept of the weight judged; null where nothing was judged, and while something is open. Weights are exact
    decimals."""

    score: Annotated[str | None, Field(examples=["0.8611"])]
    kept_weight: str
    judged_weight: str
    open_weight: Annotated[str, Field(description="Of what is neither kept nor lost yet.")]


class ScoredCommitment(TypedDict):
    """`kept` is null where it is not judged: not in the score."""

    commitment: str
    weight: str
    kept: bool | None


class MissingCommitment(TypedDict):
    commitment: str
    weight: str
    because: Missing


class ContractScore(Weights, Begun):
    """Of the commitments with a target over that period; `sides` by the party that owes."""

    period: str
    sides: dict[Party, Weights]
    commitments: list[ScoredCommitment]
    missing: list[MissingCommitment]
