"""`/new-calendar`, `/calendars/{id}/edit`: opening hours, closed days and exceptions as a form; saved, they are the next version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter

from dashboards.pages.house.changing import (
    Change,
    Field,
    Group,
    add_changes,
    lines_of,
    without_empty,
)
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
from domain.saying import said
from domain.terms import CalendarTerms, DayHours
from services.access import Right
from services.contract_files import Tree, read_published_calendar
from services.contract_files.to_terms import canonical_text
from services.contracts.standing import apply_tree, calendar_tree
from services.errors import Invalid, NotAllowed, NotFound

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEW: Final = "/new-calendar"


def add_calendar_form(router: APIRouter, pages: Pages) -> None:
    add_changes(router, pages, NEW, "/calendars/{id}/edit", calendar_change)


def calendar_change(view: View, id: str | None) -> Change:
    """Raises NotAllowed for who is no administrator, NotFound."""
    t, store = view.language.text, view.pages.store
    if not view.who.may(Right.ADMINISTER):
        raise NotAllowed(
            said("calendars are published by the administrator"), mend=view.who.named_as(said("act as administrator"))
        )
    standing = calendar_tree(store, id) if id is not None else None
    if id is not None and standing is None:
        raise NotFound(said("no calendar “{calendar}” is published", calendar=id))
    values = _values(standing) if standing is not None else {"timezone": view.pages.zone}

    def after(typed: Mapping[str, str]) -> Tree:
        return _tree(typed, id, standing)

    def applied(tree: Tree, dry_run: bool) -> Any:
        if id is None and calendar_tree(store, str(tree["calendar"])) is not None:
            raise Invalid(
                said("a calendar of that name is there already"),
                place="id",
                mend=said("another name, or change that one"),
            )
        reason = view.typed.get("rebaseline", "").strip()
        said_why = {**tree, "rebaseline": {"reason": reason}} if reason else tree
        return apply_tree(
            store, view.who, said_why, str(tree["calendar"]), dry_run=dry_run, language=view.language.code
        )

    return Change(
        title=t("calendar_form.new") if id is None else t("calendar_form.edit", calendar=id),
        lede=t("calendar_form.lede"),
        crumbs=[(t("calendars.title"), "/calendars")],
        address=NEW if id is None else link(f"/calendars/{id}/edit"),
        then="/calendars",
        groups=_groups(view, values, is_new=id is None),
        before=_tree(values, id, standing) if standing is not None else None,
        after=after,
        apply=applied,
    )


def _groups(view: View, values: Mapping[str, str], *, is_new: bool) -> list[Group]:
    t = view.language.text

    def field(name: str, **more: Any) -> Field:
        return Field(name, t(f"calendar_form.{name}"), values.get(name, ""), **more)

    first = [field("id", hint=t("calendar_form.id_hint"), is_needed=True)] if is_new else []
    first += [field("timezone", hint=t("calendar_form.timezone_hint"), is_needed=True)]
    first += [field("from", shape="day", hint=t("calendar_form.from_hint"))]
    week = [Field(day, view.language.weekday(at), values.get(day, "")) for at, day in enumerate(DAYS)]
    week[0] = Field(week[0].name, week[0].label, week[0].value, hint=t("calendar_form.hours_hint"))
    special = [
        field("country", hint=t("calendar_form.country_hint")),
        field("subdivision"),
        field("years", hint=t("calendar_form.years_hint")),
        field("closures", shape="lines", hint=t("calendar_form.closures_hint")),
        field("openings", shape="lines", hint=t("calendar_form.openings_hint")),
    ]
    groups = [
        Group(t("calendar_form.whole"), first),
        Group(t("calendars.weekly"), week),
        Group(t("calendar_form.special"), special),
    ]
    if not is_new:
        past = Field("rebaseline", t("calendar_form.rebaseline"), "", hint=t("calendar_form.rebaseline_hint"))
        groups.append(Group(t("calendar_form.past"), [past]))
    return groups


def _values(tree: Tree) -> dict[str, str]:
    """What the form says of a calendar that is published."""
    terms: CalendarTerms = read_published_calendar(canonical_text(tree))
    holidays = tree.get("holidays", {})
    return {
        "timezone": terms.timezone,
        "from": terms.starts.isoformat() if terms.starts is not None else "",
        **{day: ", ".join(_spans(terms.weekly[at])) for at, day in enumerate(DAYS)},
        "country": str(holidays.get("country", "")),
        "subdivision": str(holidays.get("subdivision", "")),
        "years": str(holidays.get("years", "")),
        "closures": "\n".join(map(str, tree.get("closures", ()))),
        "openings": "\n".join(f"{day} {', '.join(_spans(hours))}".strip() for day, hours in terms.openings),
    }


def _spans(hours: DayHours) -> list[str]:
    return [f"{_clock(start)}-{_clock(end)}" for start, end in hours.spans]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _tree(typed: Mapping[str, str], id: str | None, standing: Tree | None) -> Tree:
    """The file that the form says; dates of holidays stay those that were copied in while country and years do."""
    held = standing.get("holidays", {}) if standing is not None else {}
    holidays = without_empty({name: typed.get(name, "").strip() for name in ("country", "subdivision", "years")})
    if holidays and holidays == {name: str(held[name]) for name in ("country", "subdivision", "years") if name in held}:
        holidays = dict(held)
    tree = without_empty(
        {
            "timezone": typed.get("timezone", "").strip(),
            "from": typed.get("from", "").strip(),
            "holidays": holidays,
            "closures": lines_of(typed.get("closures", "")),
            "openings": [_opening(line) for line in lines_of(typed.get("openings", ""))],
        }
    )
    name = id if id is not None else typed.get("id", "").strip()
    return {"entente": 1, "calendar": name, **tree, "open": dict(_week(typed))}


def _opening(line: str) -> Tree:
    day, _, hours = line.partition(" ")
    return {"date": day, "at": _hours(hours)}


def _hours(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _week(typed: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Days that follow each other with the same hours together: `mon-fri`."""
    hours = [_hours(typed.get(day, "")) for day in DAYS]
    at = 0
    while at < len(DAYS):
        last = _last_like(hours, at)
        if hours[at]:
            yield (DAYS[at] if last == at else f"{DAYS[at]}-{DAYS[last]}"), hours[at]
        at = last + 1


def _last_like(hours: Sequence[list[str]], at: int) -> int:
    last = at
    while last + 1 < len(hours) and hours[last + 1] == hours[at]:
        last += 1
    return last
