"""What goes wrong, by name: each takes a world whose producers are sending, and does its worst to it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.faults.coming_in import ACTS, Run, fall
from tests.faults.disk import can_mount
from tests.faults.dying import OF_THE_SERVER, OF_THE_WORKER
from tests.faults.recovering import fail_over, has_tools, restore
from tests.faults.world import World


@dataclass(frozen=True, slots=True)
class Fault:
    act: Callable[[World], None]
    told: dict[str, Any] = field(default_factory=dict)
    """What the world is made with."""
    needs_disk: bool = False
    needs_tools: bool = False
    is_alone: bool = False
    """On a store of its own, to which nobody sends anything; it looks for itself whether all holds."""


FAULTS: dict[str, Fault] = {}


def possible(names: Iterable[str]) -> list[str]:
    """Those that this machine lets us try."""
    has_disk, tools_are_here = can_mount(), has_tools()
    return [
        name
        for name in names
        if (has_disk or not FAULTS[name].needs_disk) and (tools_are_here or not FAULTS[name].needs_tools)
    ]


def fault(
    name: str, *, needs_disk: bool = False, needs_tools: bool = False, **told: Any
) -> Callable[[Callable[[World], None]], Callable[[World], None]]:
    def registered(act: Callable[[World], None]) -> Callable[[World], None]:
        FAULTS[name] = Fault(act, told, needs_disk, needs_tools)
        return act

    return registered


@fault("worker killed at every point", seconds=25)
def worker_points(world: World) -> None:
    points = [*OF_THE_WORKER]
    world.random.shuffle(points)
    for point in points:
        dying, rival = world.random.sample(world.workers, 2)
        world.dies_at(dying, point, world.random.randint(1, 3), rival=rival)


@fault("server killed at every point", seconds=15)
def server_points(world: World) -> None:
    points = [*OF_THE_SERVER]
    world.random.shuffle(points)
    for point in points:
        world.dies_at(world.server, point, world.random.randint(1, 3), rival=world.judge)


@fault("processes killed at random", seconds=12)
def killed(world: World) -> None:
    for _ in range(8):
        world.pause(0.2, 2.0)
        world.kill(world.random.choice(world.kept), signal.SIGKILL)


@fault("PostgreSQL killed and started again", seconds=10)
def postgres(world: World) -> None:
    for _ in range(2):
        world.pause(0.5, 2.5)
        world.note("PostgreSQL is killed")
        world.servers.postgres.stop(signal.SIGKILL)
        world.pause(0.0, 2.0)
        world.servers.postgres.start()
        world.note("PostgreSQL is there again")
        world.pause(1.0, 2.0)


@fault("Kafka killed and started again", seconds=10)
def kafka(world: World) -> None:
    world.pause(0.5, 3.0)
    world.note("Kafka is killed")
    world.servers.broker.stop(signal.SIGKILL)
    world.pause(0.0, 2.0)
    world.servers.broker.start()
    world.note("Kafka is there again")


@fault("stopped past the session", seconds=12)
def stopped(world: World) -> None:
    for _ in range(2):
        world.pause(0.3, 1.0)
        with still(world, world.random.choice(world.workers)):
            world.pause(2.5, 4.5)
    with still(world, world.server):
        world.pause(1.0, 3.0)


@contextmanager
def still(world: World, one: Any) -> Iterator[None]:
    """A process stands still meanwhile."""
    world.kill(one, signal.SIGSTOP)
    yield
    world.kill(one, signal.SIGCONT)


@fault("connections cut", by_detour=True, seconds=10)
def cut(world: World) -> None:
    for _ in range(10):
        world.pause(0.1, 1.2)
        name = world.random.choice(["postgres", "kafka", "http"])
        world.note(f"connections to {name} are cut")
        world.proxies[name].cut()


@fault("connections stalled", by_detour=True, seconds=12)
def stalled(world: World) -> None:
    for name in world.random.sample(["postgres", "kafka", "http"], 3):
        world.pause(0.3, 1.0)
        world.note(f"nothing passes to {name}")
        world.proxies[name].stall()
        world.pause(2.5, 4.0)
        world.note(f"it passes to {name} again")
        world.proxies[name].flow()


@fault("connections half open", by_detour=True, seconds=12)
def half_open(world: World) -> None:
    for name in world.random.sample(["postgres", "kafka", "http"], 3):
        world.pause(0.3, 1.0)
        world.note(f"connections to {name} are half open")
        world.proxies[name].half_open()
        world.pause(2.0, 4.0)
        world.note(f"connections to {name} are reset")
        world.proxies[name].cut()


@fault("replies to COMMIT lost", by_detour=True, seconds=12)
def robbed(world: World) -> None:
    proxy = world.proxies["postgres"]
    for number in range(1, 9):
        world.pause(0.2, 0.8)
        proxy.rob(b"COMMIT")
        deadline = time.monotonic() + 5
        while proxy.robberies < number and time.monotonic() < deadline:
            time.sleep(0.02)
        world.note(f"{proxy.robberies} replies to COMMIT are lost")


@fault("duplicates over HTTP and Kafka at once", over_both=0.7, seconds=5)
def duplicates(world: World) -> None:
    world.pause(1, 2)
    world.kill(world.random.choice(world.workers), signal.SIGKILL)


@fault("one in fifty is poison", poison=0.02, over_both=0.1, seconds=5)
def poison(world: World) -> None:
    world.pause(1, 2)
    world.kill(world.random.choice(world.kept), signal.SIGKILL)


@fault("messages that end the process", killing=2, seconds=12)
def killing(world: World) -> None:
    """Each takes its worker with it until it is set aside unread; what came with it is not lost."""
    world.pause(8, 10)


@fault("topic created again", seconds=6)
def recreated(world: World) -> None:
    world.pause(1, 4)
    world.recreate_topic()


@fault("disk full", disk=64 << 20, needs_disk=True, seconds=12)
def full(world: World) -> None:
    for _ in range(2):
        world.pause(1, 2)
        world.fill_disk(world.random.uniform(1.5, 3))


@fault("clocks stepped", seconds=8)
def stepped(world: World) -> None:
    """Some processes live in another hour, day or year: what is judged does not."""
    for one in world.random.sample(world.kept, 3):
        seconds = world.random.choice([-31_536_000, -86_400, -3_600, 3_600, 86_400, 31_536_000])
        world.note(f"the clock of {one.name} is stepped by {seconds} s")
        one.steps_clock(seconds)
        world.pause(1, 2)


@fault("rolling upgrade", module="tests.faults.older", seconds=16)
def upgrade(world: World) -> None:
    """One process after the other becomes a newer program, which has read models of another shape; old and new run beside
    each other meanwhile, and some that are new are killed."""
    order = [*world.kept]
    world.random.shuffle(order)
    for number, one in enumerate(order, 1):
        world.pause(1.0, 2.5)
        world.note(f"{one.name} is upgraded")
        one.becomes("entente")
        if world.random.random() < 0.5:
            world.pause(0.2, 1.0)
            world.kill(world.random.choice(order[:number]), signal.SIGKILL)


@fault("restart storm", seconds=14)
def storm(world: World) -> None:
    """Everything is killed again and again, before it has come far."""
    until = time.monotonic() + 12
    while time.monotonic() < until:
        for one in world.kept:
            if world.random.random() < 0.4:
                world.kill(one, world.random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
        world.pause(0.5, 2.5)


@fault("failed over to a lagging replica", by_detour=True, needs_tools=True, seconds=20)
def failed_over(world: World) -> None:
    """Workers, judges and the server go on, on a store that lacks what they have stored; some are killed as it comes."""
    world.pause(0.2, 1.0)
    fail_over(world)
    shaken(world)


@fault("restored from a backup", needs_tools=True, seconds=20)
def restored(world: World) -> None:
    world.pause(0.5, 2.0)
    restore(world, world.folder)
    shaken(world)


def shaken(world: World) -> None:
    """Partitions change hands, or not, before anybody has found out."""
    for one in world.workers:
        if world.random.random() < 0.3:
            world.kill(one, world.random.choice([signal.SIGKILL, signal.SIGTERM]))
    world.pause(0.5, 2.0)
    world.repeat_over_http()
    world.pause(1.0, 3.0)


@fault("everything at once", by_detour=True, poison=0.02, over_both=0.2, seconds=20)
def everything(world: World) -> None:
    others = [killed, cut, robbed, stopped]
    chosen = world.random.sample(others, 2)
    threads = [threading.Thread(target=one, args=(world,)) for one in chosen]
    for thread in threads:
        thread.start()
    postgres(world)
    for thread in threads:
        thread.join()


def way_in(name: str, world: World) -> None:
    fall(name, Run(world.servers.forks, world.store, world.folder, world.seed, world.note))


FAULTS |= {name: Fault(partial(way_in, name), is_alone=True) for name in ACTS}
