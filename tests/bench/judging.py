"""Judging alone, no store: events that are in memory already, each taken as evidence and its occurrence concluded anew."""

from __future__ import annotations

import gc
import statistics
import time
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.figures import Tally
from domain.occurrences import Evidence, Judgement, evidence_order
from domain.stretches import SignalRule
from domain.times import Instant
from domain.volumes import summed
from tests.bench.entry import Entry
from tests.given import (
    Tree,
    at,
    availability,
    commitment,
    conformity,
    contract,
    criterion,
    deadline,
    freshness,
    pausable,
    punctuality,
    satisfaction,
    volume,
)
from tests.given import (
    measure as measure_of,
)

MANY = 60_000
RUNS = 3
START = at("2026-01-05")
MINUTE = 60_000_000
Made = Callable[[int], OperationalEvent]


def measure(folder: Path) -> list[Entry]:
    """What one event costs on one core: the bars are 100,000 a second for deadlines and conformity, 50,000 for the others; and how
    flat that stays."""
    entries = []
    for name, indicator, made, wanted in _kinds():
        found = commitment(contract(criterion(indicator, targets=_targets(name)), calendar=_OFFICE))
        events = [made(number) for number in range(MANY)]
        seconds = statistics.median(_judge({0: found}, events) for _ in range(RUNS))
        entries.append(Entry(f"judging an event alone: {name}", seconds / MANY * 1e6, "µs", wanted=1_000 / wanted))
    return [*entries, *_flatness()]


_OFFICE: Tree = {"open": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}}


def _targets(name: str) -> list[Tree]:
    return [{"at_most": 100, "per": "month"}] if name == "measure" else [{"at_least": "90 %", "per": "month"}]


def _kinds() -> Iterator[tuple[str, Tree, Made, int]]:
    yield "deadline", deadline(), _case("2026-01-08T12:00:00Z"), 100
    yield "conformity", conformity(), lambda n: _event("item", n, errors=n % 7), 100
    yield "punctuality", punctuality(due={"every": "day", "at": "10:00"}), _report, 50
    yield "turnaround", pausable(within="8 working hours"), _case(None), 50
    yield "measure", measure_of(), lambda n: _event("call", n, minutes=n % 90), 50
    yield "satisfaction", satisfaction(), lambda n: _event("answer", n, score=n % 6), 50
    yield "volume", volume(per="month"), lambda n: _event("meal", n), 50
    yield "availability", availability(), lambda n: _event("up" if n % 2 else "down", n), 50
    yield "freshness", freshness(), lambda n: _event("updated", n), 50


def _event(type: str, number: int, subject: str = "1", **data: object) -> OperationalEvent:
    return OperationalEvent(
        f"e{number}", "tool", type, START + number * MINUTE, subject, data or None, position=number + 1
    )


def _case(due: str | None) -> Made:
    """Opened and closed in turn."""
    said = {"due": due} if due is not None else {}
    return lambda n: _event("closed" if n % 2 else "opened", n, f"c{n // 2}", **({} if n % 2 else said))


def _report(number: int) -> OperationalEvent:
    day = 1 + number % 28
    return _event("report", number, date=f"2026-{1 + number // 28 % 12:02}-{day:02}")


def _judge(commitments: dict[int, Commitment], events: Sequence[OperationalEvent]) -> float:
    """Seconds. Each event goes to the commitment that its number names."""
    count = len(commitments)
    rows: dict[tuple[int, str], tuple[list[Evidence], Judgement | None]] = {}
    tallies: dict[tuple[int, Instant], Tally] = {}
    gc.collect()
    gc.disable()
    began = time.perf_counter()
    for number, event in enumerate(events):
        which = number % count
        found = commitments[which]
        for route in found.route(event):
            if route.key is None:
                continue
            if found.signals is not None:
                _stretch(found.signals, route.key, rows, which, route.evidence)
                continue
            evidence, before = rows.get((which, route.key), ([], None))
            if route.evidence.role == "summed":
                evidence = summed(evidence, route.evidence)
            else:
                insort(evidence, route.evidence, key=evidence_order)
            after = found.judge(route.key, evidence, None)
            rows[which, route.key] = evidence, after
            _count(found, tallies, which, before, -1)
            _count(found, tallies, which, after, +1)
    seconds = time.perf_counter() - began
    gc.enable()
    return seconds


def _stretch(
    rule: SignalRule,
    subject: str,
    rows: dict[tuple[int, str], tuple[list[Evidence], Judgement | None]],
    which: int,
    signal: Evidence,
) -> None:
    """The last signals of a subject are enough where events come in order."""
    last, _ = rows.get((which, subject), ([], None))
    signals = [*last[-2:], signal]
    for stretch in rule.stretches(subject, signals, len(last) < 2):
        rule.judge(stretch.key, stretch.as_evidence(), None)
    rows[which, subject] = signals, None


def _count(
    found: Commitment, tallies: dict[tuple[int, Instant], Tally], which: int, judgement: Judgement | None, by: int
) -> None:
    if judgement is None or judgement.standing != "owed":
        return
    period = found.version(judgement.version).periods[0].of(judgement.anchor)  # type: ignore[union-attr]
    tally = tallies.get((which, period.start))
    if tally is None:
        tally = tallies[which, period.start] = Tally()
    tally.counts[judgement.verdict] += by


def _flatness() -> list[Entry]:
    """What an event costs among many contracts, and after many events, against few."""
    made = _case("2026-01-08T12:00:00Z")
    few, many = (
        {n: commitment(contract(criterion(deadline()), id=f"c{n}")) for n in range(size)} for size in (10, 10_000)
    )
    events = [made(number) for number in range(MANY)]
    costs = {len(one): statistics.median(_judge(one, events) for _ in range(RUNS)) for one in (few, many)}
    short, long = events[:10_000], [made(number) for number in range(1_000_000)]
    each = [statistics.median(_judge({0: few[0]}, one) for _ in range(RUNS)) / len(one) * 1e6 for one in (short, long)]
    return [
        Entry(
            "an event among 10,000 contracts", costs[10_000] / MANY * 1e6, "µs", costs[10] / MANY * 1e6, "among 10", 1.2
        ),
        Entry("an event of a million", each[1], "µs", each[0], "of ten thousand", 1.2),
    ]
