"""What stood in somebody's morning mails: a thing that stood there the day before, and did not change, is no news (MORNING §2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from domain.times import Instant
from services.history.databases import Database
from services.notices.kinds import derived, notice_id

STOOD: Final = "stood"


class Stood:
    """Kept as long as what was told, under names that tell nothing of whom or what."""

    def __init__(self, database: Database):
        self._database = database

    def before(self, person: str, day: date) -> frozenset[str]:
        """The names of what stood there on the last morning before that day."""
        with self._database.connect() as reads:
            rows = reads.query("SELECT transition FROM notice_told WHERE subject = ?", [_of(person)])
        found = [row.partition(":") for (row,) in rows]
        last = max((at for at, _, _ in found if at < day.isoformat()), default="")
        return frozenset(name for at, _, name in found if at == last)

    def note(self, person: str, day: date, names: Collection[str], now: Instant) -> None:
        """Also where nothing was sent of it. An empty morning is one: what comes back after it is news."""
        rows = [(_of(person), f"{day.isoformat()}:{name}", now) for name in ("", *sorted(names))]
        with self._database.transaction() as writes:
            writes.insert("notice_told", ("subject", "transition", "at"), rows, "(subject, transition) DO NOTHING")


def name_of_line(*parts: str) -> str:
    """The name of what a line says."""
    return derived(STOOD, *parts)


def _of(person: str) -> str:
    return notice_id(person, "morning", STOOD)
