"""Looks once, for all who listen, how far the read models are, and tells each: bounded, and over when the program stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from starlette.concurrency import run_in_threadpool

from domain.saying import said
from services.access import Principal
from services.errors import TooMany, Unavailable
from services.seeing.known import Known

PAUSE: Final = 0.25
"""Seconds between two looks, while anybody listens; a program that stops is noticed as fast."""
KEEP_ALIVE: Final = 15.0
"""Seconds after which a listener who was told nothing hears that the line is open."""
MOST: Final = 200
"""Listeners at once."""
SHARE: Final = 25
"""Of these for one person, or for all keys of one service."""
FULL: Final = 60
"""Seconds after which to try again where all places are taken."""


class Pulse:
    """The pulse of the judging within one event loop. `look` may block and may raise Unavailable; nothing is looked at
    while nobody listens."""

    def __init__(self, look: Callable[[], Known], is_stopping: Callable[[], bool] = lambda: False, *, most: int = MOST):
        self._look = look
        self._is_stopping = is_stopping
        self._most = most
        self._of: Counter[str] = Counter()
        self._known: Known | None = None
        self._moved = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        return self._of.total()

    def require_room(self, who: Principal) -> None:
        """Raises TooMany where somebody has taken his share, Unavailable where all places are taken."""
        if self._of[_name(who)] >= SHARE:
            what = said("{who} listens {count} times already", who=who, count=SHARE)
            raise TooMany(what, mend=said("close some of these pages or programs"), retry_after=FULL)
        if self.listeners >= self._most:
            raise Unavailable(said("too many listen already"), mend=said("try again in a minute"), retry_after=FULL)

    @contextmanager
    def place(self, who: Principal) -> Iterator[None]:
        """One listener's, until the end of the block. Raises what `require_room` does."""
        self.require_room(who)
        name = _name(who)
        self._of[name] += 1
        try:
            yield
        finally:
            self._of[name] -= 1
            self._of += Counter()  # keeps those that still listen

    async def moves(self) -> AsyncIterator[Known | None]:
        """Gives how far it is now, and again each time it has moved; None after KEEP_ALIVE seconds without news. Ends
        when the program stops. Only in a `place`."""
        shown: Known | None = None
        while not self._is_stopping():
            moved = self._watched()
            if self._known is not None and self._known != shown:
                shown = self._known
                yield shown
                continue
            try:
                await asyncio.wait_for(moved.wait(), KEEP_ALIVE)
            except TimeoutError:
                yield None

    def _watched(self) -> asyncio.Event:
        """Gives the event that is set at the next move, and sees to it that somebody looks from now on."""
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        return self._moved

    async def _watch(self) -> None:
        try:
            while self.listeners and not self._is_stopping():
                with suppress(Unavailable):  # the store cannot be read; told when it can
                    known = await run_in_threadpool(self._look)
                    if known != self._known:
                        self._known = known
                        self._tell()
                await asyncio.sleep(PAUSE)
        finally:
            self._tell()

    def _tell(self) -> None:
        told, self._moved = self._moved, asyncio.Event()
        told.set()


def _name(who: Principal) -> str:
    """Whose share it is: that of a person, whatever the roles, or of a service whose key asks."""
    return f"/{who.person}" if who.person else str(who)
