"""What people decide: contracts, actions, breaches, reviews. Decide in public, apply in private."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass

import pytest

from domain.access import Access
from domain.action import Action
from domain.aside import Aside
from domain.breach import BreachFile
from domain.calendar import PublishedCalendar
from domain.causes import Causes
from domain.contract import Contract
from domain.decisions import DecisionRefused
from domain.errand import Errand
from domain.excuse import Excuse
from domain.match import Match
from domain.offers.charter import Charter
from domain.offers.complaint import Complaint
from domain.offers.cost import Cost
from domain.offers.offer import Offer
from domain.reminder import Reminder
from domain.review import Review
from domain.service import Service
from domain.source import Source
from services.tables.every import FOLDS


def proposed(effective: str = "2026-01-01") -> Contract:
    contract = Contract(contract="c", supplier="lab", client="ward")
    contract.propose("{}", effective, None, party="supplier", by="lab/ann", at=1)
    return contract


def signed() -> Contract:
    contract = proposed()
    contract.sign(party="supplier", by="lab/ann", at=2)
    contract.sign(party="client", by="ward/bob", at=3)
    return contract


def test_the_second_signature_makes_a_proposal_a_version() -> None:
    contract = proposed()
    contract.sign(party="client", by="ward/bob", at=2)
    assert (contract.agreed, contract.proposals[0].state) == ([], "proposed")
    contract.sign(party="supplier", by="lab/ann", at=3)
    assert [one.version for one in contract.agreed] == [1]
    assert (contract.proposals[0].state, contract.pending) == ("signed", None)
    assert [(one.party, one.service, one.by, one.at) for one in contract.proposals[0].signatures] == [
        ("client", "ward", "ward/bob", 2), ("supplier", "lab", "lab/ann", 3),
    ]  # fmt: skip


def test_versions_are_numbered_when_both_have_signed() -> None:
    contract = signed()
    contract.propose("{1}", "2026-02-01", None, party="client", by="ward/bob", at=4)
    contract.refuse("too soon", party="supplier", by="lab/ann", at=5)
    contract.propose("{2}", "2026-03-01", 7, party="client", by="ward/bob", at=6)
    contract.sign(party="client", by="ward/bob", at=7)
    contract.sign(party="supplier", by="lab/ann", at=8)
    assert [(one.number, one.version, one.state) for one in contract.proposals] == [
        (1, 1, "signed"), (2, 0, "refused"), (3, 2, "signed"),
    ]  # fmt: skip
    assert (contract.proposals[1].refusal, contract.proposals[2].calendar_version) == ("too soon", 7)


def test_a_proposal_that_waits_is_replaced_by_the_next_one() -> None:
    contract = proposed()
    contract.comment("deliverables[0]", "why so late?", by="ward/bob", at=2)
    contract.propose("{1}", "2026-01-01", None, party="client", by="ward/bob", at=3)
    assert [one.state for one in contract.proposals] == ["replaced", "proposed"]
    assert [one.text for one in contract.proposals[0].comments] == ["why so late?"]


def test_who_proposed_withdraws_and_the_other_party_refuses() -> None:
    contract = proposed()
    with pytest.raises(DecisionRefused, match="withdrawn, not refused"):
        contract.refuse("no", party="supplier", by="lab/ann", at=2)
    with pytest.raises(DecisionRefused, match="only who proposed"):
        contract.withdraw(party="client", by="ward/bob", at=2)
    contract.withdraw(party="supplier", by="lab/ann", at=2)
    assert contract.proposals[0].state == "withdrawn"


def test_a_party_signs_once() -> None:
    contract = proposed()
    contract.sign(party="client", by="ward/bob", at=2)
    with pytest.raises(DecisionRefused, match="ward has signed it already"):
        contract.sign(party="client", by="ward/eve", at=3)


@pytest.mark.parametrize(
    "decide",
    [
        lambda one: one.sign(party="client", by="x", at=9),
        lambda one: one.refuse("no", party="client", by="x", at=9),
        lambda one: one.withdraw(party="supplier", by="x", at=9),
        lambda one: one.comment("", "late", by="x", at=9),
    ],
)
def test_nothing_is_decided_where_nothing_waits(decide: Callable[[Contract], None]) -> None:
    contract = signed()
    with pytest.raises(DecisionRefused, match="there is no proposal to"):
        decide(contract)


def test_a_contract_ends_on_the_day_it_is_terminated_and_can_only_end_sooner() -> None:
    with pytest.raises(DecisionRefused, match="nothing was signed"):
        proposed().terminate("2026-06-30", party="client", by="ward/bob", at=4)
    contract = signed()
    contract.terminate("2026-06-30", party="client", by="ward/bob", at=4)
    with pytest.raises(DecisionRefused, match="ends on 2026-06-30 already"):
        contract.terminate("2026-06-30", party="client", by="ward/bob", at=5)
    contract.terminate("2026-05-31", party="supplier", by="lab/ann", at=6)
    assert contract.until == "2026-05-31"
    with pytest.raises(DecisionRefused, match="before 2026-06-01"):
        contract.propose("{}", "2026-06-01", None, party="client", by="ward/bob", at=7)
    contract.propose("{}", "2026-05-31", None, party="client", by="ward/bob", at=7)


def action() -> Action:
    return Action(
        action="5a5f2d0e-0000-4000-8000-000000000001",
        commitment="c/d/k",
        period="2026-03",
        cause="late",
        text="",
        owner="lab",
        person="ann",
        due="2026-04-01",
        by="entente",
        at=1,
    )


def test_an_action_is_progressed_and_closed_and_then_rests() -> None:
    one = action()
    one.note_progress("looked", by="lab/ann", at=2)
    one.close("mended", by="lab/ann", at=3)
    assert (one.state, one.progress, one.closing) == (
        "closed",
        [{"by": "lab/ann", "at": 2, "text": "looked"}],
        {"by": "lab/ann", "at": 3, "text": "mended"},
    )
    for decide in (one.note_progress, one.close, one.drop):
        with pytest.raises(DecisionRefused, match="the action is closed"):
            decide("again", by="lab/ann", at=4)


def test_an_untouched_action_is_dropped_and_one_that_was_worked_on_is_not() -> None:
    one = action()
    one.drop("the miss went away", by="entente", at=2)
    assert one.state == "not needed"
    worked_on = action()
    worked_on.note_progress("looked", by="lab/ann", at=2)
    with pytest.raises(DecisionRefused, match="has worked on it"):
        worked_on.drop("the miss went away", by="entente", at=3)


def test_a_breach_is_acknowledged_once_and_explained_as_often_as_one_likes() -> None:
    one = BreachFile(breach="b", commitment="c/d/k")
    one.acknowledge(by="lab/ann", at=1)
    one.explain("the line was down", by="lab/ann", at=2)
    one.explain("it was not", by="ward/bob", at=3)
    assert [each["text"] for each in one.explanations] == ["the line was down", "it was not"]
    with pytest.raises(DecisionRefused, match="acknowledged already by lab/ann"):
        one.acknowledge(by="lab/ann", at=4)


def test_who_explained_a_breach_takes_it_back_until_somebody_else_has_said_something() -> None:
    one = BreachFile(breach="b", commitment="c/d/k")
    one.acknowledge(by="lab/ann", at=1)
    one.explain("the line was down", by="lab/ann", at=2)
    with pytest.raises(DecisionRefused, match="explained since"):
        one.take_back_acknowledgement(1, by="lab/ann", at=3)
    with pytest.raises(DecisionRefused, match="only who said it"):
        one.take_back_explanation(2, by="ward/bob", at=3)
    one.take_back_explanation(2, by="lab/ann", at=3)
    with pytest.raises(DecisionRefused, match="taken back already"):
        one.take_back_explanation(2, by="lab/ann", at=4)
    one.take_back_acknowledgement(1, by="lab/ann", at=5)
    assert (one.acknowledged, one.explanations, one.taken_back_at) == (None, [], 5)
    one.explain("the line was down", by="lab/ann", at=6)
    one.explain("it was not", by="ward/bob", at=7)
    with pytest.raises(DecisionRefused, match="answered since"):
        one.take_back_explanation(6, by="lab/ann", at=8)


def test_minutes_and_decisions_are_taken_back_by_who_gave_them_until_somebody_signs() -> None:
    one = Review(review="c@2026-03-03", contract="c", starts=1, pack_position=9, by="entente", at=1)
    one.take_minutes("we met", by="ward/bob", at=2)
    one.record_decision("go on", by="lab/ann", at=3)
    with pytest.raises(DecisionRefused, match="only who said it"):
        one.take_back_minutes(2, by="lab/ann", at=4)
    one.take_back_minutes(2, by="ward/bob", at=4)
    assert (one.minutes, one.entries) == ([], 3), "who read two is not at what stands there now"
    one.sign("client", "ward", by="ward/bob", at=5)
    with pytest.raises(DecisionRefused, match="what was signed"):
        one.take_back_decision(3, by="lab/ann", at=6)


def test_what_was_signed_in_a_review_is_not_changed() -> None:
    one = Review(review="c@2026-03-03", contract="c", starts=1, pack_position=9, by="entente", at=1)
    one.take_minutes("we met", by="ward/bob", at=2)
    one.record_decision("go on", by="ward/bob", at=2)
    one.sign("client", "ward", by="ward/bob", at=3)
    for decide in (one.take_minutes, one.record_decision):
        with pytest.raises(DecisionRefused, match="what was signed"):
            decide("more", by="ward/bob", at=4)
    with pytest.raises(DecisionRefused, match="ward has signed it already"):
        one.sign("client", "ward", by="ward/eve", at=4)
    one.sign("supplier", "lab", by="lab/ann", at=5)
    assert [each["party"] for each in one.signatures] == ["client", "supplier"]


def excuse() -> Excuse:
    return Excuse(
        excuse="5a5f2d0e-0000-4000-8000-000000000002",
        scope="c/d/k",
        keys=["1"],
        since=None,
        until=None,
        category="client-fault",
        text="they were closed",
        evidence=[3],
        party="supplier",
        by="lab/ann",
        at=1,
    )


def test_the_other_party_answers_an_excuse_and_accepted_it_stays() -> None:
    one = excuse()
    for decide in (one.accept, one.refuse):
        with pytest.raises(DecisionRefused, match="the supplier asked: the client answers"):
            decide("", party="supplier", by="lab/ann", at=2)
        with pytest.raises(DecisionRefused, match="an arbiter decides on what is disputed"):
            decide("", party="arbiter", by="administrator", at=2)
    one.accept("true", party="client", by="ward/bob", at=2)
    assert (one.state, one.is_settled) == ("accepted", True)
    assert one.answers == [{"verb": "accepted", "party": "client", "by": "ward/bob", "at": 2, "text": "true"}]
    for again in (one.accept, one.refuse):
        with pytest.raises(DecisionRefused, match="it was accepted for good by ward/bob"):
            again("", party="client", by="ward/bob", at=3)
    with pytest.raises(DecisionRefused, match="accepted for good"):
        one.dispute("", party="supplier", by="lab/ann", at=3)


def test_a_refusal_can_be_taken_back_by_who_refused() -> None:
    one = excuse()
    one.refuse("no", party="client", by="ward/bob", at=2)
    with pytest.raises(DecisionRefused, match="refused already"):
        one.refuse("no", party="client", by="ward/bob", at=3)
    one.accept("on second thoughts", party="client", by="ward/bob", at=3)
    assert one.state == "accepted"


def test_a_refusal_is_disputed_by_who_asked_and_settled_by_the_arbiter() -> None:
    one = excuse()
    with pytest.raises(DecisionRefused, match="it is asked: a refusal is disputed"):
        one.dispute("but", party="supplier", by="lab/ann", at=2)
    one.refuse("no", party="client", by="ward/bob", at=2)
    with pytest.raises(DecisionRefused, match="by who asked"):
        one.dispute("but", party="client", by="ward/bob", at=3)
    one.dispute("but they were", party="supplier", by="lab/ann", at=3)
    assert (one.state, one.is_settled) == ("disputed", False)
    with pytest.raises(DecisionRefused, match="it is disputed already"):
        one.refuse("no", party="client", by="ward/bob", at=4)
    one.refuse("they were open", party="arbiter", by="administrator", at=4)
    assert (one.state, one.is_settled) == ("refused", True)
    with pytest.raises(DecisionRefused, match="it was refused for good by administrator"):
        one.dispute("but", party="supplier", by="lab/ann", at=5)


@pytest.mark.parametrize("party", ["client", "arbiter"])
def test_what_is_disputed_may_be_accepted_by_the_other_party_or_the_arbiter(party: str) -> None:
    one = excuse()
    one.refuse("no", party="client", by="ward/bob", at=2)
    one.dispute("but", party="supplier", by="lab/ann", at=3)
    one.accept("well then", party=party, by="x", at=4)
    assert [each["verb"] for each in one.answers] == ["refused", "disputed", "accepted"]


def test_what_is_put_aside_is_taken_back_and_put_aside_anew() -> None:
    one = Aside(commitment="c/d/k", position=7, text="a test of the tool", by="lab/ann", at=1)
    with pytest.raises(DecisionRefused, match="put aside already"):
        one.put_again("again", by="lab/ann", at=2)
    one.take_back("it is ours", by="lab/ann", at=2)
    with pytest.raises(DecisionRefused, match="not put aside"):
        one.take_back("", by="lab/ann", at=3)
    one.put_again("it was not", by="lab/ann", at=3)
    assert (one.is_put, [note["verb"] for note in one.notes]) == (True, ["put aside", "taken back", "put aside"])


STORED = """
entente.access.created
entente.access.described: document by at
entente.access.resumed: person by at
entente.access.suspended: person text by at
entente.action.accepted-as-is: review reason by at
entente.action.closed: text by at effective_from undone
entente.action.commented: text by at
entente.action.effect-found: check verdict before after p_better p_worse kept from_key to_key position by at moment
entente.action.escalated: step to by at moment
entente.action.evidenced: positions document by at
entente.action.grounded: grounds by at
entente.action.named: title person by at
entente.action.not-needed: text by at moment
entente.action.opened: action commitment period cause text owner person due by at moment scope trigger review
entente.action.planned: plan by at
entente.action.progressed: text by at
entente.action.reassigned: owner person reason review by at
entente.action.reopened: check reason due by at moment
entente.action.rescheduled: due reason review by at
entente.action.spent: amount currency year text by at
entente.action.step-done: step by at
entente.action.step-undone: step reason by at
entente.aside.put-again: text by at
entente.aside.put: commitment position text by at
entente.aside.taken-back: text by at
entente.breach.acknowledged: by at
entente.breach.acknowledgement-taken-back: by at
entente.breach.attributed: root_cause side by at
entente.breach.attribution-decided: root_cause review by at
entente.breach.attribution-taken-back: said_at by at
entente.breach.created: breach commitment
entente.breach.explained: text by at
entente.breach.explanation-taken-back: said_at by at
entente.calendar.created: calendar
entente.calendar.published: number document by at
entente.causes.created: causes
entente.causes.published: number document by at
entente.charter.created: charter offer supplier client
entente.charter.proposed: number document effective offer_version fingerprint party by at
entente.charter.refused: reason by at
entente.charter.signed: party service by at reached
entente.charter.terminated: until party by at
entente.charter.withdrawn: by at
entente.complaint.accepted: time by at
entente.complaint.acknowledged: time by at
entente.complaint.answered: words time by at
entente.complaint.assigned: service person time by at
entente.complaint.classified: feature root_cause severity time by at
entente.complaint.closed: reason time by at
entente.complaint.contested: words time by at
entente.complaint.linked: action time by at
entente.complaint.received: complaint about offer supplier client channel party words time by at
entente.contract.agreed: version at
entente.contract.commented: clause text by at
entente.contract.created: contract supplier client
entente.contract.proposed: number document effective calendar_version party by at backfill
entente.contract.refused: reason by at
entente.contract.signed: party service by at
entente.contract.terminated: until party by at
entente.contract.withdrawn: by at
entente.cost.booked: cost offer pool month amount currency text time by at
entente.cost.corrected: of amount text time by at
entente.errand.created: errand thing service
entente.errand.handed-on: person text by at
entente.errand.seen: by at
entente.excuse.accepted: text party by at
entente.excuse.asked: excuse scope keys since until category text evidence party by at moment
entente.excuse.disputed: text party by at
entente.excuse.refused: text party by at
entente.match.accepted: text party by at
entente.match.made-again: key roles text needs party by at
entente.match.made: commitment position key roles text needs party by at
entente.match.refused: text party by at
entente.match.taken-back: text needs party by at
entente.offer.created: offer supplier
entente.offer.published: number document by at
entente.offer.withdrawn: text by at
entente.reminder.answered: text by at
entente.reminder.created: reminder commitment key service
entente.reminder.reminded: text day by at
entente.review.answered: person answer sequence way by at
entente.review.attended: present by at
entente.review.called: review contract starts pack_position by at watermark
entente.review.cancelled: reason sequence by at
entente.review.decision-recorded: text by at
entente.review.decision-taken-back: said_at by at
entente.review.decision-taken: decision kind item subject text arguments by at
entente.review.decision-withdrawn: decision by at
entente.review.item-added: item text party takes by at
entente.review.item-settled: item outcome text rest by at
entente.review.minutes-taken-back: said_at by at
entente.review.minutes-taken: text by at
entente.review.moved: starts ends reason sequence by at
entente.review.pack-issued: as_of position sequence by at
entente.review.planned: review contract starts ends by at
entente.review.refused: party revision reasons decisions by at
entente.review.signed: party service by at revision fingerprint
entente.review.submitted: revision fingerprint position by_signing by at
entente.review.taken-back: revision reason by at
entente.review.took-effect: revision entries by at
entente.service.created: service
entente.service.described: document by at
entente.source.created: source
entente.source.declared: service by at
entente.source.given-up: by at
"""
BASE = {"originator_id", "originator_version", "originator_topic", "timestamp"}


def test_what_is_stored_is_listed_here_and_does_not_follow_the_code() -> None:
    """A change of this list is a change of stored data: old events are upcast, never edited."""
    found = []
    for kind in (
        Access,
        Action,
        Aside,
        BreachFile,
        PublishedCalendar,
        Causes,
        Charter,
        Complaint,
        Contract,
        Cost,
        Excuse,
        Match,
        Offer,
        Review,
        Errand,
        Reminder,
        Service,
        Source,
    ):
        for one in vars(kind).values():
            if isinstance(one, type) and is_dataclass(one) and (topic := getattr(one, "TOPIC", None)):
                names = [each.name for each in fields(one) if each.name not in BASE]
                found.append(f"{topic}: {' '.join(names)}".rstrip(": "))
    assert sorted(found) == STORED.split("\n")[1:-1]
    kinds = (
        Access,
        Action,
        Aside,
        BreachFile,
        PublishedCalendar,
        Causes,
        Charter,
        Complaint,
        Contract,
        Cost,
        Errand,
        Excuse,
        Match,
        Offer,
        Reminder,
        Review,
        Service,
        Source,
    )
    assert set(FOLDS) < set(kinds)
    topics = [kind.TOPIC for kind in kinds]
    assert topics == [
        f"entente.{name}"
        for name in (
            "access",
            "action",
            "aside",
            "breach",
            "calendar",
            "causes",
            "charter",
            "complaint",
            "contract",
            "cost",
            "errand",
            "excuse",
            "match",
            "offer",
            "reminder",
            "review",
            "service",
            "source",
        )
    ]


def test_calendars_and_services_keep_what_was_said() -> None:
    calendar = PublishedCalendar(calendar="office")
    calendar.publish("{1}", by="administrator", at=1)
    calendar.publish("{2}", by="administrator", at=2)
    assert [(one.number, one.document) for one in calendar.versions] == [(1, "{1}"), (2, "{2}")]
    service = Service(service="lab")
    service.describe("{1}", by="administrator", at=1)
    assert service.document == "{1}"
