"""`/personal/{position}`: what an event said about people; `/access-log`: who read what; `/kept`: what is kept where, until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from dashboards.explanations import sealed_words
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import breakable, link
from dashboards.pages.protection.asked import wanted_of
from dashboards.pages.sign_in.noted import about
from domain.saying import Said
from services.access_log import SORTS
from services.protection.listing import kept_months, read_log
from services.protection.looking import Sealing, Value, look, read_sealing

A_PAGE = 100
Asked = Annotated[str, Query(max_length=200)]
_json = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode


def add_protection(router: APIRouter, pages: Pages) -> None:
    _add_personal(router, pages)
    _add_lists(router, pages)


def _add_personal(router: APIRouter, pages: Pages) -> None:
    @router.get("/personal/{position}")
    def event(request: Request, position: int) -> Response:
        view = View(pages, request)
        return _event(view, read_sealing(view.seen, position), None)

    @router.post("/personal/{position}/show")
    def show(request: Request, position: int) -> Response:
        """A form, so that nobody else's page makes somebody look."""
        view = View(pages, request)
        with view.state():
            return _event(view, *look(view.seen, position))


def _add_lists(router: APIRouter, pages: Pages) -> None:
    @router.get("/access-log")
    def access_log(
        request: Request,
        person: Asked = "",
        kind: Asked = "",
        since: Asked = "",
        until: Asked = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        view = View(pages, request)
        wanted = wanted_of(view, person, kind, since, until)
        rows = read_log(view.seen.history, view.who, wanted, A_PAGE + 1, (page - 1) * A_PAGE)
        asked = {"person": person, "kind": kind, "since": since, "until": until}
        return view.render(
            "protection/access-log.html",
            rows=[(row, about(view, row)) for row in rows[:A_PAGE]],
            sorts=SORTS,
            asked=asked,
            csv=link("/exports/access-log.csv", **asked),
            newer=link("/access-log", **asked, page=page - 1) if page > 1 else "",
            older=link("/access-log", **asked, page=page + 1) if len(rows) > A_PAGE else "",
        )

    @router.get("/kept")
    def kept(request: Request) -> Response:
        view = View(pages, request)
        months = kept_months(view.seen.history, view.who)
        return view.render(
            "protection/kept.html",
            kept_places=[(one, isinstance(one.where, Said)) for one in pages.places],
            months=[(one, _until(view, one.until)) for one in months],
        )


def _event(view: View, found: Sealing, values: Sequence[Value] | None) -> Response:
    return view.render(
        "protection/personal.html",
        found=found,
        service=view.service(found.service),
        time=view.moments().moment(found.time, seconds=True),
        stands=sealed_words(found.standing, view.moments()),
        values=[(path, breakable(_text(value))) for path, value in values or ()],
        is_shown=values is not None,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json(value).decode()


def _until(view: View, until: int | None) -> str:
    return view.language.day(view.moments().local_date(until), year=True) if until is not None else ""
