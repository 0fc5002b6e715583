"""From a page, or an alert about what it shows, to the dashboard that shows the same."""

from __future__ import annotations

import re
from urllib.parse import urlencode, urlsplit

from dashboards.grafana.live import COMMITMENT_UID, CONTRACT_UID, INGESTION_UID, PORTFOLIO_UID, REVIEW_UID

_ID = "[a-z0-9-]+"
_WAYS: tuple[tuple[str, str], ...] = (
    (rf"/commitments/(?P<contract>{_ID})/(?P<deliverable>{_ID})/(?P<criterion>{_ID})(/.*)?", COMMITMENT_UID),
    (rf"/contracts/(?P<contract>{_ID})(/.*)?", CONTRACT_UID),
    (rf"/reviews/(?P<contract>{_ID})@.*", REVIEW_UID),
    (r"/quarantine|/history", INGESTION_UID),
    (r"/|/portfolio|/contracts", PORTFOLIO_UID),
)


def dashboard_of(grafana: str, path: str) -> str | None:
    """The address of the dashboard for the page at that path; None where there is none, or no Grafana."""
    if urlsplit(grafana).scheme not in ("http", "https"):
        return None
    for pattern, uid in _WAYS:
        if found := re.fullmatch(pattern, path):
            chosen = urlencode({f"var-{name}": value for name, value in found.groupdict().items()})
            return f"{grafana.rstrip('/')}/d/{uid}" + (f"?{chosen}" if chosen else "")
    return None
