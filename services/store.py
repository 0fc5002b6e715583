"""Everything one can do with a store, opened once and handed to whoever shows or asks: the command line, HTTP, pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from domain.times import Instant
from services.adopting import begin_with_rules
from services.contracting import Contracting
from services.deciding import Deciding
from services.excusing import Excusing
from services.history.history import History, open_history
from services.judging.loop import JudgingLoop, Observe
from services.judging.reshaping import prepare_views
from services.knowing import Directories
from services.matching import Matching
from services.outages import Outages
from services.reading.reading import Reading
from services.setting_aside import SettingAside
from services.timekeeping import SETTLE, Timekeeping

Clock = Callable[[], Instant]


def system_clock() -> Instant:
    """Now, in microseconds since 1970 UTC. The only clock of the program; the demo and tests pass another."""
    return time.time_ns() // 1_000


@dataclass(frozen=True, slots=True)
class Store:
    """`judging`, `timekeeping` and `outages` change what is shown; `reading` shows it; the others decide."""

    url: str
    clock: Clock
    history: History
    reading: Reading
    contracting: Contracting
    deciding: Deciding
    excusing: Excusing
    matching: Matching
    asides: SettingAside
    timekeeping: Timekeeping
    outages: Outages
    judging: JudgingLoop

    def close(self) -> None:
        self.history.close()


def open_store(
    url: str,
    *,
    clock: Clock = system_clock,
    observe: Observe | None = None,
    settle: Instant = SETTLE,
    renews: bool = True,
) -> Store:
    """Opens the store at that address, and creates what is absent. `settle`: how far beyond the clock time may be declared.
    `renews`: whether read models of an older version of the program are replaced by empty ones, to be judged anew.
    Raises StoreTooNew, Invalid, Unavailable."""
    history = open_history(url)
    try:
        prepare_views(history.database, renews=renews)
        begin_with_rules(history, clock)
    except BaseException:
        history.close()
        raise
    reading = Reading(history.database, history)
    timekeeping = Timekeeping(history, clock, settle)
    return Store(
        url=url,
        clock=clock,
        history=history,
        reading=reading,
        contracting=Contracting(history, clock, timekeeping, Directories(reading)),
        deciding=Deciding(history, reading, clock),
        excusing=Excusing(history, reading, clock),
        matching=Matching(history, reading, clock),
        asides=SettingAside(history, reading, clock),
        timekeeping=timekeeping,
        outages=Outages(history, clock),
        judging=JudgingLoop(history, history.database, clock, observe=observe),
    )
