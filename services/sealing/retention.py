"""What is kept, where, until when; and what goes because its time is over.

The keys of a month go when the last instant of the month and the retention of its source have passed, by the time of the store: up
to 31 days later than an event alone would. What was set aside goes once it is settled and its day is over, or after ASIDE_DAYS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Final

from domain.saying import said
from domain.times import Instant, day_start, zone
from services.contract_files import readings
from services.contract_files.service_terms import Source
from services.history.entries import QUARANTINED, SETTLED, box_of
from services.history.history import History
from services.history.settling import settled_of
from services.sealing.data_keys import DataKeys, Held
from services.sealing.erasing import Erasing

ASIDE_DAYS: Final = 30
_A_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept sealed of one source and month: about so many subjects, in `stored_in` by the tool itself; `until` it is
    destroyed (excluded), None where nobody says. `is_declared`: whether the source is declared personal still."""

    source: str
    month: str
    subjects: int
    until: Instant | None
    retention: str | None
    stored_in: str | None
    is_declared: bool


def kept(keys: DataKeys, declared: Mapping[str, Source]) -> list[Kept]:
    """All that is kept, by source and month; `declared`: sources that declare personal values."""
    found = []
    for (source, month), held in groupby(keys.held("event"), key=lambda one: (one.need.source, one.need.span)):
        terms = declared.get(source)
        retention = terms.retention if terms is not None else None
        until = ends(month, retention) if retention is not None else None
        where = terms.stored_in if terms is not None else None
        found.append(Kept(source, month, len(list(held)), until, retention, where, terms is not None))
    return found


def ends(month: str, retention: str) -> Instant:
    """When what is of that month (2026-03) goes: the end of the month, in UTC, and the retention behind it."""
    year, number = map(int, month.split("-"))
    length, unit = readings.retention(retention)
    months = year * 12 + number + (0 if unit == "D" else length * (12 if unit == "Y" else 1))
    if months >= 9999 * 12:
        return _instant(date(9999, 12, 31))
    day = date(months // 12, months % 12 + 1, 1)
    return _instant(day + timedelta(days=length) if unit == "D" else day)


def run(
    erasing: Erasing, keys: DataKeys, declared: Mapping[str, Source], watermark: Instant | None, by: str
) -> list[Held]:
    """Destroys the keys whose retention is over by the time of the store; gives them."""
    gone: list[Held] = []
    for source, held in groupby(_due(keys, declared, watermark), key=lambda one: one.need.source):
        keys_of_source = list(held)
        reason = str(said("retention {retention} of {source}", retention=declared[source].retention, source=source))
        erasing.destroy(keys_of_source, by, "retention", reason)
        gone += keys_of_source
    return gone


def _due(keys: DataKeys, declared: Mapping[str, Source], watermark: Instant | None) -> Iterator[Held]:
    for one in keys.held("event"):
        terms = declared.get(one.need.source)
        if watermark is None or terms is None or terms.retention is None:
            continue
        if ends(one.need.span, terms.retention) - 1 <= watermark:
            yield one


def sweep(history: History, keys: DataKeys, now: Instant) -> int:
    """Destroys the keys of what was set aside that nobody needs any more; gives how many. `now`: by the clock."""
    held = keys.held("aside")
    today = datetime.fromtimestamp(now // 1_000_000, UTC).date()
    past = {one.id: date.fromisoformat(one.need.span) for one in held}
    waiting = _waiting(history, past) if past else set()
    over = [
        id
        for id, day in past.items()
        if day < today and (id not in waiting or day + timedelta(days=ASIDE_DAYS) <= today)
    ]
    return len(keys.destroy(over, now)) if over else 0


def _waiting(history: History, of: Mapping[str, date]) -> set[str]:
    """Those of the keys under which something lies that is not settled."""
    items: dict[bytes, str] = {}
    settled: dict[bytes, str] = {}
    after = 0
    while page := history.read(after, _A_PAGE, [QUARANTINED, SETTLED]):
        for entry in page:
            if entry.topic == SETTLED:
                how = settled_of(entry.state)
                there, gone = (settled, items) if how.verb == "taken-back" else (items, settled)
                if (key := there.pop(how.item.bytes, None)) is not None:
                    gone[how.item.bytes] = key
            elif (box := box_of(entry.state)) is not None and box.key in of:
                items[entry.stream.bytes] = box.key
        after = page[-1].position
    return set(items.values())


def _instant(day: date) -> Instant:
    return day_start(day, zone("UTC"))
