"""What clients used, what is shown of it to whom, and the mix to come (SHARED §2, its worked examples)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from domain.events import OperationalEvent
from services.access import ADMINISTRATOR, Principal
from services.errors import Invalid, NotFound
from services.use.clients import read_clients, read_forecast
from services.use.consumption import read_consumption
from services.use.shapes import Clients, Consumption, Forecast
from services.use.shown import clients_json, forecast_json, use_json
from tests.given import structured
from tests.services.judged import Life, living
from tests.services.use.offered import CLIENTS, charter, offer, publish, sign, worked

SUPPLIER = "digital-syndicate"


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


MONTHS = [f"{2025 + (6 + back) // 12}-{(6 + back) % 12 + 1:02d}" for back in range(12)]
"""2025-07 to 2026-06."""
BY_MONTH = {"education": 450, "hr": 225, "legal": 50, "social": 25}


def b_1(life: Life) -> None:
    """The offer, twelve complete months of use, charters of all four clients."""
    publish(life, offer())
    for client in CLIENTS.values():
        sign(life, charter(client))
    life.happen(*(worked(f"{month}-10 09:00", client, hours) for month in MONTHS for client, hours in BY_MONTH.items()))
    life.happen(worked("2026-03-10 09:00", None, 250))
    life.advance("2026-07-06 00:00")


def consumption(life: Life, who: Principal = ADMINISTRATOR, **asked: Any) -> list[Consumption]:
    rows: list[Consumption] = [use_json(row) for row in life.store.read(who, read_consumption, "it-support", **asked)]
    return rows


def clients(life: Life, who: Principal = ADMINISTRATOR, **asked: Any) -> Clients:
    return clients_json(life.store.read(who, read_clients, "it-support", **asked))


def forecast(life: Life, who: Principal = ADMINISTRATOR, **asked: Any) -> Forecast:
    return forecast_json(life.store.read(who, read_forecast, "it-support", **asked))


def of(*services: str) -> Principal:
    return Principal("member", frozenset(services))


# B-1


def test_b_1_shares_classes_and_concentration(life: Life) -> None:
    b_1(life)
    shown = clients(life)
    assert [(one["client"], one["units"], one["share"], one["class"]) for one in shown["clients"]] == [
        ("education", "5400", "0.6000", "primary"),
        ("human-resources", "2700", "0.3000", "secondary"),
        ("legal", "600", "0.0667", "secondary"),
        ("social-care", "300", "0.0333", "occasional"),
    ]
    assert (shown["hhi"], shown["as_if"], shown["base"], shown["months"]) == ("0.4556", "2.1951", "concentrated", 12)
    assert (shown["window"], shown["total"], shown["unattributed"]) == ("2025-07/2026-06", "9000", "250")
    assert clients(life, of(SUPPLIER)) == shown


def test_b_1_consumption_of_the_window(life: Life) -> None:
    b_1(life)
    [row] = consumption(life, client="education", period="last-12-months")
    assert row["units"] == "5400"
    assert row["share"] == "0.6000"
    assert row["total"] == "9000"
    assert row["unattributed"] == "250"
    assert row["state"] == "final"
    assert row["final"] == "5400"
    assert row["causes"] == []
    assert row["reason"] is None
    assert consumption(life, client="education", period="2025-07/2026-06") == [{**row, "period": "2025-07/2026-06"}]
    [half] = consumption(life, client="legal", period="2026-Q1")
    assert (half["units"], half["total"], half["unattributed"]) == ("150", "2250", "250")


def test_b_1_as_each_client_sees_it(life: Life) -> None:
    b_1(life)
    of_hr = clients(life, of("human-resources"))
    nothing: Any = [{"client": "human-resources", "units": "2700", "share": None, "class": None}]
    assert of_hr["clients"] == nothing
    assert of_hr["reason"] == "not-shown-too-few"
    assert of_hr["hhi"] is of_hr["as_if"] is of_hr["base"] is of_hr["total"] is of_hr["unattributed"] is None
    for client, share in (("education", "0.6000"), ("legal", "0.0667")):
        shown = clients(life, of(client))
        assert [(one["client"], one["share"]) for one in shown["clients"]] == [(client, share)]
        assert (shown["hhi"], shown["as_if"], shown["base"], shown["total"]) == (
            "0.4556",
            "2.1951",
            "concentrated",
            "9000",
        )


def test_a_client_sees_totals_of_whole_windows_alone(life: Life) -> None:
    b_1(life)
    for period in ("2026-06", "2026-Q2", "2026"):
        [row] = consumption(life, of("education"), period=period)
        assert row["client"] == "education"
        assert row["reason"] == "not-shown-too-few"
        assert row["total"] is row["share"] is row["unattributed"] is None
    for by in ("weekday", "hour", "data.feature"):
        rows = consumption(life, of("education"), period="last-12-months", by=by)
        assert {row["client"] for row in rows} == {"education"}
        assert all(row["total"] is None for row in rows)
    [row] = consumption(life, of("education"), period="last-12-months")
    assert (row["share"], row["total"], row["unattributed"]) == ("0.6000", "9000", "250")
    assert all(one["total"] is one["hhi"] is None for one in forecast(life, of("human-resources"))["years"])


def test_two_others_are_too_few(life: Life) -> None:
    publish(life, offer())
    sign(life, charter("legal"))
    sent = (("legal", 10), ("education", 10), ("hr", 10))
    life.happen(*(worked(f"{month}-10 09:00", client, hours) for month in MONTHS for client, hours in sent))
    life.advance("2026-07-06 00:00")
    assert clients(life, of("legal"))["total"] is None
    life.happen(worked("2026-06-30 09:00", "social", 1))
    assert clients(life, of("legal"))["total"] == "361"


# B-4


def b_4(life: Life, **changes: Any) -> None:
    before, last = (5000, 3000, 600, 100), (5400, 2700, 600, 300)
    publish(life, offer(**changes))
    for day, units in (("2024-07-10 09:00", before), ("2025-07-10 09:00", last)):
        life.happen(*(worked(day, client, hours) for client, hours in zip(CLIENTS, units, strict=True)))
    life.advance("2026-07-01 00:00")


def test_b_4_the_mix_to_come(life: Life) -> None:
    b_4(life)
    second = forecast(life)["years"][1]
    found = [(one["client"], one["units"], one["method"], one["share"], one["class"]) for one in second["clients"]]
    assert found == [
        ("education", "6298.56", "trend", "0.6124", "primary"),
        ("human-resources", "2187", "trend", "0.2126", "secondary"),
        ("social-care", "1200", "trend", "0.1167", "secondary"),
        ("legal", "600", "trend", "0.0583", "secondary"),
    ]
    assert (second["window"], second["total"], second["as_if"]) == ("2027-07/2028-06", "10285.56", "2.2872")
    assert {one["client"]: one["class"] for one in clients(life)["clients"]}["social-care"] == "occasional"


def test_b_4_what_a_signed_charter_declares_goes_before_the_trend(life: Life) -> None:
    b_4(life)
    sign(life, charter("education", effective="2027-07-01", plan=[5000]))
    second = forecast(life)["years"][1]
    assert next((one["units"], one["method"], one["share"]) for one in second["clients"]) == (
        "5000",
        "declared",
        "0.5564",
    )
    assert second["total"] == "8987"
    assert {one["method"] for one in forecast(life)["years"][0]["clients"]} == {"trend"}  # it covers none of its months


def test_a_plan_that_does_not_cover_twelve_months_declares_nothing(life: Life) -> None:
    b_4(life)
    sign(life, charter("education", effective="2027-08-01", plan=[5000]))
    assert {one["method"] for one in forecast(life)["years"][1]["clients"]} == {"trend"}


def test_without_two_years_there_is_no_trend_and_no_mix(life: Life) -> None:
    b_1(life)
    first = forecast(life)["years"][0]
    assert {(one["units"], one["method"]) for one in first["clients"]} == {(None, None)}
    assert first["total"] is None


# Windows, states, cuts


def test_seven_of_twelve_months_have_no_class(life: Life) -> None:
    publish(life, offer())
    life.happen(worked("2025-12-10 09:00", "edu", 1), worked("2025-12-10 10:00", "education", 3))
    life.advance("2026-07-01 00:00")
    shown = clients(life)
    assert (shown["months"], shown["window"], shown["base"]) == (7, "2025-12/2026-06", None)
    assert [(one["units"], one["share"], one["class"]) for one in shown["clients"]] == [("3", "1.0000", None)]
    assert shown["unattributed"] == "1"  # the map does not have that text, and nobody guesses


def test_a_month_is_open_until_late_data_has_passed_and_counts_only_what_time_has_come_to(life: Life) -> None:
    publish(life, offer())
    life.happen(worked("2026-06-10 09:00", "legal", 2), worked("2026-06-20 09:00", "legal", "many"))
    life.advance("2026-06-15 00:00")
    [june] = consumption(life, period="2026-06")
    assert (june["state"], june["units"], june["final"], june["unusable"]) == ("open", "2", None, 0)
    life.advance("2026-07-05 23:59")
    [june] = consumption(life, period="2026-06")
    assert (june["state"], june["units"], june["unusable"]) == ("open", "2", 1)
    life.advance("2026-07-06 00:00")
    [june] = consumption(life, period="2026-06")
    assert (june["state"], june["final"]) == ("final", "2")
    [coming] = consumption(life, period="2026-09")
    assert (coming["state"], coming["units"], coming["total"]) == ("open", None, None)


def test_what_comes_after_final_restates_with_its_causes(life: Life) -> None:
    b_1(life)
    life.happen(worked("2026-04-02 09:00", "legal", "1"), worked("2026-04-03 09:00", "legal", 7))
    at = life.position()
    [april] = consumption(life, client="legal", period="2026-04")
    assert (april["state"], april["units"], april["final"]) == ("restated", "57", "50")
    assert april["causes"] == [at - 1, at]
    assert april["unusable"] == 1


def test_an_event_moved_to_another_client_restates_both(life: Life) -> None:
    b_1(life)
    life.happen(worked("2026-06-29 09:00", "legal", 10, id="wrong"))
    late = life.position()
    moved = worked("2026-06-29 09:00", "social", 10, id="right")
    life.receive([structured(_replacing(moved, "wrong"))])
    by_client = {row["client"]: row for row in consumption(life, period="2026-06")}
    legal, social = by_client["legal"], by_client["social-care"]
    assert (legal["units"], legal["final"], legal["causes"]) == ("50", "50", [late, late + 1])
    assert (social["units"], social["final"], social["state"], social["causes"]) == ("35", "25", "restated", [late + 1])
    assert {row["total"] for row in by_client.values()} == {"760"}


def test_cuts_sum_to_the_whole(life: Life) -> None:
    b_1(life)
    life.happen(worked("2026-06-28 23:30", "legal", 2, feature="weekend"))
    [whole] = consumption(life, client="legal", period="2026-06")
    for by, groups in (("weekday", 2), ("hour", 2), ("data.feature", 2)):
        rows = consumption(life, client="legal", period="2026-06", by=by)
        assert len(rows) == groups
        assert sum(int(row["units"] or 0) for row in rows) == int(whole["units"] or 0)
    [sunday] = [row for row in consumption(life, period="2026-06", by="weekday") if row["slice"]["value"] == "sunday"]
    assert (sunday["client"], sunday["units"], sunday["share"], sunday["total"]) == ("legal", "2", "1.0000", "2")


def test_what_others_are_is_not_there_for_a_client(life: Life) -> None:
    b_1(life)
    with pytest.raises(NotFound):
        consumption(life, of("legal"), client="education")
    with pytest.raises(NotFound):
        consumption(life, of("stranger"))
    with pytest.raises(NotFound):
        consumption(life, meter="calls")
    with pytest.raises(NotFound):
        consumption(life, client="nobody")
    with pytest.raises(Invalid):
        consumption(life, by="data.unknown")
    for period in ("2026-W10", "2026-03-04", "soon", "2026-01/2026-03", "2026-01-01/2026-12-31/", "1/2", "/"):
        with pytest.raises(Invalid):
            consumption(life, period=period)


def _replacing(event: OperationalEvent, id: str) -> OperationalEvent:
    return replace(event, replaces=id)
