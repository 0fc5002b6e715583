"""`POST /v1/events` on a real server, as producers' tools would send."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.requests import Request

from domain.service import Service
from domain.times import Clock
from ingestion.cloudevents import MOST_ITEMS, Bad, Decoded, decode_structured
from ingestion.door import Answer, Door, Submission
from ingestion.events_api import LARGEST_BATCH, events_router
from ingestion.gathering import Gathering
from ingestion.hall import MOST_BYTES
from ingestion.room import Room
from ingestion.strict_json import LARGEST_EVENT
from services.access import ADMINISTRATOR, Principal, principal
from services.errors import TooMany, Unavailable
from services.history.entries import EVENT, QUARANTINED, unpack
from services.history.history import History
from services.history.stored_events import event_of
from tests.patience import PATIENCE

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
    receipts: list[dict[str, object]] = []
    for result in ("accepted", "duplicate"):
        response = post(client, sent, **{"entente-as": "sales/anna"})
        assert response.status_code == 202
        answer = response.json()
        receipt = {name: answer["items"][0].pop(name) for name in ("leaf", "index", "salt")}
        assert answer == {
            "accepted": int(result == "accepted"),
            "duplicates": int(result == "duplicate"),
            "quarantined": 0,
            "items": [item | {"result": result}],
        }
        assert receipt["index"] is None
        receipts.append(receipt)
    assert receipts[0] == receipts[1]
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
    with closing(socket.create_connection((host, int(port)), timeout=PATIENCE)) as announced:
        announced.sendall(f"{head}content-length: 50000000\r\n\r\n[".encode())
        assert announced.recv(100).startswith(b"HTTP/1.1 413")
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    sent = 0
    with closing(socket.create_connection((host, int(port)), timeout=PATIENCE)) as streamed:
        streamed.sendall(f"{head}transfer-encoding: chunked\r\n\r\n".encode())
        streamed.settimeout(0.2)
        try:
            while sent < 50:
                streamed.sendall(chunk)
                sent += 1
        except OSError:
            pass
        streamed.settimeout(PATIENCE)
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
        async with httpx2.AsyncClient(base_url=server, timeout=PATIENCE) as client:
            each = [
                client.post("/v1/events", content=event(id=str(number // 2)), headers={"content-type": STRUCTURED})
                for number in range(200)
            ]
            return [response.json()["accepted"] for response in await asyncio.gather(*each)]

    assert sum(asyncio.run(push())) == 100
    assert len(history.read(0, 1000, [EVENT])) == 100


def test_the_contract_of_the_address_is_published(client: httpx2.Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/v1/events"]["post"]
    assert {"202", "400", "409", "413", "415", "429", "503"} <= operation["responses"].keys()
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


def test_a_batch_of_more_items_than_may_be_is_refused_whole(client: httpx2.Client, history: History) -> None:
    assert post(client, b"[%b]" % b",".join([b"0"] * MOST_ITEMS), BATCH).json()["quarantined"] == MOST_ITEMS
    answer = post(client, b"[%b]" % b",".join([b"1"] * (MOST_ITEMS + 1)), BATCH)
    assert (answer.status_code, slug(answer)) == (413, "too-large")
    assert len(history.read(0, 9)) == 1


class _Slow(Door):
    """A door that stores nothing before it is let."""

    def __init__(self, history: History, clock: Clock):
        super().__init__(history, clock)
        self.may_store = threading.Event()
        self.together: list[list[str]] = []

    def submit_all(self, submissions: Any, *, offset: Any = None) -> list[list[Answer]]:
        self.may_store.wait(PATIENCE)
        self.together.append([str(item.id) for submission in submissions for item in submission.items])
        return super().submit_all(submissions, offset=offset)


def events_of(key: str, count: int) -> list[Decoded | Bad]:
    return [decode_structured(event(id=f"{key}{number}")) for number in range(count)]


def test_all_who_push_take_turns_however_much_one_of_them_sends(history: History) -> None:
    door = _Slow(history, lambda: 1)

    async def push() -> None:
        gathering = Gathering(door, most_waiting=100, most_together=4)
        waiting = [submitted(gathering, "first", "-", 1)]
        await asyncio.sleep(0)
        for number in range(6):
            waiting.append(submitted(gathering, "loud", f"loud{number}-", 1))
        waiting += [submitted(gathering, key, key, 1) for key in ("b", "c")]
        await asyncio.sleep(0)
        door.may_store.set()
        await asyncio.gather(*waiting)

    asyncio.run(push())
    assert door.together == [["-0"], ["loud0-0", "b0", "c0", "loud1-0"], ["loud2-0", "loud3-0", "loud4-0", "loud5-0"]]


def submitted(gathering: Gathering, key: str, name: str, count: int) -> asyncio.Task[list[Answer]]:
    return asyncio.create_task(gathering.submit(Submission(events_of(name, count), ADMINISTRATOR, "http"), key))


def test_nobody_fills_the_room_alone_and_a_full_one_says_when_to_come_back(history: History) -> None:
    door = _Slow(history, lambda: 1)

    async def push() -> list[object]:
        gathering = Gathering(door, most_waiting=100)
        await asyncio.sleep(0)
        tasks = [submitted(gathering, "busy", "busy", 1)]
        await asyncio.sleep(0.05)  # that one is being stored; the room is empty
        tasks += [submitted(gathering, "loud", f"l{number}-", 25) for number in range(3)]
        tasks += [submitted(gathering, "other", f"o{number}-", 25) for number in range(2)]
        tasks += [submitted(gathering, "third", "t", 1)]
        await asyncio.sleep(0)
        door.may_store.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    _, first, second, third, *others, last = asyncio.run(push())
    assert isinstance(first, list)
    assert isinstance(second, list)
    assert isinstance(third, TooMany)
    assert (third.status, third.retry_after) == (429, 1)
    assert all(isinstance(one, list) for one in others)
    assert isinstance(last, Unavailable)
    assert (last.status, last.retry_after) == (503, 1)


def test_room_is_given_at_the_exact_bound_and_again_after_it_was_given_back() -> None:
    room = Room(100, "bytes")
    room.take("a", 50)
    with pytest.raises(TooMany):
        room.take("a", 1)
    room.take("b", 50)
    with pytest.raises(Unavailable):
        room.take("c", 1)
    room.gave(10, 20.0)
    with pytest.raises(Unavailable) as full:
        room.take("c", 1)
    assert full.value.retry_after == 30
    room.gave(10, 0.0)
    room.give_back("b", 49)
    room.take("c", 49)
    room.give_back("a", 50)
    room.take("a", 50)
    empty = Room(10, "bytes")
    empty.take("a", 11)  # what is alone may pass


def test_bodies_that_wait_are_bounded_in_memory(server: str, door: Door) -> None:
    """Whoever sends large bodies in parts, and never ends them, is refused once his share of the room is full."""
    address = urlsplit(server)
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: {BATCH}\r\n"
        f"Content-Length: {LARGEST_BATCH}\r\n\r\n"
    ).encode()
    part = b"[" + b" " * (LARGEST_BATCH - 2)
    with ExitStack() as stack:
        told = []
        for _ in range(MOST_BYTES // 2 // LARGEST_BATCH + 1):
            one = stack.enter_context(
                socket.create_connection((address.hostname or "", address.port or 0), timeout=PATIENCE)
            )
            with suppress(OSError):
                one.sendall(head + part)
            one.settimeout(0.3)
            with suppress(TimeoutError):
                told.append(one.recv(4096))
        assert [one.partition(b"\r\n")[0] for one in told] == [b"HTTP/1.1 429 Too Many Requests"]
        assert b"retry-after: " in told[0]
    with httpx2.Client(base_url=server) as client:
        wait = time.monotonic() + PATIENCE
        while (answer := post(client, event())).status_code != 202:
            assert time.monotonic() < wait, answer.text
    assert door.is_drained


def test_an_event_of_somebody_elses_source_is_not_allowed_and_kept(client: httpx2.Client, history: History) -> None:
    owner = Service(service="sales")
    owner.describe('{"entente": 1, "service": "sales", "sources": [{"source": "crm"}]}', by="administrator", at=1)
    history.save(owner)
    as_marketing = {"entente-as": "marketing"}
    refused = post(client, event(), **as_marketing)
    assert (refused.status_code, slug(refused)) == (403, "not-allowed")
    answer = post(client, b"[%b,%b]" % (event(), event(source="free")), BATCH, **as_marketing).json()
    assert [one["result"] for one in answer["items"]] == ["quarantined", "accepted"]
    assert [unpack(entry.state)[1] for entry in history.read(0, 9, [QUARANTINED])] == [event()]
