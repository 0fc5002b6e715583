"""The book of use: what the meters of published offers count, by client and month, as far as time has come (SHARED §2).

What an event counts for is a function of the event and the offer alone, so that it is added and taken out in any order. One judge keeps
it, that of the first shard; a judge of some contracts alone keeps none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import msgspec

from domain.events import OperationalEvent
from domain.kinds.volume import Sum
from domain.offers.metering import Metered, Metering
from domain.times import Instant
from services.contract_files import offer_from_canonical
from services.history.databases import Row, Transaction, replacing
from services.history.entries import Position

DAY: Final = ":day"
HOUR: Final = ":hour"
"""The cuts by time; others are paths."""
WHOLE: Final = ""
"""The cut of a month as a whole."""
_PAGE: Final = 5_000
_USE = ("offer", "meter", "month", "client", "cut", "value", "events", "unusable", "total")
_LATE = ("offer", "meter", "client", "day", "position", "events", "unusable", "total")
_AHEAD = ("position", "offer", "meter", "client", "time", "day", "hour", "groups", "amount")


_Place = tuple[str, str, str, str]
"""Offer, meter, month, client."""
_Group = tuple[str, str]
"""Cut and value."""
_WHOLE: Final = (WHOLE, "")
_HOURS: Final = tuple((HOUR, f"{hour:02d}:00") for hour in range(24))


class OfDay(NamedTuple):
    """One client on one local day (YYYY-MM-DD)."""

    offer: str
    meter: str
    client: str
    day: str


@dataclass(frozen=True, slots=True)
class Counted:
    """An event as a meter of an offer counts it."""

    offer: str
    metered: Metered


@dataclass(frozen=True, slots=True)
class Recount:
    """An offer that is counted anew: its meters before (None: it had none) and after, and what stood by day."""

    offer: str
    before: Metering | None
    after: Metering
    stood: Mapping[OfDay, Sum]


class UseBook:
    """`now`: how far time has come."""

    def __init__(self, now: Callable[[], Instant | None], *, keeps: bool):
        self._now = now
        self.keeps = keeps
        """False for a judge that has no part in it."""
        self._offers: dict[str, Metering] = {}
        self._by_type: dict[str, list[str]] = {}
        self.forget()
        self._moved_to: Instant | None = None

    def load(self, reads: Transaction) -> None:
        """The offers, as they are published."""
        self._moved_to = None
        if self.keeps:
            self._offers = meters_of_offers(reads)
        self._index()

    def forget(self) -> None:
        """What is not written yet."""
        self._sums: dict[_Place, dict[_Group, Sum]] = {}
        self._late: dict[tuple[OfDay, Position], Sum] = {}
        self._ahead: dict[tuple[int, str, str], tuple[Instant, Metered]] = {}
        self._gone: set[int] = set()

    def counted(self, event: OperationalEvent) -> list[Counted]:
        """What the event counts for in any offer; an event that some meter selects is claimed."""
        offers = self._by_type.get(event.type, ())
        return [Counted(offer, one) for offer in offers for one in self._offers[offer].of(event)]

    def take(self, event: OperationalEvent, counted: Iterable[Counted]) -> None:
        """The event is evidence from its own entry on; before time has come to it, it waits."""
        now = self._now()
        for one in counted:
            if now is None or event.time > now:
                self._ahead[event.position, one.offer, one.metered.meter] = event.time, one.metered
            else:
                self._add(one.offer, one.metered, 1)
                self._note_late(one, Position(event.position), 1, now)

    def take_out(self, event: OperationalEvent, at: Position) -> None:
        """An event that was evidence is none from the entry at that position on."""
        now = self._now()
        for one in self.counted(event):
            if now is None or event.time > now:
                self._ahead.pop((event.position, one.offer, one.metered.meter), None)
                self._gone.add(event.position)
            else:
                self._add(one.offer, one.metered, -1)
                self._note_late(one, at, -1, now)

    def count_anew(self, writes: Transaction, offer: str, documents: Iterable[str]) -> Recount:
        """The offer has another version: all is counted anew, by whoever gives the recount the events."""
        self.write(writes)
        before = self._offers.get(offer)
        stood = dict(self._days(writes, offer)) if before is not None else {}
        for table in ("view_use", "view_use_ahead"):
            writes.execute(f"DELETE FROM {table} WHERE offer = ?", [offer])
        after = self._offers[offer] = _metering(documents)
        self._index()
        return Recount(offer, before, after, stood)

    def take_again(self, recount: Recount, event: OperationalEvent) -> None:
        """An event of before the version that is evidence."""
        now = self._now()
        for one in recount.after.of(event):
            if now is None or event.time > now:
                self._ahead[event.position, recount.offer, one.meter] = event.time, one
            else:
                self._add(recount.offer, one, 1)

    def settle(self, writes: Transaction, recount: Recount, at: Position) -> None:
        """What a month that was final comes to otherwise, of a meter that the offer had before, is a change of the entry at that
        position."""
        self.write(writes)
        now = self._now()
        if recount.before is None or now is None:
            return
        meters = {one.id for one in recount.before.meters}
        stands = dict(self._days(writes, recount.offer))
        for key in recount.stood.keys() | stands.keys():
            month = date.fromisoformat(key.day).replace(day=1)
            if key.meter in meters and now >= recount.after.final_at(month):
                changed = stands.get(key, Sum()).plus(recount.stood.get(key, Sum()), -1)
                self._late[key, at] = changed

    def write(self, writes: Transaction) -> None:
        """Writes what is held back, and counts what time has come to."""
        if not self._offers:
            return
        for position in sorted(self._gone):
            writes.execute("DELETE FROM view_use_ahead WHERE position = ?", [position])
        self._move(writes)
        for place, groups in sorted(self._sums.items()):
            _write_sums(writes, place, groups)
        late = [(*key, at, *_columns(amount)) for (key, at), amount in sorted(self._late.items()) if amount != Sum()]
        if late:
            writes.insert("view_use_late", _LATE, late, replacing(_LATE, 5))
        if self._ahead:
            waiting = [_waiting(key, time, one) for key, (time, one) in sorted(self._ahead.items())]
            writes.insert("view_use_ahead", _AHEAD, waiting, replacing(_AHEAD, 3))
        self.forget()

    def _index(self) -> None:
        self._by_type = {}
        for offer, metering in self._offers.items():
            for kind in metering.types:
                self._by_type.setdefault(kind, []).append(offer)

    def _add(self, offer: str, one: Metered, sign: int) -> None:
        day = one.day.isoformat()
        groups = self._sums.setdefault((offer, one.meter, day[:7], one.client), {})
        for group in (_WHOLE, (DAY, day), _HOURS[one.hour], *one.groups):
            found = groups.get(group)
            groups[group] = one.amount if found is None and sign > 0 else (found or Sum()).plus(one.amount, sign)

    def _note_late(self, one: Counted, at: Position, sign: int, now: Instant) -> None:
        if now >= self._offers[one.offer].final_at(one.metered.day.replace(day=1)):
            it = one.metered
            key = OfDay(one.offer, it.meter, it.client, it.day.isoformat()), at
            self._late[key] = self._late.get(key, Sum()).plus(it.amount, sign)

    def _days(self, reads: Transaction, offer: str) -> Iterator[tuple[OfDay, Sum]]:
        sql = "SELECT meter, client, value, events, unusable, total FROM view_use WHERE offer = ? AND cut = ?"
        for meter, client, day, *amount in reads.query(sql, [offer, DAY]):
            yield OfDay(offer, meter, client, day), sum_of(amount)

    def _move(self, writes: Transaction) -> None:
        """Counts what waited for time that has come by now."""
        now = self._now()
        if now is None:
            return
        for key, (time, one) in list(self._ahead.items()):
            if time <= now:
                _, offer, _ = key
                self._add(offer, one, 1)
                del self._ahead[key]
        if now == self._moved_to:
            return
        self._moved_to = now
        after = (-1, "", "")
        sql = (
            f"SELECT {', '.join(_AHEAD)} FROM view_use_ahead WHERE time <= ? AND (position, offer, meter) > (?, ?, ?) "
            f"ORDER BY position, offer, meter LIMIT {_PAGE}"
        )
        while rows := writes.query(sql, [now, *after]):
            for position, offer, meter, client, _, day, hour, groups, amount in rows:
                found = tuple((path, value) for path, value in msgspec.json.decode(groups))
                one = Metered(meter, client, date.fromisoformat(day), hour, found, Sum.parse(amount))
                self._add(offer, one, 1)
                after = (position, offer, meter)
        writes.execute("DELETE FROM view_use_ahead WHERE time <= ?", [now])


def meters_of_offers(reads: Transaction) -> dict[str, Metering]:
    """What is counted for each offer, as it is published."""
    found = reads.query("SELECT id, document FROM view_offer ORDER BY id")
    return {id: _metering(one["document"] for one in msgspec.json.decode(text)["versions"]) for id, text in found}


def sum_of(row: Iterable[object]) -> Sum:
    """The columns events, unusable, total."""
    events, unusable, total = row
    return Sum.parse(f"{events}:{unusable}:{total}")


def _columns(amount: Sum) -> tuple[int, int, str]:
    return amount.events, amount.unusable, amount.text


def _metering(documents: Iterable[str]) -> Metering:
    return Metering([offer_from_canonical(one) for one in documents])


def _waiting(key: tuple[int, str, str], time: Instant, one: Metered) -> Row:
    position, offer, meter = key
    groups = msgspec.json.encode(one.groups).decode()
    return (position, offer, meter, one.client, time, one.day.isoformat(), one.hour, groups, str(one.amount))


def _write_sums(writes: Transaction, place: _Place, groups: dict[_Group, Sum]) -> None:
    """Adds to what is stored; what no event is left of has no row."""
    sql = "SELECT cut, value, events, unusable, total FROM view_use WHERE offer = ? AND meter = ? AND month = ? AND client = ?"
    stored = {(cut, value): sum_of(amount) for cut, value, *amount in writes.query(sql, place)}
    rows = []
    for group, amount in sorted(groups.items()):
        after = stored.get(group, Sum()).plus(amount)
        if after.events:
            rows.append((*place, *group, *_columns(after)))
        elif group in stored:
            key = "offer = ? AND meter = ? AND month = ? AND client = ? AND cut = ? AND value = ?"
            writes.execute(f"DELETE FROM view_use WHERE {key}", [*place, *group])
    if rows:
        writes.insert("view_use", _USE, rows, replacing(_USE, 6))
