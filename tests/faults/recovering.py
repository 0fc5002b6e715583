"""A database that is older again than what programs have read of it: another server's, or the same one's from a backup."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

import psycopg

from tests.faults.proxy import Proxy
from tests.faults.world import Failed, World
from tests.servers import postgres_binaries, postgres_replica

LAG: Final = 100
"""Entries that are to be lost, at least."""
TOOLS: Final = ("pg_basebackup", "pg_dump", "pg_restore")


def has_tools() -> bool:
    """Whether the server's own tools are here: its wheel has none."""
    return all(os.access(postgres_binaries() / name, os.X_OK) for name in TOOLS)


def fail_over(world: World) -> None:
    """The primary dies while its replica has not heard everything; the replica takes its place and its address."""
    primary = world.servers.postgres
    link = Proxy(f"127.0.0.1:{primary.port}")
    world.lasting.callback(link.close)
    replica = world.lasting.enter_context(postgres_replica(primary, link.address))
    there = world.store.replace(f":{primary.port}/", f":{replica.port}/")
    world.note("a replica follows")
    world.pause(0.2, 1.0)
    link.stall()
    world.note("the replica hears nothing more")
    _wait_for_lag(world, last_entry(there))
    world.lasting.callback(primary.start)
    primary.stop(signal.SIGKILL)
    lost = f"the primary is dead; the replica has {last_entry(there)} entries"
    link.cut()  # what it was still to hear is gone
    _promote(replica.url)
    world.note(lost)
    world.store = there
    world.proxies["postgres"].target = f"127.0.0.1:{replica.port}"
    world.proxies["postgres"].cut()
    world.note("the replica is the primary")


def restore(world: World, folder: Path) -> None:
    """A backup is restored under running programs: over what is there, or into a database made anew."""
    backup = folder / "backup.dump"
    _tool("pg_dump", "--format=custom", f"--file={backup}", world.store)
    kept = last_entry(world.store)
    world.note("a backup is taken")
    _wait_for_lag(world, kept)
    if world.random.random() < 0.5:
        world.note("the backup is restored over what is there")
        _insist(world, "--clean", "--if-exists", str(backup))
    else:
        world.empty_database()
        world.note("the database was dropped and made anew")
        world.pause(0.1, 3.0)
        _insist(world, str(backup))
    world.note(f"the backup is restored; it has {last_entry(world.store)} entries")


def last_entry(store: str) -> int:
    with psycopg.connect(store, autocommit=True) as asked:
        [(last,)] = asked.execute("SELECT COALESCE(MAX(notification_id), 0) FROM stored_events").fetchall()
    return int(last)


def _wait_for_lag(world: World, kept: int) -> None:
    until = time.monotonic() + 30
    while last_entry(world.store) < kept + LAG:
        if time.monotonic() > until:
            raise Failed(f"nothing comes behind {kept} that could be lost")
        time.sleep(0.05)


def _promote(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as asked:
        assert asked.execute("SELECT pg_promote(true, 30)").fetchall() == [(True,)]


def _insist(world: World, *arguments: str) -> None:
    """In one transaction, so that nobody sees half of it; again where it is given up for a deadlock with those who write."""
    for _ in range(20):
        done = _tool("pg_restore", "--single-transaction", f"--dbname={world.store}", *arguments, check=False)
        if done.returncode == 0:
            return
        if "deadlock" not in done.stderr:
            break
        world.note("the restore met a deadlock")
    raise Failed(f"the backup cannot be restored: {done.stderr}")


def _tool(name: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [str(postgres_binaries() / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=check)
