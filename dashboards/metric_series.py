"""Rows of the store as series: which samples they are, with which labels, in which units.

Contracts that are no longer in force have no series, and nothing to judge is no series (decision 6). Spans are in seconds,
instants in seconds since 1970-01-01T00:00Z.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily

from dashboards import metric_names as names
from dashboards.metrics_text import Series
from dashboards.values import bound_of
from domain.durations import SECOND
from domain.offers.corridor import Corridor
from domain.saying import said
from domain.terms import Target
from domain.times import Instant
from services.contracts.rows import ContractRow
from services.directory.feeds import Awaited
from services.directory.rows import ServiceRow
from services.errors import NotFound
from services.figures.rows import CommitmentRow, FigureRow
from services.reviews.rows import ReviewCounts
from services.seeing.known import Known


@dataclass(frozen=True, slots=True)
class StoreState:
    """How far one state of the store is, and what waits in it. `position`: the last of the history; `oldest_unjudged`: when the
    first entry that is not judged was received, None while all are; `last_events`: when the last event of each source happened."""

    known: Known
    position: int
    oldest_unjudged: Instant | None
    quarantined: int
    unmatched: int
    last_events: Mapping[str, Instant]
    services: Iterable[ServiceRow]
    awaited: Iterable[Awaited]


def commitment_series(
    contracts: Sequence[ContractRow],
    commitments: Iterable[CommitmentRow],
    service: str | None = None,
    effects: Mapping[tuple[str, str], int] | None = None,
    steps: Mapping[tuple[str, str], int] | None = None,
    reviews: Mapping[str, ReviewCounts] | None = None,
) -> list[Series]:
    """A series for each metric of commitments, with the samples of those in force; with `service` only of those that it owes, and of
    the contracts that it supplies. `effects`, `steps`: how many actions there are by contract and the verdict on their effect, or the
    step of the ladder; `reviews`: how many are not signed, by contract. Raises NotFound for a service of no contract."""
    if service and not any(service in (row.supplier, row.client) for row in contracts):
        raise NotFound(
            said("no contract has a service {service}", service=service),
            mend=said("the id of a service, or none for all"),
        )
    in_force = {row.id for row in contracts if row.state == "in force"}
    families = {metric.name: empty_series(metric) for metric in names.COMMITMENT_METRICS}
    for row in commitments:
        if row.contract in in_force and (service is None or row.debtor == service):
            _add_commitment(families, row)
    shown = {row.id for row in contracts if row.id in in_force and service in (None, row.supplier)}
    for (contract, verdict), count in sorted((effects or {}).items()):
        if contract in shown:
            families[names.EFFECTS.name].add((contract, verdict), count)
    for (contract, step), count in sorted((steps or {}).items()):
        if contract in shown:
            families[names.STEPS.name].add((contract, step), count)
    for contract, counts in sorted((reviews or {}).items()):
        if contract in shown:
            families[names.REVIEWS_UNSIGNED.name].add((contract,), counts.unsigned)
            families[names.REVIEWS_SKIPPED.name].add((contract,), counts.skipped)
    return list(families.values())


def charter_series(corridors: Mapping[str, Corridor]) -> list[Series]:
    """How the use of charters lies to their plans, by charter."""
    families = {metric.name: empty_series(metric) for metric in names.CHARTER_METRICS}
    for charter, found in sorted(corridors.items()):
        if found.ratio is not None:
            families[names.CONSUMPTION_RATIO.name].add((charter,), float(found.ratio))
        if found.left is not None:
            families[names.UNITS_LEFT.name].add((charter,), float(found.left))
    return list(families.values())


def store_series(store: StoreState) -> list[Series]:
    """A series for each metric of the store, and of the sources that are declared in it."""
    families = {metric.name: empty_series(metric) for metric in names.STORE_METRICS}

    def add(metric: names.Metric, value: float, *labels: str) -> None:
        families[metric.name].add(labels, value)

    add(names.HISTORY_POSITION, store.position)
    add(names.JUDGED_POSITION, store.known.position)
    if store.oldest_unjudged is not None:
        add(names.OLDEST_UNJUDGED, store.oldest_unjudged / SECOND)
    if store.known.watermark is not None:
        add(names.WATERMARK, store.known.watermark / SECOND)
    add(names.QUARANTINE_SIZE, store.quarantined)
    add(names.UNMATCHED_SIZE, store.unmatched)
    for source, at in sorted(store.last_events.items()):
        add(names.SOURCE_LAST_EVENT, at / SECOND, source)
    for source, every in _expected_every(store.services):
        add(names.SOURCE_EXPECTED_EVERY, every / SECOND, source)
    expected = {awaited.feed.source: awaited.feed.expected_by for awaited in store.awaited}
    for source, at in sorted(expected.items()):
        add(names.FILE_EXPECTED, at / SECOND, source)
    return list(families.values())


def target_label(target: Target) -> str:
    """The target in the contract's words: `at_least 95 % per quarter`."""
    return f"{target} per {target.per}"


def empty_series(metric: names.Metric) -> Series:
    """The metric without any sample: a gauge, or an info where its name ends so."""
    empty = (
        InfoMetricFamily(metric.name.removesuffix("_info"), metric.help)
        if metric.name.endswith("_info")
        else GaugeMetricFamily(metric.name, metric.help)
    )
    return Series(metric.name, tuple(metric.labels), empty)


def _add_commitment(families: Mapping[str, Series], row: CommitmentRow) -> None:
    commitment = row.contract, row.deliverable.id, row.criterion.id

    def add(metric: names.Metric, value: float, *labels: str) -> None:
        families[metric.name].add((*commitment, *labels), value)

    parties = row.terms.supplier, row.terms.client, row.debtor, row.creditor
    add(names.COMMITMENT_INFO, 1, *parties, row.criterion.indicator.kind)
    add(names.BREACHES_OPEN, row.breaches_open)
    add(names.UNMONITORED, not row.is_monitored)
    add(names.ACTIONS_OPEN, row.actions_overdue, "true")
    add(names.ACTIONS_OPEN, row.actions_open - row.actions_overdue, "false")
    if row.next_due is not None:
        add(names.NEXT_DUE, row.next_due / SECOND)
    for figure in row.current:
        if figure.target_index < len(row.criterion.targets):
            _add_figure(families, commitment, row.criterion.targets[figure.target_index], figure)
        if figure.target_index == 0:
            for verdict in names.VERDICTS:
                add(names.OCCURRENCES, figure.counts.get(verdict, 0), verdict)


def _add_figure(
    families: Mapping[str, Series], commitment: tuple[str, str, str], target: Target, figure: FigureRow
) -> None:
    def add(metric: names.Metric, value: float, *labels: str) -> None:
        families[metric.name].add((*commitment, target_label(target), *labels), value)

    bound = bound_of(str(target), figure.unit) if target.of == "time" else target.bound
    add(names.COMMITMENT_TARGET, float(bound if bound is not None else target.bound))
    if figure.value is not None:
        add(names.COMMITMENT_RATIO, float(figure.exact if figure.exact is not None else Fraction(figure.value)))
    if figure.misses_left is not None:
        add(names.MISSES_LEFT, figure.misses_left)
    add(names.UNKNOWN, float(figure.unknown))
    for status in names.STATUSES:
        add(names.COMMITMENT_STATUS, figure.status == status, status)
    for state in names.PERIOD_STATES:
        add(names.PERIOD_STATE, figure.state == state, state)


def _expected_every(services: Iterable[ServiceRow]) -> list[tuple[str, int]]:
    return sorted((source, every) for service in services for source, every in service.sources if every is not None)
