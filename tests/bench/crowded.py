"""What an event costs to judge, in a store, among many of one period of its target, against among few: for each kind and each form
of target. CPU, judged as a whole history is. Of service time, all outages of the period are put together anew (decision 72)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from domain.events import OperationalEvent
from services.judging.judge import Judge
from tests.bench.entry import Entry
from tests.given import (
    Tree,
    at,
    availability,
    conformity,
    contract,
    criterion,
    event,
    freshness,
    measure,
    satisfaction,
    structured,
    turnaround,
    volume,
)
from tests.services.judged import Life, living, scratch

FEW, MANY = 1_000, 8_000
ROUNDS = 3
WANTED = 2
"""Counting in chunks, and a longer history, cost a little."""
START = at("2026-01-05")
MINUTE = 60_000_000
A_TIME = 1_000
"""Events that are submitted at once."""
Made = Callable[[int], OperationalEvent]


def compare(folder: Path) -> list[Entry]:
    """What each event of many costs, and of few."""
    return [_entry(name, indicator, targets, made) for name, indicator, targets, made in _kinds()]


def _entry(name: str, indicator: Tree, targets: list[Tree], made: Made) -> Entry:
    few, many = (_cost(indicator, targets, made, number) for number in (FEW, MANY))
    wanted = None if indicator["kind"] in ("availability", "freshness") else WANTED
    return Entry(f"an event among {MANY:,}: {name}", many, "µs", few, f"among {FEW:,}", wanted)


def _kinds() -> Iterator[tuple[str, Tree, list[Tree], Made]]:
    for target in ({"at_least": "90 %"}, {"max_misses": 100}, {"max_consecutive_misses": 3}):
        form = next(iter(target))
        for per in ({"per": "month"}, {"per": "30 days"}):
            yield f"conformity, {form} {per['per']}", conformity(), [{**target, **per}], _item
        yield f"turnaround, {form}", turnaround(), [{**target, "per": "month"}], _case
    for aggregate in ("mean", "p95"):
        yield f"measure, {aggregate}", measure(aggregate=aggregate), [{"at_most": 50, "per": "month"}], _call
    yield "measure, mean rolling", measure(), [{"at_most": 100, "per": "30 days"}], _call
    yield "satisfaction, mean", satisfaction(), [{"at_least": 4, "per": "month"}], _answer
    yield "satisfaction, share", satisfaction(), [{"at_least": "50 %", "per": "month"}], _answer
    yield "volume", volume(per="month"), [{"at_least": "90 %", "per": "year"}], _meal
    yield "availability", availability(), [{"at_least": "90 %", "per": "month"}], _turn
    yield "availability, rolling", availability(), [{"at_least": "90 %", "per": "30 days"}], _turn
    yield "freshness", freshness(max_age="2 min"), [{"at_least": "90 %", "per": "month"}], _update


def _at(number: int) -> int:
    return START + number * 2 * MINUTE


def _item(number: int) -> OperationalEvent:
    return event("item", _at(number), f"i{number}", errors=int(number % 3 == 0))


def _case(number: int) -> OperationalEvent:
    case, is_closing = divmod(number, 2)
    return event("closed" if is_closing else "opened", _at(number), f"c{case}")


def _call(number: int) -> OperationalEvent:
    return event("call", _at(number), f"c{number}", minutes=number * 7919 % 90)


def _answer(number: int) -> OperationalEvent:
    return event("answer", _at(number), f"a{number}", score=1 + number % 5)


def _meal(number: int) -> OperationalEvent:
    return event("meal", _at(number), f"m{number}")


def _turn(number: int) -> OperationalEvent:
    return event("up" if number % 2 else "down", _at(number), "line")


def _update(number: int) -> OperationalEvent:
    return event("updated", START + (number + number // 3) * 2 * MINUTE, "data")


def _cost(indicator: Tree, targets: list[Tree], made: Made, events: int) -> float:
    """Microseconds an event."""
    with living() as life:
        life.sign(contract(criterion(indicator, targets=targets)))
        life.advance("01-20")
        for first in range(0, events, A_TIME):
            life.append([structured(made(number)) for number in range(first, first + A_TIME)])
        return min(_judge(life) for _ in range(ROUNDS if events == FEW else 1)) / events * 1e6


def _judge(life: Life) -> float:
    with scratch() as database:
        judge = Judge(life.store.history, database)
        began = time.process_time()
        judge.catch_up()
        return time.process_time() - began
