"""`/healthz` and `/readyz`: whether the program lives, and whether what it would show is worth looking at."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final

from fastapi import APIRouter

from domain.saying import Said, chained, said
from domain.times import show
from services.access import ADMINISTRATOR
from services.api.answers import JsonAnswer, problems
from services.api.showing import known_json
from services.directory.feeds import Awaited
from services.directory.reading import awaited
from services.errors import Unavailable
from services.holding import Held, Holder
from services.seeing.progress import oldest_unjudged
from services.serving.shapes import FileAwaited, Ready, TimeHeld
from services.store import Store

FAR_BEHIND: Final = 50_000
"""Entries: some seconds of judging."""
BEHIND: Final = 5_000
"""Entries of one batch: as many may come at once. Where the first of so many has waited for WAITING seconds, the judge does not
keep up: those that are contracts take longer than events."""
WAITING: Final = 10

STANDS_STILL: Final = 30.0
"""Seconds without a step, while there is something to judge, after which the judge is not at work."""

_UNNAMED: Final[Mapping[Holder, Said]] = {
    "body": said("a body of events is still coming in"),
    "queue": said("events that came wait to be stored"),
    "kafka": said("a topic is not read to its end"),
    "outage": said("producers may still repeat what they sent in an outage of ours"),
    "clock": said("the clock cannot be right"),
}
"""What keeps time from passing, said to anybody: no source, topic or contract is named."""


def health_routes(
    store: Store,
    troubles: Callable[[], Mapping[str, str]],
    held: Callable[[], Held | None] = lambda: None,
    *,
    needs_judge: bool = True,
    names: bool = True,
) -> APIRouter:
    """`troubles` says which parts of this program are not at work, and why; `held` what keeps time from passing. What neither
    judges nor shows needs no judge. `names`: contracts and sources are named; not where people sign in, for anybody is answered."""
    router = APIRouter(default_response_class=JsonAnswer, generate_unique_id_function=lambda route: route.name)
    steps = _Steps()

    @router.get("/healthz", tags=["health"])
    def is_alive() -> JsonAnswer:
        """The program answers."""
        return JsonAnswer({"status": "ok"})

    @router.get("/readyz", tags=["health"], response_model=Ready, responses={503: problems(503)[503]})
    def is_ready() -> JsonAnswer:
        """The store answers, what this program runs beside is at work (the judge, time, whoever reads Kafka), and the
        judge is near the end of the history; else 503 says why not. `time_held` says what keeps time from passing: then all is
        taken and judged, but nothing falls due; of the contracts `waiting` alone, where it names any. `files_awaited`: the contracts
        whose time waits for a file, which is as it should be until `expected_by`."""
        if found := troubles():  # first: a store that is gone takes long to say so
            raise Unavailable(
                _troubles_said(found, names=names), mend=said("look at the log"), slug=f"{min(found)}-in-trouble"
            )
        known = store.seeing.known()
        last = store.history.last_position()
        behind = max(0, last - known.position)
        if needs_judge:
            _require_judge(store, known.position, last, steps.stood_for(known.position, is_idle=behind == 0))
        keeps = held()
        ready: Ready = {
            "ready": True,
            "behind": behind,
            "time_held": _held_json(keeps, names=names) if keeps else None,
            "files_awaited": [_awaited_json(one) for one in awaited(store.seeing, ADMINISTRATOR)] if names else [],
            **known_json(known),
        }
        return JsonAnswer(ready)

    return router


def _require_judge(store: Store, position: int, last: int, stood: float) -> None:
    """Raises Unavailable while the judge is far behind the last entry, or has `stood` still for too many seconds."""
    behind = max(0, last - position)
    if behind > FAR_BEHIND or (behind > BEHIND and _has_waited(store)):
        raise Unavailable(
            said(
                "the judge has reached {position} of {last}; entries that are not judged yet: {behind:,}",
                position=position,
                last=last,
                behind=behind,
            ),
            mend=said("wait for it"),
            slug="judge-behind",
        )
    if stood > STANDS_STILL:
        raise Unavailable(
            said(
                "the judge has stood at {position} of {last} for {stood} s",
                position=position,
                last=last,
                stood=f"{stood:.0f}",
            ),
            mend=said("look at the log of the judge"),
            slug="judge-stands-still",
        )


def _troubles_said(found: Mapping[str, str], *, names: bool) -> Said:
    """Why a part of the program is not at work may name a topic or a server: that is for the log where anybody is answered."""
    if not names:
        return said("not at work: {parts}", parts=", ".join(sorted(found)))
    return chained("; ", [said("{name}: {why}", name=name, why=why) for name, why in sorted(found.items())])


def _held_json(keeps: Held, *, names: bool) -> TimeHeld:
    waiting = [*keeps.waiting] if names else []
    return {
        "by": keeps.by,
        "why": keeps.why if names else _UNNAMED[keeps.by],
        "seconds": round(keeps.seconds),
        "waiting": waiting,
    }


def _awaited_json(one: Awaited) -> FileAwaited:
    feed = one.feed
    return {
        "contract": one.contract,
        "source": feed.source,
        "expected_by": show(feed.expected_by),
        "until": show(feed.until),
    }


def _has_waited(store: Store) -> bool:
    oldest = oldest_unjudged(store.history, store.seeing.known().position)
    return oldest is not None and store.clock() - oldest > WAITING * 1_000_000


class _Steps:
    """Since when the judge has not moved though it could, as far as was looked."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._position = -1
        self._since = 0.0

    def stood_for(self, position: int, *, is_idle: bool) -> float:
        with self._lock:
            now = time.monotonic()
            if is_idle or position != self._position:
                self._position, self._since = position, now
            return now - self._since
