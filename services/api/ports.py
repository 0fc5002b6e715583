"""The ports of the HTTP API, which the wiring fills, and what its addresses share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Protocol

from fastapi import APIRouter, Depends, Header
from starlette.requests import Request

from domain.times import Instant
from services.access import Principal
from services.api.asking import HEADER
from services.errors import Unavailable
from services.places import Place
from services.pulse import Pulse
from services.seeing.looking_back import seen_then
from services.seeing.past import require_held
from services.seeing.seen import Seen
from services.store import Store

JUDGED_WITHIN: Final = 30.0
"""Seconds that a command waits for the judge before it answers that its entry is stored."""


class Retried(Protocol):
    """The result of sending a quarantined item through the door again."""

    @property
    def result(self) -> Literal["accepted", "duplicate", "quarantined"]: ...
    @property
    def position(self) -> int | None: ...
    @property
    def slug(self) -> str | None: ...
    @property
    def problem(self) -> str | None: ...
    @property
    def quarantined_at(self) -> int | None: ...


class Quarantine(Protocol):
    def retry(self, reference: str, who: Principal) -> Retried: ...

    def discard(self, reference: str, who: Principal, reason: str) -> None: ...

    def take_back(self, reference: str, who: Principal) -> None: ...


@dataclass
class Api:
    """`pack_html(pack, language, people, told)` gives what is answered as it is. `who_asks` says who makes a request, `is_still`
    whether it is that one yet while the answer lasts. `is_stopping` ends the streams of a server that is told to stop."""

    store: Store
    pack_html: Callable[..., str]
    quarantine: Quarantine
    who_asks: Callable[[Request], Principal]
    is_still: Callable[[Request, Principal], bool] = lambda request, who: True
    is_stopping: Callable[[], bool] = lambda: False
    pulse: Pulse | None = None
    places: Sequence[Place] = ()
    """Where something about people is kept, besides what the store's tables are for."""

    @cached_property
    def who(self) -> Any:
        """The dependency that says who asks."""
        who_asks = self.who_asks

        def asked(
            request: Request,
            entente_as: Annotated[
                str | None, Header(alias=HEADER, description="On whose behalf: SERVICE or SERVICE/PERSON.")
            ] = None,
        ) -> Principal:
            return who_asks(request)

        return Depends(asked)

    def seen(self, who: Principal) -> Seen:
        """Gives what `who` sees in the state that a read is answered in."""
        return self.store.seeing.here(who)

    @contextmanager
    def seen_at(
        self,
        who: Principal,
        as_of: Instant | None,
        believed_at: Instant | None,
        position: int | None,
        contract: str | None,
    ) -> Iterator[Seen]:
        """Opens what is shown now, or what another moment had or has to show. Raises NotFound for a contract that is
        not to be seen, BeyondHistory for a moment that the history holds nothing of, Unavailable while others look back."""
        with self.store.seen(who) as seen:
            if contract is not None:
                seen.require_contract(contract)
            if as_of is None and believed_at is None and position is None:
                yield seen
                return
            require_held(seen.known, self.store.clock(), as_of=as_of, believed_at=believed_at)
        with seen_then(
            self.store.seeing, who, as_of=as_of, believed_at=believed_at, position=position, contract=contract
        ) as then:
            yield then

    def is_judged(self, position: int) -> bool:
        """Waits until the entry and what follows from it are judged, by us if nobody else judges; False when the judge
        does not get there in time (the entry is stored all the same)."""
        deadline = time.monotonic() + JUDGED_WITHIN
        while True:
            try:
                self.store.judging.catch_up(timeout=1)
                return True
            except Unavailable:
                if self.store.seeing.known().position >= position:
                    return True
                if time.monotonic() > deadline:
                    return False


Routes = Callable[[APIRouter, Api], None]
"""Adds addresses under `/v1`."""
