"""`POST /v1/events` on a real server, as producers' tools would send."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.requests import Request

from ingestion.cloudevents import decode_structured
from ingestion.door import Answer, Door, Submission
from ingestion.events_api import LARGEST_BATCH, events_router
from ingestion.gathering import Gathering
from ingestion.strict_json import LARGEST_EVENT
from services.access import ADMINISTRATOR, Principal, principal
from services.errors import Unavailable
from services.history.entries import EVENT, QUARANTINED, unpack
from services.history.history import History
from services.history.stored_events import event_of

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
PLAIN: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "crm",
    "type": "report.delivered",
    "time": "2026-03-10T11:58:00Z",
}
BINARY = {f"ce-{name}": value for name, value in PLAIN.items()}


def event(**changed: object) -> bytes:
    return json.dumps(PLAIN | changed).encode()


def _who(request: Request) -> Principal:
    return principal(request.headers.get("entente-as"))


@pytest.fixture
def app(door: Door) -> FastAPI:
    app = FastAPI()
    app.include_router(events_router(door, _who))
    return app


@pytest.fixture
def server(app: FastAPI) -> Iterator[str]:
    """The address of a running server."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        running = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        while not running.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        running.should_exit = True
        thread.join()


@pytest.fixture
def client(server: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server) as client:
        yield client


def post(client: httpx2.Client, body: bytes, content_type: str | None = STRUCTURED, **headers: str) -> httpx2.Response:
    given = {} if content_type is None else {"content-type": content_type}
    return client.post("/v1/events", content=body, headers=given | headers)


def slug(response: httpx2.Response) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    assert document["detail"]
    return str(document["type"].rpartition(":")[2])


def test_one_structured_event_is_accepted_and_then_a_duplicate(client: httpx2.Client, history: History) -> None:
    sent = event(subject="s", data={"n": 1.5})
    item = {"id": "1", "source": "crm", "position": 1}
    for result in ("accepted", "duplicate"):
        response = post(client, sent, **{"entente-as": "sales/anna"})
        assert response.status_code == 202
        assert response.json() == {
            "accepted": int(result == "accepted"),
            "duplicates": int(result == "duplicate"),
            "quarantined": 0,
            "items": [item | {"result": result}],
        }
    [entry] = history.read(0, 9)
    header, raw = unpack(entry.state)
    assert raw == sent
    assert (header["by"], header["channel"]) == ("sales/anna", "http")


def test_binary_mode_is_the_same_event(client: httpx2.Client, history: History) -> None:
    headers = {**BINARY, "ce-subject": "%E2%82%AC%201", "ce-sequence": "3"}
    assert post(client, b'{"n":1.5}', "application/json", **headers).json()["accepted"] == 1
    assert post(client, event(subject="€ 1", sequence="3", data={"n": 1.50})).json()["duplicates"] == 1
    found = event_of(history.read(0, 1)[0].state, 1)
    assert (found.subject, found.sequence, found.id) == ("€ 1", "3", "1")
    assert post(client, b"", None, **{**BINARY, "ce-id": "2"}).json()["accepted"] == 1


def test_in_a_batch_one_bad_item_harms_no_other(client: httpx2.Client, history: History) -> None:
    bad = [event(id="b", time="2026-03-10T11:58:00"), event(id="1", data=2), event(id="n", data=float("nan"))]
    response = post(client, b"[%b]" % b", ".join([event(), *bad, event(), event(id="2")]), BATCH)
    assert response.status_code == 202
    answer = response.json()
    assert (answer["accepted"], answer["duplicates"], answer["quarantined"]) == (2, 1, 3)
    results = [item["result"] for item in answer["items"]]
    assert results == ["accepted", "quarantined", "quarantined", "quarantined", "duplicate", "accepted"]
    types = [item["problem"]["type"].rpartition(":")[2] for item in answer["items"] if "problem" in item]
    assert types == ["time-without-offset", "id-reused", "non-finite-number"]
    assert sorted(unpack(entry.state)[1] for entry in history.read(0, 9, [QUARANTINED])) == sorted(bad)
    assert post(client, b"[]", BATCH).json() == {"accepted": 0, "duplicates": 0, "quarantined": 0, "items": []}


@pytest.mark.parametrize(
    ("sent", "status", "expected"),
    [
        (event(time="2026-03-10T11:58:00"), 400, "time-without-offset"),
        (event(id=""), 400, "invalid-cloudevent"),
        (b"[1]", 400, "invalid-cloudevent"),
        (event(data=float("nan")), 400, "non-finite-number"),
        (b'{"id":"1","id":"1"}', 400, "duplicate-key"),
        (event(id="used", data=2), 409, "id-reused"),
    ],
)
def test_a_single_event_that_is_not_valid_is_refused_and_kept(
    client: httpx2.Client, history: History, sent: bytes, status: int, expected: str
) -> None:
    post(client, event(id="used", data=1))
    response = post(client, sent)
    assert (response.status_code, slug(response)) == (status, expected)
    [entry] = history.read(0, 9, [QUARANTINED])
    assert unpack(entry.state)[1] == sent
    assert response.json()["quarantined"] == entry.position
    assert unpack(entry.state)[0]["origin"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("body", "content_type", "headers", "status", "expected"),
    [
        (b"", STRUCTURED, {}, 400, "malformed-json"),
        (b"{", STRUCTURED, {}, 400, "malformed-json"),
        (b'{"a":"\xff"}', STRUCTURED, {}, 400, "malformed-json"),
        (event(), BATCH, {}, 400, "malformed-json"),
        (b"[{]", BATCH, {}, 400, "malformed-json"),
        (b"{", "application/json", BINARY, 400, "malformed-json"),
        (event(), "application/json", {}, 415, "unsupported-media-type"),
        (event(), None, {}, 415, "unsupported-media-type"),
        (event(), "application/cloudevents+avro", {}, 415, "unsupported-media-type"),
        (event(), STRUCTURED + "; charset=utf-16", {}, 415, "unsupported-media-type"),
        (event(), STRUCTURED, {"content-encoding": "gzip"}, 415, "unsupported-media-type"),
        (event(data="x" * LARGEST_EVENT), STRUCTURED, {}, 413, "too-large"),
        (b"x" * (LARGEST_EVENT + 1), "text/plain", BINARY, 413, "too-large"),
        (event(), STRUCTURED, {"entente-as": "auditor"}, 403, "not-allowed"),
        (event(), STRUCTURED, {"entente-as": "/x"}, 400, "invalid"),
    ],
)
def test_a_request_that_is_refused_as_a_whole_stores_nothing(
    client: httpx2.Client,
    history: History,
    body: bytes,
    content_type: str | None,
    headers: dict[str, str],
    status: int,
    expected: str,
) -> None:
    response = post(client, body, content_type, **headers)
    assert (response.status_code, slug(response)) == (status, expected)
    assert history.last_position() == 0
    assert post(client, event(), STRUCTURED + "; charset=UTF-8").status_code == 202


def test_a_header_that_is_there_twice_is_refused(client: httpx2.Client, history: History) -> None:
    headers = [*BINARY.items(), ("ce-id", "2"), ("content-type", "application/json")]
    response = client.post("/v1/events", content=b"1", headers=headers)
    assert (response.status_code, slug(response)) == (400, "duplicate-key")
    assert history.read(0, 9, [EVENT]) == []


def test_a_body_that_is_too_large_is_refused_before_it_is_read(server: str, history: History) -> None:
    host, port = server.removeprefix("http://").split(":")
    head = f"POST /v1/events HTTP/1.1\r\nhost: {host}\r\ncontent-type: {BATCH}\r\n"
    with closing(socket.create_connection((host, int(port)), timeout=10)) as announced:
        announced.sendall(f"{head}content-length: 50000000\r\n\r\n[".encode())
        assert announced.recv(100).startswith(b"HTTP/1.1 413")
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    sent = 0
    with closing(socket.create_connection((host, int(port)), timeout=10)) as streamed:
        streamed.sendall(f"{head}transfer-encoding: chunked\r\n\r\n".encode())
        streamed.settimeout(0.2)
        try:
            while sent < 50:
                streamed.sendall(chunk)
                sent += 1
        except OSError:
            pass
        streamed.settimeout(10)
        answer = b""
        with suppress(ConnectionResetError):
            answer = streamed.recv(100)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413")
    assert sent * 0x100000 < 40_000_000
    assert history.last_position() == 0


def test_a_batch_of_the_largest_size_is_taken(client: httpx2.Client) -> None:
    size = len(event(id="0000", data="")) + 2
    count = LARGEST_BATCH // (size + 1000) - 1
    body = b"[%b]" % b",\n".join(event(id=f"{number:04}", data="x" * 1000) for number in range(count))
    assert post(client, body, BATCH).json()["accepted"] == count


def test_many_producers_at_once_are_all_answered_and_share_transactions(server: str, history: History) -> None:
    async def push() -> list[int]:
        async with httpx2.AsyncClient(base_url=server, timeout=60) as client:
            each = [
                client.post("/v1/events", content=event(id=str(number // 2)), headers={"content-type": STRUCTURED})
                for number in range(200)
            ]
            return [response.json()["accepted"] for response in await asyncio.gather(*each)]

    assert sum(asyncio.run(push())) == 100
    assert len(history.read(0, 1000, [EVENT])) == 100


def test_the_contract_of_the_address_is_published(client: httpx2.Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/v1/events"]["post"]
    assert {"202", "400", "409", "413", "415", "503"} <= operation["responses"].keys()
    assert {STRUCTURED, BATCH} <= operation["requestBody"]["content"].keys()


class _Unable(Door):
    """A door whose store refuses, or stumbles over one event."""

    poison = ""

    def submit_all(self, submissions: Any, *, offset: Any = None) -> list[list[Answer]]:
        if not self.poison:
            raise Unavailable("the disk is full")
        if any(item.id == self.poison for submission in submissions for item in submission.items):
            raise RuntimeError("a fault")
        return super().submit_all(submissions, offset=offset)


@pytest.fixture
def door(request: pytest.FixtureRequest, history: History) -> Door:
    kind = getattr(request, "param", Door)
    made: Door = kind(history, lambda: 1)
    return made


@pytest.mark.parametrize("door", [_Unable], indirect=True)
def test_a_store_that_cannot_take_it_now_says_try_again(client: httpx2.Client, door: Door) -> None:
    response = post(client, event())
    assert (response.status_code, slug(response)) == (503, "unavailable")
    assert response.headers["retry-after"] == "1"
    assert door.is_drained


def test_a_fault_hits_only_the_submission_that_causes_it(history: History) -> None:
    door = _Unable(history, lambda: 1)
    door.poison = "2"

    async def push() -> list[object]:
        gathering = Gathering(door)
        submissions = [
            Submission([decode_structured(event(id=str(number)))], ADMINISTRATOR, "http") for number in range(5)
        ]
        return await asyncio.gather(*map(gathering.submit, submissions), return_exceptions=True)

    results = asyncio.run(push())
    assert [isinstance(result, RuntimeError) for result in results] == [False, False, True, False, False]
    assert len(history.read(0, 9, [EVENT])) == 4
