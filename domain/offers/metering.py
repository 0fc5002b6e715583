"""What an event counts for in the meters of an offer: whose use it is, on which day, how much (SHARED §2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from domain.calendars import later
from domain.events import OperationalEvent
from domain.kinds.volume import Sum
from domain.offers.terms import Meter, OfferTerms
from domain.periods import shifted
from domain.routing import text_of
from domain.selecting import is_shown, number_of, selects
from domain.times import Instant, day_start, to_local, zone

UNATTRIBUTED: Final = ""
"""The client of what is nobody's."""
LONGEST_GROUP: Final = 120
"""Letters of a value by which use is cut: what begins alike beyond them is one group."""
_ONE: Final = Sum(1, 0, Decimal(1))
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
"""What a service may be called: another text is no client."""


@dataclass(frozen=True, slots=True)
class Metered:
    """One event as one meter counts it, on a local day and in a local hour. `groups`: the text at each path by which the meter is cut;
    empty for none."""

    meter: str
    client: str
    day: date
    hour: int
    groups: tuple[tuple[str, str], ...]
    amount: Sum


class Metering:
    """The meters of an offer in all its versions: each event is counted as the last version says whose day has come by its time."""

    def __init__(self, versions: Sequence[OfferTerms]):
        self.versions = tuple(versions)
        self._since = tuple(_start_of(one) for one in versions)
        self._meters = {id(one): tuple(_Meter(meter) for meter in one.meters) for one in self.versions}

    @property
    def newest(self) -> OfferTerms:
        return self.versions[-1]

    @cached_property
    def types(self) -> frozenset[str]:
        """The types of event that any version counts."""
        return frozenset(kind for one in self.versions for meter in one.meters for kind in meter.each.types)

    @cached_property
    def meters(self) -> tuple[Meter, ...]:
        """Each meter in its newest wording, in the order in which they came."""
        found = {meter.id: meter for one in self.versions for meter in one.meters}
        return tuple(found.values())

    def version_at(self, time: Instant) -> OfferTerms | None:
        """None before the day of the first one."""
        for place in range(len(self.versions) - 1, -1, -1):
            since = self._since[place]
            if since is None or since <= time:
                return self.versions[place]
        return None

    def of(self, event: OperationalEvent) -> list[Metered]:
        """What the event counts for; nothing where no meter selects it, or it is not shown to the supplier."""
        if event.type not in self.types:
            return []
        terms = self.version_at(event.time)
        if terms is None or not (event.shown_to is None or is_shown(event.shown_to, (terms.supplier,))):
            return []
        here = zone(terms.timezone)
        return [one.counts(event, here) for one in self._meters[id(terms)] if selects(one.meter.each, event)]

    def final_at(self, month: date) -> Instant:
        """From when on the month that begins on that day is final, by the newest version."""
        here = zone(self.newest.timezone)
        return later(day_start(shifted(month, 1, "month"), here), self.newest.late_data, here, None)


class _Meter:
    """A meter with its map of clients at hand."""

    def __init__(self, meter: Meter):
        self.meter = meter
        self._map = dict(meter.client.map) if meter.client.map is not None else None

    def counts(self, event: OperationalEvent, here: ZoneInfo) -> Metered:
        local, meter = to_local(event.time, here), self.meter
        groups = tuple([(path, (text_of(event.lookup(path)) or "")[:LONGEST_GROUP]) for path in meter.by])
        return Metered(meter.id, self._client(event), local.date(), local.hour, groups, amount_of(meter, event))

    def _client(self, event: OperationalEvent) -> str:
        """The service that the event names, text by text; UNATTRIBUTED where it names none."""
        said = event.lookup(self.meter.client.path)
        if not isinstance(said, str):
            return UNATTRIBUTED
        if self._map is not None:
            return self._map.get(said, UNATTRIBUTED)
        return said if _ID.fullmatch(said) else UNATTRIBUTED


def amount_of(meter: Meter, event: OperationalEvent) -> Sum:
    """One unit, or as many as the value says; an event without a number there is unusable, and in no sum."""
    if meter.value is None:
        return _ONE
    number = number_of(event.lookup(meter.value))
    return Sum(1, 1) if number is None else Sum(1, 0, Decimal(number))


def _start_of(terms: OfferTerms) -> Instant | None:
    return None if terms.effective is None else day_start(terms.effective, zone(terms.timezone))
