"""One contract's past, imported into a store that lives: its time waits for it (MEANING §2 `apply --backfill`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.access import ADMINISTRATOR, Principal
from services.contracts.contracting import Contracting
from services.errors import DocumentInvalid, NotFound, Refused
from services.reviews.reading import read_reviews
from tests.given import Tree, at, contract, criterion, document, event, punctuality
from tests.services.judged import Life, living


@pytest.fixture
def life() -> Iterator[Life]:
    """A store whose time has passed to 1 April, with a contract `other` that lives with it."""
    with living() as alive:
        alive.sign(contract(criterion(punctuality()), id="other"))
        alive.advance("04-01 00:00")
        yield alive


def backfill(life: Life, **changes: Any) -> None:
    tree: Tree = contract(criterion(punctuality()), **{"valid": {"from": "2026-03-02"}, **changes})
    life.store.use(Contracting).apply(ADMINISTRATOR, document(tree), sign=("supplier", "client"), backfill=True)
    life.judge()


def amend(life: Life, effective: str) -> None:
    life.sign(contract(criterion(punctuality(due={"every": "monday", "at": "11:00"})), effective=effective))


def advance(life: Life, time: str) -> str:
    done = life.store.timekeeping.advance(ADMINISTRATOR, at(time), "c")
    life.judge()
    return str(done)


def test_its_time_is_held_at_the_start_of_its_validity(life: Life) -> None:
    backfill(life)
    assert life.verdicts()["2026-03-02"] == "pending"
    assert life.figure("2026-03").watermark == at("03-02 00:00")
    assert life.breaches() == [one for one in life.breaches() if one.commitment.startswith("other/")]
    life.advance("04-02 00:00")
    assert life.verdicts()["2026-03-02"] == "pending"
    assert life.figure("2026-03", "other/d/on-time").state == "final"


def test_its_past_is_judged_step_by_step_as_it_is_declared(life: Life) -> None:
    backfill(life)
    life.happen(event("report", "03-02 09:00", date="2026-03-02"))
    assert life.verdicts()["2026-03-02"] == "met"
    assert advance(life, "03-09 10:00") == "time of c has passed to 2026-03-09T09:00:00Z"
    assert [life.verdicts()[f"2026-03-{day}"] for day in ("02", "09", "16")] == ["met", "missing", "pending"]
    assert advance(life, "03-08 10:00") == "time of c is already at 2026-03-09T09:00:00Z"
    assert life.figure("2026-03").state == "open"


def test_it_joins_the_time_of_the_store_when_it_reaches_it(life: Life) -> None:
    backfill(life)
    advance(life, "04-01 00:00")
    assert (life.figure("2026-03").state, life.verdicts()["2026-03-30"]) == ("final", "missing")
    life.advance("04-06 10:00")
    assert life.verdicts()["2026-04-06"] == "missing"
    assert life.figure("2026-04").watermark == at("04-06 10:00")


def test_declared_ahead_of_the_store_it_waits_there_for_it(life: Life) -> None:
    backfill(life)
    advance(life, "04-06 10:00")
    assert (life.verdicts()["2026-04-06"], life.verdicts("other/d/on-time")["2026-04-06"]) == ("missing", "pending")
    life.advance("04-03 00:00")
    assert life.figure("2026-04").watermark == at("04-06 10:00")
    life.advance("04-13 10:00")
    assert life.verdicts()["2026-04-13"] == "missing"


def test_reviews_are_called_once_for_the_time_that_passes(life: Life) -> None:
    backfill(life, review={"every": "FREQ=MONTHLY;BYMONTHDAY=10", "at": "14:00"})
    advance(life, "03-20 00:00")
    advance(life, "04-01 00:00")
    life.advance("04-11 00:00")
    called = [one for one in life.store.read(ADMINISTRATOR, read_reviews) if one.state != "planned"]
    assert [one.id for one in called] == ["c@2026-03-10", "c@2026-04-10"]


@pytest.mark.parametrize("limit", [1, 2, 5_000])
def test_a_judge_that_begins_anew_comes_to_the_same(life: Life, limit: int) -> None:
    backfill(life)
    life.happen(event("report", "03-09 09:00", date="2026-03-09"))
    advance(life, "03-09 12:00")
    life.advance("04-02 00:00")
    advance(life, "04-10 00:00")
    life.advance("04-20 00:00")
    life.happen(event("report", "03-16 09:00", date="2026-03-16"))
    assert life.judged_again(limit) == life.dump()


def test_only_a_new_contract_is_filled_in_and_only_its_parties_declare_its_time(life: Life) -> None:
    backfill(life)
    with pytest.raises(Refused, match="only a new contract's past"):
        backfill(life, effective="2026-05-01")
    with pytest.raises(NotFound):
        life.store.timekeeping.advance(Principal("member", frozenset({"stranger"})), at("03-20"), "c")
    with pytest.raises(NotFound):
        life.store.timekeeping.advance(ADMINISTRATOR, at("03-20"), "nothing")


def test_terminating_it_does_not_hold_its_time_again() -> None:
    with living() as life:
        backfill(life)
        life.advance("05-11 10:00")
        assert life.figure("2026-03").state == "final"
        life.terminate("2026-05-31")
        march = life.figure("2026-03")
        assert (march.state, march.watermark) == ("final", at("05-11 10:00"))


def test_what_has_passed_for_a_contract_ahead_is_neither_terminated_nor_amended(life: Life) -> None:
    backfill(life)
    advance(life, "05-11 10:00")
    with pytest.raises(Refused, match="time has passed 2026-05-10"):
        life.terminate("2026-05-10")
    with pytest.raises(DocumentInvalid, match="2026-05-11 has passed"):
        amend(life, "2026-05-11")
    amend(life, "2026-05-12")
    life.terminate("2026-05-11")


def test_the_past_of_a_contract_whose_time_is_held_may_still_be_amended(life: Life) -> None:
    backfill(life)
    with pytest.raises(DocumentInvalid, match="2026-03-02 has passed"):
        amend(life, "2026-03-02")
    amend(life, "2026-03-03")
    advance(life, "03-09 10:00")
    with pytest.raises(DocumentInvalid, match="2026-03-09 has passed"):
        amend(life, "2026-03-09")
    advance(life, "04-01 00:00")  # it joins
    life.advance("04-20 10:00")
    with pytest.raises(DocumentInvalid, match="2026-04-20 has passed"):
        amend(life, "2026-04-20")
    amend(life, "2026-04-21")


def test_one_that_began_after_the_time_of_the_store_is_never_held(life: Life) -> None:
    backfill(life, valid={"from": "2026-04-06"})
    life.advance("04-13 00:00")
    with pytest.raises(DocumentInvalid, match="2026-04-13 has passed"):
        amend(life, "2026-04-13")
    assert advance(life, "04-10 00:00") == "time of c is already at 2026-04-12T22:00:00Z"
