"""What both sign says what it is about: one sentence for each decision, in both languages (MEETING §1)."""

from __future__ import annotations

import re
from datetime import date

from dashboards.pages.reviews.minutes import minutes_html
from domain.references import parse_reference
from services.access import ADMINISTRATOR
from services.breaches.following_up import FollowingUp
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contract
from services.excuses.excusing import Excusing
from services.reviews.agenda_state import wording_of
from services.reviews.reading import read_refused_again
from services.reviews.reviewing import Reviewing
from services.reviews.shown import review_shown
from services.reviews.things_called import reference_called
from tests.given import document, event
from tests.services.causes.attributed import CAUSES
from tests.services.judged import Life
from tests.services.reviews.quarter import COMMITMENT, MARKETING, REVIEW, SALES, held, met, review, sales_report

WHAT = "The weekly report, On time"


def said(life: Life, kind: str, arguments: dict[str, str | int]) -> list[str]:
    """The sentence of a decision, in English and in French; it is withdrawn again."""
    reviewing = life.store.use(Reviewing)
    number, _ = reviewing.take_decision(MARKETING, REVIEW, kind, arguments, "So it was agreed.")
    life.judge()
    words = held(life).told.words[number]
    reviewing.withdraw(MARKETING, REVIEW, number)
    life.judge()
    return [words["en"], words["fr"]]


def action(life: Life) -> str:
    id, _ = life.store.use(FollowingUp).open_action(SALES, COMMITMENT, "Check the list.", due=date(2026, 5, 4))
    life.judge()
    return id


def test_each_kind_says_what_it_is_about_and_what_becomes_of_it() -> None:
    with met() as (life, excuse):
        life.publish(CAUSES)
        life.happen(event("report", "2026-02-16 09:30", id="named-wrongly", date="2026-02-61"))
        stray, id = life.position(), action(life)
        breach = next(one for one in life.breaches(None) if one.period == "2026-Q1")
        found = {
            "action": said(life, "action", {"commitment": COMMITMENT, "text": "Ask early.", "due": "2026-05-11", "breach": breach.id}),
            "accept": said(life, "excuse", {"excuse": excuse, "answer": "accept"}),
            "match": said(life, "match", {"commitment": COMMITMENT, "event": stray, "key": "2026-02-16"}),
            "attribute": said(life, "attribute", {"breaches": breach.id, "root_cause": "van-down"}),
            "reschedule": said(life, "reschedule", {"action": id, "due": "2026-05-20"}),
            "reassign": said(life, "reassign", {"action": f"action:{id}", "owner": "marketing"}),
            "as-is": said(life, "accept-as-is", {"action": id}),
            "next": said(life, "next", {"date": "2026-05-19", "time": "16:30"}),
        }  # fmt: skip
        life.store.use(Excusing).refuse(MARKETING, excuse, "It came in time.")
        life.judge()
        found["dispute"] = said(life, "dispute", {"excuse": excuse})
    assert found == {
        "action": [
            f"{WHAT}: action “Ask early.”, due on 11 May 2026, after the breach in Q1 2026",
            f"{WHAT} : action « Ask early. », attendue le 11 mai 2026, à la suite du manquement au 1er trimestre 2026",
        ],
        "accept": [
            f"{WHAT}: the excuse for 16 February 2026 is accepted",
            f"{WHAT} : l’excuse est acceptée (16 février 2026)",
        ],
        "match": [
            f"{WHAT}: the event of 16 February 2026, 09:30 (tool, named-wrongly) belongs to 16 February 2026",
            f"{WHAT} : l’événement du 16 février 2026, 9 h 30 (tool, named-wrongly) est rattaché à ce qui est dû : 16 février 2026",
        ],
        "attribute": [
            f"Cause named, “Van out of order”: {WHAT}, in Q1 2026",
            f"Cause retenue, « Camion en panne » : {WHAT}, au 1er trimestre 2026",
        ],
        "reschedule": [
            f"{WHAT}: the action “Check the list.” is due on 20 May 2026, no more on 4 May 2026",
            f"{WHAT} : l’action « Check the list. » est attendue le 20 mai 2026, et non plus le 4 mai 2026",
        ],
        "reassign": [
            f"{WHAT}: the action “Check the list.” goes to marketing, no more to ann, sales",
            f"{WHAT} : l’action « Check the list. » est confiée à marketing, et non plus à ann, sales",
        ],
        "as-is": [
            f"{WHAT}: the action “Check the list.” is accepted as it is, without effect",
            f"{WHAT} : l’action « Check the list. » est acceptée telle quelle, sans effet",
        ],
        "next": [
            "The next review is moved to 19 May 2026, 16:30",
            "La prochaine revue est déplacée au 19 mai 2026, 16 h 30",
        ],
        "dispute": [
            f"{WHAT}: the refusal of the excuse for 16 February 2026 is disputed",
            f"{WHAT} : le refus de l’excuse est contesté (16 février 2026)",
        ],
    }


def test_grounds_and_what_is_gone_are_called_by_name() -> None:
    with met() as (life, excuse), life.store.seen(SALES) as seen:
        breach = next(one for one in life.breaches(None) if one.period == "2026-Q1")
        texts = (f"breach:{breach.id}", f"excuse:{excuse}", f"review:{REVIEW}#2", f"figure:{COMMITMENT}@2026-Q1")
        called = [reference_called(seen, parse_reference(one)) for one in (*texts, f"breach:{'0' * 8}-{excuse[9:]}")]
    assert [one["en"] for one in called] == [
        f"breach: {WHAT}, Q1 2026",
        f"excuse: {WHAT} (16 February 2026)",
        "decision 2 of the review of 14 April 2026",
        f"figure: {WHAT}, Q1 2026",
        "a breach",
    ]
    assert called[1]["fr"] == f"excuse : {WHAT} (16 février 2026)"


def test_a_review_that_was_refused_three_times_is_named_to_an_arbiter_of_neither_party() -> None:
    with met() as (life, _):
        reviewing = life.store.use(Reviewing)
        reviewing.settle_rest(MARKETING, REVIEW, "noted")
        for _ in range(3):
            assert life.store.read(ADMINISTRATOR, read_refused_again) == []
            reviewing.submit(MARKETING, REVIEW)
            reviewing.refuse(SALES, REVIEW, ["Not so."])
            life.judge()
        assert [one.id for one in life.store.read(ADMINISTRATOR, read_refused_again)] == [REVIEW]
        assert life.store.read(SALES, read_refused_again) == []


def test_a_version_is_named_with_its_contract_and_its_day() -> None:
    with met() as (life, _):
        life.store.use(Contracting).apply(
            SALES, document(sales_report(effective="2026-06-01", title="Reports")), sign=("supplier",)
        )
        life.judge()
        waiting = life.store.read(ADMINISTRATOR, read_contract, "sales-report").versions[-1]
        english, _ = said(life, "amendment", {"version": waiting.number, "fingerprint": wording_of(waiting.document)})
    assert english.endswith(": version 2 is signed, in force from 1 June 2026")


def test_what_was_signed_keeps_its_words_on_paper_and_in_json_and_names_the_next_review_as_it_was_moved() -> None:
    with met() as (life, _):
        reviewing, id = life.store.use(Reviewing), action(life)
        reviewing.take_decision(MARKETING, REVIEW, "reschedule", {"action": id, "due": "2026-05-20"}, "So it was.")
        reviewing.take_decision(MARKETING, REVIEW, "next", {"date": "2026-05-19", "time": "16:30"}, "Holidays.")
        reviewing.settle_rest(MARKETING, REVIEW, "noted")
        reviewing.submit(MARKETING, REVIEW)
        reviewing.refuse(SALES, REVIEW, ["Not so early."], [1])
        reviewing.submit(MARKETING, REVIEW)
        for who in (SALES, MARKETING):
            reviewing.sign_review(who, REVIEW)
        life.judge()
        made, row = held(life), review(life)
        [first, _] = review_shown(row, "Europe/Paris", None, made.told.words)["decisions"]
        english, french = (re.sub(r"\s+", " ", minutes_html(made, row, code)) for code in ("en", "fr"))
    words = f"{WHAT}: the action “Check the list.” is due on 20 May 2026, no more on 4 May 2026"
    assert first.get("sentence", {}).get("en") == words  # type: ignore[attr-defined]
    assert english.count(words) == 2  # as it was decided, and as it was refused before
    assert "Next review: moved to Tuesday 19 May 2026, 16:30." in english
    assert "La prochaine revue est déplacée au 19 mai 2026, 16 h 30" in french
    assert id not in english
