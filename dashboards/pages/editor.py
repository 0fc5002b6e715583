"""`/contracts/{id}/edit`: the next version of a contract, form and file side by side, checked as one types.

The file is what is proposed; the form changes values of it where they stand. Checking, the difference to the version in force and
trying the draft on past events are plain submits; with JavaScript the check follows the typing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import PlainTextResponse

from dashboards.language import first_up
from dashboards.naming import change_words
from dashboards.pages.frame import Pages, View, link
from dashboards.pages.posting import check_origin, decided
from dashboards.pages.standings import title
from dashboards.proposals import proposal_words
from dashboards.standing import disc, figure_words
from dashboards.words import period_words
from services.contract_files import (
    Document,
    Tree,
    as_file,
    contract_terms,
    read_documents,
    tree_from_canonical,
    value_at,
    with_value,
)
from services.contracting import Applied
from services.errors import DocumentInvalid, EntenteError, Invalid, NotAllowed, Refused
from services.reading.proposing import Proposal
from services.reading.rows import ContractRow, FigureRow
from services.reading.trying import Compared

Typed = Annotated[str, Form()]
Path = tuple[str | int, ...]
LONGEST = 400_000


async def _typed(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_typed)]
MOST_PROBLEMS, MOST_TRIED = 20, 60
WHOLE: tuple[tuple[Path, str], ...] = (
    (("effective",), "effective"),
    (("valid", "until"), "until"),
    (("late_data",), "late_data"),
)
"""What the form shows of the whole contract, and of each criterion: the path, and the name of its label. Dates are always
shown, the rest where the file says it."""
WHOLE_OF_NEW: tuple[tuple[Path, str], ...] = (
    (("contract",), "contract"),
    (("title",), "title"),
    (("title", "fr"), "title_fr"),
    (("title", "en"), "title_en"),
    (("supplier",), "supplier"),
    (("client",), "client"),
    (("timezone",), "timezone"),
    (("valid", "from"), "from"),
    (("valid", "until"), "until"),
    (("late_data",), "late_data"),
)
"""The same of a contract that nobody knows yet."""
OF_DELIVERABLE: tuple[tuple[Path, str], ...] = (
    (("title",), "what"),
    (("title", "fr"), "what_fr"),
    (("title", "en"), "what_en"),
    (("owed_by",), "owed_by"),
)
EVENTS = ("delivered", "opened", "closed", "each", "down", "up", "updated", "answer")
OF_NEW: tuple[tuple[Path, str], ...] = (
    (("owner",), "owner"),
    *(((("indicator", name, "type")), f"type_{name}") for name in EVENTS),
)
"""What of a criterion is asked only where it is new."""
OF_CRITERION: tuple[tuple[Path, str], ...] = (
    (("indicator", "due", "every"), "every"),
    (("indicator", "due", "at"), "at"),
    (("indicator", "within"), "within"),
    (("indicator", "under"), "under"),
    (("indicator", "max_age"), "max_age"),
    (("indicator", "expected"), "expected"),
    (("indicator", "band"), "band"),
    (("indicator", "tolerance"), "tolerance"),
    (("indicator", "warn"), "warn"),
    (("target", "at_least"), "at_least"),
    (("target", "at_most"), "at_most"),
    (("target", "max_misses"), "max_misses"),
    (("target", "max_consecutive_misses"), "max_consecutive_misses"),
    (("weight",), "weight"),
)
PREFIX = "f."
NEW = "/new-contract"
FIRST_DAY = date(2026, 1, 1)
"""Stands in drafts where the program knows no date yet: it has no clock, and nothing was received."""


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Group:
    """The fields of the whole contract (no title), or of one criterion."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in the file, and where."""

    line: int
    column: int
    path: str
    what: str


@dataclass(frozen=True)
class Checked:
    """What proposing the file would do, or what is wrong with it."""

    problems: tuple[Problem, ...] = ()
    refusal: EntenteError | None = None
    applied: Applied | None = None
    changes: tuple[str, ...] = ()


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


def groups(view: View, tree: Tree, *, is_new: bool = False) -> list[Group]:
    """The form: what people change most, as the file says it."""
    whole, always = (WHOLE_OF_NEW, ()) if is_new else (WHOLE, ("effective",))
    found = [Group("", tuple(_fields(view, tree, (), whole, always=always)))]
    for d, deliverable in enumerate(_items(tree, "deliverables")):
        if is_new and (named := tuple(_fields(view, tree, ("deliverables", d), OF_DELIVERABLE))):
            found.append(Group(_name(view, deliverable), named))
        for c, criterion in enumerate(_items(deliverable, "criteria")):
            base: Path = ("deliverables", d, "criteria", c)
            fields = tuple(_fields(view, tree, base, (*OF_NEW, *OF_CRITERION) if is_new else OF_CRITERION))
            if fields:
                found.append(Group(f"{_name(view, deliverable)} · {_name(view, criterion)}", fields))
    return found


def _fields(
    view: View, tree: Tree, base: Path, wanted: Sequence[tuple[Path, str]], *, always: Sequence[str] = ()
) -> Iterator[Field]:
    for path, label in wanted:
        value = value_at(tree, base + path)
        if (value is None and label not in always) or isinstance(value, dict | list | bool):
            continue
        name = PREFIX + ".".join(map(str, base + path))
        yield Field(name, view.language.text(f"editor.field.{label}"), "" if value is None else str(value))


def _items(tree: object, name: str) -> list[Tree]:
    held = tree.get(name) if isinstance(tree, dict) else None
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _name(view: View, tree: Tree) -> str:
    titles = tree.get("title")
    if isinstance(titles, dict):
        titles = titles.get(view.language.code) or next(iter(titles.values()), None)
    return str(titles or tree.get("id") or "")


def filled(file: str, form: dict[str, str], *, is_new: bool = False) -> str:
    """The file with what the form says otherwise. Raises DocumentInvalid for a file that cannot be read."""
    for name, value in form.items():
        document = document_of(file)
        path = _path(name, is_new)
        now = value_at(document.tree, path) if path else None
        if path and value and not isinstance(now, dict | list | bool) and value != ("" if now is None else str(now)):
            file = with_value(file, document, path, value)
    return file


def _path(name: str, is_new: bool) -> Path:
    """Only what the form shows: a field of another name changes nothing."""
    parts: Path = tuple(int(one) if one.isdecimal() else one for one in name.removeprefix(PREFIX).split("."))
    if parts in [path for path, _ in (WHOLE_OF_NEW if is_new else WHOLE)]:
        return parts
    if is_new and parts[:1] == ("deliverables",) and parts[2:] in [path for path, _ in OF_DELIVERABLE]:
        return parts
    is_of_criterion = len(parts) > 4 and (parts[0], parts[2]) == ("deliverables", "criteria")
    shown = [path for path, _ in ((*OF_NEW, *OF_CRITERION) if is_new else OF_CRITERION)]
    return parts if is_of_criterion and parts[4:] in shown else ()


def document_of(file: str) -> Document:
    if len(file) > LONGEST:
        raise Invalid("the file is too long", mend="divide it into several contracts", slug="text-too-long")
    return read_documents(file, "contract")[0]


def checked(view: View, contract: str | None, file: str) -> Checked:
    """`contract` is None for one that is new."""
    try:
        document = document_of(file)
        if contract is None and document.tree.get("contract") in view.contracts:
            raise Refused(view.language.text("start.taken"))
        if contract is not None and document.tree.get("contract") != contract:
            raise DocumentInvalid(
                [document.problem(("contract",), "this page edits another contract", f"`{contract}`")]
            )
        applied = view.pages.deciding.check_file(view.who, file, view.language.code)
        terms = contract_terms(document)
        changes = tuple(change_words(one, terms, view.language.code) for one in applied.changes)
        return Checked(applied=applied, changes=changes)
    except DocumentInvalid as error:
        return Checked(tuple(_problem(line) for line in error.problems[:MOST_PROBLEMS]))
    except EntenteError as error:
        if error.status in (403, 404) and contract is not None:
            raise
        return Checked(refusal=error)


def _problem(line: str) -> Problem:
    found = re.fullmatch(r"[^:]*:(\d+):(\d+): (.*?): (.*)", line, re.DOTALL)
    return Problem(int(found[1]), int(found[2]), found[3], found[4]) if found else Problem(1, 1, "", line)


def editor_page(
    view: View,
    contract: ContractRow | None,
    file: str,
    *,
    found: Checked | None = None,
    tried: tuple[list[Compared], list[Proposal]] | None = None,
    based_on: int = 0,
    first: str = "",
    last: str = "",
) -> Response:
    """Of the next version of the contract; without one, of a contract that is new."""
    if contract and not (view.who.acts_for(contract.supplier) or view.who.acts_for(contract.client)):
        mend = f"act as {contract.supplier} or {contract.client}"
        raise NotAllowed(f"{view.who} is no party of {contract.id}", mend=mend)
    try:
        tree: Tree = document_of(file).tree
    except DocumentInvalid:
        tree = {}
    today = _today(view, contract)
    return view.render(
        "editor.html",
        contract=contract,
        contract_title=view.to(contract.title) if contract else "",
        address=link(f"/contracts/{contract.id}/edit") if contract else NEW,
        file=file,
        groups=groups(view, tree, is_new=contract is None),
        found=found if found is not None else checked(view, contract.id if contract else None, file),
        tried=[_tried_line(view, one) for one in tried[0][:MOST_TRIED]] if tried is not None else None,
        suggested=[proposal_words(one, view.language) for one in tried[1]] if tried is not None else [],
        based_on=based_on or (max((one.number for one in contract.versions), default=0) if contract else 0),
        first=first or (today - timedelta(days=90)).isoformat(),
        last=last or (today - timedelta(days=1)).isoformat(),
        rows=min(60, max(24, file.count("\n") + 3)),
    )


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
        figure_words(one.draft, view.language) or "—",
        disc(one.real) if one.real is not None else "",
        figure_words(one.real, view.language) if one.real is not None else "—",
        note,
    )


def _based(contract: ContractRow, based_on: str) -> int:
    """Raises Refused where somebody else proposed meanwhile: nobody's wording is replaced unseen."""
    newest = max((one.number for one in contract.versions), default=0)
    if based_on.isdecimal() and int(based_on) < newest:
        mend = f"read version {newest}, then propose yours again"
        raise Refused(f"version {newest} was proposed while you were writing", mend=mend, slug="edited-meanwhile")
    return newest


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(f"“{text}” is no date", mend="a date such as 2026-11-16", slug="date-unclear") from None


def add_editor(router: APIRouter, pages: Pages) -> None:
    @router.get("/contracts/{id}/edit")
    def edit(request: Request, id: str) -> Response:
        view = View(pages, request)
        contract = view.reading.contract(view.who, id)
        return editor_page(view, contract, start_file(view, contract))

    @router.post("/contracts/{id}/edit")
    def work(
        request: Request,
        id: str,
        form: Fields,
    ) -> Response:
        """One form, four buttons: put the form into the file, check, try on the past, propose."""
        check_origin(request)
        verb, file = form.get("verb", "check"), form.get("file", "").replace("\r\n", "\n")
        view = View(pages, request, {"verb": verb})
        contract = view.reading.contract(view.who, id)
        first, last, based_on = form.get("first", ""), form.get("last", ""), form.get("based_on", "")
        base = int(based_on) if based_on.isdecimal() and len(based_on) < 10 else 0

        def again(error: EntenteError | None = None) -> Response:
            view.problem = error
            return editor_page(view, contract, file, based_on=base, first=first, last=last)

        try:
            if verb == "fill":
                file = filled(file, {name: value for name, value in form.items() if name.startswith(PREFIX)})
                return again()
            if verb == "try":
                tried = pages.deciding.try_file(view.who, file, day_of(first), day_of(last))
                return editor_page(view, contract, file, tried=tried, based_on=base, first=first, last=last)
            if verb != "propose":
                return again()
        except DocumentInvalid:
            return again()
        except EntenteError as error:
            if error.status in (403, 404):
                raise
            return again(error)

        def propose() -> object:
            _based(view.reading.contract(view.who, id), based_on)
            if document_of(file).tree.get("contract") != id:
                raise Refused("this page edits another contract", mend=f"`contract: {id}`")
            return pages.deciding.propose_file(view.who, file)

        here = link(f"/contracts/{id}")
        newest = lambda _: link(f"/contracts/{id}/versions/{_newest(view, id)}")  # noqa: E731
        return decided(pages.tickets, request, form.get("ticket", ""), propose, then=here, again=again, found=newest)

    @router.post("/contracts/{id}/edit/check")
    def check(request: Request, id: str, file: Typed = "") -> Response:
        """The part of the page that says what is wrong, or what would change: for who types."""
        check_origin(request)
        view = View(pages, request)
        view.reading.contract(view.who, id)
        return view.render("checked.html", found=checked(view, id, file.replace("\r\n", "\n")))

    @router.post("/contracts/{id}/edit/fill")
    def fill(request: Request, id: str, form: Fields) -> Response:
        """The file with what the form says."""
        check_origin(request)
        View(pages, request).reading.contract(pages.who(request), id)
        file = form.get("file", "").replace("\r\n", "\n")
        return PlainTextResponse(filled(file, {k: v for k, v in form.items() if k.startswith(PREFIX)}))


def _newest(view: View, id: str) -> int:
    return max((one.number for one in view.reading.contract(view.who, id).versions), default=1)
