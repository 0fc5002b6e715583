"""Our own ingestion was down: what fell due meanwhile and stays without event is unknown (MEANING §2, DESIGN §3.15)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR, AUDITOR, PLATFORM, Principal
from services.errors import Invalid, NotAllowed, NotFound, Refused
from services.history.entries import OUTAGE_WITHDRAWN
from tests.given import at, contract, criterion, event, punctuality
from tests.services.judged import Life, counts, living


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as alive:
        alive.sign(contract(criterion(punctuality(), each_miss="breach")))
        yield alive


def was_down(life: Life, start: str, end: str) -> None:
    life.store.outages.was_down(PLATFORM, at(start), at(end))
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
        life.store.outages.was_down(Principal("member", frozenset({"lab"})), at("03-02"), at("03-03"))


def mondays(life: Life) -> list[str]:
    return [life.verdicts()[f"2026-03-{day}"] for day in ("02", "09", "16")]


def withdraw(life: Life, id: int) -> int:
    found = life.store.outages.withdraw(ADMINISTRATOR, id, "the clock was wrong")
    life.judge()
    return found


def test_what_was_unknown_because_of_an_outage_alone_is_judged_again_once_it_is_withdrawn(life: Life) -> None:
    was_down(life, "03-02 09:00", "03-10 00:00")
    was_down(life, "03-09 09:00", "03-09 12:00")
    long, short = life.store.outages.all()
    life.advance("03-20 00:00")
    assert mondays(life) == ["unknown", "unknown", "missing"]
    withdraw(life, long.id)
    assert mondays(life) == ["missing", "unknown", "missing"]
    assert {one.key for one in life.breaches() if one.key and one.key >= "2026-03"} == {"2026-03-02", "2026-03-16"}
    assert [bool(one.withdrawn) for one in life.store.outages.all()] == [True, False]
    withdraw(life, short.id)
    assert set(mondays(life)) == {"missing"}
    assert life.judged_again(1) == life.judged_again() == life.dump()


def test_a_final_figure_is_restated_by_the_withdrawal_and_names_it(life: Life) -> None:
    was_down(life, "03-01 00:00", "2031-01-01")
    life.advance("04-10 00:00")
    march = life.figure("2026-03")
    assert (march.state, march.status, counts(march)) == ("final", "no_data", {"unknown": 5})
    position = withdraw(life, life.store.outages.all()[0].id)
    march = life.figure("2026-03")
    assert (march.state, march.status, counts(march)) == ("restated", "breached", {"missing": 5})
    assert march.causes == (position,)
    entry = life.store.history.at(position)
    assert entry is not None
    assert entry.topic == OUTAGE_WITHDRAWN == "entente.outage.withdrawn"
    life.advance("05-10 00:00")
    assert counts(life.figure("2026-04")) == {"missing": 4}
    assert life.judged_again(1) == life.dump()


def test_only_the_administrator_withdraws_an_outage_once_and_says_why(life: Life) -> None:
    was_down(life, "03-02 09:00", "03-02 12:00")
    [noted] = life.store.outages.all()
    outages, before = life.store.outages, life.position()
    for who in (Principal("member", frozenset({"lab"})), AUDITOR):
        with pytest.raises(NotAllowed):
            outages.withdraw(who, noted.id, "no")
    with pytest.raises(NotFound):
        outages.withdraw(ADMINISTRATOR, noted.id + 1, "no")
    with pytest.raises(Invalid, match="nothing was said"):
        outages.withdraw(ADMINISTRATOR, noted.id, "  ")
    assert life.position() == before
    withdraw(life, noted.id)
    with pytest.raises(Refused, match="withdrawn already"):
        withdraw(life, noted.id)
    was_down(life, "03-02 09:00", "03-02 12:00")  # the same again is no other one
    life.advance("03-02 13:00")
    assert life.verdicts()["2026-03-02"] == "missing"
