"""Metrics and rules over six weeks of the sample contracts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from dashboards.metrics import ProgramMetrics, exposition, metrics_registry
from dashboards.rules import render_rules
from domain.times import Instant, instant
from entente.samples import samples
from entente.simulation import simulate
from ingestion.cloudevents import decode_structured
from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.contract_files import calendar_terms, contract_terms, read_documents
from services.contracts.contracting import Contracting
from services.figures.reading import read_commitments
from services.history.history import open_history
from services.judging.judge import Judge
from services.judging.reshaping import prepare_views
from services.opening import create_kept, open_store
from services.seeing.seen import Seeing
from services.timekeeping import Timekeeping
from tests.dashboards.promtool import promtool

START, UNTIL = instant("2026-02-01T00:00:00+01:00"), instant("2026-03-14T00:00:00+01:00")


def noon() -> Instant:
    return instant("2026-03-14T12:00:00Z")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Seeing, Door]]:
    """Six weeks of the sample contracts, judged."""
    history = open_history(f"sqlite:///{tmp_path_factory.mktemp('store') / 'entente.db'}")
    create_kept(history.database)
    prepare_views(history.database)
    door, time = Door(history, noon), Timekeeping(history, noon)
    contracting = Contracting(history, Seeing(history), noon)
    documents = [one for name, text in samples(date(2026, 2, 1)) for one in read_documents(text, name)]
    for document in documents:
        contracting.apply(ADMINISTRATOR, document, sign=("supplier", "client"))
    contracts = [contract_terms(one) for one in documents if "contract" in one.tree]
    calendars = [calendar_terms(one) for one in documents if "calendar" in one.tree and "contract" not in one.tree]
    lines = simulate(contracts, {one.id: one for one in calendars}, seed=42, start=START, until=UNTIL, corrupt=True)
    door.submit([decode_structured(line) for line in lines], ADMINISTRATOR, "demo")
    time.advance(ADMINISTRATOR, UNTIL)
    Judge(history, history.database).catch_up()
    yield Seeing(history, history.database), door
    history.close()


@pytest.fixture
def registry(store: tuple[Seeing, Door]) -> CollectorRegistry:
    seeing, door = store
    return metrics_registry(seeing, ProgramMetrics(door.answered))


def test_every_commitment_of_the_samples_is_shown_with_its_first_target(registry: CollectorRegistry) -> None:
    families = {family.name: family for family in registry.collect()}
    assert len(families["entente_commitment"].samples) == 30
    assert len(families["entente_commitment_target"].samples) == 34
    assert len(families["entente_occurrences"].samples) == 30 * 7
    assert len(families["entente_next_due_timestamp_seconds"].samples) >= 11


def test_everything_received_is_judged_and_counted(registry: CollectorRegistry, store: tuple[Seeing, Door]) -> None:
    position = registry.get_sample_value("entente_history_position")
    assert position
    assert registry.get_sample_value("entente_judged_position") == position
    assert registry.get_sample_value("entente_watermark_timestamp_seconds") == UNTIL / 1_000_000
    for (channel, result), count in store[1].answered().items():
        labels = {"channel": channel, "result": result}
        assert registry.get_sample_value("entente_events_received_total", labels) == count


def test_only_declared_sources_are_shown(registry: CollectorRegistry) -> None:
    families = {family.name: family for family in registry.collect()}
    sources = {one.labels["source"] for one in families["entente_source_last_event_timestamp_seconds"].samples}
    assert sources == {one.labels["source"] for one in families["entente_source_expected_every_seconds"].samples}


def test_promtool_accepts_the_rules_of_the_samples(store: tuple[Seeing, Door], tmp_path: Path) -> None:
    for language in ("en", "fr"):
        rules = render_rules(store[0].read(ADMINISTRATOR, read_commitments), language=language)
        (tmp_path / f"{language}.yml").write_text(rules, encoding="utf-8")
        assert "SUCCESS" in promtool("check", "rules", f"{language}.yml", at=tmp_path)


def test_the_oldest_entry_that_waits_to_be_judged_is_shown_by_when_it_came(tmp_path: Path) -> None:
    now = [noon()]
    store = open_store(f"sqlite:///{tmp_path / 'entente.db'}", clock=lambda: now[0])
    try:
        registry, name = metrics_registry(store.seeing, ProgramMetrics()), "entente_oldest_unjudged_timestamp_seconds"
        store.judging.catch_up()
        assert registry.get_sample_value(name) is None
        for _ in range(2):
            now[0] += 1_000_000
            store.timekeeping.advance(ADMINISTRATOR, now[0])
            assert registry.get_sample_value(name) == noon() / 1_000_000 + 1
        store.judging.catch_up()
        assert registry.get_sample_value(name) is None
    finally:
        store.close()


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text; version=1.0.0", "text/plain; version=0.0.4"])
def test_the_page_is_what_the_library_would_write(registry: CollectorRegistry, accept: str) -> None:
    encode, _ = choose_encoder(accept)
    for _ in range(2):
        assert sorted(exposition(registry, accept)[0].splitlines()) == sorted(encode(registry).splitlines())
    assert exposition(registry, accept)[0].endswith(b"# EOF\n") is ("openmetrics" in accept)
