"""Before the first day of a contract nobody misses its events, and a share below its target says what would bring it there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR
from services.figures.reading import read_commitment
from services.figures.rows import CommitmentRow
from tests.given import at, contract, criterion, event, punctuality, turnaround
from tests.services.judged import Life, living


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as opened:
        yield opened


def row(life: Life) -> CommitmentRow:
    return life.store.read(ADMINISTRATOR, read_commitment, "c/d/on-time")


def test_what_begins_tomorrow_is_not_called_unmonitored_until_its_first_instant(life: Life) -> None:
    first = at("02-02")
    life.advance(first - 1)
    life.sign(contract(criterion(punctuality()), valid={"from": "2026-02-02"}))
    found = row(life)
    assert (found.begins, found.is_monitored, life.figures()[0].unmonitored) == (first, True, None)
    life.advance(first)
    found = row(life)
    assert (found.begins, found.unmonitored_because, life.figures()[0].unmonitored) == (
        None,
        "no event yet",
        "no event yet",
    )


def test_what_nobody_owns_is_unmonitored_before_it_begins_too(life: Life) -> None:
    life.advance("01-20")
    nobodys = criterion(punctuality())
    del nobodys["owner"]
    life.sign(contract(nobodys, valid={"from": "2026-02-02"}))
    assert row(life).unmonitored_because == "no owner"


def test_a_share_of_cases_below_its_target_says_how_many_must_be_kept(life: Life) -> None:
    life.sign(contract(criterion(turnaround())))
    life.happen(
        *[event("opened", f"01-05 {hour:02}:00", str(hour)) for hour in range(3)],
        event("closed", "01-05 01:00", "0"),
        event("closed", "01-05 23:00", "1"),
        event("closed", "01-05 03:00", "2"),
    )
    life.advance("01-06")
    assert (life.figure("2026-01").adjusted, life.figure("2026-01").must_keep) == ((2, 3), 7)
    life.advance("02-01")
    assert life.figure("2026-01").must_keep is None
