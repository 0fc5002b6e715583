"""All dashboards, by the name of their file. Their uids stay, so that links and bookmarks keep working."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.grafana.commitment import commitment
from dashboards.grafana.contract import contract
from dashboards.grafana.ingestion import ingestion
from dashboards.grafana.live import NOTHING, Around
from dashboards.grafana.panels import Dashboard
from dashboards.grafana.parties import client, supplier
from dashboards.grafana.portfolio import portfolio
from dashboards.grafana.review import review

__all__ = ["Around", "boards", "client", "supplier"]


def boards(around: Around = NOTHING) -> Mapping[str, Dashboard]:
    every = {
        "portfolio": portfolio,
        "contract": contract,
        "supplier": supplier,
        "client": client,
        "commitment": commitment,
        "ingestion": ingestion,
        "review": review,
    }
    return {name: make(around) for name, make in every.items()}
