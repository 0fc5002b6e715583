"""What two parties sign takes effect together, or not at all (MEETING §1, example A-4)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from domain.excuse import Excuse
from domain.review import Review
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contract
from services.errors import Invalid, Refused
from services.excuses.excusing import Excusing
from services.excuses.reading import read_excuse
from services.history.postgres_database import PostgresDatabase
from services.reviews.agenda_state import wording_of
from services.reviews.fingerprints import signing, signing_fingerprint
from services.reviews.pack_shapes import Agreed
from services.reviews.reviewing import Reviewing
from tests.given import document
from tests.services.judged import Life
from tests.services.reviews.quarter import COMMITMENT, MARKETING, REVIEW, SALES, held, met, review, sales_report


def adjusted(life: Life) -> tuple[str, str]:
    figure = life.figure("2026-Q1", COMMITMENT)
    return f"{figure.adjusted[0]}/{figure.adjusted[1]}", figure.state


def agreed(life: Life) -> Agreed:
    found = held(life)
    return signing(found.pack, found.meeting)


def count(life: Life, topic: str) -> int:
    return len(life.store.history.read(0, 10_000, [topic]))


def test_two_signatures(store_url: str) -> None:
    """Example A-4, word by word."""
    with met(store_url) as (life, excuse):
        reviewing = life.store.use(Reviewing)
        figure = life.figure("2026-Q1", COMMITMENT)
        assert (figure.value, figure.status, figure.state) == ("0.8462", "breached", "final")
        reviewing.take_decision(MARKETING, REVIEW, "excuse", {"excuse": excuse, "answer": "accept"})
        reviewing.settle_rest(MARKETING, REVIEW, "noted")
        reviewing.submit(MARKETING, REVIEW)
        life.judge()
        shown = held(life).signing
        assert [one.fingerprint for one in review(life).submissions] == [shown]
        reviewing.sign_review(SALES, REVIEW, fingerprint=shown)
        life.judge()
        assert adjusted(life) == ("11/13", "final")
        assert review(life).state == "half-signed"
        with pytest.raises(Refused) as wrong:
            reviewing.sign_review(MARKETING, REVIEW, fingerprint="0" * 64)
        assert wrong.value.slug == "minutes-changed"
        reviewing.refuse(MARKETING, REVIEW, ["Nobody spoke of March."])
        life.judge()
        assert (review(life).state, adjusted(life)) == ("refused", ("11/13", "final"))
        reviewing.submit(MARKETING, REVIEW)
        life.judge()
        second = agreed(life)
        assert second["revision"] == 2
        assert second["refusals"][0]["reasons"] == ["Nobody spoke of March."]
        shown = held(life).signing
        reviewing.sign_review(SALES, REVIEW, fingerprint=shown)
        reviewing.sign_review(MARKETING, REVIEW, fingerprint=shown)
        life.judge()
        figure = life.figure("2026-Q1", COMMITMENT)
        assert (figure.state, figure.adjusted, figure.value, figure.status) == ("restated", (11, 12), "0.9167", "met")
        assert figure.raw == (11, 13)
        assert figure.final is not None
        assert {name: figure.final[name] for name in ("good", "total", "value", "status")} == {
            "good": 11, "total": 13, "value": "0.8462", "status": "breached",
        }  # fmt: skip
        assert count(life, Review.TookEffect.TOPIC) == 1
        assert [
            (one.by, one.verb, one.party) for one in life.store.read(ADMINISTRATOR, read_excuse, excuse).answers
        ] == [("marketing/bo", "accepted", "client")]
        with pytest.raises(Refused):
            reviewing.sign_review(SALES, REVIEW, fingerprint=shown)
        assert count(life, Review.Signed.TOPIC) == 3


def _signed_by_one(life: Life, *decisions: tuple[str, dict[str, str | int]]) -> Reviewing:
    """These decisions are submitted, and sales has signed."""
    reviewing = life.store.use(Reviewing)
    for kind, arguments in decisions:
        reviewing.take_decision(MARKETING, REVIEW, kind, arguments, "So it was agreed.")
    reviewing.settle_rest(MARKETING, REVIEW, "noted")
    reviewing.submit(MARKETING, REVIEW)
    reviewing.sign_review(SALES, REVIEW)
    life.judge()
    return reviewing


def _accepted(excuse: str) -> tuple[str, dict[str, str | int]]:
    return "excuse", {"excuse": excuse, "answer": "accept"}


def _action(text: str = "Check the list the day before.") -> tuple[str, dict[str, str | int]]:
    return "action", {"commitment": COMMITMENT, "text": text, "due": "2026-05-04"}


def test_a_decision_that_became_stale_stops_all_of_them() -> None:
    with met() as (life, excuse):
        reviewing = _signed_by_one(life, _action(), _accepted(excuse))
        life.store.use(Excusing).accept(MARKETING, excuse, "Accepted elsewhere.")
        life.judge()
        before = life.position()
        with pytest.raises(Refused) as stale:
            reviewing.sign_review(MARKETING, REVIEW)
        assert stale.value.slug == "decision-stale"
        assert "decision 2 (excuse)" in stale.value.message
        life.judge()
        assert life.position() == before
        assert review(life).state == "half-signed"
        assert all(one.cause != "opened-by-hand" for one in life.actions())
        reviewing.take_back_revision(MARKETING, REVIEW, "It was accepted meanwhile.")
        reviewing.withdraw(MARKETING, REVIEW, 2)
        reviewing.submit(MARKETING, REVIEW)
        for who in (SALES, MARKETING):
            reviewing.sign_review(who, REVIEW)
        life.judge()
        signed = review(life)
        assert [one.text for one in life.actions() if one.cause == "opened-by-hand"] == [
            "Check the list the day before."
        ]
    assert (signed.state, signed.revision, [decision for decision, _ in signed.took_effect]) == ("signed", 2, [1])
    assert [len(one.signatures) for one in signed.submissions] == [1, 0]


def test_a_store_that_fails_between_the_signature_and_its_effects_has_neither(store_url: str) -> None:
    """It fails where the excuse is to be accepted, behind the entries of the review itself: with it go those before."""
    with met(store_url) as (life, excuse):
        reviewing = _signed_by_one(life, _action(), _accepted(excuse))
        before = life.position()
        with failing_at(life, Excuse.Accepted.TOPIC), pytest.raises(Exception, match=r"the power went|somebody else"):
            reviewing.sign_review(MARKETING, REVIEW)
        life.judge()
        assert (count(life, Review.Signed.TOPIC), count(life, Review.TookEffect.TOPIC)) == (1, 0)
        assert life.position() == before
        assert (adjusted(life), review(life).state) == (("11/13", "final"), "half-signed")
        reviewing.sign_review(MARKETING, REVIEW)
        life.judge()
        assert (adjusted(life), review(life).state) == (("11/12", "restated"), "signed")
        assert len([one for one in life.actions() if one.cause == "opened-by-hand"]) == 1


@contextmanager
def failing_at(life: Life, topic: str) -> Iterator[None]:
    """The store itself fails when an entry of that topic is written."""
    database = life.store.history.database
    if isinstance(database, PostgresDatabase):
        broken: tuple[str, ...] = (
            "CREATE FUNCTION fails() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the power went'; END $$ LANGUAGE plpgsql",
            f"CREATE TRIGGER breaks BEFORE INSERT ON stored_events FOR EACH ROW WHEN (NEW.topic = '{topic}') EXECUTE FUNCTION fails()",
        )
        mended: tuple[str, ...] = ("DROP TRIGGER breaks ON stored_events", "DROP FUNCTION fails()")
    else:
        fails = "BEGIN SELECT RAISE(FAIL, 'the power went'); END"
        broken = (f"CREATE TRIGGER breaks BEFORE INSERT ON stored_events WHEN NEW.topic = '{topic}' {fails}",)
        mended = ("DROP TRIGGER breaks",)
    for statements, then in ((broken, True), (mended, False)):
        with database.transaction() as writes:
            for one in statements:
                writes.execute(one)
        if then:
            yield


def test_the_same_thing_is_not_decided_twice_and_no_other_contracts() -> None:
    with met() as (life, excuse):
        reviewing = life.store.use(Reviewing)
        reviewing.take_decision(MARKETING, REVIEW, *_accepted(excuse))
        for kind, arguments in (_accepted(excuse), ("excuse", {"excuse": excuse, "answer": "refuse"})):
            with pytest.raises(Refused):
                reviewing.take_decision(SALES, REVIEW, kind, arguments, "No.")
        life.sign(sales_report(id="other"))
        foreign_things: tuple[tuple[str, dict[str, str | int]], ...] = (
            ("action", {"commitment": "other/report/on-time", "text": "Elsewhere"}),
            ("match", {"commitment": "other/report/on-time", "event": 5, "key": "2026-01-05"}),
            ("amendment", {"contract": "other", "version": 1, "fingerprint": "0" * 64}),
        )
        for kind, foreign_arguments in foreign_things:
            with pytest.raises(Refused) as foreign:
                reviewing.take_decision(ADMINISTRATOR, REVIEW, kind, foreign_arguments)
            assert foreign.value.slug == "foreign-subject", kind


def test_an_amendment_is_signed_by_the_review() -> None:
    with met() as (life, _):
        life.store.use(Contracting).apply(SALES, document(sales_report(effective="2026-07-01", title="Renamed")))
        life.judge()
        [waiting] = [
            one
            for one in life.store.read(ADMINISTRATOR, read_contract, "sales-report").versions
            if one.state == "proposed"
        ]
        reviewing = life.store.use(Reviewing)
        with pytest.raises(Refused) as other:
            reviewing.take_decision(SALES, REVIEW, "amendment", {"version": waiting.number, "fingerprint": "0" * 64})
        assert other.value.slug == "proposal-moved"
        reviewing = _signed_by_one(
            life, ("amendment", {"version": waiting.number, "fingerprint": wording_of(waiting.document)})
        )
        assert life.store.read(ADMINISTRATOR, read_contract, "sales-report").versions[-1].state == "proposed"
        reviewing.sign_review(MARKETING, REVIEW)
        life.judge()
        found = life.store.read(ADMINISTRATOR, read_contract, "sales-report").versions[-1]
    assert (found.state, {(one.party, one.by) for one in found.signatures}) == (
        "signed", {("supplier", "sales/ann"), ("client", "marketing/bo")},
    )  # fmt: skip


def test_who_signs_without_having_submitted_submits_and_notes_the_rest() -> None:
    with met() as (life, _):
        reviewing = life.store.use(Reviewing)
        reviewing.minutes(SALES, REVIEW, "Read together.")
        for who in (SALES, MARKETING):
            reviewing.sign_review(who, REVIEW)
        life.judge()
        signed, pack = review(life), held(life).pack
    assert [one.by_signing for one in signed.submissions] == [True]
    assert {one["outcome"] for one in signing(pack)["items"]} == {"noted"}
    assert {one["fingerprint"] for one in pack["signatures"]} == {signing_fingerprint(pack)}


def test_what_is_submitted_changes_no_more_until_it_is_taken_back() -> None:
    with met() as (life, excuse):
        reviewing = life.store.use(Reviewing)
        with pytest.raises(Refused) as unsettled:
            reviewing.submit(SALES, REVIEW)
        assert unsettled.value.slug == "items-unsettled"
        reviewing.take_decision(SALES, REVIEW, *_action(), item="1")
        with pytest.raises(Refused) as unsubmitted:
            reviewing.sign_review(SALES, REVIEW)
        assert unsubmitted.value.slug == "not-submitted"
        reviewing.settle_rest(SALES, REVIEW, "carried")
        reviewing.submit(SALES, REVIEW)
        life.judge()
        shown = held(life).signing
        for change in (
            lambda: reviewing.minutes(SALES, REVIEW, "Late."),
            lambda: reviewing.take_decision(SALES, REVIEW, *_accepted(excuse)),
            lambda: reviewing.withdraw(SALES, REVIEW, 1),
            lambda: reviewing.settle(SALES, REVIEW, "1", "noted"),
            lambda: reviewing.attend(SALES, REVIEW, ["sales/ann"]),
            lambda: reviewing.add(SALES, REVIEW, "More"),
            lambda: reviewing.submit(SALES, REVIEW),
        ):
            with pytest.raises(Refused):
                change()
        with pytest.raises(Refused) as silent:
            reviewing.refuse(MARKETING, REVIEW, [" "])
        assert silent.value.slug == "reasons-missing"
        with pytest.raises(Invalid):
            reviewing.sign_review(MARKETING, REVIEW, must_state=True)
        life.store.use(Excusing).refuse(MARKETING, excuse, "It came in time.")  # done after what was submitted
        life.judge()
        assert held(life).signing == shown
        reviewing.take_back_revision(SALES, REVIEW, "The excuse was answered.")
        reviewing.attend(SALES, REVIEW, ["sales/ann", "marketing/bo"])
        life.judge()
        assert review(life).state == "held"
        assert agreed(life)["attendance"] == ["sales/ann", "marketing/bo"]
        assert held(life).signing != shown
