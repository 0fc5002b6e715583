"""Answers that nobody contests: the complaint is closed as time passes, through the outbox, and shown so at once (SHARED §7)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

from domain.calendars import later
from domain.durations import NominalDays, WorkingDays
from domain.offers.terms import CharterTerms
from domain.open_time import CalendarEnded
from domain.times import Instant, local_date, zone
from services.access import PLATFORM_NAME
from services.contract_files import charter_from_canonical, offer_from_canonical
from services.history.databases import Transaction
from services.history.entries import Position
from services.judging.bench import Bench
from services.judging.complaint_outbox import KIND, outbox_name
from services.judging.outbox import put_in_outbox
from services.tables.table import text_of

SILENT_AFTER: Final = WorkingDays(20)
"""Of the charter's calendar, from the answer on."""
SILENT_AFTER_DAYS: Final = NominalDays(28)
"""Where it has none."""
_UTC: Final = "UTC"


class _Ruled(NamedTuple):
    """By what the time of an answer runs: the zone, and the calendar that the charter names."""

    zone: str
    calendar: str | None


def close_silent(bench: Bench, writes: Transaction, reached: Instant, at: Position) -> None:
    """Closes what was answered and has been contested by nobody until its limit, which time has reached."""
    sql = "SELECT id, offer, client, document FROM view_complaint WHERE state = 'answered' ORDER BY id"
    for id, offer, client, text in writes.query(sql):
        document = msgspec.json.decode(text)
        limit = _limit(bench, writes, offer, client, _answered(bench, document))
        if limit is not None and limit <= reached:
            content = {"complaint": id, "answers": document["answers"], "time": limit}
            put_in_outbox(writes, outbox_name(id, document["answers"]), at, KIND, content)
            _show_closed(writes, id, document, limit, at)


def _answered(bench: Bench, document: dict[str, Any]) -> Instant:
    """When the client could read the answer: where the store lives with the clock, not before it was said."""
    last = next(one for one in reversed(document["steps"]) if one["verb"] == "answered")
    answered: Instant = max(last["time"], last["at"]) if bench.lives else last["time"]
    return answered


def _limit(bench: Bench, reads: Transaction, offer: str | None, client: str, answered: Instant) -> Instant | None:
    """None where the calendar does not reach as far."""
    ruled = _ruled(reads, offer, client, answered) if offer is not None else _Ruled(_UTC, None)
    here = zone(ruled.zone)
    calendar = bench.catalogue.published_calendar(ruled.calendar) if ruled.calendar is not None else None
    try:
        if calendar is None:
            return later(answered, SILENT_AFTER_DAYS, here, None)
        return later(answered, SILENT_AFTER, here, calendar)
    except CalendarEnded:
        return None


def _ruled(reads: Transaction, offer: str, client: str, moment: Instant) -> _Ruled:
    """By the version of the charter in force on that day; without one, by the first there is."""
    [(document,)] = reads.query("SELECT document FROM view_offer WHERE id = ?", [offer])
    terms = offer_from_canonical(msgspec.json.decode(document)["versions"][-1]["document"])
    day = local_date(moment, zone(terms.timezone))
    found: list[CharterTerms] = []
    sql = "SELECT document FROM view_charter WHERE offer = ? AND client = ? ORDER BY id"
    for (text,) in reads.query(sql, [offer, client]):
        for one in msgspec.json.decode(text)["proposals"]:
            if one["version"]:
                found.append(charter_from_canonical(one["document"], terms.currency))
    found.sort(key=lambda one: one.effective)
    charter = next((one for one in reversed(found) if one.effective <= day), next(iter(found), None))
    return _Ruled(terms.timezone, charter.calendar if charter is not None else None)


def _show_closed(writes: Transaction, id: str, document: dict[str, Any], limit: Instant, at: Position) -> None:
    step = {"verb": "closed", "time": limit, "by": PLATFORM_NAME, "at": limit, "words": None}
    steps = [*document["steps"], {**step, "detail": {"reason": "silent"}}]
    content = text_of({**document, "reason": "silent", "reached": limit, "steps": steps})
    writes.execute(
        "UPDATE view_complaint SET state = 'closed', changed = ?, document = ? WHERE id = ?", [at, content, id]
    )
