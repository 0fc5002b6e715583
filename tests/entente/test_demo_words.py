"""What the people of the demonstration say is about the contract that it is said of."""

from __future__ import annotations

from datetime import date

from entente.demo_amendments import AMENDMENTS
from entente.demo_said import PROTOCOLS
from entente.demo_words import OF_CONTRACT, ROOT_CAUSES
from entente.samples import samples
from services.contract_files import causes_terms, check_plan, kind_of, read_documents


def test_each_sample_contract_has_words_of_its_own() -> None:
    documents = [one for name, text in samples(date(2026, 1, 1)) for one in read_documents(text, name)]
    assert {str(one.tree["contract"]) for one in documents if kind_of(one) == "contract"} == set(OF_CONTRACT)
    said = [text for words in OF_CONTRACT.values() for text in (*words.causes, *words.steps)]
    assert len(said) == len(set(said))
    known = {one.id for each in documents if kind_of(each) == "causes" for one in causes_terms(each).causes}
    assert set(ROOT_CAUSES) == set(OF_CONTRACT)
    assert {one for roots in ROOT_CAUSES.values() for one in roots} <= known


def test_what_is_negotiated_stands_in_its_contract() -> None:
    for one in AMENDMENTS:
        text = next(text for _, text in samples(date(2026, 1, 1)) if f"\ncontract: {one.contract}\n" in text)
        for old, _ in one.changes:
            assert text.count(old) == 1 or one.contract == "canteen-deliveries", (one.contract, old)


def test_meetings_are_of_contracts_whose_minutes_are_awaited_and_their_plans_are_plans() -> None:
    documents = [one for name, text in samples(date(2026, 1, 1)) for one in read_documents(text, name)]
    contracts = {one.tree["contract"]: one.tree for one in documents if kind_of(one) == "contract"}
    people = {
        f"{one.tree['service']}/{each['id']}"
        for one in documents
        if kind_of(one) == "service"
        for each in one.tree.get("people", ())
    }
    for id, protocol in PROTOCOLS.items():
        assert "minutes_within" in contracts[id]["review"]
        assert contracts[id]["actions"]["escalation"]
        assert {*protocol.present} <= people
        for plan in protocol.plans:
            [document] = read_documents(plan, "plan")
            assert check_plan(document) == []
