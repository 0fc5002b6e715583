"""A contract signed after the events: everything comes out as if it had always been there (MEANING §7)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR
from services.arrivals.reading import unclaimed
from services.judging.judge import Judge
from services.judging.lens import Lens
from tests.given import Tree, at, conformity, contract, criterion, deadline, due, event, punctuality, turnaround
from tests.services.judged import Life, counts, dumped, living, scratch

CASES = contract(criterion(deadline(), target={"max_misses": 0, "per": "month"}, each_miss="breach"))


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


def two_cases(life: Life) -> None:
    """One late in January, one open that falls due in June."""
    life.happen(event("opened", "01-10", **due("01-12")), event("closed", "01-13"))
    life.happen(event("opened", "01-10", "2", **due("06-12")))


def test_what_came_before_is_judged_with_its_periods_breaches_and_actions(store_url: str) -> None:
    with living(store_url) as life:
        two_cases(life)
        life.advance("2026-03-15 00:00")
        life.sign(CASES)
        assert life.verdicts() == {"1": "late", "2": "pending"}
        shown = [(one.period, one.state, one.status, counts(one)) for one in life.figures()]
        assert shown == [
            ("2026-01", "final", "breached", {"late": 1}),
            ("2026-02", "final", "no_data", {}),
            ("2026-03", "open", "open", {}),
            ("2026-06", "open", "open", {"pending": 1}),
        ]
        assert {(one.cause, one.period) for one in life.breaches()} == {("late", "2026-01"), ("target-lost", "2026-01")}
        assert {one.cause for one in life.actions()} == {"late", "target-lost"}


def test_evidence_counts_before_any_time_was_declared(life: Life) -> None:
    two_cases(life)
    life.sign(CASES)
    assert {(one.cause, one.period) for one in life.breaches()} == {("late", "2026-01"), ("target-lost", "2026-01")}
    life.advance("2026-07-01 00:00")
    assert life.verdicts() == {"1": "late", "2": "missing"}
    assert life.figure("2026-06").state == "final"


def test_a_target_that_is_lost_in_an_open_period_is_a_breach_at_once(life: Life) -> None:
    two_cases(life)
    life.advance("2026-01-20 00:00")
    life.sign(CASES)
    assert {(one.cause, one.period) for one in life.breaches()} == {("late", "2026-01"), ("target-lost", "2026-01")}


def test_dates_that_have_passed_are_missing(life: Life) -> None:
    life.happen(event("report", "2026-01-05 09:00", None, date="2026-01-05"))
    life.advance("2026-01-20 00:00")
    life.sign(contract(criterion(punctuality(), each_miss="breach")))
    assert list(life.verdicts().values())[:4] == ["met", "missing", "missing", "pending"]
    assert {one.key for one in life.breaches() if one.key} == {"2026-01-12", "2026-01-19"}


def test_a_breach_that_the_new_wording_does_not_know_is_withdrawn(life: Life) -> None:
    two_cases(life)
    life.advance("2026-01-20 00:00")
    life.sign(CASES)
    lenient = criterion(deadline(tolerance="2 days"), target={"max_misses": 0, "per": "month"}, each_miss="breach")
    life.sign(contract(lenient, effective="2026-01-02", rebaseline={"reason": "as meant"}))
    assert (life.verdicts()["1"], life.breaches()) == ("met", [])
    assert {one.state for one in life.actions(None)} == {"not needed"}


def test_what_stood_against_a_period_that_is_no_more_is_withdrawn(life: Life) -> None:
    two_cases(life)
    life.advance("2026-01-20 00:00")
    life.sign(CASES)
    quarters = criterion(deadline(), target={"max_misses": 0, "per": "quarter"}, each_miss="breach")
    life.sign(contract(quarters, effective="2026-01-01", rebaseline={"reason": "as meant"}))
    assert {(one.cause, one.period) for one in life.breaches()} == {("late", "2026-Q1"), ("target-lost", "2026-Q1")}
    assert [(one.period, counts(one)) for one in life.figures()] == [
        ("2026-Q1", {"late": 1}), ("2026-Q2", {"pending": 1}),
    ]  # fmt: skip


def test_what_stood_against_a_clause_that_was_never_in_force_is_withdrawn(life: Life) -> None:
    two_cases(life)
    life.advance("2026-01-20 00:00")
    life.sign(CASES)
    other = contract(criterion(conformity(), "other"), effective="2026-01-01", rebaseline={"reason": "as meant"})
    life.sign(other)
    assert life.breaches() == []


def test_closed_periods_take_the_shape_of_a_rebaseline(life: Life) -> None:
    life.sign(contract(criterion(turnaround())))
    for month in ("01", "02", "03"):
        life.happen(event("opened", f"{month}-20 09:00", month), event("closed", f"{month}-20 10:00", month))
    life.advance("2026-04-20 00:00")
    quarter: Tree = {"at_least": "90 %", "per": "quarter"}
    amended = contract(criterion(turnaround(), target=quarter), effective="2026-02-10", rebaseline={"reason": "x"})
    life.sign(amended)
    assert [(one.period, one.state, one.adjusted) for one in life.figures()] == [
        ("2026-01", "final", (1, 1)),
        ("2026-02", "restated", (0, 0)),
        ("2026-Q1", "final", (2, 2)),
        ("2026-Q2", "open", (0, 0)),
    ]


def test_an_event_is_claimed_once_however_many_contracts_claim_it(life: Life) -> None:
    two_cases(life)
    assert life.store.read(ADMINISTRATOR, unclaimed) == [("closed", "tool", 1), ("opened", "tool", 2)]
    life.sign(CASES)
    assert life.store.read(ADMINISTRATOR, unclaimed) == []
    life.sign({**CASES, "effective": "2026-04-01", "late_data": "1 day"})
    life.sign({**CASES, "contract": "second"})
    life.sign(contract(criterion(turnaround()), effective="2026-05-01"))
    seen = [line for line in life.dump() if line.startswith("view_seen")]
    assert len(seen) == 2
    assert all("unclaimed=0" in line for line in seen)
    assert life.judged_again() == life.dump()


def test_as_of_a_moment_what_happened_later_is_left_out_of_a_contract_signed_since(life: Life) -> None:
    two_cases(life)
    life.advance("2026-07-01 00:00")
    life.sign(CASES)
    with scratch() as database:
        judge = Judge(life.store.history, database, lens=Lens(as_of=at("01-12 12:00")))
        judge.catch_up()
        rows = [line for line in dumped(database) if line.startswith("view_occurrence")]
    assert len(rows) == 2
    assert "verdict='missing'" in rows[0]
    assert "verdict='pending'" in rows[1]
