"""A request that never comes whole: heads and bodies have an end, and hold nothing up meanwhile."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Scope

from entente.connections import LARGEST_HEAD, BoundedConnection
from entente.listening import config
from entente.serving import web
from entente.settings import Settings
from entente.timekeeping import LiveTime
from entente.wiring import Program, program
from services.api.bodies import LARGEST, Bodies
from services.api.headers import plain_headers
from services.holding import HOLDERS, Held
from tests.patience import PATIENCE

NOW = 1_773_144_000_000_000
SECOND = 1_000_000
FORM = "application/x-www-form-urlencoded"
FOLDER = Path(__file__).parents[2] / "deploy" / "webhooks"


@pytest.fixture
def opened(sqlite_url: str) -> Iterator[Program]:
    with program(Settings(store=sqlite_url, webhooks=str(FOLDER)), clock=lambda: NOW) as one:
        yield one


# Bodies


def asked(
    app: ASGIApp, method: str, path: str, bodies: list[bytes], **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """The answer to a request whose body comes in these pieces, and never to its end."""
    given = {
        "host": "127.0.0.1",
        "content-length": "100",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000), "state": {},
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    pieces, sent = list(bodies), []

    async def receive() -> Message:
        if not pieces:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": pieces.pop(0), "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(_within(app(scope, receive, send)))
    start: Any = sent[0]
    named = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], named, b"".join(one.get("body", b"") for one in sent[1:])


async def _within(running: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        await running


@pytest.mark.parametrize(
    ("method", "path", "media"),
    [
        ("POST", "/v1/events", "application/cloudevents+json"),
        ("POST", "/v1/events", "application/cloudevents-batch+json"),
        ("POST", "/v1/webhooks/form", "application/json"),
        ("PUT", "/v1/contracts/c", "application/yaml"),
        ("POST", "/v1/advance", "application/json"),
        ("POST", "/as", "application/x-www-form-urlencoded"),
        ("POST", "/new-contract", "application/x-www-form-urlencoded"),
        ("POST", "/new-contract", "multipart/form-data; boundary=x"),
    ],
)
def test_a_body_that_does_not_come_is_given_up_by_every_address(
    opened: Program, method: str, path: str, media: str
) -> None:
    """However slowly it drips."""
    app = Bodies(web(opened), seconds=0.3)
    status, headers, body = asked(app, method, path, [b"--x"], content_type=media, sec_fetch_site="same-origin")
    assert (status, headers["connection"]) == (408, "close")
    assert b"urn:entente:problem:request-timeout" in body
    assert opened.door.is_drained


def test_a_body_that_drips_has_no_more_time_than_one_that_stops() -> None:
    async def app(scope: Scope, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass

    async def drip() -> Message:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"a", "more_body": True}

    async def run() -> None:
        scope = {"type": "http", "path": "/", "headers": [(b"transfer-encoding", b"chunked")]}
        with pytest.raises(Exception, match="within 1 s"):
            await Bodies(app, seconds=1)(scope, drip, drip)  # type: ignore[arg-type]

    asyncio.run(_within(run()))


def test_no_body_is_larger_than_the_largest(opened: Program) -> None:
    app = Bodies(web(opened))
    part = [b"a" * (1 << 20)] * ((LARGEST >> 20) + 1)
    for path in ("/as", "/new-contract", "/v1/events"):
        status, headers, _ = asked(app, "POST", path, part, content_type=FORM, ce_id="1", sec_fetch_site="none")
        assert (status, headers["connection"]) == (413, "close")


def test_who_serves_bounds_bodies_and_connections(opened: Program) -> None:
    assert Middleware(Bodies).cls in [one.cls for one in web(opened).user_middleware]


# What holds time


def test_time_passes_up_to_what_is_on_its_way_in_and_no_further(opened: Program) -> None:
    time = LiveTime(opened, lambda: NOW, settle=120, outage=0)
    door = opened.door
    seconds = [1_000.0]
    door._seconds = lambda: seconds[0]
    with door.entering(is_coming=True) as body:
        seconds[0] += 6
        assert time.step()
        assert opened.store.timekeeping.watermark() == NOW - (120 + 6) * SECOND
        held = time.held()
        assert held is not None
        assert (held.by, round(held.seconds)) == ("body", 6)
        seconds[0] += 10
        time.step()
        assert time.held() is None
        body.has_come()
        seconds[0] += 50
        time.step()
        held = time.held()
        assert held is not None
        assert (held.by, round(held.seconds)) == ("queue", 50)
    time.step()
    assert time.held() is None


def test_what_holds_time_is_said_to_programs(opened: Program) -> None:
    why = "a topic is not read to its end"
    time = LiveTime(opened, lambda: NOW, settle=120, outage=0, holds=lambda: why)
    assert not time.step()
    opened.metrics.held = time.held
    opened.store.judging.catch_up()
    with TestClient(web(opened, held=time.held), base_url="http://127.0.0.1") as http:
        assert http.get("/readyz").json()["time_held"] == {"by": "kafka", "why": why, "seconds": 0, "waiting": []}
        shown = http.get("/metrics").text
    assert [by for by in HOLDERS if f'entente_time_held_seconds{{by="{by}"}}' in shown] == list(HOLDERS)


def test_anybody_is_told_that_time_is_held_and_of_no_topic_source_or_contract() -> None:
    held = Held("kafka", "orders/finance is not read to its end", 7.0, ("to-finance",))
    trouble: dict[str, str] = {}
    settings = Settings(store="sqlite://:memory:", access="accounts")
    with program(settings) as opened:
        app = web(opened, held=lambda: held, troubles=lambda: trouble)
        with TestClient(app, base_url="http://127.0.0.1") as http:
            told = http.get("/readyz").json()["time_held"]
            trouble["kafka"] = "no group reads orders/finance"
            answer = http.get("/readyz")
    assert told == {"by": "kafka", "why": "a topic is not read to its end", "seconds": 7, "waiting": []}
    assert (answer.status_code, answer.json()["detail"]) == (503, "not at work: kafka")


# Heads


class _Hurried(BoundedConnection):
    seconds = 1.0


@contextmanager
def serving() -> Iterator[tuple[str, int]]:
    app = FastAPI()

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(3)
        return "there"

    @app.post("/count")
    async def count(request: Request) -> int:
        return len(await request.body())

    @app.get("/block")
    async def block() -> None:
        time.sleep(0.5)  # and nothing is read meanwhile

    config = uvicorn.Config(app, http=_Hurried, ws="none", log_config=None, lifespan="off")
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield listening.getsockname()
        finally:
            server.should_exit = True
            thread.join()


def said(address: tuple[str, int], *pieces: bytes) -> bytes:
    """What is answered until the connection is closed."""
    with closing(socket.create_connection(address, timeout=PATIENCE)) as one:
        answer = b""
        try:
            for piece in pieces:
                one.sendall(piece)
            while got := one.recv(65536):
                answer += got
        except ConnectionError:
            pass
        return answer


def test_a_body_may_end_with_much_at_once_and_the_connection_is_used_again() -> None:
    """Whoever sends fast, or is read late, is read in pieces larger than a head may be."""
    body = b"x" * (3 * LARGEST_HEAD)
    head = f"POST /count HTTP/1.1\r\nhost: a\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    with serving() as address, closing(socket.create_connection(address, timeout=PATIENCE)) as one:
        for _ in range(3):
            one.sendall(head + body[:1])
            time.sleep(0.1)
            blocking = threading.Thread(target=said, args=(address, BLOCK))
            blocking.start()
            time.sleep(0.1)
            one.sendall(body[1:])
            answer = one.recv(65536)
            assert b" 200 " in answer, answer
            while not answer.endswith(str(len(body)).encode()):
                answer += one.recv(65536)
            blocking.join()


BLOCK = b"GET /block HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
GET = b"GET /slow HTTP/1.1\r\nhost: a\r\n"


def test_a_head_has_an_end_in_time_and_bytes_and_an_answer_takes_what_it_takes() -> None:
    with serving() as address:
        for late in ((), (b"G",), (GET,), (GET, b"x: ", b"y")):
            assert b" 408 " in said(address, *late)
        line = b"x: " + b"a" * LARGEST_HEAD
        for large in (
            (GET + line + b"\r\n\r\n",),
            (GET, line, line, line),
            (b"GET /" + line[3:] + b" HTTP/1.1\r\n\r\n",),
        ):
            answer = said(address, *large)
            assert answer == b"" or b" 431 " in answer  # a reset may come before what was said
        many = b"".join(b"x%d: y\r\n" % number for number in range(20_000))
        answer = said(address, GET + many + b"\r\n")
        assert answer == b"" or b" 431 " in answer
        assert b"malformed-request" in said(address, b"hello\r\n\r\n")
        assert said(address, GET + b"connection: close\r\n\r\n").endswith(b'"there"')
        unread = b"POST /nothing HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n"
        assert b" 404 " in said(address, unread, b"a")


def test_what_is_refused_before_it_is_a_request_tells_browsers_the_same_as_all_answers() -> None:
    with serving() as address:
        for refused in ((b"hello\r\n\r\n",), (GET,)):
            head = said(address, *refused).partition(b"\r\n\r\n")[0].decode().splitlines()
            assert head[0].split()[1] in ("400", "408")
            named = dict(line.split(": ", 1) for line in head[1:])
            assert named | plain_headers() == named


def test_no_answer_says_which_server_made_it(opened: Program) -> None:
    assert not config(web(opened)).server_header
