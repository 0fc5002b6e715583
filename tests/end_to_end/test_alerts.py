"""A promise is broken, a real Prometheus sees it, and a real Alertmanager tells the one whom it concerns, once."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.metrics import ProgramMetrics, metrics_registry
from dashboards.rules import render_rules
from ingestion.webhooks import read_webhooks
from services.access import ADMINISTRATOR
from services.figures.reading import read_commitments
from tests.dashboards.promtool import program
from tests.dashboards.test_grafana import served
from tests.given import contract, criterion, event, punctuality
from tests.patience import PATIENCE
from tests.servers import free_port
from tests.services.judged import living

WEBHOOKS = Path(__file__).parents[2] / "deploy" / "webhooks"


class Receiver:
    """What was told, by the path that it was told to."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.told.append((self.path, body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Receiver:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def alerts(self, path: str) -> list[dict[str, Any]]:
        return [alert for where, body in list(self.told) if where == path for alert in json.loads(body)["alerts"]]


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[None]:
    with (folder / f"{Path(arguments[0]).name}.log").open("wb") as log:
        started = subprocess.Popen(arguments, cwd=folder, stdout=log, stderr=log)
    try:
        yield
    finally:
        started.terminate()
        started.wait(PATIENCE)


def alertmanager(folder: Path, receiver: str) -> tuple[str, list[str]]:
    """Its address, and how it is started: what a service owes is told to that service, all else to nobody."""
    routes = [{"matchers": ['service="lab"', 'severity="critical"'], "receiver": "supplier"}]
    config = {
        "route": {"receiver": "nobody", "group_by": ["alertname", "contract", "deliverable", "criterion"], "group_wait": "1s",
                  "group_interval": "5s", "repeat_interval": "4h", "routes": routes},
        "receivers": [
            {"name": "nobody", "webhook_configs": [{"url": f"{receiver}/nobody"}]},
            {"name": "supplier", "webhook_configs": [{"url": f"{receiver}/supplier", "send_resolved": True}]},
        ],
    }  # fmt: skip
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(config))
    port = free_port()
    return f"127.0.0.1:{port}", [
        program("prometheus-alertmanager"), "--config.file=alertmanager.yml", "--storage.path=alerts",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=",
    ]  # fmt: skip


def prometheus(folder: Path, target: str, alerts_to: str, rules: str) -> list[str]:
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alerts_to]}]}]},
        "scrape_configs": [{"job_name": "entente", "static_configs": [{"targets": [target]}]}],
    }
    (folder / "rules.yml").write_text(rules, encoding="utf-8")
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return [
        program("prometheus"), "--config.file=prometheus.yml", "--storage.tsdb.path=data",
        f"--web.listen-address=127.0.0.1:{free_port()}", "--log.level=warn",
    ]  # fmt: skip


def wait_for(receiver: Receiver, path: str, name: str) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = [one for one in receiver.alerts(path) if one["labels"]["alertname"] == name]
        if found:
            return found[0]
        time.sleep(0.2)
    pytest.fail(f"no alert {name} arrived within {PATIENCE} s; there were {receiver.told}")


def test_a_broken_promise_reaches_whom_it_concerns_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        life = stack.enter_context(living(f"sqlite:///{tmp_path / 'entente.db'}"))
        receiver = stack.enter_context(Receiver())
        wanted = criterion(
            punctuality(early="3 days"), "on-time", each_miss="breach", target={"max_misses": 3, "per": "month"}
        )
        life.sign(contract(wanted))
        life.happen(event("report", "01-05 09:40", id="a"))
        life.advance("2026-01-06")
        store = life.store
        rules = render_rules(store.read(ADMINISTRATOR, read_commitments))
        target = stack.enter_context(served(metrics_registry(store.seeing, ProgramMetrics(life.door.answered))))
        alerts_to, arguments = alertmanager(tmp_path, receiver.address)
        stack.enter_context(running(tmp_path, *arguments))
        stack.enter_context(running(tmp_path, *prometheus(tmp_path, target, alerts_to, rules)))
        time.sleep(5)
        assert receiver.told == []
        life.advance("2026-01-13")
        alert = wait_for(receiver, "/supplier", "EntenteMissed")
        labels = {
            name: alert["labels"][name] for name in ("contract", "deliverable", "criterion", "service", "severity")
        }
        assert labels == {
            "contract": "c",
            "deliverable": "d",
            "criterion": "on-time",
            "service": "lab",
            "severity": "critical",
        }
        assert alert["status"] == "firing"
        assert alert["annotations"]["debtor"] == "lab"
        time.sleep(12)
        assert len([one for one in receiver.alerts("/supplier") if one["labels"]["alertname"] == "EntenteMissed"]) == 1
        back = [
            read_webhooks(WEBHOOKS)["alertmanager"].items(body) for where, body in receiver.told if where == "/supplier"
        ]
        made = [json.loads(one.raw)["type"] for items in back for one in items]
        assert made == ["alert.firing"]
