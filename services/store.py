"""Everything one can do with a store, opened once (services/opening.py) and handed to whoever shows or asks: the command line, HTTP,
pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar, cast

from domain.times import Clock
from services.access import Principal
from services.history.history import History
from services.judging.loop import JudgingLoop
from services.outages import Outages
from services.seeing.seen import Seeing, Seen
from services.timekeeping import Timekeeping

UseCases = Callable[[History, Seeing, Clock], object]
"""Makes the use cases of a part: a class, made of the history, of what is seen of it, and of the clock."""
T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Store:
    """`judging`, `timekeeping` and `outages` change what is shown; `seeing` shows it; `use_cases`, of the parts, decide."""

    url: str
    clock: Clock
    history: History
    seeing: Seeing
    timekeeping: Timekeeping
    outages: Outages
    judging: JudgingLoop
    use_cases: Mapping[type, object]

    def seen(self, who: Principal) -> AbstractContextManager[Seen]:
        """One state of the store as `who` sees it, until the block ends."""
        return self.seeing.seen(who)

    def read(self, who: Principal, read: Callable[Concatenate[Seen, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """One read by itself, in a state of its own."""
        return self.seeing.read(who, read, *args, **kwargs)

    def use(self, use_case: type[T]) -> T:
        """The use cases of a part, by their class. Raises KeyError for those that no part has."""
        return cast(T, self.use_cases[use_case])

    def close(self) -> None:
        self.history.close()
