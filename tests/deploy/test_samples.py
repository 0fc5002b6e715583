from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from domain.calendars import Calendar
from domain.terms import CalendarReference, CalendarTerms, ContractTerms, Rolling, Selector
from entente.samples import samples, shipped_folder
from services.contract_files import (
    Document,
    ServiceTerms,
    calendar_terms,
    check,
    contract_terms,
    read_documents,
    service_terms,
)

FOLDER = shipped_folder("samples")
TODAY = date(2026, 3, 2)
FILES = sorted(FOLDER.rglob("*.yaml"))


def documents() -> list[Document]:
    return [document for name, text in samples(TODAY) for document in read_documents(text, name)]


def calendars() -> dict[str, CalendarTerms]:
    found = [calendar_terms(one) for one in documents() if "calendar" in one.tree and "contract" not in one.tree]
    return {terms.id: terms for terms in found}


def contracts() -> list[ContractTerms]:
    return [contract_terms(one) for one in documents() if "contract" in one.tree]


def services() -> dict[str, ServiceTerms]:
    return {terms.id: terms for terms in (service_terms(one) for one in documents() if "service" in one.tree)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_nothing_is_wrong_with_a_sample(path: Path) -> None:
    for document in read_documents(path.read_text(encoding="utf-8"), path.name):
        assert check(document, calendars()) == []


def test_there_are_seven_contracts_each_in_a_file_of_its_name() -> None:
    assert {terms.id for terms in contracts()} == {
        "building-permits",
        "canteen-deliveries",
        "home-meals",
        "it-support-education",
        "payroll",
        "sales-to-marketing",
        "stock-data",
    }
    for name, text in samples(TODAY):
        for document in read_documents(text, name):
            assert "contract" not in document.tree or name == f"{document.tree['contract']}.yaml"


def test_every_sample_contract_is_valid_from_the_day_asked_for_on_without_end() -> None:
    assert {(terms.valid_from, terms.effective, terms.valid_until) for terms in contracts()} == {(TODAY, TODAY, None)}


def test_one_supplier_has_two_clients_and_one_client_two_suppliers() -> None:
    assert Counter(terms.supplier for terms in contracts())["digital-syndicate"] == 2
    assert {terms.client for terms in contracts() if terms.supplier == "digital-syndicate"} == {
        "education",
        "human-resources",
    }
    assert Counter(terms.client for terms in contracts())["education"] == 2


def test_all_nine_kinds_all_forms_of_target_and_most_periods_are_shown() -> None:
    criteria = [criterion for terms in contracts() for one in terms.deliverables for criterion in one.criteria]
    assert {one.indicator.kind for one in criteria} == {
        "punctuality",
        "deadline",
        "turnaround",
        "conformity",
        "measure",
        "satisfaction",
        "volume",
        "availability",
        "freshness",
    }
    targets = [target for one in criteria for target in one.targets]
    assert {target.form for target in targets} == {"at_least", "at_most", "max_misses", "max_consecutive_misses"}
    assert {target.per for target in targets} == {"month", "quarter", "half", "year", Rolling(28)}
    assert 0 < sum(one.each_miss_is_breach for one in criteria) < len(criteria) / 2


def test_every_title_is_said_in_english_and_in_french() -> None:
    for terms in contracts():
        criteria = [one.title for deliverable in terms.deliverables for one in deliverable.criteria]
        for title in [terms.title, *(one.title for one in terms.deliverables), *criteria]:
            assert {language for language, _ in title.by_language} == {"en", "fr"}, (terms.id, title)


def test_parties_owners_and_sources_are_described_by_services() -> None:
    described = services()
    assert [terms.id for terms in described.values() if terms.external] == ["digital-syndicate"]
    for terms in contracts():
        assert {terms.supplier, terms.client} <= described.keys()
        for deliverable in terms.deliverables:
            debtor = described[terms.debtor(deliverable)]
            for criterion in deliverable.criteria:
                people = {person.id for party in (terms.supplier, terms.client) for person in described[party].people}
                assert criterion.owner in people, criterion
                for source in sources_of(criterion.indicator):
                    assert (
                        source in {declared.source for declared in debtor.sources} or deliverable.id == "satisfaction"
                    )


def test_five_contracts_ask_something_of_the_client_too() -> None:
    reciprocal = {
        terms.id
        for terms in contracts()
        if {one.id for one in terms.deliverables if one.owed_by == "client"}
        & {name for one in terms.deliverables for name in one.depends_on}
    }
    assert reciprocal == {
        "sales-to-marketing",
        "payroll",
        "building-permits",
        "canteen-deliveries",
        "home-meals",
    }


def test_the_office_is_closed_on_holidays_and_at_weekends() -> None:
    office = Calendar(calendars()["office-fr"])
    assert not office.is_closed(date(2026, 3, 2))
    assert office.is_closed(date(2026, 3, 7))
    assert office.is_closed(date(2026, 7, 14))
    assert office.is_closed(date(2028, 12, 25))


def test_no_lunch_is_due_on_wednesdays_nor_in_the_school_holidays() -> None:
    school = Calendar(calendars()["school-fr"])
    assert not school.is_closed(date(2026, 3, 2))
    assert school.is_closed(date(2026, 3, 4))
    assert all(school.is_closed(date(2026, 7, day)) for day in range(4, 32))
    assert not school.is_closed(date(2026, 9, 1))
    assert school.is_closed(date(2026, 12, 21))


def test_every_calendar_named_is_a_sample_too() -> None:
    named = {terms.calendar for terms in contracts()}
    assert {one.name for one in named if isinstance(one, CalendarReference)} == calendars().keys()


def sources_of(indicator: object) -> set[str]:
    selectors = [
        getattr(indicator, name, None) for name in ("delivered", "opened", "closed", "each", "down", "updated")
    ]
    return {source for one in selectors if isinstance(one, Selector) for source in one.sources}
