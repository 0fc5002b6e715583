"""Dates that land on one due: whatever names any of them means the one that stands (MEANING §4 "Dated windows")."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.match import Match
from services.access import ADMINISTRATOR
from services.explaining.occurrences import explain_occurrence
from services.matches.matching import Matching
from services.matches.reading import read_match
from tests.given import Tree, contract, criterion, event, punctuality
from tests.services.excused import LAB, Parties
from tests.services.judged import Life, living

EVERY_DAY = criterion(punctuality(due={"every": "day", "at": "10:00"}, on_closed_day="next"))
OPEN: Tree = {"calendar": {"open": {"mon-fri": "09:00-17:00"}}, "valid": {"from": "2026-03-06", "until": "2026-03-10"}}


@pytest.fixture
def life() -> Iterator[Life]:
    """Friday 6 March to Tuesday: Saturday and Sunday land on Monday."""
    with living() as alive:
        alive.sign(contract(EVERY_DAY, **OPEN))
        yield alive


@pytest.mark.parametrize("name", ["2026-03-07", "2026-03-08", "2026-03-09"])
def test_a_delivery_under_any_of_the_names_is_the_mondays(life: Life, name: str) -> None:
    life.happen(event("report", "03-09 09:00", id="r", date=name))
    life.advance("03-20 00:00")
    assert life.verdicts() == {"2026-03-06": "missing", "2026-03-09": "met", "2026-03-10": "missing"}
    assert life.unmatched() == []
    assert life.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", name).occurrence.key == "2026-03-09"
    assert life.judged_again(1) == life.dump()


def test_an_excuse_for_any_of_the_names_excuses_the_monday(life: Life) -> None:
    parties = Parties(life)
    excuse = parties.ask("2026-03-07", "2026-03-08")
    parties.accept(excuse)
    assert parties.row(excuse).keys == ("2026-03-09",)
    assert life.verdicts()["2026-03-09"] == "excused"


def test_what_was_excused_on_its_own_day_stays_so_when_the_day_closes_and_lands_on_another(life: Life) -> None:
    Parties(life).excuse("2026-03-09")
    closed: Tree = {**OPEN, "calendar": {**OPEN["calendar"], "closures": ["2026-03-09"]}}
    life.sign(contract(EVERY_DAY, effective="2026-03-07", **closed))
    assert life.verdicts() == {"2026-03-06": "pending", "2026-03-10": "excused"}
    assert life.judged_again(1) == life.dump()


def test_a_match_by_hand_to_any_of_the_names_is_to_the_monday(life: Life) -> None:
    [answer] = life.happen(event("report", "03-09 09:00", id="r", date="soon"))
    assert answer.position is not None
    match, _ = life.store.use(Matching).match(LAB, answer.position, "c/d/on-time", "2026-03-07")
    life.judge()
    assert life.verdicts()["2026-03-09"] == "met"
    assert life.store.read(LAB, read_match, match).made.by == "lab/ann"
    assert life.judged_again(1) == life.dump()


def test_a_match_that_was_made_by_the_name_of_old_is_to_the_monday(life: Life) -> None:
    """As stores have it that were judged when the earliest date stood."""
    [answer] = life.happen(event("report", "03-09 09:00", id="r", date="soon"))
    assert answer.position is not None
    made = Match(
        commitment="c/d/on-time", position=answer.position, key="2026-03-07", roles=["delivered"], text="",
        needs=False, party="supplier", by="lab/ann", at=0,
    )  # fmt: skip
    life.store.history.save(made)
    life.judge()
    assert life.verdicts()["2026-03-09"] == "met"
    assert life.judged_again(1) == life.dump()
