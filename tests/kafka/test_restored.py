"""A backup taken while events arrive, restored: the workers read again what came since (docs/operations.md)."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import psycopg

from tests.end_to_end.running import Entente, wait_until
from tests.kafka.test_consume import agree
from tests.kafka.test_workers import EVENTS, count, ends_right, send
from tests.kafka.topics import Topic
from tests.lacking import lacking
from tests.patience import PATIENCE
from tests.servers import postgres_binaries


def restored_file(store: str, folder: Path) -> str:
    copy = folder / "restored.db"
    with sqlite3.connect(store.removeprefix("sqlite:///"), timeout=PATIENCE) as connection:
        connection.execute("VACUUM INTO ?", [str(copy)])
    connection.close()
    return f"sqlite:///{copy}"


def restored_database(store: str, folder: Path) -> str:
    server, _, name = store.rpartition("/")
    dump = _program("pg_dump"), "--format=custom", f"--file={folder / 'backup.dump'}", store
    subprocess.run(dump, check=True)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}_restored TEMPLATE template0".encode())
    subprocess.run([_program("pg_restore"), f"--dbname={server}/{name}_restored", folder / "backup.dump"], check=True)
    return f"{server}/{name}_restored"


def _program(name: str) -> str:
    """The one that belongs to the server; the wheel has none."""
    beside = postgres_binaries() / name
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which(name)
    if found is None:
        lacking(f"no {name}: restoring PostgreSQL is not tried (Debian's postgresql has it)")
    return found


def test_workers_go_on_from_a_backup(entente_on_either: Entente, topic: Topic, tmp_path: Path) -> None:
    entente = entente_on_either
    entente.env["ENTENTE_KAFKA_BATCH"] = "100"
    agree(entente)
    send(topic, EVENTS)
    with entente.started("consume") as running:
        wait_until(lambda: count(entente.store) > 500, running.shown)
        restore = restored_file if entente.store.startswith("sqlite") else restored_database
        store = restore(entente.store, tmp_path)
    again = Entente(store, tmp_path, entente.env)
    assert 500 < count(store) < len(EVENTS)
    ends_right(again, EVENTS)
