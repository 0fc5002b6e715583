"""A look once a day whether the store is whole: damage that nobody reads would spread into every backup."""

from __future__ import annotations

import threading
from typing import Final

import structlog

from domain.saying import said
from entente.supervising import Beat
from services.history.databases import Database
from services.history.soundness import damage

log = structlog.get_logger()

FIRST: Final = 60.0
EVERY: Final = 86_400.0
"""Seconds: after the start, and from one look to the next."""


class DailyLook:
    """`found` is what the last look found, None before the first."""

    def __init__(self, database: Database):
        self.found: list[str] | None = None
        self._database = database

    def run(self, stopping: threading.Event, beat: Beat) -> None:
        """Looks until it is told to stop, in the middle of a look too."""
        pause = FIRST
        while not stopping.wait(pause):
            self.look(stopping)
            beat()
            pause = EVERY

    def look(self, stopping: threading.Event) -> None:
        found = damage(self._database, stopping.is_set)
        if stopping.is_set():
            return
        self.found = found
        for one in found:
            log.error("the store is damaged: restore it from a backup", found=one)
        if not found:
            log.info("the store was looked through, and is whole")

    def trouble(self) -> str | None:
        return said("it is damaged, {found}: restore it from a backup", found=self.found[0]) if self.found else None
