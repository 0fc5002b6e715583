"""The API on a real server: many at once beside a judge, and the stream."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import httpx2
import pytest
import uvicorn

from services.pulse import PAUSE, SHARE
from tests.entering import House
from tests.patience import PATIENCE
from tests.services.api_case import Case, opened, report

ON_TIME = "to-marketing/report/on-time"


@contextmanager
def serving(case: Case | House) -> Iterator[httpx2.Client]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        server = uvicorn.Server(uvicorn.Config(case.app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=PATIENCE) as http:
                yield http
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def case(sqlite_url: str) -> Iterator[Case]:
    with opened(sqlite_url) as case:
        yield case.lived()


def moved(lines: Iterator[str]) -> dict[str, object]:
    """The data of the next event of a stream."""
    data = next(line for line in lines if line.startswith("data: "))
    found: dict[str, object] = json.loads(data.removeprefix("data: "))
    return found


def test_the_stream_tells_when_time_or_the_history_moves(case: Case) -> None:
    with serving(case) as http, http.stream("GET", "/v1/stream") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        first = moved(lines)
        assert first["watermark"] == "2026-02-10T00:00:00Z"
        answer = http.post("/v1/advance", json={"to": "2026-02-11T00:00:00Z"}).json()
        then = moved(lines)
        assert then == {"position": answer["position"], "watermark": "2026-02-11T00:00:00Z"}


def test_a_stream_ends_when_its_reader_leaves_or_the_server_stops(sqlite_url: str) -> None:
    stopping = threading.Event()
    looks: list[float] = []

    def is_stopping() -> bool:
        """Every stream asks before it looks again."""
        looks.append(time.monotonic())
        return stopping.is_set()

    with opened(sqlite_url, is_stopping=is_stopping) as case, serving(case) as http:
        with http.stream("GET", "/v1/stream") as stream:
            moved(stream.iter_lines())
        waited = time.monotonic()
        while time.monotonic() < looks[-1] + 5 * PAUSE:
            assert time.monotonic() < waited + 20
            time.sleep(PAUSE)
        with http.stream("GET", "/v1/stream") as stream:
            lines = stream.iter_lines()
            moved(lines)
            stopping.set()
            assert [line for line in lines if line.startswith("data")] == []


def test_a_stream_beyond_the_share_is_refused_before_it_begins(case: Case) -> None:
    with serving(case) as http, ExitStack() as open_streams:
        held = [open_streams.enter_context(http.stream("GET", "/v1/stream")).iter_lines() for _ in range(SHARE)]
        for lines in held:  # a stream ends with the iterator over its lines
            moved(lines)
        refused = open_streams.enter_context(http.stream("GET", "/v1/stream"))
        assert refused.status_code == 429
        assert json.loads(refused.read())["type"] == "urn:entente:problem:too-many"
        assert refused.headers["retry-after"] == "60"
        other = open_streams.enter_context(http.stream("GET", "/v1/stream", headers={"Entente-As": "supplier"}))
        assert other.status_code == 200


@pytest.mark.parametrize("has_judge", [False, True])
def test_commands_at_once_are_all_judged_when_they_return(case: Case, has_judge: bool) -> None:
    judge = threading.Thread(target=case.store.judging.serve, kwargs={"poll": 0.01})
    if has_judge:
        judge.start()

    def command(number: int) -> tuple[bool, int, int]:
        case.push("sales", report("marketing", "2026-02-02", "2026-02-02T08:00:00Z", id=f"again/{number}"))
        answer = http.post("/v1/actions", json={"commitment": ON_TIME, "text": f"action {number}"})
        shown = http.get(answer.headers["location"]).json()
        [figure] = http.get("/v1/figures", params={"commitment": ON_TIME, "period": "2026-02"}).json()
        return (
            answer.json()["is_judged"],
            answer.json()["position"] - figure["position"],
            shown["text"] == f"action {number}",
        )

    with serving(case) as http, ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(command, range(60)))
    case.store.judging.stop()
    if has_judge:
        judge.join()
    assert all(is_judged and behind <= 0 and is_shown for is_judged, behind, is_shown in answers)
    assert len([one for one in case.get("/v1/actions") if one["cause"] == "opened-by-hand"]) == 60


def test_a_body_without_announced_length_is_refused_when_it_grows_too_large(case: Case) -> None:
    with serving(case) as http:
        sent = (b"#" * 100_000 for _ in range(20))
        answer = http.put("/v1/contracts/x", content=sent, headers={"content-type": "application/yaml"})
        assert answer.status_code == 413
        assert answer.json()["type"] == "urn:entente:problem:too-large"
