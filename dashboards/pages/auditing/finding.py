"""What a search finds of the history: an entry by its position, and where an event of an id is looked for."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Found, Group, Query
from dashboards.typed_dates import dates_of


def finds(view: View, query: Query) -> Sequence[Group]:
    """A number is a position, as pages print it; any other word with a figure in it may be the id of an event, which the history
    looks for in its own way."""
    said = "".join(query.text.split())
    text = view.language.text
    if said.isascii() and said.isdecimal() and 0 < int(said) <= view.known.position:
        position = int(said)
        there = Found(
            text("word.position", position=position), link("/history", position=position), text("search.entry")
        )
        return [Group("nav.history", 1, [there])]
    is_date = bool(dates_of(query.text, view.moments().local_date(view.now)))
    if len(query.words) == 1 and any(one.isdecimal() for one in said) and not is_date:
        return [
            Group(
                "nav.history",
                1,
                [Found(query.text.strip(), link("/history", q=query.text.strip()), text("search.events"))],
            )
        ]
    return []
