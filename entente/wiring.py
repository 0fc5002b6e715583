"""The only place that knows every part: opens a store and hands each part what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dashboards.metrics import ProgramMetrics
from domain.times import Clock
from entente.settings import Settings
from ingestion.door import Door
from ingestion.quarantine import Quarantine
from services.opening import open_store, system_clock
from services.store import Store


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
