"""Somebody is forgotten (TRUST §7, T-5): figures and proofs stay, and his values stand in no byte that is left anywhere."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.history.entries import ERASED
from services.history.history import open_history
from services.sealing.key_tables import SCHEMA
from tests.end_to_end.running import Entente, Started, wait_until
from tests.patience import PATIENCE

TICKETS, SUBJECTS = 1_000, 50
CANARY = "Zéphyrine Quatrebarbes"
"""Of subject s7 alone."""
SERVICE = """
entente: 1
service: helpdesk
title: Helpdesk
sources:
  - source: helpdesk/tickets
    personal: {subject: data.requester.id, values: [data.requester, data.comment]}
    stored_in: FR
    retention: P24M
"""
CONTRACT = """
entente: 1
contract: desk
title: Tickets
supplier: helpdesk
client: ward
timezone: Europe/Paris
valid: {from: 2026-01-01}
deliverables:
  - id: tickets
    title: Tickets
    criteria:
      - id: in-time
        indicator:
          kind: turnaround
          opened: {type: opened, source: helpdesk/tickets}
          closed: {type: closed, source: helpdesk/tickets}
          within: 4 h
        target: {at_least: 90 %, per: month}
"""
KEY = "T107"
"""A ticket of s7."""


def events() -> Iterator[str]:
    for number in range(TICKETS):
        subject = number % SUBJECTS
        name = CANARY if subject == 7 else f"Name {subject}"
        day = 1 + number % 90
        month, of_month = 1 + day // 31, 1 + day % 28
        for type, hour in (("opened", 8), ("closed", 9 + number % 6)):
            yield json.dumps(
                {
                    "specversion": "1.0", "id": f"T{number}/{type}", "source": "helpdesk/tickets", "type": type,
                    "subject": f"T{number}", "time": f"2026-{month:02}-{of_month:02}T{hour:02}:00:00Z",
                    "data": {"requester": {"id": f"s{subject}", "name": name}, "comment": f"{name} writes", "priority": number % 3},
                },
                ensure_ascii=False,
            )  # fmt: skip


class Town:
    """The program with its keys; `apart` lies in no backup."""

    def __init__(self, store: str, folder: Path):
        self.home, self.apart = folder / "home", folder / "apart"
        self.home.mkdir()
        self.apart.mkdir()
        url = store if store.startswith("postgresql:") else f"sqlite:///{self.home / 'entente.db'}"
        keys = {"ENTENTE_KEK_FILE": str(self.apart / "kek"), "ENTENTE_ERASED_TO": str(self.apart / "erased"),
                "TMPDIR": str(self.home)}  # fmt: skip
        self.entente = Entente(url, self.home, keys)
        self.entente.ok("keys", "create", str(self.apart / "kek"), "--kek")
        sent = self.apart / "sent.jsonl"
        sent.write_text("\n".join(events()), encoding="utf-8")
        (self.apart / "service.yaml").write_text(SERVICE, encoding="utf-8")
        (self.apart / "contract.yaml").write_text(CONTRACT, encoding="utf-8")
        self.entente.ok("apply", str(self.apart / "service.yaml"))
        self.entente.ok("apply", str(self.apart / "contract.yaml"), "--sign", "supplier,client")
        self.entente.ok("import", str(sent))
        self.entente.ok("advance", "2026-05-01T00:00:00Z")

    def figures(self) -> list[dict[str, Any]]:
        """Byte for byte, but for where in the history they stand."""
        found = self.entente.json("figures")
        for one in found:
            one.pop("position")
        return list(found)

    def explained(self) -> str:
        return self.entente.ok("explain", "desk/tickets/in-time", KEY, "--json")

    def left(self) -> bytes:
        """Everything that is left: of the folder in which the program lives and, on PostgreSQL, of every table."""
        held = b"".join(path.read_bytes() for path in sorted(self.home.rglob("*")) if path.is_file())
        if self.entente.store.startswith("postgresql:"):
            with psycopg.connect(self.entente.store) as server:
                held += b"".join(self.tables(server).values())
        return held

    def tables(self, server: psycopg.Connection[Any]) -> dict[str, bytes]:
        """Every table of the store and of its keys, with all that it holds."""
        sql = "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', %s)"
        held: dict[str, bytes] = {}
        for (table,) in server.execute(sql, [SCHEMA]).fetchall():
            with server.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode()) as copied:
                held[table] = b"".join(bytes(part) for part in copied)
        return held

    def backup(self) -> Any:
        if self.entente.store.startswith("postgresql:"):
            with psycopg.connect(self.entente.store) as server:
                return self.tables(server)
        kept = self.apart / "backup"
        shutil.copytree(self.home, kept)
        return kept

    def restore(self, kept: Any) -> None:
        if isinstance(kept, Path):
            shutil.rmtree(self.home)
            shutil.copytree(kept, self.home)
            return
        with psycopg.connect(self.entente.store) as server:
            for table, rows in kept.items():
                server.execute(f"TRUNCATE {table}".encode())
                with server.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as copied:
                    copied.write(rows)


@pytest.fixture
def town(store_url: str, tmp_path: Path) -> Town:
    return Town(store_url, tmp_path)


def test_who_is_erased_stands_nowhere_and_all_else_is_as_before_also_after_a_restore(town: Town) -> None:
    entente = town.entente
    figures, before = town.figures(), json.loads(town.explained())
    assert CANARY.encode() not in town.left(), "sealed from the first moment on"
    kept = town.backup()
    said = entente.ok("erase", "s7", "--reason", "request of 2026-05-02")
    assert "keys destroyed here" in said
    assert "destroyed everywhere on" in said
    for _ in range(2):
        assert town.figures() == figures
        entente.ok("replay")
        entente.ok("verify", "--store", "--tree")
        after = json.loads(town.explained())
        assert {one["sealed"]["state"] for one in after["events"]} == {"erased"}
        assert any("content erased on" in one.casefold() for one in after["words"]["en"])
        assert [one["time"] for one in after["events"]] == [one["time"] for one in before["events"]]
        assert CANARY not in json.dumps(after, ensure_ascii=False)
        assert entente.json("retention", "list")
        assert CANARY.encode() not in town.left()
        assert "Nothing is sealed" in entente.ok("erase", "s7", "--reason", "again", "--dry-run")
        assert "Nothing is sealed" not in entente.ok("erase", "s8", "--reason", "another", "--dry-run")
        town.restore(kept)


def test_an_erasure_that_is_killed_anywhere_is_whole_or_is_made_whole_at_the_next_start(town: Town) -> None:
    entente = town.entente
    for attempt, subject in enumerate(("s1", "s2", "s3", "s4", "s5")):
        before = facts(entente.store)
        with entente.started("erase", subject, "--reason", "request") as running:
            wait_until(partial(_is_said, entente.store, before, running), running.shown)
            if attempt % 2 == 0:
                running.process.send_signal(signal.SIGKILL)
            running.process.wait(PATIENCE)
        assert "Nothing is sealed" in entente.ok("erase", subject, "--reason", "again", "--dry-run")
    entente.ok("replay")


def _is_said(store: str, before: int, running: Started) -> bool:
    return facts(store) > before or not running.is_alive()


def facts(store: str) -> int:
    """How many erasures the history tells."""
    history = open_history(store)
    try:
        return len(history.read(0, 1_000, [ERASED]))
    finally:
        history.close()
