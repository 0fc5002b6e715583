"""Whom texts name and who is given something: those who may take part there, whatever file names them (MORNING §1, §3)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import principal
from services.breaches.following_up import FollowingUp
from services.errands.handing_on import HandingOn
from services.errands.mentions import read_mentions
from services.errors import Invalid
from services.excuses.excusing import Excusing
from tests.given import contract, criterion, punctuality
from tests.services.judged import Life, living

OWED = "c/d/on-time"
LAB, WARD = principal("lab/ann"), principal("ward/bob")
PEOPLE = [
    {"person": "ann", "name": "Ann", "services": {"lab": "head"}},
    {"person": "rob", "name": "Rob", "services": {"lab": "reader"}},
    {"person": "bob", "name": "Bob", "services": {"ward": "head"}},
]


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        life.sign(contract(criterion(punctuality(), owner="bob")))
        life.advance("01-06 00:00")
        yield life


def let_in(life: Life) -> None:
    """Kim by the file of the service, which tells the other party so."""
    life.publish({"entente": 1, "service": "lab", "title": "Lab", "people": [{"id": "kim", "name": "Kim"}]})
    life.publish({"entente": 1, "access": "town", "people": PEOPLE})


def test_who_only_reads_is_named_and_given_nothing(life: Life) -> None:
    let_in(life)
    following_up, handing_on = life.store.use(FollowingUp), life.store.use(HandingOn)
    opened, _ = following_up.open_action(LAB, OWED, "Look at the van")
    life.judge()
    [breach] = life.breaches()
    with pytest.raises(Invalid, match="nobody who could be told"):
        following_up.explain_breach(LAB, breach.id, "ask @rob")
    with pytest.raises(Invalid, match="nobody of lab"):
        handing_on.hand_on(LAB, f"action:{opened}", "rob")
    for person in ("rob", "bob", "no.one"):
        with pytest.raises(Invalid, match="nobody who could do it"):
            following_up.name_action(LAB, opened, "Another van", person)
        with pytest.raises(Invalid, match="nobody who could do it"):
            following_up.open_action(WARD, OWED, f"Ask {person}", person=person)
    following_up.name_action(LAB, opened, "Another van", "kim")
    handing_on.hand_on(LAB, f"action:{opened}", "kim")


def test_an_action_falls_to_who_owns_the_indicator_where_they_can_do_it(life: Life) -> None:
    let_in(life)
    opened, _ = life.store.use(FollowingUp).open_action(WARD, OWED, "Look at the van")
    life.judge()
    [person] = [row.person for row in life.actions() if row.id == opened]
    assert person is None, "bob owns the indicator and is of the service that is owed it"


def test_where_nobody_is_known_nobody_is_named(life: Life) -> None:
    [breach] = life.breaches()
    with pytest.raises(Invalid, match="nobody who could be told"):
        life.store.use(FollowingUp).explain_breach(LAB, breach.id, "ask @ann")


def test_whoever_is_named_in_what_closes_and_refuses_is_told(life: Life) -> None:
    let_in(life)
    following_up, excusing = life.store.use(FollowingUp), life.store.use(Excusing)
    opened, _ = following_up.open_action(LAB, OWED, "Look at the van")
    excuse, _ = excusing.ask(LAB, OWED, reason="other", text="we were ill", keys=["2026-01-05"])
    life.judge()
    following_up.close(LAB, opened, "@kim saw to it")
    excusing.refuse(WARD, excuse, "@kim was seen")
    life.judge()
    rows = life.store.read(principal("lab/kim"), read_mentions, person="kim")
    assert sorted(row.sort for row in rows) == ["action", "excuse"]


def test_a_title_is_one_line_of_letters_that_are_seen(life: Life) -> None:
    following_up = life.store.use(FollowingUp)
    opened, _ = following_up.open_action(LAB, OWED, "Look\u202e at\r\nthe van")
    life.judge()
    following_up.name_action(LAB, opened, "Another\u202e\r\nvan\u2066", None)
    life.judge()
    assert [(row.text, row.details) for row in life.actions() if row.id == opened] == [
        ("Another van", "Look at\nthe van")
    ]
    with pytest.raises(Invalid, match="longer than 200 letters") as refused:
        following_up.name_action(LAB, opened, "x" * 201, None)
    assert refused.value.slug == "title-too-long"
