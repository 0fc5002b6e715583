"""`/contracts/{id}/edit`: the next version of a contract, form and file side by side, checked as one types.

The file is what is proposed; the form changes values of it where they stand, whatever button is pressed. Checking, the difference to
the version in force and trying the draft on past events are plain submits; with JavaScript form, file and check follow the typing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from dashboards.language import first_up
from dashboards.naming import change_words
from dashboards.pages.contracts.form_fields import Sheet, document_of, groups, known_names, sent_sheet, shown_now
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.posting import digest
from dashboards.pages.house.sending import decided
from dashboards.pages.house.templates import link
from dashboards.problems import Problem, problem_of
from dashboards.proposals import proposal_words
from dashboards.standing import beside, disc, figure_words
from dashboards.words import period_words
from domain.saying import said
from services.access import Right, not_theirs
from services.contract_files import as_file, contract_terms, tree_from_canonical
from services.contracts.applied import Applied
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.errors import DocumentInvalid, EntenteError, Invalid, Refused
from services.figures.rows import FigureRow
from services.trying.beside import Compared
from services.trying.drafting import the_contract, try_draft
from services.trying.proposing import Proposal


async def _typed(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_typed)]
MOST_PROBLEMS, MOST_TRIED = 20, 60
NEW = "/new-contract"
FIRST_DAY = date(2026, 1, 1)
"""Stands in drafts where the program knows no date yet: it has no clock, and nothing was received."""


@dataclass(frozen=True)
class Checked:
    """The outcome of a check: what proposing the file would do, or what is wrong with it."""

    problems: tuple[Problem, ...] = ()
    refusal: EntenteError | None = None
    applied: Applied | None = None
    changes: tuple[str, ...] = ()

    @property
    def doubts(self) -> str:
        """A digest of the warnings that who proposes says to have read; empty where nothing is warned of."""
        return digest("\n".join(self.applied.warnings)) if self.applied and self.applied.warnings else ""


@dataclass(frozen=True)
class TriedLine:
    title: str
    period: str
    draft: FigureRow
    draft_disc: str
    draft_words: str
    real_disc: str
    real_words: str
    note: str


def start_file(view: View, contract: ContractRow) -> str:
    """The newest wording, with a date that lies ahead."""
    standing = [one for one in contract.versions if one.state in ("proposed", "signed", "in force", "past")]
    newest = standing[-1] if standing else contract.versions[-1]
    tree = {name: value for name, value in tree_from_canonical(newest.document).items() if name != "rebaseline"}
    if any(one.state in ("in force", "signed", "past") for one in contract.versions):
        tree["effective"] = next_month(view, contract).isoformat()
    return as_file(tree)


def next_month(view: View, contract: ContractRow | None) -> date:
    return (_today(view, contract).replace(day=1) + timedelta(days=32)).replace(day=1)


def checked(view: View, contract: str | None, file: str) -> Checked:
    """`contract` is None for one that is new."""
    try:
        document = document_of(file)
        if contract is None and document.tree.get("contract") in view.contracts:
            raise Refused(view.language.text("start.taken"))
        if contract is not None and document.tree.get("contract") != contract:
            raise DocumentInvalid(
                [
                    document.problem(
                        ("contract",), said("this page edits another contract"), said("`{contract}`", contract=contract)
                    )
                ]
            )
        applied = view.pages.store.use(Contracting).apply(
            view.who, the_contract(file), dry_run=True, language=view.language.code
        )
        terms = contract_terms(document)
        changes = tuple(change_words(one, terms, view.language.code) for one in applied.changes)
        return Checked(applied=applied, changes=changes)
    except DocumentInvalid as error:
        return Checked(tuple(problem_of(line) for line in error.problems[:MOST_PROBLEMS]))
    except EntenteError as error:
        if error.status in (403, 404) and contract is not None:
            raise
        return Checked(refusal=error)


class Tries(NamedTuple):
    """What a draft comes to on the past, beside what really was, and what that suggests."""

    compared: list[Compared]
    suggested: list[Proposal]


def editor_page(
    view: View,
    contract: ContractRow | None,
    sheet: Sheet,
    *,
    tried: Tries | None = None,
) -> Response:
    """The editor of the contract's next version; without a contract, of one that is new."""
    if contract and not view.who.may(Right.BIND, contract.supplier, contract.client):
        raise not_theirs(view.who, contract.id, contract.supplier, contract.client)
    form = groups(view, sheet)
    today = _today(view, contract)
    return view.render(
        "contracts/editor.html",
        contract=contract,
        contract_title=view.to(contract.title) if contract else "",
        address=editor_address(contract),
        file=sheet.file,
        groups=form,
        known=known_names(form),
        shown=shown_now(form, sheet),
        found=checked(view, contract.id if contract else None, sheet.file),
        tried=[_tried_line(view, one) for one in tried.compared[:MOST_TRIED]] if tried is not None else None,
        suggested=[proposal_words(one, view.language) for one in tried.suggested] if tried is not None else [],
        based_on=view.typed.get("based_on") or (last_proposal(contract) if contract else ""),
        first=view.typed.get("first") or (today - timedelta(days=90)).isoformat(),
        last=view.typed.get("last") or (today - timedelta(days=1)).isoformat(),
        rows=min(60, max(24, sheet.file.count("\n") + 3)),
    )


def editor_address(contract: ContractRow | None) -> str:
    return link(f"/contracts/{contract.id}/edit") if contract else NEW


def tried_as_asked(view: View, contract: ContractRow | None) -> Tries | None:
    """What the form that was sent comes to on the past, if that was asked and can be said; a refusal is kept for the page. It takes
    long: nothing of the store is held meanwhile."""
    if view.typed.get("verb") != "try" or view.problem is not None:
        return None
    try:
        file = sent_sheet(view.typed, is_new=contract is None).file
        days = day_of(view.typed.get("first", "")), day_of(view.typed.get("last", ""))
        return Tries(*try_draft(view.pages.store.seeing, view.who, file, *days))
    except DocumentInvalid:
        return None  # the check says what is wrong, and where
    except EntenteError as error:
        if contract is not None and error.status in (403, 404):
            raise
        view.keep(editor_address(contract), error)
        return None


def worked_on(view: View, contract: ContractRow | None, tried: Tries | None = None) -> Response:
    """The editor after a form was sent that proposes nothing: with what was typed put into the file, and what that was `tried` to
    come to."""
    sheet = sent_sheet(view.typed, is_new=contract is None)
    if view.request.method == "POST" and not view.address:
        view.keep(editor_address(contract))
    return editor_page(view, contract, sheet, tried=tried)


def checked_as_typed(view: View, contract: ContractRow | None) -> Response:
    """For who types: the file with what the form says, what the form says then, and the part of the page that says what is wrong or
    what would change."""
    sheet = sent_sheet(view.typed, is_new=contract is None)
    form = groups(view, sheet)
    part = view.render("contracts/checked.html", found=checked(view, contract.id if contract else None, sheet.file))
    fields = {one.name: one.value for group in form for one in group.fields}
    answer = {
        "file": sheet.file,
        "fields": fields,
        "shown": shown_now(form, sheet),
        "checked": bytes(part.body).decode(),
    }
    return JSONResponse(answer)


def _today(view: View, contract: ContractRow | None) -> date:
    """By the watermark; before there is one, the first day of the contract."""
    now = view.known.watermark
    if now is None:
        return contract.valid_from if contract else FIRST_DAY
    return view.moments(contract.timezone if contract else None).local_date(now)


def _tried_line(view: View, one: Compared) -> TriedLine:
    names = {row.id: row for row in view.commitments}
    row = names.get(one.draft.commitment)
    note = view.language.text("tried.partly") if one.is_cut else ""
    return TriedLine(
        title(view, row.deliverable, row.criterion) if row is not None else one.draft.commitment.partition("/")[2],
        first_up(period_words(one.draft.period, view.language)),
        one.draft,
        disc(one.draft),
        _with_state(view, one.draft),
        disc(one.real) if one.real is not None else "",
        _with_state(view, one.real) if one.real is not None else "—",
        note,
    )


def _with_state(view: View, figure: FigureRow) -> str:
    """`94.4 % · met`: one share may keep one target and not the other."""
    said, state = figure_words(figure, view.language), view.language.text(f"disc.{disc(figure)}")
    return said if said == state else beside(said, state)


def require_sure(view: View, contract: str | None, file: str) -> None:
    """Raises Refused where the file names somebody or something that nobody knows, until that was confirmed."""
    with view.state():
        doubts = checked(view, contract, file).doubts
    if doubts and view.typed.get("sure") != doubts:
        mend = said("change them, or say that they are right")
        raise Refused(said("it names what nobody here knows"), mend=mend, slug="names-unknown")


def last_proposal(contract: ContractRow) -> str:
    """Names the proposal that an editor is based on: the number of the newest version, and which of all proposals it is. A
    counter-proposal has the number of the one that it replaces."""
    newest = max(contract.versions, key=lambda one: one.position)
    return f"{newest.number}-{newest.position}"


def require_last(contract: ContractRow, based_on: str) -> None:
    """Raises Refused where somebody else proposed meanwhile: nobody's wording is replaced unseen."""
    newest = max(contract.versions, key=lambda one: one.position)
    number, _, position = based_on.partition("-")
    if (number.isdecimal() and int(number[:9]) < newest.number) or (
        position.isdecimal() and int(position[:9]) < newest.position
    ):
        mend = said("read version {number}, then propose yours again", number=newest.number)
        raise Refused(
            said("version {number} was proposed while you were writing", number=newest.number),
            mend=mend,
            slug="edited-meanwhile",
        )


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            said("“{text}” is no date", text=text), mend=said("a date such as 2026-11-16"), slug="date-unclear"
        ) from None


def add_editor(router: APIRouter, pages: Pages) -> None:
    @router.get("/contracts/{id}/edit")
    def edit(request: Request, id: str) -> Response:
        view = View(pages, request)
        contract = read_contract(view.seen, id)
        if "file" in view.typed:
            return worked_on(view, contract, tried_as_asked(view, contract))
        return editor_page(view, contract, Sheet(start_file(view, contract), is_new=False))

    @router.post("/contracts/{id}/edit")
    def work(request: Request, id: str, form: Fields) -> Response:
        """One form, four buttons. Each puts what was typed into the file; then: that alone, check, try on the past, propose."""
        view = View(pages, request, form)
        contract = view.look(read_contract, id)
        if form.get("verb") != "propose":
            tried = tried_as_asked(view, contract)
            with view.state():
                return worked_on(view, contract, tried)
        sheet = sent_sheet(form, is_new=False)

        def propose() -> object:
            require_last(view.look(read_contract, id), form.get("based_on", ""))
            if document_of(sheet.file).tree.get("contract") != id:
                raise Refused(said("this page edits another contract"), mend=said("`contract: {id}`", id=id))
            require_sure(view, id, sheet.file)
            return pages.store.use(Contracting).apply(view.who, the_contract(sheet.file))

        here = link(f"/contracts/{id}")
        newest = lambda _: link(f"/contracts/{id}/versions/{_newest(view, id)}")  # noqa: E731
        again = lambda: worked_on(view, contract)  # noqa: E731
        page = editor_address(contract)
        ticket, words = form.get("ticket", ""), sheet.file
        return decided(view, ticket, propose, then=here, again=again, page=page, found=newest, words=words)

    @router.post("/contracts/{id}/edit/check")
    def check(request: Request, id: str, form: Fields) -> Response:
        view = View(pages, request, form)
        with view.state():
            return checked_as_typed(view, read_contract(view.seen, id))


def _newest(view: View, id: str) -> int:
    return max((one.number for one in view.look(read_contract, id).versions), default=1)
