"""Whose the store's time is, and how far it may be declared (MEANING §2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from domain.contract import Contract
from domain.decisions import stream_of
from domain.times import Instant
from services.access import ADMINISTRATOR, AUDITOR, PLATFORM, Principal
from services.auditing.history_rows import HistoryReader
from services.breaches.following_up import FollowingUp
from services.contracts.contracting import Contracting
from services.errors import Invalid, NotAllowed, NotFound, Refused, TimeInFuture
from services.history.entries import FURTHEST, TIME, pack, time_stream, unpack
from services.history.history import Fact
from services.seeing.past import replay
from services.timekeeping import SETTLE
from tests.given import Tree, at, contract, criterion, document, punctuality
from tests.services.judged import NOW, Life, living

END_OF_TIME = at("9999-12-31")
SUPPLIER, CLIENT, STRANGER = (Principal("member", frozenset({name})) for name in ("lab", "ward", "nobody"))


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as alive:
        alive.sign(contract(criterion(punctuality())))
        yield alive


def held(life: Life) -> None:
    """Another contract, whose time is held at its start."""
    tree: Tree = contract(criterion(punctuality()), id="past", valid={"from": "2026-03-02"})
    life.store.use(Contracting).apply(ADMINISTRATOR, document(tree), sign=("supplier", "client"), backfill=True)
    life.judge()


def say(life: Life, time: Instant, received: Instant, contract: str | None = None) -> None:
    """An entry of time as no door lets in now, but stores may have."""
    header = {"time": time, "received": received, "by": "somebody"} | ({"contract": contract} if contract else {})
    life.store.history.append_facts([Fact(time_stream(time, contract or ""), TIME, pack(header, b""))])


@pytest.mark.parametrize("who", [SUPPLIER, CLIENT, STRANGER, AUDITOR])
def test_the_time_of_the_store_is_moved_by_its_administrator_and_the_platform_alone(life: Life, who: Principal) -> None:
    before = life.position()
    for of in (None, "c"):
        with pytest.raises(NotFound if who is STRANGER and of else NotAllowed):
            life.store.timekeeping.advance(who, at("03-01"), of)
    assert life.position() == before
    assert life.store.timekeeping.advance(ADMINISTRATOR, at("03-01")).has_moved
    assert life.store.timekeeping.advance(PLATFORM, at("03-02")).has_moved


def test_a_party_moves_the_time_of_a_contract_of_its_own_that_is_held_for_its_past(life: Life) -> None:
    life.advance("04-01")
    held(life)
    for who in (STRANGER, AUDITOR):
        with pytest.raises((NotFound, NotAllowed)):
            life.store.timekeeping.advance(who, at("03-20"), "past")
    assert life.store.timekeeping.advance(SUPPLIER, at("03-20"), "past").has_moved
    assert life.store.timekeeping.advance(CLIENT, at("04-01"), "past").has_moved  # it joins: now it is the store's
    with pytest.raises(NotAllowed, match="the time of past is the store's"):
        life.store.timekeeping.advance(SUPPLIER, at("04-02"), "past")


@pytest.mark.parametrize("contract", [None, "past"])
def test_a_moment_that_the_clock_has_not_reached_is_refused_unless_it_is_wanted(
    life: Life, contract: str | None
) -> None:
    life.advance("04-01")
    held(life)
    time = life.store.timekeeping
    for beyond in (NOW + SETTLE + 1, END_OF_TIME):
        with pytest.raises(TimeInFuture) as refused:
            time.advance(ADMINISTRATOR, beyond, contract)
        assert (refused.value.slug, refused.value.status, refused.value.exit_code) == ("time-in-future", 422, 2)
    assert not time.advance(ADMINISTRATOR, NOW + SETTLE, contract).is_ahead
    done = time.advance(ADMINISTRATOR, NOW + FURTHEST, contract, ahead=True)
    assert done.is_ahead
    entry = life.store.history.at(done.position)
    assert entry is not None
    assert unpack(entry.state)[0]["ahead"] is True
    with pytest.raises(TimeInFuture, match="more than ten years"):
        time.advance(ADMINISTRATOR, NOW + FURTHEST + 1, contract, ahead=True)


def test_a_smaller_time_is_still_answered_with_what_is_reached(life: Life) -> None:
    life.advance("2027-01-01")  # beyond the clock, and wanted
    assert str(life.store.timekeeping.advance(ADMINISTRATOR, at("2026-12-01"))) == "already at 2026-12-31T23:00:00Z"


def test_what_is_stored_of_a_time_that_nobody_can_know_is_passed_over(life: Life) -> None:
    life.advance("03-01")
    before = life.dump()
    say(life, END_OF_TIME, NOW)
    say(life, END_OF_TIME, NOW, "c")
    say(life, NOW + FURTHEST + 1, NOW)
    life.judge()
    assert [one for one in life.dump() if "view_position" not in one] == [
        one for one in before if "view_position" not in one
    ]
    assert life.store.timekeeping.watermark() == at("03-01") == life.store.seeing.known().watermark
    assert replay(life.store.history, life.store.history.database).is_same
    with life.store.seen(ADMINISTRATOR) as seen:
        rows = HistoryReader(seen)
        assert [one.happened for one in rows.before(life.position(), 3, "time")[0]] == [None] * 3
    assert life.store.timekeeping.advance(ADMINISTRATOR, at("03-02")).has_moved
    say(life, NOW + FURTHEST, NOW)
    assert life.store.timekeeping.watermark() == NOW + FURTHEST


def test_a_time_that_was_passed_over_is_not_said_to_be_reached(life: Life) -> None:
    time = NOW + FURTHEST
    say(life, time, NOW - 1)
    with pytest.raises(Refused, match="is passed over"):
        life.store.timekeeping.advance(ADMINISTRATOR, time, ahead=True)


@pytest.mark.parametrize("day", ["1989-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_that_nobody_can_unroll_dates_to_is_refused(life: Life, day: str) -> None:
    before, said = life.position(), date.fromisoformat(day)
    with pytest.raises(Invalid, match="lies outside 1990 to 2199"):
        life.store.use(Contracting).terminate(ADMINISTRATOR, "c", said)
    with pytest.raises(Invalid, match="lies outside 1990 to 2199"):
        life.store.use(FollowingUp).open_action(ADMINISTRATOR, "c/d/on-time", "x", due=said)
    assert life.position() == before


def test_a_contract_that_was_ended_on_the_last_of_all_days_is_still_judged(life: Life) -> None:
    found = life.store.history.get(stream_of("contract", "c"), Contract)
    found.terminate("9999-12-31", party="supplier", by="lab", at=NOW)  # as no door lets in now, but stores may have
    life.store.history.save(found)
    life.advance("03-03")
    assert life.verdicts()["2026-03-02"] == "missing"
    assert life.figure("2026-02").state == "final"
