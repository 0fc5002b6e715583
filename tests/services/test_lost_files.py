"""A store's file, or one beside it, that goes away under a running program: nothing is accepted that nobody will ever find."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.times import Instant
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.errors import Unavailable
from services.history.opening import open_database
from services.history.sqlite_database import SQLiteDatabase
from tests.given import at, contract, criterion, event, punctuality, structured
from tests.services.api_case import opened, slug
from tests.services.judged import Life, living


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def life(folder: Path) -> Iterator[Life]:
    with living(f"sqlite:///{folder / 'entente.db'}") as alive:
        alive.sign(contract(criterion(punctuality())))
        alive.advance("02-01")
        yield alive


def removed(folder: Path) -> None:
    (folder / "entente.db").unlink()


def replaced(folder: Path) -> None:
    (folder / "entente.db").rename(folder / "old.db")
    shutil.copy(folder / "old.db", folder / "entente.db")


def without_log(folder: Path) -> None:
    (folder / "entente.db-wal").unlink()


def without_index(folder: Path) -> None:
    (folder / "entente.db-shm").unlink()


def moved_away(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


@pytest.mark.parametrize("lost", [removed, replaced, without_log, without_index, moved_away])
def test_nothing_is_accepted_nor_shown_once_a_file_is_lost(life: Life, folder: Path, lost: object) -> None:
    assert callable(lost)
    report = structured(event("report", "02-02 09:00", date="2026-02-02"))
    lost(folder)
    for act in (
        lambda: life.append([report]),
        lambda: life.store.timekeeping.advance(ADMINISTRATOR, at("02-03")),
        lambda: life.store.use(Contracting).refuse(ADMINISTRATOR, "c", "no"),
        life.judge,
        life.store.seeing.known,
    ):
        with pytest.raises(Unavailable, match="was removed or replaced") as refused:
            act()
        assert (refused.value.slug, refused.value.status, refused.value.exit_code) == ("store-lost", 503, 3)


def test_what_is_lost_between_the_look_and_the_commit_is_not_said_to_be_stored(
    life: Life, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([None, None])

    def look(database: SQLiteDatabase, connection: object) -> None:
        if next(looks, "last") == "last":
            removed(folder)
            monkeypatch.undo()
            database._require_its_files(connection)  # type: ignore[arg-type]

    monkeypatch.setattr(SQLiteDatabase, "_require_its_files", look)
    with (
        pytest.raises(Unavailable, match="was removed or replaced"),
        life.store.history.database.transaction() as writes,
    ):
        writes.execute("DELETE FROM view_touched")


def test_what_is_lost_while_a_transaction_is_open_is_rolled_back(life: Life, folder: Path) -> None:
    def write() -> None:
        with life.store.history.database.transaction() as writes:
            writes.execute("DELETE FROM view_position")
            moved_away(folder)

    with pytest.raises(Unavailable):
        write()
    folder.with_name("elsewhere").rename(folder)
    assert life.store.seeing.known().position == life.position()


def test_what_is_put_back_is_taken_up(life: Life, folder: Path) -> None:
    moved_away(folder)
    with pytest.raises(Unavailable):
        life.advance("02-03")
    folder.with_name("elsewhere").rename(folder)
    life.advance("02-03")
    assert life.verdicts()["2026-02-02"] == "missing"


def test_a_program_without_its_store_is_not_ready(folder: Path) -> None:
    with opened(f"sqlite:///{folder / 'entente.db'}") as case:
        assert case.http.get("/readyz").status_code == 200
        removed(folder)
        assert slug(case.http.get("/readyz"), 503) == "store-lost"
        assert slug(case.post("/v1/advance", to="2026-02-11T00:00:00Z"), 503) == "store-lost"


def test_no_connection_goes_to_another_file_than_the_first(folder: Path) -> None:
    database = open_database(f"sqlite:///{folder / 'entente.db'}")
    assert isinstance(database, SQLiteDatabase)
    try:
        with database.connect():
            replaced(folder)
            for suffix in ("-wal", "-shm"):
                (folder / f"entente.db{suffix}").unlink()
            with pytest.raises(Unavailable, match=r"entente\.db was removed or replaced"):
                database._open()
    finally:
        database.close()


def test_a_lock_whose_file_was_removed_is_lost(folder: Path) -> None:
    database = open_database(f"sqlite:///{folder / 'entente.db'}")
    try:
        one, other = database.judge_lock(), database.judge_lock()
        assert one.try_acquire()
        (folder / "entente.db.lock").unlink()
        assert not one.is_held()
        assert other.try_acquire()
        assert not one.try_acquire()
        assert other.is_held()
        other.release()
        assert one.try_acquire()
        one.release()
    finally:
        database.close()


@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_a_store_is_its_owners_alone(folder: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        with living(f"sqlite:///{folder / 'entente.db'}") as alive:
            alive.advance("02-01")
            files: dict[str, Instant] = {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}
    finally:
        os.umask(before)
    assert files == dict.fromkeys([f"entente.db{suffix}" for suffix in ("", "-wal", "-shm", ".lock")], 0o600)
