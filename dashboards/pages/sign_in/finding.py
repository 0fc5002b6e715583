"""What a search finds of people: those of services that one sees, and whose indicators they own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Found, Group, Query
from dashboards.plain import plain
from services.access import Right
from services.directory.reading import read_people


def finds(view: View, query: Query) -> Sequence[Group]:
    """By name and by id. A person leads to the commitments that they own; whoever owns none is found by who lets people in."""
    owned = _owned(view)
    meant = _meant(view, query, owned)
    found = [
        Found(view.person(id), _page(id, owned), view.language.counted("search.owns", owned[id])) for _, id in meant
    ]
    return [Group("search.people", len(found), found[: query.most], rank=1)]


def completes(view: View, query: Query) -> Iterator[str]:
    """Their names."""
    return (view.person(id) for _, id in _meant(view, query, _owned(view)))


def _owned(view: View) -> Counter[str]:
    """How many indicators somebody owns."""
    return Counter(row.criterion.owner for row in view.commitments if row.criterion.owner)


def _meant(view: View, query: Query, owned: Counter[str]) -> list[tuple[str, str]]:
    """Who is meant, by name as it is compared, and by id."""
    people = {id.rpartition("/")[2] for id in read_people(view.seen)} if view.who.may(Right.ADMIT) else set()
    return sorted((plain(view.person(id)), id) for id in people | set(owned) if query.is_said_by(id, view.person(id)))


def _page(person: str, owned: Counter[str]) -> str:
    return f"{link('/portfolio', owner=person)}#exposed" if owned[person] else "/people"
