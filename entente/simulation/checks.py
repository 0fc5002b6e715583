"""What items look at (conformity, measure, satisfaction, volume): written into the events of others, or into events of
their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from domain.commitments import Commitment
from domain.selecting import selects
from domain.terms import Conformity, Indicator, Measure, Satisfaction, Selector, Volume
from domain.times import Instant, day_start, from_local, local_date
from entente.simulation.amounts import DAYS, amount, answered, measured
from entente.simulation.facts import Fact, chosen_fact, fill, is_absent, whole_seconds
from entente.simulation.luck import Temper, luck, mark

Item = Conformity | Measure | Satisfaction | Volume

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
            terms = commitment.newest.criterion.indicator
            if isinstance(terms, Item):
                self.all.append(commitment)
                for kind in selector_of(terms).types:
                    temper = Temper.of(seed, commitment.id)
                    self._by_type.setdefault(kind, []).append((commitment, terms, temper))
        self.all.sort(key=lambda one: not isinstance(one.newest.criterion.indicator, Volume))

    def fill(self, fact: Fact) -> set[str]:
        """Writes what is judged into the fact; the commitments that judge it."""
        judging: set[str] = set()
        for commitment, terms, temper in self._by_type.get(fact.type, ()):
            if not selects(selector_of(terms), fact.as_event()):
                continue
            judging.add(commitment.id)
            draw = luck(self._seed, commitment.id, fact.id)
            fate = draw.random()
            if isinstance(terms, Conformity):
                is_bad = fate < temper.mood(fact.time).failed * temper.care
                if fate < 1 - SAYS_NOTHING:
                    fill(fact, terms.good, draw, is_good=not is_bad)
            elif fate < 1 - SAYS_NOTHING or isinstance(terms, Volume):
                self._write(fact, commitment, terms, temper, draw)
            self._slice(fact, commitment, draw)
        return judging

    def _write(
        self, fact: Fact, commitment: Commitment, terms: Measure | Satisfaction | Volume, temper: Temper, draw: Random
    ) -> None:
        mood, care = temper.mood(fact.time), temper.care
        criterion, usual = commitment.newest.criterion, usually(self._seed, commitment)
        match terms:
            case Measure(value=path):
                fact.put(path, measured(terms, criterion, usual, mood, care, draw))
            case Satisfaction(score=path):
                fact.put(path, answered(terms, criterion, mood, care, draw))
            case Volume(value=str(path)):
                fact.put(path, amount(terms, usual, mood, care, draw))
            case _:
                pass

    @staticmethod
    def _slice(fact: Fact, commitment: Commitment, draw: Random) -> None:
        for path in commitment.newest.criterion.slices:
            if path.startswith("data.") and is_absent(fact, path):
                fact.put(path, f"{path.rpartition('.')[2]}-{draw.randint(1, 4)}")


def selector_of(terms: Item) -> Selector:
    return terms.answer if isinstance(terms, Satisfaction) else terms.each


def usually(seed: int, commitment: Commitment) -> float:
    """How many events of its own an item gets a day: the sum of a volume is told once, its number as it is counted."""
    terms: Indicator = commitment.newest.criterion.indicator
    if isinstance(terms, Volume):
        return 1 if terms.value is not None else min(MOST_A_DAY, float(terms.expected) / DAYS[terms.per])
    return luck(seed, "own", commitment.id).randint(1, 3)


def own_events(commitment: Commitment, seed: int, start: Instant, until: Instant) -> Iterator[Fact]:
    """A few events a day for an item that judges nothing that others send."""
    version = commitment.newest
    terms = version.criterion.indicator
    assert isinstance(terms, Item)
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
                if not isinstance(terms, Volume) and terms.key is not None and terms.key != "subject":
                    fact.put(terms.key, name)
                yield fact
        day += timedelta(days=1)


def _number(commitment: Commitment, terms: Item, day: date, seed: int, draw: Random) -> int:
    """How many events that day. A volume comes every day; of other things there are few at weekends."""
    usual = usually(seed, commitment)
    if not isinstance(terms, Volume):
        return draw.randint(0, 2 * int(usual)) if day.weekday() < 5 else 0
    if terms.value is not None:
        return 1
    mood = Temper.of(seed, commitment.id).mood(day_start(day, commitment.newest.zone))
    whole = usual * (1 - float(terms.band) * (1.4 if mood.pace > 0.8 else 0))
    return int(whole) + (draw.random() < whole % 1)
