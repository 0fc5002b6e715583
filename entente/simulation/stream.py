"""Everything that happens under some contracts, in the order in which it is heard of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby
from random import Random
from typing import assert_never

from domain.calendars import Calendar
from domain.commitments import Commitment
from domain.contract_versions import ContractVersion, commitments_of
from domain.durations import HOUR, MINUTE, SECOND
from domain.events import OperationalEvent
from domain.kinds.faces import face
from domain.saying import said
from domain.selecting import selects
from domain.terms import (
    Availability,
    CalendarReference,
    CalendarTerms,
    Conformity,
    ContractTerms,
    Deadline,
    Freshness,
    Measure,
    Punctuality,
    Satisfaction,
    Selector,
    Turnaround,
    Volume,
)
from domain.times import Instant, show
from entente.simulation.cases import case_events, streams
from entente.simulation.checks import Checks, item_of, own_events, selector_of
from entente.simulation.dated import deliveries
from entente.simulation.facts import Fact, chosen_fact
from entente.simulation.luck import DAY, luck
from entente.simulation.signals import outages, updates
from services.errors import Invalid

LATE_NEWS, TWICE, CORRUPT = 0.012, 0.006, 0.004
LONGEST_SILENCE = 6 * DAY
"""No news comes later than this."""


def simulate(
    contracts: Sequence[ContractTerms],
    calendars: Mapping[str, CalendarTerms],
    *,
    seed: int,
    start: Instant,
    until: Instant,
    corrupt: bool = False,
) -> Iterator[bytes]:
    """CloudEvents, one line of JSON each, that arrive in [start, until), in the order of arrival.

    Mostly the order of time, with some late news and some events sent twice; `corrupt` adds lines that no door can
    accept. Several versions of one contract may be given. The same arguments give the same bytes, and a later `until`
    gives the same lines with more behind them. Raises Invalid for a calendar that is named and not given.
    """
    for _, line in upcoming(contracts, calendars, seed=seed, start=start, since=start, until=until, corrupt=corrupt):
        yield line


def upcoming(
    contracts: Sequence[ContractTerms],
    calendars: Mapping[str, CalendarTerms],
    *,
    seed: int,
    start: Instant,
    since: Instant,
    until: Instant,
    corrupt: bool = False,
) -> Iterator[tuple[Instant, bytes]]:
    """The part of the stream begun at `start` that arrives in [since, until), each line with its arrival: what
    `simulate` gave until `since` goes on here without a seam."""
    commitments = _commitments(contracts, calendars)
    heard = [
        (arrival, fact.id, line)
        for fact in _facts(commitments, seed, start, until)
        if fact.time < until
        for arrival, line in _heard(fact, seed, corrupt)
        if since <= arrival < until
    ]
    for arrival, _, line in sorted(heard):
        yield arrival, line


def _commitments(contracts: Sequence[ContractTerms], calendars: Mapping[str, CalendarTerms]) -> list[Commitment]:
    ordered = sorted(contracts, key=lambda terms: (terms.id, terms.effective))
    composed: dict[str, Calendar] = {name: Calendar(terms) for name, terms in calendars.items()}

    def calendar(terms: ContractTerms) -> Calendar | None:
        match terms.calendar:
            case CalendarReference(name):
                if name not in composed:
                    raise Invalid(
                        said(
                            "the contract {terms} names the calendar {name}, which was not given",
                            terms=terms.id,
                            name=name,
                        ),
                        mend=said("give the calendar's file too"),
                    )
                return composed[name]
            case CalendarTerms() as inline:
                return Calendar(inline)
            case None:
                return None

    return [
        commitment
        for _, versions in groupby(ordered, key=lambda terms: terms.id)
        for commitment in commitments_of(
            [ContractVersion(number, terms, calendar(terms)) for number, terms in enumerate(versions, start=1)]
        )
    ]


def _facts(commitments: Sequence[Commitment], seed: int, start: Instant, until: Instant) -> Iterator[Fact]:
    checks = Checks(commitments, seed)
    told = chain(
        (fact for one in commitments if one.schedule for fact in deliveries(one, one.schedule, seed, start, until)),
        (fact for stream in streams(commitments) for fact in case_events(stream, seed, start, until)),
        (fact for one in commitments for fact in _signals(one, seed, start, until)),
    )
    for fact in told:
        checks.fill(fact)
        yield fact
    examples = [example for one in commitments for example in _examples(one)]
    for commitment in checks.all:
        terms = item_of(commitment.newest.criterion.indicator)
        assert terms is not None
        if any(selects(selector_of(terms), example) for example in examples):
            continue
        for fact in own_events(commitment, seed, start, until):
            checks.fill(fact)
            yield fact
        examples.append(_example(commitment, selector_of(terms)))


def _signals(commitment: Commitment, seed: int, start: Instant, until: Instant) -> Iterator[Fact]:
    match commitment.newest.criterion.indicator:
        case Availability():
            yield from outages(commitment, seed, start, until)
        case Freshness():
            yield from updates(commitment, seed, start, until)
        case Punctuality() | Deadline() | Turnaround() | Conformity() | Measure() | Satisfaction() | Volume():
            return
        case _ as unknown:
            assert_never(unknown)


def _heard(fact: Fact, seed: int, corrupt: bool) -> Iterator[tuple[Instant, bytes]]:
    """Gives when the fact reaches us, with its line; perhaps once more, and perhaps something broken right behind it."""
    draw = luck(seed, "arrival", fact.id)
    arrival = fact.time + round(draw.expovariate(1 / 15) * SECOND)
    if draw.random() < LATE_NEWS:
        arrival += min(round(draw.lognormvariate(2.6, 1.1) * HOUR), LONGEST_SILENCE)
        fact.extensions["recordedtime"] = show(arrival - arrival % SECOND, fact.zone)
    line = fact.line()
    yield arrival, line
    if draw.random() < TWICE:
        yield arrival + draw.randint(1, 600) * SECOND, line
    if corrupt and draw.random() < CORRUPT:
        yield arrival + draw.randint(1, 30) * MINUTE, _broken(line, draw.randrange(4))


def _broken(line: bytes, way: int) -> bytes:
    """Cut off, without an id, without an offset, not a number."""
    match way:
        case 0:
            return line[: len(line) // 2]
        case 1:
            return line.replace(b'"id":', b'"identity":', 1)
        case 2:
            return line.replace(b'"time":"', b'"time":"yesterday ', 1)
        case _:
            return line[:-1] + b',"note":NaN}'


def _examples(commitment: Commitment) -> Iterator[OperationalEvent]:
    """One event of each sort that is told for the commitment, items left out: what they look at may be told by others."""
    terms = commitment.newest.criterion.indicator
    if item_of(terms) is None:
        for _, selector in face(terms).selectors(terms):
            yield _example(commitment, selector)


def _example(commitment: Commitment, selector: Selector) -> OperationalEvent:
    version = commitment.newest
    return chosen_fact(selector, 0, version.zone, "", Random(0), f"{version.debtor}/tools").as_event()
