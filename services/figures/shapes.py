"""Commitments and figures as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.api.shapes import Moment

Verdict = Literal["pending", "met", "late", "missing", "failed", "excused", "unknown"]


Amount = int | float | None
"""Occurrences, or seconds of service time (exact, also where they are no whole number); None of a measure."""


class Share(BaseModel):
    good: Amount
    total: Amount


class Segment(Share):
    """`from` and `until` are both null where the version only reaches into the period with cases that straddle."""

    version: int
    from_: Annotated[Moment | None, Field(alias="from")]
    until: Moment | None


class FinalFigure(Share):
    model_config = ConfigDict(extra="allow")

    value: str | None
    status: str
    position: int


class Slice(BaseModel):
    """`value` is null for what has no such field."""

    by: Annotated[str, Field(examples=["weekday", "hour", "data.product"])]
    value: Annotated[str | None, Field(examples=["monday"])]


class Figure(BaseModel):
    """`status` and `outlook` are null where it is cut: a target is judged over the whole."""

    commitment: str
    target_index: int
    period: str
    slice: Slice | None
    state: Literal["open", "final", "restated"]
    from_: Annotated[Moment, Field(alias="from")]
    until: Moment | None
    counts: dict[Verdict, int]
    expected: Amount
    judged: Amount
    unknown: Annotated[
        Amount, Field(description="What there was and cannot be judged, counted as `judged` is; in no sum.")
    ]
    raw: Share
    adjusted: Share
    value: Annotated[str | None, Field(examples=["0.8889"])]
    target: str
    status: Literal["open", "met", "breached", "no_data"] | None
    outlook: Literal["safe", "tight", "lost"] | None
    segments: list[Segment]
    final: FinalFigure | None
    causes: list[int]
    counted: Literal["occurrences", "seconds", "values"]
    without_due: int
    misses_left: int | None
    unmonitored: Annotated[str | None, Field(description="Why nobody monitors the commitment: no owner, no event yet.")]
    share: Annotated[str | None, Field(description="Of satisfaction: the share that is satisfied.")]
    mean: Annotated[str | None, Field(description="Of satisfaction: the mean score.")]
    unit: Annotated[Literal["s", "min", "h"] | None, Field(description="Of a value that is a time.")]
    position: int
    watermark: Moment | None


class OwnLateness(BaseModel):
    """`seconds` after the due within which the debtor stays that often; null where it does not come at all."""

    over: int
    quantile: str
    seconds: str | None


class Risk(BaseModel):
    """Of what is pending while its clock runs. `lateness` is null where the contract says when to warn."""

    time_used: Annotated[str, Field(examples=["0.7500"])]
    because: Literal["warn", "time", "lateness"] | None
    lateness: OwnLateness | Literal["not enough history"] | None


class Occurrence(BaseModel):
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
