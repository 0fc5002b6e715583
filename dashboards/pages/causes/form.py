"""`/new-causes`, `/causes/{id}/edit`: a list of root causes as a form; saved, it is the next version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter

from dashboards.pages.house.changing import Change, Field, Group, Rows, add_changes, typed_rows, without_empty
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
from domain.saying import said
from services.access import Right
from services.contract_files import Tree
from services.contracts.standing import apply_tree, causes_tree
from services.errors import Invalid, NotAllowed, NotFound

NEW: Final = "/new-causes"
PARTIES: Final = ("supplier", "client", "none")


def add_causes_form(router: APIRouter, pages: Pages) -> None:
    add_changes(router, pages, NEW, "/causes/{id}/edit", causes_change)


def causes_change(view: View, id: str | None) -> Change:
    """Raises NotAllowed for who is no administrator, NotFound."""
    t, store = view.language.text, view.pages.store
    if not view.who.may(Right.ADMINISTER):
        raise NotAllowed(
            said("causes are published by the administrator"), mend=view.who.named_as(said("act as administrator"))
        )
    standing = causes_tree(store, id) if id is not None else None
    if id is not None and standing is None:
        raise NotFound(said("no list of causes “{causes}” is published", causes=id))
    table = _rows(view, standing)

    def after(typed: Mapping[str, str]) -> Tree:
        return _tree(typed, id, table, standing)

    def applied(tree: Tree, dry_run: bool) -> Any:
        name = str(tree["causes"])
        if id is None and causes_tree(store, name) is not None:
            what = said("a list of causes of that name is there already")
            raise Invalid(what, place="id", mend=said("another name, or change that one"))
        return apply_tree(store, view.who, tree, name, dry_run=dry_run, language=view.language.code)

    titles = _titles((standing or {}).get("title", ""))
    named = [Field("id", t("causes_form.id"), hint=t("causes_form.id_hint"), is_needed=True)] if id is None else []
    return Change(
        title=t("causes_form.new") if id is None else t("causes_form.edit", causes=id),
        lede=t("causes_form.lede"),
        crumbs=[(t("causes.title"), "/causes")],
        address=NEW if id is None else link(f"/causes/{id}/edit"),
        then="/causes",
        groups=[
            Group(
                t("causes_form.whole"),
                [
                    *named,
                    Field("title_en", t("causes_form.title_en"), titles["en"]),
                    Field("title_fr", t("causes_form.title_fr"), titles["fr"]),
                ],
            ),
            Group(t("causes_form.list"), [table]),
        ],
        before=standing,
        after=after,
        apply=applied,
    )


def _rows(view: View, standing: Tree | None) -> Rows:
    t = view.language.text
    parties = [(one, t(f"causes.party_{one}")) for one in PARTIES]
    columns = [
        Field("cause", t("causes_form.cause")),
        Field("en", t("causes_form.title_en")),
        Field("fr", t("causes_form.title_fr")),
        Field("party", t("causes_form.party"), shape="choice", offers=parties),
    ]
    rows = []
    for one in (standing or {}).get("list", ()):
        titles = _titles(one.get("title", ""))
        rows.append([one["id"], titles["en"], titles["fr"], one["party"]])
    return Rows("list", t("causes_form.list"), columns, rows, t("causes_form.list_hint"))


def _titles(title: object) -> dict[str, str]:
    """One title for each language of ours; a plain one is that of each."""
    if isinstance(title, dict):
        return {code: str(title.get(code, "")) for code in ("en", "fr")}
    return {"en": str(title), "fr": str(title)}


def _title(english: str, french: str, standing: object) -> object:
    """As a file says it: other languages stay, one that is said in all alike is said once."""
    others = standing if isinstance(standing, dict) else {}
    by_language = without_empty({**others, "en": english, "fr": french})
    return english if english == french and not set(by_language) - {"en", "fr"} else by_language


def _tree(typed: Mapping[str, str], id: str | None, table: Rows, standing: Tree | None) -> Tree:
    held = standing or {}
    before = {one["id"]: one.get("title") for one in held.get("list", ())}
    causes = [
        without_empty(
            {
                "id": one["cause"],
                "title": _title(one["en"], one["fr"], before.get(one["cause"])),
                "party": one["party"] or "none",
            }
        )
        for one in typed_rows(typed, table)
    ]
    title = _title(typed.get("title_en", "").strip(), typed.get("title_fr", "").strip(), held.get("title"))
    name = id if id is not None else typed.get("id", "").strip()
    return {"entente": 1, "causes": name, **without_empty({"title": title}), "list": causes}
