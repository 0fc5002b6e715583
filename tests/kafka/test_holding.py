"""A topic that only one of two contracts needs, and that is not read: whose time waits, and how that is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from entente.kafka_wiring import Asked, kafka_holds, kafka_of, kafka_waits
from entente.serving import web
from entente.settings import Settings
from entente.timekeeping import LiveTime
from entente.wiring import Program, program
from ingestion.cloudevents import decode_structured
from ingestion.kafka.broker import hush_client
from ingestion.kafka.worker import Worker
from services.access import ADMINISTRATOR, PLATFORM
from services.contracts.contracting import Contracting
from services.figures.reading import read_occurrences
from services.holding import Held
from tests.given import at, contract, criterion, deadline, document, due, event, structured
from tests.given import volume as volumes
from tests.kafka.test_consume import told
from tests.kafka.topics import Topic

BEGIN, DUE, LATER = at("2026-03-10 08:00"), at("2026-03-10 12:00"), at("2026-03-10 13:00")
UNREAD = "entente is not read to its end"


class Living:
    """Two contracts, each with a case that is due at noon: `by-kafka` is fed by the topic, `by-http` another way."""

    def __init__(self, opened: Program, holds: Callable[[], str | None] | None = None):
        self.program = opened
        self.now = BEGIN
        self.why: str | None = None
        for name in ("by-kafka", "by-http", "by-nothing"):
            self.sign(name, criterion(self.cases(name)))
        self.happen("by-kafka", "kafka")
        self.happen("by-http", "http")
        self.time = LiveTime(
            opened,
            lambda: self.now,
            settle=0,
            outage=0,
            holds=holds or (lambda: self.why),
            waits=kafka_waits(opened.store.history),
            accepts_clock=True,
        )
        assert self.time.step()

    @staticmethod
    def cases(name: str) -> Any:
        where = {"where": {"data.of": name}}
        return deadline(opened={"type": "opened", **where}, closed={"type": "closed", **where})

    def sign(self, name: str, *criteria: Any) -> None:
        tree = contract(*criteria, id=name)
        self.program.store.use(Contracting).apply(ADMINISTRATOR, document(tree), sign=("supplier", "client"))
        self.judge()

    def happen(self, name: str, channel: Any, id: str = "opened", kind: str = "opened") -> None:
        said = {"of": name, **due("2026-03-10 12:00")}
        one = event(kind, "2026-03-10 07:00", id=f"{name}/{id}", **said)
        self.program.door.submit([decode_structured(structured(one))], ADMINISTRATOR, channel)
        self.judge()

    def judge(self) -> None:
        self.program.store.judging.catch_up(timeout=60)

    def step(self, now: int) -> None:
        self.now = now
        self.time.step()
        self.judge()

    def verdict(self, name: str) -> str:
        [found] = self.program.store.read(ADMINISTRATOR, read_occurrences, f"{name}/d/on-time")
        return str(found.verdict)

    def held(self) -> Held:
        found = self.time.held()
        assert found is not None
        return found


@contextmanager
def living(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Living]:
    monkeypatch.setattr("entente.timekeeping.PARTLY_EVERY", 0.0)
    with program(Settings(store=url, kafka_topic="")) as opened:
        yield Living(opened)


def test_what_takes_nothing_from_a_topic_does_not_wait_for_it(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with living(store_url, monkeypatch) as life:
        life.why = UNREAD
        life.step(LATER)
        assert (life.verdict("by-http"), life.verdict("by-kafka")) == ("missing", "pending")
        assert life.held().waiting == ("by-kafka", "by-nothing")
        assert str(life.held()) == f"{UNREAD}, for 0 s (only of by-kafka, by-nothing)"
        life.happen("by-kafka", "kafka", "closed", "closed")
        life.why = None
        life.step(LATER + 1)
        assert (life.verdict("by-http"), life.verdict("by-kafka")) == ("missing", "met")
        assert life.time.held() is None
        assert life.program.store.timekeeping.watermark() == LATER + 1


@pytest.mark.real_broker
def test_a_topic_that_only_one_of_two_contracts_needs(
    sqlite_url: str, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entente.timekeeping.PARTLY_EVERY", 0.0)
    settings = Settings(store=sqlite_url, **told(topic.settings()))
    hush_client()
    with program(settings) as opened:
        history = opened.store.history
        holds = kafka_holds(settings, history)
        assert isinstance(holds, Asked)
        life = Living(opened, holds)
        closed = event("closed", "2026-03-10 11:00", id="by-kafka/closed", of="by-kafka")
        topic.send(structured(closed))
        life.step(LATER)
        assert (life.verdict("by-http"), life.verdict("by-kafka")) == ("missing", "pending")
        Worker(kafka_of(settings), history, opened.door, PLATFORM).run(until_drained=True)
        life.judge()
        life.step(LATER + 1)
        assert (life.verdict("by-http"), life.verdict("by-kafka")) == ("missing", "met")
        holds.close()


def test_a_contract_waits_as_soon_as_one_of_its_events_has_come_from_the_topic(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with living(sqlite_url, monkeypatch) as life:
        life.why = UNREAD
        life.happen("by-http", "kafka", "again")
        life.step(LATER)
        assert life.verdict("by-http") == "pending"
        assert life.held().waiting == ()  # all of them


def test_sums_do_not_tell_which_way_they_came_so_their_contract_waits(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with living(sqlite_url, monkeypatch) as life:
        life.sign("sums", criterion(life.cases("sums"), "on-time"), criterion(volumes(), "enough"))
        life.happen("sums", "http")
        life.program.door.submit(
            [decode_structured(structured(event("meal", "2026-03-10 07:00")))], ADMINISTRATOR, "http"
        )
        life.judge()
        life.why = UNREAD
        life.step(LATER)
        assert "sums" in life.held().waiting


def test_a_contract_that_is_held_for_its_past_stays_there(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with living(sqlite_url, monkeypatch) as life:
        tree = contract(criterion(life.cases("past")), id="past", valid={"from": "2026-01-01"})
        life.program.store.use(Contracting).apply(
            ADMINISTRATOR, document(tree), sign=("supplier", "client"), backfill=True
        )
        life.judge()
        life.happen("past", "file")
        life.why = UNREAD
        life.step(LATER)
        assert life.verdict("past") == "pending"


def test_time_that_waits_in_part_is_no_outage(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with living(sqlite_url, monkeypatch) as life:
        life.why = UNREAD
        life.step(LATER)
        begun_again = LiveTime(life.program, lambda: LATER + 60_000_000, settle=0, outage=900, accepts_clock=True)
        assert begun_again.step()


def test_who_waits_is_said_where_people_and_programs_look(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with living(sqlite_url, monkeypatch) as life:
        life.why = UNREAD
        life.step(LATER)
        held = life.held()._replace(seconds=12.0)
        life.program.metrics.held = lambda: held
        client = TestClient(web(life.program, held=lambda: held), base_url="http://127.0.0.1")
        said = client.get("/readyz").json()["time_held"]
        assert (said["by"], said["waiting"]) == ("kafka", ["by-kafka", "by-nothing"])
        shown = client.get("/quarantine", headers={"Accept-Language": "fr"}).text
        assert "D’ici là le temps de ces contrats est arrêté" in shown
        assert '<a href="/contracts/by-kafka' in shown
        series = client.get("/metrics").text
        assert 'entente_time_waits{contract="by-kafka"} 1' in series
        assert 'contract="by-http"} 1' not in series
