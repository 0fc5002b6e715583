"""`POST /contracts/{id}/terminate`: gives a contract a last day, once its reader has confirmed what that does."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from dashboards.pages.contracts.based import day_of
from dashboards.pages.contracts.page import contract_page
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.sending import Fields, Lasting, decided
from dashboards.pages.house.templates import link
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contract
from services.errors import Invalid

Typed = Annotated[str, Form(max_length=200)]


def add_terminating(router: APIRouter, pages: Pages) -> None:
    @router.post("/contracts/{id}/terminate")
    def terminate(request: Request, id: str, fields: Fields, last: Typed = "", ticket: Typed = "") -> Response:
        view = View(pages, request, {"verb": "terminate", "last": last})
        contract = view.look(read_contract, id)

        def again() -> Response:
            return contract_page(view, read_contract(view.seen, id))

        def about() -> str:
            return f"{view.to(contract.title)} · {view.language.text('terminate.last', day=view.language.short_date(day_of(last)))}"

        def may_end() -> object:
            return pages.store.use(Contracting).require_end(view.who, id, day_of(last))

        def ended() -> object:
            return pages.store.use(Contracting).terminate(view.who, id, day_of(last))

        here, is_day = link(f"/contracts/{id}"), _is_day(last)
        final = Lasting("terminate_contract", fields, about, may_end) if is_day else None
        return decided(view, ticket, ended, then=here, again=again, final=final)


def _is_day(text: str) -> bool:
    """What is no day is refused before anything is asked."""
    try:
        return bool(day_of(text))
    except Invalid:
        return False
