"""`entente grafana push` and `render` on the command line, into a stand-in for Grafana."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboards.grafana_stub import TOKEN, GrafanaStub
from tests.end_to_end.agreements import contract
from tests.end_to_end.running import Entente


@pytest.fixture
def stub() -> Iterator[GrafanaStub]:
    with GrafanaStub() as running:
        yield running


def test_pushed_by_command_once_and_again(entente_on_either: Entente, stub: GrafanaStub) -> None:
    entente = entente_on_either
    entente.write("contract.yaml", contract("to-marketing", "marketing"))
    entente.ok("apply", "contract.yaml", "--sign", "supplier,client")
    entente.env |= {"ENTENTE_GRAFANA_TOKEN": TOKEN, "ENTENTE_PAGES_URL": "https://entente.example"}
    assert "where is Grafana?" in entente.run("grafana", "push").problem(2)
    first = entente.run("grafana", "push", "--url", stub.address)
    assert (first.code, first.err) == (0, "")
    assert len(first.out.splitlines()) == 15
    entente.env["ENTENTE_GRAFANA_URL"] = stub.address
    assert entente.ok("grafana", "push") == "unchanged: 14\n"
    board = json.dumps(stub.boards["entente-client-marketing"])
    assert "https://entente.example/commitments/" in board
    assert ("report_periods" in board) is entente.store.startswith("postgresql")
    entente.env["ENTENTE_GRAFANA_TOKEN"] = "glsa_no"
    wrong = entente.run("grafana", "push").problem(2)
    assert "does not take this token" in wrong
    assert "glsa_no" not in wrong


def test_provisioning_files_read_reports_where_the_store_has_some(entente_on_either: Entente) -> None:
    entente = entente_on_either
    written = entente.ok("grafana", "render", "files").splitlines()
    assert len(written) == 9
    sources = json.loads((entente.folder / "files/datasources/entente.yaml").read_text())["datasources"]
    is_on_postgres = entente.store.startswith("postgresql")
    assert [one["uid"] for one in sources] == ["entente-prometheus", *["entente-postgresql"] * is_on_postgres]
    entente.ok(
        "grafana", "render", "others", "--reports", "postgresql://readers@db.example/entente?sslmode=verify-full"
    )
    [_, named] = json.loads((Path(entente.folder) / "others/datasources/entente.yaml").read_text())["datasources"]
    assert (named["url"], named["user"], named["jsonData"]["sslmode"]) == ("db.example:5432", "readers", "verify-full")
    assert "is no PostgreSQL" in entente.run("grafana", "render", "x", "--reports", "mysql://db").problem(2)
