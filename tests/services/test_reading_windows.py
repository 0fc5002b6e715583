"""Reads that pages make at once: rolling windows week by week, and what falls due around a moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR, principal
from services.errors import NotFound
from services.figures.reading import (
    count_occurrences,
    occurrences_between,
    read_commitments,
    read_pressing,
    read_rolling_trend,
)
from services.history.sqlite_database import SQLiteTransaction
from tests.given import at, availability, contract, criterion, deadline, due, event, measure, punctuality, turnaround
from tests.services.judged import Life, living


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as alive:
        yield alive


def test_a_rolling_window_is_read_week_by_week_up_to_the_watermark(life: Life) -> None:
    life.sign(contract(criterion(measure(), targets=[{"at_most": 10, "per": "28 days"}]), valid={"from": "2026-03-02"}))
    life.happen(event("call", "03-03 10:00", minutes=40), event("call", "03-20 10:00", minutes=4))
    life.advance("04-06 00:00")
    rows = life.store.read(ADMINISTRATOR, read_rolling_trend, "c/d/on-time")
    assert [(row.until, row.value, row.status) for row in rows] == [
        (at("2026-04-06") - weeks * 7 * 24 * 3_600_000_000, value, status)
        for weeks, value, status in (
            (4, "40.0000", "breached"),
            (3, "40.0000", "breached"),
            (2, "22.0000", "breached"),
            (1, "22.0000", "breached"),
            (0, "4.0000", "met"),
        )
    ]
    assert rows[-1] == life.figures()[0]


def test_what_falls_due_in_a_span_is_read_of_several_commitments_at_once(life: Life) -> None:
    life.sign(contract(criterion(punctuality(), id="on-time"), criterion(punctuality(), id="again")))
    life.advance("03-11 00:00")
    since, until = at("03-02 10:00"), at("03-16 10:00")
    ids = ["c/d/on-time", "c/d/again"]
    found = life.store.read(ADMINISTRATOR, occurrences_between, ids, since, until)
    assert {id: [row.key for row in rows] for id, rows in found.items()} == {
        id: ["2026-03-02", "2026-03-09"] for id in ids
    }
    with pytest.raises(NotFound):
        life.store.read(principal("stranger"), occurrences_between, ids, since, until)


@pytest.fixture
def on_either(store_url: str) -> Iterator[Life]:
    with living(store_url) as alive:
        yield alive


def test_what_presses_is_what_is_missing_down_or_at_risk_of_every_commitment(on_either: Life) -> None:
    """What is down is so however long it has been; a date is missing for two weeks, a case is at risk as its contract says."""
    life = on_either
    warned = deadline(warn="5 days")
    life.sign(contract(criterion(punctuality()), criterion(availability(), id="up"), criterion(warned, id="case")))
    life.happen(
        event("down", "03-03 10:00"), event("opened", "03-20 10:00", subject="7", **due("2026-04-10T10:00:00+02:00"))
    )
    life.advance("04-06 12:00")
    ids = ["c/d/on-time", "c/d/up", "c/d/case"]

    def pressing() -> dict[str, list[tuple[str, str]]]:
        found = life.store.read(ADMINISTRATOR, read_pressing, ids)
        return {id: [(one.key, one.verdict) for one in (*it.late, *it.risk)] for id, it in found.items()}

    found = pressing()
    assert found["c/d/on-time"] == [("2026-04-06", "missing"), ("2026-03-30", "missing")]
    assert [verdict for _, verdict in found["c/d/up"]] == ["failed"]
    assert found["c/d/case"] == [("7", "pending")]
    life.happen(event("up", "04-06 11:00"), event("report", "04-06 09:00", date="2026-04-06"))
    assert pressing() == {"c/d/on-time": [("2026-03-30", "missing")], "c/d/up": [], "c/d/case": [("7", "pending")]}
    with pytest.raises(NotFound):
        life.store.read(principal("stranger"), read_pressing, ids)


def test_how_many_stand_up_to_one_of_them(on_either: Life) -> None:
    on_either.sign(contract(criterion(punctuality())))
    on_either.advance("03-31 00:00")
    keys = list(on_either.occurrences())

    def count(**chosen: str) -> int:
        return on_either.store.read(ADMINISTRATOR, count_occurrences, "c/d/on-time", **chosen)

    assert [count(through=key) for key in keys[:3]] == [1, 2, 3]
    assert count(verdict="missing", through=keys[-1]) == len(
        [one for one in on_either.verdicts().values() if one == "missing"]
    )
    assert count(through="absent") == 0


def test_what_pends_is_looked_up_by_its_own_index_and_not_among_all_that_there_ever_was() -> None:
    """SQLite is not told how much there is of what, and takes the index of a commitment's whole life where it may."""
    asked: list[str] = []
    with living() as life:
        life.sign(contract(criterion(punctuality()), criterion(turnaround(), "answered")))
        for day in range(5, 28):
            life.happen(event("opened", f"01-{day:02} 09:00", f"case {day}"))
            life.happen(event("closed", f"01-{day:02} 14:00", f"case {day}"))
        life.happen(event("opened", "01-29 09:00", "now"))
        life.advance("01-29 10:00")
        with life.store.history.database.connect() as reads:
            assert isinstance(reads, SQLiteTransaction)
            connection = reads.connection
        connection.set_trace_callback(asked.append)
        row = next(one for one in life.store.read(ADMINISTRATOR, read_commitments) if one.id == "c/d/answered")
        life.store.read(ADMINISTRATOR, read_pressing, [row.id])
        connection.set_trace_callback(None)
        pending = [sql for sql in asked if "verdict = 'pending'" in sql]
        plans = [" ".join(step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")) for sql in pending]
    assert row.is_usually_late
    assert len(pending) >= 4
    assert all("view_occurrence_pending" in plan for plan in plans), plans
