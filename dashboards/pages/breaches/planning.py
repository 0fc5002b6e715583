"""`/actions/{id}/plan`: the form of an action's plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from dashboards.pages.house.changing import (
    Change,
    Field,
    Fields,
    Group,
    Rows,
    change_page,
    changed,
    typed_rows,
)
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
from dashboards.words import action_words
from domain.money import show_amount
from domain.plan import Plan
from domain.saying import said
from services.access import Right
from services.actions.acting import Acting
from services.breaches.reading import read_action
from services.contract_files import Document, Tree, as_file, read_bytes
from services.contracts.applied import Applied


def plan_tree(plan: Plan) -> Tree:
    """The plan as its file says it."""
    steps: list[Tree] = [{key: value for key, value in one.items() if value is not None} for one in plan["steps"]]
    means, effect = plan["means"], plan["effect"]
    money = [
        {**one, "amount": show_amount(one["amount"], one["currency"])} for one in (means["money"] if means else ())
    ]
    takes = _said({"hours": means["hours"] if means else None, "money": money})
    looks = {key: value for key, value in (effect or {}).items() if value is not None}
    return _said({"steps": steps, "means": takes, "effect": looks})


def _change(view: View, id: str) -> Change:
    row = read_action(view.seen, id)
    view.who.require(Right.TAKE_PART, row.owner, said("changing this action"))
    language, tree = view.language, plan_tree(row.plan)
    means, effect = tree.get("means", {}), tree.get("effect", {})

    def words(key: str) -> str:
        return language.text(f"action.plan.{key}")

    steps = Rows(
        "steps",
        words("steps"),
        (Field("step", words("step")), Field("step_text", words("step_text")), Field("step_weight", words("step_weight")),
         Field("step_due", words("step_due"), shape="day")),
        [[str(one.get(key, "")) for key in ("id", "text", "weight", "due")] for one in tree.get("steps", ())],
        words("steps_hint"),
    )  # fmt: skip
    money = Rows(
        "money",
        words("money"),
        (Field("year", words("year")), Field("amount", words("amount")), Field("currency", words("currency"))),
        [[str(one[key]) for key in ("year", "amount", "currency")] for one in means.get("money", ())],
        words("money_hint"),
    )
    looked = [Field(key, words(key), str(effect.get(key, ""))) for key in ("after", "before", "sure")]
    address = link(f"/actions/{id}")
    title = action_words(row.text, row.cause, language)
    return Change(
        words("title"),
        title,
        ((language.text("nav.actions"), link("/actions")), (title, address)),
        f"{address}/plan",
        address,
        (
            Group(words("steps"), (steps,)),
            Group(words("means"), (Field("hours", words("hours"), str(means.get("hours", ""))), money)),
            Group(words("effect"), looked),
        ),
        tree,
        lambda typed: _typed(typed, steps, money),
        lambda after, dry_run: _apply(view, id, after, dry_run),
    )


def _typed(typed: Mapping[str, str], steps: Rows, money: Rows) -> Tree:
    """What the form says as a plan file; what is typed as no number stays as it is, to be refused where it stands."""
    found: list[Tree] = [
        _said(
            {"id": one["step"], "text": one["step_text"], "weight": _number(one["step_weight"]), "due": one["step_due"]}
        )
        for one in typed_rows(typed, steps)
    ]
    lines = [
        {"year": _number(one["year"]), "amount": one["amount"].replace(",", "."), "currency": one["currency"].upper()}
        for one in typed_rows(typed, money)
    ]
    means = _said({"hours": _number(typed.get("hours", "")), "money": lines})
    effect = _said({key: _number(typed.get(key, "")) for key in ("after", "before", "sure")})
    return _said({"steps": found, "means": means, "effect": effect})


def _said(tree: Mapping[str, object]) -> Tree:
    """Without the keys that say nothing; a 0 says something, and is refused where it may not stand."""
    return {key: value for key, value in tree.items() if value not in ("", None, [], {})}


def _number(text: str) -> Any:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _document(tree: Tree) -> Document:
    [document] = read_bytes(as_file(tree or {"steps": []}).encode(), "plan")
    return document


def _apply(view: View, id: str, tree: Tree, dry_run: bool) -> Applied:
    acting = view.pages.store.use(Acting)
    if dry_run:
        acting.require_plan(view.who, id, _document(tree))
        return Applied("action", id, "described", 1)
    return Applied("action", id, "described", 1, position=acting.plan(view.who, id, _document(tree)))


def add_planning(router: APIRouter, pages: Pages) -> None:
    @router.get("/actions/{id}/plan")
    def show(request: Request, id: str) -> Response:
        view = View(pages, request)
        return change_page(view, _change(view, id))

    @router.post("/actions/{id}/plan")
    def answer(request: Request, id: str, form: Fields) -> Response:
        return changed(View(pages, request, form), lambda view: _change(view, id))
