"""`/new-source`, `/sources/edit?source=…`: a tool of a service, what is expected of it, and who may count what it sends; saved, it is
in the next file of its service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from dashboards.pages.arrivals.connect import LONGEST, Source, Tool
from dashboards.pages.house.changing import Change, Field, Fields, Group, change_page, changed, lines_of, without_empty
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
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


def _groups(view: View, tree: Tree) -> list[Group]:
    t = view.language.text
    personal: Tree = tree.get("personal", {})
    shown = tree.get("shown_to", [])

    def field(name: str, value: object = "", **more: Any) -> Field:
        return Field(name, t(f"source_form.{name}"), str(value), hint=t(f"source_form.{name}_hint"), **more)

    rhythm = [
        field("expected_every", tree.get("expected_every", "")),
        field("by_files", "yes" if tree.get("by") == "files" else "", shape="flag"),
    ]
    whose = [field("shown_to", "\n".join([shown] if isinstance(shown, str) else shown), shape="lines")]
    people = [
        field("about", personal.get("subject", "")),
        field("values", "\n".join(personal.get("values", ())), shape="lines"),
        field("hides_names", "yes" if tree.get("subject") == "personal" else "", shape="flag"),
        field("retention", tree.get("retention", "")),
        field("stored_in", tree.get("stored_in", "")),
    ]
    return [
        Group(t("source_form.rhythm"), rhythm),
        Group(t("source_form.whose"), whose),
        Group(t("source_form.personal"), people),
    ]


def _tree(typed: Mapping[str, str], source: str, standing: Tree) -> Tree:
    shown = lines_of(typed.get("shown_to", ""))
    about, values = typed.get("about", "").strip(), lines_of(typed.get("values", ""))
    said_of = {
        "expected_every": typed.get("expected_every", "").strip(),
        "by": "files" if typed.get("by_files") else "",
        "shown_to": EVERYBODY if shown == [EVERYBODY] else shown,
        "personal": without_empty({"subject": about, "values": values}),
        "subject": "personal" if typed.get("hides_names") else "",
        "retention": typed.get("retention", "").strip(),
        "stored_in": typed.get("stored_in", "").strip(),
    }
    others = {key: value for key, value in standing.items() if key not in said_of and key != "source"}
    return {"source": source, **others, **without_empty(said_of)}
