"""What `serve` does every hour so that what is to be forgotten is: retention, what was set aside, the key that wraps keys."""

from __future__ import annotations

import threading
from typing import Final

import structlog

from domain.times import Instant
from entente.keys_wiring import erased_to
from entente.wiring import Program
from services.access import PLATFORM
from services.directory.declaring import Declared
from services.errors import EntenteError
from services.sealing.erasing import DAY, LATEST, Erasing
from services.sealing.kek import quarter
from services.sealing.retention import run, sweep

log = structlog.get_logger()

FIRST: Final = 90.0
EVERY: Final = 3_600.0
"""Seconds: after the start, and from one look to the next."""
SOONER: Final = 2
"""Days before the last one on which keys may be wrapped anew: so much the machine may be down."""


class Forgetting:
    """Looks every hour. What fails is said in the log, and tried again."""

    def __init__(self, program: Program):
        self._program = program
        self._declared = Declared(program.store.history)

    def run(self, stopping: threading.Event) -> None:
        pause = FIRST
        while not stopping.wait(pause):
            try:
                self.look()
            except EntenteError as error:
                log.error("what is to be forgotten is not yet", says=str(error))
            pause = EVERY

    def look(self) -> None:
        """Empties the log of the store of what was deleted; destroys what is due; replaces the wrapping key when it is of another
        quarter, or backups could still give back what was destroyed LATEST − SOONER days ago. Raises Invalid, Unavailable."""
        keys, store = self._program.keys, self._program.store
        if store.history.database.keeps_erased():
            store.history.database.empty_log()
        if keys is None:
            return
        now = store.clock()
        erasing = Erasing(store.history, keys, store.clock, erased_to(self._program.settings))
        gone = run(erasing, keys, self._declared.personal(), store.timekeeping.watermark(), str(PLATFORM))
        swept = sweep(store.history, keys, now)
        if gone or swept:
            log.info("what was kept long enough is destroyed", keys=len(gone), set_aside=swept)
        if self._is_due(now, keys.waiting_since(), keys.wrapped_by()):
            log.info("data keys are wrapped anew", keys=keys.rewrap(now))

    @staticmethod
    def _is_due(now: Instant, waiting: Instant | None, kek: str) -> bool:
        is_late = waiting is not None and waiting + (LATEST - SOONER) * DAY <= now
        return is_late or not kek.startswith(quarter(now))
