"""A store with a damaged page is not called well: by `doctor`, by /readyz, in the metrics."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from dashboards.metrics import ProgramMetrics
from entente.doctor import examine
from entente.settings import Settings
from entente.soundness import DailyLook
from services.history.opening import open_database
from services.history.soundness import STEPS, damage
from services.opening import open_store, system_clock
from tests.given import contract, criterion, punctuality
from tests.services.judged import living

PAGE = 4_096


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """One of some hundred pages, closed."""
    file = tmp_path / "entente.db"
    with living(f"sqlite:///{file}") as life:
        life.sign(contract(criterion(punctuality())))
        life.advance("2026-04-01")
    return file


def spoil(file: Path, page: int) -> None:
    with file.open("r+b") as pages:
        pages.seek(page * PAGE)
        pages.write(b"\xff" * PAGE)


def found(file: Path) -> dict[str, str]:
    told = examine(Settings(store=f"sqlite:///{file}"), system_clock, {})
    order = ["ok", "warning", "wrong", "unreachable"]
    return {one.check: one.state for one in sorted(told, key=lambda one: order.index(one.state))}


def test_a_store_that_is_whole_is_found_to_be(store: Path) -> None:
    assert found(store)["damage"] == "ok"
    assert found(store)["rights"] == "ok"


@pytest.mark.parametrize("page", [1, 5, 20])
def test_a_damaged_page_is_found_and_nothing_more_is_asked_of_such_a_store(store: Path, page: int) -> None:
    spoil(store, page)
    told = found(store)
    assert "wrong" in (told.get("damage"), told["store"])
    assert "judge" not in told


def test_a_file_whose_first_page_is_damaged_is_no_store_that_is_away(store: Path) -> None:
    spoil(store, 0)
    assert found(store)["store"] == "wrong"


def test_what_others_may_read_is_said(store: Path) -> None:
    store.chmod(0o644)
    assert found(store)["rights"] == "warning"


def test_damage_shows_in_readiness_and_metrics_after_the_daily_look(store: Path) -> None:
    metrics, going_on = ProgramMetrics(), threading.Event()
    opened = open_store(f"sqlite:///{store}")
    try:
        look = DailyLook(opened.history.database)
        metrics.damage = lambda: look.found
        assert b"entente_store_damaged" not in generate_latest(metrics.registry)
        look.look(going_on)
        assert look.trouble() is None
        assert b"entente_store_damaged 0.0" in generate_latest(metrics.registry)
    finally:
        opened.close()
    spoil(store, 9)
    database = open_database(f"sqlite:///{store}")
    try:
        look = DailyLook(database)
        look.look(going_on)
        assert "it is damaged" in str(look.trouble())
        assert b"entente_store_damaged 1.0" in generate_latest(metrics.registry)
    finally:
        database.close()


def test_a_look_ends_with_the_program(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.history.soundness.STEPS", 1)
    assert STEPS > 1
    spoil(store, 9)
    database = open_database(f"sqlite:///{store}")
    try:
        assert damage(database, lambda: True) == []
        assert damage(database)
        stopping = threading.Event()
        stopping.set()
        look = DailyLook(database)
        look.run(stopping, lambda: None)
        look.look(stopping)
        assert look.found is None
    finally:
        database.close()


def test_a_server_is_asked_what_it_found(postgres_url: str) -> None:
    database = open_database(postgres_url)
    try:
        assert damage(database) == []
        database.create(["CREATE TABLE IF NOT EXISTS things (name {text} NOT NULL)"])
        with database.transaction() as writes:
            writes.execute("CREATE INDEX things_name ON things (name)")
            writes.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = CAST('things_name' AS regclass)")
        assert damage(database) == ["index things_name is not valid"]
    finally:
        database.close()
