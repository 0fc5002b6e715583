"""Who may ask for an excuse and who may answer it (DESIGN §3.9, §3.13; MEANING §5 "Excuses")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from domain.times import Instant, instant
from services.access import ADMINISTRATOR, AUDITOR, Principal, principal
from services.errors import EntenteError, Invalid, NotAllowed, NotFound, Refused
from services.excuses.excusing import Excusing
from services.excuses.reading import excuse_touches_final, excused_by, read_excuses
from services.figures.reading import read_commitment, read_figures, read_occurrences
from tests.given import OFFICE, at, contract, criterion, deadline, due, event, punctuality, turnaround
from tests.services.excused import LAB, WARD, Parties
from tests.services.judged import living

STRANGER = principal("press/eve")


@pytest.fixture
def parties() -> Iterator[Parties]:
    """One case that is late, one that pends; the client owes something too."""
    with living() as life:
        promised = {"id": "promise", "title": "P", "owed_by": "client", "criteria": [criterion(deadline())]}
        tree = contract(criterion(deadline()), late_data="2 days")
        tree["deliverables"].append(promised)
        life.sign(tree)
        life.happen(event("opened", "01-10", **due("01-12")), event("closed", "01-13"))
        life.happen(event("opened", "01-10", "2", **due("02-12")))
        life.advance("2026-01-20")
        yield Parties(life)


def refused(error: type[EntenteError], says: str, do: Callable[[], object]) -> None:
    with pytest.raises(error, match=says):
        do()


def test_either_party_asks_and_the_other_answers(parties: Parties) -> None:
    by_supplier = parties.ask("1")
    assert (parties.row(by_supplier).party, parties.row(by_supplier).waits_for) == ("supplier", "ward")
    refused(NotAllowed, "accepting this excuse is for ward to do", lambda: parties.excusing.accept(LAB, by_supplier))
    refused(NotAllowed, "refusing this excuse is for ward", lambda: parties.excusing.refuse(LAB, by_supplier, "no"))
    by_client, _ = parties.excusing.ask(WARD, "c/d/on-time", reason="other", text="we see that", keys=["2"])
    parties.life.judge()
    refused(NotAllowed, "is for lab to do", lambda: parties.excusing.accept(WARD, by_client))
    parties.excusing.accept(LAB, by_client)
    parties.life.judge()
    assert parties.life.verdicts() == {"1": "late", "2": "excused"}
    assert [one.id for one in parties.life.store.read(LAB, read_excuses)] == [by_client, by_supplier]


def test_who_is_no_party_neither_sees_nor_decides(parties: Parties) -> None:
    excuse = parties.ask("1")
    assert parties.life.store.read(STRANGER, read_excuses) == []
    asking: dict[str, Any] = {"reason": "other", "text": "x", "keys": ["1"]}
    refused(NotFound, "there is no excuse", lambda: parties.excusing.accept(STRANGER, excuse))
    refused(NotFound, "there is no contract", lambda: parties.excusing.ask(STRANGER, "c/d/on-time", **asking))
    assert [one.id for one in parties.life.store.read(AUDITOR, read_excuses)] == [excuse]
    refused(NotAllowed, "is for ward to do", lambda: parties.excusing.accept(AUDITOR, excuse))
    refused(NotAllowed, "auditor is no party of c", lambda: parties.excusing.ask(AUDITOR, "c/d/on-time", **asking))


def test_a_service_that_is_party_elsewhere_does_not_see_it(parties: Parties) -> None:
    parties.life.sign(contract(criterion(deadline()), id="other", supplier="press", client="shop"))
    excuse = parties.ask("1")
    assert parties.life.store.read(STRANGER, read_excuses) == []
    refused(NotFound, "there is no excuse", lambda: parties.life.store.read(STRANGER, excused_by, excuse))


def test_nothing_is_decided_twice(parties: Parties) -> None:
    excuse = parties.ask("1")
    refused(Refused, "the same was asked already", lambda: parties.ask("1"))
    parties.accept(excuse)
    refused(Refused, "accepted for good by ward/bob", lambda: parties.accept(excuse))
    refused(Refused, "accepted for good", lambda: parties.excusing.refuse(WARD, excuse, "no"))
    assert parties.life.verdicts()["1"] == "excused"


def test_the_administrator_settles_what_is_disputed(parties: Parties) -> None:
    excuse = parties.ask("1")
    parties.excusing.refuse(WARD, excuse, "no")
    refused(NotAllowed, "disputing this refusal is for lab", lambda: parties.excusing.dispute(WARD, excuse, "but"))
    parties.excusing.dispute(LAB, excuse, "but you were closed")
    parties.life.judge()
    assert (parties.row(excuse).state, parties.row(excuse).waits_for) == ("disputed", "administrator")
    assert parties.life.verdicts()["1"] == "late"
    parties.excusing.accept(ADMINISTRATOR, excuse, "they were")
    parties.life.judge()
    row = parties.row(excuse)
    assert [(one.verb, one.party) for one in row.answers] == [
        ("refused", "client"), ("disputed", "supplier"), ("accepted", "arbiter"),
    ]  # fmt: skip
    assert (row.state, row.waits_for, parties.life.verdicts()["1"]) == ("accepted", None, "excused")


def test_the_administrator_answers_on_behalf_of_the_other_party_while_nothing_is_disputed(parties: Parties) -> None:
    excuse = parties.ask("1")
    parties.excusing.accept(ADMINISTRATOR, excuse)
    parties.life.judge()
    assert [one.party for one in parties.row(excuse).answers] == ["client"]


def test_the_arbiter_changes_no_final_figure_and_the_other_party_does(parties: Parties) -> None:
    excuse = parties.ask("1")
    parties.excusing.refuse(WARD, excuse, "no")
    parties.excusing.dispute(LAB, excuse, "but")
    parties.life.advance(at("2026-02-03") - 1)
    assert not parties.life.store.read(ADMINISTRATOR, excuse_touches_final, parties.row(excuse))
    parties.life.advance("2026-02-03")
    refused(Refused, "only both parties together", lambda: parties.excusing.accept(ADMINISTRATOR, excuse))
    position = parties.accept(excuse)
    assert (parties.life.figure("2026-01").state, parties.life.figure("2026-01").causes) == ("restated", (position,))


def test_the_arbiter_settles_an_interval_that_ends_before_the_final_period_begins(parties: Parties) -> None:
    excuse = parties.ask(since="02-01", until="03-01")
    parties.excusing.refuse(WARD, excuse, "no")
    parties.excusing.dispute(LAB, excuse, "but")
    parties.life.advance("2026-02-03")
    assert parties.life.figure("2026-01").state == "final"
    parties.excusing.accept(ADMINISTRATOR, excuse)
    parties.life.judge()
    assert parties.life.verdicts()["2"] == "excused"


def test_one_asks_for_the_party_that_owes_unless_it_says_otherwise(parties: Parties) -> None:
    def asked(who: Principal, scope: str, **more: Any) -> str:
        more = {"keys": [], "since": at("01-01"), "until": at("01-02"), **more}
        id, _ = parties.excusing.ask(who, scope, reason="other", text="x", **more)
        parties.life.judge()
        return parties.row(id).party

    assert asked(ADMINISTRATOR, "c/d") == "supplier"
    assert asked(ADMINISTRATOR, "c/promise/on-time") == "client"
    assert asked(ADMINISTRATOR, "c/d/on-time", party="client") == "client"
    assert asked(WARD, "c") == "client"
    refused(Refused, "both parties owe something there", lambda: asked(ADMINISTRATOR, "c"))
    assert asked(ADMINISTRATOR, "c", party="supplier") == "supplier"
    refused(NotAllowed, "asking for it is for lab", lambda: asked(WARD, "c", party="supplier"))


SPAN: dict[str, Instant] = {"since": at("01-01"), "until": at("01-02")}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reason": "rain"}, "“rain” is no reason .client-fault, supplier-fault, force-majeure"),
        ({"keys": ()}, "what is to be excused.* .either keys, or from and until"),
        ({**SPAN}, "either keys, or from and until"),
        ({"keys": (), "since": at("01-01")}, "either keys, or from and until"),
        ({"keys": (), "since": at("01-01"), "until": at("01-01")}, "ends before it begins"),
        ({"keys": ["3"]}, "has no occurrence “3”"),
        ({"keys": ["1", "\x00"]}, "no such keys"),
        ({"keys": [""]}, "no such keys"),
        ({"keys": ["\ud800"]}, "no such keys"),
        ({"keys": ["x" * 513]}, "no such keys"),
        ({"scope": "c/d"}, "keys are those of one commitment"),
        ({"reason": "agreed-closure"}, "a closure is an interval"),
        ({"reason": "agreed-closure", "keys": (), **SPAN}, "closed time changes nothing there"),
        ({"text": " "}, "nothing was said"),
        ({"text": "x" * 10_001}, "too long"),
        ({"evidence": [10**30]}, "there is no event at position 1000"),
        ({"evidence": [1]}, "there is no event at position 1 "),
    ],
)
def test_what_cannot_be_meant_is_refused(parties: Parties, wrong: dict[str, Any], says: str) -> None:
    given: dict[str, Any] = {"scope": "c/d/on-time", "keys": ["1"], "reason": "other", "text": "x", **wrong}
    scope = given.pop("scope")
    refused(Invalid, says, lambda: parties.excusing.ask(LAB, scope, **given))


@pytest.mark.parametrize("scope", ["c/e", "c/d/late", "c/", "c/d/on-time/"])
def test_a_scope_that_holds_nothing_is_refused(parties: Parties, scope: str) -> None:
    refused(NotFound, "there is no commitment", lambda: parties.ask(scope=scope, since="01-01", until="01-02"))


def test_evidence_is_an_event_of_the_history(parties: Parties) -> None:
    [position, *_] = parties.life.occurrences()["1"].evidence
    assert parties.row(parties.ask("1", evidence=[position, position])).evidence == (position,)


def test_a_date_to_come_can_be_excused_and_an_impossible_one_not(parties: Parties) -> None:
    parties.life.sign(contract(criterion(punctuality()), id="dated"))
    excuse = parties.ask("2027-03-01", scope="dated/d/on-time")
    parties.accept(excuse)
    assert "2027-03-01" not in parties.life.verdicts("dated/d/on-time")
    refused(Invalid, "has no occurrence “2027-03-02”", lambda: parties.ask("2027-03-02", scope="dated/d/on-time"))
    parties.life.advance("2027-02-01")
    parties.life.advance("2027-03-20")
    assert parties.life.verdicts("dated/d/on-time")["2027-03-01"] == "excused"
    assert parties.life.judged_again() == parties.life.judged_again(1) == parties.life.dump()


def test_a_closure_is_refused_where_only_elapsed_time_counts(parties: Parties) -> None:
    parties.life.sign(contract(criterion(turnaround(within="4 h")), id="fast"))
    span = {"since": "01-01", "until": "01-02"}
    refused(Invalid, "closed time changes nothing", lambda: parties.ask(scope="fast", reason="agreed-closure", **span))
    parties.life.publish({"entente": 1, "calendar": "office", "timezone": "Europe/Paris", **OFFICE})
    parties.life.sign(contract(criterion(turnaround(within="4 working hours")), id="slow", calendar="office"))
    assert parties.ask(scope="slow", reason="agreed-closure", **span)


def test_an_event_that_others_were_sent_is_no_more_there_than_what_does_not_exist(parties: Parties) -> None:
    parties.life.happen(event("salary", "01-11", "9"))
    position = parties.life.position()
    assert parties.life.store.history.at(position) is not None
    asking: dict[str, Any] = {"reason": "other", "text": "x", "keys": ["2"]}
    said = []
    for one in (position, position + 1_000):
        with pytest.raises(Invalid) as refusal:
            parties.excusing.ask(WARD, "c/d/on-time", **asking, evidence=[one])
        said.append(str(refusal.value).replace(str(one), "N"))
    assert said[0] == said[1]
    assert parties.excusing.ask(ADMINISTRATOR, "c/d/on-time", **asking, evidence=[position], party="client")


def test_a_commitment_of_others_is_answered_as_one_that_does_not_exist(parties: Parties) -> None:
    store = parties.life.store
    for read in (read_commitment, read_occurrences, lambda seen, id: read_figures(seen, commitment=id)):
        said = []
        for one in ("c/d/on-time", "x/d/on-time"):
            with pytest.raises(NotFound) as refusal:
                store.read(STRANGER, read, one)
            said.append(str(refusal.value).replace(one, "N"))
        assert said[0] == said[1]


@pytest.mark.parametrize(
    ("indicator", "reason", "days", "says"),
    [
        (punctuality(), "other", ("2030-11-20", "2030-11-22"), "nothing is owed there yet: what falls due is known up to 2026-02-28"),
        (punctuality(), "agreed-closure", ("2030-11-20", "2030-11-22"), "nothing is owed there yet"),
        (punctuality(), "other", ("2026-01-06", "2026-01-08"), "nothing is owed there in these days"),
        (punctuality(), "other", ("2026-01-27", "2026-01-29"), "nothing is owed there in these days"),
        (punctuality(), "agreed-closure", ("2026-01-27", "2026-01-29"), ""),
        (punctuality(), "other", ("2026-01-05", "2026-01-06"), ""),
        (punctuality(), "other", ("2026-01-26", "2026-01-27"), ""),
        (deadline(), "other", ("2026-01-12", "2026-01-13"), ""),
        (deadline(), "other", ("2026-01-02", "2026-01-04"), "nothing is owed there in these days"),
        (deadline(), "other", ("2026-01-27", "2026-01-29"), ""),
        (deadline(), "other", ("2030-11-20", "2030-11-22"), "nothing is owed there yet"),
    ],
)  # fmt: skip
def test_days_in_which_nothing_is_owed_are_doubted_and_not_refused(
    indicator: dict[str, Any], reason: str, days: tuple[str, str], says: str
) -> None:
    with living() as life:
        life.sign(contract(criterion(indicator)))
        life.happen(event("opened", "01-10", **due("01-12")))
        life.advance("2026-01-20")
        since, until = (instant(f"{day}T00:00:00+01:00") for day in days)
        excusing = life.store.use(Excusing)
        asked: dict[str, Any] = {"reason": reason, "since": since, "until": until}
        doubts = excusing.doubts(LAB, "c", **asked)
        assert [one.partition(says)[:2] for one in doubts] == ([("", says)] if says else [])
        if (indicator["kind"], reason) != ("deadline", "agreed-closure"):
            excusing.ask(LAB, "c", text="they were away", **asked)


def test_what_is_due_after_the_end_of_a_contract_or_at_a_date_too_far_is_doubted_too() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality())))
        life.advance("2026-01-20")
        excusing = life.store.use(Excusing)
        [doubt] = excusing.doubts(LAB, "c/d/on-time", reason="other", keys=["2030-11-25"])
        assert "is known up to 2026-02-28" in doubt
        assert excusing.doubts(LAB, "c/d/on-time", reason="other", keys=["2026-01-26"]) == ()
        life.terminate("2026-01-31")
        days: dict[str, Any] = {"since": instant("2030-11-20T00:00:00Z"), "until": instant("2030-11-22T00:00:00Z")}
        [doubt] = excusing.doubts(LAB, "c", reason="other", **days)
        assert doubt == "nothing is owed there any more: the contract ends on 2026-01-31"


def test_who_is_owed_excuses_alone_what_was_missed_and_nothing_else(parties: Parties) -> None:
    """In one step, with a reason: what may still be met, or was asked already, needs the other party."""
    grant = parties.excusing.grant
    words = {"reason": "force-majeure", "text": "the bridge was closed"}
    refused(NotAllowed, "is for ward to do", lambda: grant(LAB, "c/d/on-time", "1", **words))
    refused(Refused, "excuses alone what was missed", lambda: grant(WARD, "c/d/on-time", "2", **words))
    refused(Invalid, "is no reason", lambda: grant(WARD, "c/d/on-time", "1", reason="x", text="y"))
    asked = parties.ask("1")
    refused(Refused, "asked already", lambda: grant(WARD, "c/d/on-time", "1", **words))
    parties.excusing.refuse(WARD, asked, "no")
    parties.life.judge()
    id, _ = grant(WARD, "c/d/on-time", "1", **words)
    parties.life.judge()
    assert parties.life.verdicts()["1"] == "excused"
    row = parties.row(id)
    assert (row.state, row.party, row.waits_for) == ("accepted", "client", None)
    assert [(one.verb, one.party, one.by) for one in row.answers] == [("accepted", "client", "ward/bob")]
    refused(Refused, "excuses alone what was missed", lambda: grant(WARD, "c/d/on-time", "1", **words))


def test_who_is_owed_changes_no_final_figure_alone(parties: Parties) -> None:
    parties.life.advance("2026-02-20")
    words = {"reason": "other", "text": "we were away"}
    refused(Refused, "not final", lambda: parties.excusing.grant(WARD, "c/d/on-time", "1", **words))
