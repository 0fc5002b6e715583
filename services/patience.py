"""The patience of somebody who waits for an answer: until a deadline, and as long as he is there and the program runs.

Whoever asks says so once (`waiting`), for all that is done on his behalf in that context, threads that are lent to it included;
what may take long asks, step by step, whether it is still waited for (`go_on`). Where nobody has said anything, as on the
command line, everything is waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

from domain.saying import said
from services.errors import TookTooLong, Unavailable

Item = TypeVar("Item")


class Patience:
    """One asker's. `seconds` None: without a deadline."""

    def __init__(self, seconds: float | None = None, is_stopping: Callable[[], bool] = lambda: False):
        self._seconds = seconds
        self._until = None if seconds is None else time.monotonic() + seconds
        self._is_stopping = is_stopping
        self._is_gone = False

    def leave(self) -> None:
        """Nobody is there any more to take the answer."""
        self._is_gone = True

    def go_on(self) -> None:
        """Raises Unavailable when the program stops or nobody is there, TookTooLong beyond the deadline."""
        if self._is_stopping():
            raise Unavailable(
                said("the program is being stopped"), mend=said("ask again when it runs"), slug="stopping"
            )
        if self._is_gone:
            raise Unavailable(said("whoever asked is gone"), slug="gone")
        if self._until is not None and time.monotonic() > self._until:
            raise TookTooLong(
                said("this answer took more than {seconds} s", seconds=f"{self._seconds:g}"),
                mend=said(
                    "ask for one contract or commitment, or on the command line, which waits; ENTENTE_LOOK_BACK sets "
                    "the limit"
                ),
            )


_current: Final[ContextVar[Patience]] = ContextVar("patience")


@contextmanager
def waiting(patience: Patience) -> Iterator[Patience]:
    """Within the block, in this context, this much is waited."""
    token = _current.set(patience)
    try:
        yield patience
    finally:
        _current.reset(token)


def go_on() -> None:
    """Raises as `Patience.go_on` where it is no longer waited for."""
    if (patience := _current.get(None)) is not None:
        patience.go_on()


def as_long_as_waited(items: Iterable[Item]) -> Iterator[Item]:
    """The items, one after the other, while it is waited for."""
    for item in items:
        go_on()
        yield item
