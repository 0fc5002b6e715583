"""What a search finds of root causes, by their titles and ids."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.pages.house.frame import View
from dashboards.pages.part import Found, Group, Query
from services.causes.reading import read_causes


def finds(view: View, query: Query) -> Sequence[Group]:
    """In the order of their lists."""
    rows = [(id, row) for id, row in read_causes(view.seen).items() if query.is_said_by(row.title, id)]
    found = [Found(view.to(row.title), "/causes", id) for id, row in rows[: query.most]]
    return [Group("causes.title", len(rows), found)]
