"""The tools that send, and the calendars that working time is counted by, as they are shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR, Principal
from services.contracts.contracting import Contracting
from services.contracts.reading import read_calendars
from services.directory.reading import read_sources
from tests.given import OFFICE, at, contract, criterion, document, event, punctuality, turnaround
from tests.services.judged import Life, living

LAB = Principal("member", frozenset({"lab"}))
HOUR = 3_600_000_000


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as found:
        found.store.use(Contracting).apply(
            ADMINISTRATOR,
            document({"entente": 1, "service": "lab", "title": "Lab", "sources": [
                {"source": "tool", "expected_every": "1 day"}, {"source": "other", "expected_every": "1 week"}]}),
        )  # fmt: skip
        found.sign(
            contract(criterion(turnaround()), calendar={**OFFICE, "holidays": {"country": "FR", "years": "2026-2026"}})
        )
        yield found


def test_a_tool_is_silent_once_more_time_has_passed_than_it_is_expected_in(life: Life) -> None:
    life.happen(
        event("opened", "01-10 10:00"), event("noise", "01-10 09:00"), event("x", "01-10 09:00", source="stranger")
    )
    life.advance("01-11 10:00")
    tool = {one.source: one for one in life.store.read(LAB, read_sources)}["tool"]
    assert (tool.service, tool.expected_every, tool.types) == ("lab", 24 * HOUR, ("opened",))
    assert (tool.events, tool.unclaimed, tool.last, tool.is_silent) == (1, 0, at("01-10 10:00"), False)
    life.advance("2026-01-11T09:00:00.000001Z")
    shown = {one.source: one for one in life.store.read(LAB, read_sources)}
    assert shown["tool"].is_silent
    assert (shown["other"].last, shown["other"].is_silent) == (None, True)


def test_what_nobody_declares_is_seen_by_who_sees_everything(life: Life) -> None:
    life.happen(event("x", "01-10 09:00", source="stranger"))
    assert [one.source for one in life.store.read(LAB, read_sources)] == ["other", "tool"]
    [tool] = [one for one in life.store.read(ADMINISTRATOR, read_sources) if one.source == "tool"]
    assert (tool.types, tool.events) == ((), 0)
    [found] = [one for one in life.store.read(ADMINISTRATOR, read_sources) if one.source == "stranger"]
    assert (found.service, found.events, found.unclaimed, found.is_silent) == (None, 1, 1, False)


def test_a_calendar_shows_the_days_ahead_that_differ_and_its_end(life: Life) -> None:
    [row] = life.store.read(LAB, read_calendars, at("2026-10-03 00:00"))
    assert row.weekly[0] == ((540, 720), (780, 1020))
    assert row.weekly[6] == ()
    assert [(str(day), why, hours) for day, why, hours in row.special] == [
        ("2026-11-11", "holiday", ()),
        ("2026-12-25", "holiday", ()),
    ]  # not the first of November: a Sunday is closed anyway
    assert (str(row.last_day), row.ends_soon, row.contracts) == ("2026-12-31", True, ("c",))
    assert not life.store.read(LAB, read_calendars, at("2026-10-01 12:00"))[0].ends_soon
    assert str(life.store.read(LAB, read_calendars, None)[0].today) == "2026-01-01"  # before any time was declared
    assert life.store.read(Principal("member", frozenset({"stranger"})), read_calendars, at("2026-10-03")) == []


def test_a_calendar_that_is_written_into_its_contract_has_no_name() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality()), calendar=OFFICE))
        [row] = life.store.read(ADMINISTRATOR, read_calendars, at("2026-02-01"))
        assert (row.id, row.contracts, row.last_day) == ("", ("c",), None)
