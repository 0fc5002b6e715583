"""Tells the items that are looked at (conformity, measure, satisfaction, volume): written into the events of others, or
into events of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import assert_never

from domain.commitments import Commitment
from domain.kinds.faces import face
from domain.selecting import selects
from domain.terms import (
    Availability,
    Conformity,
    Deadline,
    Freshness,
    Indicator,
    Measure,
    Punctuality,
    Satisfaction,
    Selector,
    Turnaround,
    Volume,
)
from domain.times import Instant, day_start, from_local, local_date
from entente.simulation.amounts import DAYS, amount, answered, measured
from entente.simulation.facts import Fact, chosen_fact, fill, fill_slices, whole_seconds
from entente.simulation.luck import Temper, luck, mark

Item = Conformity | Measure | Satisfaction | Volume


def item_of(indicator: Indicator) -> Item | None:
    """None for what tells events of its own: dates, cases, signals."""
    match indicator:
        case Conformity() | Measure() | Satisfaction() | Volume():
            return indicator
        case Punctuality() | Deadline() | Turnaround() | Availability() | Freshness():
            return None
        case _:
            assert_never(indicator)


SAYS_NOTHING = 0.002
"""The share of events in which the producer left out what is judged."""
MOST_A_DAY = 12
"""More events a day than this are not told for a volume that counts them."""


class Checks:
    """The items among the commitments; gives every event that one of them judges its values."""

    def __init__(self, commitments: Sequence[Commitment], seed: int):
        self._seed = seed
        self._by_type: dict[str, list[tuple[Commitment, Item, Temper]]] = {}
        self.all: list[Commitment] = []
        """Volumes first, since they say how many events come."""
        for commitment in commitments:
            terms = item_of(commitment.newest.criterion.indicator)
            if terms is not None:
                self.all.append(commitment)
                for kind in selector_of(terms).types:
                    temper = Temper.of(seed, commitment.id)
                    self._by_type.setdefault(kind, []).append((commitment, terms, temper))
        self.all.sort(key=lambda one: not _is_volume(one.newest.criterion.indicator))

    def fill(self, fact: Fact) -> set[str]:
        """Writes what is judged into the fact; the commitments that judge it."""
        judging: set[str] = set()
        for commitment, terms, temper in self._by_type.get(fact.type, ()):
            if not selects(selector_of(terms), fact.as_event()):
                continue
            judging.add(commitment.id)
            draw = luck(self._seed, commitment.id, fact.id)
            self._write(fact, commitment, terms, temper, draw)
            fill_slices(fact, commitment, draw)
        return judging

    def _write(self, fact: Fact, commitment: Commitment, terms: Item, temper: Temper, draw: Random) -> None:
        mood, care, fate = temper.mood(fact.time), temper.care, draw.random()
        says_nothing = fate >= 1 - SAYS_NOTHING
        criterion, usual = commitment.newest.criterion, usually(self._seed, commitment)
        match terms:
            case Volume():
                if terms.value is not None:
                    fact.put(terms.value, amount(terms, usual, mood, care, draw))
            case _ if says_nothing:
                return
            case Conformity():
                fill(fact, terms.good, draw, is_good=fate >= mood.failed * care)
            case Measure():
                fact.put(terms.value, measured(terms, criterion, usual, mood, care, draw))
            case Satisfaction():
                fact.put(terms.score, answered(terms, criterion, mood, care, draw))
            case _:
                assert_never(terms)


def selector_of(terms: Item) -> Selector:
    """The events that it looks at."""
    ((_, selector),) = face(terms).selectors(terms)
    return selector


def _is_volume(indicator: Indicator) -> bool:
    """Says whether the indicator tells how many events come."""
    return face(indicator).counted_per(indicator) is not None


def usually(seed: int, commitment: Commitment) -> float:
    """Gives how many events of its own an item usually gets a day: the sum of a volume is told once, its number as it
    is counted."""
    terms = item_of(commitment.newest.criterion.indicator)
    assert terms is not None
    match terms:
        case Volume():
            return 1 if terms.value is not None else min(MOST_A_DAY, float(terms.expected) / DAYS[terms.per])
        case Conformity() | Measure() | Satisfaction():
            return luck(seed, "own", commitment.id).randint(1, 3)
        case _:
            assert_never(terms)


def own_events(commitment: Commitment, seed: int, start: Instant, until: Instant) -> Iterator[Fact]:
    """A few events a day for an item that judges nothing that others send."""
    version = commitment.newest
    terms = version.criterion.indicator
    assert isinstance(terms, Item)
    key = face(terms).key(terms)
    day, last = local_date(start, version.zone), local_date(until, version.zone)
    while day <= last:
        draw = luck(seed, commitment.id, day)
        for number in range(_number(commitment, terms, day, seed, draw)):
            wall = datetime.combine(day, time()) + timedelta(seconds=int(draw.triangular(8, 19, 14) * 3600))
            at = whole_seconds(from_local(wall, version.zone))
            if start <= at < until and commitment.version_at(at) is not None:
                name = f"{version.deliverable.id}-{day:%y%m%d}-{number + 1}"
                tool = f"{version.debtor}/tools"
                identity = mark(seed, commitment.id, name)
                fact = chosen_fact(selector_of(terms), at, version.zone, identity, luck(seed, identity), tool)
                fact.subject = fact.subject or name
                if key is not None and key != "subject":
                    fact.put(key, name)
                yield fact
        day += timedelta(days=1)


def _number(commitment: Commitment, terms: Item, day: date, seed: int, draw: Random) -> int:
    """Draws how many events come that day. A volume comes every day; of other things there are few at weekends."""
    usual = usually(seed, commitment)
    match terms:
        case Conformity() | Measure() | Satisfaction():
            return draw.randint(0, 2 * int(usual)) if day.weekday() < 5 else 0
        case Volume():
            return 1 if terms.value is not None else _amount(commitment, terms, usual, day, seed, draw)
        case _:
            assert_never(terms)


def _amount(commitment: Commitment, terms: Volume, usual: float, day: date, seed: int, draw: Random) -> int:
    """Draws how many events come of a volume that counts them: in bad times fewer than its band allows."""
    mood = Temper.of(seed, commitment.id).mood(day_start(day, commitment.newest.zone))
    whole = usual * (1 - float(terms.band) * (1.4 if mood.pace > 0.8 else 0))
    return int(whole) + (draw.random() < whole % 1)
