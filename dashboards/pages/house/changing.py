"""Things that are made and changed on a page: a form, what will change, then the next version, saved and said (MORNING §4).

A part declares a `Change`: what the form holds, what it comes to as a file, and how that is applied; `add_changes` gives it its two
addresses. `change_page` shows the form; `changed` answers what was sent from it: first what would change, and only what was shown so
is saved. What was typed stays beside a refusal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.posting import LONGEST, digest
from dashboards.pages.house.sending import decided
from dashboards.problems import Problem, problem_of
from domain.saying import Said, said
from services.contract_files import Tree, differences, sentences
from services.contracts.applied import Applied
from services.errors import DocumentInvalid, EntenteError, Invalid, Refused

MOST_FIELDS: Final = 2_000
MOST_SHOWN: Final = 200
"""Changes, and problems, that a page lists."""
A_LINE: Final = 300
BLANK_ROWS: Final = 3
"""Rows of a table in which something more can be typed; the next look has as many again."""
Shape = Literal["line", "lines", "day", "choice", "flag"]


@dataclass(frozen=True)
class Field:
    """A field of the form. `value` is what stands; of a flag `yes` or nothing. `offers`: of a choice the values with their words."""

    name: str
    label: str
    value: str = ""
    shape: Shape = "line"
    hint: str = ""
    offers: Sequence[tuple[str, str]] = ()
    is_needed: bool = False


@dataclass(frozen=True)
class Rows:
    """Things of one sort, a row each: `columns` are their fields, `standing` the values of these. A row whose first field is empty is
    none."""

    name: str
    label: str
    columns: Sequence[Field]
    standing: Sequence[Sequence[str]] = ()
    hint: str = ""
    is_fixed: bool = False
    """The rows are these, and no other can be added."""


@dataclass(frozen=True)
class Group:
    """Fields that belong together, under a heading."""

    heading: str
    items: Sequence[Field | Rows]


@dataclass(frozen=True)
class Change:
    """Something that is made or changed. `before` is what stands, None for what is new; `after` gives what the form says. `apply` does
    it, or says by `dry_run` what is wrong with it. `then`: where it leads once it is saved."""

    title: str
    lede: str
    crumbs: Sequence[tuple[str, str]]
    address: str
    then: str
    groups: Sequence[Group]
    before: Tree | None
    after: Callable[[Mapping[str, str]], Tree]
    apply: Callable[[Tree, bool], Applied]
    found: Callable[[Mapping[str, str]], str] | None = None
    """Where what was made stands, by what was typed, where that is not `then`."""


@dataclass(frozen=True)
class Looked:
    """What the form would do: the `changes`, or what is wrong. `shown` names what it is that would be saved."""

    changes: Sequence[str] = ()
    warnings: Sequence[Said] = ()
    problems: Sequence[Problem] = ()
    refusal: EntenteError | None = None
    shown: str = ""

    @property
    def is_savable(self) -> bool:
        return bool(self.changes) and not self.problems and self.refusal is None


async def _typed(request: Request) -> dict[str, str]:
    """Raises Invalid for more than any form of ours holds."""
    form = await request.form(max_fields=MOST_FIELDS)
    found = {name: value.replace("\r\n", "\n") for name, value in form.items() if isinstance(value, str)}
    if any(len(value) > LONGEST for value in found.values()):
        raise Invalid(said("a field is longer than {longest} characters", longest=LONGEST), mend=said("shorten it"))
    return found


Fields = Annotated[dict[str, str], Depends(_typed)]
"""What was typed into a form, by the names of its boxes, each within what a field may hold."""


def add_changes(
    router: APIRouter, pages: Pages, new: str, edit: str, change: Callable[[View, str | None], Change]
) -> None:
    """Where things of one sort are made (`new`) and changed (`edit`, with one part that says which); `change` is told that part, or
    None for a new one."""

    def of(request: Request) -> str | None:
        return next(iter(request.path_params.values()), None)

    def show(request: Request) -> Response:
        view = View(pages, request)
        return change_page(view, change(view, of(request)))

    def answer(request: Request, form: Fields) -> Response:
        return changed(View(pages, request, form), lambda view: change(view, of(request)))

    for address in (new, edit):
        router.get(address)(show)
        router.post(address)(answer)


def change_page(view: View, it: Change) -> Response:
    """The form, as it stands or as it was typed; then with what it would change."""
    is_typed = view.typed.get("verb") in ("look", "save")
    return view.render(
        "change.html",
        it=it,
        value=lambda one: _value(view, one, is_typed=is_typed),
        rows=lambda one: list(_rows(view, one, is_typed=is_typed)),
        looked=_look(view, it) if is_typed else None,
        most=MOST_SHOWN,
    )


def changed(view: View, change_of: Callable[[View], Change]) -> Response:
    """Answers the form: leads to what it would change, or saves what was shown. Raises what `change_of` does."""
    with view.state():
        it = change_of(view)
    if view.typed.get("verb") != "save":
        view.keep(it.address)
        return RedirectResponse(view.address, 303)

    def save() -> object:
        with view.state():
            looked = _look(view, change_of(view))
        if looked.is_savable and looked.shown != view.typed.get("shown"):
            raise Refused(
                said("what it would change was not shown yet, or is another by now"),
                mend=said("look at what will change, then save"),
                slug="not-looked-at",
            )
        return it.apply(it.after(view.typed), False)

    return decided(
        view,
        view.typed.get("ticket", ""),
        save,
        then=it.found(view.typed) if it.found is not None else it.then,
        page=it.address,
        again=lambda: change_page(view, change_of(view)),
    )


def _look(view: View, it: Change) -> Looked:
    """What the form would do. A refusal is shown beside it, whichever it is."""
    try:
        after = it.after(view.typed)
        applied = it.apply(after, True)
    except DocumentInvalid as error:
        return Looked(problems=[problem_of(line) for line in error.problems[:MOST_SHOWN]])
    except EntenteError as error:
        return Looked(refusal=error)
    found = differences(it.before, after)
    shown = digest(json.dumps([it.before, after], sort_keys=True, default=str))
    return Looked(sentences(found, view.language.code), applied.warnings, shown=shown)


def _value(view: View, one: Field, *, is_typed: bool) -> str:
    return view.typed.get(one.name, "") if is_typed else one.value


def _rows(view: View, table: Rows, *, is_typed: bool) -> Iterator[list[str]]:
    """The values of each row, and of blank ones."""
    if is_typed:
        yield from ([row[one.name] for one in table.columns] for row in typed_rows(view.typed, table))
    else:
        yield from (list(row) for row in table.standing)
    if not table.is_fixed:
        yield from ([""] * len(table.columns) for _ in range(BLANK_ROWS))


def typed_rows(typed: Mapping[str, str], table: Rows) -> list[dict[str, str]]:
    """The rows that were typed, in their order, by the names of the columns; those without their first field are left out."""
    first = table.columns[0].name
    numbers = sorted(
        int(number)
        for name, value in typed.items()
        if (number := name.removeprefix(f"{first}_")) != name
        and number.isascii()
        and number.isdecimal()
        and len(number) < 5
        and value.strip()
    )
    return [{one.name: typed.get(f"{one.name}_{number}", "").strip() for one in table.columns} for number in numbers]


def lines_of(text: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def without_empty(tree: Mapping[str, object]) -> Tree:
    """Without the keys that say nothing."""
    return {key: value for key, value in tree.items() if value not in ("", None, [], {}, False)}
