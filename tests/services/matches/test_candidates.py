"""What an unmatched event may belong to: what was open when it happened, the nearest first (MEANING §3 "Matches by hand")."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.access import ADMINISTRATOR
from services.history.entries import event_stream
from services.matches.reading import candidates_of
from tests.given import at, conformity, contract, criterion, deadline, due, event, evidence, owing, punctuality
from tests.services.judged import Life, living


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as opened:
        yield opened


def offered(life: Life, id: str) -> list[str]:
    entry = life.store.history.find(event_stream("tool", id))
    assert entry is not None
    return [one.key for one in life.store.read(ADMINISTRATOR, candidates_of, entry.position)]


def test_an_event_is_offered_the_cases_that_were_open_then_and_none_that_was_opened_later(life: Life) -> None:
    life.sign(contract(criterion(deadline(reopened={"type": "reopened"}))))
    life.happen(
        event("opened", "02-01", "long", **due("06-01")),
        event("opened", "02-20", "over", **due("03-08")),
        event("opened", "03-01", "near", **due("03-20")),
        event("opened", "03-02", "done", **due("03-12")),
        event("closed", "03-09 23:59", "done"),
        event("opened", "03-03", "then", **due("03-11")),
        event("closed", "03-10 09:00:00.000001", "then"),
        event("opened", "03-10 09:00:00.000001", "later", **due("03-11")),
        event("opened", "03-10 09:00", "just", **due("03-30")),
        event("closed", "03-10 09:00", "near-1", id="stray"),
    )
    assert offered(life, "stray") == ["then", "over", "near", "just", "long"]
    life.happen(event("reopened", "03-09 23:59:30", "done"))
    assert offered(life, "stray")[:2] == ["then", "done"]


def test_a_year_later_an_event_is_offered_what_it_was_offered_on_its_day(life: Life) -> None:
    life.sign(contract(criterion(deadline())))
    life.happen(event("opened", "01-10", "winter", **due("01-20")), event("closed", "01-12", "?", id="stray"))
    before = offered(life, "stray")
    life.happen(*[event("opened", f"{month:02}-01", f"case-{month}", **due(f"{month:02}-10")) for month in range(2, 7)])
    assert (before, offered(life, "stray")) == (["winter"], ["winter"])


def test_a_case_cancelled_by_then_is_not_offered(life: Life) -> None:
    life.sign(contract(criterion(deadline(cancelled={"type": "cancelled"}, on_cancel="failed"))))
    life.happen(
        event("opened", "03-01", "gone", **due("03-20")),
        event("cancelled", "03-02", "gone"),
        event("closed", "03-03", "?", id="stray"),
        event("closed", "03-01 12:00", "?", id="before"),
    )
    assert (offered(life, "stray"), offered(life, "before")) == ([], ["gone"])


def test_dates_are_offered_from_the_due_before_them_until_something_came(life: Life) -> None:
    life.sign(contract(criterion(punctuality())))
    life.happen(
        event("report", "03-02 09:00", date="2026-03-02"),
        event("report", "03-16 11:00", date="2026-03-16"),
        event("report", "03-16 09:00", id="stray", date="?"),
        event("report", "03-16 11:00:00.000001", id="after", date="?"),
    )
    life.advance("04-10")
    assert offered(life, "stray")[:3] == ["2026-03-16", "2026-03-09", "2026-02-23"]
    assert offered(life, "after")[:2] == ["2026-03-23", "2026-03-09"]
    assert "2026-03-23" not in offered(life, "stray")


def test_dates_that_are_matched_by_time_are_offered_from_when_they_may_be_delivered(life: Life) -> None:
    found = owing(punctuality(early="2 days"))
    assert not found.was_open("2026-03-09", [], at("03-07 10:00") - 1)
    assert found.was_open("2026-03-09", [], at("03-07 10:00"))


def test_of_items_with_a_key_those_are_offered_that_were_there(life: Life) -> None:
    life.sign(contract(criterion(conformity(key="data.batch"))))
    life.happen(
        event("item", "03-01", batch="x", errors=0),
        event("item", "03-03", batch="y", errors=0),
        event("item", "03-02", id="loose", errors=2),
    )
    assert offered(life, "loose") == ["x"]


MOMENTS = st.integers(0, 30)


@settings(max_examples=60)
@given(opened=MOMENTS, closed=st.none() | MOMENTS, reopened=st.none() | MOMENTS, then=MOMENTS)
def test_a_case_is_open_from_its_opening_until_it_is_closed(
    opened: int, closed: int | None, reopened: int | None, then: int
) -> None:
    found = owing(deadline(reopened={"type": "reopened"}))
    hour = at("03-01 01:00") - at("03-01")
    start = at("03-01")
    told = [("opened", opened), ("closed", closed), ("reopened", reopened)]
    events = [
        event(type, start + hour * when, "1", sequence=str(place), **(due("05-01") if type == "opened" else {}))
        for place, (type, when) in enumerate(told)
        if when is not None
    ]
    is_closed = closed is not None and closed <= then and not (reopened is not None and closed <= reopened <= then)
    was_open = found.was_open("1", evidence(found, events)["1"], start + hour * then)
    assert was_open == (opened <= then and not is_closed)
