"""`/personal/{position}`: what an event said about people; `/access-log`: who read what; `/kept`: what is kept where, until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from dashboards.explanations import sealed_words
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import asks
from dashboards.pages.house.templates import breakable
from dashboards.pages.protection.log_listing import LOG, shown_log
from dashboards.pages.sign_in.noted import about
from domain.saying import Said
from services.protection.listing import kept_months
from services.protection.looking import Sealing, Value, look, read_sealing

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
    @router.get("/access-log", dependencies=[asks(LOG)])
    def access_log(request: Request) -> Response:
        view = View(pages, request)
        shown = shown_log(view)
        return view.render(
            "protection/access-log.html", list=shown, rows=[(row, about(view, row)) for row in shown.rows]
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
