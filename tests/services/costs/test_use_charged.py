"""What clients use is charged to them, and divides what it cost (SHARED §4)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest

from dashboards.metric_series import charter_series
from domain.events import OperationalEvent
from services.access import ADMINISTRATOR, principal
from services.costs.allocation import read_allocation
from services.costs.budgets import read_charter_cost, read_corridor, read_corridors
from services.costs.costing import Costing
from services.costs.rows import AllocationRow, Charged
from services.costs.showback import read_charges
from services.reviews.reviewing import Reviewing
from tests.given import contract, criterion, event, punctuality
from tests.services.costs.charged import charter, offer, publish, sign
from tests.services.judged import Life, living

HEAD, SCHOOLS = principal("digital-syndicate/ana"), principal("education/paul")
B1 = {"edu": "450", "hr": "225", "legal": "50", "social": "25"}
TEXTS = {"edu": "education", "hr": "human-resources", "legal": "legal", "social": "social-care"}


def work(client: str, hours: float, day: str = "03-10 10:00", id: str | None = None) -> OperationalEvent:
    return event("work.logged", day, id=id, source="helpdesk/tickets", client=client, hours=hours)


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        tree = offer(open_books=True)
        tree["meters"][0]["client"]["map"] = TEXTS
        publish(life, tree)
        yield life


def lines(life: Life, period: str) -> list[Charged]:
    return list(life.store.read(HEAD, read_charges, "it-support", period).lines)


def units(life: Life, period: str) -> list[tuple[int, str, str | None, int]]:
    """Lines that are of units: the month, what, how many, minor units."""
    return [
        (one.line.month.month, one.line.what, str(one.line.quantity), one.line.amount)
        for one in lines(life, period)
        if one.line.meter is not None
    ]


def allocation(life: Life, period: str | None, who: str = "digital-syndicate/ana") -> AllocationRow:
    return life.store.read(principal(who), read_allocation, "it-support", period)


def book(life: Life, amount: str, month: str = "2026-03") -> None:
    life.store.use(Costing).book(HEAD, "it-support", "staff", month, amount)
    life.judge()


def test_b1_a_pool_is_divided_by_use(life: Life) -> None:
    life.happen(*(work(client, int(hours)) for client, hours in B1.items()), work("nobody", 20))
    life.advance("04-10 00:00")
    book(life, "100000.01")
    book(life, "500.00", "2026-02")
    found = allocation(life, "2026-03")
    assert {one.client: one.amount for one in found.lines} == {
        "education": 6_000_001, "human-resources": 3_000_000, "legal": 666_667, "social-care": 333_333,
    }  # fmt: skip
    assert found.unit_costs["hours"] == Fraction(10_000_001, 750)
    quarter = allocation(life, "2026-Q1")
    assert (quarter.total.booked, quarter.total.unallocated) == (10_050_001, 50_000)
    assert next(one.client for one in quarter.lines) is None


def test_a_client_sees_costs_of_twelve_months_where_enough_others_have_units(life: Life) -> None:
    for client in TEXTS.values():
        sign(life, charter(client))
    life.happen(*(work(client, int(hours)) for client, hours in B1.items()))
    life.advance("2027-01-10 00:00")
    book(life, "100000.00")
    shown, not_shown = (allocation(life, None, who) for who in ("education/paul", "human-resources/zoe"))
    assert (shown.not_shown, [one.amount for one in shown.lines], shown.total.booked) == (None, [6_000_000], 10_000_000)
    assert list(shown.charged) == ["education"]
    assert (not_shown.not_shown, not_shown.lines, not_shown.units) == ("not-shown-too-few", (), {})
    assert allocation(life, "2026-03", "education/paul").not_shown == "not-shown-too-few"
    assert allocation(life, "2027", "education/paul").not_shown == "not-shown-too-few"


def test_use_is_charged_at_the_price_of_its_day(life: Life) -> None:
    prices = [
        {"from": "2026-01-01", "meter": "hours", "unit_price": "48.00"},
        {"from": "2026-03-15", "meter": "hours", "unit_price": "50.00"},
    ]
    tree = offer(levels=[{"id": "standard", "prices": prices}])
    tree["meters"][0]["client"]["map"] = TEXTS
    publish(life, tree)
    sign(life, charter())
    life.happen(
        work("edu", 1.5), work("edu", 2, "03-15 00:00"), work("edu", 4, "03-31 23:59"), work("edu", 9, "04-01 00:00")
    )
    life.advance("04-20 00:00")
    assert units(life, "2026-03") == [(3, "unit", "3/2", 7200), (3, "unit", "6", 30_000)]


def test_a_charter_is_priced_by_what_it_was_signed_on_unless_it_follows(life: Life) -> None:
    sign(life, charter())
    sign(life, charter("legal", offer={"name": "it-support", "follow": True}))
    tree = offer(
        levels=[{"id": "standard", "prices": [{"from": "2026-01-01", "meter": "hours", "unit_price": "60.00"}]}]
    )
    tree["meters"][0]["client"]["map"] = TEXTS
    publish(life, tree)
    life.happen(work("edu", 1), work("legal", 1))
    life.advance("04-20 00:00")
    assert [(one.client, one.line.amount) for one in lines(life, "2026-03")] == [
        ("education", 4800), ("education", 100_000), ("legal", 6000),
    ]  # fmt: skip


def test_what_a_signed_review_has_shown_stays_and_the_difference_is_a_line_of_the_next_month(life: Life) -> None:
    monthly = {"every": "FREQ=MONTHLY;BYDAY=2TU", "at": "14:00", "duration": "1 h"}
    of = contract(criterion(punctuality()), review=monthly, supplier="digital-syndicate", client="education")
    life.sign(of)
    sign(life, charter(contract="c"))
    life.happen(work("edu", 10, id="march"))
    life.advance("04-14 14:00")
    life.happen(work("edu", 2, "03-20 10:00"))
    close(life, "c@2026-04-14")
    life.happen(work("edu", 5, "03-21 10:00"), work("edu", 1, "04-02 10:00"))
    life.advance("05-10 00:00")
    assert units(life, "2026-03") == [(3, "unit", "10", 48_000)]
    assert units(life, "2026-04") == [(3, "difference", "7", 33_600), (4, "unit", "1", 4800)]
    life.advance("05-12 14:00")
    close(life, "c@2026-05-12")
    life.happen(work("edu", -3, "03-22 10:00"))
    assert units(life, "2026-04") == [(3, "difference", "7", 33_600), (4, "unit", "1", 4800)]
    assert units(life, "2026-05") == [(3, "difference", "-3", -14_400)]


def close(life: Life, review: str) -> None:
    """Both sign it."""
    for who in (HEAD, SCHOOLS):
        life.store.use(Reviewing).sign_review(who, review)
    life.judge()


def test_how_use_lies_to_its_plan(life: Life) -> None:
    sign(
        life,
        charter(
            intention={"hold": {"at": 1200}, "meter": "hours"},
            quota={"quantity": 320, "per": "year", "over": "allowed"},
        ),
    )
    life.happen(work("edu", 290), work("edu", 40, "04-02 10:00"), work("edu", 7, "04-25 10:00"))
    life.advance("04-20 00:00")
    row = life.store.read(SCHOOLS, read_charter_cost, "it-education").charter
    found = life.store.read(SCHOOLS, read_corridor, row)
    assert found is not None
    assert (found.to_date, found.used, found.so_far, found.left) == tuple(map(Fraction, (300, 290, 330, -10)))
    assert (found.state, found.flags) == ("within", ("use-80", "use-100"))


def test_metrics_say_how_use_lies_to_plans_and_what_is_left(life: Life) -> None:
    sign(life, charter(intention={"hold": {"at": 1200}, "meter": "hours"}))
    sign(life, charter("legal", quota={"quantity": 20, "per": "year", "over": "billed"}))
    life.happen(work("edu", 150), work("legal", 25))
    life.advance("04-20 00:00")
    every = life.store.read(ADMINISTRATOR, read_corridors)
    assert {id: (one.ratio, one.left) for id, one in every.items()} == {
        "it-education": (Fraction(1, 2), None), "it-legal": (None, -5),
    }  # fmt: skip
    assert list(life.store.read(ADMINISTRATOR, read_corridors, "legal")) == ["it-legal"]
    assert list(life.store.read(SCHOOLS, read_corridors)) == ["it-education"]
    samples = [one for series in charter_series(every) for one in series.family.samples]
    assert [(one.name, one.labels, one.value) for one in samples] == [
        ("entente_consumption_ratio", {"charter": "it-education"}, 0.5), ("entente_units_left", {"charter": "it-legal"}, -5),
    ]  # fmt: skip
