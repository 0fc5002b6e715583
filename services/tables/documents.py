"""What the documents of tables hold, as whoever reads them finds it: JSON of one declared shape each."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from domain.excuses import Category
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
