"""Writes what Grafana reads at its start: the data source, where dashboards are, and the dashboards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from dashboards.grafana.boards import boards
from dashboards.grafana.live import Around
from dashboards.grafana.queries import DATA_SOURCE_UID, REPORTS_UID, Json
from dashboards.grafana.speaking import ENGLISH, spoken

PROMETHEUS_ADDRESS = "http://prometheus:9090"
MOUNTED_AT = "/etc/grafana/provisioning"
"""The folder in which Grafana's image looks for provisioning."""
PASSWORD = "ENTENTE_REPORTS_PASSWORD"


@dataclass(frozen=True)
class Reports:
    """The place where Grafana finds the store's reports, and as whom; the password is in the environment of Grafana, as PASSWORD."""

    address: str
    database: str
    user: str
    tls: str = "require"


def render(
    folder: Path,
    *,
    prometheus: str = PROMETHEUS_ADDRESS,
    mounted_at: str = MOUNTED_AT,
    scrape_interval: str = "15s",
    pages: str = "",
    reports: Reports | None = None,
    language: str = ENGLISH,
) -> list[Path]:
    """Writes the files below `folder`, which Grafana sees at `mounted_at`, and says which; the same input gives the
    same bytes. Without reports, panels about closed periods lead to the pages. JSON is YAML 1.2, so all files are JSON."""
    sources = [_prometheus(prometheus, scrape_interval), *([_reports(reports)] if reports is not None else [])]
    files = {
        "datasources/entente.yaml": {"apiVersion": 1, "datasources": sources},
        "dashboards/entente.yaml": _provider(f"{mounted_at}/dashboards/entente"),
    }
    for name, board in boards(Around(pages, reports is not None)).items():
        files[f"dashboards/entente/{name}.json"] = spoken(board.to_json(), language)
    return [_write(folder / name, content) for name, content in files.items()]


def _prometheus(address: str, scrape_interval: str) -> Json:
    return {
        "name": "Entente",
        "uid": DATA_SOURCE_UID,
        "type": "prometheus",
        "access": "proxy",
        "url": _literally(address),
        "isDefault": False,  # a second default keeps Grafana from starting
        "editable": False,
        "jsonData": {"timeInterval": scrape_interval, "httpMethod": "POST"},
    }


def _reports(reports: Reports) -> Json:
    return {
        "name": "Entente reports",
        "uid": REPORTS_UID,
        "type": "grafana-postgresql-datasource",
        "access": "proxy",
        "isDefault": False,
        "url": _literally(reports.address),
        "user": _literally(reports.user),
        "editable": False,
        "jsonData": {"database": _literally(reports.database), "sslmode": reports.tls, "postgresVersion": 1500},
        "secureJsonData": {"password": f"${PASSWORD}"},
    }


def _literally(text: str) -> str:
    """Grafana puts the environment in the place of `$NAME` in these files."""
    return text.replace("$", "$$")


def _provider(path: str) -> Json:
    provider: Json = {
        "name": "entente",
        "folder": "Entente",
        "folderUid": "entente",
        "type": "file",
        "disableDeletion": True,
        "allowUiUpdates": False,
        "options": {"path": path},
    }
    return {"apiVersion": 1, "providers": [provider]}


def _write(path: Path, content: Json) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
