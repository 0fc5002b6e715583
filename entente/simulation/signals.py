"""Tells what is judged by the time between two events: outages that begin and end, news that comes too rarely."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from domain.calendars import CalendarEnded, later
from domain.commitments import Commitment
from domain.durations import HOUR, MINUTE
from domain.terms import Availability, Freshness, Selector
from domain.times import Instant, from_local, local_date
from entente.simulation.amounts import days_of
from entente.simulation.facts import Fact, chosen_fact, whole_seconds
from entente.simulation.luck import BAD, DAY, GOOD, Mood, Temper, luck, mark
from entente.simulation.work import worked

BLIPS = 0.12
"""The share of days with an outage so short that the contract does not count it."""


def outages(commitment: Commitment, seed: int, start: Instant, until: Instant) -> Iterator[Fact]:
    """One subject: up from the start, then down now and then. Outages begin in the day, when people notice them."""
    version = commitment.newest
    terms = version.criterion.indicator
    assert isinstance(terms, Availability)
    temper, subject = Temper.of(seed, commitment.id), version.deliverable.id
    began = max(start, version.start)
    yield _signal(commitment, terms.up, began, subject, seed, "first")
    day, last, free = local_date(began, version.zone), local_date(until, version.zone), began
    while day <= last:
        draw = luck(seed, commitment.id, day)
        wall = datetime.combine(day, time()) + timedelta(seconds=int(draw.triangular(7, 19, 11) * 3600))
        at = whole_seconds(from_local(wall, version.zone))
        length = _length(commitment, terms, temper.mood(at), temper.care, draw)
        if length and free < at < until and commitment.version_at(at) is not None:
            yield _signal(commitment, terms.down, at, subject, seed, f"{day}/down")
            free = at + length
            yield _signal(commitment, terms.up, free, subject, seed, f"{day}/up")
        day += timedelta(days=1)


def _length(commitment: Commitment, terms: Availability, mood: Mood, care: float, draw: Random) -> int:
    """Draws how long the outage of that day lasts, in microseconds, measured by what the target allows; 0 where there
    is none."""
    fate = draw.random()
    chance = {GOOD: 0.03, BAD: 0.22}.get(mood, 0.08) * min(care, 1.2)
    if fate < chance:
        share = draw.lognormvariate(-1.1, 0.7) * (1.6 if mood is BAD else 1)
        return max(MINUTE, whole_seconds(round(share * _allowed(commitment))))
    ignored = terms.ignore_shorter_than.microseconds
    return whole_seconds(round(ignored * draw.uniform(0.2, 0.9))) if ignored and fate > 1 - BLIPS else 0


def _allowed(commitment: Commitment) -> int:
    """Gives how long the first target lets it be down in a period, in microseconds."""
    version = commitment.newest
    target = version.criterion.targets[0]
    if target.form != "at_least":
        return 4 * HOUR
    week = worked(version.start, version.start + 7 * DAY, version.calendar) or 7 * DAY
    return round(float(1 - target.bound) * days_of(target) / 7 * week)


def updates(commitment: Commitment, seed: int, start: Instant, until: Instant) -> Iterator[Fact]:
    """News that comes well within the age that is allowed; in bad spells some of it fails."""
    version = commitment.newest
    terms = version.criterion.indicator
    assert isinstance(terms, Freshness)
    temper, at, number = Temper.of(seed, commitment.id), max(start, version.start), 0
    while at < until:
        draw = luck(seed, commitment.id, number)
        if commitment.version_at(at) is not None:
            yield _signal(commitment, terms.updated, whole_seconds(at), version.deliverable.id, seed, str(number))
        at += max(_pause(commitment, terms, at, temper.mood(at), temper.care, draw), MINUTE)
        number += 1


def _pause(commitment: Commitment, terms: Freshness, at: Instant, mood: Mood, care: float, draw: Random) -> int:
    version = commitment.newest
    try:
        allowed = later(at, terms.max_age, version.zone, version.calendar) - at
    except CalendarEnded:
        allowed = DAY
    chance = {GOOD: 0.004, BAD: 0.09}.get(mood, 0.02) * care
    if draw.random() < chance:
        return round(allowed * (1 + min(draw.lognormvariate(-0.9, 0.8), 3)))
    return round(allowed * draw.uniform(0.6, 0.92))


def _signal(commitment: Commitment, selector: Selector, at: Instant, subject: str, seed: int, name: str) -> Fact:
    version = commitment.newest
    identity = mark(seed, commitment.id, name)
    fact = chosen_fact(selector, at, version.zone, identity, luck(seed, identity), f"{version.debtor}/tools")
    fact.subject = fact.subject or subject
    return fact
