"""Everything one can do with a store, opened once and handed to whoever shows or asks: the command line, HTTP, pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar, cast

from domain.times import Instant
from services.access import Principal
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
from services.seeing.seen import Seeing, Seen
from services.setting_aside import SettingAside
from services.timekeeping import SETTLE, Timekeeping

Clock = Callable[[], Instant]
UseCases = Callable[[History, Seeing, Clock], object]
"""What a part lets people decide: a class, made of the history, of what is seen of it, and of the clock."""
T = TypeVar("T")
P = ParamSpec("P")


def system_clock() -> Instant:
    """Now, in microseconds since 1970 UTC. The only clock of the program; the demo and tests pass another."""
    return time.time_ns() // 1_000


@dataclass(frozen=True, slots=True)
class Store:
    """`judging`, `timekeeping` and `outages` change what is shown; `seeing` shows it; the others decide."""

    url: str
    clock: Clock
    history: History
    seeing: Seeing
    contracting: Contracting
    deciding: Deciding
    excusing: Excusing
    matching: Matching
    asides: SettingAside
    timekeeping: Timekeeping
    outages: Outages
    judging: JudgingLoop
    use_cases: Mapping[type, object] = field(default_factory=dict)

    def seen(self, who: Principal) -> AbstractContextManager[Seen]:
        """One state of the store as `who` sees it, until the block ends."""
        return self.seeing.seen(who)

    def read(self, who: Principal, read: Callable[Concatenate[Seen, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """One read by itself, in a state of its own."""
        return self.seeing.read(who, read, *args, **kwargs)

    def use(self, use_case: type[T]) -> T:
        """The use cases of a part, by their class. Raises KeyError for those that the store was not opened with."""
        return cast(T, self.use_cases[use_case])

    def close(self) -> None:
        self.history.close()


def open_store(
    url: str,
    *,
    clock: Clock = system_clock,
    observe: Observe | None = None,
    settle: Instant = SETTLE,
    renews: bool = True,
    keeps: bool = False,
    parts: Sequence[UseCases] = (),
) -> Store:
    """Opens the store at that address, and creates what is absent. `settle`: how far beyond the clock time may be declared.
    `renews`: whether read models of an older version of the program are replaced by empty ones, to be judged anew.
    `parts`: the use cases of parts.
    `keeps`: whether lists of all that there is are kept until the judging moves (see `Seeing`).
    Raises StoreTooNew, Invalid, Unavailable."""
    history = open_history(url)
    try:
        prepare_views(history.database, renews=renews)
        begin_with_rules(history, clock)
    except BaseException:
        history.close()
        raise
    seeing = Seeing(history, keeps=keeps)
    timekeeping = Timekeeping(history, clock, settle)
    return Store(
        url=url,
        clock=clock,
        history=history,
        seeing=seeing,
        contracting=Contracting(history, clock, timekeeping, Directories(seeing)),
        deciding=Deciding(history, seeing, clock),
        excusing=Excusing(history, seeing, clock),
        matching=Matching(history, seeing, clock),
        asides=SettingAside(history, seeing, clock),
        timekeeping=timekeeping,
        outages=Outages(history, clock),
        judging=JudgingLoop(history, history.database, clock, observe=observe),
        use_cases={cast(type, part): part(history, seeing, clock) for part in parts},
    )
