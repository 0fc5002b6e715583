"""A program killed anywhere leaves a store from which the same command ends as if nothing had happened."""

from __future__ import annotations

import signal
import sqlite3
from typing import Any

import psycopg
import pytest

from tests.end_to_end.agreements import contract, lines, report, requests
from tests.end_to_end.running import Entente, wait_until
from tests.patience import PATIENCE

NAME = "to-marketing"
COUNT = 8_000
EVENTS = [*requests("marketing", COUNT), report("marketing", "2026-01-05", "2026-01-05T08:00:00Z")]
UNTIL = "2026-02-10T00:00:00Z"


def rows(store: str, sql: str) -> list[tuple[Any, ...]]:
    """What a query of a store finds; nothing while it has no such table."""
    if store.startswith("postgresql:"):
        with psycopg.connect(store) as server:
            try:
                return server.execute(sql.encode()).fetchall()
            except psycopg.errors.UndefinedTable:
                return []
    file = sqlite3.connect(store.removeprefix("sqlite:///"), timeout=PATIENCE)
    try:
        return file.execute(sql).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        file.close()


def appended(store: str) -> int:
    found = rows(store, "SELECT COUNT(*) FROM stored_events")
    return int(found[0][0]) if found else 0


def judged(store: str) -> int:
    found = rows(store, "SELECT position FROM view_position")
    return int(found[0][0]) if found else 0


def agree(entente: Entente) -> None:
    entente.write("contract.yaml", contract(NAME, "marketing"))
    (entente.folder / "e.jsonl").write_bytes(lines(EVENTS))
    entente.ok("apply", "contract.yaml", "--sign", "supplier,client")


def shown(entente: Entente) -> list[dict[str, Any]]:
    """The figures, but for where in the history they stand."""
    figures = entente.json("figures")
    assert all(figure.pop("position") and figure["watermark"] == UNTIL for figure in figures)
    return list(figures)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    entente = Entente(f"sqlite:///{folder / 'entente.db'}", folder)
    agree(entente)
    assert entente.ok("import", "e.jsonl", "--advance", UNTIL).startswith(f"accepted {len(EVENTS)},")
    return shown(entente)


def ends_right(entente: Entente, undisturbed: list[dict[str, Any]]) -> None:
    """The same import again ends as one that was never disturbed."""
    answer = entente.json("import", "e.jsonl", "--advance", UNTIL)
    assert answer["accepted"] + answer["duplicates"] == len(EVENTS)
    assert answer["quarantined"] == 0
    assert shown(entente) == undisturbed
    assert "no difference" in entente.ok("replay")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-C", "kill -9"])
def test_an_import_ended_in_the_middle(
    entente_on_either: Entente, number: signal.Signals, undisturbed: list[dict[str, Any]]
) -> None:
    entente = entente_on_either
    agree(entente)
    before = appended(entente.store)
    with entente.started("import", "e.jsonl", "--advance", UNTIL) as running:
        wait_until(lambda: appended(entente.store) > before or not running.is_alive(), running.shown)
        ran = running.kill(number)
    if number == signal.SIGINT:
        assert ran.code == 130
        [line] = ran.err.splitlines()
        assert "stopped; what was answered is stored" in line
    else:
        assert ran.code == -signal.SIGKILL
    assert appended(entente.store) > before
    ends_right(entente, undisturbed)


def test_judging_killed_in_the_middle(entente_on_either: Entente, undisturbed: list[dict[str, Any]]) -> None:
    entente = entente_on_either
    agree(entente)
    for _ in range(2):
        with entente.started("import", "e.jsonl", "--advance", UNTIL) as running:
            reached = judged(entente.store)
            wait_until(lambda: judged(entente.store) > reached or not running.is_alive(), running.shown)  # noqa: B023
            running.kill()
    ends_right(entente, undisturbed)
