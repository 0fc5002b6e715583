"""The first days of an administrator: letting people in by the page *People*, and what is said to who has an office alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboards.language import FIRM, language
from dashboards.pages.sign_in.account import browser_of
from services.access import Grade, principal
from services.excuses.excusing import Excusing
from tests.entering import House, entered
from tests.given import contract, criterion, punctuality

PEOPLE = (
    {"person": "ines", "name": "Inès Morel", "administrator": True},
    {"person": "anna", "name": "Anna Martin", "services": {"s": "member"}},
    {"person": "dora", "dpo": True},
)
AGREED = contract(criterion(punctuality()), supplier="s", client="k")


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        house.admit(*PEOPLE)
        house.apply(AGREED, {"service": "s", "title": "Sales"}, sign=True)
        yield house


def test_an_administrator_who_sees_no_contract_lets_people_into_every_service(house: House) -> None:
    ines = house.as_("ines")
    page = ines.page("/new-person")
    assert '<option value="s">Sales</option>' in page
    assert '<option value="k">k</option>' in page
    page = ines.page("/people")
    assert "Sales: member" in page
    assert "None" not in page
    given = ines.let_in("luc", service="k", role="head", since="2026-07-01", until="2026-07-31")
    assert given.status_code == 303
    [luc] = [one for one in house.program.sign_in.roles.people() if one.person == "luc"]
    [role] = luc.roles
    assert (role.service, role.grade) == ("k", Grade.HEAD)
    assert (str(role.days.since), str(role.days.until)) == ("2026-07-01", "2026-07-31")
    assert "from Wed 1 Jul 2026, until Fri 31 Jul 2026" in ines.page("/people").replace(FIRM, " ")


def test_an_auditor_is_let_in_until_a_day_and_a_deputy_for_somebody(house: House) -> None:
    ines = house.as_("ines")
    assert ines.let_in("paul", office="auditor", until="2026-08-10").status_code == 303
    assert ines.let_in("rene", service="s", role="head", instead_of="anna").status_code == 303
    people = {one.person: one for one in house.program.sign_in.roles.people()}
    admitted = people["paul"].admitted
    assert admitted is not None
    assert [str(one.days.until) for one in admitted.offices] == ["2026-08-10"]
    assert people["rene"].roles[0].instead_of == "anna"
    wrong = ines.let_in("eve", office="auditor", until="some day")
    assert wrong.status_code == 422
    assert 'value="eve"' in wrong.text


def test_roles_are_taken_away_by_the_page_that_gave_them(house: House) -> None:
    ines, anna = house.as_("ines"), house.as_("anna")
    assert 'action="/people/anna/out"' in ines.page("/people")
    assert ines.send("/people/anna/out").status_code == 303
    assert anna.get("/").status_code == 303
    assert "anna" not in {one.person for one in house.program.sign_in.roles.people()}


def test_who_is_of_no_service_is_not_told_that_there_is_nothing(house: House) -> None:
    for person, leads_on in (("ines", True), ("dora", False)):
        browser = house.as_(person)
        for path in ("/", "/portfolio", "/contracts", "/breaches", "/actions", "/reviews", "/quarantine"):
            page = browser.page(path)
            assert "you belong to no service" in page, (person, path)
            assert "Nothing is owed yet" not in page
            assert (page.count('href="/people"') > 2) is leads_on, (person, path)
    assert "you belong to no service" not in house.as_("anna").page("/breaches")


def test_who_may_not_is_told_who_the_administrator_is(house: House) -> None:
    refused = house.as_("anna").get("/people")
    assert refused.status_code == 403
    assert "Inès Morel" in refused.text


def test_who_has_no_code_is_told_what_to_do(house: House) -> None:
    house.as_("ines")
    browser = house.browser()
    browser.send("/sign-in", name="ines", password="quatre chevaux gris")
    page = browser.page("/sign-in/code?next=/people")
    assert str(language("en").text("sign_in.forgotten")) in page
    assert 'href="/sign-in?next=%2Fpeople"' in page


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
            "Chrome, Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, macOS"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "–"),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent: str, shown: str) -> None:
    assert browser_of(agent) == shown


def test_an_administrator_finds_what_is_theirs_and_the_account_from_where_nothing_concerns_them(house: House) -> None:
    ines, dora = house.as_("ines"), house.as_("dora")
    note = ines.page("/").partition('<main id="main"')[2]
    for place in ("/account", "/people", "/access-keys", "/new-service", "/calendars", "/causes", "/notices"):
        assert f'href="{place}"' in note, place
        assert ines.get(place).status_code == 200
    assert 'href="/calendars"' not in dora.page("/")
    assert 'href="/account"' in dora.page("/").partition('<main id="main"')[2]
    assert 'href="/calendars"' in ines.page("/account")


def test_an_administrator_sees_what_waits_in_which_service_in_counts(house: House) -> None:
    excusing = house.program.store.use(Excusing)
    excusing.ask(principal("s"), "c/d/on-time", reason="other", text="closed", keys=("2026-01-05",))
    house.program.store.judging.catch_up()
    assert '<section id="services">' in house.as_("ines").page("/")


def test_a_head_without_a_contract_is_shown_no_first_hour_where_others_have_contracts(house: House) -> None:
    house.admit(*PEOPLE, {"person": "rolf", "name": "Rolf", "services": {"new": "head"}, "arbiter": True})
    page = house.as_("rolf").page("/")
    assert 'class="first"' not in page
    excusing = house.program.store.use(Excusing)
    id, _ = excusing.ask(principal("s"), "c/d/on-time", reason="other", text="closed", keys=("2026-01-05",))
    house.program.store.judging.catch_up()
    excusing.refuse(principal("k"), id, "it was not")
    house.program.store.judging.catch_up()
    excusing.dispute(principal("s"), id, "it was")
    house.program.store.judging.catch_up()
    page = house.as_("rolf").page("/")
    assert "1 thing waits for your answer" in page
    assert 'class="first"' not in page
    assert "0 of 0" not in page
    assert "is on track" not in page
    assert 'id="late"' not in page


def test_a_fault_of_the_program_is_not_told_as_an_answer_of_no(house: House) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    house.app.add_api_route("/broken", broken)
    answer = house.as_("anna").get("/broken")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "the answer is no" not in answer.text
