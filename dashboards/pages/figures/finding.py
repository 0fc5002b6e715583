"""What a search finds of commitments, and of single due dates and cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dashboards.naming import Name, occurrence_name
from dashboards.pages.figures.standings import commitment_path, standing, title
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Group, Query
from dashboards.standing import exposure, mark_of
from dashboards.typed_dates import dates_of
from services.figures.reading import count_occurrences_named, keys_beginning, occurrences_named


class FoundOccurrence(NamedTuple):
    mark: str
    name: Name
    about: str
    path: str


def finds(view: View, query: Query) -> Sequence[Group]:
    """Commitments, the most exposed first, and occurrences."""
    rows = [
        row
        for row in sorted(view.commitments, key=exposure)
        if query.is_said_by(row.id, row.deliverable.title, row.criterion.title, row.deliverable.id)
    ]
    commitments = [standing(view, row) for row in rows[: query.most]]
    today = view.moments().local_date(view.now)
    keys = list(dict.fromkeys([*keys_of(query.text), *(one.isoformat() for one in dates_of(query.text, today))]))
    occurrences = list(_occurrences(view, keys, query.most))
    return [
        Group("portfolio.search", len(rows), commitments, "figures/found_commitment.html", rank=2),
        Group(
            "portfolio.search_occurrences",
            count_occurrences_named(view.seen, keys),
            occurrences,
            "figures/found_occurrence.html",
            rank=3,
        ),
    ]


def completes(view: View, query: Query) -> Sequence[str]:
    """Ids of cases and items, and dates, by their beginning."""
    begun = query.id_begun
    is_one = any(one.isdecimal() for one in begun)
    forms = dict.fromkeys([begun, begun.upper()]) if is_one else ()
    return [key for form in forms for key in keys_beginning(view.seen, form, most=query.most)]


def keys_of(text: str) -> list[str]:
    """The keys of occurrences that somebody may mean who types this: the text, also in capitals and in small letters."""
    exact, text = text, text.strip()
    bare = text.removeprefix("#")
    found = [exact, text, bare, bare.upper(), bare.lower()]
    return list(dict.fromkeys(one for one in found if one))


def _occurrences(view: View, keys: list[str], most: int) -> Iterator[FoundOccurrence]:
    rows = {row.id: row for row in view.commitments}
    for one in occurrences_named(view.seen, keys, most=most):
        row = rows.get(one.commitment)
        if row is None:
            continue
        name = occurrence_name(one.key, row.criterion.indicator.kind, one.due, view.moments(row.terms.timezone))
        path = link(commitment_path(row.id), period=one.period, why=one.key) + "#why"
        yield FoundOccurrence(mark_of(one), name, title(view, row.deliverable, row.criterion), path)
