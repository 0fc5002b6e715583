"""A scrape of 10,000 series, when nothing has moved and when everything has, against as many registered gauges; and what of it is
writing them."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from dashboards.metric_series import commitment_series
from dashboards.metrics import ProgramMetrics, exposition, metrics_registry
from dashboards.metrics_text import Writer
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR
from tests.bench.entry import Entry
from tests.bench.many_contracts import build
from tests.dashboards.rows_by_hand import MONTHLY_MISSES, QUARTERLY, commitment_row, contract_row

CONTRACTS, DAYS = 220, 2
"""A store of about 10,000 series, of two commitments a contract."""
ROWS, ROUNDS = 322, 15
"""Rows of commitments with two targets, which are about as many."""
ACCEPT = CONTENT_TYPE_LATEST
MINUTE = 60_000_000


def measure(folder: Path) -> list[Entry]:
    """Medians, in turn with the gauges, so that both see the same machine."""
    url = f"sqlite:///{folder / 'entente.db'}"
    build(url, CONTRACTS, DAYS)
    with program(Settings(store=url)) as opened:
        return [*_scraped(opened), _written()]


def _scraped(opened: Program) -> list[Entry]:
    registry = metrics_registry(opened.store.seeing, ProgramMetrics())

    def scrape() -> bytes:
        return exposition(registry, ACCEPT)[0]

    count = _series_in(scrape())
    gauges = _gauges(count)
    times: dict[str, list[float]] = {"still": [], "moved": [], "gauges": []}
    for _ in range(ROUNDS):
        times["still"].append(_timed(scrape))
        _move(opened)
        times["moved"].append(_timed(scrape))
        times["gauges"].append(_timed(lambda: exposition(gauges, ACCEPT)))
    still, moved, reference = (statistics.median(each) * 1_000 for each in times.values())
    name = f"{count:,} registered gauges"
    return [
        Entry(f"a scrape of {count:,} series, nothing moved", still, "ms", reference, name, wanted=0.2),
        Entry(f"a scrape of {count:,} series, everything moved", moved, "ms", reference, name),
    ]


def _written() -> Entry:
    commitments = [
        commitment_row(f"c-{number:04}", "Sales figures", (QUARTERLY, MONTHLY_MISSES)) for number in range(ROWS)
    ]
    contracts = [contract_row(row.terms) for row in commitments]
    writer = Writer()

    def write() -> bytes:
        return writer.text(commitment_series(contracts, commitments), generate_latest, ACCEPT)

    count = _series_in(write())
    gauges = _gauges(count)
    times: dict[str, list[float]] = {"written": [], "gauges": []}
    for _ in range(ROUNDS):
        times["written"].append(_timed(write))
        times["gauges"].append(_timed(lambda: exposition(gauges, ACCEPT)))
    written, reference = (statistics.median(each) * 1_000 for each in times.values())
    name = f"{count:,} registered gauges"
    return Entry(f"{count:,} series written anew, of rows in memory", written, "ms", reference, name, wanted=0.2)


def _series_in(page: bytes) -> int:
    return sum(not line.startswith(b"#") for line in page.splitlines())


def _move(opened: Program) -> None:
    """A minute later, and judged."""
    reached = opened.store.seeing.known().watermark or 0
    opened.store.timekeeping.advance(ADMINISTRATOR, reached + MINUTE)
    opened.store.judging.catch_up()


def _gauges(count: int) -> CollectorRegistry:
    registry = CollectorRegistry()
    gauge = Gauge("entente_gauge", "A gauge", ["contract", "deliverable", "criterion", "target"], registry=registry)
    for number in range(count):
        gauge.labels(f"c-{number % 500:04}", "d", "k", f"at_least {number} % per quarter").set(number / 7)
    return registry


def _timed(call: Callable[[], object]) -> float:
    started = perf_counter()
    call()
    return perf_counter() - started
