"""`/causes`: the lists of root causes; `/repeats`: what repeats in a contract, by root cause."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from dashboards.pages.causes.listing import REPEATS, Line, lines_of, open_breaches, repeats_asked, shown_repeats
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import asks
from dashboards.pages.house.templates import link
from dashboards.paretos import Bar, pareto
from domain.repeats import Miss
from services.causes.reading import read_lists
from services.causes.rows import RepeatsRow
from services.figures.shown import score_number

MOST_OFFERED = 20
"""Contracts that are offered where none was chosen, those with the most open breaches."""


def repeats_page(view: View) -> Response:
    row = repeats_asked(view)
    shown = shown_repeats(view, row)
    contract = view.contracts[row.contract] if row is not None else None
    return view.render(
        "causes/repeats.html",
        list=shown,
        row=row,
        contract=contract,
        clock=view.moments(contract.timezone if contract else None),
        sentence=sentence(view, row) if row is not None else "",
        drawing=_drawing(view, row) if row is not None and row.groups else "",
        weight=lambda one: view.language.decimal(Decimal(score_number(one))),
        ways={one.group.cause: _way(one) for one in shown.rows},
        offered=[] if row is not None else _offered(view),
        elsewhere=open_breaches(view)[row.contract] if row is not None and not row.groups else 0,
        since_first=link("/repeats", contract=contract.id, since=contract.valid_from.isoformat()) if contract else "",
    )


def sentence(view: View, row: RepeatsRow) -> str:
    """`2 of 5 causes make 14 of 18 misses.`"""
    found, language = row.found, view.language
    held = language.counted("repeats.held", found.misses, held=found.few_misses)
    return language.counted("repeats.sentence", found.few, all=len(found.groups), held=held)


def _drawing(view: View, row: RepeatsRow) -> Markup:
    lines, text = lines_of(view, row), view.language.text
    said = [text("repeats.group", called=one.called, n=len(one.group.misses)) for one in lines]
    name = f"{sentence(view, row)} {', '.join(said)}"
    return pareto(bars(lines, row.found.few), text("repeats.three_quarters"), name)


def bars(lines: Sequence[Line], few: int) -> list[Bar]:
    """A bar for each group, in their order; what stands in one above it already makes it no longer."""
    held: set[Miss] = set()
    found = []
    for index, one in enumerate(lines):
        before = len(held)
        held |= one.group.misses
        found.append(Bar(one.called, len(one.group.misses), before, len(held), index < few))
    return found


def _way(one: Line) -> str:
    """The list of breaches, narrowed to those of a group."""
    root, cause = one.group.cause.root_cause, one.group.cause.machine_cause
    narrowed = {"root": root} if root is not None else {"root": "-", "kind": cause}
    return link("/breaches", state="open", contract=one.contract, **narrowed)


def _offered(view: View) -> list[tuple[str, str, int]]:
    """The contracts with the most open breaches: the address, the title, and how many."""
    return [
        (link("/repeats", contract=id), view.to(view.contracts[id].title), many)
        for id, many in open_breaches(view).most_common(MOST_OFFERED)
        if id in view.contracts
    ]


def add_causes(router: APIRouter, pages: Pages) -> None:
    @router.get("/causes")
    def causes(request: Request) -> Response:
        view = View(pages, request)
        return view.render("causes/causes.html", rows=read_lists(view.seen))

    @router.get("/repeats", dependencies=[asks(REPEATS)])
    def repeats(request: Request) -> Response:
        return repeats_page(View(pages, request))
