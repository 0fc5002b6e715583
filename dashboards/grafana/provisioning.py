"""Writes what Grafana reads at its start: the data source, where dashboards are, and the dashboards."""

from __future__ import annotations

import json
from pathlib import Path

from dashboards.grafana.boards import contract, portfolio
from dashboards.grafana.panels import DATA_SOURCE_UID, Json

PROMETHEUS_ADDRESS = "http://prometheus:9090"
MOUNTED_AT = "/etc/grafana/provisioning"
"""Where Grafana's image looks for provisioning."""


def render(
    folder: Path, *, prometheus: str = PROMETHEUS_ADDRESS, mounted_at: str = MOUNTED_AT, scrape_interval: str = "15s"
) -> list[Path]:
    """Writes the files below `folder`, which Grafana sees at `mounted_at`, and says which; the same input gives the
    same bytes. JSON is YAML 1.2, so all files are written as JSON."""
    files = {
        "datasources/entente.yaml": _data_source(prometheus, scrape_interval),
        "dashboards/entente.yaml": _provider(f"{mounted_at}/dashboards/entente"),
        "dashboards/entente/portfolio.json": portfolio().to_json(),
        "dashboards/entente/contract.json": contract().to_json(),
    }
    return [_write(folder / name, content) for name, content in files.items()]


def _data_source(prometheus: str, scrape_interval: str) -> Json:
    source: Json = {
        "name": "Entente",
        "uid": DATA_SOURCE_UID,
        "type": "prometheus",
        "access": "proxy",
        "url": prometheus,
        "isDefault": True,
        "editable": False,
        "jsonData": {"timeInterval": scrape_interval, "httpMethod": "POST"},
    }
    return {"apiVersion": 1, "datasources": [source]}


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
