"""The book of use, read for one offer: what each client used of a meter, as it stands or as it stood at an entry (SHARED §2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Final

from domain.kinds.volume import Sum
from domain.offers.metering import UNATTRIBUTED, Metering
from domain.slicing import WEEKDAYS
from domain.times import Instant
from services.access import ADMINISTRATOR
from services.charters.reading import read_charters
from services.charters.rows import CharterRow
from services.directory.service_rows import services
from services.history.entries import Position
from services.judging.use_book import DAY, HOUR, WHOLE, sum_of
from services.offers.rows import OfferRow
from services.seeing.known import Known
from services.seeing.seen import Seen
from services.use.spans import running_month

_NOTHING: Final = Sum()


@dataclass(frozen=True, slots=True)
class Used:
    """`late`: by how much of it came after its month was final, because of the entries `causes`."""

    amount: Sum = _NOTHING
    late: Sum = _NOTHING
    causes: tuple[int, ...] = ()

    @property
    def units(self) -> Fraction:
        return Fraction(self.amount.total)

    @property
    def final(self) -> Sum:
        return self.amount.plus(self.late, -1)

    def plus(self, other: Used) -> Used:
        causes = tuple(sorted({*self.causes, *other.causes}))
        return Used(self.amount.plus(other.amount), self.late.plus(other.late), causes)

    def without(self, late: Used) -> Used:
        """As it stood before that came."""
        causes = tuple(one for one in self.causes if one not in late.causes)
        return Used(self.amount.plus(late.late, -1), self.late.plus(late.late, -1), causes)


class OfferUse:
    """All that is counted of one offer, of every client: whoever reads it says what of it is shown. A client is counted as one at the
    level that the offer says."""

    def __init__(self, seen: Seen, offer: OfferRow):
        self._reads = seen.reads
        self._seen = seen
        self.offer = offer
        self.metering = Metering([one.terms for one in offer.versions])
        self.known: Known = seen.known.shards[0] if seen.known.shards else seen.known
        self._months: dict[str, dict[date, dict[str, Used]]] = {}

    @property
    def watermark(self) -> Instant | None:
        return self.known.watermark

    @cached_property
    def running(self) -> date | None:
        """The month that is not complete yet; None before time was declared."""
        return None if self.watermark is None else running_month(self.offer.terms, self.watermark)

    def by_client(self, meter: str, months: Sequence[date], at: Position | None = None) -> dict[str, Used]:
        """What each client used in these months together; UNATTRIBUTED for nobody. `at`: as it stood at that position, of months that
        were final then."""
        stored, found = self._of(meter), dict[str, Used]()
        for month in months:
            for client, used in stored.get(month, {}).items():
                found[client] = found.get(client, Used()).plus(used)
        if at is not None:
            for month, client, late in self._late(meter):
                if month in months and max(late.causes) > at:
                    found[client] = found.get(client, Used()).without(late)
        return found

    def between(self, meter: str, client: str, first: date, after: date, at: Position | None = None) -> Fraction:
        """The units of a client on the local days from `first` to the one before `after`."""
        since, until = first.isoformat(), after.isoformat()
        sql = (
            "SELECT client, events, unusable, total FROM view_use WHERE offer = ? AND meter = ? AND cut = ? "
            "AND month >= ? AND month <= ? AND value >= ? AND value < ?"
        )
        params = [self.offer.id, meter, DAY, since[:7], until[:7], since, until]
        total = _sum(amount for one, *amount in self._reads.query(sql, params) if self.level(one) == client)
        if at is not None:
            sql = (
                "SELECT client, events, unusable, total FROM view_use_late WHERE offer = ? AND meter = ? AND day >= ? "
                "AND day < ? AND position > ?"
            )
            rows = self._reads.query(sql, [self.offer.id, meter, since, until, at])
            total = total.plus(_sum(amount for one, *amount in rows if self.level(one) == client), -1)
        return Fraction(total.total)

    def cut(self, meter: str, months: Sequence[date], by: str) -> dict[tuple[str, str], Sum]:
        """By client and group: weekday, hour, or what stands at a path. The groups of a client sum to its units."""
        cut = {"weekday": DAY, "hour": HOUR}.get(by, by)
        wanted, found = {f"{month:%Y-%m}" for month in months}, dict[tuple[str, str], Sum]()
        sql = "SELECT month, client, value, events, unusable, total FROM view_use WHERE offer = ? AND meter = ? AND cut = ?"
        for month, client, value, *amount in self._reads.query(sql, [self.offer.id, meter, cut]):
            if month in wanted:
                group = WEEKDAYS[date.fromisoformat(value).weekday()] if by == "weekday" else value
                key = self.level(client), group
                found[key] = found.get(key, Sum()).plus(sum_of(amount))
        return found

    def began(self, meter: str) -> date | None:
        """The month from which on the meter is taken to be in use: of what was used first, of its first charter, or of the day from
        which the offer counts."""
        effective = self.offer.versions[0].terms.effective
        days = [*self._of(meter)][:1] + [one.begins for one in self.charters if one.begins is not None]
        found = [day.replace(day=1) for day in (*days, *([effective] if effective is not None else []))]
        return min(found, default=None)

    @cached_property
    def charters(self) -> list[CharterRow]:
        """Every charter of the offer."""
        return read_charters(self._seen.by(ADMINISTRATOR), self.offer.id)

    @cached_property
    def clients(self) -> frozenset[str]:
        """Whoever used something, or is or was to have a charter."""
        sql = "SELECT DISTINCT client FROM view_use WHERE offer = ?"
        used = {self.level(client) for (client,) in self._reads.query(sql, [self.offer.id])}
        return frozenset({*used, *(self.level(one.client) for one in self.charters)} - {UNATTRIBUTED})

    def level(self, client: str) -> str:
        """The service as which a client is counted: itself, or the one at the top that it is part of."""
        if self.offer.terms.clients == "service" or client == UNATTRIBUTED:
            return client
        passed = {client}
        while (above := self._above.get(client)) is not None and above not in passed:
            client = above
            passed.add(above)
        return client

    @cached_property
    def _above(self) -> Mapping[str, str | None]:
        return {id: one.part_of for id, one in services(self._reads).items()}

    def _of(self, meter: str) -> dict[date, dict[str, Used]]:
        """By month, ascending, and client."""
        if meter not in self._months:
            sql = (
                "SELECT month, client, events, unusable, total FROM view_use WHERE offer = ? AND meter = ? AND cut = ? "
                "ORDER BY month, client"
            )
            rows = [
                (date.fromisoformat(f"{month}-01"), self.level(client), Used(sum_of(amount)))
                for month, client, *amount in self._reads.query(sql, [self.offer.id, meter, WHOLE])
            ]
            found: dict[date, dict[str, Used]] = {}
            for month, client, used in [*rows, *self._late(meter)]:
                of_month = found.setdefault(month, {})
                of_month[client] = of_month.get(client, Used()).plus(used)
            self._months[meter] = dict(sorted(found.items()))
        return self._months[meter]

    def _late(self, meter: str) -> list[tuple[date, str, Used]]:
        """By month and client, one for each entry that changed it."""
        sql = "SELECT day, client, position, events, unusable, total FROM view_use_late WHERE offer = ? AND meter = ?"
        rows = self._reads.query(sql, [self.offer.id, meter])
        return [
            (date.fromisoformat(day).replace(day=1), self.level(client), Used(late=sum_of(amount), causes=(at,)))
            for day, client, at, *amount in rows
        ]


def _sum(amounts: Iterable[Iterable[object]]) -> Sum:
    total = Sum()
    for one in amounts:
        total = total.plus(sum_of(one))
    return total
