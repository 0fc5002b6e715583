"""The list of what was read, and by whom: what it is sorted and narrowed by, and its rows on a page or in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from dashboards.pages.house.cells import MOST
from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import A_PAGE, Choice, Column, Found, Listing, Narrowing, Shown, Wanted, in_order
from dashboards.pages.protection.asked import wanted_of
from dashboards.pages.sign_in.noted import about
from dashboards.plain import plain
from services.access_log import SORTS, LoggedRow
from services.protection.listing import count_log, read_log

LOG: Final = Listing(
    "/access-log",
    (
        Column("last", "access_log.last"),
        Column("person", "access_log.person"),
        Column("kind", "access_log.kind"),
        Column("about", "access_log.about"),
        Column("address", "access_log.address"),
        Column("times", "access_log.times", "num"),
    ),
    order="-last",
    filters={name: f"access_log.{name}" for name in ("person", "kind", "since", "until")},
    table="access-log",
)


def shown_log(view: View, *, is_file: bool = False) -> Shown[LoggedRow]:
    """The list as its address asks for it. Sorted by their hours, rows are read a page at a time; by another column, all of them that
    are wanted, as many as a table has. Raises NotAllowed, Invalid."""
    history, who, text = view.seen.history, view.who, view.language.text
    keys = _keys(view)

    def find(asked: Wanted, offset: int, limit: int) -> Found[LoggedRow]:
        wanted = wanted_of(view, *(asked.value(name) for name in ("person", "kind", "since", "until")))
        if (asked.column, asked.is_down) == ("last", True):
            rows = read_log(history, who, wanted, limit, offset)
            is_whole = offset == 0 and len(rows) < limit
            return Found(len(rows) if is_whole else count_log(history, wanted), rows)
        every = in_order(read_log(history, who, wanted, MOST), keys[asked.column], is_down=asked.is_down)
        return Found(len(every), every[offset : offset + limit])

    narrowings = [
        Narrowing("person", typed="words", hint=text("access_log.by_name")),
        Narrowing("kind", [Choice(one, text(f"logged.{one}")) for one in SORTS]),
        Narrowing("since", typed="day"),
        Narrowing("until", typed="day"),
    ]
    read_log(
        history, who, wanted_of(view, "", "", "", ""), A_PAGE
    )  # asked before anything else, whoever is not to read it
    return Shown(view, LOG, narrowings, find, is_file)


def _keys(view: View) -> Mapping[str, Callable[[LoggedRow], Any]]:
    return {
        "last": lambda row: row.last,
        "person": lambda row: plain(view.person(row.person)) or None,
        "kind": lambda row: plain(view.language.text(f"logged.{row.sort}")),
        "about": lambda row: plain(about(view, row)) or None,
        "address": lambda row: row.address or None,
        "times": lambda row: row.times,
    }
