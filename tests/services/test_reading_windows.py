"""Reads that pages make at once: rolling windows week by week, and what falls due around a moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR, principal
from services.errors import NotFound
from tests.given import at, contract, criterion, event, measure, punctuality
from tests.services.judged import Life, living


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as alive:
        yield alive


def test_a_rolling_window_is_read_week_by_week_up_to_the_watermark(life: Life) -> None:
    life.sign(contract(criterion(measure(), targets=[{"at_most": 10, "per": "28 days"}]), valid={"from": "2026-03-02"}))
    life.happen(event("call", "03-03 10:00", minutes=40), event("call", "03-20 10:00", minutes=4))
    life.advance("04-06 00:00")
    rows = life.store.reading.rolling_trend(ADMINISTRATOR, "c/d/on-time")
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
    found = life.store.reading.occurrences_between(ADMINISTRATOR, ids, since, until)
    assert {id: [row.key for row in rows] for id, rows in found.items()} == {
        id: ["2026-03-02", "2026-03-09"] for id in ids
    }
    with pytest.raises(NotFound):
        life.store.reading.occurrences_between(principal("stranger"), ids, since, until)
