"""Effect checks: their units as squares, before │ trigger │ between │ after (MEETING §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards.language import Language
from dashboards.marks import Drawing, picture
from domain.times import local_date, zone
from services.breaches.effects import EffectRow
from services.tables.documents import StoredUnit

_IN_A_ROW = 10
"""Squares side by side: four groups of them fit on a page, and one on a telephone."""
_STEP = 19
_SIZE = 14
_MOST = 100
"""Squares of a group that are drawn, the last ones."""


@dataclass(frozen=True, slots=True)
class Group:
    """One window: its drawing, what it is called, what it says, and the local days from which to which it goes."""

    name: str
    drawing: Markup
    says: str
    days: str


def effect_groups(row: EffectRow, zone_name: str, language: Language) -> list[Group]:
    """In the order of time; a group without a unit is left out, but for what came after."""
    now = row.now
    trigger: list[StoredUnit] = []
    if now["trigger"] is not None and now["trigger_at"] is not None:
        trigger = [(now["trigger"], now["trigger_at"], True)]
    named: list[tuple[str, Sequence[StoredUnit]]] = [
        ("before", now["before"]["units"]),
        ("trigger", trigger),
        ("between", now["between"]),
        ("after", now["after"]["units"]),
    ]
    return [_group(name, units, zone_name, language) for name, units in named if units or name == "after"]


def _group(name: str, units: Sequence[StoredUnit], zone_name: str, language: Language) -> Group:
    title = language.text(f"action.effect_{name}")
    judged = [missed for _, _, missed in units if missed is not None]
    says = "" if name == "trigger" else language.text("action.effect_of", missed=sum(judged), judged=len(judged))
    days = _days([place for _, place, _ in units], zone_name, language)
    told = ", ".join(one for one in (title, says, days) if one)
    return Group(title, _drawn([missed for _, _, missed in units][-_MOST:], told), says, days)


def _days(places: Sequence[int], zone_name: str, language: Language) -> str:
    if not places:
        return ""
    here = zone(zone_name)
    first, last = local_date(min(places), here), local_date(max(places), here)
    years = first.year != last.year
    if first == last:
        return language.day(first)
    return language.text(
        "action.effect_days", first=language.day(first, year=years), last=language.day(last, year=years)
    )


def _drawn(missed: Sequence[bool | None], told: str) -> Markup:
    """The squares, row by row; told to those who do not see them."""
    drawing = Drawing()
    for number, one in enumerate(missed):
        at, line = number % _IN_A_ROW, number // _IN_A_ROW
        name = "pending" if one is None else "failed" if one else "met"
        drawing.place(name, at * _STEP, line * _STEP, _SIZE)
    columns = min(max(len(missed), 1), _IN_A_ROW)
    rows = max(-(-len(missed) // _IN_A_ROW), 1)
    return picture(columns * _STEP - 5, rows * _STEP - 5, drawing.markup(), css="units", name=told)
