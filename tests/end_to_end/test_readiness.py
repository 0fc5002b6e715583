"""`/readyz` tells the truth about what runs: the store, the judge, and that all is well again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg

from tests.end_to_end.agreements import contract, requests
from tests.end_to_end.running import Entente, Server, wait_until
from tests.patience import PATIENCE


def ready(server: Server) -> tuple[int, str]:
    answer = server.get("/readyz")
    return answer.status_code, answer.json().get("type", "").rpartition(":")[2]


def execute(store: str, sql: str) -> None:
    if store.startswith("sqlite"):
        with sqlite3.connect(store.removeprefix("sqlite:///"), timeout=PATIENCE) as file:
            file.execute(sql)
        file.close()
        return
    with psycopg.connect(store, autocommit=True) as server:
        server.execute(sql.encode())


def test_a_judge_that_fails_is_said_and_started_again(entente_on_either: Entente) -> None:
    entente = entente_on_either
    entente.write("contract.yaml", contract("to-marketing", "marketing"))
    entente.ok("apply", "contract.yaml", "--sign", "supplier,client")
    with entente.started("serve", "--port", "0", "--time", "manual") as running:
        server = Server(running, running.address())
        wait_until(lambda: ready(server) == (200, ""), running.shown)
        execute(entente.store, "ALTER TABLE view_occurrence RENAME TO elsewhere")
        assert server.push(*requests("marketing", 3)).json()["accepted"] == 6
        wait_until(lambda: ready(server) == (503, "judge-in-trouble"), running.shown)
        assert "judge: " in server.get("/readyz").json()["detail"]
        execute(entente.store, "ALTER TABLE elsewhere RENAME TO view_occurrence")
        wait_until(lambda: ready(server) == (200, ""), running.shown)
        assert server.json("/readyz")["behind"] == 0
        assert "judge is at work again" in running.shown()


def test_a_store_that_is_gone_is_said_and_found_again(postgres_url: str, tmp_path: Path) -> None:
    entente = Entente(postgres_url, tmp_path)
    with entente.serving("--time", "manual") as server:
        assert ready(server) == (200, "")
        allow_connections(postgres_url, False)
        assert ready(server) == (503, "unavailable")
        assert server.get("/healthz").status_code == 200
        assert server.push(*requests("marketing", 1)).status_code == 503
        allow_connections(postgres_url, True)
        wait_until(lambda: ready(server) == (200, ""), server.running.shown)
        assert server.push(*requests("marketing", 1)).json()["accepted"] == 2


def test_a_judge_alone_shows_its_state_and_nothing_else(entente: Entente) -> None:
    with entente.serving("--role", "judge", "--time", "manual") as server:
        assert ready(server) == (200, "")
        measured = server.get("/metrics").text
        assert "entente_judging_seconds_count" in measured
        assert "entente_access_keys_ending 0.0" in measured
        assert server.get("/v1/contracts").status_code == 404
        assert server.get("/").status_code == 404
        assert server.get("/metrics", host="elsewhere.example").status_code == 421
        assert server.get("/healthz", host="elsewhere.example").status_code == 200


def allow_connections(url: str, allowed: bool) -> None:
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {allowed}".encode())
        if not allowed:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
