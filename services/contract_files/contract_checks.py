"""Contracts that are impossible, or say what could never be judged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from domain.calendars import Calendar
from domain.durations import HOUR, Duration, Elapsed, WorkingDays, WorkingHours
from domain.kinds.faces import face as domain_face
from domain.saying import said
from domain.terms import CalendarTerms, ContractTerms, Indicator, Kind
from services.contract_files import bounds, readings
from services.contract_files.calendar_checks import calendar_problems
from services.contract_files.conditions import condition_problems
from services.contract_files.contract_reading import contract_of
from services.contract_files.dated_checks import Setting
from services.contract_files.dependencies import dependency_problems
from services.contract_files.documents import Document, Path, Problem, Tree
from services.contract_files.impossible_checks import closed_problems, impossible_problems
from services.contract_files.kinds.faces import FACES, face
from services.contract_files.reserved import reserved_problems
from services.contract_files.suggesting import did_you_mean
from services.contract_files.target_checks import target_problems

_DAY = 24 * HOUR


def contract_problems(document: Document, calendars: Mapping[str, CalendarTerms] | None) -> Iterator[Problem]:
    """Problems of a contract of good form."""
    yield from _parties(document)
    inline = list(_inline_calendar(document))
    yield from inline
    yield from _ids_said_twice(document, document.tree["deliverables"], ("deliverables",))
    yield from dependency_problems(document)
    too_many = list(_too_many_criteria(document))
    yield from too_many
    if inline or too_many:
        return
    terms = contract_of(document.tree)
    yield from _validity(document, terms)
    yield from _calendar_name(document, calendars)
    yield from _review(document, terms)
    yield from _ladder(document, terms)
    if terms.calendar is None:
        yield from _without_calendar(document)
    setting = _setting(terms, calendars)
    closed = list(closed_problems(document, setting))
    yield from closed
    setting = replace(setting, never_opens=bool(closed))
    for index, deliverable in enumerate(terms.deliverables):
        at: Path = ("deliverables", index, "criteria")
        yield from _ids_said_twice(document, document.tree["deliverables"][index]["criteria"], at)
        for number, criterion in enumerate(deliverable.criteria):
            tree = document.tree["deliverables"][index]["criteria"][number]["indicator"]
            yield from _indicator(document, tree, criterion.indicator, (*at, number, "indicator"))
            yield from target_problems(document, (*at, number), criterion)
            yield from impossible_problems(document, (*at, number), criterion, setting)


def _parties(document: Document) -> Iterator[Problem]:
    yield from reserved_problems(document, "supplier", "client")
    if document.tree["supplier"] == document.tree["client"]:
        yield document.problem(("client",), said("supplier and client are the same service"), said("two services"))


def _too_many_criteria(document: Document) -> Iterator[Problem]:
    count = sum(len(one["criteria"]) for one in document.tree["deliverables"])
    if count > bounds.CRITERIA_IN_ALL:
        right = said(
            "at most {criteria_in_all}; divide it into several contracts", criteria_in_all=bounds.CRITERIA_IN_ALL
        )
        yield document.problem(("deliverables",), said("{count:,} criteria in all are too many", count=count), right)


def _inline_calendar(document: Document) -> Iterator[Problem]:
    calendar = document.tree.get("calendar")
    if isinstance(calendar, dict) and "open" in calendar:
        yield from calendar_problems(document, calendar, ("calendar",))


def _ids_said_twice(document: Document, items: list[Tree], at: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, one in enumerate(items):
        if one["id"] in seen:
            yield document.problem(
                (*at, index, "id"), said("the id “{id}” is taken already", id=one["id"]), said("each id once")
            )
        seen.add(one["id"])


def _validity(document: Document, terms: ContractTerms) -> Iterator[Problem]:
    if terms.valid_until is not None and terms.valid_until < terms.valid_from:
        what = said(
            "the contract ends on {valid_until}, before it begins on {valid_from}",
            valid_until=terms.valid_until,
            valid_from=terms.valid_from,
        )
        yield document.problem(("valid", "until"), what, said("{valid_from} or later", valid_from=terms.valid_from))
    elif terms.effective < terms.valid_from or (terms.valid_until is not None and terms.effective > terms.valid_until):
        until = terms.valid_until or said("no end")
        what = said("{effective} lies outside the validity", effective=terms.effective)
        yield document.problem(
            ("effective",), what, said("from {valid_from} until {until}", valid_from=terms.valid_from, until=until)
        )


def _calendar_name(document: Document, calendars: Mapping[str, CalendarTerms] | None) -> Iterator[Problem]:
    value = document.tree.get("calendar")
    at: Path = ("calendar",)
    if isinstance(value, dict) and "name" in value:
        value, at = value["name"], ("calendar", "name")
    if isinstance(value, str) and calendars is not None and value not in calendars:
        known = did_you_mean(value, calendars) or said("apply its file first")
        yield document.problem(at, said("there is no calendar “{value}”", value=value), known)


def _review(document: Document, terms: ContractTerms) -> Iterator[Problem]:
    if terms.review is None:
        return
    if not isinstance(terms.review.duration, Elapsed):
        yield document.problem(
            ("review", "duration"), said("a meeting is measured in hours"), said("such as 1 h or 90 min")
        )
    elif terms.review.duration.microseconds > _DAY:
        yield document.problem(
            ("review", "duration"), said("a meeting of more than a day is none"), said("such as 1 h or 90 min")
        )


def _ladder(document: Document, terms: ContractTerms) -> Iterator[Problem]:
    """Finds steps of the ladder that are reached at one instant: nobody could tell which of them it is."""
    seen: set[Duration] = set()
    for number, rung in enumerate(terms.actions.escalation):
        if rung.after in seen:
            yield document.problem(
                ("actions", "escalation", number, "after"),
                said("another step is reached at the same time"),
                said("one step that tells them all, or a later one"),
            )
        seen.add(rung.after)


def _without_calendar(document: Document) -> Iterator[Problem]:
    """Finds times that count working time or working days in a contract that names no calendar."""
    for path, written in _written_times(document.tree):
        if _is_working(written):
            yield document.problem(
                path,
                said("“{written}” needs a calendar", written=written),
                said("add calendar: and its name to the contract"),
            )


def _written_times(tree: Tree) -> Iterator[tuple[Path, Any]]:
    """Every duration and every rule of days, where it stands."""
    yield ("late_data",), tree.get("late_data")
    for name in ("every", "pack", "minutes_within"):
        yield ("review", name), (tree.get("review") or {}).get(name)
    actions = tree.get("actions") or {}
    yield from ((("actions", "remind", number), one) for number, one in enumerate(actions.get("remind", ())))
    for number, one in enumerate(actions.get("escalation", ())):
        yield ("actions", "escalation", number, "after"), one["after"]
    for index, deliverable in enumerate(tree["deliverables"]):
        for number, criterion in enumerate(deliverable["criteria"]):
            at: Path = ("deliverables", index, "criteria", number, "indicator")
            indicator = criterion["indicator"]
            kind: Kind = indicator["kind"]
            yield from (((*at, *path), one) for path, one in FACES[kind].times(indicator))


def _is_working(written: Any) -> bool:
    if not isinstance(written, str):
        return False
    try:
        return isinstance(readings.tolerance(written), WorkingHours | WorkingDays)
    except ValueError:
        return re.search(r"\bworking\b", written) is not None


def _setting(terms: ContractTerms, calendars: Mapping[str, CalendarTerms] | None) -> Setting:
    every = (one for deliverable in terms.deliverables for one in deliverable.criteria)
    dated = sum(face(one.indicator).has_dates for one in every)
    if terms.calendar is None:
        return Setting(terms, None, True, dated)
    if isinstance(terms.calendar, CalendarTerms):
        return Setting(terms, Calendar(terms.calendar), True, dated)
    found = (calendars or {}).get(terms.calendar.name)
    return Setting(terms, Calendar(found) if found else None, found is not None, dated)


def _indicator(document: Document, tree: Tree, indicator: Indicator, at: Path) -> Iterator[Problem]:
    """Conditions that never hold, and what else the clause says against itself."""
    for name, _ in domain_face(indicator).selectors(indicator):
        where = tree[name].get("where")
        if where:
            yield from condition_problems(document, where, (*at, name, "where"))
    yield from face(indicator).form_problems(document, tree, at)
