"""Back-pressure: what was read and cannot be stored now is kept and tried again, and no more is read meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import structlog

from ingestion.kafka.assignment import Assignment, Partition
from ingestion.kafka.health import Health
from services.errors import Unavailable

log = structlog.get_logger()

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 30.0
"""Seconds before it is tried again: twice as many each time, up to the longest."""


class Holding(Protocol):
    """The part of ingestion.kafka.reading.Reading that holds still."""

    def stay(self, seconds: float) -> None:
        """Remains a member of the group for so long, or until the worker is stopped, and reads nothing."""

    def resume(self) -> None:
        """Reads on, of every partition that may be read."""


class Pressure:
    """What one worker does while something cannot be stored."""

    def __init__(self, assignment: Assignment, holding: Holding, health: Health):
        self._assignment = assignment
        self._holding = holding
        self._health = health

    def patiently(self, partition: Partition, act: Callable[[], object]) -> bool:
        """Tries until it can be done, with all partitions paused meanwhile: they stay this worker's, and nothing more is
        read. False when it was given up: this worker stops, or the partition is somebody else's now, or to be read again."""
        pause, has_paused = FIRST_PAUSE, False
        try:
            while self._assignment.is_read(partition):
                try:
                    act()
                except Unavailable as error:
                    if self._health.stopping.is_set():
                        return False
                    self._health.troubled(str(error))
                    log.warning("cannot store; reading is paused", says=str(error), seconds=pause)
                    has_paused = True
                    self._holding.stay(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                else:
                    return True
            return False
        finally:
            if has_paused:  # however it ended: what nobody resumes is never read again
                self._holding.resume()
