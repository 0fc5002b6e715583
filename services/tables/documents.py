"""What the documents of tables hold, as whoever reads them finds it: JSON of one declared shape each."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from domain.effect import EffectVerdict, WhyIncomparable
from domain.excuses import Category
from domain.plan import Ground, Plan
from domain.terms import Party
from domain.times import Instant

ActionState = Literal["open", "closed", "not needed"]
ExcuseState = Literal["asked", "accepted", "refused", "disputed"]
Verb = Literal["accepted", "refused", "disputed"]
Answerer = Literal["supplier", "client", "arbiter"]


class StoredNote(TypedDict):
    by: str
    at: Instant
    text: str


class StoredStepDone(TypedDict):
    by: str
    at: Instant


class StoredEvidence(StoredStepDone):
    positions: list[int]
    document: dict[str, str] | None


class StoredSpending(StoredNote):
    """`amount`: whole minor units of the currency."""

    amount: int
    currency: str
    year: int


class StoredChange(StoredNote):
    """Each change: from what, to what. `review`: whose decision it was; `check`: the one that reopened it."""

    review: NotRequired[str | None]
    check: NotRequired[int | None]
    due: NotRequired[tuple[str | None, str | None]]
    owner: NotRequired[tuple[str, str]]
    person: NotRequired[tuple[str | None, str | None]]


class StoredClosing(StoredNote):
    effective_from: str | None
    undone: dict[str, str] | None


class StoredCheck(TypedDict):
    check: int
    verdict: EffectVerdict
    before: dict[str, int]
    after: dict[str, int]
    kept: bool | None
    p_better: str | None
    p_worse: str | None
    from_key: str | None
    to_key: str | None
    position: int
    at: Instant


class StoredEscalation(TypedDict):
    step: int
    to: list[str]
    at: Instant


class StoredAcceptance(StoredNote):
    review: str


class StoredAction(TypedDict):
    """`due` is a local date, YYYY-MM-DD. `moment`, of what the platform opens: the instant at which time or evidence asked for
    it."""

    action: str
    commitment: str
    period: str
    cause: str
    text: str
    owner: str
    person: str | None
    due: str | None
    moment: Instant | None
    state: ActionState
    progress: list[StoredNote]
    title: NotRequired[str]
    comments: NotRequired[list[StoredNote]]
    scope: NotRequired[str | None]
    trigger: NotRequired[str | None]
    review: NotRequired[str | None]
    grounds: NotRequired[list[Ground]]
    plan: NotRequired[Plan]
    done: NotRequired[dict[str, StoredStepDone]]
    evidence: NotRequired[list[StoredEvidence]]
    spent: NotRequired[list[StoredSpending]]
    changes: NotRequired[list[StoredChange]]
    closings: NotRequired[list[StoredClosing]]
    checks: NotRequired[list[StoredCheck]]
    escalations: NotRequired[list[StoredEscalation]]
    accepted: NotRequired[StoredAcceptance]
    closing: StoredNote | None
    by: str
    at: Instant | None
    """None of what the platform has asked for, and the history does not say yet."""


class StoredAnswer(StoredNote):
    verb: Verb
    party: Answerer


class AskedExcuse(TypedDict):
    """[since, until) where both are said. `evidence` are positions of the history. `moment` as of an action."""

    excuse: str
    scope: str
    keys: list[str]
    since: Instant | None
    until: Instant | None
    category: Category
    text: str
    evidence: list[int]
    party: Party
    moment: Instant | None


class StoredExcuse(AskedExcuse):
    state: ExcuseState
    answers: list[StoredAnswer]
    by: str
    at: Instant | None
    """None of what the platform proposes, and the history does not say yet."""


def began(document: StoredAction | StoredExcuse) -> Instant:
    """When it was opened or asked: of what the platform did, when time or evidence called for it."""
    began = document["at"] if document["moment"] is None else document["moment"]
    assert began is not None
    return began


StoredUnit = tuple[str, Instant, bool | None]
"""The key of a unit of an effect check, where it stands, and whether it was missed; None: it pends."""


class StoredWindow(TypedDict):
    """`units`: those that it holds, of the `of` that it is to hold."""

    missed: int
    judged: int
    of: int
    units: list[StoredUnit]


class StoredEffect(TypedDict):
    """An effect check as it stands (MEETING §5). Shares are exact, as `1/5`; None until both windows are whole."""

    verdict: EffectVerdict
    why: WhyIncomparable | None
    kept: bool | None
    before: StoredWindow
    between: list[StoredUnit]
    after: StoredWindow
    trigger: str | None
    trigger_at: Instant | None
    p_better: str | None
    p_worse: str | None
    at_most: str | None
    sure: str
