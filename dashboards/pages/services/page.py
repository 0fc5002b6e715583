"""`/services/{id}`: what a service owes and is owed, its parts, people, tools, calendars and actions, in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from dashboards.pages.breaches.page import Listed, listed
from dashboards.pages.figures.standings import Standing, most_exposed, strip_or_trend
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
from dashboards.plain import plain
from dashboards.standing import is_on_track
from domain.saying import said
from services.breaches.action_pages import read_action_lines, read_named_actions, read_overdue_ids
from services.contracts.calendar_rows import CalendarRow
from services.directory.reading import read_sources
from services.directory.rows import ServiceRow
from services.errors import NotFound

MOST = 8
"""Rows of each list; the list itself, narrowed to the service, has the others."""


@dataclass(frozen=True)
class Owed:
    """What a service owes (`name` is `owes`), or is owed (`owed`). `rows` are the most exposed, each with its strip and the other
    service; `path` leads to all of them."""

    name: str
    rows: tuple[tuple[Standing, Markup, str], ...]
    total: int
    on_track: int
    others: int
    path: str


@dataclass(frozen=True)
class PartOfIt:
    """A service that is a part of this one, and how much of what it owes is on track."""

    name: str
    path: str
    total: int
    on_track: int


@dataclass(frozen=True)
class CalendarOfIt:
    """A calendar that its contracts count by; `name` is empty for one that is written into its contract."""

    row: CalendarRow
    name: str
    ends: str


def service_path(id: str) -> str:
    return link(f"/services/{id}")


def owed(view: View, name: str, service: str) -> Owed:
    """The commitments that the reader sees in which the service is the debtor, or the creditor."""
    is_debtor = name == "owes"
    rows = most_exposed(
        view, [row for row in view.commitments if (row.debtor if is_debtor else row.creditor) == service]
    )
    others = [one.row.creditor if is_debtor else one.row.debtor for one in rows]
    shown = tuple((one, strip_or_trend(view, one), other) for one, other in zip(rows[:MOST], others, strict=False))
    path = link("/portfolio", **{"debtor" if is_debtor else "creditor": service}) + "#exposed"
    return Owed(name, shown, len(rows), _on_track(rows), len(set(others)), path)


def _on_track(rows: Sequence[Standing]) -> int:
    return sum(is_on_track(one.disc) for one in rows)


def parts(view: View, service: str) -> list[PartOfIt]:
    """The services that say to be a part of this one, by name."""
    totals, kept = Counter[str](), Counter[str]()
    for one in most_exposed(view, view.commitments):
        totals[one.row.debtor] += 1
        kept[one.row.debtor] += is_on_track(one.disc)
    found = [
        PartOfIt(view.service(row.id), service_path(row.id), totals[row.id], kept[row.id])
        for row in view.services.values()
        if row.part_of == service
    ]
    return sorted(found, key=lambda one: (plain(one.name), one.path))


def actions(view: View, service: str) -> tuple[list[Listed], int, int]:
    """The open actions that the service has, the first due first, as many as are listed; how many there are, and how many of them
    are overdue."""
    lines = [one for one in read_action_lines(view.seen) if one.owner == service and one.state == "open"]
    lines.sort(key=lambda one: (one.due is None, one.due or "", one.id))
    rows = read_named_actions(view.seen, [one.id for one in lines[:MOST]])
    overdue = read_overdue_ids(view.seen)
    return listed(view, rows), len(lines), sum(one.id in overdue for one in lines)


def calendars(view: View, service: str) -> list[CalendarOfIt]:
    """The calendars of the contracts that the service is party to."""
    mine = {row.id for row in view.contracts.values() if service in (row.supplier, row.client)}
    return [
        CalendarOfIt(row, row.id, view.language.day(row.last_day, year=True) if row.last_day else "")
        for row in view.calendars
        if mine & set(row.contracts)
    ]


def service_page(view: View, id: str) -> Response:
    """Raises NotFound for a service of which the reader sees nothing."""
    row = view.services.get(id)
    if row is None:
        raise NotFound(said("there is no service “{service}”", service=id))
    above = row.part_of if row.part_of in view.services else None
    mine, due, overdue = actions(view, id)
    return view.render(
        "services/service.html",
        row=row,
        title=view.service(id),
        above=(view.service(above), service_path(above)) if above else None,
        sides=[owed(view, name, id) for name in ("owes", "owed")],
        parts=parts(view, id),
        people=_people(view, row),
        tools=[one for one in read_sources(view.seen) if one.service == id],
        calendars=calendars(view, id),
        contracts=sum(id in (one.supplier, one.client) for one in view.contracts.values()),
        actions=mine,
        actions_open=due,
        actions_overdue=overdue,
        near=view.near(),
    )


def _people(view: View, row: ServiceRow) -> list[tuple[str, str, bool]]:
    """Who works there: the name, the address where the reader may see it, whether they sign for it; heads first."""
    people = sorted((id not in row.heads, plain(name), id, email) for id, name, email in row.people)
    return [(view.person(f"{row.id}/{id}"), email, not is_other) for is_other, _, id, email in people]


def add_services(router: APIRouter, pages: Pages) -> None:
    @router.get("/services/{id}")
    def service(request: Request, id: str) -> Response:
        return service_page(View(pages, request), id)
