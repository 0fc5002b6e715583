"""The shapes of what the API takes and answers, as its description publishes them. What is answered is made by the
functions `*_json`; a test holds both to each other."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Party = Literal["supplier", "client"]
Verdict = Literal["pending", "met", "late", "missing", "failed", "excused", "unknown"]
Moment = Annotated[str, Field(description="ISO 8601 with an offset", examples=["2026-03-10T12:58:00+01:00"])]
Day = Annotated[str, Field(description="YYYY-MM-DD", examples=["2026-03-10"])]
Title = Annotated[dict[str, str], Field(description='Texts by language; "" stands for every language.')]
ExcuseReason = Literal["client-fault", "supplier-fault", "force-majeure", "agreed-closure", "dependency", "other"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


# What is sent


class Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Said(Sent):
    text: Words


class Reason(Sent):
    reason: Words


class Side(Sent):
    """For which party, where one acts for both."""

    party: Party | None = None


class Refusing(Side):
    reason: Words


class Commenting(Sent):
    clause: Annotated[str, Field(max_length=300, description="Path in the document; empty for the whole.")] = ""
    text: Words


class Terminating(Side):
    until: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$", description="The last day, in the contract's zone.")]


class Opening(Sent):
    commitment: str
    text: Words
    person: Annotated[str, Field(max_length=300)] | None = None
    due: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] | None = None


class Asking(Sent):
    """Either `keys` of a commitment, or `from` and `until` of a contract, deliverable or commitment."""

    commitment: Annotated[
        str, Field(description="contract/deliverable/criterion; with an interval contract/deliverable or contract too")
    ]
    keys: Annotated[list[str], Field(max_length=1_000)] = []
    from_: Annotated[Moment | None, Field(alias="from")] = None
    until: Annotated[Moment | None, Field(description="Not included.")] = None
    reason: ExcuseReason
    text: Words
    evidence: Annotated[list[int], Field(max_length=1_000, description="Positions of events.")] = []
    party: Annotated[Party | None, Field(description="For which party, where one acts for both.")] = None


class Accepting(Sent):
    text: Annotated[str, Field(max_length=10_000)] = ""


class Matching(Sent):
    position: Annotated[int, Field(description="Of the event.")]
    commitment: Annotated[str, Field(max_length=300, description="contract/deliverable/criterion")]
    key: Annotated[str, Field(max_length=512, description="Of the occurrence that the event belongs to.")]
    role: Annotated[
        str | None,
        Field(
            max_length=20, description="As what it is evidence (opened, closed…), where no selector of a case says so."
        ),
    ] = None
    text: Annotated[str, Field(max_length=10_000)] = ""


class Advancing(Sent):
    to: Moment
    contract: Annotated[str, Field(max_length=300, description="Only the events of this contract.")] | None = None


# What is answered


class Done(BaseModel):
    """`position` is that of the entry which says so; `is_judged` whether what is shown knows it."""

    id: str
    position: int
    is_judged: bool


class Applied(Done):
    kind: Literal["contract", "calendar", "service"]
    outcome: Literal["proposed", "unchanged", "published", "described"]
    version: int
    changes: list[str]
    signed: list[str]


class Advanced(Done):
    watermark: Moment
    has_moved: bool


class Retried(Done):
    result: Literal["accepted", "duplicate", "quarantined"]
    problem: dict[str, Any] | None


class Note(BaseModel):
    by: str
    at: Moment
    text: str


class Signature(BaseModel):
    party: Party
    service: str
    by: str
    at: Moment


class Comment(BaseModel):
    clause: str
    text: str
    by: str
    at: Moment


class Acknowledgement(BaseModel):
    by: str
    at: Moment | None


class Proposal(BaseModel):
    number: int
    effective: Day
    proposed_by: str
    signed_by: list[Party]


class Version(BaseModel):
    number: int
    proposal: int
    state: Literal["proposed", "refused", "withdrawn", "replaced", "signed", "in force", "past"]
    effective: Day
    proposed_by: str
    proposed_at: Moment
    signatures: list[Signature]
    comments: list[Comment]
    differences: list[str]
    refusal: str | None
    document: Annotated[
        dict[str, Any], Field(description="The contract file, as `entente schema contract` describes it.")
    ]


class Contract(BaseModel):
    id: str
    title: Title
    supplier: str
    client: str
    state: Literal["proposed", "signed", "in force", "expired", "terminated", "refused", "withdrawn"]
    timezone: str
    valid_from: Day
    valid_until: Day | None
    effective: Day
    next_review: Moment | None
    proposal: Annotated[Proposal | None, Field(description="What waits for a signature.")]


class Weights(BaseModel):
    """`score` is the weight kept of the weight judged; null where nothing was judged. Weights are exact decimals."""

    score: Annotated[str | None, Field(examples=["0.8611"])]
    kept_weight: str
    judged_weight: str


class ScoredCommitment(BaseModel):
    """`kept` is null where it is not judged: not in the score."""

    commitment: str
    weight: str
    kept: bool | None


class MissingCommitment(BaseModel):
    commitment: str
    weight: str
    because: Literal["open", "no_data"]


class ContractScore(Weights):
    """Of the commitments with a target over that period; `sides` by the party that owes."""

    period: str
    from_: Annotated[Moment, Field(alias="from")]
    until: Moment | None
    sides: dict[Party, Weights]
    commitments: list[ScoredCommitment]
    missing: list[MissingCommitment]


class Unmonitored(BaseModel):
    commitment: str
    owner: str | None
    because: str


class WholeContract(Contract):
    scores: list[ContractScore]
    unmonitored: Annotated[list[Unmonitored], Field(description="Clauses that nobody monitors.")]
    versions: list[Version]


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


class Breach(BaseModel):
    id: str
    commitment: str
    period: str
    cause: Annotated[str, Field(examples=["late", "missing", "failed", "no-data", "target-lost", "client-obligation"])]
    key: str | None
    target_index: int | None
    state: Literal["open", "withdrawn"]
    debtor: str
    opened_at: Moment | None
    opened_position: int
    acknowledged: Acknowledgement | None
    explanations: list[Note]
    action: str | None


class Action(BaseModel):
    id: str
    commitment: str
    period: str | None
    cause: str
    text: str
    owner: str
    person: str | None
    due: Day | None
    state: Literal["open", "closed", "not needed"]
    is_overdue: bool
    opened_at: Moment
    progress: list[Note]
    closed: Note | None


class Answer(Note):
    verb: Literal["accepted", "refused", "disputed"]
    party: Literal["supplier", "client", "arbiter"]


class Excuse(BaseModel):
    id: str
    commitment: Annotated[str, Field(description="Or a contract, or contract/deliverable.")]
    keys: list[str]
    from_: Annotated[Moment | None, Field(alias="from")]
    until: Moment | None
    reason: ExcuseReason
    text: str
    evidence: list[int]
    party: Party
    asked_by: str
    asked_at: Moment
    position: int
    state: Literal["asked", "accepted", "refused", "disputed"]
    waits_for: Annotated[
        str | None, Field(description="The service that is to answer; `administrator` is the arbiter.")
    ]
    answers: list[Answer]


class CoveringExcuse(Excuse):
    covers: Annotated[list[Occurrence], Field(description="What it hides, or would hide if it were accepted.")]


class Review(BaseModel):
    id: Annotated[str, Field(examples=["sales-to-marketing@2026-11-03"])]
    contract: str
    starts: Moment
    ends: Moment
    state: Literal["planned", "held", "signed"]
    position: int | None
    minutes: list[Note]
    decisions: list[Note]
    signatures: list[Signature]


class Quarantined(BaseModel):
    id: str
    position: int
    received: Moment
    channel: str
    by: str
    slug: str
    problem: str
    origin: str
    state: Literal["waiting", "retried", "discarded"]
    size: int
    content: str
    encoding: Literal["utf-8", "base64"]


class Unmatched(BaseModel):
    position: int
    source: str
    id: str
    type: str
    subject: str | None
    time: Moment
    commitments: list[str]
    reason: str


class MatchNote(Note):
    verb: Literal["matched", "taken back", "accepted", "refused"]
    party: Party


class Match(BaseModel):
    """An event that a person matched to an occurrence. It counts while it is `matched` or `taking-back`."""

    id: str
    commitment: str
    event: Annotated[int, Field(description="Its position.")]
    key: str
    roles: list[str]
    state: Literal["asked", "matched", "refused", "taking-back", "taken-back"]
    waits_for: Annotated[
        str | None, Field(description="The service that is to answer, where a final period would change.")
    ]
    position: int
    notes: list[MatchNote]


class Candidate(BaseModel):
    commitment: str
    key: str
    due: Moment | None
    verdict: str


class UnmatchedEvent(BaseModel):
    position: int
    candidates: Annotated[list[Candidate], Field(description="What it may belong to, the likeliest first.")]
    matches: list[Match]


class Person(BaseModel):
    id: str
    name: str
    email: str | None


class Source(BaseModel):
    source: str
    expected_every: str | None


class Service(BaseModel):
    id: str
    title: Title
    external: bool
    part_of: str | None
    people: list[Person]
    sources: list[Source]


class Entry(BaseModel):
    position: int
    topic: Annotated[str, Field(examples=["entente.event", "entente.contract.signed"])]
    stream: str
    version: int
    received: Annotated[Moment | None, Field(description="When a fact came in.")]
    at: Annotated[Moment | None, Field(description="When a decision was taken.")]
    by: str | None
    channel: str | None
    content: dict[str, Any]


class Known(BaseModel):
    """How far what is shown knows."""

    position: int
    watermark: Moment | None


class Ready(Known):
    ready: Literal[True]
    behind: Annotated[int, Field(description="Entries that are stored and not judged yet.")]
