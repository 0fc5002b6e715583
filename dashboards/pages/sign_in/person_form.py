"""`/new-person`, `/people/{person}/edit`: what somebody is called, and is in which service, from when until when; saved, it is in the
next access file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from dashboards.pages.sign_in.listing import require_admits, sees_all, services_of
from dashboards.pages.sign_in.people import OFFICES
from domain.saying import said
from services.access import Right
from services.contract_files import Tree
from services.contracts.admitting import access_tree, admit, admit_to
from services.directory.names import PersonNamed
from services.errors import Invalid
from services.sign_in.signing_in import SignIn

NEW: Final = "/new-person"
GRADES: Final = ("reader", "member", "head")


def add_person_form(router: APIRouter, pages: Pages) -> None:
    """Nothing where nobody signs in."""
    if (sign_in := pages.sign_in) is not None:
        add_changes(
            router, pages, NEW, "/people/{person}/edit", lambda view, person: person_change(view, sign_in, person)
        )


def person_change(view: View, sign_in: SignIn, person: str | None) -> Change:
    """Raises NotAllowed for who lets nobody in, and for somebody who is not theirs to let in."""
    t, store = view.language.text, view.pages.store
    require_admits(view)
    if person is not None:
        sign_in.inviting.admittable(view.who, person)
    entry = _entry(store, person)
    named = sign_in.directory.named(person) if person is not None else PersonNamed("")
    names = without_empty({"name": named.name or "", "email": named.email or ""})
    roles, offices = _roles(view), _offices(view)

    def after(typed: Mapping[str, str]) -> Tree:
        given = _services(view, typed_rows(typed, roles), entry)
        holds = {row["office"]: _days(row) or True for row in typed_rows(typed, offices) if row["holds"]}
        kept = {key: value for key, value in entry.items() if key in OFFICES} if not offices.standing else {}
        said_of = {name: typed.get(name, "").strip() for name in ("name", "email")}
        return without_empty({**said_of, "services": given, **kept, **holds})

    def applied(tree: Tree, dry_run: bool) -> Any:
        if person is not None:
            return admit(store, view.who, person, tree, dry_run=dry_run)
        id = view.typed.get("person", "").strip()
        found = admit_to(
            store, view.who, id, tree, dry_run=True
        )  # whoever is not theirs is refused before they are told of
        if _entry(store, id):
            raise Invalid(
                said("somebody of that id is there already"), place="person", mend=said("change what they have")
            )
        return found if dry_run else admit(store, view.who, id, tree)

    return Change(
        title=t("person_form.new") if person is None else t("person_form.edit", person=view.person(person)),
        lede=t("person_form.lede"),
        crumbs=[(t("people.title"), "/people")],
        address=NEW if person is None else link(f"/people/{person}/edit"),
        then="/people",
        groups=_groups(view, entry, names, roles, offices, is_new=person is None),
        before=None if person is None else {**names, **entry},
        after=after,
        apply=applied,
    )


def _entry(store: Any, person: str | None) -> Tree:
    """What the access file gives somebody."""
    found = (one for one in access_tree(store).get("people", ()) if one["person"] == person)
    return {key: value for key, value in next(found, {}).items() if key != "person"}


def _may_give(view: View, service: str) -> bool:
    return view.who.may(Right.ADMIT, service)


def _roles(view: View) -> Rows:
    t = view.language.text
    titles = services_of(view, sees_all(view))
    own = [(id, title) for id, title in titles.items() if _may_give(view, id)]
    grades = [(one, t("people.in_service", service=t(f"grade.{one}"), role=t(f"grade_means.{one}"))) for one in GRADES]
    columns = [
        Field("service", t("people.service"), shape="choice", offers=[("", t("people.none")), *own]),
        Field("role", t("people.role"), shape="choice", offers=grades),
        Field("since", t("people.first_day"), shape="day"),
        Field("until", t("people.last_day"), shape="day"),
        Field("instead_of", t("person_form.instead_of")),
    ]
    return Rows("roles", t("people.roles"), columns, hint=t("people.days_hint"))


def _offices(view: View) -> Rows:
    """Those that the whole organisation has, for who may give them; else none."""
    t = view.language.text
    is_all = sees_all(view)
    words = [(one, t("office." + ("protection" if one == "dpo" else one))) for one in OFFICES]
    columns = [
        Field("office", t("people.office"), shape="choice", offers=words),
        Field("holds", t("person_form.holds"), shape="flag"),
        Field("office_since", t("people.first_day"), shape="day"),
        Field("office_until", t("people.last_day"), shape="day"),
    ]
    return Rows(
        "offices", t("people.office"), columns, [[one, "", "", ""] for one in OFFICES] if is_all else [], is_fixed=True
    )


def _groups(view: View, entry: Tree, names: Tree, roles: Rows, offices: Rows, *, is_new: bool) -> list[Group]:
    t = view.language.text
    id = [Field("person", t("people.id"), hint=t("people.id_hint"), is_needed=True)] if is_new else []
    whole = [
        *id,
        Field("name", t("people.name"), str(names.get("name", ""))),
        Field("email", t("people.email"), str(names.get("email", ""))),
    ]
    given = [_row(service, role) for service, role in entry.get("services", {}).items() if _may_give(view, service)]
    groups = [
        Group(t("person_form.who"), whole),
        Group(t("people.roles"), [Rows(roles.name, roles.label, roles.columns, given, roles.hint)]),
    ]
    if offices.standing:
        held = [_office_row(str(one), entry.get(str(one))) for one, *_ in offices.standing]
        groups.append(
            Group(t("people.office"), [Rows(offices.name, offices.label, offices.columns, held, is_fixed=True)])
        )
    return groups


def _row(service: str, role: Any) -> list[str]:
    said_of: Mapping[str, Any] = role if isinstance(role, Mapping) else {"role": role}
    return [service, *(str(said_of.get(key, "")) for key in ("role", "from", "until", "for"))]


def _office_row(office: str, held: Any) -> list[str]:
    days: Mapping[str, Any] = held if isinstance(held, Mapping) else {}
    return [office, "yes" if held else "", str(days.get("from", "")), str(days.get("until", ""))]


def _days(row: Mapping[str, str]) -> Tree:
    return without_empty({"from": row["office_since"], "until": row["office_until"]})


def _services(view: View, rows: Sequence[Mapping[str, str]], entry: Tree) -> Tree:
    """The roles that were typed, beside those in services of others, which the form does not show."""
    others = {service: role for service, role in entry.get("services", {}).items() if not _may_give(view, service)}
    typed: Tree = {}
    for row in rows:
        if row["service"] in typed:
            raise Invalid(
                said("{service} stands there twice", service=row["service"]), mend=said("one row for each service")
            )
        more = without_empty({"from": row["since"], "until": row["until"], "for": row["instead_of"]})
        typed[row["service"]] = {"role": row["role"], **more} if more else row["role"]
    return {**others, **typed}
