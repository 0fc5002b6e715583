"""Every fault once where CI runs, the most telling ones elsewhere; `make faults` tries all of them with twenty seeds."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.__main__ import table
from tests.faults.faults import FAULTS, possible
from tests.faults.lanes import Outcome, Trial, side_by_side
from tests.kafka.broker import NoBroker, fetched
from tests.lacking import lacking

SHORT = ("replies to COMMIT lost", "PostgreSQL killed and started again", "one in fifty is poison")
LANES = 3

SEEDS = {"rolling upgrade": 2}
"""Of faults of which the first seed is not the one that tells most: here workers are upgraded before `serve` is."""


def test_nothing_is_lost_or_counted_twice_and_the_figures_are_those_of_a_quiet_run(tmp_path: Path) -> None:
    try:
        fetched()
    except NoBroker as missing:
        lacking(f"faults are not tried here (tests/faults): {missing}")
    here = [name for name in possible(FAULTS) if not FAULTS[name].is_alone]  # those are tried in test_ways_in.py
    names = here if os.environ.get("CI") else SHORT
    found = side_by_side([Trial(name, SEEDS.get(name, 1)) for name in names], LANES, tmp_path, lambda outcome: None)
    failed = [f"{one.trial.name}, seed {one.trial.seed}: {one.complaint}" for one in found if not one.has_held]
    assert not failed, "\n\n".join(failed)
    assert sorted(one.trial.name for one in found) == sorted(names)


def test_the_table_tells_what_held_and_which_seeds_failed() -> None:
    name = "disk full"
    held = [Outcome(Trial(name, seed), "", 20, 5, []) for seed in (1, 2)]
    failed = [Outcome(Trial(name, seed), "lost: b'1'", 50, 8, []) for seed in (7, 4)]
    assert table([*held, *failed]) == [
        "fault      held  failed  seconds  CPU  failed with seed",
        "disk full     2       2       35    6  4, 7",
    ]
