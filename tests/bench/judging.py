"""Judging alone, no store: events that are in memory already, each taken as evidence and its occurrence concluded anew."""

from __future__ import annotations

import gc
import time
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.figures import Tally
from domain.kinds.volume import summed
from domain.occurrences import Evidence, Judgement, evidence_order
from domain.stretches import SignalRule
from domain.times import Instant
from services.judging.selection import Selection
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
RUNS = 5
"""Of each the least counts: others share the caches."""
START = at("2026-01-05")
MINUTE = 60_000_000
Made = Callable[[int], OperationalEvent]
Rows = dict[tuple[str, str], tuple[list[Evidence], Judgement | None]]
"""By commitment and key: its evidence, and what was concluded last."""


def measure(folder: Path) -> list[Entry]:
    """What one event costs on one core: the bars are 100,000 a second for deadlines and conformity, 50,000 for the others; and how
    flat that stays."""
    kinds = {}
    for name, indicator, made, wanted in _kinds():
        found = commitment(contract(criterion(indicator, targets=_targets(name)), calendar=_OFFICE))
        kinds[name] = found, [made(number) for number in range(MANY)], wanted
    rounds = [{name: _judge([found], events) for name, (found, events, _) in kinds.items()} for _ in range(RUNS)]
    entries = [
        Entry(
            f"judging an event alone: {name}",
            min(one[name] for one in rounds),
            "µs",
            wanted=1_000 / wanted,
        )
        for name, (_, _, wanted) in kinds.items()
    ]
    return [*entries, _among_contracts(), _among_events()]


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


def _case(due: str | None, contracts: int = 1) -> Made:
    """Opened and closed in turn, each case of one contract."""
    said = {"due": due} if due is not None else {}

    def made(number: int) -> OperationalEvent:
        case, is_closing = divmod(number, 2)
        role = "closed" if is_closing else "opened"
        return _event(role, number, f"c{case}", of=f"c{case % contracts}", **({} if is_closing else said))

    return made


def _report(number: int) -> OperationalEvent:
    day = 1 + number % 28
    return _event("report", number, date=f"2026-{1 + number // 28 % 12:02}-{day:02}")


def _judge(commitments: Sequence[Commitment], events: Sequence[OperationalEvent]) -> float:
    """Microseconds of one core an event: nothing here waits, so what other programs take of the machine is left out."""
    selection = Selection(commitments)
    rows: Rows = {}
    tallies: dict[tuple[str, Instant], Tally] = {}
    gc.collect()
    gc.disable()
    began = time.process_time()
    for event in events:
        for found in selection.of(event):
            for route in found.route(event):
                if route.key is None:
                    continue
                if found.signals is not None:
                    _stretch(found.signals, found.id, route.key, rows, route.evidence)
                    continue
                evidence, before = rows.get((found.id, route.key), ([], None))
                if route.evidence.role == "summed":
                    evidence = summed(evidence, route.evidence)
                else:
                    insort(evidence, route.evidence, key=evidence_order)
                after = found.judge(route.key, evidence, None)
                rows[found.id, route.key] = evidence, after
                _count(found, tallies, before, -1)
                _count(found, tallies, after, +1)
    seconds = time.process_time() - began
    gc.enable()
    return seconds / len(events) * 1e6


def _stretch(rule: SignalRule, commitment: str, subject: str, rows: Rows, signal: Evidence) -> None:
    """The last signals of a subject are enough where events come in order."""
    last, _ = rows.get((commitment, subject), ([], None))
    signals = [*last[-2:], signal]
    for stretch in rule.stretches(subject, signals, len(last) < 2):
        rule.judge(stretch.key, stretch.as_evidence(), None)
    rows[commitment, subject] = signals, None


def _count(found: Commitment, tallies: dict[tuple[str, Instant], Tally], judgement: Judgement | None, by: int) -> None:
    if judgement is None or judgement.standing != "owed":
        return
    period = found.version(judgement.version).periods[0].of(judgement.anchor)  # type: ignore[union-attr]
    tally = tallies.get((found.id, period.start))
    if tally is None:
        tally = tallies[found.id, period.start] = Tally()
    tally.counts[judgement.verdict] += by


def _among_contracts() -> Entry:
    """What an event costs among many contracts that select the same types, each those that name it, against among few."""
    few, many = (_contracts(size) for size in (10, 10_000))
    turns = [(_judge(*many), _judge(*few)) for _ in range(RUNS)]
    cost, reference = (min(one) for one in zip(*turns, strict=True))
    return Entry("an event among 10,000 contracts", cost, "µs", reference, "among 10", 1.2)


def _contracts(count: int) -> tuple[list[Commitment], list[OperationalEvent]]:
    made = _case("2026-01-08T12:00:00Z", count)
    every = [commitment(contract(criterion(_deadline_of(f"c{n}")), id=f"c{n}")) for n in range(count)]
    return every, [made(number) for number in range(MANY)]


def _deadline_of(name: str) -> Tree:
    where = {"data.of": name}
    return deadline(opened={"type": "opened", "where": where}, closed={"type": "closed", "where": where})


def _among_events() -> Entry:
    """What an event costs after many, against few, taken as often."""
    found, made = commitment(contract(criterion(deadline()))), _case("2026-01-08T12:00:00Z")
    long = [made(number) for number in range(1_000_000)]
    short = long[:10_000]
    turns = [(_judge([found], long), sum(_judge([found], short) for _ in range(20)) / 20) for _ in range(3)]
    cost, reference = (min(one) for one in zip(*turns, strict=True))
    return Entry("an event of a million", cost, "µs", reference, "of ten thousand", 1.2)
