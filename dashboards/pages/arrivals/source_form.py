"""`/new-source`, `/sources/edit?source=…`: a tool of a service, what is expected of it, and who may count what it sends; saved, it is
in the next file of its service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from babel import Locale
from fastapi import APIRouter, Request, Response

from dashboards.pages.arrivals.connect import LONGEST, Source, Tool
from dashboards.pages.house.changing import (
    Change,
    Field,
    Fields,
    Group,
    Rows,
    change_page,
    changed,
    lines_of,
    typed_rows,
    without_empty,
)
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
from dashboards.plain import plain
from domain.saying import said
from services.access import ADMINISTRATOR, Right
from services.contract_files import Tree
from services.contracts.standing import apply_tree, service_tree, undescribed
from services.directory.reading import read_services
from services.directory.rows import ServiceRow
from services.errors import Invalid, NotAllowed, NotFound

NEW: Final = "/new-source"
EDIT: Final = "/sources/edit"
EVERYBODY: Final = "everybody"
SHOWN_TO: Final = Rows("shown_to", "", [Field("shown_to", "", shape="choice")])
RHYTHM: Final = re.compile(r"(?P<n>[0-9]+) ?(?P<unit>min|h|day)s?")
RETENTION: Final = re.compile(r"P(?P<n>[0-9]+)(?P<unit>[DMY])")
NO_COUNTRY: Final = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
"""Codes of two letters that stand for no country."""


def add_source_form(router: APIRouter, pages: Pages) -> None:
    @router.get(NEW)
    def new(request: Request) -> Response:
        view = View(pages, request)
        return change_page(view, new_source(view))

    @router.post(NEW)
    def make(request: Request, form: Fields) -> Response:
        return changed(View(pages, request, form), new_source)

    @router.get(EDIT)
    def edit(request: Request, source: Source = "") -> Response:
        view = View(pages, request)
        return change_page(view, source_change(view, source))

    @router.post(EDIT)
    def save(request: Request, form: Fields, source: Source = "") -> Response:
        return changed(View(pages, request, form), lambda view: source_change(view, source))


def _described(view: View) -> Mapping[str, ServiceRow]:
    """The services whose tools the reader may declare."""
    is_all = view.who.may(Right.DESCRIBE, "")
    services = read_services(view.seen.by(ADMINISTRATOR)) if is_all else view.services
    found = {id: row for id, row in services.items() if view.who.may(Right.DESCRIBE, id)}
    if not view.who.may(Right.DESCRIBE):
        raise NotAllowed(
            said("tools are declared by heads of services and the administrator, not by {who}", who=view.who)
        )
    return found


def new_source(view: View) -> Change:
    """A source more of one of the services. Raises NotAllowed."""
    t = view.language.text
    services = _described(view)
    choices = sorted((view.to(row.title), id) for id, row in services.items())
    first = [
        Field("service", t("connect.service"), shape="choice", offers=[(id, title) for title, id in choices]),
        Field("source", t("connect.name"), hint=t("connect.name_hint"), is_needed=True),
    ]

    def after(typed: Mapping[str, str]) -> Tree:
        return _tree(typed, typed.get("source", "").strip(), {})

    def applied(tree: Tree, dry_run: bool) -> Any:
        return _applied(view, view.typed.get("service", ""), tree["source"], tree, dry_run, is_new=True)

    return Change(
        title=t("source_form.new"),
        lede=t("source_form.lede"),
        crumbs=[(t("nav.sources"), "/quarantine")],
        address=NEW,
        then="/quarantine",
        groups=[Group(t("connect.which"), first), *_groups(view, {})],
        before=None,
        after=after,
        apply=applied,
        found=lambda typed: link("/connect", source=typed.get("source", "").strip()[:LONGEST]),
    )


def source_change(view: View, source: str) -> Change:
    """Raises NotAllowed, NotFound for a source that is none of one's own."""
    t = view.language.text
    tool = _own(view, source)
    file = service_tree(view.pages.store, view.who, tool.service.id) or undescribed(tool.service.id)
    standing: Tree = next((one for one in file.get("sources", ()) if one["source"] == source), {"source": source})

    def after(typed: Mapping[str, str]) -> Tree:
        return {} if typed.get("given_up") else _tree(typed, source, standing)

    def applied(tree: Tree, dry_run: bool) -> Any:
        return _applied(view, tool.service.id, source, tree, dry_run, is_new=False)

    given_up = Field("given_up", t("source_form.given_up"), shape="flag", hint=t("source_form.given_up_hint"))
    return Change(
        title=t("source_form.edit", source=source),
        lede=view.to(tool.service.title),
        crumbs=[(t("nav.sources"), "/quarantine")],
        address=link(EDIT, source=source),
        then="/quarantine",
        groups=[*_groups(view, standing), Group(t("source_form.end"), [given_up])],
        before=standing,
        after=after,
        apply=applied,
    )


def _own(view: View, source: str) -> Tool:
    found = {
        one: Tool(one, row, dict(row.shown_to).get(one, ()))
        for row in _described(view).values()
        for one, _ in row.sources
    }
    if source not in found:
        raise NotFound(
            said("there is no source “{source}” of a service of yours", source=source),
            mend=said("choose one of your own, or declare it"),
        )
    return found[source]


def _applied(view: View, service: str, source: str, tree: Tree, dry_run: bool, *, is_new: bool) -> Any:
    """Puts the source into the file of its service, in the place that it has there; takes it out where `tree` says nothing."""
    file = service_tree(view.pages.store, view.who, service) or undescribed(service)
    others: list[Tree] = file.get("sources", [])
    names = [one["source"] for one in others]
    if is_new and source in names:
        raise Invalid(said("{service} has declared {source} already", service=service, source=source), place="source")
    put = [tree] if tree else []
    at = names.index(source) if source in names else len(names)
    sources = [*others[:at], *put, *others[at + 1 :]]
    kept = {key: value for key, value in file.items() if key != "sources"}
    return apply_tree(
        view.pages.store, view.who, {**kept, "sources": sources} if sources else kept, service, dry_run=dry_run
    )


def _number_and_unit(written: str, form: re.Pattern[str]) -> tuple[str, str]:
    """What is written so, as a number and a unit; all of it as the number where it has another form."""
    found = form.fullmatch(written)
    return (found["n"], found["unit"]) if found is not None else (written, "")


def _written(typed: Mapping[str, str], name: str, write: Callable[[str, str], str]) -> str:
    """The number with its unit, as a file writes it; what is no number as it was typed."""
    number, unit = typed.get(name, "").strip(), typed.get(f"{name}_unit", "")
    return write(number, unit) if number.isascii() and number.isdecimal() and unit else number


def _every(number: str, unit: str) -> str:
    return f"{number} {unit}s" if unit == "day" and number != "1" else f"{number} {unit}"


def _countries(view: View) -> list[tuple[str, str]]:
    """Those that ISO 3166 has a code of two letters for, by their names in the reader's language."""
    names = Locale(view.language.code).territories
    known = {code: name for code, name in names.items() if len(code) == 2 and code.isalpha()}
    return [("", "—"), *_by_name((code, name) for code, name in known.items() if code not in NO_COUNTRY)]


def _by_name(offers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """As one looks for them in a list."""
    return [(value, name) for _, value, name in sorted((plain(name), value, name) for value, name in offers)]


def _shown_to(view: View, tree: Tree) -> Rows:
    """Whose contracts may count it: services, or all."""
    t, shown = view.language.text, tree.get("shown_to", [])
    services = _by_name((id, view.to(row.title)) for id, row in view.services.items())
    offers = [("", "—"), (EVERYBODY, t("source_form.everybody")), *services]
    column = Field("shown_to", t("source_form.shown_to"), shape="choice", offers=offers)
    standing = [[one] for one in ([shown] if isinstance(shown, str) else shown)]
    return Rows("shown_to", t("source_form.whose"), [column], standing, t("source_form.shown_to_hint"))


def _groups(view: View, tree: Tree) -> list[Group]:
    t = view.language.text
    personal: Tree = tree.get("personal", {})
    every, every_unit = _number_and_unit(str(tree.get("expected_every", "")), RHYTHM)
    kept, kept_unit = _number_and_unit(str(tree.get("retention", "")), RETENTION)

    def field(name: str, value: object = "", **more: Any) -> Field:
        return Field(name, t(f"source_form.{name}"), str(value), hint=t(f"source_form.{name}_hint"), **more)

    def unit(name: str, value: str, units: Sequence[str]) -> Field:
        offers = [(one, t(f"source_form.unit.{one}")) for one in units]
        return Field(f"{name}_unit", t("source_form.unit_label"), value or units[0], shape="choice", offers=offers)

    rhythm = [
        field("expected_every", every),
        unit("expected_every", every_unit, ("h", "min", "day")),
        field("by_files", "yes" if tree.get("by") == "files" else "", shape="flag"),
    ]
    people = [
        field("about", personal.get("subject", "")),
        field("values", "\n".join(personal.get("values", ())), shape="lines"),
        field("hides_names", "yes" if tree.get("subject") == "personal" else "", shape="flag"),
        field("retention", kept),
        unit("retention", kept_unit, ("M", "Y", "D")),
        field("stored_in", tree.get("stored_in", ""), shape="choice", offers=_countries(view)),
    ]
    return [
        Group(t("source_form.rhythm"), rhythm),
        Group(t("source_form.whose"), [_shown_to(view, tree)]),
        Group(t("source_form.personal"), people),
    ]


def _tree(typed: Mapping[str, str], source: str, standing: Tree) -> Tree:
    shown = [row["shown_to"] for row in typed_rows(typed, SHOWN_TO)]
    about, values = typed.get("about", "").strip(), lines_of(typed.get("values", ""))
    said_of = {
        "expected_every": _written(typed, "expected_every", _every),
        "by": "files" if typed.get("by_files") else "",
        "shown_to": EVERYBODY if EVERYBODY in shown else shown,
        "personal": without_empty({"subject": about, "values": values}),
        "subject": "personal" if typed.get("hides_names") else "",
        "retention": _written(typed, "retention", lambda number, unit: f"P{number}{unit}"),
        "stored_in": typed.get("stored_in", "").strip(),
    }
    others = {key: value for key, value in standing.items() if key not in said_of and key != "source"}
    return {"source": source, **others, **without_empty(said_of)}
