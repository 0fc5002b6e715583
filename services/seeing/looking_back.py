"""Looking back at the history for those who ask: a few at once, each in a judgement of its own that is thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final

from domain.saying import Said, said
from domain.times import Instant
from services.access import Principal
from services.errors import Unavailable
from services.seeing.past import seeing_at
from services.seeing.seen import Seeing, Seen

AT_ONCE: Final = 2
"""Judgements aside that may run at the same time, for each purpose."""


class Places:
    """The places of one store for judgements aside of one purpose; who finds none is told to come again, so that
    nobody's request holds up all others."""

    def __init__(self) -> None:
        self.free = BoundedSemaphore(AT_ONCE)


class Looks(Places):
    """The places for those who look back at the history, on pages and by address."""


@contextmanager
def a_place(seeing: Seeing, places_for: type[Places], busy: Said) -> Iterator[None]:
    """A place for a judgement aside, until the block ends. Raises Unavailable, saying `busy`, while all are taken."""
    places = seeing.kept(places_for).free
    if not places.acquire(blocking=False):
        raise Unavailable(busy, mend=said("try again in a moment"))
    try:
        yield
    finally:
        places.release()


@contextmanager
def seen_then(
    seeing: Seeing,
    who: Principal,
    *,
    as_of: Instant | None = None,
    believed_at: Instant | None = None,
    position: int | None = None,
    contract: str | None = None,
) -> Iterator[Seen]:
    """Opens what the history says about a moment (`as_of`), or said at one (`believed_at`, or `position`); `contract`
    judges only that one, which is quicker. Nothing of the present store is held meanwhile. Raises BeyondHistory,
    Unavailable."""
    still = seeing.read(who, lambda now: now.shown)  # what is shown no more is not shown as it was, either
    with (
        a_place(seeing, Looks, said("others are looking back at the history now")),
        seeing_at(seeing.history, as_of=as_of, believed_at=believed_at, position=position, contract=contract) as then,
        then.seen(who) as seen,
    ):
        seen.shown &= still
        yield seen
