"""What is deleted of somebody leaves the write-ahead log of the store; while one reads it stays, which is said until it is gone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from entente.doctor_store import store_findings
from entente.forgetting import Forgetting
from entente.settings import Settings
from entente.wiring import program
from services.directory.names import Directory, PersonNamed
from services.history import sqlite_database
from services.opening import system_clock

NAME = "Zéphyrine Quillévéré".encode()


def test_while_somebody_reads_it_is_said_that_what_was_deleted_is_not_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_database, "BUSY_SECONDS", 0.05)
    file, log = tmp_path / "store.db", tmp_path / "store.db-wal"
    with program(Settings(store=f"sqlite:///{file}")) as opened:
        database, names = opened.store.history.database, Directory(opened.store.history)
        names.learn([PersonNamed("zephyrine", NAME.decode())])
        reader = sqlite3.connect(file, isolation_level=None)
        reader.execute("BEGIN")
        assert reader.execute("SELECT COUNT(*) FROM directory_person").fetchone() == (1,)
        names.forget("zephyrine")
        assert NAME in log.read_bytes()
        assert database.keeps_erased()
        assert "erased" in {one.check for one in store_findings(database, system_clock)}
        looking = Forgetting(opened)
        looking.look()
        assert database.keeps_erased()
        reader.close()
        looking.look()
        assert not database.keeps_erased()
        assert "erased" not in {one.check for one in store_findings(database, system_clock)}
        assert NAME not in log.read_bytes() + file.read_bytes()


def test_what_was_deleted_before_a_death_is_looked_for(tmp_path: Path) -> None:
    """The file that says so is there before anything is deleted."""
    with program(Settings(store=f"sqlite:///{tmp_path}/store.db")) as opened:
        database = opened.store.history.database
        with database.erasing():
            assert (tmp_path / "store.db.erased").exists()
        assert not database.keeps_erased()
