"""What the dashboards read of closed periods: every statement, as Grafana would send it, run as the role that reads the reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from dashboards.grafana.boards import Around, boards
from services.report_readers import grant_reports
from services.report_views import create_reports
from tests.dashboards.grafana_values import sql
from tests.reported import reported

READER = "entente_reads_reports"
CHOSEN = {
    "supplier": ["lab", "ward"],
    "client": ["lab", "ward"],
    "contract": ["c"],
    "service": ["lab"],
    "deliverable": ["d", "plan"],
    "criterion": ["on-time"],
}
HOSTILE = (
    "x' OR '1'='1",
    "x'); DROP VIEW report_about CASCADE; --",
    "x' UNION SELECT usename FROM pg_user --",
    "\\'; SELECT pg_sleep(60); --",
    "${contract}",
    "$__timeFilter(until_at)",
    '"} or vector(1) or {a="',
    "<script>alert(1)</script>",
    "é’\u202e🙂",
)
ALWAYS_A_ROW = (
    "COUNT(*) FILTER",
    "report_about",
    "report_sources",
    "report_quarantine",
    "report_unmatched",
    "report_outages",
)
"""Statements that name no chosen thing, or count."""


def statements() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, board in boards(Around("https://entente.example", True)).items():
        content: dict[str, Any] = board.to_json()
        for panel in content["panels"]:
            for target in panel.get("targets", ()):
                if "rawSql" in target:
                    yield name, panel["title"], target
        for one in content["annotations"]["list"]:
            yield name, one["name"], one["target"]


EVERY = [pytest.param(board, target, id=f"{board}: {title}") for board, title, target in statements()]


@pytest.fixture(scope="module")
def reader(postgres_server_url: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """A connection to a store in which a bit of everything happened, as Grafana has it."""
    with psycopg.connect(postgres_server_url, autocommit=True) as server:
        server.execute(b"CREATE DATABASE dashboards TEMPLATE template0")
    url = postgres_server_url.rpartition("/")[0] + "/dashboards"
    with reported(url) as life:
        create_reports(life.store.history.database)
        grant_reports(life.store.history.database, READER)
    with psycopg.connect(url.replace("entente@", f"{READER}@"), autocommit=True, row_factory=dict_row) as found:
        yield found


@pytest.mark.parametrize(("board", "target"), EVERY)
def test_every_statement_gives_rows(
    reader: psycopg.Connection[dict[str, Any]], board: str, target: dict[str, Any]
) -> None:
    rows = reader.execute(sql(target["rawSql"], _chosen(board)).encode()).fetchall()
    assert rows
    if target["refId"] == "Anno":
        assert all(set(row) >= {"time", "text", "tags"} for row in rows)
        assert all(isinstance(row["time"], datetime) and row["text"] and row["tags"] for row in rows)
    elif target["format"] == "time_series":
        times = [row["time"] for row in rows]
        assert all(isinstance(one, datetime) for one in times)
        assert all(one <= other for one, other in pairwise(times))
        assert all(isinstance(value, datetime | Decimal | int | str) for row in rows for value in row.values())
        assert any(isinstance(value, Decimal | int) for value in rows[0].values())


@pytest.mark.parametrize(("board", "target"), EVERY)
def test_nothing_that_was_chosen_is_more_than_a_text(
    reader: psycopg.Connection[dict[str, Any]], board: str, target: dict[str, Any]
) -> None:
    for hostile in HOSTILE:
        chosen = {name: [hostile] * len(values) for name, values in _chosen(board).items()}
        rows = reader.execute(sql(target["rawSql"], chosen).encode()).fetchall()
        if not any(said in target["rawSql"] for said in ALWAYS_A_ROW):
            assert rows == []


def test_time_shown_cuts_what_is_shown(reader: psycopg.Connection[dict[str, Any]]) -> None:
    [target] = [
        target
        for board, title, target in statements()
        if (board, title) == ("contract", "Every closed period, the latest first")
    ]
    february = ("2026-02-15T00:00:00Z", "2026-03-05T00:00:00Z")
    rows = reader.execute(sql(target["rawSql"], CHOSEN, february).encode()).fetchall()
    assert {row["period"] for row in rows} == {"2026-02", "2026-W07", "2026-W08", "2026-W09"}
    [on_time] = [row for row in rows if row["commitment"] == "c/d/on-time"]
    assert (on_time["status"], on_time["good"], on_time["total"]) == ("breached", 2, 4)


def _chosen(board: str) -> dict[str, list[str]]:
    """What is chosen on that dashboard, so that it shows something."""
    return CHOSEN | {"commitment": {"deliverable": ["d"]}, "client": {"service": ["ward"]}}.get(board, {})
