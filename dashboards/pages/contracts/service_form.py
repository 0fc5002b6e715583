"""`/new-service`, `/services/{id}/edit`: what a service is called, what it is a part of, who works there; saved, its next file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter

from dashboards.pages.house.changing import (
    Change,
    Field,
    Group,
    Rows,
    add_changes,
    typed_rows,
    without_empty,
)
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
from domain.saying import said
from services.access import ADMINISTRATOR, Right
from services.contract_files import Tree
from services.contract_files.access_terms import heads_of
from services.contracts.standing import apply_tree, service_tree, undescribed
from services.directory.reading import read_services
from services.errors import Invalid, NotAllowed

NEW: Final = "/new-service"
_OURS: Final = frozenset({"title", "external", "part_of", "people", "head"})
"""Keys of the file that the form says; all others stay as they are."""


def add_service_form(router: APIRouter, pages: Pages) -> None:
    add_changes(router, pages, NEW, "/services/{id}/edit", service_change)


def service_change(view: View, id: str | None) -> Change:
    """Raises NotAllowed for who may not describe it; a new one is described by whoever may describe all."""
    t, store = view.language.text, view.pages.store
    if id is None and not view.who.may(Right.DESCRIBE, ""):
        raise NotAllowed(
            said("a new service is for the administrator to describe"),
            mend=view.who.named_as(said("act as administrator")),
        )
    standing = service_tree(store, view.who, id) if id is not None else None
    people = _people(view)
    called = _titles((standing or {}).get("title", id or ""))[
        view.language.code if view.language.code == "fr" else "en"
    ]

    words, here = _place(view, id, called)

    def after(typed: Mapping[str, str]) -> Tree:
        return _tree(typed, standing or undescribed(id or typed.get("id", "").strip()), people)

    def applied(tree: Tree, dry_run: bool) -> Any:
        if id is None and service_tree(store, view.who, str(tree["service"])) is not None:
            raise Invalid(
                said("a service of that name is there already"),
                place="id",
                mend=said("another name, or change that one"),
            )
        return apply_tree(store, view.who, tree, str(tree["service"]), dry_run=dry_run)

    return Change(
        title=t("service_form.new") if id is None else t("service_form.edit", service=called or id),
        lede=t("service_form.lede"),
        crumbs=[(words, here)],
        address=NEW if id is None else link(f"/services/{id}/edit"),
        then=here,
        groups=_groups(view, standing or {}, people, id),
        before=standing,
        after=after,
        apply=applied,
    )


def _place(view: View, id: str | None, called: str) -> tuple[str, str]:
    """Where one comes from: the page of the service, for who sees it; else the people, or where nobody signs in the portfolio."""
    if id is not None and id in view.services:
        return called, link(f"/services/{id}")
    t = view.language.text
    return (t("people.title"), "/people") if view.pages.sign_in is not None else (t("nav.portfolio"), "/portfolio")


def _people(view: View) -> Rows:
    t = view.language.text
    names = ("person", "name", "email", "from", "until")
    columns = [
        Field(one, t(f"service_form.{one}"), shape="day" if one in ("from", "until") else "line") for one in names
    ]
    return Rows(
        "people",
        t("service_form.people"),
        [*columns, Field("head", t("service_form.head"), shape="flag")],
        hint=t("service_form.people_hint"),
    )


def _groups(view: View, tree: Tree, people: Rows, id: str | None) -> list[Group]:
    t = view.language.text
    titles = _titles(tree.get("title", ""))
    services = view.services if not view.who.may(Right.DESCRIBE, "") else read_services(view.seen.by(ADMINISTRATOR))
    above = [
        ("", t("service_form.nothing")),
        *((one, view.to(row.title)) for one, row in services.items() if one != id),
    ]
    whole = [
        *([Field("id", t("service_form.id"), hint=t("service_form.id_hint"), is_needed=True)] if id is None else []),
        Field("title_en", t("service_form.title_en"), titles["en"]),
        Field("title_fr", t("service_form.title_fr"), titles["fr"]),
        Field("part_of", t("service_form.part_of"), str(tree.get("part_of", "")), "choice", offers=above),
        Field("external", t("service_form.external"), "yes" if tree.get("external") else "", "flag"),
    ]
    heads = set(heads_of(tree))
    rows = [
        [
            *(str(one.get(key, "")) for key in ("id", "name", "email", "from", "until")),
            "yes" if one["id"] in heads else "",
        ]
        for one in tree.get("people", ())
    ]
    table = Rows(people.name, people.label, people.columns, rows, people.hint)
    return [Group(t("service_form.whole"), whole), Group(t("service_form.people"), [table])]


def _titles(title: object) -> dict[str, str]:
    """One title for each language of ours; a plain one is that of each."""
    if isinstance(title, dict):
        return {code: str(title.get(code, "")) for code in ("en", "fr")}
    return {"en": str(title), "fr": str(title)}


def _tree(typed: Mapping[str, str], standing: Tree, people: Rows) -> Tree:
    english, french = typed.get("title_en", "").strip(), typed.get("title_fr", "").strip()
    others = standing.get("title") if isinstance(standing.get("title"), dict) else {}
    by_language = without_empty({**dict(others or {}), "en": english, "fr": french})
    title = english if english == french and not set(by_language) - {"en", "fr"} else by_language
    rows = typed_rows(typed, people)
    named = [
        without_empty({"id": row["person"], **{key: row[key] for key in ("name", "email", "from", "until")}})
        for row in rows
    ]
    heads = [row["person"] for row in rows if row["head"]]
    others_of_file = {key: value for key, value in standing.items() if key not in _OURS}
    ours = without_empty(
        {
            "title": title,
            "external": bool(typed.get("external")),
            "part_of": typed.get("part_of", "").strip(),
            "people": named,
            "head": heads[0] if len(heads) == 1 else heads,
        }
    )
    return {**others_of_file, **ours}
