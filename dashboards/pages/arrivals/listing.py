"""The lists of tools and of what waits in quarantine: what they are sorted and narrowed by, and their rows on a page or in a file."""

from __future__ import annotations

from typing import Final

from dashboards.language import first_up
from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import Choice, Column, Found, Held, Listing, Narrowing, Shown, Wanted
from dashboards.pages.house.narrowing import by_service
from dashboards.plain import plain
from services.arrivals.reading import count_problems, read_quarantine
from services.arrivals.rows import QuarantineRow
from services.directory.reading import read_sources
from services.directory.source_rows import SourceRow

SOURCES: Final = Listing(
    "/quarantine",
    (
        Column("source", "th.source"),
        Column("last", "sources.last"),
        Column("expected", "sources.expected"),
        Column("events", "sources.events", "num"),
        Column("unclaimed", "sources.unclaimed", "num"),
    ),
    order="source",
    filters={"service": "connect.service", "state": "th.state"},
    table="sources",
    place="#tools",
    prefix="tool_",
)
SILENT: Final = "silent"
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


def shown_sources(view: View, *, is_file: bool = False) -> Shown[SourceRow]:
    """The list of tools as its address asks for it."""
    held = Held(
        read_sources(view.seen),
        {
            "service": lambda row: (row.service,) if row.service else (),
            "state": lambda row: (SILENT,) if row.is_silent else (),
        },
        {
            "source": lambda row: plain(row.source),
            "last": lambda row: row.last,
            "expected": lambda row: row.expected_every,
            "events": lambda row: row.events if row.is_counted else None,
            "unclaimed": lambda row: row.unclaimed if row.is_counted else None,
        },
    )
    silent = [Choice(SILENT, view.language.text("sources.silent"))] if held.every("state") else []
    narrowings = [by_service(view, "service", held.every("service")), Narrowing("state", silent)]
    return Shown(view, SOURCES, narrowings, held.find, is_file)
