"""Closed days of an iCalendar file as a draft of a calendar's next version, which `apply` then publishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO

from ruamel.yaml import YAML

from domain.calendar import PublishedCalendar
from domain.calendars import Calendar, CalendarEnded, compose
from domain.decisions import stream_of
from domain.saying import said, said_by
from domain.times import Instant, local_date, zone
from services.contract_files import (
    Tree,
    differences,
    read_published_calendar,
    sentences,
    tree_from_canonical,
)
from services.contract_files.icalendar_recurring import NotReadable
from services.contract_files.icalendar_source import ClosedSpan, closed_days
from services.errors import Invalid, NotFound
from services.history.history import History

_ORDER = ("entente", "calendar", "timezone", "from", "open", "holidays", "closures", "openings")
"""The keys in the order in which people write calendars."""
_YEARS = 2
"""Whole years after the first one that are looked at, where a calendar does not say how far it goes."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`text` is the file of the next version. `changes` are what differs from the published one; `added` the closed days
    with the names that the file gives them; `partial` the events that cover no whole day; `open` those on days with
    exceptional openings, which win over closures."""

    calendar: str
    version: int
    text: str
    changes: tuple[str, ...]
    added: tuple[ClosedSpan, ...]
    first: date
    last: date
    partial: tuple[str, ...] = ()
    open: tuple[ClosedSpan, ...] = ()


def draft_of(
    history: History,
    calendar: str,
    content: bytes,
    *,
    place: str,
    watermark: Instant | None,
    today: Instant,
    first: date | None = None,
    last: date | None = None,
    language: str = "en",
) -> Draft:
    """The published calendar with the closed days of the file from `first` to `last`, both included: by default those that
    have not passed, up to the end of the years that the calendar covers. Raises NotFound, Invalid."""
    published = _published(history, calendar)
    used = [read_published_calendar(one.document) for one in published.versions]
    terms, composed = used[-1], compose(used)
    here = zone(terms.timezone)
    if first is None:
        first = local_date(watermark, here) + timedelta(days=1) if watermark is not None else local_date(today, here)
    if terms.starts is not None:
        first = max(first, terms.starts)
    if last is None:
        last = date(max(terms.last_year or first.year + _YEARS, first.year), 12, 31)
    if last < first:
        raise Invalid(
            said("{last} lies before {first}", last=last, first=first),
            place="--until",
            mend=said("{first} or later", first=first),
        )
    try:
        found = closed_days(content, here, first, last)
    except NotReadable as error:
        raise Invalid(
            said_by(error), place=place, mend=said("an iCalendar file (RFC 5545)"), slug="icalendar-invalid"
        ) from None
    openings = {day for day, _ in terms.openings}
    added = [span for span in found.spans if _is_new(composed, span)]
    before = tree_from_canonical(published.versions[-1].document)
    tree = _with_closures(before, added)
    return Draft(
        calendar,
        len(published.versions) + 1,
        _text(tree),
        tuple(sentences(differences(before, tree), "fr" if language == "fr" else "en")) if added else (),
        tuple(added),
        first,
        last,
        found.partial,
        tuple(span for span in found.spans if any(span.first <= day <= span.last for day in openings)),
    )


def _published(history: History, calendar: str) -> PublishedCalendar:
    try:
        return history.get(stream_of("calendar", calendar), PublishedCalendar)
    except NotFound:
        what, mend = (
            said("no calendar “{calendar}” is published", calendar=calendar),
            said("publish its opening hours first (`entente apply`)"),
        )
        raise NotFound(what, mend=mend) from None


def _is_new(calendar: Calendar, span: ClosedSpan) -> bool:
    """Says whether the calendar opens on a day of the span, or does not reach so far."""
    day = span.first
    while day <= span.last:
        try:
            if not calendar.is_closed(day):
                return True
        except CalendarEnded:
            return True
        day += timedelta(days=1)
    return False


def _with_closures(before: Tree, added: Sequence[ClosedSpan]) -> Tree:
    """The next version: what was a rebaseline then is none now."""
    closures = [*before.get("closures", ())]
    for first, last in _merged(added):
        closures.append(first.isoformat() if first == last else f"{first}..{last}")
    tree = {key: value for key, value in before.items() if key not in ("rebaseline", "closures")}
    tree |= {"closures": closures} if closures else {}
    return {key: tree[key] for key in (*_ORDER, *tree) if key in tree}


def _merged(spans: Sequence[ClosedSpan]) -> list[tuple[date, date]]:
    """Spans that overlap, as one."""
    merged: list[tuple[date, date]] = []
    for first, last, _ in sorted(spans):
        begins, ends = merged.pop() if merged else (first, last)
        if first <= ends:
            merged.append((begins, max(last, ends)))
        else:
            merged += [(begins, ends), (first, last)]
    return merged


def _text(tree: Tree) -> str:
    out, yaml = StringIO(), YAML(typ="rt")
    yaml.width = 120
    yaml.dump(tree, out)
    return out.getvalue()
