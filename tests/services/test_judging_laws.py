"""Laws of judging: neither the order of arrival nor the size of batches nor a killed judge changes what comes out."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import OperationalEvent
from domain.times import Instant, show
from services.access import ADMINISTRATOR
from services.arrivals.reading import unclaimed
from services.figures.reading import read_commitments, read_figures
from services.history.databases import Database, Transaction
from services.history.entries import EVENT
from services.history.history import Entry, History
from services.judging.judge import Judge
from tests.given import Tree, at, conformity, contract, criterion, deadline, event, pausable, punctuality, structured
from tests.services.judged import Life, dumped, living, scratch
from tests.services.programs import ROOT, line

SHARE: Tree = {"at_least": "80 %", "per": "month"}
HOUR = 3_600_000_000
START = at("2026-01-01")
REASONS = ["client", "lunch", None]
TYPES = [
    "report",
    "opened",
    "opened",
    "closed",
    "closed",
    "changed",
    "reopened",
    "cancelled",
    "paused",
    "resumed",
    "item",
]
TYPES += ["nobody"]


def agreement(**changes: Any) -> Tree:
    """All four kinds and all three forms of target; some misses matter on their own."""
    share, misses = SHARE, {"max_misses": 1, "per": "quarter"}
    runs = {"max_consecutive_misses": 1, "per": "month"}
    return contract(
        criterion(punctuality(tolerance="1 h"), "report", each_miss="breach", targets=[share, misses]),
        criterion(
            deadline(
                changed={"type": "changed"},
                reopened={"type": "reopened"},
                cancelled={"type": "cancelled"},
                without_due="met",
            ),
            "case",
            targets=[runs],
            each_miss="breach",
        ),
        criterion(
            pausable(within="30 h", pause_causes={"path": "data.reason", "client": ["client"]}),
            "speed",
            targets=[misses, share],
            min_count=2,
        ),
        criterion(conformity(key="subject"), "item", when_no_data="breach"),
        **{"late_data": "2 days", **changes},
    )


AMENDED = agreement(effective="2026-02-10", rebaseline={"reason": "agreed"})
AMENDED["deliverables"][0]["criteria"][2]["indicator"]["within"] = "20 h"
AMENDED["deliverables"][0]["criteria"][0]["indicator"]["due"]["at"] = "12:00"
AMENDED["deliverables"][0]["criteria"][3]["targets"] = [{"max_misses": 0, "per": "quarter"}]
del AMENDED["deliverables"][0]["criteria"][3]["target"]


@st.composite
def happenings(draw: st.DrawFn) -> OperationalEvent:
    """Some event of the first quarter, of few cases, so that many concern the same one."""
    number = draw(st.integers(0, 10**6))
    time = START + draw(st.integers(-48, 24 * 100)) * HOUR
    subject = draw(st.sampled_from("abcd"))
    type_ = draw(st.sampled_from(TYPES))
    data: dict[str, object] = {}
    match type_:
        case "report":
            data["date"] = draw(st.sampled_from(["2026-01-05", "2026-01-12", "2026-02-16", "2026-W09", "2026-03", "?"]))
        case "opened" | "changed":
            moment = time + draw(st.integers(-24, 24 * 50)) * HOUR
            data["due"] = draw(st.sampled_from([None, "soon", show(moment)]))
        case "paused":
            data["reason"] = draw(st.sampled_from(REASONS))
        case "item":
            data["errors"] = draw(st.sampled_from([0, 1, "none"]))
    made = event(type_, time, subject, id=f"{type_}{number}", sequence=draw(st.sampled_from([None, "1", "12"])))
    return replace(made, data=data)


@st.composite
def histories(draw: st.DrawFn) -> list[OperationalEvent]:
    """Now and then one takes another out, or puts itself in its place, whichever comes first."""
    found = draw(st.lists(happenings(), min_size=1, max_size=24, unique_by=lambda one: one.id))
    for index, one in enumerate(found):
        verb = draw(st.sampled_from([None] * 8 + ["voids", "replaces"]))
        other = draw(st.sampled_from(found)).id
        if verb == "voids":
            found[index] = replace(one, voids=other)
        elif verb == "replaces":
            found[index] = replace(one, replaces=other)
    return found


@dataclass(frozen=True)
class Steps:
    """What is done to a store, in order."""

    steps: list[Callable[[Life], object]]

    def lived(self, life: Life) -> Life:
        for step in self.steps:
            step(life)
        life.judge()
        return life


def signing(tree: Tree) -> Callable[[Life], object]:
    return lambda life: life.sign(tree)


def receiving(events: Sequence[OperationalEvent]) -> Callable[[Life], object]:
    return lambda life: life.append([structured(one) for one in events])


def advancing(time: Instant) -> Callable[[Life], object]:
    return lambda life: life.append_time(time)


END = at("2026-05-15")


def shown(life: Life) -> list[object]:
    """All that is shown, but for positions and for what depends on when the news came."""
    figures = [
        replace(one, state="open", outlook=None, final=None, causes=(), position=0, misses_left=None, was_counts=None)
        for one in life.store.read(ADMINISTRATOR, read_figures)
    ]
    ids = [one.id for one in life.store.read(ADMINISTRATOR, read_commitments)]
    occurrences = [
        [replace(one, evidence=tuple(range(len(one.evidence)))) for one in life.occurrences(id).values()] for id in ids
    ]
    breaches = {(one.id, one.commitment, one.period, one.cause, one.key, one.target_index) for one in life.breaches()}
    return [figures, occurrences, breaches, set(life.unmatched()), life.store.read(ADMINISTRATOR, unclaimed)]


@settings(max_examples=40)
@given(histories(), st.randoms(use_true_random=False), st.booleans())
def test_any_order_of_arrival_gives_the_same_figures_and_verdicts(
    events: list[OperationalEvent], chance: random.Random, is_amended: bool
) -> None:
    signatures = [signing(agreement()), *([signing(AMENDED)] if is_amended else [])]
    with living() as life:
        in_order = shown(Steps([*signatures, receiving(events), advancing(END)]).lived(life))
    shuffled = chance.sample(events, len(events))
    steps: list[Callable[[Life], object]] = [receiving([one]) for one in shuffled]
    for time in sorted(START + chance.randint(0, 24 * 130) * HOUR for _ in range(3)):
        steps.insert(chance.randint(0, len(steps)), advancing(time))
    for place, signature in zip(sorted(chance.choices(range(len(steps) + 1), k=2)), signatures, strict=False):
        steps.insert(place + signatures.index(signature), signature)
    with living() as life:
        assert shown(Steps([*steps, advancing(END)]).lived(life)) == in_order


def eventful(life: Life, events: Sequence[OperationalEvent]) -> Life:
    """Events before and after the contract, its amendment, times between, late news at the end."""
    third = len(events) // 3 + 1
    return Steps(
        [
            receiving(events[:third]),
            signing(agreement()),
            advancing(at("2026-02-08")),
            receiving(events[third : 2 * third]),
            advancing(at("2026-02-20")),
            signing(AMENDED),
            advancing(at("2026-03-20")),
            receiving(events[2 * third :]),
            advancing(END),
            lambda life: life.judge(),
            receiving([replace(one, id=f"late-{one.id}") for one in events[::3]]),
        ]
    ).lived(life)


@settings(max_examples=20)
@given(histories())
def test_any_size_of_batch_gives_the_same_read_models(events: list[OperationalEvent]) -> None:
    with living() as life:
        live = eventful(life, events).dump()
        for limit in (1, 2, 7, 5_000):
            assert life.judged_again(limit) == live


class Killed(BaseException):
    pass


class KilledJudge(Judge):
    """Is killed in the midst of its batches: after so many entries, after each time passed, before it is committed."""

    def __init__(self, history: History, database: Database, lives: Iterator[int]):
        self._left = 10**9
        self._lives = lives
        super().__init__(history, database)
        self._left = next(lives)

    def _apply(self, writes: Transaction, batch: Sequence[Entry]) -> int:
        for whole, entry in enumerate(batch):
            if not super()._apply(writes, [entry]):
                return whole
            self._left -= 1
            if self._left == 0:
                self._left = next(self._lives)
                raise Killed
        return len(batch)


@settings(max_examples=15)
@given(histories(), st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(1, 8))
def test_a_judge_that_is_killed_repeats_to_the_same_read_models(
    events: list[OperationalEvent], lives: list[int], limit: int
) -> None:
    with living() as life, scratch() as database:
        live = eventful(life, events).dump()
        left = iter([*lives, 10**9, 10**9])
        judge = KilledJudge(life.store.history, database, left)
        for _ in range(len(lives) + 2):
            try:
                judge.catch_up(limit)
                break
            except Killed:
                continue
        assert dumped(database) == live


@settings(max_examples=10)
@given(histories())
def test_dropping_the_read_models_and_judging_again_gives_the_same_and_appends_nothing(
    events: list[OperationalEvent],
) -> None:
    with living() as life:
        live = eventful(life, events).dump()
        position = life.position()
        life.drop_views()
        life.judge()
        assert (life.dump(), life.position()) == (live, position)


@settings(max_examples=15)
@given(histories())
def test_a_redelivery_changes_nothing(events: list[OperationalEvent]) -> None:
    with living() as life:
        before = eventful(life, events).dump()
        answers = life.receive([structured(one).replace(b": ", b":  ") for one in events])
        assert {one.result for one in answers} == {"duplicate"}
        assert life.dump() == before


@settings(max_examples=20)
@given(histories(), st.integers(2, 100))
def test_splitting_a_period_never_changes_the_sum(events: list[OperationalEvent], day: int) -> None:
    """The amendment changes targets alone, so that every verdict stays."""
    split = agreement(effective=(date(2026, 1, 1) + timedelta(days=day)).isoformat())
    for one in split["deliverables"][0]["criteria"]:
        for target in one.get("targets", [one.get("target")]):
            target.update({"at_least": "70 %"} if "at_least" in target else {next(iter(target)): 3})
    both = []
    for trees in ([agreement()], [agreement(), split]):
        with living() as life:
            Steps([*map(signing, trees), receiving(events), advancing(END)]).lived(life)
            both.append(life.store.read(ADMINISTRATOR, read_figures))
    whole, parts = both
    assert [(one.commitment, one.target_index, one.period) for one in whole] == [
        (one.commitment, one.target_index, one.period) for one in parts
    ]
    for one, sum_ in zip(whole, parts, strict=True):
        assert (one.counts, one.adjusted, one.value) == (sum_.counts, sum_.adjusted, sum_.value)
        assert sum(part["total"] for part in sum_.segments) == sum_.adjusted[1]  # type: ignore[misc]
        assert sum(part["good"] for part in sum_.segments) == sum_.adjusted[0]  # type: ignore[misc]


def many_events(count: int, seed: int) -> list[OperationalEvent]:
    """Cases, reports and items by the hundred, mixed up."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        time = START + chance.randint(0, 24 * 120) * HOUR
        due: dict[str, object] = {"due": show(time + chance.randint(1, 400) * HOUR)}
        subject = str(number % (count // 3))
        kind = chance.choice(["opened", "closed", "changed", "paused", "resumed", "item", "reopened", "cancelled"])
        errors: dict[str, object] = {"errors": int(number % 5 == 0)}
        data = {"opened": due, "changed": due, "item": errors}.get(kind)
        found.append(replace(event(kind, time, subject, id=f"n{number}"), data=data))
    return found


def test_sqlite_and_postgresql_give_the_same_read_models(sqlite_url: str, postgres_url: str) -> None:
    events = many_events(600, 7)
    with living(sqlite_url) as one, living(postgres_url) as other:
        here, there = eventful(one, events), eventful(other, events)
        assert shown(here) == shown(there)
        assert there.dump() == here.dump()
        assert there.judged_again(11) == here.judged_again(11) == here.dump()


def test_what_the_platform_does_is_derived_again_just_as_it_was_appended(store_url: str) -> None:
    with living(store_url) as life:
        eventful(life, many_events(300, 3))
        history = life.store.history
        decided = {
            entry.topic
            for entry in history.read(0, 100_000)
            if entry.topic.startswith(("entente.action", "entente.review"))
        }
        assert {"entente.action.opened"} <= decided
        opened = history.read(0, 100_000, ["entente.action.opened"])
        derived = [row for row in life.judged_again() if row.startswith("view_outbox") and "open-action" in row]
        assert len(derived) == len(opened)
        assert all("appended=-" not in row for row in derived)


@pytest.mark.parametrize("batch", [1, 40])
def test_a_judge_killed_by_the_system_repeats_to_the_same_read_models(store_url: str, batch: int) -> None:
    with living(store_url) as life:
        eventful(life, many_events(300, 11))
        expected = life.dump()
        life.drop_views()
        history = life.store.history
        entries = len(history.read(0, 100_000))
        for kill_after in (1, 3, 2):
            with judger(store_url, batch) as program:
                for _ in range(kill_after):
                    assert line(program)
                program.kill()
        with history.database.connect() as reads:
            [(reached,)] = reads.query("SELECT position FROM view_position")
        assert 0 < reached < history.last_position()
        assert entries == len(history.read(0, 100_000))
        life.judge()
        assert life.dump() == expected


def judger(store: str, batch: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(Path(__file__).with_name("judger.py")), store, str(batch)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})


def test_facts_alone_make_events() -> None:
    with living() as life:
        Steps([receiving(many_events(30, 1))]).lived(life)
        assert len(life.store.history.read(0, 1_000, [EVENT])) == 30
