"""What is at risk, as it is shown: it follows the watermark, and nothing is stored of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.access import ADMINISTRATOR
from services.figures.reading import read_commitment
from services.figures.shown import occurrence_json
from tests.given import Tree, contract, criterion, event, pausable, punctuality, turnaround
from tests.services.judged import Life, living

DAILY = {"every": "day", "at": "10:00"}


def delivered(life: Life, days: int, time: str, first: date = date(2026, 1, 1)) -> None:
    for step in range(days):
        day = first + timedelta(days=step)
        life.happen(event("report", f"{day} {time}", date=str(day)))


def risk(life: Life, key: str) -> dict[str, object]:
    shown = occurrence_json(life.occurrences()[key], "Europe/Paris")
    assert shown["at_risk"] == ("at-risk" in shown["flags"])
    found = shown["risk"]
    assert isinstance(found, dict)
    return found | {"at_risk": shown["at_risk"]}


def commitment_at_risk(life: Life) -> int:
    return life.store.read(ADMINISTRATOR, read_commitment, "c/d/on-time").at_risk


def signed(life: Life, indicator: Tree) -> None:
    life.sign(contract(criterion(indicator)))


def test_the_share_of_time_used_runs_from_the_previous_due(store_url: str) -> None:
    with living(store_url) as life:
        signed(life, punctuality(due=DAILY, tolerance="1 h"))
        life.advance("2026-01-03 16:00")  # 6 of 25 hours
        assert risk(life, "2026-01-04") == {
            "time_used": "0.2400",
            "because": None,
            "lateness": "not enough history",
            "at_risk": False,
        }
        assert risk(life, "2026-01-05")["time_used"] == "0.0000"


def test_less_than_a_quarter_left_is_at_risk(store_url: str) -> None:
    with living(store_url) as life:
        signed(life, turnaround())
        life.happen(event("opened", "03-02 10:00", "1"))
        life.advance("2026-03-02 13:00")
        assert risk(life, "1")["at_risk"] is False  # exactly a quarter
        life.advance("2026-03-02 13:00:00.000001")
        assert (risk(life, "1")["because"], risk(life, "1")["time_used"]) == ("time", "0.7500")
        assert commitment_at_risk(life) == 1


def test_twenty_late_ones_put_every_pending_one_at_risk(store_url: str) -> None:
    with living(store_url) as life:
        signed(life, punctuality(due=DAILY, tolerance="5 min"))
        delivered(life, 19, "10:05:01")
        life.advance("2026-01-19 12:00")
        assert risk(life, "2026-01-21")["lateness"] == "not enough history"
        delivered(life, 1, "10:05:01", date(2026, 1, 20))
        life.advance("2026-01-20 12:00")
        found = risk(life, "2026-01-22")
        assert (found["because"], found["at_risk"]) == ("lateness", True)
        assert found["lateness"] == {"over": 20, "quantile": "0.8", "seconds": "301"}
        assert commitment_at_risk(life) == 11 + 28  # all that is left of January, and February


def test_in_time_to_the_second_is_no_risk() -> None:
    with living() as life:
        signed(life, punctuality(due=DAILY, tolerance="5 min"))
        delivered(life, 20, "10:05:00")
        life.advance("2026-01-20 12:00")
        assert risk(life, "2026-01-22")["because"] is None
        assert commitment_at_risk(life) == 0


def test_what_fell_due_later_than_the_watermark_is_not_past() -> None:
    with living() as life:
        signed(life, punctuality(due=DAILY))
        delivered(life, 20, "10:30")
        life.advance("2026-01-20 09:59:59")
        assert risk(life, "2026-01-22")["lateness"] == "not enough history"
        life.advance("2026-01-20 10:00")
        assert risk(life, "2026-01-22")["because"] == "lateness"


def test_five_of_twenty_that_never_came_are_beyond_everything() -> None:
    with living() as life:
        signed(life, punctuality(due=DAILY, tolerance="2 days"))
        delivered(life, 16, "09:00")
        life.advance("2026-01-22 12:00")  # 17 to 20 are missing: four of twenty
        assert risk(life, "2026-01-26")["lateness"] == {"over": 20, "quantile": "0.8", "seconds": "-3600"}
        life.advance("2026-01-23 12:00")
        found = risk(life, "2026-01-26")
        assert (found["lateness"], found["because"]) == (
            {"over": 20, "quantile": "0.8", "seconds": None},
            "lateness",
        )


def test_where_the_contract_says_when_to_warn_nothing_else_counts() -> None:
    with living() as life:
        signed(life, punctuality(due=DAILY, warn="2 h"))
        delivered(life, 20, "11:00")
        life.advance("2026-01-20 12:00")
        found = risk(life, "2026-01-21")
        assert (found["because"], found["lateness"]) == (None, None)
        life.advance("2026-01-21 07:59:59")
        assert risk(life, "2026-01-21")["at_risk"] is False
        life.advance("2026-01-21 08:00")
        assert risk(life, "2026-01-21")["because"] == "warn"


def test_a_clock_that_stands_still_runs_towards_nothing() -> None:
    with living() as life:
        signed(life, pausable())
        life.happen(event("opened", "03-02 10:00", "1"), event("paused", "03-02 11:00", "1"))
        life.advance("2026-03-02 18:00")
        row = life.occurrences()["1"]
        assert (row.risk, row.at_risk, row.flags) == (None, False, ("paused",))


@pytest.mark.parametrize("per", ["month", "28 days"])
def test_what_falls_due_first_in_a_period_is_at_risk_before_it_begins(per: str) -> None:
    early = punctuality(due={"every": "day", "at": "10:00"}, warn="2 days")
    with living() as life:
        life.sign(contract(criterion(early, target={"max_misses": 1, "per": per})))
        life.advance("2026-12-31 12:00")
        rows = {one.key: one.at_risk for one in life.occurrences().values() if one.key >= "2027"}
        assert [key for key, at_risk in rows.items() if at_risk] == ["2027-01-01", "2027-01-02"]
        assert "2027-01" not in [one.period for one in life.figures()]
