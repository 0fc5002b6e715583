"""A small production: PostgreSQL, Kafka, two workers, a server and a second judge, all real processes, and producers.

Everything that goes wrong is decided by one seeded generator and noted in `schedule`, which is shown when a run fails.
"""

from __future__ import annotations

import json
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from kafka import KafkaConsumer, KafkaProducer, TopicPartition  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from ingestion.kafka.messages import KILLS
from services.history.history import open_history
from tests.end_to_end.agreements import contract, event, lines, report, requests
from tests.end_to_end.running import Entente
from tests.faults.disk import small_disk
from tests.faults.ledger import Ledger
from tests.faults.processes import Kept
from tests.faults.proxy import Proxy
from tests.forks import Forks
from tests.kafka.broker import Broker
from tests.kafka.topics import STRUCTURED, Topic
from tests.servers import Postgres, free_port

EVENTS = [
    *requests("marketing", 1_200),
    *(report("marketing", day, f"{day}T08:30:00Z") for day in ("2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26")),
]
UNTIL = "2026-02-10T00:00:00Z"
COMMITMENTS = ("report/on-time", "report/complete", "requests/answered")
DURABLE = {"synchronous_commit": "on", "full_page_writes": "on"}
"""What is committed outlives the process; that it outlives the machine is not tried here, so that fsync may stay off."""
SETTLES_WITHIN = 90.0
TOGETHER = 20
"""Events of one request, and between two looks of a producer at whether it may go on."""

_numbers = count(1)


class Failed(Exception):
    """What does not hold; with the schedule and the logs."""


@dataclass(frozen=True, slots=True)
class Servers:
    postgres: Postgres
    broker: Broker
    forks: Forks


class World:
    """One run. `by_detour` puts a proxy before PostgreSQL, Kafka and HTTP; `seconds` is how long the producers take at least;
    `over_both` is the share of events that come over HTTP and Kafka, `poison` how many items that no door accepts come for
    each event, `killing` the messages that end the process of whoever reads them; `disk` bytes are all that the database has;
    `module` is the program that is there at first."""

    def __init__(
        self,
        servers: Servers,
        folder: Path,
        name: str,
        seed: int,
        *,
        by_detour: bool = False,
        seconds: float = 6.0,
        over_both: float = 0.0,
        poison: float = 0.0,
        killing: int = 0,
        disk: int = 0,
        module: str = "entente",
    ):
        self.servers = servers
        self.folder = folder
        self.seed = seed
        self.random = random.Random(f"{name} {seed}")
        self.ledger = Ledger()
        self.schedule: list[str] = []
        self.by_detour = by_detour
        self.events = self.random.sample(EVENTS, len(EVENTS))
        """In any order: the figures are to be the same."""
        self.killing = [_killing(number) for number in range(killing)]
        self._over_both = over_both
        self._poison = [_no_offset(number) for number in range(int(len(EVENTS) * poison))]
        self.kept: list[Kept] = []
        self.proxies: dict[str, Proxy] = {}
        self._disk_size = disk
        self._module = module
        self._over_kafka: list[bytes] = []
        self._over_http: list[bytes] = []
        self._seconds = seconds
        self._began = time.monotonic()
        self._halted = threading.Event()
        self._is_over = threading.Event()
        self._faults: list[str] = []
        self.lasting = ExitStack()
        """What is to outlast the processes of the run."""
        self._database = f"faults_{next(_numbers)}_{random.randrange(1 << 40)}"

    # Before, and after

    @contextmanager
    def running(self) -> Iterator[None]:
        with ExitStack() as stack:
            self.store = stack.enter_context(self._stored())
            self.lasting = stack.enter_context(ExitStack())
            self.topic = Topic(self.servers.broker.servers, self._database, partitions=4)
            stack.callback(self._forget_topic)
            self._settings = self.topic.settings(batch="50", attempts="3")
            self._port = free_port()
            self._url = f"http://127.0.0.1:{self._port}"
            self._used = self.store
            if self.by_detour:
                self._put_proxies(stack)
            first = Entente(self.store, self.folder, module=self._module, forks=self.servers.forks)
            first.write("contract.yaml", contract("to-marketing", "marketing"))
            first.ok("apply", "contract.yaml", "--sign", "supplier,client")
            stack.callback(self._end)
            serve = ["serve", "--time", "manual", "--store", self._used]
            self.server = self._keep("serve", [*serve, "--port", str(self._port)])
            self.judge = self._keep("judge", [*serve, "--role", "judge"])
            self.workers = [self._worker(f"worker-{at}") for at in (1, 2)]
            self._wait(lambda: all("reading" in worker.said() for worker in self.workers), "workers that read")
            self._wait(lambda: "Entente shows" in self.server.said(), "a server")
            self._began = time.monotonic()
            yield

    def alone(self, act: Callable[[], None]) -> None:
        """`act` with a store, and nothing else."""
        with self._stored() as self.store:
            act()

    @contextmanager
    def _stored(self) -> Iterator[str]:
        """A database of this run, where wanted on a disk of its own."""
        server = self.servers.postgres.url
        with small_disk(self._disk_size) as self._disk:
            place = ""
            if self._disk is not None:
                _execute(server, f"CREATE TABLESPACE {self._database} LOCATION '{self._disk.folder}'")
                place = f"TABLESPACE {self._database}"
            _execute(server, f"CREATE DATABASE {self._database} TEMPLATE template0 {place}")
            try:
                yield server.rpartition("/")[0] + f"/{self._database}"
            finally:
                _execute(server, f"DROP DATABASE {self._database} WITH (FORCE)")
                if self._disk is not None:
                    _execute(server, f"DROP TABLESPACE {self._database}")

    def _forget_topic(self) -> None:
        """A broker that is killed looks at all the topics that it has when it comes again."""
        with suppress(KafkaError):
            self.topic.delete()
        self.topic.close()

    def _put_proxies(self, stack: ExitStack) -> None:
        self.proxies = {
            "postgres": Proxy(f"127.0.0.1:{self.servers.postgres.port}"),
            "kafka": Proxy(self.servers.broker.behind, self.servers.broker.detour),
            "http": Proxy(f"127.0.0.1:{self._port}"),
        }
        for proxy in self.proxies.values():
            stack.callback(proxy.close)
        self._used = f"postgresql://entente@{self.proxies['postgres'].address}/{self._database}"
        self._settings["ENTENTE_KAFKA_SERVERS"] = self.proxies["kafka"].address
        self._url = f"http://{self.proxies['http'].address}"

    def _keep(self, name: str, arguments: Sequence[str], module: str = "") -> Kept:
        one = Kept(self.servers.forks, name, arguments, self.folder, self._settings, module or self._module)
        self.kept.append(one)
        return one

    def _end(self) -> None:
        self._halted.set()
        self._is_over.set()
        for proxy in self.proxies.values():
            proxy.flow()
        self._ended()

    def _ended(self) -> list[int]:
        """The exit codes of all processes, told to end together."""
        with ThreadPoolExecutor(max_workers=len(self.kept) or 1) as ending:
            return [*ending.map(Kept.end, self.kept)]

    def run(self, act: Callable[[], None]) -> None:
        """Producers send while `act` does its worst; then everything is to settle. Raises Failed."""
        half = self.random.randrange(len(self.events) // 3, len(self.events) * 2 // 3)
        both = self.random.sample(self.events, int(len(self.events) * self._over_both))
        self._over_kafka = self._mixed(self.events[:half], both, self._poison, self.killing)
        self._over_http = self._mixed(self.events[half:], both, self._poison)
        senders = [
            threading.Thread(target=self._guarded, args=(send, items), daemon=True)
            for send, items in ((self._send_to_kafka, self._over_kafka), (self._send_over_http, self._over_http))
        ]
        for sender in senders:
            sender.start()
        try:
            act()
        finally:
            self._is_over.set()
        self.note("the faults are over")
        deadline = time.monotonic() + SETTLES_WITHIN
        for sender in senders:
            sender.join(max(0.1, deadline - time.monotonic()))
            if sender.is_alive():
                where = "".join(traceback.format_stack(sys._current_frames()[sender.ident or 0]))
                raise self._failed([f"a producer is not done after {SETTLES_WITHIN:.0f} s:\n{where}"])
        self._settle()

    def check(self, expected: Any) -> None:
        """Raises Failed unless the ledger is kept, and figures, occurrences and the replay are those of a quiet run."""
        self.note("everything has ended")
        complaints = [*self._faults, *self.ledger.complaints(self.store)]
        complaints += [f"{one.name} shows a traceback" for one in self.kept if "Traceback" in one.said()]
        beside = Entente(self.store, self.folder, forks=self.servers.forks)
        self._retry(beside)
        beside.ok("advance", UNTIL)
        if (found := shown(beside)) != expected:
            complaints.append(f"other figures: {_first_difference(found, expected)}")
        replayed = beside.run("replay")
        if "no difference" not in replayed.out:
            complaints.append(f"a replay differs: {replayed.out[:1_000]} {replayed.err[:1_000]}")
        self.note("everything is looked at")
        if complaints:
            raise self._failed(complaints)

    # What faults are made of

    def note(self, what: str) -> None:
        self.schedule.append(f"{time.monotonic() - self._began:6.2f} s  {what}")

    def pause(self, least: float, most: float) -> None:
        time.sleep(self.random.uniform(least, most))

    def kill(self, one: Kept, number: int) -> None:
        self.note(f"signal {number} to {one.name}")
        one.tell(number)

    def dies_at(self, one: Kept, point: str, number: int, *, rival: Kept | None = None, within: float = 20.0) -> None:
        """Returns when it has died there; it may also never come there, which is noted. `rival` has what it needs to come
        there, and is killed for it, and away for a while."""
        one.dies_at(point, number)
        until = time.monotonic() + within
        while not (came := one.has_died.wait(0.1)) and time.monotonic() < until:
            if rival is not None and self.random.random() < 0.03:
                rival.rests(2.0)
                self.kill(rival, signal.SIGKILL)
        self.note(f"{one.name} {'was killed' if came else 'has not come'} where it has `{point}` for time {number}")
        if not came:
            one.tell(signal.SIGKILL)

    def fill_disk(self, seconds: float) -> None:
        assert self._disk is not None
        self.note("the disk is full")
        self._disk.fill()
        time.sleep(seconds)
        self._disk.clear()
        self.note("there is room on the disk again")

    def recreate_topic(self) -> None:
        """Deletes the topic under the workers, who are to stop and say why; sends again what went to the old one, as a
        person would, and starts workers that are told to begin anew."""
        self.note("the topic is deleted and created again")
        self.topic.delete()
        self.topic.make()
        for one in self.workers:
            self._wait(lambda: 2 in one.codes, f"{one.name} to stop")  # noqa: B023
            if "was deleted and created again" not in one.said():
                raise self._failed([f"{one.name} does not say why it stopped"])
        for at in range(0, len(self._over_kafka), 200):
            self.topic.send(*self._over_kafka[at : at + 200])
        self.note("what went to the old topic was sent again")
        self.workers = [self._worker(f"worker-{at}", "--begin-anew") for at in (3, 4)]

    def empty_database(self) -> None:
        """Drops the database under those who use it, and makes it anew with nothing in it."""
        server = self.servers.postgres.url
        _execute(server, f"DROP DATABASE {self._database} WITH (FORCE)")
        _execute(server, f"CREATE DATABASE {self._database} TEMPLATE template0")

    def repeat_over_http(self) -> None:
        """Sends again what was sent so far, as producers are to where a server has lost what it had acknowledged."""
        again = [one for one in self._over_http if one in self.ledger.sent]
        self.note(f"{len(again)} events are sent again over HTTP")
        with httpx2.Client(timeout=5) as client:
            for at in range(0, len(again), 10 * TOGETHER):
                self._insist(client, again[at : at + 10 * TOGETHER])

    def _worker(self, name: str, *options: str) -> Kept:
        if self.killing:
            return self._keep(name, [self._used], "tests.kafka.fragile")
        return self._keep(name, ["consume", *options, "--store", self._used])

    # Producers

    def _send_to_kafka(self, items: Sequence[bytes]) -> None:
        """Everything until the broker has confirmed it; what is not sure is sent again. Not as an idempotent producer: that of
        kafka-python 3.0 sends nothing any more once what it was trying to send again is too old."""
        producer: Any = KafkaProducer(
            bootstrap_servers=self.servers.broker.servers, acks="all", linger_ms=2, request_timeout_ms=3_000,
            delivery_timeout_ms=6_000, max_block_ms=6_000, reconnect_backoff_max_ms=500, enable_idempotence=False,
        )  # fmt: skip
        try:
            for some in self._paced(items):
                waiting = list(some)
                while waiting and not self._halted.is_set():
                    waiting = self._confirmed(producer, waiting)
        finally:
            producer.close(timeout=2)

    def _confirmed(self, producer: Any, items: list[bytes]) -> list[bytes]:
        """Those that have to be sent again."""
        self.ledger.sends(items)
        again, futures = [], []
        for item in items:
            try:
                futures.append((item, producer.send(self.topic.name, item, _key(item), [*STRUCTURED])))
            except KafkaError:
                again.append(item)
        for item, future in futures:
            try:
                future.get(timeout=8)
                self.ledger.acknowledges([item])
            except KafkaError:
                again.append(item)
        return again

    def _send_over_http(self, items: Sequence[bytes]) -> None:
        with httpx2.Client(timeout=5) as client:
            for some in self._paced(items):
                self._insist(client, some)

    def _insist(self, client: httpx2.Client, items: Sequence[bytes]) -> None:
        self.ledger.sends(items)
        while not self._halted.is_set():
            if self._posted(client, items):
                self.ledger.acknowledges(items)
                return
            time.sleep(0.2)

    def _posted(self, client: httpx2.Client, items: Sequence[bytes]) -> bool:
        try:
            answer = client.post(
                f"{self._url}/v1/events",
                content=b"[" + b",".join(items) + b"]",
                headers={"content-type": "application/cloudevents-batch+json"},
            )
        except httpx2.TransportError:
            return False
        if answer.status_code not in (202, 429, 503):
            raise AssertionError(f"HTTP answers {answer.status_code}: {answer.text[:300]}")
        return answer.status_code == 202

    def _paced(self, items: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
        """Each once, spread over the time that things go wrong, and what is left at once when they do no more; then some
        again and again, as long as they do."""
        began = time.monotonic()
        for at in range(0, len(items), TOGETHER):
            yield items[at : at + TOGETHER]
            due = began + self._seconds * (at + TOGETHER) / len(items)
            self._is_over.wait(max(0.0, due - time.monotonic()))
            if self._halted.is_set():
                return
        again = random.Random(f"{self.random.random()}")
        while not self._is_over.wait(0.1):
            yield again.sample(items, TOGETHER)

    def _guarded(self, send: Callable[[Sequence[bytes]], None], items: Sequence[bytes]) -> None:
        try:
            send(items)
        except Exception as error:
            self._faults.append(f"a producer: {error!r}")

    def _mixed(self, *parts: Sequence[bytes]) -> list[bytes]:
        together = [one for part in parts for one in part]
        self.random.shuffle(together)
        return together

    # Settling

    def _settle(self) -> None:
        def is_settled() -> bool:
            with suppress(Exception):
                return not self.ledger.missing(self.store)
            return False

        try:
            self._wait(is_settled, "everything acknowledged to be stored", SETTLES_WITHIN)
        except Failed as error:
            missing = self.ledger.missing(self.store)
            raise self._failed([f"{len(missing)} acknowledged are not stored, e.g. {sorted(missing)[:2]}"]) from error
        self.note("everything is stored")
        self._halted.set()
        for one, code in zip(self.kept, self._ended(), strict=True):
            if code not in (0, 2, -15) and not (
                code == -9 and one.was_killed
            ):  # the last where it had not come far enough to catch the signal
                self._faults.append(f"{one.name} ended with code {code} when it was told to")

    def _retry(self, beside: Entente) -> None:
        """Workers that are killed often leave valid events in quarantine, if they were killed while reading them: a person
        sends them through the door again."""
        for item in beside.json("quarantine", "list", "--limit", 10_000):
            if item["slug"] == KILLS and '"KILL"' not in item["content"]:
                self.note(f"{item['id']} was taken for what kills the worker, and retried")
                beside.ok("quarantine", "retry", item["id"])

    def _wait(self, holds: Callable[[], bool], what: str, within: float = 60.0) -> None:
        deadline = time.monotonic() + within
        while not holds():
            if time.monotonic() > deadline:
                raise self._failed([f"waited {within:.0f} s in vain for {what}"])
            time.sleep(0.1)

    def _failed(self, complaints: Sequence[str]) -> Failed:
        parts = [*complaints[:20], "schedule:", *self.schedule]
        with suppress(Exception):
            parts += self._reached()
        for one in self.kept:
            one.tell(signal.SIGABRT)  # if it still runs, it says where it stands
        time.sleep(1)
        for one in self.kept:
            parts += [f"log of {one.name} (exit codes {one.codes}):", *one.said().splitlines()[-60:]]
        return Failed("\n".join(parts))

    def _reached(self) -> list[str]:
        """How far the topic goes, and how far it is stored."""
        history = open_history(self.store)
        try:
            stored = history.offsets("kafka/")
        finally:
            history.close()
        consumer: Any = KafkaConsumer(bootstrap_servers=self.servers.broker.servers)
        try:
            ends = consumer.end_offsets([TopicPartition(self.topic.name, at) for at in range(4)])
        finally:
            consumer.close()
        return [
            f"stored up to: {stored}",
            f"the topic ends at: {ends}",
            f"the group was told: {self.topic.committed()}",
        ]


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(statement.encode())


def quiet(forks: Forks, folder: Path) -> Any:
    """What is shown where nothing goes wrong: all events from a file, in order, into SQLite."""
    entente = Entente(f"sqlite:///{folder / 'quiet.db'}", folder, forks=forks)
    entente.write("contract.yaml", contract("to-marketing", "marketing"))
    entente.ok("apply", "contract.yaml", "--sign", "supplier,client")
    (folder / "e.jsonl").write_bytes(lines(EVENTS))
    entente.ok("import", "e.jsonl", "--advance", UNTIL)
    return shown(entente)


def shown(entente: Entente) -> Any:
    """Figures and occurrences, but for where in the history their evidence stands."""
    found = [entente.json("figures")]
    found += [entente.json("occurrences", f"to-marketing/{one}") for one in COMMITMENTS]
    for one in (one for rows in found for one in rows):
        one.pop("position", None)
        one.pop("evidence", None)
        one.pop("causes", None)
    return found


def _no_offset(number: int) -> bytes:
    """What no door accepts: its time has no offset."""
    return event(f"poison/{number}", "report.delivered", "2026-01-05T08:00:00")


def _killing(number: int) -> bytes:
    """What ends the process that reads it (tests/kafka/fragile.py)."""
    return event(f"killing/{number}", "report.delivered", "2026-01-05T08:00:00Z", {"KILL": True})


def _key(item: bytes) -> bytes:
    return str(json.loads(item).get("subject", "")).encode()


def _first_difference(found: Any, expected: Any) -> str:
    for rows, others in zip(found, expected, strict=True):
        if len(rows) != len(others):
            return f"{len(rows)} rows, not {len(others)}"
        for row, other in zip(rows, others, strict=True):
            if row != other:
                return f"{row}, not {other}"
    return "none"
