"""What the platform tells of reviews and actions as events: once, to the two parties, for promises about them (MEETING §1)."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from domain.events import OperationalEvent
from domain.times import show
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR
from services.breaches.following_up import FollowingUp
from services.directory.reading import read_sources
from services.errors import Refused
from services.history.entries import EVENT, header_of, unpack
from services.reviews.reviewing import Reviewing
from services.seeing.past import replay
from tests.given import PARIS, Tree, at, conformity, contract, criterion, event, punctuality, structured, turnaround
from tests.services.judged import Life, living
from tests.services.meeting import LAB, WARD
from tests.services.sharded import judged_in_shards

OWN = "entente/reviews"
MONTHLY = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h"}
REVIEW = "c@2026-02-03"


def own(type: str) -> Tree:
    return {"type": type, "source": OWN}


def minutes(**changes: Any) -> Tree:
    """Minutes are signed within ten days of the meeting's end."""
    signed = turnaround(opened=own("review.called"), closed=own("review.signed"), within="10 days")
    return contract(criterion(signed, "signed"), review=MONTHLY, **changes)


def events(life: Life) -> list[dict[str, Any]]:
    """Those of the platform, in order."""
    entries = [one for one in life.store.history.read(0, 10_000) if one.topic == EVENT]
    found = [json.loads(unpack(one.state)[1]) for one in entries]
    return [one for one in found if one["source"] == OWN]


def sign_minutes(life: Life, review: str = REVIEW) -> None:
    reviewing = life.store.use(Reviewing)
    reviewing.minutes(LAB, review, "a word that leaves the house by no event")
    with suppress(Refused):  # nothing was on the agenda
        reviewing.settle_rest(ADMINISTRATOR, review, "noted")
    reviewing.submit(ADMINISTRATOR, review)
    for who in (LAB, WARD):
        reviewing.sign_review(who, review)
    life.judge()


def test_a_contract_promises_signed_minutes_and_is_judged_by_them() -> None:
    with living() as life:
        life.sign(minutes())
        life.advance("01-07")
        sign_minutes(life, "c@2026-01-06")
        life.advance("02-14")
        sign_minutes(life)
        life.advance("02-20")
        [january, february] = life.occurrences("c/d/signed").values()
        assert (january.key, january.verdict, show(january.limit or 0, PARIS)) == (
            "c@2026-01-06", "met", "2026-01-16T15:00:00+01:00",
        )  # fmt: skip
        assert (february.key, february.verdict) == (REVIEW, "late")
        assert replay(life.store.history, life.store.history.database).is_same
        assert judged_in_shards(life.store.history, 3) == sorted(life.dump())


def test_an_event_says_whose_review_it_was_and_nothing_that_people_typed() -> None:
    with living() as life:
        life.sign(minutes())
        life.advance("02-04")
        sign_minutes(life)
        [called, signed] = [one for one in events(life) if one["subject"] == REVIEW]
        assert (called["type"], called["time"], called["subject"]) == ("review.called", "2026-02-03T14:00:00Z", REVIEW)
        parties = {"contract": "c", "supplier": "lab", "client": "ward"}
        assert called["data"] == parties
        assert signed["data"] == {**parties, "revision": 1}
        assert not any("a word that leaves" in json.dumps(one) for one in events(life))
        first = next(one for one in life.store.history.read(0, 10_000) if one.topic == EVENT)
        assert header_of(first.state)["shown_to"] == ["lab", "ward"]
        assert life.store.read(ADMINISTRATOR, read_sources) == [], "it is no tool that somebody could declare"


def test_nothing_goes_out_where_nobody_promises_anything_about_it() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality(), each_miss="breach"), review=MONTHLY))
        life.advance("02-20")
        assert events(life) == []


@pytest.mark.parametrize(
    "selector", [{"type": "review.called"}, own("review.called")], ids=["no source", "another party"]
)
def test_it_is_evidence_only_by_its_source_and_between_the_same_two(selector: Tree) -> None:
    is_other = "source" in selector
    each = criterion(conformity(each=selector, good={"data.contract": {"exists": True}}), "each")
    with living() as life:
        life.sign(minutes())
        life.sign(contract(each, id="x", **({"client": "library"} if is_other else {})))
        life.advance("02-20")
        assert {one["subject"] for one in events(life)} >= {REVIEW}
        assert life.occurrences("x/d/each") == {}


def test_a_promise_about_actions_feeds_no_breach_of_its_own() -> None:
    """Each action that is opened is a miss, a breach, and another action: of that one nothing goes out."""
    none = conformity(each=own("action.opened"), good={"data.contract": {"eq": "nobody"}})
    with living() as life:
        life.sign(
            contract(
                criterion(punctuality(), each_miss="breach"),
                criterion(none, "quiet", each_miss="breach", targets=[{"at_least": "0 %", "per": "year"}]),
                valid={"from": "2026-01-01"},
            )
        )
        life.advance("01-06")
        opened = [one for one in events(life) if one["type"] == "action.opened"]
        assert {one["data"]["commitment"] for one in opened} == {"c/d/on-time"}
        assert len(opened) == len(life.occurrences("c/d/quiet"))
        assert {one.commitment for one in life.actions()} == {"c/d/on-time", "c/d/quiet"}


def test_a_closed_action_says_owner_and_due() -> None:
    closed = turnaround(opened=own("action.opened"), closed=own("action.closed"), within="5 days")
    with living() as life:
        life.sign(contract(criterion(punctuality(), each_miss="breach"), criterion(closed, "quick"), review=MONTHLY))
        life.advance("01-05 12:00")
        action = next(one for one in life.actions() if one.cause == "missing")
        life.store.use(FollowingUp).close(ADMINISTRATOR, action.id, "done")
        life.judge()
        found = next(one for one in events(life) if one["type"] == "action.closed")
        assert found["subject"] == action.id
        assert found["data"]["owner"] == "lab"
        assert found["data"]["due"] == (action.due.isoformat() if action.due else None)
        assert life.occurrences("c/d/quick")[action.id].verdict == "met"
        assert judged_in_shards(life.store.history, 3) == sorted(life.dump())


def test_nobody_sends_corrects_or_declares_what_is_the_platforms() -> None:
    with living() as life:
        life.sign(minutes())
        life.advance("02-04")
        [first, *_] = [one["id"] for one in events(life)]
        forged = event("review.signed", "02-04 09:00", REVIEW, source=OWN)
        void = OperationalEvent("v1", OWN, "review.called", at("02-04"), REVIEW, voids=first)
        other = OperationalEvent("v2", "tool", "review.called", at("02-04"), REVIEW, voids=first)
        for who in (ADMINISTRATOR, LAB):
            answers = life.door.submit([decode_structured(structured(one)) for one in (forged, void)], who, "http")
            assert [one.slug for one in answers] == ["foreign-source", "foreign-source"]
        before = [one.verdict for one in life.occurrences("c/d/signed").values()]
        life.happen(other)
        assert [one.verdict for one in life.occurrences("c/d/signed").values()] == before
