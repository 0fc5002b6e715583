"""What the program shows of any contract and any stream of events is what the design's page of meanings says.

`make oracle` tries many more streams than these.
"""

from __future__ import annotations

import pytest

from tests.oracle.comparing import difference
from tests.oracle.generating import BUILT_KINDS
from tests.oracle.history import Step
from tests.oracle.searching import kept, search

BLOCKS: dict[int, tuple[str, ...]] = {
    **dict(
        enumerate(
            [("punctuality",), ("punctuality",), ("deadline",), ("turnaround",), ("turnaround",), ("conformity",)]
        )
    ),
    6: ("measure",),
    7: ("satisfaction",),
    8: ("availability",),
    9: ("volume",),
    10: ("freshness",),
    11: BUILT_KINDS,
    12: BUILT_KINDS,
}
"""Seed and kinds."""
STREAMS = 154
"""Of each block: some 2,000 in all."""


@pytest.mark.parametrize("number", BLOCKS)
def test_the_program_shows_what_the_oracle_says(number: int) -> None:
    search(BLOCKS[number], number, STREAMS)


@pytest.mark.parametrize(("steps", "judges_each_step"), kept())
def test_they_do_not_differ_again(steps: list[Step], judges_each_step: bool) -> None:
    assert difference(steps, judges_each_step) is None
