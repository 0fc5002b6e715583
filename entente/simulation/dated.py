"""Tells what is owed on dates: mostly early or just in time, sometimes late, rarely never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from domain.commitments import Commitment
from domain.durations import HOUR, MINUTE
from domain.kinds.punctuality import named_span
from domain.schedule import Due, Schedule
from domain.terms import KeyRule, Punctuality
from domain.times import Instant
from entente.simulation.facts import Fact, chosen_fact, whole_seconds
from entente.simulation.luck import DAY, Mood, Temper, luck, mark
from entente.simulation.work import ahead, back, worked

LOOK_AHEAD = 100 * DAY
"""Nothing is delivered yet that falls due later than this, in microseconds."""
STRAYS = 0.015
"""The share of deliveries that are followed by one whose key names no due date."""


def deliveries(commitment: Commitment, schedule: Schedule, seed: int, start: Instant, until: Instant) -> Iterator[Fact]:
    """The deliveries for everything due since `start`, in the order of the dues."""
    temper = Temper.of(seed, commitment.id)
    dues = [due for due in schedule.through(until + LOOK_AHEAD) if due.due >= start]
    for index, due in enumerate(dues):
        next_window = dues[index + 1].window_start if index + 1 < len(dues) else None
        draw = luck(seed, commitment.id, due.key)
        time = _delivered(due, temper.mood(due.due), temper.care, draw, next_window)
        if time is None:
            continue
        fact = _delivery(commitment, schedule, due, time, mark(seed, commitment.id, due.key), draw)
        yield fact
        yield from _stray(commitment, fact, due, seed)


def _delivered(due: Due, mood: Mood, care: float, draw: Random, next_window: Instant | None) -> Instant | None:
    """Draws the instant of delivery; None if it never was delivered. Without a key a delivery stays in its own window."""
    fate, calendar = draw.random(), due.version.calendar
    has_key = _indicator(due).key is not None
    care = min(care * _rarity(due), 2)
    if fate < mood.missing * care:
        return None
    rhythm = max(worked(due.previous, due.due, calendar), 2 * HOUR)
    if fate < (mood.missing + mood.late) * care:
        late = ahead(due.limit, round(min(draw.lognormvariate(-3.2, 0.9), 0.5) * rhythm) + MINUTE, calendar)
        return late if has_key or next_window is None else min(late, next_window - MINUTE)
    room = rhythm // 4 if has_key else min(worked(due.window_start, due.due, calendar), rhythm // 4)
    early = back(due.due, round(room * draw.betavariate(1.1, 4)) + MINUTE, calendar)
    return early if has_key else max(early, due.window_start)


def _rarity(due: Due) -> float:
    """Gives the factor by which what is done rarely goes wrong more often: twice as often once a month as every day."""
    return 1 + min((due.due - due.previous) / (30 * DAY), 1)


def _delivery(commitment: Commitment, schedule: Schedule, due: Due, time: Instant, id: str, draw: Random) -> Fact:
    indicator, version = _indicator(due), due.version
    time = whole_seconds(time - draw.randint(0, 59) * 1_000_000)
    if indicator.key is None:
        time = max(time, due.window_start)
    fact = chosen_fact(indicator.delivered, time, version.zone, id, draw, f"{version.debtor}/tools")
    if fact.subject is None:
        fact.subject = f"{version.deliverable.id}/{due.key}"
    if indicator.key is not None:
        fact.put(indicator.key.path, key_text(schedule, due, indicator.key))
    return fact


def _stray(commitment: Commitment, fact: Fact, due: Due, seed: int) -> Iterator[Fact]:
    key = _indicator(due).key
    draw = luck(seed, "stray", commitment.id, due.key)
    if key is not None and draw.random() < STRAYS:
        stray = Fact(
            fact.type,
            fact.source,
            fact.time + draw.randint(2, 90) * MINUTE,
            fact.zone,
            mark(seed, "stray", fact.id),
            fact.subject,
        )
        stray.data = _copied(fact.data)
        stray.put(key.path, "1999-12-31")
        yield stray


def _copied(data: dict[str, object]) -> dict[str, object]:
    return {name: _copied(value) if isinstance(value, dict) else value for name, value in data.items()}


def key_text(schedule: Schedule, due: Due, rule: KeyRule) -> str:
    """Gives a name that a producer would give this due date: by the week, month… that the path speaks of, else by its date."""
    named = rule.path.rpartition(".")[2]
    for text in (text for unit, text in _names(_before(due.nominal, rule)) if unit in named):
        span = named_span(text, rule)
        if span is not None and [one.key for one in schedule.on_dates(*span)] == [due.key]:
            return text
    return _before(due.nominal, rule).isoformat()


def _names(day: date) -> list[tuple[str, str]]:
    year, week, _ = day.isocalendar()
    return [
        ("week", f"{year}-W{week:02}"),
        ("month", f"{day:%Y-%m}"),
        ("quarter", f"{day.year}-Q{(day.month + 2) // 3}"),
        ("half", f"{day.year}-H{1 if day.month <= 6 else 2}"),
        ("year", f"{day.year}"),
    ]


def _before(day: date, rule: KeyRule) -> date:
    """The date that many units earlier, which the producer names."""
    match rule.unit:
        case "day":
            return day - timedelta(days=rule.plus)
        case "week":
            return day - timedelta(weeks=rule.plus)
        case unit:
            months = day.year * 12 + day.month - 1 - rule.plus * {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
            return date(months // 12, months % 12 + 1, min(day.day, 28))


def _indicator(due: Due) -> Punctuality:
    indicator = due.version.criterion.indicator
    assert isinstance(indicator, Punctuality)
    return indicator
