"""The page of metrics, over a store that holds what the tests say."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from dashboards import metric_names as names
from dashboards import metrics, metrics_lately
from dashboards.metrics import Notices, ProgramMetrics, exposition, metrics_registry, metrics_routes
from services.access import ADMINISTRATOR
from services.api.problems import problem_handlers
from services.errors import Unavailable
from services.holding import Held
from tests.dashboards.promtool import promtool
from tests.given import Tree, at, contract, criterion, event, punctuality
from tests.services.judged import Life, living

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
LAB: Tree = {
    "entente": 1,
    "service": "lab",
    "sources": [{"source": "tool", "by": "files", "expected_every": "1 week"}],
}
TARGETS = [{"at_least": "90 %", "per": "month"}, {"max_misses": 3, "per": "month"}]
OWED = contract(criterion(punctuality(), targets=TARGETS))
OWED_BACK = contract(criterion(punctuality(delivered={"type": "answer"})), id="back", supplier="ward", client="lab")


@pytest.fixture
def life() -> Iterator[Life]:
    """Lab and ward owe each other something; one report came from a tool whose next file the time of `c` waits for, and one entry
    is not judged yet."""
    with living() as life:
        life.publish(LAB)
        life.sign(OWED)
        life.sign(OWED_BACK)
        life.happen(event("report", "06-15 09:00", date="2026-06-15"))
        life.store.timekeeping.advance(ADMINISTRATOR, at("2026-06-16"), waiting=["c"])
        life.judge()
        life.append_time("2026-06-17")
        yield life


def registry_over(life: Life, program: ProgramMetrics | None = None) -> CollectorRegistry:
    return metrics_registry(life.store.seeing, program or ProgramMetrics())


def served(life: Life, query: str = "", program: ProgramMetrics | None = None) -> tuple[int, str]:
    app = FastAPI()
    app.include_router(metrics_routes(registry_over(life, program)))
    problem_handlers(app)
    with TestClient(app) as client:
        answer = client.get(f"/metrics{query}", headers={"accept": OPEN_METRICS})
    return answer.status_code, answer.text


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """For which service the store was read, each time that it was."""
    asked: list[str | None] = []
    read: Callable[..., object] = metrics.read_series

    def reading(*arguments: object) -> object:
        asked.append(arguments[-1])  # type: ignore[arg-type]
        return read(*arguments)

    monkeypatch.setattr(metrics, "read_series", reading)
    return asked


class _Kafka:
    def lags(self) -> dict[int, int]:
        return {0: 3}

    def stored(self) -> dict[int, int]:
        return {0: 41}

    def rejected(self) -> dict[int, int]:
        return {0: 2}


def test_every_name_of_the_interface_is_served_under_openmetrics(life: Life) -> None:
    program = ProgramMetrics(life.door.answered)
    program.kafka = _Kafka()
    program.restarts = lambda: {"judge": 1}
    program.held = lambda: Held("kafka", "events is not read to its end", 3.0, ("c",))
    program.damage = list
    program.ending_keys = lambda: 2
    program.notices = lambda: Notices(1, {("mail", "sent"): 2})
    program.judged_in(0.2)
    status, page = served(life, program=program)
    families = text_string_to_metric_families(page)  # type: ignore[no-untyped-call]
    samples = {sample.name for family in families for sample in family.samples}
    histogram = {f"entente_judging_seconds_{part}" for part in ("bucket", "sum", "count")}
    assert status == 200
    of_others = {
        "entente_actions_effect",
        "entente_actions_step",
        "entente_consumption_ratio",
        "entente_units_left",
    }  # of which there are none: tests/services/actions, test_effects, tests/services/costs
    assert (
        samples == {metric.name for metric in names.ALL_METRICS} - {"entente_judging_seconds"} - of_others | histogram
    )


def test_no_series_says_when_it_was_created() -> None:
    program = ProgramMetrics(lambda: {("kafka", "duplicate"): 3})
    program.judged_in(1)
    page, _ = exposition(program.registry, OPEN_METRICS)
    assert b"_created" not in page
    assert b'entente_events_received_total{channel="kafka",result="duplicate"} 3.0' in page


def test_the_store_shows_how_far_judging_lags_and_what_waits(life: Life) -> None:
    life.receive([b'{"specversion": "1.0"}'])
    life.happen(*(event("report", "06-16 09:00", date="no date") for _ in range(2)))
    life.append_time("2026-06-18")
    registry, position = registry_over(life), life.position()
    assert registry.get_sample_value("entente_history_position") == position
    assert registry.get_sample_value("entente_judged_position") == life.store.seeing.known().position < position
    assert registry.get_sample_value("entente_quarantine_size") == 1
    assert registry.get_sample_value("entente_unmatched_size") == 2


def test_before_any_time_was_declared_there_is_no_watermark() -> None:
    with living() as life:
        assert registry_over(life).get_sample_value("entente_history_position") is not None
        assert registry_over(life).get_sample_value("entente_watermark_timestamp_seconds") is None


def test_a_contract_has_series_only_while_it_is_in_force(life: Life) -> None:
    registry = registry_over(life)

    def in_force() -> set[str]:
        families = {family.name: family for family in registry.collect()}
        return {sample.labels["contract"] for sample in families["entente_commitment"].samples}

    life.publish({**OWED, "contract": "proposed"})
    assert in_force() == {"c", "back"}
    life.terminate("2026-07-31")
    assert in_force() == {"c", "back"}
    life.advance("2026-08-02")
    assert in_force() == {"back"}


def test_a_page_is_read_again_only_when_something_was_appended_or_judged(life: Life, reads: list[str | None]) -> None:
    registry = registry_over(life)
    first, _ = exposition(registry, OPEN_METRICS)
    assert exposition(registry, OPEN_METRICS)[0] == first
    assert len(reads) == 1
    life.append_time("2026-06-18")
    exposition(registry, OPEN_METRICS)
    life.judge()
    exposition(registry, OPEN_METRICS)
    assert len(reads) == 3


def test_registering_reads_nothing(life: Life, reads: list[str | None]) -> None:
    registry_over(life)
    assert reads == []


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


def test_the_page_is_given_as_the_scraper_prefers(life: Life) -> None:
    app = FastAPI()
    app.include_router(metrics_routes(registry_over(life)))
    preferred = f"{OPEN_METRICS.replace(' ', '')},text/plain;version=0.0.4;q=0.5"
    with TestClient(app) as client:
        for accept, media_type in (
            (OPEN_METRICS, "application/openmetrics-text"),
            (preferred, "application/openmetrics-text"),
            ("text/plain", "text/plain"),
            ("*/*", "text/plain"),
            ("", "text/plain"),
        ):
            answer = client.get("/metrics", headers={"accept": accept})
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(media_type)
            assert answer.text.endswith("# EOF\n") == (media_type == "application/openmetrics-text")


def test_promtool_has_nothing_to_say_against_the_page(life: Life) -> None:
    program = ProgramMetrics(life.door.answered)
    program.judged_in(0.1)
    page, _ = exposition(registry_over(life, program), "text/plain")
    assert b"entente_source_last_event_timestamp_seconds{" in page
    assert promtool("check", "metrics", given=page).strip() == ""


def test_what_each_service_owes_and_what_belongs_to_none_are_together_the_whole(life: Life) -> None:
    def lines(text: str) -> list[str]:
        return [line for line in text.splitlines() if not line.startswith("#")]

    whole = lines(served(life)[1])
    parts = [lines(served(life, query)[1]) for query in ("?service=lab", "?service=ward", "?service=")]
    assert sorted(line for part in parts for line in part) == sorted(whole)
    assert all(parts)
    assert not any("entente_commitment" in line for line in parts[2])
    status, said = served(life, "?service=nobody")
    assert (status, "no contract has a service nobody" in said) == (404, True)


def test_a_store_that_does_not_answer_takes_no_metrics_away(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    registry, answers = registry_over(life, ProgramMetrics(lambda: {("http", "accepted"): 1})), threading.Event()
    app = FastAPI()
    app.include_router(metrics_routes(registry))

    def gone(*_: object) -> bytes:
        raise Unavailable("the store is gone")

    def silent(*_: object) -> bytes:
        answers.wait(60)
        raise Unavailable("the store is gone")

    with TestClient(app) as client:
        monkeypatch.setattr(metrics.CommitmentCollector, "text", gone)
        first = client.get("/metrics").text
        assert "entente_metrics_age_seconds +Inf" in first
        assert "entente_events_received_total" in first
        monkeypatch.undo()
        assert "entente_metrics_age_seconds 0.0" in (read := client.get("/metrics").text)
        for why in (gone, silent):
            monkeypatch.setattr(metrics_lately.Lately, "patience", 0.2)
            monkeypatch.setattr(metrics.CommitmentCollector, "text", why)
            late = client.get("/metrics").text
            assert "entente_commitment_ratio" in late
            assert "entente_events_received_total" in late
            age = float(next(line.split()[1] for line in late.splitlines() if line.startswith("entente_metrics_age_s")))
            assert 0 < age < 600
        answers.set()
        assert len(late) == pytest.approx(len(read), abs=40)
