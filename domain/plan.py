"""What an action comes to: its steps, its means, and how its effect is looked for. As stored: plain values that compare."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import NotRequired

from typing_extensions import TypedDict

from domain.decisions import DecisionRefused
from domain.saying import said


class Step(TypedDict):
    """`weight` is at least 1; `due` a local date, YYYY-MM-DD."""

    id: str
    text: str
    weight: int
    due: str | None


class Money(TypedDict):
    """`amount`: whole minor units of the currency, without tax."""

    year: int
    amount: int
    currency: str


class Means(TypedDict):
    hours: int | None
    money: list[Money]


class EffectTerms(TypedDict):
    """How many units are looked at after and before, and how sure one wants to be (`90 %`); None: as the contract says."""

    after: int | None
    before: int | None
    sure: str | None


class Plan(TypedDict):
    steps: list[Step]
    means: Means | None
    effect: EffectTerms | None


NO_PLAN: Plan = {"steps": [], "means": None, "effect": None}


class CitedDocument(TypedDict):
    """`date`: a local date, of when the document is; `url`: where it is, never fetched."""

    title: str
    date: NotRequired[str]
    page: NotRequired[str]
    sha256: NotRequired[str]
    url: NotRequired[str]


class Ground(TypedDict):
    """What a reference names (MEETING "References"), or a document, and the position at which it was cited."""

    ref: str | None
    document: CitedDocument | None
    position: int


def done_share(steps: Sequence[Step], done: Collection[str], *, is_closed: bool) -> Fraction:
    """The weight of the steps that are done, of all; without steps 0 until it is closed, and then 1. No percentage is typed."""
    whole = sum(one["weight"] for one in steps)
    if not whole:
        return Fraction(int(is_closed))
    return Fraction(sum(one["weight"] for one in steps if one["id"] in done), whole)


def require_step(steps: Sequence[Step], step: str) -> None:
    """Raises DecisionRefused where the plan has no such step."""
    if all(one["id"] != step for one in steps):
        raise DecisionRefused(said("the plan has no step “{step}”", step=step))
