"""The most telling faults, once each; `make faults` tries all of them, with as many seeds as one likes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.faults import FAULTS
from tests.faults.lanes import expected_figures, run, servers
from tests.faults.world import Servers
from tests.kafka.broker import NoBroker

SHORT = ("replies to COMMIT lost", "PostgreSQL killed and started again", "one in fifty is poison")


@pytest.fixture(scope="module")
def here() -> Iterator[Servers]:
    try:
        with servers() as running:
            yield running
    except NoBroker as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"faults are not tried here (tests/faults): {missing}")


@pytest.fixture(scope="module")
def expected(here: Servers) -> Any:
    return expected_figures(here)


@pytest.mark.parametrize("name", SHORT)
def test_nothing_is_lost_or_counted_twice_and_the_figures_are_those_of_a_quiet_run(
    here: Servers, expected: Any, name: str
) -> None:
    run(here, name, 1, expected)


def test_the_short_ones_are_among_those_that_there_are() -> None:
    assert set(SHORT) <= FAULTS.keys()
