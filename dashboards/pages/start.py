"""`/new-contract`: a contract that nobody knows yet, from a sample of its kind or a copy of another; the editor does the rest."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from dashboards.pages.editor import (
    NEW,
    PREFIX,
    Fields,
    Typed,
    checked,
    day_of,
    document_of,
    editor_page,
    filled,
    next_month,
)
from dashboards.pages.frame import Pages, View, link
from dashboards.pages.posting import check_origin, decided
from dashboards.pages.starting import SAMPLES, copy_file, sample_file
from services.contract_files import tree_from_canonical
from services.contracting import Applied
from services.errors import DocumentInvalid, EntenteError, NotAllowed, NotFound, Refused


def start_page(view: View) -> Response:
    _require_party(view)
    copies = sorted((view.to(row.title), row.id) for row in view.contracts.values())
    return view.render("start.html", kinds=list(SAMPLES), copies=copies)


def _require_party(view: View) -> None:
    if view.who.role == "auditor":
        raise NotAllowed("an auditor proposes nothing", mend="act as one of the parties")


def _parties(view: View) -> tuple[str, str]:
    """The reader's own service as the supplier, and another one as the client."""
    own = sorted(view.who.services) or sorted(view.services) or ["supplier"]
    others = [id for id in view.services if id != own[0]]
    return own[0], (others or ["client"])[0]


def _sample(view: View, kind: str) -> str:
    if kind not in SAMPLES:
        raise NotFound(f"there is no sample of a {kind}")
    zone, first = view.pages.zone, next_month(view, None)
    return sample_file(kind, *_parties(view), zone, first, owner=view.who.person or "", taken=list(view.contracts))


def _copied(view: View, id: str) -> str:
    contract = view.reading.contract(view.who, id)
    return copy_file(tree_from_canonical(contract.versions[-1].document), next_month(view, None), list(view.contracts))


def _is_form(name: str) -> bool:
    return name.startswith(PREFIX)


def add_start(router: APIRouter, pages: Pages) -> None:
    @router.get(NEW)
    def start(request: Request, kind: str = "", copy: str = "") -> Response:
        view = View(pages, request)
        if not kind and not copy:
            return start_page(view)
        _require_party(view)
        return editor_page(view, None, _copied(view, copy) if copy else _sample(view, kind))

    @router.post(NEW)
    def work(request: Request, form: Fields) -> Response:
        """As in the editor of an amendment: put the form into the file, check, try on the past, propose."""
        check_origin(request)
        verb, file = form.get("verb", "check"), form.get("file", "").replace("\r\n", "\n")
        view = View(pages, request, {"verb": verb})
        _require_party(view)
        first, last = form.get("first", ""), form.get("last", "")

        def again(error: EntenteError | None = None) -> Response:
            view.problem = error
            return editor_page(view, None, file, first=first, last=last)

        try:
            if verb == "fill":
                file = filled(file, _of_form(form), is_new=True)
                return again()
            if verb == "try":
                tried = pages.deciding.try_file(view.who, file, day_of(first), day_of(last))
                return editor_page(view, None, file, tried=tried, first=first, last=last)
            if verb != "propose":
                return again()
        except DocumentInvalid:
            return again()
        except EntenteError as error:
            return again(error)

        def propose() -> Applied:
            if document_of(file).tree.get("contract") in View(pages, request).contracts:
                raise Refused(
                    "a contract of that id is there already", mend="another `contract:`", slug="contract-taken"
                )
            try:
                return pages.deciding.propose_file(view.who, file)
            except NotAllowed as error:
                raise Refused(error.message, mend=error.mend) from error

        return decided(
            pages.tickets,
            request,
            form.get("ticket", ""),
            propose,
            then="/contracts",
            again=again,
            found=_first_version,
        )

    @router.post(f"{NEW}/check")
    def check(request: Request, file: Typed = "") -> Response:
        check_origin(request)
        view = View(pages, request)
        return view.render("checked.html", found=checked(view, None, file.replace("\r\n", "\n")))

    @router.post(f"{NEW}/fill")
    def fill(request: Request, form: Fields) -> Response:
        check_origin(request)
        file = form.get("file", "").replace("\r\n", "\n")
        return PlainTextResponse(filled(file, _of_form(form), is_new=True))


def _of_form(form: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in form.items() if _is_form(name)}


def _first_version(made: object) -> str:
    return link(f"/contracts/{made.id}/versions/1") if isinstance(made, Applied) else "/contracts"
