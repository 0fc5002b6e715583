"""Loops that go on: each in a thread of its own, started again when it fails, ever more slowly, and said.

A loop is a function that returns when it is told to stop. It calls `beat` whenever it has come round well: that ends its
trouble, and the next pause is short again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from domain.saying import said
from services.errors import EntenteError

log = structlog.get_logger()

SHORTEST: Final = 0.5
LONGEST: Final = 30.0
"""Seconds between an end and the next start."""

Beat = Callable[[], None]


class Loop:
    """One of them. `trouble` says why it is not at work, None while it is; `restarts` counts."""

    def __init__(self, name: str, act: Callable[[Beat], None], stopping: threading.Event, *, is_vital: bool = True):
        self.name = name
        self.is_vital = is_vital
        self.restarts = 0
        self._failed: tuple[str, float] | None = None
        self._act = act
        self._stopping = stopping
        self._pause = SHORTEST

    @property
    def trouble(self) -> str | None:
        if (failed := self._failed) is None:
            return None
        why, since = failed
        return said(
            "{why} (for {monotonic} s, started again {restarts} time{restarts:s})",
            why=why,
            monotonic=f"{time.monotonic() - since:.0f}",
            restarts=self.restarts,
        )

    def run(self) -> None:
        """Runs until it is told to stop."""
        while not self._stopping.is_set():
            try:
                self._act(self._beat)
                why: str | None = None
            except Exception as error:
                why = str(error) or type(error).__name__
                is_fault = not isinstance(error, EntenteError)
                log.error(f"{self.name} failed; starting it again", error=why, seconds=self._pause, exc_info=is_fault)
            if self._stopping.is_set():
                return
            if why is None:
                why = said("it ended by itself")
                log.error(f"{self.name} ended by itself; starting it again", seconds=self._pause)
            _, since = self._failed or (why, time.monotonic())
            self._failed = why, since
            self._stopping.wait(self._pause)
            self._pause = min(self._pause * 2, LONGEST)
            self.restarts += 1

    def _beat(self) -> None:
        if self._failed is not None:
            log.info(f"{self.name} is at work again", restarts=self.restarts)
            self._failed, self._pause = None, SHORTEST


class Supervised:
    """All loops of a program."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.loops: list[Loop] = []
        self._threads: list[threading.Thread] = []

    def add(self, name: str, act: Callable[[Beat], None], *, is_vital: bool = True) -> None:
        """Without what is not vital the program does all that it promises."""
        self.loops.append(Loop(name, act, self.stopping, is_vital=is_vital))

    def start(self) -> None:
        self._threads = [threading.Thread(target=loop.run, name=loop.name, daemon=True) for loop in self.loops]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Everybody was told to stop."""
        for thread in self._threads:
            thread.join(timeout=10)

    def troubles(self) -> dict[str, str]:
        """Gives the vital loops that are not at work, by name, and why."""
        return {loop.name: why for loop in self.loops if loop.is_vital and (why := loop.trouble) is not None}

    def restarts(self) -> dict[str, int]:
        return {loop.name: loop.restarts for loop in self.loops}
