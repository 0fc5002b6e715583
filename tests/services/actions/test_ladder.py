"""The ladder over a store that lives: worked example A-5, and what begins it anew or ends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

from domain.times import show
from services.access import ADMINISTRATOR, Grade, principal, signed_in
from services.actions.acting import Acting
from services.actions.laddering import count_steps, read_ladder
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_action
from services.errors import DocumentInvalid
from services.notices.news import News, late_actions
from tests.given import PARIS, Tree, contract, criterion, punctuality
from tests.services.judged import Life, living

LAB = principal("lab")
OFFICE: Tree = {"open": {"mon-fri": "09:00-17:00"}, "holidays": {"country": "FR", "years": "2025-2027"}}
REMIND = ["5 working days", "2 days"]
RUNGS = [
    {"after": "2 working days", "to": "owner"},
    {"after": "5 working days", "to": "supplier"},
    {"after": "10 working days", "to": ["supplier", "client"]},
]
LADDER: Tree = contract(criterion(punctuality()), calendar=OFFICE, actions={"escalation": RUNGS, "remind": REMIND})


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


def news(life: Life) -> dict[str, News]:
    with life.store.seeing.seen(ADMINISTRATOR) as seen:
        return {one.transition: one for one in late_actions(seen, 0, frozenset({"ann", "bob"}))}


def test_one_notice_tells_of_the_highest_step_and_whom_it_is_for(life: Life) -> None:
    opened(life)
    life.advance("2026-06-03 00:00")
    [found] = [one for transition, one in news(life).items() if transition.startswith("escalated:2026-05-22")]
    assert (found.transition, show(found.at, PARIS)) == ("escalated:2026-05-22:2", "2026-06-02T09:00:00+02:00")
    head, member = signed_in("kim", {"lab": Grade.HEAD}), signed_in("ann", {"lab": Grade.MEMBER})
    other = signed_in("eve", {"ward": Grade.HEAD})
    assert [found.is_for(one) for one in (head, member, other)] == [True, False, False]


def test_who_does_it_is_told_of_a_step_for_the_owner_else_who_heads_the_service(life: Life) -> None:
    opened(life)
    life.advance("2026-05-29 00:00")
    found = news(life)["escalated:2026-05-22:1"]
    head, member = signed_in("kim", {"lab": Grade.HEAD}), signed_in("ann", {"lab": Grade.MEMBER})
    assert [found.is_for(one) for one in (head, member)] == [False, True]  # ann owns the indicator


def test_reminders_come_before_the_day_and_not_after(life: Life) -> None:
    opened(life)
    life.advance("2026-05-15 09:00")
    told = [one for one in news(life) if one.startswith("remind:2026-05-22")]
    assert [show(int(one.split(":")[2]), PARIS) for one in told] == ["2026-05-15T09:00:00+02:00"]
    life.advance("2026-05-23 00:00")
    assert [one for one in news(life) if one.startswith("remind:2026-05-22")] == []


def test_the_ladder_says_what_comes_and_where_the_calendar_ends(life: Life) -> None:
    ids = opened(life), opened_too(life)
    with life.store.seeing.seen(ADMINISTRATOR) as seen:
        [soon, far] = [read_ladder(seen, read_action(seen, one)) for one in ids]
    assert [(one.step, one.limit is None) for one in soon] == [(1, False), (2, False), (3, False)]
    assert [(one.step, one.limit is None) for one in far] == [(1, True), (2, True), (3, True)]


def opened_too(life: Life) -> str:
    id, _ = life.store.use(FollowingUp).open_action(LAB, "c/d/on-time", "another", due=date(2027, 12, 31))
    life.judge()
    return id


def test_open_actions_are_counted_by_the_step_that_they_have_reached(life: Life) -> None:
    opened(life)
    life.advance("2026-06-03 00:00")
    with life.store.seeing.seen(ADMINISTRATOR) as seen:
        assert count_steps(seen)[("c", "2")] >= 1
        assert count_steps(seen, "ward") == {}


def test_a_contract_that_tells_an_arbiter_is_warned_of_until_people_are_let_in_and_then_refused() -> None:
    tree: Tree = {**LADDER, "actions": {"escalation": [{"after": "5 days", "to": ["client", "arbiter"]}]}}
    with living() as life:
        assert [str(one) for one in life.sign(tree).warnings] == ["it tells the arbiter, and nobody is arbiter"]
        people: list[Tree] = [{"person": "ann", "name": "Ann", "services": {"lab": "head"}}]
        life.publish({"entente": 1, "access": "us", "people": people})
        other: Tree = {**tree, "contract": "other"}
        with pytest.raises(DocumentInvalid, match="nobody is arbiter"):
            life.sign(other)
        life.publish(
            {"entente": 1, "access": "us", "people": [*people, {"person": "ida", "name": "Ida", "arbiter": True}]}
        )
        assert life.sign(other).warnings == ()
