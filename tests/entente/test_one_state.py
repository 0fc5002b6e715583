"""A page and an answer say one thing: what they read is one state of the store, though judging goes on between two reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import Principal
from services.history.databases import Transaction
from services.history.opening import open_database
from services.judging.judge import Judge
from services.judging.reshaping import throw_away
from services.seeing.seen import Seen
from tests.browser.week import build, instant

TICKET = re.compile(r'value="[\w-]+\.[0-9a-f]{12}(?:[0-9a-f]{52})?"')
"""Of a ticket, and of the token of a form."""
LINK = re.compile(r'href="(/[^"#]*)')
KINDS = (
    "/", "/portfolio", "/contracts", "/breaches", "/actions", "/reviews", "/excuses", "/quarantine", "/history", "/calendars",
    "/search?q=report", "/start", "/new-contract", "/v1/contracts", "/v1/commitments", "/v1/figures", "/v1/breaches",
    "/v1/actions", "/v1/reviews", "/v1/excuses", "/metrics",
)  # fmt: skip
"""Pages and answers that name nothing; the pages of one thing are found on them."""


class Moving:
    """A judge of its own that takes a few more entries whenever somebody reads."""

    def __init__(self, opened: Program, url: str):
        self._store = opened.store
        self._thread = ThreadPoolExecutor(1)
        self._database = open_database(url)
        self._judge: Judge | None = None
        self.moves = 0
        self.position = 0
        """How far the state was judged that was opened last."""

    def begins(self, entries: int) -> None:
        """Again, with that many judged."""
        throw_away(self._database)
        self._judge = Judge(self._store.history, self._database)
        self._judge.run(entries or 1)

    def stands(self) -> None:
        """Again, judged as far as the state that was opened last, and moves no more."""
        throw_away(self._database)
        self._judge, judge = None, Judge(self._store.history, self._database)
        while judge.position < self.position:
            judge.run(self.position - judge.position)

    def reads(self) -> None:
        if self._judge is not None:
            self.moves += bool(self._thread.submit(self._judge.run, STEP).result())

    def close(self) -> None:
        self._thread.shutdown()
        self._database.close()


STEP = 5
"""Entries that are judged from one query to the next: a contract that was proposed is soon signed."""


class MovingTransaction:
    """What a state reads with; others judge on before each query."""

    def __init__(self, reads: Transaction, before: Callable[[], None]):
        self._reads, self._before = reads, before

    def __getattr__(self, name: str) -> Any:
        read = getattr(self._reads, name)

        def moved(*args: Any, **kwargs: Any) -> Any:
            self._before()
            return read(*args, **kwargs)

        return moved


@contextmanager
def moving_on(it: Program, url: str) -> Iterator[Moving]:
    """Between any two queries of what is answered the judging goes on."""
    moving, here = Moving(it, url), it.store.seeing.here

    def moved(who: Principal) -> Seen:
        seen = here(who)
        if not isinstance(seen.reads, MovingTransaction):
            moving.position = seen.known.position
            seen.reads = cast(Transaction, MovingTransaction(seen.reads, moving.reads))
        return seen

    it.store.seeing.here = moved  # type: ignore[method-assign]
    try:
        yield moving
    finally:
        moving.close()
        it.store.judging.catch_up()


@contextmanager
def opened(url: str) -> Iterator[Program]:
    with program(Settings(store=url), clock=lambda: instant("2026-02-10T12:00:00+01:00")) as found:
        yield found


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{Path(tmp_path_factory.mktemp('week')) / 'week.db'}"
    build(url)
    return url


def one_of_each(client: TestClient) -> list[str]:
    """The pages that lead on, and one of each kind that they lead to."""
    found: dict[tuple[str, int, str], str] = {}
    for path in KINDS:
        for link in map(unescape, LINK.findall(client.get(path).text)):
            first, *rest = link.partition("?")[0].strip("/").split("/")
            if first in ("commitments", "contracts", "breaches", "actions", "reviews", "excuses") and rest:
                found.setdefault((first, len(rest), rest[-1] if rest[-1] in ("pack", "ask", "edit") else ""), link)
    return [*KINDS, *found.values()]


def said(answer: Response) -> str:
    """Without the names of forms, which are made anew each time; of metrics, what is shown and not what the program counts."""
    if answer.text.startswith("# HELP"):
        return "\n".join(
            line for line in answer.text.splitlines() if line.startswith(("entente_commitment", "entente_occurrences"))
        )
    return TICKET.sub("", answer.text)


def test_no_page_is_torn_by_what_is_judged_while_it_is_read(week: str) -> None:
    """Each is what it is where nothing moves, judged as far as it was when its state was opened.

    What is not there yet is a refusal, and its page tells a state of its own, so nothing of it is compared.
    """
    with opened(week) as it, moving_on(it, week) as moving:
        with TestClient(web(it), base_url="http://127.0.0.1") as client:
            pages = one_of_each(client)
            torn = []
            for path in pages:
                moving.begins(0 if path in KINDS else 100)
                answer = client.get(path)
                moving.stands()
                with opened(week) as still, TestClient(web(still), base_url="http://127.0.0.1") as frozen:
                    same = answer.status_code == 404 or said(answer) == said(frozen.get(path))
                    if answer.status_code not in (200, 404) or not same:
                        torn.append(path)
        assert torn == []
        assert moving.moves > 3 * len(pages)
