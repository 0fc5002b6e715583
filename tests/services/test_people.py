"""A service that says who its people are is acted for by them, or without a name: by nobody else, in no act, at no door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from ingestion.quarantine import Quarantine
from services.access import ADMINISTRATOR, Principal, principal
from services.arrivals.reading import read_quarantine
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_breaches
from services.contract_files import read_documents
from services.contracts.contracting import Contracting
from services.errors import EntenteError, NotAllowed
from services.excuses.excusing import Excusing
from services.matches.matching import Matching
from services.matches.reading import read_unmatched
from services.reviews.reading import read_review
from services.reviews.reviewing import Reviewing
from tests.services.api_case import NOW, Case, contract, opened, report, slug

SERVICES = """
entente: 1
service: sales
title: Sales
people: [{id: anna.martin, name: Anna Martin}]
---
entente: 1
service: marketing
title: Marketing
people: [{id: luc.petit, name: Luc Petit}, {id: lea.roy, name: Léa Roy}]
"""
COMMITMENT = "to-marketing/report/on-time"
REVIEW = "to-marketing@2026-02-03"
LAST_DAY = date(2026, 12, 31)


@pytest.fixture
def case() -> Iterator[Case]:
    with opened("sqlite://:memory:") as case:
        yield described(case.lived())


def described(case: Case) -> Case:
    for document in read_documents(SERVICES, "services.yaml"):
        case.store.use(Contracting).apply(ADMINISTRATOR, document)
    case.store.judging.catch_up()
    return case


def acts(case: Case) -> dict[str, Callable[[Principal], object]]:
    """Everything that a party decides, each by who is given."""
    store = case.store
    following_up, reviewing = store.use(FollowingUp), store.use(Reviewing)
    excusing, contracting = store.use(Excusing), store.use(Contracting)
    [breach] = [
        one.id for one in store.read(ADMINISTRATOR, read_breaches, commitment=COMMITMENT) if one.key == "2026-01-19"
    ]
    action, _ = following_up.open_action(principal("sales"), COMMITMENT, "Mend it.")
    [stray] = store.read(principal("marketing"), read_unmatched)
    proposed, amended = (
        read_documents(contract("to-marketing", "marketing", effective="2026-06-01", title=title), "c.yaml")[0]
        for title in ("Proposed", "Amended")
    )
    contracting.apply(principal("sales"), proposed)
    asked, _ = excusing.ask(principal("sales"), COMMITMENT, reason="other", text="x", keys=["2026-01-12"])
    store.judging.catch_up()
    return {
        "propose": lambda who: contracting.apply(who, amended),
        "sign": lambda who: contracting.sign(who, "to-marketing"),
        "comment": lambda who: contracting.comment(who, "to-marketing", "", "No."),
        "refuse": lambda who: contracting.refuse(who, "to-marketing", "No."),
        "acknowledge": lambda who: following_up.acknowledge(who, breach),
        "explain": lambda who: following_up.explain_breach(who, breach, "It rained."),
        "open an action": lambda who: following_up.open_action(who, COMMITMENT, "Do it."),
        "note progress": lambda who: following_up.progress(who, action, "Half done."),
        "take minutes": lambda who: reviewing.minutes(who, REVIEW, "We met."),
        "decide": lambda who: reviewing.decide(who, REVIEW, "So be it."),
        "sign the review": lambda who: reviewing.sign_review(who, REVIEW),
        "close the action": lambda who: following_up.close(who, action, "Done."),
        "answer an excuse": lambda who: excusing.accept(who, asked),
        "ask an excuse": lambda who: excusing.ask(who, COMMITMENT, reason="other", text="y", keys=["2026-01-19"]),
        "match": lambda who: store.use(Matching).match(who, stray.position, COMMITMENT, "2026-01-19"),
        "terminate": lambda who: contracting.terminate(who, "to-marketing", LAST_DAY),
    }


def test_no_act_of_a_party_is_done_by_a_person_that_its_service_does_not_name(case: Case) -> None:
    position = case.store.history.last_position
    for name, act in acts(case).items():
        before, why = position(), []
        for stranger in ("sales/karim", "marketing/anna.martin"):
            with pytest.raises(EntenteError) as refused:
                act(principal(stranger))
            why.append(refused.value.slug)
        assert "person-unknown" in why, f"{name}: {why}"
        assert position() == before, name


def test_who_is_named_acts_and_so_does_the_service_without_a_name(case: Case) -> None:
    store, reviewing = case.store, case.store.use(Reviewing)
    reviewing.minutes(principal("marketing/lea.roy"), REVIEW, "We met.")
    reviewing.sign_review(principal("sales/anna.martin"), REVIEW)
    reviewing.sign_review(principal("marketing"), REVIEW)
    case.store.judging.catch_up()
    assert {one.by for one in store.read(ADMINISTRATOR, read_review, REVIEW).signatures} == {
        "sales/anna.martin",
        "marketing",
    }


def test_a_service_that_names_nobody_is_acted_for_by_anybody() -> None:
    with opened("sqlite://:memory:") as case:
        case.lived().store.use(Reviewing).minutes(principal("marketing/whoever"), REVIEW, "We met.")
        case.store.use(Reviewing).minutes(principal("administrator/entente"), REVIEW, "We did.")


def test_the_refusal_names_who_may(case: Case) -> None:
    with pytest.raises(
        NotAllowed, match=r"sales names nobody “karim” among its people .*anna.martin, or as sales"
    ) as no:
        case.store.use(Reviewing).sign_review(principal("sales/karim"), REVIEW)
    assert no.value.slug == "person-unknown"


def test_over_http_too(case: Case) -> None:
    answer = case.post(f"/v1/reviews/{REVIEW}/sign", "sales/karim")
    assert slug(answer, 403) == "person-unknown"
    assert case.post(f"/v1/reviews/{REVIEW}/sign", "sales/anna.martin").status_code == 200
    refused = case.put_contract(contract("to-marketing", "marketing", effective="2026-06-01"), "sales/karim")
    assert slug(refused, 403) == "person-unknown"


def test_nor_is_a_quarantined_item_settled_by_a_stranger_or_the_time_of_a_contract_moved(case: Case) -> None:
    quarantine = Quarantine(case.store.history, case.door, lambda: NOW)
    [item] = case.store.read(principal("marketing"), read_quarantine)
    with pytest.raises(NotAllowed, match="names nobody “eve”"):
        quarantine.discard(item.id, principal("marketing/eve"), "of no use")
    quarantine.discard(item.id, principal("marketing/luc.petit"), "of no use")
    with pytest.raises(NotAllowed, match="names nobody “eve”"):
        case.store.timekeeping.advance(principal("marketing/eve"), NOW, "to-marketing")


def test_a_tool_is_no_person_and_its_events_are_taken(case: Case) -> None:
    [answer] = case.push("sales/crm-export", report("marketing", "2026-02-09", "2026-02-09T08:00:00Z"))
    assert answer.result == "accepted"
