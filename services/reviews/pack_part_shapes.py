"""The parts of a review pack: figures of both sides, breaches, actions, excuses, and what is to be decided.

A field is described where it stands, or by the name of what it holds: `docs/pack.md` and OpenAPI say the same words. Moments are
ISO 8601 **with the contract's offset**, so that they are shown as they are written and need no time zone data.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, final

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from domain.terms import Party

Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
Number = Annotated[int | Decimal, WithJsonSchema({"type": "number"})]
"""Of occurrences, or of seconds of service time: exact, also where it is no whole number."""
Title = dict[str, str]
"""Texts by language; one for every language is under the key ""."""

Person = Annotated[str, Field(description="A name, or SERVICE/PERSON.")]
At = Annotated[Moment, Field(description="When that was.")]
PeriodId = Annotated[str, Field(description="2026-10, 2026-W45, 2026-Q4…")]


class PackNamed(TypedDict):
    """What a part of a pack is about, and how it is called."""

    commitment: Annotated[str, Field(description="contract/deliverable/criterion")]
    deliverable: Annotated[Title, Field(description="Its title; empty for a commitment that is no more.")]
    criterion: Annotated[Title, Field(description="Its title; empty for a commitment that is no more.")]


class PackShare(TypedDict):
    """How much of how much."""

    good: Annotated[
        Number | None, Field(description="Kept: occurrences or seconds, as `counted` says; null of a measure.")
    ]
    total: Annotated[Number | None, Field(description="Of so many; null of a measure.")]


class PackReached(PackShare):
    """What a figure came to, at one time or another."""

    value: Annotated[str | None, Field(description="As `value` of the figure; null where nothing was measured.")]


class PackFinal(PackReached):
    """A figure as it was when its period closed."""

    status: str
    """met, breached, no_data"""
    position: int
    """The entry of the history at which the period closed."""


@final
class PackTrend(TypedDict):
    """One period of a figure."""

    period: PeriodId
    status: str
    """As `status` of the figure."""
    state: str
    """As `state` of the figure."""
    outlook: str | None
    """As `outlook` of the figure; null where it has none."""
    over: bool
    """The period's end has passed."""
    judged: Number
    """As `judged` of the figure."""


class PackFigure(PackNamed):
    """One target with the last period that ended before the review, else the one under way."""

    target_index: int
    """Which target of the commitment, from 0."""
    target: str
    """at_least 90 %, max_misses 1…"""
    per: str
    """month, week, 30 days…"""
    period: PeriodId
    state: str
    """open, final, restated"""
    counts: dict[str, int]
    """Occurrences by verdict: pending, met, late, missing, failed, excused, unknown."""
    expected: Number | None
    """How many there will be in the whole period; null where it has no end."""
    judged: Number
    """How many have a verdict."""
    unknown: Number
    """What there was and cannot be judged, counted as `judged` is; in no sum."""
    raw: PackShare
    """Before excuses."""
    adjusted: PackShare
    """After excuses: what the target is held against."""
    value: str | None
    """The value with four places, a share as part of 1; null where nothing was measured."""
    counted: str
    """What good and total count: occurrences, seconds (of service time), values (a measure, which has neither)."""
    unit: str | None
    """Of a value that is a time: s, min, h; null of others."""
    mean: str | None
    """Of satisfaction: the mean score; null of others."""
    status: str
    """open, met, breached, no_data"""
    outlook: str | None
    """Of an open period: safe, tight, lost; null where none can be said."""
    over: bool
    """The period's end has passed."""
    final: PackFinal | None
    """Of a restated figure, what it was; null of others."""
    was_counts: dict[str, int] | None
    """Of a restated figure, `counts` as they were; null of others."""
    causes: list[int]
    """Positions of the entries that restated it."""
    trend: list[PackTrend]
    """The last 13 periods, ascending; this one is the last."""


class PackSide(TypedDict):
    """What one party owes the other."""

    party: Party
    """supplier, client"""
    debtor: str
    """The service that owes."""
    creditor: str
    """The service that is owed."""
    figures: list[PackFigure]
    """One for each target."""


@final
class PackNote(TypedDict):
    """What somebody said."""

    by: Person
    at: At
    text: str
    """In the words of who said it."""


class PackSeen(TypedDict):
    """Who has seen a breach."""

    by: Annotated[str | None, Field(description="A name, or SERVICE/PERSON; null where that is not known.")]
    at: At


class PackClosed(PackSeen):
    """Who has closed an action."""

    text: str | None
    """What came of it, in the words of who closed it; null where nothing was said."""


class PackEvidence(TypedDict):
    """One of the misses behind a breach."""

    position: int | None
    """The entry of the history that decided it; null where nothing came."""
    key: str
    """The occurrence."""
    verdict: str
    """late, missing, failed"""
    due: Moment | None
    """When it was due; null where nothing says so."""
    closed: Moment | None
    """When it was done; null where it was not."""


class PackBreach(PackNamed):
    """Open and to be examined, or withdrawn since the review before."""

    id: str
    """As in addresses."""
    debtor: str
    """The service that owes."""
    period: PeriodId
    cause: str
    """late, missing, failed, no-data, target-lost, client-obligation"""
    key: str | None
    """The occurrence that matters on its own; null where it is the period."""
    state: str
    """open, withdrawn, past (it lies before the contract was in use)"""
    opened_at: Moment | None
    """When its limit or period passed; null where that is not known."""
    opened_position: int
    """The entry of the history that opened it."""
    evidence: list[PackEvidence]
    """At most 12 misses, by date."""
    acknowledged: PackSeen | None
    """Who has seen it; null where nobody said so."""
    explanations: list[PackNote]
    """Why, in the order in which it was said."""
    action: str | None
    """The id of what is done about it; null without one."""


class PackAction(PackNamed):
    """Open, or closed since the review before."""

    id: str
    """As in addresses."""
    cause: str
    """The cause of its breach, or opened-by-hand."""
    text: str
    """What is to be done; empty where the cause says it."""
    owner: str
    """The service that does it."""
    person: str | None
    """Who does it there; null where nobody is named."""
    due: Day | None
    """Its last day; null without one."""
    state: str
    """open, closed, not needed"""
    is_overdue: bool
    """It is open past its date."""
    opened_at: Moment
    """When it was opened."""
    progress: list[PackNote]
    """What was said of it, in that order."""
    closed: PackClosed | None
    """Who closed it, and how; null while it is open."""


class PackAnswer(TypedDict):
    """The answer to an excuse."""

    verb: str
    """accepted, refused, disputed"""
    party: str
    """supplier, client, arbiter"""
    by: Person
    at: At
    text: str
    """In the words of who gave it; empty where nothing was said."""


PackInterval = TypedDict(
    "PackInterval",
    {
        "from": Annotated[Moment | None, Field(description="Its first moment; null where it names keys.")],
        "until": Annotated[Moment | None, Field(description="Its end, not included; null where it names keys.")],
    },
)


class PackExtent(PackInterval):
    """Which occurrences an excuse is asked for: those of its keys, or of its interval."""

    keys: Annotated[list[str], Field(description="The occurrences that it names; empty where it names an interval.")]


class PackAsked(PackExtent):
    """What is asked for, by whom and why."""

    commitment: Annotated[str, Field(description="A contract, contract/deliverable or commitment.")]
    deliverable: Annotated[Title | None, Field(description="Its title; null of a whole contract.")]
    criterion: Annotated[Title | None, Field(description="Its title; null of more than a commitment.")]
    reason: Annotated[
        str, Field(description="client-fault, supplier-fault, force-majeure, agreed-closure, dependency, other")
    ]
    text: Annotated[str, Field(description="Why, in the words of who asks.")]
    party: Annotated[str, Field(description="For which party it is asked: supplier, client.")]
    state: Annotated[str, Field(description="asked, accepted, refused, disputed")]


class PackExcuse(PackAsked):
    """Asked or answered since the review before, still waiting, or behind what a figure leaves out."""

    id: str
    """As in addresses."""
    covers: int
    """How many occurrences it hides."""
    evidence: list[int]
    """Positions of events that bear it out."""
    asked_by: Person
    asked_at: At
    waits_for: str | None
    """The service that is to answer, administrator for the arbiter; null where nobody is."""
    answers: list[PackAnswer]
    """In the order in which they were given."""


class PackRestated(PackNamed):
    """A figure that was final and changed, to take note of."""

    code: Literal["restated"]
    """Always restated."""
    period: PeriodId
    before: str
    """13/17, or the value with its unit."""
    after: str
    """The same, as it is now."""
    verdicts: dict[str, list[int]]
    """How many occurrences had a verdict before, and have it now: of those verdicts that changed."""
    causes: list[int]
    """Positions of the entries that restated it."""


class PackUnexplained(PackNamed):
    """An open breach that nobody has explained."""

    code: Literal["unexplained"]
    """Always unexplained."""
    breach: str
    """Its id."""
    period: PeriodId


class PackOverdue(PackNamed):
    """An action past its date."""

    code: Literal["overdue"]
    """Always overdue."""
    action: str
    """The id of the action."""
    text: str
    """What is to be done; empty where the cause says it."""
    cause: str
    """The cause of its breach, or opened-by-hand."""


class PackChange(TypedDict):
    """One clause that changes."""

    clause: list[str]
    """Where it stands in the contract, part by part."""
    before: str | None
    """Its wording in force; null where it is new."""
    after: str | None
    """Its wording to come; null where it goes."""


class PackAmendment(TypedDict):
    """A version of the contract that waits for a signature."""

    code: Literal["amendment"]
    """Always amendment."""
    version: int
    """Its number."""
    effective: Day
    """From when it is to be in force."""
    proposed_by: Person
    differences: list[PackChange]
    """What it changes, in the order of the contract."""


class PackPleading(PackAsked):
    """An excuse that waits for an answer."""

    code: Literal["excuse"]
    """Always excuse."""
    excuse: str
    """The id of the excuse."""


PackDecision = Annotated[
    PackAmendment | PackPleading | PackRestated | PackUnexplained | PackOverdue, Field(discriminator="code")
]
"""Something that waits for the meeting: its code says what."""
