"""How far people are with a breach that is open, and when it is dealt with (MEANING §5 "How a breach ends")."""

from __future__ import annotations

import pytest

from services.access import ADMINISTRATOR, principal
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_breaches
from services.errors import NotAllowed, Refused
from services.reviews.reviewing import Reviewing
from tests.given import Tree, contract, criterion, event, punctuality
from tests.services.judged import Life, living

EACH = criterion(punctuality(), target={"max_misses": 99, "per": "month"}, each_miss="breach")
MEETING = contract(EACH, review={"every": "FREQ=MONTHLY;BYMONTHDAY=10", "at": "14:00"})
WITHOUT: Tree = contract(EACH)


def handlings(life: Life) -> dict[str, str | None]:
    return {one.key or "": one.handling for one in life.breaches(None)}


def say(life: Life, verb: str, key: str) -> None:
    following_up = life.store.use(FollowingUp)
    [id] = [one.id for one in life.breaches(None) if one.key == key]
    if verb == "acknowledge":
        following_up.acknowledge(ADMINISTRATOR, id)
    else:
        following_up.explain_breach(ADMINISTRATOR, id, f"the tool stood on {key}")
    life.judge()


def close(life: Life) -> None:
    for action in life.actions():
        life.store.use(FollowingUp).close(ADMINISTRATOR, action.id, "mended")
    life.judge()


def sign(life: Life, review: str) -> None:
    for party in ("supplier", "client"):
        life.store.use(Reviewing).sign_review(ADMINISTRATOR, review, party)
    life.judge()


def test_a_breach_goes_from_open_to_explained_and_ends_in_the_pack_of_a_signed_review(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(MEETING)
        life.advance("01-06 00:00")
        assert handlings(life) == {"2026-01-05": "open"}
        say(life, "acknowledge", "2026-01-05")
        assert handlings(life) == {"2026-01-05": "acknowledged"}
        say(life, "explain", "2026-01-05")
        assert handlings(life) == {"2026-01-05": "explained"}
        close(life)
        life.advance("01-11 00:00")
        assert handlings(life) == {"2026-01-05": "explained"}, "its review is not signed yet"
        life.store.use(Reviewing).sign_review(ADMINISTRATOR, "c@2026-01-10", "supplier")
        life.judge()
        assert handlings(life) == {"2026-01-05": "explained"}, "one party is not both"
        life.store.use(Reviewing).sign_review(ADMINISTRATOR, "c@2026-01-10", "client")
        life.judge()
        assert handlings(life) == {"2026-01-05": "dealt-with"}
        life.advance("01-13 00:00")
        assert handlings(life) == {"2026-01-05": "dealt-with", "2026-01-12": "open"}
        assert life.breaches(None)[0].state == "open"


def test_an_open_action_keeps_a_breach_from_being_dealt_with() -> None:
    with living() as life:
        life.sign(WITHOUT)
        life.advance("01-06 00:00")
        say(life, "explain", "2026-01-05")
        assert handlings(life) == {"2026-01-05": "explained"}
        close(life)
        assert handlings(life) == {"2026-01-05": "dealt-with"}, "a contract without reviews waits for none"


def test_a_review_that_did_not_look_at_a_breach_does_not_end_it() -> None:
    with living() as life:
        life.sign(MEETING)
        life.advance("01-13 00:00")
        say(life, "explain", "2026-01-12")
        close(life)
        sign(life, "c@2026-01-10")
        assert handlings(life) == {"2026-01-05": "open", "2026-01-12": "explained"}


def unsaid(life: Life, key: str) -> str:
    """Why nothing can be said of the breach of that key: in the same words to who would acknowledge or explain it."""
    before = life.breaches(None)
    found = set()
    for verb in ("acknowledge", "explain"):
        with pytest.raises(Refused) as refused:
            say(life, verb, key)
        assert refused.value.slug == "nothing-waits"
        found.add(str(refused.value))
    life.judge()
    assert life.breaches(None) == before
    [why] = found
    return why


def test_of_what_is_withdrawn_nothing_is_said() -> None:
    with living() as life:
        life.sign(MEETING)
        life.advance("01-06 00:00")
        life.happen(event("report", "2026-01-05 09:00", None, date="2026-01-05"))
        assert handlings(life) == {"2026-01-05": None}
        assert "withdrawn" in unsaid(life, "2026-01-05")


def test_of_what_lies_before_a_contract_was_in_use_nothing_is_said() -> None:
    with living() as life:
        life.sign(MEETING)
        life.advance("06-30 11:59")
        assert "before the contract was in use" in unsaid(life, "2026-01-05")


def test_of_what_is_dealt_with_nothing_is_said_any_more() -> None:
    with living() as life:
        life.sign(WITHOUT)
        life.advance("01-06 00:00")
        say(life, "explain", "2026-01-05")
        say(life, "acknowledge", "2026-01-05")
        close(life)
        assert "dealt with" in unsaid(life, "2026-01-05")


def test_breaches_are_asked_for_by_how_far_people_are() -> None:
    with living() as life:
        life.sign(MEETING)
        life.advance("01-13 00:00")
        say(life, "explain", "2026-01-12")
        found = {
            handling: [one.key for one in life.store.read(ADMINISTRATOR, read_breaches, handling=handling)]
            for handling in ("open", "explained", "dealt-with")
        }
    assert found == {"open": ["2026-01-05"], "explained": ["2026-01-12"], "dealt-with": []}


def test_who_waits_for_an_action_notes_progress_on_it_and_does_not_end_it(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(MEETING)
        life.advance("01-06 00:00")
        [action] = life.actions()
        following_up, client = life.store.use(FollowingUp), principal("ward")
        following_up.progress(client, action.id, "we have seen nothing of it")
        with pytest.raises(NotAllowed):
            following_up.close(client, action.id, "mended")
        life.judge()
        assert [one.state for one in life.actions()] == ["open"]
        following_up.close(principal("lab"), action.id, "mended")
        life.judge()
        assert life.actions() == [], "none is open"
