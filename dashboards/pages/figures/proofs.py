"""Reads what stands behind a figure, for the drawing that fits its kind (`dashboards/proofs`)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

from dashboards.pages.figures.ledger import MOST_READ, occurrences_within, window_of
from dashboards.pages.figures.standings import Standing, until_current
from dashboards.pages.house.frame import View
from dashboards.proofs.delays import delays
from dashboards.proofs.measured import measured
from dashboards.proofs.outages import outages
from dashboards.proofs.proof import FEWEST, Proof
from dashboards.proofs.scores import scores
from dashboards.proofs.volumes import volumes
from dashboards.standing import is_rolling
from domain.terms import (
    Availability,
    Conformity,
    Deadline,
    Freshness,
    Measure,
    Punctuality,
    Satisfaction,
    Turnaround,
    Volume,
)
from services.contracts.rows import ContractRow
from services.figures.reading import count_occurrences, read_occurrences
from services.figures.rows import CommitmentRow, FigureRow, OccurrenceRow


def proofs(view: View, row: Standing, contract: ContractRow, figures: Sequence[FigureRow], period: str) -> list[Proof]:
    """The drawings that the kind of the commitment is best seen by, none where there is too little to see; `period` is the one that
    is looked at, or `all`."""
    language = view.language
    match row.row.criterion.indicator:
        case Availability() | Freshness():
            proof = _outages(view, row, contract, figures)
        case Volume() as rule:
            proof = volumes(_last(view, row), rule, _volume_rules(row.row, contract), language)
        case Satisfaction() as rule:
            proof = scores(_values_in(view, row, period), rule, period, language)
        case Measure() as rule:
            proof = _measured(view, row, rule, period)
        case Punctuality() | Deadline() as rule:
            proof = delays(_last(view, row), rule.tolerance, language)
        case Turnaround():
            proof = delays(_last(view, row), None, language)
        case Conformity():
            proof = None
        case _ as unknown:
            assert_never(unknown)
    return [proof] if proof is not None else []


def _last(view: View, row: Standing, period: str = "all") -> list[OccurrenceRow]:
    if window := window_of(row.row, period):
        return occurrences_within(view, row.row.id, window)
    wanted = None if period == "all" else period
    count = count_occurrences(view.seen, row.row.id, period=wanted)
    first = max(0, count - MOST_READ)
    return read_occurrences(view.seen, row.row.id, period=wanted, limit=MOST_READ, offset=first)


def _values_in(view: View, row: Standing, period: str) -> list[Fraction]:
    return sorted(Fraction(one.value) for one in _last(view, row, period) if one.value is not None)


def _outages(view: View, row: Standing, contract: ContractRow, figures: Sequence[FigureRow]) -> Proof | None:
    """The drawing of the first target whose periods end."""
    first = next((figure.target_index for figure in figures if not is_rolling(figure)), 0)
    current = next((figure for figure in row.row.current if figure.target_index == first), None)
    series = until_current([figure for figure in figures if figure.target_index == first], current)
    if not series:
        return None
    now, clock = view.known.watermark or series[-1].start, view.moments(contract.timezone)
    return outages(row.row.criterion.indicator.kind, series, _last(view, row), now, clock)


def _volume_rules(row: CommitmentRow, contract: ContractRow) -> dict[int, Volume]:
    """The rule of this criterion by the number of the version, where it is about a volume."""
    return {
        version.number: criterion.indicator
        for version in contract.versions
        for deliverable in version.terms.deliverables
        for criterion in deliverable.criteria
        if (deliverable.id, criterion.id) == (row.deliverable.id, row.criterion.id)
        and isinstance(criterion.indicator, Volume)
    }


def _measured(view: View, row: Standing, rule: Measure, period: str) -> Proof | None:
    """The drawing of the period's values, or of those of all periods where it has too few."""
    values = _values_in(view, row, period)
    if len(values) < FEWEST:
        period, values = "all", _values_in(view, row, "all")
    if len(values) < FEWEST:
        return None
    figure = next((figure for figure in row.row.current if figure.period == period), None)
    return measured(values, rule, str(row.row.criterion.targets[0]), figure, period, view.language)
