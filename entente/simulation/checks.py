"""What conformities look at: written into the events of others, or into events of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from domain.commitments import Commitment
from domain.selecting import selects
from domain.terms import Conformity
from domain.times import Instant, from_local, local_date
from entente.simulation.facts import Fact, chosen_fact, fill, whole_seconds
from entente.simulation.luck import Temper, luck, mark

SAYS_NOTHING = 0.002
"""The share of events in which the producer left out what is judged."""


class Checks:
    """The conformities among the commitments; gives every event that one of them judges its values."""

    def __init__(self, commitments: Sequence[Commitment], seed: int):
        self._seed = seed
        self._by_type: dict[str, list[tuple[Commitment, Conformity, Temper]]] = {}
        self.all: list[Commitment] = []
        for commitment in commitments:
            terms = commitment.newest.criterion.indicator
            if isinstance(terms, Conformity):
                self.all.append(commitment)
                for kind in terms.each.types:
                    temper = Temper.of(seed, commitment.id)
                    self._by_type.setdefault(kind, []).append((commitment, terms, temper))

    def fill(self, fact: Fact) -> set[str]:
        """Writes what is judged into the fact; the commitments that judge it."""
        judging: set[str] = set()
        for commitment, terms, temper in self._by_type.get(fact.type, ()):
            if not selects(terms.each, fact.as_event()):
                continue
            judging.add(commitment.id)
            draw = luck(self._seed, commitment.id, fact.id)
            fate = draw.random()
            is_bad = fate < temper.mood(fact.time).failed * temper.care
            if fate < 1 - SAYS_NOTHING:
                fill(fact, terms.good, draw, is_good=not is_bad)
        return judging


def own_events(commitment: Commitment, seed: int, start: Instant, until: Instant) -> Iterator[Fact]:
    """A few events a day for a conformity that judges nothing that others send."""
    version = commitment.newest
    terms = version.criterion.indicator
    assert isinstance(terms, Conformity)
    usual = luck(seed, "own", commitment.id).randint(1, 3)
    day, last = local_date(start, version.zone), local_date(until, version.zone)
    while day <= last:
        draw = luck(seed, commitment.id, day)
        for number in range(draw.randint(0, 2 * usual) if day.weekday() < 5 else 0):
            wall = datetime.combine(day, time()) + timedelta(seconds=int(draw.triangular(8, 19, 14) * 3600))
            at = whole_seconds(from_local(wall, version.zone))
            if start <= at < until and commitment.version_at(at) is not None:
                name = f"{version.deliverable.id}-{day:%y%m%d}-{number + 1}"
                tool = f"{version.debtor}/tools"
                identity = mark(seed, commitment.id, name)
                fact = chosen_fact(terms.each, at, version.zone, identity, luck(seed, identity), tool)
                fact.subject = fact.subject or name
                if terms.key is not None and terms.key != "subject":
                    fact.put(terms.key, name)
                yield fact
        day += timedelta(days=1)
