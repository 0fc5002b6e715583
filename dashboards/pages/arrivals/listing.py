"""The list of what waits in quarantine: what it is sorted and narrowed by, and its rows on a page or in a file."""

from __future__ import annotations

from typing import Final

from dashboards.language import first_up
from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import Choice, Column, Found, Listing, Narrowing, Shown, Wanted
from services.arrivals.reading import count_problems, read_quarantine
from services.arrivals.rows import QuarantineRow

QUARANTINE: Final = Listing(
    "/quarantine",
    (Column("received", "sources.received_at"), Column("problem", "th.reason")),
    order="received",
    filters={"kind": "th.reason"},
    table="quarantine",
    place="#quarantined",
)


def problem_words(view: View, slug: str) -> str:
    key = f"slug.{slug}"
    return first_up(view.language.text(key)) if view.language.has(key) else slug


def shown_quarantine(view: View, *, is_file: bool = False) -> Shown[QuarantineRow]:
    """The list as its address asks for it."""
    counts = count_problems(view.seen)

    def find(asked: Wanted, offset: int, limit: int) -> Found[QuarantineRow]:
        slug = asked.value("kind")
        rows = read_quarantine(
            view.seen, limit=limit, offset=offset, slug=slug, order=asked.column, is_down=asked.is_down
        )
        return Found(counts[slug] if slug else counts.total(), rows)

    kinds = sorted((Choice(one, problem_words(view, one)) for one in counts), key=lambda one: one.words)
    return Shown(view, QUARANTINE, [Narrowing("kind", kinds)], find, is_file)
