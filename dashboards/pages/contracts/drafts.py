"""`/drafts`: drafts of contracts that services keep: kept from the editor, listed with the contracts, gone on with, thrown away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from dashboards.pages.contracts.based import editor_address, last_proposal
from dashboards.pages.contracts.box_faces import Faces
from dashboards.pages.contracts.sheet import Sheet
from dashboards.pages.house.frame import View, error_page
from dashboards.pages.house.given import Pages
from dashboards.pages.house.sending import Fields, Lasting, decided
from dashboards.pages.house.templates import link
from services.access import Right, not_theirs
from services.contracts.drafts import Draft, Drafts, Written
from services.contracts.rows import ContractRow

KEEPING: Final = ("keep-draft", "keep-another")
"""The verbs of the editor that keep what was typed; the second as another draft."""
Typed = Annotated[str, Form(max_length=200)]


def drafts_of(view: View) -> list[Draft]:
    """Those that the reader may go on with."""
    return view.pages.store.use(Drafts).of(view.who)


def draft_address(draft: Draft) -> str:
    """Where one goes on with it."""
    return link(f"/contracts/{draft.contract}/edit" if draft.contract else "/new-contract", draft=draft.id)


def opened(view: View, contract: str, id: str) -> Draft | None:
    """The draft that the address names; None where it names none, or where the page shows what was typed. Raises NotFound."""
    if not id or view.typed:
        return None
    found = view.pages.store.use(Drafts).read(view.who, id)
    if found.contract != contract:
        return None
    view.typed = {"draft": found.id, "revision": str(found.revision), "based_on": found.based_on}
    return found


def kept_now(view: View) -> Draft | None:
    """The draft that is worked on, as it is kept; None where there is none, or where it was thrown away meanwhile."""
    id = view.typed.get("draft", "")
    return next((one for one in drafts_of(view) if one.id == id), None) if id else None


def keep(view: View, contract: ContractRow | None, sheet: Sheet) -> Draft:
    """Keeps what was typed: in its draft, or as another. Raises Refused where somebody else kept that meanwhile."""
    if contract and not view.who.may(Right.BIND, contract.supplier, contract.client):
        raise not_theirs(view.who, contract.id, contract.supplier, contract.client)
    is_another = view.typed.get("verb") == "keep-another"
    revision = view.typed.get("revision", "")
    title = Faces(view, sheet.tree).title(sheet.tree) or (contract.id if contract else "")
    based_on = view.typed.get("based_on") or (last_proposal(contract) if contract else "")
    written = Written(
        _service(view, contract, sheet), contract.id if contract else "", title, sheet.file, based_on[:60]
    )
    number = int(revision) if revision.isdecimal() and len(revision) < 10 else 0
    return view.pages.store.use(Drafts).keep(
        view.who, written, "" if is_another else view.typed.get("draft", ""), number
    )


def _service(view: View, contract: ContractRow | None, sheet: Sheet) -> str:
    """The party for which its writer may propose; of a contract whose parties are not said yet, a service of theirs."""
    parties = (
        (contract.supplier, contract.client) if contract else (sheet.tree.get("supplier"), sheet.tree.get("client"))
    )
    known = [one for one in (*parties, *sorted(view.who.services)) if isinstance(one, str) and one]
    return next((one for one in known if view.who.may(Right.BIND, one)), known[0] if known else "")


def thrown_away(view: View) -> None:
    """Throws away the draft that was proposed."""
    if (kept := kept_now(view)) is not None:
        view.pages.store.use(Drafts).throw_away(view.who, kept.id)


def keeping(
    view: View, contract: ContractRow | None, sheet: Sheet, again: Callable[[], Response], *, kept: Callable[[], None]
) -> Response:
    """The answer to who keeps a draft, once it is `kept`: its own address; a refusal shows the editor with what was typed."""

    def keep_it() -> Draft:
        made = keep(view, contract, sheet)
        kept()
        return made

    def where(made: object) -> str:
        assert isinstance(made, Draft)
        return draft_address(made)

    page, words = editor_address(contract), repr(sorted(view.typed.items()))
    ticket = view.typed.get("ticket", "")
    return decided(view, ticket, keep_it, then=page, again=again, page=page, found=where, words=words)


def add_drafts(router: APIRouter, pages: Pages) -> None:
    @router.post("/drafts/{id}/throw-away")
    def throw_away(request: Request, id: str, fields: Fields, ticket: Typed = "") -> Response:
        view = View(pages, request, {"id": id, "verb": "throw-away"})

        def again() -> Response:
            assert view.problem is not None
            return error_page(view, view.problem)

        drafts = pages.store.use(Drafts)
        final = Lasting("throw_draft_away", fields, lambda: drafts.read(view.who, id).title)
        thrown = lambda: drafts.throw_away(view.who, id)  # noqa: E731
        return decided(view, ticket, thrown, then="/contracts", again=again, final=final)
