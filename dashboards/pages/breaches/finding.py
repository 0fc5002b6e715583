"""What a search finds of breaches, by their ids, and of actions, by their ids and their texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from dashboards.pages.breaches.page import listed
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Found, Group, Query
from services.breaches.action_pages import ActionLine, read_action_lines, read_named_actions
from services.breaches.reading import ids_beginning, read_breach
from services.errors import NotFound

LONGEST_COMPLETED: Final = 80
"""Letters of what an action says that is offered while somebody types."""


def finds(view: View, query: Query) -> Sequence[Group]:
    breaches = list(_breaches(view, query.text.strip()))
    lines = [one for one in read_action_lines(view.seen) if _is_meant(view, query, one)]
    actions = [
        Found(one.action, link(f"/actions/{one.row.id}"), f"{one.title} · {one.parties}")
        for one in listed(view, read_named_actions(view.seen, [each.id for each in lines[: query.most]]))
    ]
    return [
        Group("nav.breaches", len(breaches), breaches),
        Group("nav.actions", len(lines), actions),
    ]


def completes(view: View, query: Query) -> Iterator[str]:
    """Ids of breaches and actions by their beginning, and what actions say."""
    lines = [one for one in read_action_lines(view.seen) if one.text.strip() and query.is_said_by(one.text)]
    yield from (one.text.strip() for one in lines if len(one.text) <= LONGEST_COMPLETED)
    if begun := query.id_begun.lower():
        yield from ids_beginning(view.seen, begun)
        yield from (one.id for one in read_action_lines(view.seen) if one.id.startswith(begun))


def _breaches(view: View, id: str) -> Sequence[Found]:
    """The breach of that id, where there is one."""
    if not id or "\0" in id:
        return []
    try:
        row = read_breach(view.seen, id)
    except NotFound:
        return []
    return [
        Found(one.title, link(f"/breaches/{id}"), f"{one.cause}, {one.key.words or one.period}")
        for one in listed(view, [row])
    ]


def _is_meant(view: View, query: Query, one: ActionLine) -> bool:
    """By its own words: all that follow from a breach alone are worded alike."""
    return query.is_said_by(one.id, one.text) if one.text.strip() else query.text.strip() == one.id
