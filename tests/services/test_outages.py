"""Our own ingestion was down: what fell due meanwhile and stays without event is unknown (MEANING §2, DESIGN §3.15)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import PLATFORM, Principal
from services.errors import NotAllowed
from tests.given import at, contract, criterion, event, punctuality
from tests.services.judged import Life, living


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as alive:
        alive.sign(contract(criterion(punctuality(), each_miss="breach")))
        yield alive


def was_down(life: Life, start: str, end: str) -> None:
    life.store.timekeeping.was_down(PLATFORM, at(start), at(end))
    life.judge()


@pytest.mark.parametrize("is_noted_first", [True, False])
@pytest.mark.parametrize(
    ("start", "end", "verdict"),
    [
        ("03-02 10:00", "03-02 11:00", "unknown"),
        ("03-02 09:00", "03-02 10:00", "missing"),
        ("03-02 10:00:01", "03-02 11:00", "missing"),
    ],
)
def test_what_fell_due_in_an_outage_is_unknown(
    life: Life, start: str, end: str, verdict: str, is_noted_first: bool
) -> None:
    if is_noted_first:
        was_down(life, start, end)
    life.advance("03-02 12:00")
    if not is_noted_first:
        was_down(life, start, end)
    row = life.occurrences()["2026-03-02"]
    assert row.verdict == verdict
    assert row.reason == ("ingestion-down" if verdict == "unknown" else None)
    of_that_day = [one for one in life.breaches() if one.key == "2026-03-02"]
    assert bool(of_that_day) is (verdict == "missing")
    assert life.judged_again(1) == life.dump()


def test_what_comes_in_later_is_judged_by_when_it_happened(life: Life) -> None:
    was_down(life, "03-02 09:00", "03-02 12:00")
    life.advance("03-02 13:00")
    life.happen(event("report", "03-02 09:30", date="2026-03-02"))
    assert life.verdicts()["2026-03-02"] == "met"


def test_noted_twice_it_is_one(life: Life) -> None:
    was_down(life, "03-02 09:00", "03-02 12:00")
    before = life.position()
    was_down(life, "03-02 09:00", "03-02 12:00")
    assert life.position() == before


def test_only_the_platform_notes_it(life: Life) -> None:
    with pytest.raises(NotAllowed):
        life.store.timekeeping.was_down(Principal("member", frozenset({"lab"})), at("03-02"), at("03-03"))
