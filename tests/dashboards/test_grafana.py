"""The dashboards: as JSON, as their queries, and on a real Prometheus that scrapes a live Entente."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import uvicorn
import yaml
from fastapi import FastAPI
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard as OfGrafana
from prometheus_client import CollectorRegistry

from dashboards import metric_names as names
from dashboards.grafana.addresses import dashboard_of
from dashboards.grafana.boards import Around, boards
from dashboards.grafana.panels import Panel, Row, laid_out
from dashboards.grafana.provisioning import PASSWORD, Reports, render
from dashboards.grafana.queries import DATA_SOURCE_UID, REPORTS_UID, Query
from dashboards.metrics import metrics_routes
from dashboards.rules import render_rules
from entente.serving import web
from entente.settings import Settings
from entente.wiring import program as opened
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR
from services.excuses.reading import read_excuses
from services.figures.reading import read_commitments
from services.reviews.reading import read_reviews
from tests.dashboards.grafana_values import promql
from tests.dashboards.promql import require_promql
from tests.dashboards.promtool import program, promtool
from tests.given import event, structured
from tests.patience import PATIENCE
from tests.reported import reported
from tests.servers import free_port

PAGES = "https://entente.example"
ALONE: dict[str, dict[str, Any]] = {name: board.to_json() for name, board in boards().items()}
BOARDS: dict[str, dict[str, Any]] = {
    **{f"{name}-with-reports": board.to_json() for name, board in boards(Around(PAGES, True)).items()},
    **ALONE,
}
REPORTS = Reports("db:5432", "entente", "entente_reports")
CHOICES: tuple[dict[str, list[str]], ...] = tuple(
    {
        "supplier": ["lab", "ward"],
        "client": ["lab", "ward"],
        "contract": ["c"],
        "service": [service],
        "deliverable": deliverables,
        "criterion": [criterion],
    }
    for service in ("lab", "ward")
    for deliverables, criterion in (
        (["d", "plan"], "on-time"),
        (["d"], "on-time"),
        (["d"], "quick"),
        (["d"], "answered"),
    )
)
"""What somebody may choose: an expression is to give a series for one of them."""


def targets(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [target for panel in board["panels"] for target in panel.get("targets", [])]


def expressions(board: dict[str, Any]) -> list[str]:
    return [target["expr"] for target in targets(board) if "expr" in target]


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
def test_every_panel_has_its_own_id_and_asks_one_data_source(board: dict[str, Any]) -> None:
    identities = [panel["id"] for panel in board["panels"]]
    assert len(set(identities)) == len(identities)
    for panel in board["panels"]:
        asked = {target["datasource"]["uid"] for target in panel.get("targets", [])}
        assert asked <= {panel.get("datasource", {}).get("uid")}
        assert asked <= {DATA_SOURCE_UID, REPORTS_UID}
        assert asked or panel["type"] in ("row", "text")


@pytest.mark.parametrize("board", ALONE.values(), ids=ALONE)
def test_without_reports_nothing_asks_for_them_and_a_text_leads_to_the_pages(board: dict[str, Any]) -> None:
    assert REPORTS_UID not in json.dumps(board)
    texts = [panel["options"]["content"] for panel in board["panels"] if panel["type"] == "text"]
    assert texts
    assert all("on the pages of Entente" in one for one in texts)


def test_a_text_in_the_place_of_closed_periods_is_a_link_where_the_pages_have_an_address() -> None:
    for board in boards(Around(PAGES)).values():
        content: dict[str, Any] = board.to_json()
        texts = [panel["options"]["content"] for panel in content["panels"] if panel["type"] == "text"]
        assert all(re.match(rf"\[[\w ,]+\]\({PAGES}/[\w/${{}}:]+\): on the pages", one) for one in texts), texts


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_expression_is_promql(board: dict[str, Any], tmp_path: Path) -> None:
    rules: list[dict[str, str]] = []
    for expression in expressions(board):
        require_promql(expression)
        rules.append({"record": f"e:{len(rules)}", "expr": promql(expression, CHOICES[0])})
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "all", "rules": rules}]}), encoding="utf-8")
    assert "SUCCESS" in promtool("check", "rules", "rules.yml", at=tmp_path)


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_metric_asked_for_exists_with_those_labels(board: dict[str, Any]) -> None:
    known = {metric.name for metric in names.ALL_METRICS} | {"entente_judging_seconds_bucket"}
    queries = [variable["query"]["query"] for variable in board["templating"]["list"]]
    for expression in [*expressions(board), *queries]:
        assert set(re.findall(r"entente_\w+", expression)) <= known, expression


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_variable_used_is_defined(board: dict[str, Any]) -> None:
    defined = {variable["name"] for variable in board["templating"]["list"]}
    built_in = {"__rate_interval", "__range", "__timeFilter", "__data", "__value"}
    links = [link["url"].partition("?")[0] for link in board["links"] if "url" in link]
    said = json.dumps([board["panels"], board["annotations"], links])
    assert set(re.findall(r"\$\{?(\w+)", said)) - built_in <= defined


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_in_sql_a_variable_is_always_quoted(board: dict[str, Any]) -> None:
    statements = [target["rawSql"] for target in targets(board) if "rawSql" in target]
    statements += [one["target"]["rawSql"] for one in board["annotations"]["list"]]
    for statement in statements:
        left = re.sub(r"\$\{\w+:sqlstring\}|\$__timeFilter\(\w+\)", "", statement)
        assert "$" not in left
        assert re.fullmatch(r"(WITH|SELECT) [^;]*", statement, re.DOTALL)


def test_the_uids_that_people_have_bookmarked_stay() -> None:
    assert {name: board["uid"] for name, board in ALONE.items()} == {
        "portfolio": "entente-portfolio",
        "contract": "entente-contract",
        "supplier": "entente-supplier",
        "client": "entente-client",
        "commitment": "entente-commitment",
        "ingestion": "entente-ingestion",
        "review": "entente-review",
    }
    assert (DATA_SOURCE_UID, REPORTS_UID) == ("entente-prometheus", "entente-postgresql")


def test_links_lead_to_dashboards_that_exist_and_variables_that_they_have() -> None:
    known = {board["uid"]: {one["name"] for one in board["templating"]["list"]} for board in ALONE.values()}
    for board in BOARDS.values():
        for uid, query in re.findall(r'"/d/([\w-]+)(?:\?([^"]*))?"', json.dumps(board)):
            assert set(re.findall(r"var-(\w+)=", query)) <= known[uid]


def test_links_to_the_pages_open_them(tmp_path: Path) -> None:
    """Each with what a row or a choice would put into it."""
    url = f"sqlite:///{tmp_path / 'entente.db'}"
    with reported(url) as life:
        held = next(one for one in life.store.read(ADMINISTRATOR, read_reviews) if one.state != "planned")
        values = {
            "contract": "c", "deliverable": "d", "criterion": "on-time", "breach": life.breaches()[0].id,
            "action": life.actions()[0].id, "excuse": life.store.read(ADMINISTRATOR, read_excuses)[0].id, "review": held.id,
        }  # fmt: skip
    found = {one for board in BOARDS.values() for one in re.findall(rf'{PAGES}(/[^"\\)]*)', json.dumps(board))}
    assert len(found) > 8
    with opened(Settings(store=url)) as running, serving(web(running)) as address:
        for path in found:
            put = path.replace("/commitments/${__value.raw}", "/commitments/c/d/on-time").replace("${__value.raw}", "1")
            put = re.sub(
                r"\$\{(?:__data\.fields\.)?(\w+):percentencode\}", lambda name: quote(values[name[1]], safe=""), put
            )
            assert httpx2.get(f"http://{address}{put}", timeout=PATIENCE).status_code == 200, put


def test_pages_lead_to_the_dashboard_that_shows_the_same(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'entente.db'}"
    with reported(url):
        pass
    ways = {
        "/": "entente-portfolio",
        "/portfolio": "entente-portfolio",
        "/contracts/c": "entente-contract?var-contract=c",
        "/contracts/c/versions/1": "entente-contract?var-contract=c",
        "/commitments/c/d/on-time": "entente-commitment?var-contract=c&amp;var-deliverable=d&amp;var-criterion=on-time",
        "/reviews/c@2026-02-03": "entente-review?var-contract=c",
        "/quarantine": "entente-ingestion",
    }
    known = {board["uid"] for board in ALONE.values()}
    for grafana, is_there in (("https://grafana.example/", True), ("", False), ("javascript:alert(1)", False)):
        settings = Settings(store=url, grafana_url=grafana)
        with opened(settings) as running, serving(web(running)) as address:
            for path, board in ways.items():
                page = httpx2.get(f"http://{address}{path}", timeout=PATIENCE).text
                assert re.findall(r'href="https://grafana\.example/d/([^"]*)"', page) == ([board] if is_there else [])
                assert "javascript:" not in page
                assert board.partition("?")[0] in known
    assert dashboard_of("https://grafana.example", "/contracts/x' OR '1'='1") is None
    assert dashboard_of("https://grafana.example", "/static/x") is None


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_the_official_sdk_reads_them_and_writes_them_again(board: dict[str, Any]) -> None:
    """But for what its model of 11.6 has no place for: the query of an annotation, and what a variable says it was defined by."""
    register_default_plugins()
    again = json.loads(JSONEncoder().encode(OfGrafana.from_json(json.loads(json.dumps(board)))))
    assert [one for one in lost(board, again) if ".target." not in one and not one.endswith(".definition")] == []


def lost(ours: Any, theirs: Any, at: str = "") -> Iterator[str]:
    """Where what we said is not said any more; what was empty may be left out."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name, value in ours.items():
            if name in theirs:
                yield from lost(value, theirs[name], f"{at}.{name}")
            elif value not in (None, [], {}, ""):
                yield f"{at}.{name}"
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from lost(one, other, f"{at}[{index}]")
    elif ours != theirs:
        yield at


def test_provisioning_writes_what_grafana_reads_at_its_start(tmp_path: Path) -> None:
    written = render(tmp_path, prometheus="http://127.0.0.1:9090", mounted_at="/provisioning")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in written) == sorted(
        ["dashboards/entente.yaml", "datasources/entente.yaml", *(f"dashboards/entente/{name}.json" for name in ALONE)]
    )
    [source] = yaml.safe_load((tmp_path / "datasources/entente.yaml").read_text(encoding="utf-8"))["datasources"]
    assert (source["uid"], source["url"]) == (DATA_SOURCE_UID, "http://127.0.0.1:9090")
    provider = yaml.safe_load((tmp_path / "dashboards/entente.yaml").read_text(encoding="utf-8"))["providers"][0]
    assert provider["options"]["path"] == "/provisioning/dashboards/entente"
    for name, board in ALONE.items():
        assert json.loads((tmp_path / f"dashboards/entente/{name}.json").read_text(encoding="utf-8")) == board


def test_with_reports_provisioning_names_their_data_source_and_no_password(tmp_path: Path) -> None:
    render(tmp_path, pages=PAGES, reports=Reports("db:5432", "a$b", "entente_reports"))
    _, source = yaml.safe_load((tmp_path / "datasources/entente.yaml").read_text(encoding="utf-8"))["datasources"]
    assert (source["uid"], source["type"], source["url"]) == (REPORTS_UID, "grafana-postgresql-datasource", "db:5432")
    assert (source["user"], source["jsonData"]["database"]) == ("entente_reports", "a$$b")
    assert source["secureJsonData"] == {"password": f"${PASSWORD}"}
    for name in ALONE:
        board = json.loads((tmp_path / f"dashboards/entente/{name}.json").read_text(encoding="utf-8"))
        assert board == BOARDS[f"{name}-with-reports"]


def test_rendering_again_changes_no_byte(tmp_path: Path) -> None:
    first = {path: path.read_bytes() for path in render(tmp_path)}
    assert {path: path.read_bytes() for path in render(tmp_path)} == first


def test_every_expression_gives_a_series_on_a_real_prometheus_that_scrapes_a_live_entente(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'entente.db'}"
    with reported(url):
        pass
    with opened(Settings(store=url)) as running:
        rules = render_rules(running.store.read(ADMINISTRATOR, read_commitments))
        with serving(web(running)) as target, prometheus_scraping(target, tmp_path, rules) as address:

            def keep_going() -> None:
                running.door.submit(
                    [decode_structured(structured(event("item", "03-12 12:00", errors=0)))], ADMINISTRATOR, "http"
                )
                running.store.judging.catch_up()

            assert wait_for_series(address, [names.COMMITMENT_INFO.name], keep_going) == 7
            for expression in {one: None for board in BOARDS.values() for one in expressions(board)}:
                asked = list(dict.fromkeys(promql(expression, chosen) for chosen in CHOICES))
                assert wait_for_series(address, asked, keep_going), expression
            groups = httpx2.get(f"{address}/api/v1/rules", timeout=PATIENCE).json()["data"]["groups"]
            assert [rule["lastError"] for group in groups for rule in group["rules"] if rule.get("lastError")] == []
            assert len(groups) == 3


@contextmanager
def served(registry: CollectorRegistry) -> Iterator[str]:
    """`/metrics` on a real server; gives its host and port."""
    app = FastAPI()
    app.include_router(metrics_routes(registry))
    with serving(app) as address:
        yield address


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


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
        running.wait(PATIENCE)


def wait_for_series(address: str, asked: list[str], keep_going: Callable[[], None], patience: float = 30) -> int:
    """How many series one of the expressions gives, as soon as one gives any; meanwhile the program keeps going."""
    until = time.monotonic() + patience
    for number in count():
        expression = asked[number % len(asked)]
        if number % len(asked) == 0:
            if time.monotonic() > until:
                return 0
            keep_going()
        try:
            found = httpx2.get(f"{address}/api/v1/query", params={"query": expression}, timeout=PATIENCE)
            answer: Any = {"status": "starting"} if found.status_code == 503 else found.json()
        except httpx2.TransportError:
            answer = {"status": "starting"}
        if answer["status"] == "error":
            pytest.fail(f"{expression}: {answer['error']}")
        if answer["status"] == "success" and answer["data"]["result"]:
            return len(answer["data"]["result"])
        if number % len(asked) == len(asked) - 1:
            time.sleep(0.2)
    raise AssertionError("count() does not end")
