"""Who lives in the demonstration: pages and mails know everybody as the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from entente.demo import morning_of
from entente.demo_town import INHABITANTS, choices, let_in
from entente.samples import samples
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR, Principal, Right
from services.contract_files import contract_terms, kind_of, read_documents
from services.contracts.contracting import Contracting
from services.roles.following import Roles
from tests.given import at

NOW = at("2026-06-30 12:00")
DOCUMENTS = [one for name, text in samples(date(2026, 1, 1)) for one in read_documents(text, name)]
HEADS = ("karim.benali", "claire.dubois", "nadia.faure")


@pytest.fixture(scope="module")
def here() -> Iterator[Program]:
    with program(Settings(store="sqlite://:memory:"), clock=lambda: NOW) as opened:
        for document in DOCUMENTS:
            if kind_of(document) == "service":
                opened.store.use(Contracting).apply(ADMINISTRATOR, document)
        let_in(opened)
        yield opened


def chosen(here: Program) -> dict[str, Principal]:
    return {one.value: one.who for one in choices(here, lambda: NOW).shown()}


def test_everybody_may_on_pages_what_the_mails_go_by(here: Program) -> None:
    roles = Roles(here.store.history)
    for one in INHABITANTS:
        assert chosen(here)[one.person] == roles.principal(one.person, date(2026, 6, 30)), one.person


def test_they_are_what_they_are_called(here: Program) -> None:
    who = chosen(here)
    for one in INHABITANTS:
        is_head = who[one.person].may(Right.BIND)
        assert is_head == (one.person in HEADS) == ("head of" in one.english), one.person
        assert who[one.person].holds("arbiter") == ("arbiter" in one.english)
        assert who[one.person].holds("auditor") == ("auditor" in one.english)
        assert who[one.person].holds("administrator") == ("administrator" in one.english)
    assert not who["julie.morin"].may(Right.TAKE_PART)
    assert who["marc.leroy"].may(Right.TAKE_PART, "education")


def test_the_arbiter_is_of_no_party(here: Program) -> None:
    """Else she could not decide, and would be written to as who owes everything."""
    arbiter = chosen(here)["helene.roux"]
    for document in DOCUMENTS:
        if kind_of(document) == "contract":
            terms = contract_terms(document)
            assert not arbiter.is_of(terms.supplier, terms.client)


def test_each_party_of_a_sample_contract_has_a_head_who_is_written_to(here: Program) -> None:
    roles = Roles(here.store.history)
    people = [roles.principal(one.person, date(2026, 6, 30)) for one in roles.people()]
    for document in DOCUMENTS:
        if kind_of(document) == "contract":
            terms = contract_terms(document)
            for party in (terms.supplier, terms.client):
                assert any(who is not None and who.may(Right.BIND, party) for who in people), party


def test_whoever_lives_there_can_be_written_to(here: Program) -> None:
    for one in INHABITANTS:
        assert here.sign_in.directory.named(one.person).email == f"{one.person}@example.org"


def test_the_demonstration_begins_in_the_morning_with_the_mails_of_its_day() -> None:
    assert morning_of(date(2026, 6, 30)) == at("2026-06-30 07:30")
    assert morning_of(date(2026, 11, 26)) == at("2026-11-26 07:30")


def test_letting_them_in_again_changes_nothing(here: Program) -> None:
    before = here.store.history.last_position()
    let_in(here)
    assert here.store.history.last_position() == before
