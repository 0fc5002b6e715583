"""Faults side by side: each lane is a process with a PostgreSQL and a Kafka of its own, since some faults kill them."""

from __future__ import annotations

import logging
import multiprocessing
import shutil
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from tests.faults.faults import FAULTS
from tests.faults.world import DURABLE, Failed, Servers, World, quiet
from tests.forks import Forks
from tests.kafka.broker import kafka_broker
from tests.servers import postgres_cluster


@dataclass(frozen=True, slots=True)
class Trial:
    """One fault with one seed."""

    name: str
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: `complaint` is empty if all held. `cpu` is that of the program's processes and of the harness, in
    seconds, without that of PostgreSQL and Kafka."""

    trial: Trial
    complaint: str
    seconds: float
    cpu: float
    schedule: list[str]

    @property
    def has_held(self) -> bool:
        return not self.complaint


@contextmanager
def servers() -> Iterator[Servers]:
    with postgres_cluster(DURABLE) as postgres, kafka_broker() as broker, closing(Forks()) as forks:
        yield Servers(postgres, broker, forks)


def expected_figures(here: Servers) -> Any:
    with tempfile.TemporaryDirectory(prefix="entente-quiet-") as folder:
        return quiet(here.forks, Path(folder))


def run(here: Servers, name: str, seed: int, expected: Any, logs: Path | None = None) -> list[str]:
    """What went wrong when. What is said about a run that fails is kept under `logs`. Raises Failed."""
    fault = FAULTS[name]
    with tempfile.TemporaryDirectory(prefix="entente-faults-") as folder:
        world = World(here, Path(folder), name, seed, **fault.told)
        try:
            if fault.is_alone:
                world.alone(lambda: fault.act(world))
                return world.schedule
            with _heard(Path(folder) / "producers.log"), world.running():
                world.run(lambda: fault.act(world))
                world.check(expected)
        except BaseException as error:
            if logs is not None:
                kept = logs / f"{name} {seed}"
                shutil.rmtree(kept, ignore_errors=True)
                kept.mkdir(parents=True)
                why = str(error) if isinstance(error, Failed) else traceback.format_exc()
                (kept / "why.txt").write_text("\n".join([why, "schedule:", *world.schedule]))
                for log in (*Path(folder).glob("*.log"), here.postgres.log, here.broker.log):
                    shutil.copy(log, kept / log.name)
            raise
    return world.schedule


@contextmanager
def _heard(file: Path) -> Iterator[None]:
    """What the Kafka client of the producers says, until the end of the block."""
    hearing = logging.FileHandler(file)
    hearing.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    client = logging.getLogger("kafka")
    client.addHandler(hearing)
    client.setLevel(logging.INFO)
    try:
        yield
    finally:
        client.removeHandler(hearing)
        hearing.close()


def tried(here: Servers, trial: Trial, expected: Any, logs: Path) -> Outcome:
    began, used = time.monotonic(), time.process_time() + here.forks.cpu
    complaint, schedule = "", list[str]()
    try:
        schedule = run(here, trial.name, trial.seed, expected, logs)
    except Failed as error:
        complaint = str(error)
    except Exception:
        complaint = f"the harness itself failed:\n{traceback.format_exc()}"
    cpu = time.process_time() + here.forks.cpu - used
    return Outcome(trial, complaint, time.monotonic() - began, cpu, schedule)


def side_by_side(trials: Iterable[Trial], lanes: int, logs: Path, tell: Callable[[Outcome], None]) -> list[Outcome]:
    """Tries all of them, so many at a time; `tell` hears of each as it ends, one at a time. A lane in which a trial has failed
    ends, and is replaced by one whose servers nothing has happened to."""
    waiting: SimpleQueue[Trial] = SimpleQueue()
    for trial in trials:
        waiting.put(trial)
    telling = threading.Lock()
    found: list[Outcome] = []

    def keep() -> None:
        with ExitStack() as stack:
            lane: Connection | None = None
            while True:
                try:
                    trial = waiting.get_nowait()
                except Empty:
                    return
                lane = lane or stack.enter_context(_lane(logs))
                outcome = _asked(lane, trial)
                with telling:
                    found.append(outcome)
                    tell(outcome)
                if not outcome.has_held:
                    stack.close()
                    lane = None

    threads = [threading.Thread(target=keep) for _ in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@contextmanager
def _lane(logs: Path) -> Iterator[Connection]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, logs))
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join()


def _asked(lane: Connection, trial: Trial) -> Outcome:
    try:
        lane.send(trial)
        outcome: Outcome = lane.recv()
    except (EOFError, OSError) as error:
        return Outcome(trial, f"its lane has ended: {error!r}", 0, 0, [])
    return outcome


def _serve(asked: Connection, logs: Path) -> None:
    with servers() as here:
        expected = expected_figures(here)
        while True:
            try:
                trial = asked.recv()
            except EOFError:
                return
            asked.send(tried(here, trial, expected, logs))
