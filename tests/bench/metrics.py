"""A scrape of 10,000 series: our collector, when nothing has moved and when everything has, against as many registered gauges."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from time import perf_counter

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST

from dashboards.metrics import ProgramMetrics, exposition, metrics_registry
from services.access import Principal
from services.reading.feeding import Awaited
from services.reading.rows import CommitmentRow, ContractRow, Known, ServiceRow
from tests.bench.entry import Entry
from tests.dashboards.rows_by_hand import MONTHLY_MISSES, QUARTERLY, commitment_row, contract_row

SERIES, A_ROW, ROUNDS = 10_000, 31, 15
"""Series that are wanted, and how many one commitment with two targets has, about."""
ACCEPT = CONTENT_TYPE_LATEST


class _Rows:
    """A reading of rows in memory, whose position moves when it is told to."""

    def __init__(self, commitments: Sequence[CommitmentRow], contracts: Sequence[ContractRow]):
        self._commitments, self._contracts, self.position = commitments, contracts, 1

    def one_state(self) -> AbstractContextManager[None]:
        return nullcontext()

    def known(self) -> Known:
        return Known(self.position, 1_790_000_000_000_000)

    def contracts(self, who: Principal) -> Sequence[ContractRow]:
        return self._contracts

    def commitments(self, who: Principal) -> Sequence[CommitmentRow]:
        return self._commitments

    def services(self, who: Principal) -> Mapping[str, ServiceRow]:
        return {}

    def count_quarantine(self, who: Principal) -> int:
        return 0

    def count_unmatched(self, who: Principal) -> int:
        return 0

    def last_position(self) -> int:
        return self.position

    def oldest_unjudged(self) -> int | None:
        return None

    def source_last_events(self) -> Mapping[str, int]:
        return {}

    def awaited(self, who: Principal) -> list[Awaited]:
        return []


def measure(folder: Path) -> list[Entry]:
    """Medians, in turn, so that all see the same machine."""
    reading = _rows()
    registry = metrics_registry(reading, ProgramMetrics())
    page, _ = exposition(registry, ACCEPT)
    count = sum(not line.startswith(b"#") for line in page.splitlines())
    gauges = _gauges(count)

    def moved() -> object:
        reading.position += 1
        return exposition(registry, ACCEPT)

    times: dict[str, list[float]] = {"still": [], "moved": [], "gauges": []}
    for _ in range(ROUNDS):
        times["still"].append(_timed(lambda: exposition(registry, ACCEPT)))
        times["moved"].append(_timed(moved))
        times["gauges"].append(_timed(lambda: exposition(gauges, ACCEPT)))
    still, after, reference = (statistics.median(times[name]) * 1_000 for name in ("still", "moved", "gauges"))
    name = f"{count:,} registered gauges"
    return [
        Entry(f"a scrape of {count:,} series, nothing moved", still, "ms", reference, name, wanted=0.2),
        Entry(f"a scrape of {count:,} series, everything moved", after, "ms", reference, name, wanted=0.2),
    ]


def _rows() -> _Rows:
    rows = [
        commitment_row(f"c-{number:04}", "Sales figures", (QUARTERLY, MONTHLY_MISSES))
        for number in range(SERIES // A_ROW)
    ]
    return _Rows(rows, [contract_row(row.terms) for row in rows])


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
