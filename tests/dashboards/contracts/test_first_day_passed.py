"""A new contract whose first day has passed says so before it is proposed and before it is signed, and what that means."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from dashboards.language import FIRM
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from tests.entering import House, entered
from tests.given import contract, criterion, document, punctuality

SAYS = "has passed: once both have signed it is judged from that day on"
PEOPLE = ({"person": "sue", "services": {"s": "head"}}, {"person": "kay", "services": {"k": "head"}})


def wording(first: str) -> dict[str, object]:
    """The clock stands at noon of 30 June 2026."""
    return contract(criterion(punctuality()), supplier="s", client="k", valid={"from": first})


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        house.admit(*PEOPLE)
        house.apply({"service": "s"}, {"service": "k"})
        house.program.store.timekeeping.advance(ADMINISTRATOR, house.clock[0])
        house.program.store.judging.catch_up()
        yield house


@pytest.mark.parametrize(("first", "says"), [("2026-06-29", True), ("2026-06-30", False)])
def test_it_is_said_before_proposing_from_the_day_after_on(house: House, first: str, says: bool) -> None:
    contracting = house.program.store.use(Contracting)
    found = contracting.apply(ADMINISTRATOR, document({"entente": 1, **wording(first)}), dry_run=True)
    assert [SAYS in one for one in found.warnings] == [True] * says
    imported = contracting.apply(ADMINISTRATOR, document({"entente": 1, **wording(first)}), dry_run=True, backfill=True)
    assert not imported.warnings


def test_it_is_said_with_the_day_before_signing_and_when_it_is_asked_whether_to_sign(house: House) -> None:
    house.apply(wording("2026-06-01"))
    kay = house.as_("kay")
    page = kay.page("/contracts/c/versions/1").replace(FIRM, " ")
    assert SAYS in page
    assert "in force from 1 Jun 2026 and cannot be changed" in page
    asked = kay.send("/contracts/c/versions/1/sign", party="client", proposal="1", confirmed="")
    assert SAYS in asked.text


def test_what_is_imported_and_what_begins_later_says_nothing(house: House) -> None:
    house.apply(wording("2026-07-01"))
    assert SAYS not in house.as_("kay").page("/contracts/c/versions/1")


def test_the_page_of_what_is_not_signed_says_so_and_what_will_be_due(house: House) -> None:
    house.apply(wording("2026-07-01"))
    page = house.as_("kay").page("/contracts/c")
    assert "both parties have not signed" in page
    assert "Nothing falls due in the next five weeks" not in page
    assert '<ul class="dates"><li>' in page
    sue = house.as_("sue")
    assert "Prepare an amendment" not in sue.page("/contracts/c")
    sue.send("/contracts/c/versions/1/withdraw", proposal="1")
    page = sue.page("/contracts/c")
    assert re.search(r"<dt>Stands</dt><dd>\s*withdrawn", page)
    assert '<ul class="dates">' not in page
    assert "Write the next proposal" in page
