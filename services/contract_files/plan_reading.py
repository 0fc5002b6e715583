"""An action file, or a plan alone: what it may not say though its form is good, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.money import parse_amount
from domain.plan import EffectTerms, Means, Money, Plan, Step
from domain.saying import said, said_by
from services.contract_files.documents import Document, Path, Problem, Tree, by_place
from services.contract_files.models import plan_form_problems
from services.contract_files.tree_reading import text_of


def check_plan(document: Document) -> list[str]:
    """All problems of a plan that stands by itself: steps, means, effect."""
    return plan_form_problems(document) or by_place(plan_problems(document))


def plan_problems(document: Document) -> Iterator[Problem]:
    """Steps of one id, and amounts that are none of their currency."""
    seen: set[str] = set()
    for number, step in enumerate(document.tree.get("steps", ())):
        if step["id"] in seen:
            what = said("the id “{id}” is taken already", id=step["id"])
            yield document.problem(("steps", number, "id"), what, said("each id once"))
        seen.add(step["id"])
    for number, line in enumerate(document.tree.get("means", {}).get("money", ())):
        at: Path = ("means", "money", number, "amount")
        try:
            amount = parse_amount(line["amount"], line["currency"])
        except ValueError as error:
            yield document.problem(at, said_by(error), said('a text such as "1800.00"'))
            continue
        if amount < 0:
            yield document.problem(at, said("less than nothing is no plan"), said("0 or more"))


def plan_of(tree: Tree, language: str) -> Plan:
    """The plan of a tree of good form; texts in that language, else as `Text.to` chooses."""
    means, effect = tree.get("means"), tree.get("effect")
    return {
        "steps": [_step(one, language) for one in tree.get("steps", ())],
        "means": _means(means) if means else None,
        "effect": _effect(effect) if effect else None,
    }


def _step(tree: Tree, language: str) -> Step:
    due = tree.get("due")
    text = " ".join(text_of(tree["text"], "").to(language).split())
    return {
        "id": tree["id"],
        "text": text,
        "weight": tree.get("weight", 1),
        "due": str(due) if due is not None else None,
    }


def _means(tree: Tree) -> Means:
    return {"hours": tree.get("hours"), "money": [_money(one) for one in tree.get("money", ())]}


def _money(tree: Tree) -> Money:
    amount = parse_amount(tree["amount"], tree["currency"])
    return {"year": tree["year"], "amount": amount, "currency": tree["currency"]}


def _effect(tree: Tree) -> EffectTerms:
    return {"after": tree.get("after"), "before": tree.get("before"), "sure": tree.get("sure")}


def grounds_of(tree: Tree) -> list[tuple[str | None, dict[str, Any] | None]]:
    """What an action file rests on: references, and documents."""
    return [
        (one, None) if isinstance(one, str) else (None, {name: str(said) for name, said in one["document"].items()})
        for one in tree.get("because", ())
    ]
