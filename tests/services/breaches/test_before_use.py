"""A past that was imported calls nobody (MEANING §5 "Before it was in use"). The clock stands at 30 June, noon; that is when
contracts are signed here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_unexplained
from services.excuses.reading import read_excuses
from services.figures.reading import read_commitments
from services.judging.lens import Lens
from services.judging.outbox import waiting
from services.reviews.reading import read_reviews
from services.seeing.past import judged_anew, replay
from tests.given import Tree, conformity, contract, criterion, event, punctuality
from tests.services.judged import Life, living
from tests.services.test_dependencies import WEEKLY

REVIEW = {"every": "FREQ=MONTHLY;BYMONTHDAY=10", "at": "14:00"}
BREACHING: Tree = contract(
    criterion(punctuality(), target={"max_misses": 99, "per": "month"}, each_miss="breach"), review=REVIEW
)
LIVES = "06-30 11:59"


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


def states(life: Life) -> set[str]:
    return {one.state for one in life.breaches(None)}


def reviews(life: Life) -> dict[str, str]:
    return {one.id: one.state for one in life.store.read(ADMINISTRATOR, read_reviews)}


def asked(life: Life) -> list[str]:
    life.store.judging.catch_up()
    with life.store.history.database.connect() as reads:
        assert not waiting(reads)
    return [one.commitment for one in life.actions()]


def test_what_lies_before_both_had_signed_calls_nobody_and_what_comes_then_does(life: Life) -> None:
    life.sign(BREACHING)
    life.advance(LIVES)
    assert (life.verdicts()["2026-03-02"], states(life), life.actions(None)) == ("missing", {"past"}, [])
    assert reviews(life)["c@2026-01-10"] == reviews(life)["c@2026-06-10"] == "past"
    assert reviews(life)["c@2026-07-10"] == "planned"
    [row] = life.store.read(ADMINISTRATOR, read_commitments)
    assert (row.breaches_open, row.actions_open) == (0, 0)
    assert life.store.read(ADMINISTRATOR, read_unexplained, [row.id]) == []
    life.advance("07-11 00:00")
    assert [one.key for one in life.breaches() if one.key] == ["2026-07-06"]
    assert asked(life) == ["c/d/on-time"]
    assert reviews(life)["c@2026-07-10"] == "held"
    assert life.judged_again() == life.judged_again(1) == life.dump()
    assert replay(life.store.history, life.store.history.database).is_same


def test_what_was_asked_for_before_the_store_lived_is_dropped_once_it_does(life: Life) -> None:
    life.sign(BREACHING)
    life.advance("03-01 00:00")
    assert len(life.actions()) == 1
    assert reviews(life)["c@2026-02-10"] == "held"
    life.advance(LIVES)
    assert states(life) == {"past"}
    [dropped] = life.actions(None)
    assert (dropped.state, dropped.closing_text) == ("not needed", "it was missed before the contract came into use")
    assert reviews(life)["c@2026-02-10"] == "past"
    assert asked(life) == []
    assert life.judged_again() == life.judged_again(1) == life.dump()
    assert replay(life.store.history, life.store.history.database).is_same


def test_an_action_that_somebody_worked_on_stays(life: Life) -> None:
    life.sign(BREACHING)
    life.advance("03-01 00:00")
    [action] = life.actions()
    life.store.use(FollowingUp).progress(ADMINISTRATOR, action.id, "we look into it")
    life.judge()
    life.advance(LIVES)
    assert [one.id for one in life.actions()] == [action.id]


def test_a_past_that_is_told_later_calls_nobody_either(life: Life) -> None:
    life.sign(contract(criterion(conformity(), "right", target={"max_misses": 99, "per": "month"}, each_miss="breach")))
    life.advance(LIVES)
    life.advance("07-02 00:00")
    life.happen(event("item", "03-10 09:00", id="old", errors=3))
    assert (states(life), life.actions(None)) == ({"past"}, [])
    life.happen(event("item", "07-01 09:00", id="new", errors=3))
    assert {one.period for one in life.breaches()} == {"2026-07"}
    assert asked(life) == ["c/d/right"]
    assert life.judged_again() == life.judged_again(1) == life.dump()


def test_a_breach_of_the_past_that_goes_away_is_withdrawn(life: Life) -> None:
    life.sign(BREACHING)
    life.advance(LIVES)
    life.happen(event("report", "03-02 09:00", date="2026-03-02"))
    assert [one.state for one in life.breaches(None) if one.key == "2026-03-02"] == ["withdrawn"]


def test_no_excuse_is_proposed_for_what_was_missed_before(life: Life) -> None:
    life.sign(WEEKLY)
    life.advance(LIVES)
    assert life.store.read(ADMINISTRATOR, read_excuses) == []
    life.advance("07-14 00:00")
    assert {one.keys for one in life.store.read(ADMINISTRATOR, read_excuses)} == {("2026-07-06",), ("2026-07-13",)}


def test_a_study_of_old_events_shows_what_would_have_been(life: Life) -> None:
    life.sign(BREACHING)
    life.advance("05-30 11:00")
    assert (states(life), len(life.actions())) == ({"open"}, 1)
    assert reviews(life)["c@2026-05-10"] == "held"


def test_as_of_a_moment_of_the_past_it_called_nobody(life: Life) -> None:
    life.sign(BREACHING)
    life.advance(LIVES)
    with judged_anew(life.store.history, Lens(as_of=life.breaches(None)[0].opened_at)) as judge:
        assert judge.bench.lives
        with judge.database.connect() as reads:
            assert reads.query("SELECT DISTINCT state FROM view_breach") == [("past",)]
            assert reads.query("SELECT id FROM view_action") == []
