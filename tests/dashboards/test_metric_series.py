"""What metrics say of rows: which samples, with which labels, in which units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from dashboards import metric_names as names
from dashboards.metric_series import StoreState, commitment_series, store_series
from dashboards.metrics_text import Series, Writer
from domain.figures import Status
from domain.terms import Target
from services.contracts.rows import State as ContractState
from services.directory.feeds import Awaited, Feed
from services.directory.rows import ServiceRow
from services.figures.rows import CommitmentRow
from services.figures.shapes import State
from services.seeing.known import Known
from tests.dashboards.rows_by_hand import (
    MONTHLY_MISSES,
    NOON,
    QUARTERLY,
    SECOND,
    WAITING,
    commitment_row,
    contract_row,
    counts,
    with_figure,
)

COMMITMENT = {"contract": "sales-to-marketing", "deliverable": "weekly-sales", "criterion": "on-time"}
IN_QUARTER = {**COMMITMENT, "target": "at_least 95 % per quarter"}
DAY = 86_400


def of(*rows: CommitmentRow) -> list[Series]:
    """The series of commitments whose contracts are in force."""
    return commitment_series([contract_row(row.terms) for row in rows], rows)


def of_store(**changes: Any) -> list[Series]:
    """The series of a store that has judged all but three entries."""
    state = StoreState(
        known=Known(41872, NOON),
        position=41875,
        oldest_unjudged=NOON,
        quarantined=4,
        unmatched=7,
        last_events={"crm/reports": NOON - SECOND},
        services=[declared()],
        awaited=[],
    )
    return store_series(replace(state, **changes))


def declared(service: str = "sales") -> ServiceRow:
    return ServiceRow(service, commitment_row().terms.title, sources=(("crm/reports", DAY * SECOND),))


def shown(series: Iterable[Series], name: str, **labels: str) -> float | None:
    """The value of the sample with that name and exactly these labels; None where there is none."""
    samples = [sample for one in series for sample in one.family.samples]
    values = [sample.value for sample in samples if sample.name == name and sample.labels == labels]
    return values[0] if values else None


def page(series: Iterable[Series]) -> str:
    return Writer().text(series, generate_latest, CONTENT_TYPE_LATEST).decode()


def test_the_ratio_is_the_adjusted_share_and_never_the_rounded_one() -> None:
    assert shown(of(commitment_row()), "entente_commitment_ratio", **IN_QUARTER) == 8 / 9


def test_nothing_to_judge_gives_no_ratio_rather_than_zero_or_one() -> None:
    row = commitment_row()
    series = of(with_figure(row, replace(row.current[0], adjusted=(0, 0), value=None, status="no_data")))
    assert shown(series, "entente_commitment_ratio", **IN_QUARTER) is None
    assert shown(series, "entente_commitment_status", **IN_QUARTER, state="no_data") == 1


def test_too_few_to_judge_gives_no_ratio_either() -> None:
    row = commitment_row()
    series = of(with_figure(row, replace(row.current[0], adjusted=(3, 4), value=None)))
    assert shown(series, "entente_commitment_ratio", **IN_QUARTER) is None


@pytest.mark.parametrize("status", names.STATUSES)
def test_exactly_one_status_is_one(status: Status) -> None:
    row = commitment_row()
    series = of(with_figure(row, replace(row.current[0], status=status)))
    values = {one: shown(series, "entente_commitment_status", **IN_QUARTER, state=one) for one in names.STATUSES}
    assert values == {one: float(one == status) for one in names.STATUSES}


@pytest.mark.parametrize("state", names.PERIOD_STATES)
def test_exactly_one_period_state_is_one(state: State) -> None:
    row = commitment_row()
    series = of(with_figure(row, replace(row.current[0], state=state)))
    values = {one: shown(series, "entente_period_state", **IN_QUARTER, state=one) for one in names.PERIOD_STATES}
    assert values == {one: float(one == state) for one in names.PERIOD_STATES}


def test_misses_left_are_absent_where_they_are_not_known() -> None:
    row = commitment_row()
    assert shown(of(row), "entente_commitment_misses_left", **IN_QUARTER) == 0
    unknown = with_figure(row, replace(row.current[0], misses_left=None))
    assert shown(of(unknown), "entente_commitment_misses_left", **IN_QUARTER) is None


def test_several_targets_of_a_criterion_have_each_their_series() -> None:
    series = of(commitment_row(targets=(QUARTERLY, MONTHLY_MISSES)))
    assert shown(series, "entente_commitment_target", **IN_QUARTER) == 0.95
    assert shown(series, "entente_commitment_target", **COMMITMENT, target="max_misses 1 per month") == 1


def test_a_value_and_what_it_may_be_are_in_the_unit_of_the_contract() -> None:
    row = commitment_row(targets=(WAITING,))
    waited = replace(row.current[0], counted="values", unit="s", exact=Fraction(163), value="163.0000")
    series, labels = of(with_figure(row, waited)), {**COMMITMENT, "target": "at_most 3 min per month"}
    assert shown(series, "entente_commitment_target", **labels) == 180
    assert shown(series, "entente_commitment_ratio", **labels) == 163


def test_the_same_target_said_twice_is_one_series() -> None:
    assert page(of(commitment_row(targets=(QUARTERLY, QUARTERLY)))).count("\nentente_commitment_ratio{") == 1


def test_a_figure_of_a_target_that_an_amendment_took_away_has_no_series() -> None:
    row = commitment_row(targets=(QUARTERLY, MONTHLY_MISSES))
    amended = replace(row, criterion=replace(row.criterion, targets=(QUARTERLY,)))
    assert page(of(amended)).count("\nentente_commitment_ratio{") == 1


def test_occurrences_are_those_of_the_first_target_and_every_verdict_is_there() -> None:
    row = commitment_row(targets=(QUARTERLY, Target("at_least", Fraction(1, 2), "month")))
    series = of(replace(row, current=(replace(row.current[1], counts=counts(met=99)), row.current[0])))
    values = {one: shown(series, "entente_occurrences", **COMMITMENT, verdict=one) for one in names.VERDICTS}
    assert values == counts(pending=3, met=8, late=1, excused=1)


def test_open_actions_are_split_by_whether_their_date_has_passed() -> None:
    series = of(commitment_row())
    assert shown(series, "entente_commitment_unmonitored", **COMMITMENT) == 0
    assert shown(series, "entente_actions_open", **COMMITMENT, overdue="true") == 1
    assert shown(series, "entente_actions_open", **COMMITMENT, overdue="false") == 2
    assert shown(series, "entente_breaches_open", **COMMITMENT) == 2


def test_info_says_who_owes_it_to_whom() -> None:
    labels = {**COMMITMENT, "supplier": "sales", "client": "marketing", "debtor": "sales",
              "creditor": "marketing", "kind": "punctuality"}  # fmt: skip
    assert shown(of(commitment_row()), "entente_commitment_info", **labels) == 1


def test_instants_and_spans_are_shown_in_seconds() -> None:
    feed = Feed("crm/reports", "sales", SECOND, None, NOON, frozenset())
    series = of(commitment_row()) + of_store(awaited=[Awaited("sales-to-marketing", feed)])
    source = {"source": "crm/reports"}
    assert shown(series, "entente_watermark_timestamp_seconds") == NOON / SECOND
    assert shown(series, "entente_next_due_timestamp_seconds", **COMMITMENT) == NOON / SECOND + 5 * DAY
    assert shown(series, "entente_oldest_unjudged_timestamp_seconds") == NOON / SECOND
    assert shown(series, "entente_source_last_event_timestamp_seconds", **source) == NOON / SECOND - 1
    assert shown(series, "entente_source_expected_every_seconds", **source) == DAY
    assert shown(series, "entente_file_expected_timestamp_seconds", **source) == NOON / SECOND + 1


def test_before_any_time_was_declared_there_is_no_watermark() -> None:
    assert shown(of_store(known=Known(0, None)), "entente_watermark_timestamp_seconds") is None


def test_the_store_shows_how_far_judging_lags_and_what_waits() -> None:
    series = of_store()
    assert shown(series, "entente_history_position") == 41875
    assert shown(series, "entente_judged_position") == 41872
    assert shown(series, "entente_quarantine_size") == 4
    assert shown(series, "entente_unmatched_size") == 7


@pytest.mark.parametrize("state", ["proposed", "signed", "expired", "terminated", "refused", "withdrawn"])
def test_a_contract_that_is_not_in_force_has_no_series(state: ContractState) -> None:
    row, other = commitment_row(), commitment_row("it-support", "Support")
    text = page(commitment_series([contract_row(row.terms, state), contract_row(other.terms)], [row, other]))
    assert "sales-to-marketing" not in text
    assert 'contract="it-support"' in text


def test_a_source_declared_by_two_services_is_one_series() -> None:
    series = of_store(services=[declared(), declared("marketing")])
    assert shown(series, "entente_source_expected_every_seconds", source="crm/reports") == DAY
    assert page(series).count("\nentente_source_expected_every_seconds{") == 1


def test_a_title_that_is_hard_to_quote_reaches_no_label() -> None:
    assert "Sales" not in page(of(commitment_row(title='Sales "A"\\\n{x="y"} 1')))


def test_a_thousand_commitments_are_one_pass_over_their_rows() -> None:
    rows = [commitment_row(f"contract-{number}") for number in range(1000)]
    text = page(commitment_series([contract_row(row.terms) for row in rows], iter(rows)))
    assert text.count("\nentente_commitment_info{") == 1000
