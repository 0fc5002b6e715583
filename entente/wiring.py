"""The only place that knows every part: opens a store and hands each part what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dashboards.explanations import occurrence_sentences
from dashboards.figure_explanations import figure_sentences
from dashboards.language import LANGUAGES, language
from dashboards.metrics import ProgramMetrics
from dashboards.moments import Moments
from entente.settings import Settings
from ingestion.door import Door
from ingestion.quarantine import Quarantine
from services.contracts.reading import read_contract
from services.explaining.figures import explain_figure
from services.explaining.occurrences import explain_occurrence
from services.explaining.shapes import WhyFigureInWords, WhyOccurrenceInWords
from services.explaining.shown import explanation_json, figure_explanation_json
from services.opening import open_store, system_clock
from services.seeing.seen import Seen
from services.store import Clock, Store


def explained(
    seen: Seen, commitment: str, key: str | None, period: str | None = None
) -> WhyOccurrenceInWords | list[WhyFigureInWords]:
    """Why an occurrence has its verdict or, without a key, why the figures of a period are what they are; as values, and in
    words of every language."""
    contract = read_contract(seen, commitment.partition("/")[0])
    clocks = {code: Moments.of(language(code), contract.timezone, seen.known.watermark) for code in LANGUAGES}
    if key is not None:
        row = explain_occurrence(seen, commitment, key)
        words = {code: occurrence_sentences(row, contract, clock) for code, clock in clocks.items()}
        return {**explanation_json(row, contract.timezone), "words": words}
    return [
        {
            **figure_explanation_json(one, contract.timezone),
            "words": {code: figure_sentences(one, contract, clock) for code, clock in clocks.items()},
        }
        for one in explain_figure(seen, commitment, period)
    ]


@dataclass(frozen=True, slots=True)
class Program:
    settings: Settings
    store: Store
    door: Door
    quarantine: Quarantine
    metrics: ProgramMetrics


@contextmanager
def program(settings: Settings, *, clock: Clock = system_clock, renews: bool = True) -> Iterator[Program]:
    """Everything, on an open store; closed at the end. Raises what opening a store raises; `renews` as there."""
    counted: list[ProgramMetrics] = []
    store = open_store(
        settings.store,
        clock=clock,
        observe=lambda _, seconds: counted[0].judged_in(seconds),
        settle=round(settings.settle * 1_000_000),
        renews=renews,
        keeps=True,
    )
    try:
        door = Door(store.history, clock)
        counted.append(ProgramMetrics(door.answered))
        quarantine = Quarantine(store.history, door, clock)
        yield Program(settings, store, door, quarantine, counted[0])
    finally:
        store.close()
