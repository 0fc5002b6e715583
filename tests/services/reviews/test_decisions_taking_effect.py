"""What decisions of a review become once both have signed: matches, disputes, actions let be (MEETING §1)."""

from __future__ import annotations

from datetime import date

import pytest

from services.access import ADMINISTRATOR
from services.breaches.following_up import FollowingUp
from services.errors import DocumentInvalid, Invalid, NotFound, Refused
from services.excuses.excusing import Excusing
from services.excuses.reading import read_excuse
from services.matches.reading import read_matches
from services.reviews.reviewing import Reviewing
from tests.given import Tree, document, event
from tests.services.judged import Life
from tests.services.reviews.quarter import COMMITMENT, MARKETING, REVIEW, SALES, met, review, sales_report


def signed(life: Life, kind: str, arguments: dict[str, str | int], text: str = "So it was agreed.") -> None:
    """That is decided and submitted; nothing has become of it before the second signature."""
    reviewing = life.store.use(Reviewing)
    reviewing.take_decision(MARKETING, REVIEW, kind, arguments, text)
    reviewing.settle_rest(MARKETING, REVIEW, "noted")
    reviewing.submit(MARKETING, REVIEW)
    reviewing.sign_review(SALES, REVIEW)
    life.judge()
    assert review(life).took_effect == ()
    reviewing.sign_review(MARKETING, REVIEW)
    life.judge()
    assert [number for number, _ in review(life).took_effect] == [1]


def test_a_match_that_was_decided_is_accepted_by_both_and_restates_what_was_final() -> None:
    with met() as (life, _):
        life.happen(event("report", "2026-02-16 09:30", id="as-named-wrongly", date="2026-02-61"))
        position = life.position()
        assert life.unmatched() == ["as-named-wrongly"]
        match: dict[str, str | int] = {"commitment": COMMITMENT, "event": position, "key": "2026-02-16"}
        signed(life, "match", match)
        [made] = life.store.read(ADMINISTRATOR, read_matches, commitment=COMMITMENT)
        figure = life.figure("2026-Q1", COMMITMENT)
        assert (made.state, life.unmatched()) == ("matched", [])
        assert (figure.state, figure.raw) == ("restated", (12, 13))


def test_a_dispute_that_was_decided_waits_for_the_arbiter() -> None:
    with met() as (life, excuse):
        life.store.use(Excusing).refuse(MARKETING, excuse, "It came in time.")
        life.judge()
        signed(life, "dispute", {"excuse": excuse})
        found = life.store.read(ADMINISTRATOR, read_excuse, excuse)
    assert (found.state, found.answers[-1].by) == ("disputed", "sales/ann")


def test_an_action_that_was_let_be_is_closed_and_not_reopened() -> None:
    with met() as (life, _):
        following_up = life.store.use(FollowingUp)
        id, _ = following_up.open_action(SALES, COMMITMENT, "Check the list.", due=date(2026, 5, 1))
        life.judge()
        signed(life, "accept-as-is", {"action": id}, "It helps as much as it can.")
        [found] = [one for one in life.actions(None) if one.id == id]
        assert found.accepted is not None
        assert (found.accepted["review"], found.accepted["text"]) == (REVIEW, "It helps as much as it can.")
        assert found.state == "closed"
        with pytest.raises(Refused):
            following_up.close(SALES, id, "Done.")


@pytest.mark.parametrize("kind", ["dispute", "excuse", "reschedule", "accept-as-is", "attribute", "reassign"])
def test_a_thing_of_another_contract_is_decided_by_nobody(kind: str) -> None:
    with met() as (life, _):
        life.sign(sales_report(id="other"))
        foreign = "other/report/on-time"
        action, _ = life.store.use(FollowingUp).open_action(SALES, foreign, "Elsewhere", due=date(2026, 5, 1))
        excuse, _ = life.store.use(Excusing).ask(
            SALES, foreign, reason="client-fault", text="Elsewhere", keys=["2026-02-16"]
        )
        life.judge()
        breach = next(one.id for one in life.breaches() if one.commitment == foreign)
        of: dict[str, dict[str, str | int]] = {
            "dispute": {"excuse": excuse},
            "excuse": {"excuse": excuse, "answer": "accept"},
            "reschedule": {"action": action, "due": "2026-06-01"},
            "accept-as-is": {"action": action},
            "attribute": {"breaches": breach, "root_cause": "rush"},
            "reassign": {"action": action, "owner": "marketing"},
        }
        with pytest.raises(Refused) as foreign_subject:
            life.store.use(Reviewing).take_decision(ADMINISTRATOR, REVIEW, kind, of[kind], "Elsewhere.")
    assert foreign_subject.value.slug == "foreign-subject"


FILE: Tree = {
    "entente": 1,
    "action": "promo-check",
    "of": COMMITMENT,
    "title": {"en": "Check the list the evening before", "fr": "Vérifier la liste la veille au soir"},
    "owner": "sales",
    "due": "2026-05-11",
    "because": [
        f"occurrence:{COMMITMENT}!2026-03-09",
        {"document": {"title": "The list of July", "url": "https://intra.example/list", "sha256": "ab" * 32}},
    ],
    "steps": [
        {"id": "script", "text": "A script checks it", "weight": 2, "due": "2026-05-01"},
        {"id": "rota", "text": "A rota for Sundays"},
    ],
    "means": {"hours": 24, "money": [{"year": 2026, "amount": "1800.00", "currency": "EUR"}]},
}


def test_an_action_file_is_decided_with_its_plan_and_what_it_rests_on() -> None:
    with met() as (life, _):
        reviewing = life.store.use(Reviewing)
        reviewing.decide_file(MARKETING, REVIEW, document(FILE), language="fr")
        assert all(one.text != FILE["title"]["fr"] for one in life.actions())
        reviewing.settle_rest(MARKETING, REVIEW, "noted")
        reviewing.submit(MARKETING, REVIEW)
        for who in (SALES, MARKETING):
            reviewing.sign_review(who, REVIEW)
        life.judge()
        [made] = [one for one in life.actions() if one.review == REVIEW]
    assert (made.text, str(made.due), made.owner) == ("Vérifier la liste la veille au soir", "2026-05-11", "sales")
    assert [(one["id"], one["weight"], one["due"]) for one in made.plan["steps"]] == [
        ("script", 2, "2026-05-01"),
        ("rota", 1, None),
    ]
    *refs, cited = made.grounds
    assert [one["ref"] for one in refs] == [f"review:{REVIEW}#1", f"occurrence:{COMMITMENT}!2026-03-09"]
    assert (cited["ref"], cited["document"]) == (None, FILE["because"][1]["document"])


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"owner": "marketing"}, Invalid),
        ({"because": [{"document": {"url": "javascript:alert(1)", "title": "x"}}]}, DocumentInvalid),
        ({"because": ["figure:x/d/k@2026"]}, NotFound),
        ({"because": ["occurrence:other/report/on-time!2026-01-05"]}, Refused),
        ({"of": "other/report/on-time"}, Refused),
        ({"steps": [{"id": "a", "text": "x", "done": True}]}, DocumentInvalid),
        ({"effect": {"after": 4, "sure": "50 %"}}, Refused),
    ],
)
def test_an_action_file_that_could_not_take_effect_is_refused_at_once(changed: Tree, kind: type[Exception]) -> None:
    with met() as (life, _):
        life.sign({**sales_report(id="other"), "client": "others"})
        with pytest.raises(kind):
            life.store.use(Reviewing).decide_file(ADMINISTRATOR, REVIEW, document({**FILE, **changed}))
        assert review(life).taken == ()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ('{"title": "x"}', Invalid),
        ("[", DocumentInvalid),
        ('[{"title": "x", "url": "file:///etc/passwd"}]', DocumentInvalid),
        ('[{"title": "x", "sha256": "abc"}]', DocumentInvalid),
        ("[" + ", ".join(f'{{"title": "{n}"}}' for n in range(51)) + "]", DocumentInvalid),
    ],
)
def test_documents_of_a_decision_are_refused_as_those_of_a_file(said: str, kind: type[Exception]) -> None:
    arguments = {"commitment": COMMITMENT, "documents": said}
    with met() as (life, _), pytest.raises(kind):
        life.store.use(Reviewing).take_decision(ADMINISTRATOR, REVIEW, "action", arguments, "Do it.")
