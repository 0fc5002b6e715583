"""Costs are booked by the supplier, corrected, allocated; clients are charged (SHARED §4)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.money import show_amount
from services.access import ADMINISTRATOR, principal
from services.costs.allocation import read_allocation
from services.costs.budgets import read_charter_cost
from services.costs.costing import Costing
from services.costs.reading import read_cost, read_costs
from services.costs.rows import AllocationRow, ChargesRow
from services.costs.showback import read_charges
from services.errors import Invalid, NotAllowed, NotFound, Refused, TimeInFuture
from services.seeing.past import replay
from tests.services.api_case import opened, slug
from tests.services.costs.charged import CLIENTS, EDUCATION, charter, offer, publish, sign
from tests.services.judged import NOW, Life, living

HEAD, SCHOOLS = principal("digital-syndicate/ana"), principal("education/paul")
DAY = 86_400_000_000


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        publish(life, offer())
        sign(life, EDUCATION)
        for client in sorted(CLIENTS.values()):
            if client != "education":
                sign(life, charter(client))
        life.advance("04-10 00:00")
        yield life


def book(life: Life, pool: str, amount: str, month: str = "2026-03", text: str = "") -> str:
    id, _ = life.store.use(Costing).book(HEAD, "it-support", pool, month, amount, text)
    life.judge()
    return id


def allocation(life: Life, period: str | None = "2026-03") -> AllocationRow:
    return life.store.read(HEAD, read_allocation, "it-support", period)


def charges(life: Life, period: str, client: str | None = None, who: str = "digital-syndicate/ana") -> ChargesRow:
    return life.store.read(principal(who), read_charges, "it-support", period, client)


def test_a_cost_is_booked_and_corrected(life: Life) -> None:
    id = book(life, "staff", "125000.00", text="salaries")
    position = life.store.use(Costing).correct(HEAD, id, "-500.50", "counted twice")
    life.judge()
    [row] = life.store.read(HEAD, read_costs, offer="it-support")
    assert (row.id, row.amount, show_amount(row.amount, "EUR")) == (id, 12_449_950, "124499.50")
    assert (row.booked.text, row.booked.time, [one.amount for one in row.corrections]) == ("salaries", NOW, [-50_050])
    assert position == life.position()
    assert replay(life.store.history, life.store.history.database).is_same


def test_the_same_is_booked_once(life: Life) -> None:
    book(life, "staff", "10.00", text="salaries")
    with pytest.raises(Refused, match="booked already"):
        book(life, "staff", "10.00", text=" Salaries ")
    book(life, "staff", "10.00", text="more salaries")
    with pytest.raises(Refused, match="nothing is added"):
        life.store.use(Costing).correct(HEAD, book(life, "staff", "1"), "0", "x")


@pytest.mark.parametrize(
    ("pool", "month", "amount", "currency", "slug"),
    [
        ("nothing", "2026-03", "1.00", None, "invalid"),
        ("staff", "2026-3", "1.00", None, "invalid"),
        ("staff", "2026-13", "1.00", None, "invalid"),
        ("staff", "0001-01", "1.00", None, "invalid"),
        ("staff", "2026-03", "1.001", None, "amount-invalid"),
        ("staff", "2026-03", "0.00", None, "amount-invalid"),
        ("staff", "2026-03", "9" * 30, None, "amount-invalid"),
        ("staff", "2026-03", "١٢", None, "amount-invalid"),
        ("staff", "2026-03", "1.00", "CHF", "other-currency"),
    ],
)
def test_what_is_no_cost_is_refused(
    life: Life, pool: str, month: str, amount: str, currency: str | None, slug: str
) -> None:
    with pytest.raises(Invalid) as refused:
        life.store.use(Costing).book(HEAD, "it-support", pool, month, amount, currency=currency)
    assert refused.value.slug == slug


def test_a_cost_happened_before_now_and_is_corrected_after_it(life: Life) -> None:
    costing = life.store.use(Costing)
    with pytest.raises(TimeInFuture):
        costing.book(HEAD, "it-support", "staff", "2026-03", "1.00", time=NOW + DAY)
    id, _ = costing.book(HEAD, "it-support", "staff", "2026-03", "1.00", time=NOW - DAY)
    life.judge()
    with pytest.raises(Refused, match="before what was said"):
        costing.correct(HEAD, id, "1.00", "x", time=NOW - 2 * DAY)
    costing.correct(HEAD, id, "1.00", "x", time=NOW - DAY)


def test_costs_are_the_suppliers_to_book_and_to_see(life: Life) -> None:
    id = book(life, "staff", "10.00")
    costing = life.store.use(Costing)
    with pytest.raises(NotAllowed):
        costing.book(SCHOOLS, "it-support", "staff", "2026-03", "1.00")
    with pytest.raises(NotFound):
        costing.book(principal("stranger/eve"), "it-support", "staff", "2026-03", "1.00")
    with pytest.raises(NotFound):
        costing.correct(SCHOOLS, id, "1.00", "x")
    assert life.store.read(SCHOOLS, read_costs) == []
    with pytest.raises(NotFound):
        life.store.read(SCHOOLS, read_cost, id)
    with pytest.raises(NotAllowed, match="supplier's to see"):
        life.store.read(SCHOOLS, read_allocation, "it-support")


def test_each_pool_is_divided_by_its_driver_and_the_sum_is_what_was_booked(life: Life) -> None:
    for pool, amount in (("staff", "500.00"), ("duty", "100.02"), ("rooms", "10.01"), ("other", "7.00")):
        book(life, pool, amount)
    found = allocation(life)
    parts = {pool: [(one.client, one.amount) for one in found.lines if one.pool == pool] for pool in found.pools}
    assert parts == {
        "staff": [(None, 50_000)],
        "duty": [("education", 2501), ("human-resources", 2501), ("legal", 2500), ("social-care", 2500)],
        "rooms": [("education", 251), ("human-resources", 250), ("legal", 250), ("social-care", 250)],
        "other": [(None, 700)],
    }
    assert (found.total.booked, found.total.allocated, found.total.unallocated) == (61_703, 11_003, 50_700)
    assert sum(one.amount for one in found.lines) == found.total.booked
    assert allocation(life, "2026-Q1").total == allocation(life, "2026").total == found.total


def test_a_client_is_shown_its_own_charges(life: Life) -> None:
    everybody = charges(life, "2026-01")
    assert [(one.client, one.line.what, one.line.amount) for one in everybody.lines][:2] == [
        ("education", "fixed", 100_000), ("education", "one-off", 350_000),
    ]  # fmt: skip
    assert (everybody.total, everybody.state, everybody.costs is not None) == (750_000, "final", True)
    own = charges(life, "2026-01", who="education/paul")
    assert ([one.client for one in own.lines], own.total, own.costs) == (["education"] * 2, 450_000, None)
    assert charges(life, "2026-01", "legal").total == 100_000
    for who in ("digital-syndicate/ana", "education/paul"):
        with pytest.raises(NotFound):
            charges(life, "2026-01", "sports", who)
    with pytest.raises(NotFound):
        charges(life, "2026-01", "legal", "education/paul")


def test_three_years_of_a_charter(life: Life) -> None:
    row = life.store.read(SCHOOLS, read_charter_cost, "it-education")
    assert [one.total for one in row.years] == [5_870_000, 6_120_000, 6_741_880]
    assert (row.total, [one.year for one in row.calendar]) == (18_731_880, [2026, 2027, 2028])
    with pytest.raises(NotFound):
        life.store.read(principal("legal/eve"), read_charter_cost, "it-education")
    with pytest.raises(Invalid):
        life.store.read(ADMINISTRATOR, read_charter_cost, "it-education", 11)


def test_a_charter_signed_late_has_the_lines_of_before_in_the_month_of_signing(life: Life) -> None:
    sign(life, charter("education", charter="it-again", effective="2026-02-01"))
    again = [
        [(one.line.month.month, one.line.amount) for one in charges(life, period).lines if one.charter == "it-again"]
        for period in ("2026-02", "2026-03", "2026-04")
    ]
    assert again == [[], [], [(2, 100_000), (3, 100_000), (4, 100_000)]]


def test_it_goes_over_the_api() -> None:
    with opened("sqlite://:memory:") as case:
        life = Life(case.store, case.door)
        publish(life, offer())
        sign(life, EDUCATION)
        life.advance("04-10 00:00")
        said = {"offer": "it-support", "pool": "duty", "month": "2026-03", "amount": "100.00", "text": "March"}
        made = case.post("/v1/costs", "digital-syndicate", **said)
        assert made.status_code == 201
        assert slug(case.post("/v1/costs", "digital-syndicate", **said), 409) == "refused"
        assert slug(case.post("/v1/costs", "digital-syndicate", **(said | {"amount": 100.0})), 422) == "invalid"
        assert slug(case.post("/v1/costs", "digital-syndicate", **said, currency="CHF"), 400) == "other-currency"
        assert slug(case.post("/v1/costs", "education", **said), 403) == "not-allowed"
        path = made.headers["location"]
        corrected = {"amount": "-0.01", "text": "a cent", "time": "2026-02-20T12:00:00Z"}
        assert case.post(f"{path}/correct", "digital-syndicate", **corrected).status_code == 200
        assert case.get(path, "digital-syndicate")["amount"] == "99.99"
        assert [one["amount"] for one in case.get("/v1/costs", "digital-syndicate", month="2026-03")] == ["99.99"]
        found = case.get("/v1/offers/it-support/costs", "digital-syndicate", period="2026-03")
        assert (found["booked"], found["allocated"], found["unallocated"]) == ("99.99", "99.99", "0.00")
        assert [one["amount"] for one in found["lines"]] == ["25.00", "25.00", "25.00", "24.99"]
        charged = case.get("/v1/offers/it-support/charges", "education", period="2026-01")
        fee = {
            "client": "education", "charter": "it-education", "month": "2026-01", "meter": None, "what": "fixed",
            "quantity": None, "unit_price": None, "amount": "1000.00",
        }  # fmt: skip
        assert (charged["lines"][0], charged["total"], charged["allocated"]) == (fee, "4500.00", None)
        cost = case.get("/v1/charters/it-education/cost", "education")
        assert ([one["total"] for one in cost["years"]], cost["total"]) == (
            ["58700.00", "61200.00", "67418.80"], "187318.80",
        )  # fmt: skip
        assert (cost["years"][1]["lines"][1]["what"], cost["years"][1]["lines"][1]["unit_price"]) == ("over", "48.96")
        assert (cost["corridor"]["months"], cost["corridor"]["to_date"]) == (3, "216")
