"""Opens a store, with what the parts let people decide."""

from __future__ import annotations

import time
from typing import Final, cast

from domain.times import Clock, Instant
from services.adopting import begin_with_rules
from services.checkpoints.making import create
from services.history.databases import Database
from services.history.history import open_history
from services.history.secret import prepare as prepare_secrets
from services.judging.loop import JudgingLoop, Observe
from services.judging.reshaping import prepare_views
from services.outages import Outages
from services.parts import PARTS
from services.seeing.seen import Seeing
from services.store import Store
from services.throttling import prepare as prepare_throttling
from services.timekeeping import SETTLE, Timekeeping

CREATE: Final = "CREATE TABLE IF NOT EXISTS "


def system_clock() -> Instant:
    """Now, in microseconds since 1970 UTC. The only clock of the program; the demo and tests pass another."""
    return time.time_ns() // 1_000


def create_kept(database: Database) -> None:
    """Creates the tables of the parts that follow from no entry, where they are absent: a program that may create nothing is
    started on a store that `migrate` has prepared."""
    statements = [one for part in PARTS for one in part.kept]
    absent = [one for one in statements if not database.has_table(one.removeprefix(CREATE).partition(" ")[0])]
    if absent:
        database.create(absent)


def open_store(
    url: str,
    *,
    clock: Clock = system_clock,
    observe: Observe | None = None,
    settle: Instant = SETTLE,
    renews: bool = True,
    keeps: bool = False,
) -> Store:
    """Opens the store at that address, and creates what is absent. `settle`: how far beyond the clock time may be declared.
    `renews`: whether read models of an older version of the program are replaced by empty ones, to be judged anew.
    `keeps`: whether lists of all that there is are kept until the judging moves (see `Seeing`).
    Raises StoreTooNew, Invalid, Unavailable."""
    history = open_history(url)
    try:
        prepare_secrets(history.database)
        prepare_throttling(history.database)
        create(history)
        create_kept(history.database)
        prepare_views(history.database, renews=renews)
        begin_with_rules(history, clock)
    except BaseException:
        history.close()
        raise
    seeing = Seeing(history, keeps=keeps)
    return Store(
        url=url,
        clock=clock,
        history=history,
        seeing=seeing,
        timekeeping=Timekeeping(history, clock, settle),
        outages=Outages(history, clock),
        judging=JudgingLoop(history, history.database, clock, observe=observe),
        use_cases={cast(type, one): one(history, seeing, clock) for part in PARTS for one in part.use_cases},
    )
