from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from dashboards import metric_names as names
from dashboards import metrics_lately
from dashboards.metrics import ProgramMetrics, exposition, metrics_registry, metrics_routes
from domain.terms import Target
from services.api.problems import problem_handlers
from services.errors import Unavailable
from services.holding import Held
from services.reading.feeding import Awaited, Feed
from services.reading.rows import Known, ServiceRow
from tests.dashboards.promtool import promtool
from tests.dashboards.rows_by_hand import (
    MONTHLY_MISSES,
    NOON,
    QUARTERLY,
    SECOND,
    WAITING,
    ReadingByHand,
    commitment_row,
    counts,
    with_figure,
)

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
COMMITMENT = {"contract": "sales-to-marketing", "deliverable": "weekly-sales", "criterion": "on-time"}
IN_QUARTER = {**COMMITMENT, "target": "at_least 95 % per quarter"}


def registry_over(reading: ReadingByHand) -> CollectorRegistry:
    return metrics_registry(reading, ProgramMetrics())


def shown(reading: ReadingByHand, name: str, **labels: str) -> float | None:
    return registry_over(reading).get_sample_value(name, labels)


class _Kafka:
    def lags(self) -> dict[int, int]:
        return {0: 3}

    def stored(self) -> dict[int, int]:
        return {0: 41}

    def rejected(self) -> dict[int, int]:
        return {0: 2}


def test_every_name_of_the_interface_is_served_under_openmetrics() -> None:
    reading = ReadingByHand([commitment_row()], service_rows=[declared()], last_events={"crm/reports": NOON})
    reading.awaited_rows = [
        Awaited("sales-to-marketing", Feed("crm/reports", "sales", SECOND, None, NOON, frozenset()))
    ]
    program = ProgramMetrics(lambda: {("http", "accepted"): 1})
    program.kafka = _Kafka()
    program.restarts = lambda: {"judge": 1}
    program.held = lambda: Held("kafka", "events is not read to its end", 3.0, ("sales-to-marketing",))
    program.judged_in(0.2)
    page, media_type = exposition(metrics_registry(reading, program), OPEN_METRICS)
    assert media_type.startswith("application/openmetrics-text")
    families = text_string_to_metric_families(page.decode())  # type: ignore[no-untyped-call]
    samples = {sample.name for family in families for sample in family.samples}
    histogram = {f"entente_judging_seconds_{part}" for part in ("bucket", "sum", "count")}
    assert samples == {metric.name for metric in names.ALL_METRICS} - {"entente_judging_seconds"} | histogram


def test_no_series_says_when_it_was_created() -> None:
    program = ProgramMetrics(lambda: {("kafka", "duplicate"): 3})
    program.judged_in(1)
    page, _ = exposition(program.registry, OPEN_METRICS)
    assert b"_created" not in page
    assert b'entente_events_received_total{channel="kafka",result="duplicate"} 3.0' in page


def test_the_ratio_is_the_adjusted_share_and_never_the_rounded_one() -> None:
    assert shown(ReadingByHand([commitment_row()]), "entente_commitment_ratio", **IN_QUARTER) == 8 / 9


def test_nothing_to_judge_gives_no_ratio_rather_than_zero_or_one() -> None:
    row = commitment_row()
    nothing = replace(row.current[0], adjusted=(0, 0), value=None, status="no_data")
    reading = ReadingByHand([with_figure(row, nothing)])
    assert shown(reading, "entente_commitment_ratio", **IN_QUARTER) is None
    assert shown(reading, "entente_commitment_status", **IN_QUARTER, state="no_data") == 1


def test_too_few_to_judge_gives_no_ratio_either() -> None:
    row = commitment_row()
    too_few = replace(row.current[0], adjusted=(3, 4), value=None)
    assert shown(ReadingByHand([with_figure(row, too_few)]), "entente_commitment_ratio", **IN_QUARTER) is None


@pytest.mark.parametrize("status", names.STATUSES)
def test_exactly_one_status_is_one(status: str) -> None:
    row = commitment_row()
    reading = ReadingByHand([with_figure(row, replace(row.current[0], status=status))])
    values = {one: shown(reading, "entente_commitment_status", **IN_QUARTER, state=one) for one in names.STATUSES}
    assert values == {one: float(one == status) for one in names.STATUSES}


@pytest.mark.parametrize("state", names.PERIOD_STATES)
def test_exactly_one_period_state_is_one(state: str) -> None:
    row = commitment_row()
    reading = ReadingByHand([with_figure(row, replace(row.current[0], state=state))])
    values = {one: shown(reading, "entente_period_state", **IN_QUARTER, state=one) for one in names.PERIOD_STATES}
    assert values == {one: float(one == state) for one in names.PERIOD_STATES}


def test_misses_left_are_absent_where_they_are_not_known() -> None:
    row = commitment_row()
    assert shown(ReadingByHand([row]), "entente_commitment_misses_left", **IN_QUARTER) == 0
    unknown = with_figure(row, replace(row.current[0], misses_left=None))
    assert shown(ReadingByHand([unknown]), "entente_commitment_misses_left", **IN_QUARTER) is None


def test_several_targets_of_a_criterion_have_each_their_series() -> None:
    reading = ReadingByHand([commitment_row(targets=(QUARTERLY, MONTHLY_MISSES))])
    assert shown(reading, "entente_commitment_target", **IN_QUARTER) == 0.95
    assert shown(reading, "entente_commitment_target", **COMMITMENT, target="max_misses 1 per month") == 1


def test_a_value_and_what_it_may_be_are_in_the_unit_of_the_contract() -> None:
    row = commitment_row(targets=(WAITING,))
    waited = replace(row.current[0], counted="values", unit="s", exact=Fraction(163), value="163.0000")
    reading, labels = ReadingByHand([with_figure(row, waited)]), {**COMMITMENT, "target": "at_most 3 min per month"}
    assert shown(reading, "entente_commitment_target", **labels) == 180
    assert shown(reading, "entente_commitment_ratio", **labels) == 163


def test_the_same_target_said_twice_is_one_series() -> None:
    page, _ = exposition(registry_over(ReadingByHand([commitment_row(targets=(QUARTERLY, QUARTERLY))])), OPEN_METRICS)
    assert page.count(b"\nentente_commitment_ratio{") == 1


def test_a_figure_of_a_target_that_an_amendment_took_away_has_no_series() -> None:
    row = commitment_row(targets=(QUARTERLY, MONTHLY_MISSES))
    amended = replace(row, criterion=replace(row.criterion, targets=(QUARTERLY,)))
    page, _ = exposition(registry_over(ReadingByHand([amended])), OPEN_METRICS)
    assert page.count(b"\nentente_commitment_ratio{") == 1


def test_occurrences_are_those_of_the_first_target_and_every_verdict_is_there() -> None:
    row = commitment_row(targets=(QUARTERLY, Target("at_least", Fraction(1, 2), "month")))
    second = replace(row.current[1], counts=counts(met=99))
    reading = ReadingByHand([replace(row, current=(row.current[0], second))])
    values = {one: shown(reading, "entente_occurrences", **COMMITMENT, verdict=one) for one in names.VERDICTS}
    assert values == counts(pending=3, met=8, late=1, excused=1)


def test_open_actions_are_split_by_whether_their_date_has_passed() -> None:
    reading = ReadingByHand([commitment_row()])
    assert shown(reading, "entente_commitment_unmonitored", **COMMITMENT) == 0
    assert shown(reading, "entente_actions_open", **COMMITMENT, overdue="true") == 1
    assert shown(reading, "entente_actions_open", **COMMITMENT, overdue="false") == 2
    assert shown(reading, "entente_breaches_open", **COMMITMENT) == 2


def test_instants_are_shown_in_seconds() -> None:
    reading = ReadingByHand([commitment_row()], last_events={"crm/reports": NOON})
    assert shown(reading, "entente_watermark_timestamp_seconds") == NOON / SECOND
    assert shown(reading, "entente_next_due_timestamp_seconds", **COMMITMENT) == NOON / SECOND + 5 * 86400
    assert shown(reading, "entente_source_last_event_timestamp_seconds", source="crm/reports") == NOON / SECOND


def test_before_any_time_was_declared_there_is_no_watermark() -> None:
    assert shown(ReadingByHand(watermark=None), "entente_watermark_timestamp_seconds") is None


def test_the_store_shows_how_far_judging_lags_and_what_waits() -> None:
    reading = ReadingByHand()
    assert shown(reading, "entente_history_position") == 41875
    assert shown(reading, "entente_judged_position") == 41872
    assert shown(reading, "entente_quarantine_size") == 4
    assert shown(reading, "entente_unmatched_size") == 7


@pytest.mark.parametrize("state", ["proposed", "signed", "expired", "terminated", "refused", "withdrawn"])
def test_a_contract_that_is_not_in_force_has_no_series(state: str) -> None:
    other = commitment_row("it-support", "Support")
    reading = ReadingByHand([commitment_row(), other], states={"sales-to-marketing": state})
    page, _ = exposition(registry_over(reading), OPEN_METRICS)
    assert b"sales-to-marketing" not in page
    assert b'contract="it-support"' in page


def test_info_says_who_owes_it_to_whom() -> None:
    labels = {**COMMITMENT, "supplier": "sales", "client": "marketing", "debtor": "sales",
              "creditor": "marketing", "kind": "punctuality"}  # fmt: skip
    assert shown(ReadingByHand([commitment_row()]), "entente_commitment_info", **labels) == 1


def test_a_source_declared_by_two_services_is_one_series() -> None:
    reading = ReadingByHand(service_rows=[declared(), declared("marketing")])
    assert shown(reading, "entente_source_expected_every_seconds", source="crm/reports") == 86400


def test_a_page_is_read_again_only_when_something_was_appended_or_judged() -> None:
    reading = ReadingByHand([commitment_row()])
    registry = registry_over(reading)
    first, _ = exposition(registry, OPEN_METRICS)
    assert exposition(registry, OPEN_METRICS)[0] == first
    assert reading.asked == 1
    reading.history += 1
    exposition(registry, OPEN_METRICS)
    reading.watermark = NOON + SECOND
    exposition(registry, OPEN_METRICS)
    assert reading.asked == 3


def test_registering_reads_nothing() -> None:
    reading = ReadingByHand([commitment_row()])
    registry_over(reading)
    assert reading.asked == 0


def test_judging_is_measured_also_when_it_fails() -> None:
    program = ProgramMetrics()
    with pytest.raises(ZeroDivisionError), program.judging():
        raise ZeroDivisionError
    assert program.registry.get_sample_value("entente_judging_seconds_count") == 1


def test_events_received_are_what_the_door_answered_until_now() -> None:
    answered = Counter({("http", "accepted"): 2})
    program = ProgramMetrics(lambda: answered)
    answered["http", "accepted"] += 5
    labels = {"channel": "http", "result": "accepted"}
    assert program.registry.get_sample_value("entente_events_received_total", labels) == 7


def test_each_application_has_its_own_registry() -> None:
    one, other = ProgramMetrics(), ProgramMetrics()
    one.judged_in(1)
    assert other.registry.get_sample_value("entente_judging_seconds_count") == 0


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (OPEN_METRICS, "application/openmetrics-text"),
        ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", "application/openmetrics-text"),
        ("text/plain", "text/plain"),
        ("*/*", "text/plain"),
        (None, "text/plain"),
    ],
)
def test_the_page_is_given_as_the_scraper_prefers(accept: str | None, media_type: str) -> None:
    app = FastAPI()
    app.include_router(metrics_routes(registry_over(ReadingByHand([commitment_row()]))))
    with TestClient(app) as client:
        answer = client.get("/metrics", headers={"accept": accept or ""})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)
    assert answer.text.endswith("# EOF\n") == (media_type == "application/openmetrics-text")


def test_a_title_that_is_hard_to_quote_reaches_no_label() -> None:
    reading = ReadingByHand([commitment_row(title='Sales "A"\\\n{x="y"} 1')])
    page, _ = exposition(registry_over(reading), OPEN_METRICS)
    assert b"Sales" not in page


def test_promtool_has_nothing_to_say_against_the_page() -> None:
    reading = ReadingByHand([commitment_row()], service_rows=[declared()], last_events={"crm/reports": NOON})
    program = ProgramMetrics(lambda: {("http", "accepted"): 1})
    program.judged_in(0.1)
    page, _ = exposition(metrics_registry(reading, program), "text/plain")
    assert promtool("check", "metrics", given=page).strip() == ""


def test_a_thousand_commitments_are_one_pass_over_the_reads() -> None:
    reading = ReadingByHand([commitment_row(f"contract-{number}") for number in range(1000)])
    page, _ = exposition(registry_over(reading), OPEN_METRICS)
    assert reading.asked == 1
    assert len(re.findall(rb"^entente_commitment_info{", page, re.MULTILINE)) == 1000


def declared(service: str = "sales") -> ServiceRow:
    return ServiceRow(service, commitment_row().terms.title, sources=(("crm/reports", 86400 * SECOND),))


@pytest.fixture
def asked() -> ReadingByHand:
    """Two services owe each other something."""
    return ReadingByHand([commitment_row(), replace(commitment_row("other"), debtor="marketing", creditor="sales")])


def served(reading: ReadingByHand, query: str = "") -> tuple[int, str]:
    app = FastAPI()
    app.include_router(metrics_routes(registry_over(reading)))
    problem_handlers(app)
    with TestClient(app) as client:
        answer = client.get(f"/metrics{query}", headers={"accept": OPEN_METRICS})
    return answer.status_code, answer.text


def test_what_each_service_owes_and_what_belongs_to_none_are_together_the_whole(asked: ReadingByHand) -> None:
    def lines(text: str) -> list[str]:
        return [line for line in text.splitlines() if not line.startswith("#")]

    whole = lines(served(asked)[1])
    parts = [lines(served(asked, query)[1]) for query in ("?service=sales", "?service=marketing", "?service=")]
    assert sorted(line for part in parts for line in part) == sorted(whole)
    assert all(parts)
    assert not any("entente_commitment" in line for line in parts[2])
    status, said = served(asked, "?service=nobody")
    assert (status, "no contract has a service nobody" in said) == (404, True)


def test_a_store_that_does_not_answer_takes_no_metrics_away(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, program = ReadingByHand([commitment_row()]), ProgramMetrics(lambda: {("http", "accepted"): 1})
    registry, answers = metrics_registry(reading, program), threading.Event()
    app = FastAPI()
    app.include_router(metrics_routes(registry))

    def gone() -> Known:
        raise Unavailable("the store is gone")

    def silent() -> Known:
        answers.wait(60)
        raise Unavailable("the store is gone")

    with TestClient(app) as client:
        monkeypatch.setattr(reading, "known", gone)
        first = client.get("/metrics").text
        assert "entente_metrics_age_seconds +Inf" in first
        assert "entente_events_received_total" in first
        monkeypatch.undo()
        assert "entente_metrics_age_seconds 0.0" in (read := client.get("/metrics").text)
        for why in (gone, silent):
            monkeypatch.setattr(metrics_lately.Lately, "patience", 0.2)
            monkeypatch.setattr(reading, "known", why)
            late = client.get("/metrics").text
            assert "entente_commitment_ratio" in late
            assert "entente_events_received_total" in late
            age = float(next(line.split()[1] for line in late.splitlines() if line.startswith("entente_metrics_age_s")))
            assert 0 < age < 600
        answers.set()
        assert len(late) == pytest.approx(len(read), abs=40)
