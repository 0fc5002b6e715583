"""The next dates of a draft, unrolled by the schedule that judges them, whatever else of the draft is still wrong."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from domain.recurrence import DayRule
from domain.schedule import Schedule
from domain.times import Instant, from_local, local_date, zone
from services.contract_files import Document, Tree, contract_terms, value_at
from services.contract_files.documents import Path
from services.errors import DocumentInvalid
from services.seeing.seen import Seen
from services.trying.foreseeing import drafted

MOST: Final = 5
_FAR: Final = timedelta(days=8 * 366)
"""A rule that gives a date does so within two leap years."""
_OF_INDICATOR: Final = ("kind", "due", "on_closed_day")
_EXAMPLE: Final[Tree] = {"type": "example"}


def next_dues(seen: Seen, tree: Tree, criterion: Path, after: Instant | None, most: int = MOST) -> list[Instant]:
    """The next due dates of one criterion of a draft, after that instant and not before the draft is in force; none where it has no
    dates, or where what says them cannot be read."""
    indicator = value_at(tree, (*criterion, "indicator"))
    if not isinstance(indicator, dict) or indicator.get("kind") != "punctuality":
        return []
    alone = {name: indicator[name] for name in _OF_INDICATOR if name in indicator} | {
        "delivered": _EXAMPLE,
        "key": "subject",
    }
    one = {"id": "criterion", "indicator": alone, "target": {"max_misses": 0, "per": "month"}}
    schedule = _schedule(seen, _frame(tree, {"id": "deliverable", "criteria": [one]}))
    if schedule is None:
        return []
    found: list[Instant] = []
    due = schedule.next_after(after if after is not None else 0)
    while due is not None and len(found) < most:
        found.append(due.due)
        due = schedule.next_after(due.due)
    return found


def next_reviews(tree: Tree, after: Instant | None, most: int = MOST) -> list[Instant]:
    """The next meetings of a draft, as `next_dues` finds due dates."""
    try:
        terms = contract_terms(Document("draft", _frame(tree, _something(), "review"), {}, {}))
    except DocumentInvalid:
        return []
    if terms.review is None:
        return []
    here = zone(terms.timezone)
    first = max(terms.valid_from, terms.effective, *([local_date(after, here)] if after is not None else ()))
    last = min(terms.valid_until or date.max, first + _FAR)
    days = DayRule.parse(terms.review.every).dates(terms.valid_from, first, last, lambda _: False)
    return list(islice((_at(day, terms.review.at, here) for day in days), most))


def _at(day: date, at: time, here: ZoneInfo) -> Instant:
    return from_local(datetime.combine(day, at), here)


def _something() -> Tree:
    indicator = {"kind": "freshness", "updated": _EXAMPLE, "max_age": "1 day"}
    one = {"id": "criterion", "indicator": indicator, "target": {"at_least": "90 %", "per": "month"}}
    return {"id": "deliverable", "criteria": [one]}


def _frame(tree: Tree, deliverable: Tree, *more: str) -> Tree:
    """A contract that says of the draft when things are, and nothing else."""
    kept = {name: tree[name] for name in ("timezone", "valid", "effective", "calendar", *more) if name in tree}
    return {
        "entente": 1,
        "contract": "draft",
        "supplier": "supplier-of-it",
        "client": "client-of-it",
        **kept,
        "deliverables": [deliverable],
    }


def _schedule(seen: Seen, tree: Tree) -> Schedule | None:
    try:
        return drafted(seen, [Document("draft", tree, {}, {})])[0].schedule
    except DocumentInvalid:
        return None
