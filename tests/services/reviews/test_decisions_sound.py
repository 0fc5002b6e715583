"""What decisions of one review may say: of days to come, of the wording that waits, and once of each thing (MEETING §1)."""

from __future__ import annotations

from datetime import date

import pytest

from services.access import ADMINISTRATOR
from services.actions.acting import Acting
from services.breaches.following_up import FollowingUp
from services.contracts.applied import Applying
from services.contracts.contracting import Contracting
from services.contracts.knowing import FilesTogether
from services.contracts.reading import read_contract
from services.errors import Invalid, Refused
from services.excuses.excusing import Excusing
from services.reviews.agenda_state import wording_of
from services.reviews.reviewing import Reviewing
from services.reviews.rows import Arguments
from tests.given import document
from tests.services.judged import NOW, Life
from tests.services.reviews.quarter import COMMITMENT, MARKETING, REVIEW, SALES, held, met, review, sales_report

PAST, TO_COME = "2026-04-14", "2026-05-20"
"""W is 15 April."""


def opened(life: Life, text: str = "Check the list.", day: int = 4) -> str:
    id, _ = life.store.use(FollowingUp).open_action(SALES, COMMITMENT, text, due=date(2026, 5, day))
    life.judge()
    return id


def decided(life: Life, kind: str, arguments: Arguments, text: str = "So it was agreed.") -> int:
    number, _ = life.store.use(Reviewing).take_decision(MARKETING, REVIEW, kind, arguments, text)
    life.judge()
    return number


def signed(life: Life) -> None:
    reviewing = life.store.use(Reviewing)
    reviewing.settle_rest(MARKETING, REVIEW, "noted")
    reviewing.submit(MARKETING, REVIEW)
    for who in (SALES, MARKETING):
        reviewing.sign_review(who, REVIEW)
    life.judge()


def test_the_version_that_waits_is_decided_as_the_agenda_proposes_it_though_an_earlier_wording_was_refused() -> None:
    with met() as (life, _):
        contracting = life.store.use(Contracting)
        for title in ("One", "Two"):
            contracting.apply(SALES, document(sales_report(effective="2026-06-01", title=title)), sign=("supplier",))
            if title == "One":
                contracting.refuse(MARKETING, "sales-report", "Not so.")
        life.judge()
        version = life.store.read(ADMINISTRATOR, read_contract, "sales-report").versions[-1].number
        waiting = life.store.read(ADMINISTRATOR, read_contract, "sales-report").versions[-1]
        assert (version, waiting.state) == (2, "proposed")  # the third wording, and the second version as pages call it
        decided(life, "amendment", {"version": version, "fingerprint": wording_of(waiting.document)})
        signed(life)
        states = [one.state for one in life.store.read(ADMINISTRATOR, read_contract, "sales-report").versions]
    assert states == ["past", "refused", "in force"]


@pytest.mark.parametrize("kind", ["reschedule", "action"])
def test_a_day_that_has_passed_is_decided_by_nobody(kind: str) -> None:
    with met() as (life, _):
        of: dict[str, dict[str, str | int]] = {
            "reschedule": {"action": opened(life), "due": PAST},
            "action": {"commitment": COMMITMENT, "due": PAST},
        }
        with pytest.raises(Invalid) as refused:
            decided(life, kind, of[kind])
    assert refused.value.slug == "due-past"


def test_a_day_that_has_passed_is_given_to_no_action_however_it_is_opened() -> None:
    with met() as (life, _):
        past = date.fromisoformat(PAST)
        file = {"entente": 1, "action": "late", "of": COMMITMENT, "title": "Too late", "due": PAST}
        with pytest.raises(Invalid) as by_hand:
            life.store.use(FollowingUp).open_action(SALES, COMMITMENT, "Too late", due=past)
        with pytest.raises(Invalid) as by_file:
            life.store.use(Acting).apply_file(SALES, document(file), Applying(FilesTogether()))
        id = opened(life)
        life.store.use(FollowingUp).close(SALES, id, "Done.")
        with pytest.raises(Invalid) as again:
            life.store.use(Acting).reopen(MARKETING, id, "It is not.", due=past)
    assert {by_hand.value.slug, by_file.value.slug, again.value.slug} == {"due-past"}


def test_a_day_that_was_to_come_when_it_was_decided_stays_agreed_though_the_second_signature_comes_later() -> None:
    with met() as (life, _):
        id = opened(life)
        decided(life, "reschedule", {"action": id, "due": "2026-04-20"})
        reviewing = life.store.use(Reviewing)
        reviewing.settle_rest(MARKETING, REVIEW, "noted")
        reviewing.submit(MARKETING, REVIEW)
        reviewing.sign_review(SALES, REVIEW)
        life.advance("04-28 00:00")
        reviewing.sign_review(MARKETING, REVIEW)
        life.judge()
        [found] = [one for one in life.actions() if one.id == id]
    assert str(found.due) == "2026-04-20"


def test_an_action_that_is_decided_without_a_day_is_due_the_day_before_the_next_review() -> None:
    with met() as (life, _):
        decided(life, "action", {"commitment": COMMITMENT, "text": "Ask the printer."})
        signed(life)
        [made] = [one for one in life.actions() if one.review == REVIEW]
    assert str(made.due) == "2026-05-11"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("reschedule", "reschedule"),
        ("reschedule", "accept-as-is"),
        ("accept-as-is", "reassign"),
        ("reassign", "reassign"),
        ("next", "next"),
        ("excuse", "excuse"),
        ("excuse", "dispute"),
    ],
)
def test_of_two_decisions_that_undo_each_other_the_second_is_refused(first: str, second: str) -> None:
    with met() as (life, excuse):
        id = opened(life)
        of: dict[str, list[dict[str, str | int]]] = {
            "reschedule": [{"action": id, "due": TO_COME}, {"action": f"action:{id}", "due": "2026-05-21"}],
            "accept-as-is": [{"action": id}] * 2,
            "reassign": [{"action": id, "owner": "marketing"}, {"action": id, "owner": "sales"}],
            "next": [{"date": "2026-05-19"}, {"date": "2026-05-20"}],
            "dispute": [{"excuse": excuse}] * 2,
            "excuse": [{"excuse": excuse, "answer": "accept"}, {"excuse": excuse, "answer": "refuse"}],
        }
        number = decided(life, first, of[first][0])
        with pytest.raises(Refused) as refused:
            decided(life, second, of[second][1])
        assert refused.value.slug == "decided-already"
        life.store.use(Reviewing).withdraw(MARKETING, REVIEW, number)
        if second != "dispute":  # nothing is refused yet
            decided(life, second, of[second][1])
        other = opened(life, "Another one.")
        decided(life, "reschedule", {"action": other, "due": TO_COME})


def test_an_excuse_that_was_answered_elsewhere_since_it_was_decided_is_stale() -> None:
    with met() as (life, excuse):
        store = life.store
        decided(life, "excuse", {"excuse": excuse, "answer": "accept"})
        reviewing = store.use(Reviewing)
        reviewing.settle_rest(MARKETING, REVIEW, "noted")
        reviewing.submit(MARKETING, REVIEW)
        reviewing.sign_review(SALES, REVIEW)
        Excusing(store.history, store.seeing, lambda: NOW + 1).refuse(MARKETING, excuse, "It came in time.")
        with pytest.raises(Refused) as stale:
            reviewing.sign_review(MARKETING, REVIEW)
        assert stale.value.slug == "decision-stale"
        assert review(life).took_effect == ()


def test_a_decision_settles_the_item_that_it_is_about_though_nobody_names_it() -> None:
    with met() as (life, _):
        item = next(one.id for one in held(life).items if one.subject == f"breach:{life.breaches()[0].id}")
        decided(life, "action", {"commitment": COMMITMENT, "breach": life.breaches()[0].id, "text": "Mend it."})
        assert {*review(life).outcomes} == {item}
