"""An action with its plan, as the API shows and takes it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from domain.plan import CitedDocument
from services.actions.citing import GroundState
from services.api.shapes import Day, Moment, Note, Sent, Title, Words
from services.breaches.shapes import Action

Amount = Annotated[str, Field(description="In the main unit of the currency, as text.", examples=["1800.00"])]
Share = Annotated[str, Field(description="With four places.", examples=["0.6667"])]
DayText = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Short = Annotated[str, Field(max_length=300)]


class StepDone(TypedDict):
    by: str
    at: Moment


class Step(TypedDict):
    id: str
    text: str
    weight: int
    due: Day | None
    done: StepDone | None


class EscalatedStep(TypedDict):
    text: str
    due: Day | None
    done: bool


class Escalated(TypedDict):
    """What an arbiter sees of an action that was escalated to them."""

    id: str
    contract: str
    contract_title: Title
    title: Annotated[str, Field(description="Empty where the platform opened it: see `cause`.")]
    cause: str
    owner: str
    due: Day | None
    steps: list[EscalatedStep]


class Money(TypedDict):
    year: int
    amount: Amount
    currency: str


class Means(TypedDict):
    hours: int | None
    money: list[Money]


class Spending(Note):
    year: int
    amount: Amount
    currency: str


class Balance(TypedDict):
    """Of one year and one currency: two currencies are never added. `ratio` is null where nothing was planned."""

    year: int
    currency: str
    planned: Amount
    spent: Amount
    ratio: Share | None


class Evidence(TypedDict):
    by: str
    at: Moment
    positions: list[int]
    document: dict[str, str] | None


class Ground(TypedDict):
    """`is_shown`: false of what is cited, and not shown to who asks: nothing else is said of it then."""

    reference: str | None
    document: CitedDocument | None
    position: int | None
    is_shown: bool
    state: GroundState | None
    then: list[str] | None
    now: list[str] | None


class Change(Note):
    """A day, a person or an owner that was another one before; or it was reopened (`check`: by which effect check)."""

    review: str | None
    check: int | None
    due: list[str | None] | None
    owner: list[str] | None
    person: list[str | None] | None


class Check(TypedDict):
    check: int
    verdict: str
    kept: bool | None
    before: dict[str, int]
    after: dict[str, int]
    p_better: str | None
    p_worse: str | None
    position: int
    at: Moment


class LadderStep(TypedDict):
    """`limit`: null where the contract's calendar ends before it (`calendar-ended`)."""

    step: int
    to: list[str]
    limit: Moment | None
    reached: Moment | None
    because: Annotated[str | None, Field(examples=["calendar-ended"])]


class Effect(TypedDict):
    after: int | None
    before: int | None
    sure: str | None


class ActionWhole(Action):
    scope: str
    trigger: str | None
    review: str | None
    grounds: list[Ground]
    steps: list[Step]
    done: Annotated[Share, Field(description="Of its steps, by weight; without steps 0 until it is closed, then 1.")]
    means: Means | None
    effect: Effect | None
    spent: list[Spending]
    money: list[Balance]
    evidence: list[Evidence]
    changes: list[Change]
    undone: dict[str, str]
    effective_from: Day | None
    checks: list[Check]
    step: Annotated[int, Field(description="The highest step of the contract's ladder that was reached; 0: none.")]
    ladder: list[LadderStep]


class Closing(Sent):
    text: Words
    effective_from: DayText | None = None
    undone: Annotated[dict[Short, Words], Field(max_length=50)] = {}


class Planning(Sent):
    """As a plan file says it."""

    steps: Annotated[list[dict[str, Any]], Field(max_length=100)] | None = None
    means: dict[str, Any] | None = None
    effect: dict[str, Any] | None = None


class StepSaid(Sent):
    """`undo`: it is not done after all; with a reason."""

    undo: bool = False
    reason: Annotated[str, Field(max_length=10_000)] = ""


class Spent(Sent):
    amount: Annotated[str, Field(max_length=40, description="In the main unit, as text; negative to correct.")]
    currency: Annotated[str, Field(max_length=10)]
    text: Words
    year: Annotated[int, Field(ge=1990, le=2199)] | None = None


class Shown(Sent):
    positions: Annotated[list[Annotated[int, Field(ge=1)]], Field(max_length=50)] = []
    title: Annotated[str, Field(max_length=300)] | None = None
    sha256: Annotated[str, Field(max_length=64)] | None = None
    url: Annotated[str, Field(max_length=2_000)] | None = None


class Rescheduling(Sent):
    due: DayText
    reason: Words


class Reopening(Sent):
    reason: Words
    due: DayText | None = None


class Reassigning(Sent):
    reason: Words
    owner: Short | None = None
    person: Short | None = None


class Grounding(Sent):
    references: Annotated[list[Annotated[str, Field(max_length=500)]], Field(min_length=1, max_length=50)]
