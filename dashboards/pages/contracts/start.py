"""`/new-contract`: a contract that nobody knows yet, from a sample of its kind or a copy of another; the editor does the rest."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from dashboards.pages.contracts.based import NEW, next_month
from dashboards.pages.contracts.drafts import opened
from dashboards.pages.contracts.editor import Named, came_back, checked_as_typed, editor_page, form_sent, worked_on
from dashboards.pages.contracts.sheet import Sheet, document_of
from dashboards.pages.contracts.starting import SAMPLES, copy_file, sample_file
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.sending import ByName
from dashboards.pages.house.templates import link
from domain.saying import said
from services.access import Right
from services.contract_files import tree_from_canonical
from services.contracts.applied import Applied
from services.contracts.reading import read_contract, read_contracts
from services.errors import NotAllowed, NotFound, Refused


def start_page(view: View) -> Response:
    _require_party(view)
    copies = sorted((view.to(row.title), row.id) for row in view.contracts.values())
    return view.render("contracts/start.html", kinds=list(SAMPLES), copies=copies)


def _require_party(view: View) -> None:
    if not view.who.may(Right.BIND):
        raise NotAllowed(
            said("who may sign for a service proposes its contracts"),
            mend=view.who.named_as(said("act as one of the parties")),
        )


def _parties(view: View) -> tuple[str, str]:
    """The reader's own service as the supplier, and another one as the client."""
    own = sorted(view.who.services) or sorted(view.services) or ["supplier"]
    others = [id for id in view.services if id != own[0]]
    return own[0], (others or ["client"])[0]


def _sample(view: View, kind: str) -> str:
    if kind not in SAMPLES:
        raise NotFound(said("there is no sample of a {kind}", kind=kind))
    zone, first = view.pages.zone, next_month(view, None)
    return sample_file(kind, *_parties(view), zone, first, owner=view.who.person or "", taken=list(view.contracts))


def _copied(view: View, id: str) -> str:
    contract = read_contract(view.seen, id)
    return copy_file(tree_from_canonical(contract.versions[-1].document), next_month(view, None), list(view.contracts))


def add_start(router: APIRouter, pages: Pages) -> None:
    @router.get(NEW)
    def start(request: Request, kind: str = "", copy: str = "", draft: Named = "", anew: Named = "") -> Response:
        view = View(pages, request)
        if kind or copy or draft or "file" in view.typed:
            _require_party(view)
            if (page := came_back(view, None)) is not None:
                return page
        kept = opened(view, "", draft)
        if "file" not in view.typed and not kind and not copy and not kept:
            return start_page(view)
        if "file" in view.typed:
            return worked_on(view, None)
        file = kept.file if kept else _copied(view, copy) if copy else _sample(view, kind)
        return editor_page(view, None, Sheet(file, is_new=True))

    @router.post(NEW)
    def work(request: Request, form: ByName) -> Response:
        """Works as the editor of an amendment does."""
        view = View(pages, request, form)
        _require_party(view)

        def allow(sheet: Sheet) -> None:
            if document_of(sheet.file).tree.get("contract") in [row.id for row in view.look(read_contracts)]:
                raise Refused(
                    said("a contract of that id is there already"),
                    mend=said("another `contract:`"),
                    slug="contract-taken",
                )

        return form_sent(view, None, allow, then=lambda sheet: _made_before(view, sheet), found=_first_version)

    @router.post(f"{NEW}/check")
    def check(request: Request, form: ByName) -> Response:
        view = View(pages, request, form)
        _require_party(view)
        with view.state():
            return checked_as_typed(view, None)


def _made_before(view: View, sheet: Sheet) -> str:
    """Where the same form leads that was sent before: to what it made, if that is there."""
    id = sheet.tree.get("contract")
    known = [row.id for row in view.look(read_contracts)]
    return link(f"/contracts/{id}/versions/1") if isinstance(id, str) and id in known else "/contracts"


def _first_version(made: object) -> str:
    return link(f"/contracts/{made.id}/versions/1") if isinstance(made, Applied) else "/contracts"
