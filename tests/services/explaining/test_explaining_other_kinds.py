"""Why, of what is no case and no date: outages, stale data, items with values, volumes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.events import OperationalEvent
from services.access import ADMINISTRATOR
from services.explaining import evidence_rows
from services.explaining.occurrences import explain_occurrence
from services.explaining.shown import explanation_json
from services.seeing.past import seeing_at
from tests.given import (
    at,
    availability,
    contract,
    criterion,
    deadline,
    event,
    freshness,
    measure,
    pausable,
    punctuality,
    structured,
    turnaround,
    volume,
)
from tests.services.explaining import test_explaining
from tests.services.explaining.test_explaining import ON_TIME, figure, occurrence
from tests.services.judged import Life, living

OFFICE = {"open": {"mon-fri": ["09:00-17:00"]}}
WEEKLY = volume(expected=5, band="20 %", per="week")


def said(life: Life, key: str | None, code: str = "en") -> str:
    """With plain spaces."""
    return test_explaining.said(life, key, code).replace("\u00a0", " ")


def meals(*days: str) -> list[OperationalEvent]:
    return [event("meal", f"{day} 11:00", None, id=day) for day in days]


def test_an_outage_says_from_when_to_when_and_how_much_service_it_took() -> None:
    with living() as life:
        life.sign(contract(criterion(availability()), calendar=OFFICE))
        life.happen(event("up", "01-01 00:00", "web"))
        life.happen(event("down", "01-12 08:30", "web"), event("up", "01-12 10:30", "web"))
        life.advance("01-20 00:00")
        [key] = [key for key, one in life.occurrences().items() if one.verdict == "failed"]
        words = said(life, key)
        assert "web from Mon 12 Jan, 08:30 is failed." in words
        assert "Down from Mon 12 Jan, 08:30 = 2026-01-12T07:30:00Z until Mon 12 Jan, 10:30." in words
        assert "That is 1 h 30 min of service time." in words
        assert "Due" not in words
        assert "What would have changed it" not in words  # nothing is too short to count
        assert occurrence(life, key)["bad_seconds"] == 5_400
        assert [one["role"] for one in occurrence(life, key)["events"]] == ["down", "up"]
        assert "Contre : web depuis lun. 12 janv., 8 h 30 (non conforme)." in said(life, None, "fr")


def test_what_is_stale_still_says_since_when() -> None:
    with living() as life:
        life.sign(contract(criterion(freshness(max_age="4 h"))))
        life.happen(event("updated", "01-12 06:00", None))
        life.advance("01-12 12:00")
        stale = [key for key, one in life.occurrences().items() if one.verdict == "failed" and one.closed is None]
        words = said(life, stale[-1])
        assert "Out of date since Mon 12 Jan, 10:00 = 2026-01-12T09:00:00Z." in words
        assert "That is 2 h of service time." in words
        assert "an update before Mon 12 Jan, 10:00" in words


def test_an_item_says_when_it_happened_and_what_it_is_worth_and_a_percentile_which_of_them_it_is() -> None:
    with living() as life:
        target = {"at_most": "20 min", "per": "month"}
        life.sign(contract(criterion(measure(aggregate="p95", unit="min"), target=target)))
        life.happen(*[event("call", f"01-{day:02d} 10:00", None, id=f"c{day}", minutes=day) for day in range(5, 25)])
        life.advance("01-29 00:00")
        words = said(life, "tool#c7")
        assert "Happened Wed 7 Jan, 10:00 = 2026-01-07T09:00:00Z." in words
        assert "Its value is 7 min." in words
        assert "20 values; it is number 19 of them, smallest first." in said(life, None)
        assert figure(life)["segments"][0]["values"] == {"aggregate": "p95", "count": 20, "total": "290", "rank": 19}


def test_a_volume_names_the_events_that_it_counts_and_none_that_was_taken_out() -> None:
    with living() as life:
        life.sign(contract(criterion(WEEKLY)))
        life.happen(*meals("01-05", "01-06", "01-07", "01-12"))
        life.receive([structured(replace(event("note", "01-07 12:00", None), voids="01-06"))])
        life.advance("01-20 00:00")
        shown = occurrence(life, "2026-W02")
        assert (shown["summed"], [one["id"] for one in shown["events"]]) == (2, ["01-05", "01-07"])
        assert [(one["value"], one["decided"]) for one in shown["events"]] == [("1", True)] * 2
        words = said(life, "2026-W02")
        assert "2 events came in it." in words
        assert "No event came." not in words
        assert "Judged from Mon 12 Jan, 00:00 = 2026-01-11T23:00:00Z on" in words
        assert "No event came." in said(life, "2026-W01")


def test_of_a_volume_to_come_it_says_what_will_be_in_the_band_and_of_no_closing() -> None:
    with living() as life:
        life.sign(contract(criterion(WEEKLY)))
        life.happen(*meals("01-19", "01-20"))
        life.advance("01-21 00:00")
        assert occurrence(life, "2026-W04")["changed_by"] == [
            {"code": "volume_so_far", "low": "4", "high": "6", "found": "2"}
        ]
        assert "between 4 and 6 will be in the band; it is 2 so far" in said(life, "2026-W04")
        assert "clôture" not in said(life, "2026-W04", "fr")


def test_a_case_without_a_due_that_is_kept_says_so() -> None:
    with living() as life:
        life.sign(contract(criterion(deadline(without_due="met"))))
        life.happen(event("opened", "03-02 09:00", "case"))
        assert "Nobody said by when: kept from its opening on, as agreed." in said(life, "case")


def test_while_a_pause_runs_nothing_is_said_to_become_missing() -> None:
    with living() as life:
        life.sign(contract(criterion(pausable())))
        life.happen(event("opened", "03-02 09:00", "case"), event("paused", "03-02 10:00", "case"))
        life.advance("03-03 00:00")
        assert [one["code"] for one in occurrence(life, "case")["changed_by"]] == ["closed_by"]


def test_a_volume_as_of_a_moment_names_only_what_had_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    with living() as life:
        life.sign(contract(criterion(WEEKLY)))
        life.happen(*meals("01-07", "01-05", "01-06"))
        life.advance("01-20 00:00")
        with seeing_at(life.store.history, as_of=at("01-06 12:00")) as then:
            row = then.read(ADMINISTRATOR, explain_occurrence, ON_TIME, "2026-W02")
            assert [one["id"] for one in explanation_json(row, "Europe/Paris")["events"]] == ["01-05", "01-06"]
        monkeypatch.setattr(evidence_rows, "LISTED", 1)
        assert "2 of them are not named here." in said(life, "2026-W02")


def test_what_pends_says_what_is_awaited() -> None:
    with living() as life:
        life.sign(contract(criterion(turnaround(within="4 h"))))
        life.happen(event("opened", "01-12 09:00", "1"))
        assert "no closing by Mon 12 Jan 2026, 13:00 makes it missing" in said(life, "1")
    with living() as life:
        life.sign(contract(criterion(punctuality())))
        assert "no delivery by Mon 5 Jan 2026, 10:00 makes it missing" in said(life, "2026-01-05")
