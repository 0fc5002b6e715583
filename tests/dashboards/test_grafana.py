from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
import yaml
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from dashboards import metric_names as names
from dashboards.grafana.boards import CONTRACT_UID, PORTFOLIO_UID, contract, portfolio
from dashboards.grafana.panels import DATA_SOURCE_UID, Panel, Query, Row, laid_out
from dashboards.grafana.provisioning import render
from dashboards.metrics import ProgramMetrics, metrics_registry, metrics_routes
from dashboards.rules import render_rules
from services.reading.rows import ServiceRow
from tests.dashboards.promql import require_promql, substituted
from tests.dashboards.promtool import program
from tests.dashboards.rows_by_hand import (
    MONTHLY_MISSES,
    NOON,
    QUARTERLY,
    SECOND,
    WAITING,
    ReadingByHand,
    commitment_row,
    counts,
)
from tests.servers import free_port

BOARDS = {"portfolio": portfolio().to_json(), "contract": contract().to_json()}


def expressions(board: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]


def cells(panel: dict[str, Any]) -> set[tuple[int, int]]:
    place = panel["gridPos"]
    across = range(place["x"], place["x"] + place["w"])
    return {(x, y) for x in across for y in range(place["y"], place["y"] + place["h"])}


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_no_two_panels_overlap_and_none_leaves_the_grid(board: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        assert taken.isdisjoint(cells(panel)), panel["title"]
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        taken |= cells(panel)


def test_a_panel_that_no_longer_fits_goes_below_the_highest_of_its_line() -> None:
    def panel(width: int, height: int) -> Panel:
        return Panel("x", "stat", (Query("1"),), width, height)

    placed = laid_out([Row("a"), panel(12, 4), panel(8, 9), panel(8, 4), Row("b"), panel(24, 3)])
    places = [one["gridPos"] for one in placed]
    assert places == [
        {"x": 0, "y": 0, "w": 24, "h": 1},
        {"x": 0, "y": 1, "w": 12, "h": 4},
        {"x": 12, "y": 1, "w": 8, "h": 9},
        {"x": 0, "y": 10, "w": 8, "h": 4},
        {"x": 0, "y": 14, "w": 24, "h": 1},
        {"x": 0, "y": 15, "w": 24, "h": 3},
    ]


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_panel_has_its_own_id_and_asks_the_one_data_source(board: dict[str, Any]) -> None:
    identities = [panel["id"] for panel in board["panels"]]
    assert len(set(identities)) == len(identities)
    asked = {target["datasource"]["uid"] for panel in board["panels"] for target in panel.get("targets", [])}
    assert asked == {DATA_SOURCE_UID}


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_expression_is_promql(board: dict[str, Any]) -> None:
    for expression in expressions(board):
        require_promql(expression)


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_metric_asked_for_exists_with_those_labels(board: dict[str, Any]) -> None:
    known = {metric.name for metric in names.ALL_METRICS} | {"entente_judging_seconds_bucket"}
    queries = [variable["query"]["query"] for variable in board["templating"]["list"]]
    for expression in [*expressions(board), *queries]:
        assert set(re.findall(r"entente_\w+", expression)) <= known, expression


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_variable_used_is_defined(board: dict[str, Any]) -> None:
    defined = {variable["name"] for variable in board["templating"]["list"]}
    for expression in expressions(board):
        used = set(re.findall(r"\$(\w+)", expression)) - {"__rate_interval"}
        assert used <= defined, expression


def test_the_uids_that_people_have_bookmarked_stay() -> None:
    assert (PORTFOLIO_UID, CONTRACT_UID, DATA_SOURCE_UID) == (
        "entente-portfolio",
        "entente-contract",
        "entente-prometheus",
    )
    assert {board["uid"] for board in BOARDS.values()} == {PORTFOLIO_UID, CONTRACT_UID}


def test_provisioning_writes_what_grafana_reads_at_its_start(tmp_path: Path) -> None:
    written = render(tmp_path, prometheus="http://127.0.0.1:9090", mounted_at="/provisioning")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in written) == [
        "dashboards/entente.yaml",
        "dashboards/entente/contract.json",
        "dashboards/entente/portfolio.json",
        "datasources/entente.yaml",
    ]
    source = yaml.safe_load((tmp_path / "datasources/entente.yaml").read_text(encoding="utf-8"))["datasources"][0]
    assert (source["uid"], source["url"]) == (DATA_SOURCE_UID, "http://127.0.0.1:9090")
    provider = yaml.safe_load((tmp_path / "dashboards/entente.yaml").read_text(encoding="utf-8"))["providers"][0]
    assert provider["options"]["path"] == "/provisioning/dashboards/entente"
    for name, board in BOARDS.items():
        assert json.loads((tmp_path / f"dashboards/entente/{name}.json").read_text(encoding="utf-8")) == board


def test_rendering_again_changes_no_byte(tmp_path: Path) -> None:
    first = {path: path.read_bytes() for path in render(tmp_path)}
    assert {path: path.read_bytes() for path in render(tmp_path)} == first


def test_every_expression_gives_a_series_on_a_real_prometheus(tmp_path: Path) -> None:
    answered = Counter({("http", "accepted"): 0})
    program_metrics = ProgramMetrics(lambda: answered)
    reading = lively()
    registry = metrics_registry(reading, program_metrics)
    with served(registry) as target, prometheus_scraping(target, tmp_path, render_rules(reading.rows)) as address:

        def keep_going() -> None:
            answered["http", "accepted"] += 1
            program_metrics.judged_in(0.02)

        assert wait_for_series(address, names.COMMITMENT_INFO.name, keep_going) == 2
        for expression in [one for board in BOARDS.values() for one in expressions(board)]:
            assert wait_for_series(address, substituted(expression), keep_going), expression
        rules = httpx2.get(f"{address}/api/v1/rules", timeout=10).json()["data"]["groups"]
        assert [rule["lastError"] for group in rules for rule in group["rules"] if rule.get("lastError")] == []
        assert len(rules) == 3


def lively() -> ReadingByHand:
    """Two contracts with a bit of everything."""
    lost = commitment_row(targets=(QUARTERLY, MONTHLY_MISSES, WAITING))
    waited = replace(lost.current[2], counted="values", unit="s", exact=Fraction(163), value="163.0000")
    lost = replace(lost, current=(*lost.current[:2], waited))
    kept = commitment_row("it-support", "Support", (MONTHLY_MISSES,))
    fine = replace(kept.current[0], status="open", misses_left=2, counts=counts(met=4, missing=1))
    return ReadingByHand(
        [lost, replace(kept, current=(fine,))],
        service_rows=[ServiceRow("sales", lost.terms.title, sources=(("crm/reports", 86400 * SECOND),))],
        last_events={"crm/reports": NOON},
    )


@contextmanager
def served(registry: CollectorRegistry) -> Iterator[str]:
    """`/metrics` on a real server; gives its host and port."""
    app, port = FastAPI(), free_port()
    app.include_router(metrics_routes(registry))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def prometheus_scraping(target: str, folder: Path, rules: str) -> Iterator[str]:
    """A Prometheus that asks the target every second; gives its address."""
    port = free_port()
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "scrape_configs": [{"job_name": "entente", "static_configs": [{"targets": [target]}]}],
    }
    (folder / "rules.yml").write_text(rules, encoding="utf-8")
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    arguments = [
        program("prometheus"),
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    with (folder / "prometheus.log").open("wb") as log:
        running = subprocess.Popen(arguments, cwd=folder, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(20)


def wait_for_series(address: str, expression: str, keep_going: Callable[[], None], patience: float = 20) -> int:
    """How many series the expression gives, as soon as it gives any; meanwhile the program keeps going."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        keep_going()
        try:
            asked = httpx2.get(f"{address}/api/v1/query", params={"query": expression}, timeout=10)
            answer: Any = {"status": "starting"} if asked.status_code == 503 else asked.json()
        except httpx2.TransportError:
            answer = {"status": "starting"}
        if answer["status"] == "error":
            pytest.fail(f"{expression}: {answer['error']}")
        if answer["status"] == "success" and answer["data"]["result"]:
            return len(answer["data"]["result"])
        time.sleep(0.2)
    return 0
