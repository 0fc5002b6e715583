"""What waits for a service is handed on to another of its people, or seen (MORNING §1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import AUDITOR, principal
from services.auditing.history_rows import history_before
from services.errands.handing_on import HandingOn
from services.errands.reading import errands_by_thing, read_errands
from services.errors import Invalid, NotAllowed, NotFound, Refused
from services.excuses.excusing import Excusing
from tests.given import contract, criterion, punctuality
from tests.services.judged import Life, living

OWED = "c/d/on-time"
LAB, WARD = principal("lab/ann"), principal("ward/bob")
BREACHES = f"breaches:{OWED}"
OCCURRENCE = f"occurrence:{OWED}:2026-01-05"


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        people = [{"id": "ann", "name": "Ann"}, {"id": "zoe", "name": "Zoe"}]
        life.publish({"entente": 1, "service": "lab", "title": "Lab", "people": people})
        life.sign(contract(criterion(punctuality())))
        life.advance("01-06 00:00")
        yield life


def hand_on(life: Life, thing: str, person: str, text: str = "you know them") -> None:
    life.store.use(HandingOn).hand_on(LAB, thing, person, text)
    life.judge()


def test_it_is_with_whom_it_was_handed_to_last(life: Life) -> None:
    hand_on(life, BREACHES, "zoe")
    row = life.store.read(LAB, errands_by_thing)[BREACHES]
    assert (row.service, row.person, [text for _, _, text in row.handed]) == ("lab", "zoe", ["you know them"])
    with pytest.raises(Refused, match="zoe has it already"):
        hand_on(life, BREACHES, "zoe")
    hand_on(life, BREACHES, "ann")
    assert life.store.read(LAB, errands_by_thing)[BREACHES].person == "ann"


def test_the_other_party_is_not_told_who_does_what(life: Life) -> None:
    hand_on(life, OCCURRENCE, "zoe")
    assert [row.thing for row in life.store.read(LAB, read_errands)] == [OCCURRENCE]
    assert [row.thing for row in life.store.read(AUDITOR, read_errands)] == [OCCURRENCE]
    assert life.store.read(WARD, read_errands) == []

    def told(who: object) -> set[str]:
        rows, _ = life.store.read(who, history_before, life.position(), 500, "decisions", "")  # type: ignore[arg-type]
        return {row.topic for row in rows}

    assert "entente.errand.handed-on" in told(LAB)
    assert not {topic for topic in told(WARD) if topic.startswith("entente.errand")}


def test_only_people_of_the_own_service_are_handed_something(life: Life) -> None:
    with pytest.raises(Invalid, match="nobody of lab"):
        hand_on(life, BREACHES, "bob")
    with pytest.raises(NotAllowed):
        life.store.use(HandingOn).hand_on(WARD, BREACHES, "bob")
    for who in (principal("other/eve"), LAB):
        with pytest.raises(NotFound):
            life.store.use(HandingOn).hand_on(who, "breaches:no/such/thing", "zoe")
    with pytest.raises(NotFound):
        life.store.use(HandingOn).hand_on(LAB, "sort:unknown", "zoe")


def test_a_refusal_is_over_once_it_was_seen_and_what_waits_for_an_answer_is_not(life: Life) -> None:
    excusing = life.store.use(Excusing)
    id, _ = excusing.ask(LAB, OWED, reason="other", text="we were ill", keys=["2026-01-05"])
    life.judge()
    with pytest.raises(Refused, match="waits for an answer"):
        life.store.use(HandingOn).see(WARD, f"excuse:{id}")
    with pytest.raises(NotFound):
        life.store.use(HandingOn).see(LAB, f"refusal:{id}")
    excusing.refuse(WARD, id, "you were not")
    life.judge()
    life.store.use(HandingOn).see(LAB, f"refusal:{id}")
    life.judge()
    assert life.store.read(LAB, errands_by_thing)[f"refusal:{id}"].is_seen
    with pytest.raises(NotAllowed):
        life.store.use(HandingOn).see(WARD, f"refusal:{id}")
