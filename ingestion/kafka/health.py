"""Why nothing can be read or stored just now, and waiting that ends when the worker is stopped."""

from __future__ import annotations

import threading
from typing import Final

import structlog

log = structlog.get_logger()

AGAIN_SECONDS: Final = 1
"""After which is tried again what could not be had, where nothing that was read waits for it."""


class Health:
    """The state of one worker. `stopping` is set, by whatever thread, when it is to end; `trouble` may be read by any."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.trouble: str | None = None
        """None once a round went well from its beginning to its end."""
        self._is_well = True

    def begin_round(self) -> None:
        self._is_well = True

    def end_round(self) -> None:
        if self._is_well:
            self.trouble = None

    def troubled(self, why: str) -> None:
        """This round has not gone well."""
        self._is_well, self.trouble = False, why

    def wait(self, why: str) -> None:
        """A second, or until the worker is stopped."""
        self.troubled(why)
        log.warning("waiting", says=why, seconds=AGAIN_SECONDS)
        self.stopping.wait(AGAIN_SECONDS)
