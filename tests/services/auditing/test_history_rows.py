"""The history as people read it: which position a moment had reached, what a search finds, and who sees what."""

from __future__ import annotations

from domain.action import Action
from domain.breach import BreachFile
from domain.contract import Contract
from domain.excuse import Excuse
from domain.times import Instant
from ingestion.door import Door
from services.access import ADMINISTRATOR, AUDITOR, Principal, principal
from services.auditing.history_rows import TOPICS, HistoryReader, HistoryRow, kind_of, position_at, weeks
from services.contracts.reading import read_contracts
from services.history.entries import EVENT
from services.opening import open_store
from tests.given import at, contract, criterion, event, punctuality
from tests.services.judged import Life

HOUR = 3_600_000_000
NOW = at("2026-02-02 09:00")


class Clock:
    def __init__(self) -> None:
        self.now: Instant = NOW

    def __call__(self) -> Instant:
        return self.now


def rows(life: Life, who: Principal, position: int, limit: int, kind: str = "", text: str = "") -> list[HistoryRow]:
    with life.store.seen(who) as seen:
        return HistoryReader(seen).before(position, limit, kind, text)[0]


def test_a_moment_had_reached_what_was_received_by_then(store_url: str) -> None:
    clock = Clock()
    store = open_store(store_url, clock=clock)
    life = Life(store, Door(store.history, clock))
    try:
        life.sign(contract(criterion(punctuality(early="3 days"), "on-time")))
        agreed = life.position()
        life.happen(event("report", "01-05 09:40", id="a"))
        first = life.position()
        clock.now += HOUR
        life.happen(event("report", "01-12 11:20", id="b"), event("other", "01-12 11:20", id="c"))
        last = life.position()
        assert position_at(store.history, NOW - 1) == 0
        assert position_at(store.history, NOW) == first
        assert position_at(store.history, NOW + HOUR - 1) == first
        assert position_at(store.history, NOW + HOUR) == last
        [week] = weeks(store.history, NOW, "Europe/Paris", {})
        assert (week.start, week.last) == (at("2026-02-02 00:00"), last)
        everything = rows(life, ADMINISTRATOR, last, 50)
        assert [one.position for one in everything] == sorted((one.position for one in everything), reverse=True)
        assert [one.id for one in rows(life, AUDITOR, last, 50, "events")] == ["c", "b", "a"]
        assert [one.position for one in rows(life, AUDITOR, first, 1)] == [first]
        assert [one.id for one in rows(life, AUDITOR, last, 50, "", '"B"')] == ["b"]
        assert {one.kind for one in rows(life, AUDITOR, agreed, 50, "contracts")} == {"contracts"}
        delivered = rows(life, AUDITOR, first, 1)[0]
        assert delivered.about == (("c/d/on-time", "2026-01-05"),)
        assert (delivered.received, delivered.happened) == (NOW, at("2026-01-05 09:40"))
    finally:
        store.close()


def test_a_member_reads_what_concerns_its_contracts(store_url: str) -> None:
    store = open_store(store_url, clock=lambda: NOW)
    life = Life(store, Door(store.history, lambda: NOW))
    try:
        life.sign(contract(criterion(punctuality(early="3 days"), "on-time")))
        life.happen(event("report", "01-05 09:40", id="a"), event("other", "01-12 11:20", id="c"))
        last = life.position()
        party, stranger = principal(store.read(ADMINISTRATOR, read_contracts)[0].client), principal("nobody")
        assert [one.id for one in rows(life, party, last, 50, "events")] == ["a"]
        assert rows(life, party, last, 50, "contracts")
        assert rows(life, stranger, last, 50, "events") == []
        assert rows(life, stranger, last, 50, "contracts") == []
    finally:
        store.close()


def test_every_kind_of_entry_has_its_place() -> None:
    assert kind_of(EVENT) == "events"
    for aggregate, kind in (
        (Contract, "contracts"),
        (Action, "decisions"),
        (BreachFile, "decisions"),
        (Excuse, "decisions"),
    ):
        assert kind_of(aggregate.Created.TOPIC) == kind
    assert len({one for topics in TOPICS.values() for one in topics}) == sum(map(len, TOPICS.values()))
