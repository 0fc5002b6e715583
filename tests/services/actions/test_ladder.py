"""The ladder over a store that lives: worked example A-5, and what begins it anew or ends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

from services.access import principal
from services.actions.acting import Acting
from services.breaches.following_up import FollowingUp
from tests.given import Tree, contract, criterion, punctuality
from tests.services.judged import Life, living

LAB = principal("lab")
OFFICE: Tree = {"open": {"mon-fri": "09:00-17:00"}, "holidays": {"country": "FR", "years": "2025-2027"}}
RUNGS = [
    {"after": "2 working days", "to": "owner"},
    {"after": "5 working days", "to": "supplier"},
    {"after": "10 working days", "to": ["supplier", "client"]},
]
LADDER: Tree = contract(criterion(punctuality()), calendar=OFFICE, actions={"escalation": RUNGS})


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        life.sign(LADDER)
        life.advance("05-04 00:00")
        yield life


def opened(life: Life, due: str = "2026-05-22") -> str:
    id, _ = life.store.use(FollowingUp).open_action(LAB, "c/d/on-time", "mend it", due=date.fromisoformat(due))
    life.judge()
    return id


def steps(life: Life, id: str) -> list[int]:
    [row] = [one for one in life.actions(None) if one.id == id]
    return [one["step"] for one in row.escalations]


def told(life: Life, id: str) -> int:
    topic, stream = "entente.action.escalated", UUID(id)
    return sum(1 for entry in life.store.history.read(0, 10_000) if (entry.topic, entry.stream) == (topic, stream))


def test_a_step_is_reached_at_its_limit_and_recorded_once(life: Life) -> None:
    id = opened(life)
    life.advance("2026-05-28 08:59:59")
    assert steps(life, id) == []
    life.advance("2026-05-28 09:00:00")
    assert steps(life, id) == [1]
    life.advance("2026-05-29 09:00:00")
    life.judge()
    assert (steps(life, id), told(life, id)) == ([1], 1)


def test_all_steps_of_one_leap_are_recorded_and_a_replay_says_the_same(life: Life) -> None:
    id = opened(life)
    life.advance("2026-06-03 00:00")
    assert (steps(life, id), told(life, id)) == ([1, 2], 2)
    assert life.judged_again() == life.dump()


def test_closing_ends_the_ladder(life: Life) -> None:
    id = opened(life)
    life.advance("2026-06-01 00:00")
    life.store.use(FollowingUp).close(LAB, id, "mended")
    life.judge()
    life.advance("2026-06-10 00:00")
    assert steps(life, id) == [1]


def test_another_day_begins_the_ladder_anew(life: Life) -> None:
    id = opened(life)
    life.advance("2026-05-28 09:00")
    life.store.use(Acting).reschedule(LAB, id, date(2026, 6, 5), "the tool comes late")
    life.judge()
    assert steps(life, id) == []
    life.advance("2026-06-09 08:59")
    assert steps(life, id) == []
    life.advance("2026-06-10 09:00")
    assert (steps(life, id), told(life, id)) == ([1], 2)


def test_a_ladder_is_of_actions_that_are_opened_after_it_came_into_force() -> None:
    each = criterion(punctuality(), target={"max_misses": 99, "per": "month"}, each_miss="breach")
    for effective, climbs in (("2026-05-10", False), ("2026-05-03", True)):
        with living() as life:
            life.sign(contract(each, calendar=OFFICE))
            life.advance("05-02 00:00")
            for action in life.actions():
                life.store.use(FollowingUp).close(LAB, action.id, "mended")
            life.judge()
            life.sign(contract(each, calendar=OFFICE, actions={"escalation": RUNGS}, effective=effective))
            life.advance("05-05 00:00")
            [missed] = life.actions()  # on Monday 4 May
            life.advance("05-22 00:00")  # due on 18 May
            assert steps(life, missed.id) == ([1] if climbs else [])
