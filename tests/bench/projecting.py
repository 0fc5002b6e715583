"""Judging in batches into the read models, against the library's own ProjectionRunner that judges the same events with the same
code into the same tables, one event in one transaction, as it hands them on."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner

from services.access import ADMINISTRATOR
from services.contract_files import read_documents
from services.contracts.contracting import Contracting
from services.history.entries import EVENT, Position, event_key, pack
from services.history.history import Fact, History, open_history
from services.history.recorders import Entry as Recorded
from services.judging.judge import Judge
from services.opening import open_store
from tests.bench.entry import Entry
from tests.bench.streaming import CONTRACT, DURABLE, NOW, database, sample
from tests.servers import postgres_server

BY_BATCH, BY_ONE = 40_000, 3_000
AT_ONCE = 1_000
_FRONT = pack({"received": NOW, "by": "administrator", "channel": "kafka"}, b"")


class Happening(Aggregate):
    """One event of the library's application: the same bytes as a fact of ours."""

    class Sent(Aggregate.Created):
        raw: str

    @event(Sent)
    def __init__(self, raw: str):
        self.raw = raw


class Happenings(Application[UUID]):
    pass


class Judged(Projection[POPOTrackingRecorder]):
    """How far it is stands in the read models, in the transaction of what was judged, as with our own judge."""

    judge: Judge
    first: int

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        raise NotImplementedError

    @process_event.register
    def _(self, domain_event: Happening.Sent, tracking: Tracking) -> None:
        at = Position(self.first + tracking.notification_id)
        entry = Recorded(at, EVENT, uuid4(), 1, _FRONT + domain_event.raw.encode())
        judge = type(self).judge
        with judge.database.transaction() as writes:
            judge._keep_others_out(writes)
            judge._apply(writes, [entry])
            judge._save(writes, at, 0, at)
        self.view.insert_tracking(tracking)


def measure(folder: Path) -> list[Entry]:
    with postgres_server(**DURABLE) as server:
        batch = _by_batch(database(server, "batches"))
        one = _by_one(database(server, "ones"), server, folder)
    return [
        Entry(
            "judging in batches into read models", batch, "events/s", one, "the library's ProjectionRunner", at_least=12
        )
    ]


def _signed(url: str) -> History:
    store = open_store(url)
    [document] = read_documents(CONTRACT, "contract.yaml")
    store.use(Contracting).apply(ADMINISTRATOR, document, sign=("supplier", "client"))
    store.judging.catch_up()
    store.close()
    return open_history(url)


def _by_batch(url: str) -> float:
    history = _signed(url)
    events = list(sample(0, BY_BATCH))
    for first in range(0, BY_BATCH, AT_ONCE):
        history.append_facts(
            [Fact(event_key("bench", str(at)), EVENT, _FRONT + events[at]) for at in range(first, first + AT_ONCE)]
        )
    judge = Judge(history, history.database)
    began = time.perf_counter()
    judge.catch_up()
    seconds = time.perf_counter() - began
    history.close()
    return BY_BATCH / seconds


def _by_one(url: str, server: str, folder: Path) -> float:
    history = _signed(url)
    Judged.judge = Judge(history, history.database)
    Judged.first = history.last_position()
    place = urlsplit(database(server, "library"))
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "JUDGED_PERSISTENCE_MODULE": "eventsourcing.popo",
        "POSTGRES_DBNAME": place.path.removeprefix("/"),
        "POSTGRES_HOST": place.hostname or "",
        "POSTGRES_PORT": str(place.port),
        "POSTGRES_USER": place.username or "",
        "POSTGRES_PASSWORD": "none",
    }
    application = Happenings(env={**os.environ, **env})
    events = list(sample(0, BY_ONE))
    for first in range(0, BY_ONE, 100):
        application.save(*(Happening(raw=one.decode()) for one in events[first : first + 100]))
    last = application.recorder.max_notification_id()
    application.close()
    began = time.perf_counter()
    with ProjectionRunner(
        application_class=Happenings,
        projection_class=Judged,
        view_class=POPOTrackingRecorder,
        env={**os.environ, **env},
    ) as runner:
        runner.wait(last, timeout=600)
        seconds = time.perf_counter() - began
    history.close()
    return BY_ONE / seconds
