"""Nothing is worked out for ever: an answer has a deadline, and ends with who asked and with the program."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Scope, Send

from domain.times import Instant, instant, show
from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR
from services.api.waiting import Waiting
from services.contracts.contracting import Contracting
from services.errors import BeyondHistory, TookTooLong, Unavailable
from services.patience import Patience, as_long_as_waited, go_on, waiting
from services.seeing.past import require_held, seeing_at
from tests.given import contract, criterion, document, punctuality
from tests.services.api_case import LOOPBACK, slug

NOW = instant("2026-02-20T12:00:00Z")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Program]:
    """A contract of two months, judged until yesterday."""
    with program(Settings(store=f"sqlite:///{tmp_path / 'entente.db'}"), clock=lambda: NOW) as running:
        agreed = document(contract(criterion(punctuality())))
        running.store.use(Contracting).apply(ADMINISTRATOR, agreed, sign=("supplier", "client"))
        running.store.timekeeping.advance(ADMINISTRATOR, instant("2026-02-19T00:00:00Z"))
        running.store.judging.catch_up()
        yield running


def test_where_nobody_says_how_long_everything_is_waited_for() -> None:
    go_on()
    assert list(as_long_as_waited([1, 2])) == [1, 2]


def test_it_is_not_waited_beyond_the_deadline_nor_for_who_is_gone() -> None:
    with waiting(Patience(1e-9)), pytest.raises(TookTooLong, match="one contract or commitment") as late:
        list(as_long_as_waited([1]))
    assert (late.value.status, late.value.slug) == (504, "took-too-long")
    with waiting(Patience()) as patience:
        go_on()
        patience.leave()
        with pytest.raises(Unavailable, match="gone"):
            go_on()
    go_on()


def test_looking_back_ends_in_the_middle_and_leaves_nothing_behind(
    running: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (aside := tmp_path / "aside").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    asked = iter([*[False] * 40, True, True, True, True])
    with (
        waiting(Patience(is_stopping=lambda: next(asked))),
        pytest.raises(Unavailable, match="being stopped"),
        seeing_at(running.store.history, as_of=NOW),
    ):
        pass
    assert list(aside.iterdir()) == []


def test_a_client_that_goes_away_ends_what_is_worked_out_for_it() -> None:
    ended: list[str] = []

    async def works(scope: Scope, receive: Receive, send: Send) -> None:
        def loop() -> None:
            while True:
                go_on()
                time.sleep(0.001)

        try:
            await run_in_threadpool(loop)
        except Unavailable as error:
            ended.append(error.slug)

    async def asks() -> None:
        messages = iter(["http.request", "http.disconnect"])

        async def receive() -> Message:
            await asyncio.sleep(0.02)
            return {"type": next(messages)}

        async def send(message: Message) -> None:
            raise AssertionError(message)

        around = Waiting(works, seconds=20, is_stopping=lambda: False)
        await around({"type": "http", "method": "GET", "path": "/v1/figures"}, receive, send)

    asyncio.run(asks())
    assert ended == ["gone"]


def test_what_is_sent_comes_whole_and_in_order() -> None:
    got: list[Message] = []

    async def takes(scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "http.disconnect":
            got.append(message)
        got.append(await receive())

    async def sends() -> None:
        parts: list[Message] = [{"type": "http.request", "body": bytes([n]), "more_body": n < 9} for n in range(10)]
        messages = iter([*parts, {"type": "http.disconnect"}])

        async def receive() -> Message:
            return next(messages)

        async def send(message: Message) -> None: ...

        await Waiting(takes, seconds=600, is_stopping=lambda: False)(
            {"type": "http", "method": "POST", "path": "/contracts/c/edit"}, receive, send
        )

    asyncio.run(sends())
    assert [one.get("body") for one in got] == [*(bytes([n]) for n in range(10)), None]


def test_who_reads_a_body_meets_what_goes_wrong_with_it() -> None:
    async def takes(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    async def receive() -> Message:
        raise ValueError("too large")

    async def send(message: Message) -> None: ...

    around = Waiting(takes, seconds=600, is_stopping=lambda: False)
    with pytest.raises(ValueError, match="too large"):
        asyncio.run(around({"type": "http", "method": "POST", "path": "/as"}, receive, send))


def test_a_moment_is_one_that_the_history_can_speak_of(running: Program) -> None:
    for moment in ("1990-01-01T00:00:00Z", "2026-02-19T00:00:00Z", "2026-02-20T12:00:00Z"):
        require_held(running.store.seeing.known(), NOW, as_of=instant(moment), believed_at=instant(moment))
    beyond: list[Instant] = [NOW + 1, instant("9999-12-31T23:59:59Z"), instant("0001-01-01T00:00:00Z")]
    for at in [*beyond, instant("1989-12-31T23:59:59Z")]:
        for asked in ({"as_of": at}, {"believed_at": at}):
            with pytest.raises(BeyondHistory, match=f"{next(iter(asked))}: {show(at)}"):
                require_held(running.store.seeing.known(), NOW, **asked)


def test_over_http_looking_back_is_bounded(running: Program) -> None:
    with TestClient(web(running), base_url=LOOPBACK, raise_server_exceptions=False) as client:
        for path in ("figures?", "occurrences?commitment=c/d/on-time&", "explain?commitment=c/d/on-time&"):
            for name in ("as_of", "believed_at"):
                for year in ("0001", "1500", "2027", "9000", "9999"):
                    answer = client.get(f"/v1/{path}{name}={year}-01-01T00:00:00Z")
                    assert slug(answer, 422) == "beyond-history", (path, name, year)
        assert slug(client.get("/v1/figures?believed_at=999"), 422) == "beyond-history"
        assert client.get("/v1/figures?as_of=2026-02-01T00:00:00Z").status_code == 200
        assert client.get("/v1/figures", headers={"sec-fetch-site": "cross-site"}).status_code == 403
        for day in ("0001-01-01", "9999-12-31", "2026-02-30"):
            assert client.get(f"/history?date={day}&time=23:59&contract=c").status_code < 500


def test_looking_back_ends_with_the_program(running: Program) -> None:
    with TestClient(web(running, is_stopping=lambda: True), base_url=LOOPBACK) as client:
        assert slug(client.get("/v1/figures?as_of=2026-02-01T00:00:00Z"), 503) == "stopping"


def test_the_limit_of_an_answer_is_the_operators(running: Program) -> None:
    running.settings.look_back = 1e-9
    with TestClient(web(running), base_url=LOOPBACK) as client:
        assert slug(client.get("/v1/figures?as_of=2026-02-01T00:00:00Z"), 504) == "took-too-long"
