"""What was said of a breach, and at a review, taken back until somebody acted on it (MORNING §5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.access import Principal, principal
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_breach, read_unexplained
from services.breaches.rows import BreachRow
from services.breaches.taking_back import own_words
from services.contracts.reading import read_contract
from services.errors import EntenteError, Refused
from services.reviews.reading import read_review
from services.reviews.reviewing import Reviewing, own_of_review
from tests.given import contract, criterion, punctuality
from tests.services.judged import Life, living

EACH = criterion(punctuality(), target={"max_misses": 99, "per": "month"}, each_miss="breach")
MEETING = contract(EACH, review={"every": "FREQ=MONTHLY;BYMONTHDAY=10", "at": "14:00"})
ANN, BOB = principal("lab/ann"), principal("ward/bob")
REVIEW = "c@2026-01-10"


def the_breach(life: Life) -> BreachRow:
    [row] = life.breaches()
    return row


def own(life: Life, who: Principal) -> frozenset[int]:
    return life.store.read(who, lambda seen: own_words(seen, read_breach(seen, the_breach(life).id)))


def refused(act: Callable[[], object], slug: str = "") -> str:
    with pytest.raises(EntenteError) as found:
        act()
    assert slug in ("", found.value.slug)
    return found.value.message


def test_what_is_taken_back_waits_again_and_stays_in_the_history() -> None:
    with living() as life:
        life.sign(MEETING)
        life.advance("01-06 00:00")
        following_up, id = life.store.use(FollowingUp), the_breach(life).id
        following_up.acknowledge(ANN, id)
        following_up.explain_breach(ANN, id, "the tool stood")
        life.judge()
        row = the_breach(life)
        [(_, said_at, _)] = row.explanations
        assert [*own(life, ANN), *own(life, BOB)] == [said_at], "it is explained: that is what goes first"
        assert "only who said it" in refused(lambda: following_up.take_back(BOB, id, "explanation", said_at))
        assert "explained since" in refused(
            lambda: following_up.take_back(ANN, id, "acknowledgement", row.acknowledged_at or 0)
        )
        following_up.take_back(ANN, id, "explanation", said_at)
        life.judge()
        assert (the_breach(life).handling, the_breach(life).explanations) == ("acknowledged", ())
        assert life.store.read(ANN, read_unexplained, {row.commitment}) != []
        assert "taken back already" in refused(lambda: following_up.take_back(ANN, id, "explanation", said_at))
        following_up.take_back(ANN, id, "acknowledgement", row.acknowledged_at or 0)
        life.judge()
        assert (the_breach(life).handling, own(life, ANN)) == ("open", frozenset())
        topics = [entry.topic.removeprefix("entente.breach.") for entry in life.store.history.read(0, 999)]
        told = ("acknowledged", "explained", "explanation-taken-back", "acknowledgement-taken-back")
        assert [one for one in topics if one in told] == list(told)
        assert life.judged_again() == life.dump()


def test_what_was_answered_or_stood_in_a_signed_review_is_not_taken_back() -> None:
    with living() as life:
        life.sign(MEETING)
        life.advance("01-06 00:00")
        following_up, reviewing, id = life.store.use(FollowingUp), life.store.use(Reviewing), the_breach(life).id
        following_up.explain_breach(ANN, id, "the tool stood")
        following_up.explain_breach(BOB, id, "it did not")
        life.judge()
        (_, first, _), (_, second, _) = the_breach(life).explanations
        assert (len(own(life, ANN)), [*own(life, BOB)]) == (0, [second])
        assert "answered since" in refused(lambda: following_up.take_back(ANN, id, "explanation", first))
        life.advance("01-11 00:00")
        reviewing.minutes(BOB, REVIEW, "we met")
        life.judge()
        before = life.store.read(BOB, read_review, REVIEW)
        [(_, noted, _)] = before.minutes
        assert "only who said it" in refused(lambda: reviewing.take_back(ANN, REVIEW, "minutes", noted))
        reviewing.take_back(BOB, REVIEW, "minutes", noted)
        reviewing.minutes(BOB, REVIEW, "we met, late")
        life.judge()
        with pytest.raises(Refused, match="added or taken back since"):
            reviewing.sign_review(ANN, REVIEW, seen=before.entries)
        review = life.store.read(BOB, read_review, REVIEW)
        [(_, noted, _)] = review.minutes
        owed = life.store.read(BOB, read_contract, "c")
        assert ([*own_of_review(BOB, review, owed)], len(own_of_review(ANN, review, owed))) == ([noted], 0)
        reviewing.sign_review(ANN, REVIEW, seen=review.entries)
        life.judge()
        assert refused(lambda: following_up.take_back(BOB, id, "explanation", second), "acted-on")
        assert own(life, BOB) == frozenset()
        assert "was signed" in refused(lambda: reviewing.take_back(BOB, REVIEW, "minutes", noted))
        assert own_of_review(BOB, life.store.read(BOB, read_review, REVIEW), owed) == frozenset()
