"""`/contracts/{id}/edit`: the next version of a contract, as a form, checked as one types.

The form is the truth and the file its view. Whatever button is pressed, what was typed is put into the draft; with JavaScript file,
dates and check follow the typing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from dashboards.pages.contracts.based import based, editor_address, renewed_file, require_last, start_file
from dashboards.pages.contracts.before import READING, before_page, tried_as_asked
from dashboards.pages.contracts.box_faces import Faces
from dashboards.pages.contracts.checking import Checked, checked, types_known
from dashboards.pages.contracts.drafts import KEEPING, keeping, kept_now, opened, thrown_away
from dashboards.pages.contracts.form_fields import Form, shown_now, values_now
from dashboards.pages.contracts.next_dates import dates_beside
from dashboards.pages.contracts.sheet import Sheet, document_of, removed_text, sent_sheet
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.posting import SENT, Sent
from dashboards.pages.house.sending import ByName, decided
from dashboards.pages.house.templates import link
from domain.saying import said
from services.access import Right, not_theirs
from services.arrivals.sent import read_sent
from services.contracts.applied import Applied
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.errors import NotAllowed, Refused
from services.trying.drafting import the_contract

MOST_OFFERED, MOST_SENT = 60, 12


Named = Annotated[str, Query(max_length=200)]
"""The draft that is gone on with; or that it begins for as long again; or not with what was sent from there before."""


def editor_page(
    view: View, contract: ContractRow | None, sheet: Sheet, found: Checked | None = None, *, came_back: bool = False
) -> Response:
    """The editor of the contract's next version; without a contract, of one that is new. `found`: what came of checking the draft,
    where that was done already; `came_back`: it shows what was sent from here before."""
    _require_party(view, contract)
    found = found or checked(view, contract.id if contract else None, sheet)
    form = Form(view, sheet, found.by_path()).groups()
    return view.render(
        "contracts/editor.html",
        contract=contract,
        contract_title=view.to(contract.title) if contract else "",
        address=editor_address(contract),
        sheet=sheet,
        groups=form,
        dates=dates_beside(view, sheet.tree),
        lists=_offered(view),
        sent=view.seen.once(read_sent)[:MOST_SENT],
        shown=shown_now(form, sheet),
        found=found,
        placed=found.placed(form),
        removed=removed_text(sheet.removed) if sheet.removed else "",
        removed_title=Faces(view, sheet.tree).removed(sheet.removed) if sheet.removed else "",
        opened_at=_here(view) if view.request.method == "GET" else view.typed.get("opened_at", ""),
        anew=link(view.request.url.path, **{**_asked_for(view), "anew": "yes"}) if came_back else "",
        **based(view, contract),
        draft=kept_now(view),
        rows=min(60, max(24, sheet.file.count("\n") + 3)),
    )


def _require_party(view: View, contract: ContractRow | None) -> None:
    if contract and not view.who.may(Right.BIND, contract.supplier, contract.client):
        raise not_theirs(view.who, contract.id, contract.supplier, contract.client)


def _offered(view: View) -> dict[str, list[tuple[str, str]]]:
    """What is offered beside boxes in which one types, each with what is said of it, by the name of the list: zones that are in use,
    and what tools really sent."""
    sent = view.seen.once(read_sent)
    return {
        "zone": [(one, "") for one in sorted({view.pages.zone, *(row.timezone for row in view.contracts.values())})],
        "type": list(reversed(types_known(view).items()))[:MOST_OFFERED],
        "source": [(one, "") for one in dict.fromkeys(one.source for one in sent)][:MOST_OFFERED],
        "path": list({path: text for one in reversed(sent) for path, text in one.example}.items())[:MOST_OFFERED],
    }


def _here(view: View) -> str:
    """The address that was asked for: what is sent from there is shown there again."""
    url = view.request.url
    return f"{url.path}?{url.query}" if url.query else url.path


def _asked_for(view: View) -> dict[str, str]:
    """What the address says, but for what was sent from it."""
    return {name: value for name, value in view.request.query_params.items() if name != SENT}


def came_back(view: View, contract: ContractRow | None) -> Response | None:
    """The editor as it was sent from this address before, to who comes back to it; None where nothing was, or what was sent stands
    elsewhere by now."""
    last = view.pages.sent.last(_here(view), view.who)
    if last is None or "anew" in view.request.query_params:
        return None
    view.typed, view.problem = last.typed, None
    sheet = sent_sheet(view.typed, is_new=contract is None)
    return editor_page(view, contract, sheet, came_back=True)


def _leading_on(view: View, contract: ContractRow | None) -> Response:
    """Leads to what comes of the form, and keeps for the way back what was typed."""
    _require_party(view, contract)
    view.keep(editor_address(contract))
    if opened_at := view.typed.get("opened_at", ""):
        view.pages.sent.keep(Sent(str(view.who), {**view.typed, "verb": "fill"}), at=opened_at)
    return RedirectResponse(view.address, 303)


def _stands_elsewhere(view: View) -> None:
    """What was typed is kept or proposed: the page it was sent from is again as it was."""
    view.pages.sent.forget(view.typed.get("opened_at", ""), view.who)


def worked_on(view: View, contract: ContractRow | None) -> Response:
    """What comes of a form that was sent and proposes nothing, at an address of its own, so that the browser's way back leads through
    all of them: the editor with what was typed put into the draft; or, where the draft is right and that was asked, the page on which
    it is read before it is proposed."""
    if view.request.method == "POST" and not view.address:
        return _leading_on(view, contract)
    sheet = sent_sheet(view.typed, is_new=contract is None)
    with view.state():
        found = checked(view, contract.id if contract else None, sheet)
    is_reading = found.is_right and view.typed.get("verb") in READING and view.problem is None
    tried = tried_as_asked(view, contract, sheet) if is_reading else None
    is_asked_again = found.is_right and view.typed.get("reading") and view.typed.get("verb") == "propose"
    with view.state():
        if is_reading or is_asked_again:
            return before_page(view, contract, sheet, found, tried)
        return editor_page(view, contract, sheet, found)


def form_sent(
    view: View,
    contract: ContractRow | None,
    allow: Callable[[Sheet], None],
    *,
    then: Callable[[Sheet], str],
    found: Callable[[object], str],
) -> Response:
    """One form, many buttons. Each puts what was typed into the draft; then: what it says. What is proposed `allow` may refuse; the
    way on from it is where it is `found`, and of a form that was sent before `then`."""

    def again() -> Response:
        return worked_on(view, contract)

    sheet, verb = sent_sheet(view.typed, is_new=contract is None), view.typed.get("verb")
    if verb in KEEPING:
        return keeping(view, contract, sheet, again, kept=lambda: _stands_elsewhere(view))
    if verb != "propose":
        return again()

    def propose() -> Applied:
        allow(sheet)
        _require_sure(view, contract.id if contract else None, sheet.file)
        try:
            made = view.pages.store.use(Contracting).apply(view.who, the_contract(sheet.file))
        except NotAllowed as error:
            if contract is not None:
                raise
            raise Refused(
                error.message, mend=error.mend
            ) from error  # others may be its parties: that is mended in the form
        thrown_away(view)
        _stands_elsewhere(view)
        return made

    ticket, page = view.typed.get("ticket", ""), editor_address(contract)
    return decided(view, ticket, propose, then=then(sheet), again=again, page=page, found=found, words=sheet.file)


def checked_as_typed(view: View, contract: ContractRow | None) -> Response:
    """For who types: the file with what the form says, what the form says then, and the part of the page that says what is wrong or
    what would change."""
    sheet = sent_sheet(view.typed, is_new=contract is None)
    found = checked(view, contract.id if contract else None, sheet)
    form = Form(view, sheet, found.by_path()).groups()
    part = view.render(
        "contracts/checked.html", contract=contract, found=found, placed=found.placed(form), **based(view, contract)
    )
    fields = view.render("contracts/form.html", groups=form, sheet=sheet, dates=dates_beside(view, sheet.tree))
    answer = {
        "file": sheet.file,
        "fields": values_now(form),
        "shown": shown_now(form, sheet),
        "checked": bytes(part.body).decode(),
        "form": bytes(fields.body).decode(),
    }
    return JSONResponse(answer)


def _require_sure(view: View, contract: str | None, file: str) -> None:
    """Raises Refused where the file names somebody or something that nobody knows, until that was confirmed."""
    with view.state():
        doubts = checked(view, contract, Sheet(file, is_new=contract is None)).doubts
    if doubts and view.typed.get("sure") != doubts:
        mend = said("change them, or say that they are right")
        raise Refused(said("it names what nobody here knows"), mend=mend, slug="names-unknown")


def add_editor(router: APIRouter, pages: Pages) -> None:
    @router.get("/contracts/{id}/edit")
    def edit(request: Request, id: str, draft: Named = "", renew: Named = "", anew: Named = "") -> Response:
        view = View(pages, request)
        contract = read_contract(view.seen, id)
        if (page := came_back(view, contract)) is not None:
            return page
        if "file" in view.typed:
            return worked_on(view, contract)
        kept = opened(view, id, draft)
        start = renewed_file if renew else start_file
        return editor_page(view, contract, Sheet(kept.file if kept else start(view, contract), is_new=False))

    @router.post("/contracts/{id}/edit")
    def work(request: Request, id: str, form: ByName) -> Response:
        view = View(pages, request, form)
        contract = view.look(read_contract, id)

        def allow(sheet: Sheet) -> None:
            require_last(view.look(read_contract, id), form.get("based_on", ""), form.get("has_read", ""))
            if document_of(sheet.file).tree.get("contract") != id:
                raise Refused(said("this page edits another contract"), mend=said("`contract: {id}`", id=id))

        here = link(f"/contracts/{id}")
        newest = lambda _: link(f"/contracts/{id}/versions/{_newest(view, id)}")  # noqa: E731
        return form_sent(view, contract, allow, then=lambda _: here, found=newest)

    @router.post("/contracts/{id}/edit/check")
    def check(request: Request, id: str, form: ByName) -> Response:
        view = View(pages, request, form)
        with view.state():
            return checked_as_typed(view, read_contract(view.seen, id))


def _newest(view: View, id: str) -> int:
    return max((one.number for one in view.look(read_contract, id).versions), default=1)
