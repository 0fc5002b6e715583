"""Judges of several shards as processes of their own: killed, joined by others, cut anew while events arrive."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from services.history.postgres_locks import JUDGING, LOCKS, PRESENT
from services.judging.layouts import MOST
from tests.end_to_end.agreements import contract, lines, report, requests
from tests.end_to_end.running import Entente, Server, Started, wait_until
from tests.patience import PATIENCE

CLIENTS = ("marketing", "finance", "logistics", "board")
COUNT = 200
UNTIL = "2026-02-10T00:00:00Z"
EVENTS = [one for client in CLIENTS for one in (*requests(client, COUNT), report(client, "2026-01-05", UNTIL))]


@pytest.fixture
def entente(postgres_url: str, tmp_path: Path) -> Entente:
    found = Entente(postgres_url, tmp_path)
    agree(found)
    return found


def agree(entente: Entente) -> None:
    for client in CLIENTS:
        entente.write(f"{client}.yaml", contract(f"to-{client}", client))
        entente.ok("apply", f"{client}.yaml", "--sign", "supplier,client")


@contextmanager
def judges(entente: Entente, count: int) -> Iterator[list[Started]]:
    with ExitStack() as running:
        yield [running.enter_context(judging(entente)) for _ in range(count)]


@contextmanager
def judging(entente: Entente) -> Iterator[Started]:
    with entente.started("serve", "--role", "judge", "--time", "manual") as one:
        one.address()
        yield one


def holders(store: str) -> dict[int, int]:
    """Which connection of the server holds the lock of which judge."""
    sql = (
        "SELECT objid::bigint, l.pid FROM pg_locks l JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' "
        "AND classid::bigint = %s AND objid::bigint NOT IN (0, %s) AND datname = current_database()"
    )
    with psycopg.connect(store) as server:
        return dict(server.execute(sql, [LOCKS, PRESENT]).fetchall())


def lock(generation: int, shard: int) -> int:
    return JUDGING + generation * MOST + shard


def shown(entente: Entente) -> list[dict[str, Any]]:
    """The figures, but for where in the history they stand."""
    return [{**one, "position": None} for one in entente.json("figures")]


def as_judged_by_one(entente: Entente) -> list[dict[str, Any]]:
    folder = entente.folder / "beside"
    folder.mkdir()
    beside = Entente(f"sqlite:///{folder / 'entente.db'}", folder)
    agree(beside)
    (folder / "e.jsonl").write_bytes(lines(EVENTS))
    beside.ok("import", "e.jsonl", "--advance", UNTIL)
    return shown(beside)


def test_each_shard_has_one_judge_and_all_together_judge_as_one(entente: Entente) -> None:
    """Two programs, with two shards each."""
    shards = 4
    assert entente.ok("migrate", "--shards", shards).splitlines()[0] == "judged in 4 shards"
    entente.write("e.jsonl", lines(EVENTS).decode())
    with judges(entente, 2) as running:
        wait_until(lambda: sorted(holders(entente.store)) == [lock(1, shard) for shard in range(shards)])
        entente.ok("import", "e.jsonl", "--advance", UNTIL)
        assert all(one.is_alive() for one in running)
        assert "no difference" in entente.ok("replay")
        assert shown(entente) == as_judged_by_one(entente)


def test_a_shard_that_is_killed_and_started_again_loses_nothing(entente: Entente) -> None:
    entente.ok("migrate", "--shards", 2)
    half = len(EVENTS) // 2
    (entente.folder / "one.jsonl").write_bytes(lines(EVENTS[:half]))
    (entente.folder / "two.jsonl").write_bytes(lines(EVENTS[half:]))
    with judges(entente, 2) as (first, second):
        wait_until(lambda: len(holders(entente.store)) == 2)
        with entente.started("import", "one.jsonl") as importing:
            for _ in range(3):
                time.sleep(0.2)
                second.kill()
                wait_until(lambda: len(holders(entente.store)) == 2)  # the other one takes it
                with judging(entente) as third:
                    time.sleep(0.5)
                    third.kill()
            assert importing.ended().code == 0
        with judging(entente) as again:
            entente.ok("import", "two.jsonl", "--advance", UNTIL)
            assert again.is_alive()
        assert first.is_alive(), first.shown()
    assert "no difference" in entente.ok("replay")
    assert shown(entente) == as_judged_by_one(entente)


def test_the_number_of_shards_changes_while_events_arrive_and_pages_are_read(entente: Entente) -> None:
    with entente.serving("--role", "api") as server, judges(entente, 2), Reader(server) as reader:
        (entente.folder / "e.jsonl").write_bytes(lines(EVENTS))
        with entente.started("import", "e.jsonl") as importing:
            for shards in (2, 4, 1):
                assert f"judged in {shards} shard" in entente.ok("migrate", "--shards", shards)
            assert importing.ended().code == 0
        entente.ok("advance", UNTIL)
        assert "no difference" in entente.ok("replay")
        reader.stop()
        wait_until(lambda: sorted(holders(entente.store)) == [lock(3, 0)])
    assert shown(entente) == as_judged_by_one(entente)
    assert len(reader.positions) > 3
    assert reader.positions == sorted(reader.positions)  # nobody ever sees less than before
    assert reader.counts == sorted(reader.counts)


def test_more_shards_in_a_file_are_refused_in_one_line(sqlite_url: str, tmp_path: Path) -> None:
    ran = Entente(sqlite_url, tmp_path).run("migrate", "--shards", 2)
    assert "a store in a file is judged in one shard (--store postgresql://… for several)" in ran.problem(2)


class Reader:
    """Reads figures, again and again, and notes how far they know and how many cases they count."""

    def __init__(self, server: Server):
        self.positions: list[int] = []
        self.counts: list[int] = []
        self._server = server
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._stopping.wait(0.1):
            answer = httpx2.get(f"{self._server.address}/v1/figures", timeout=PATIENCE)
            assert answer.status_code == 200, answer.text
            rows = answer.json()
            self.positions.append(rows[0]["position"])
            self.counts.append(
                sum(sum(one["counts"].values()) for one in rows if one["commitment"].endswith("answered"))
            )
