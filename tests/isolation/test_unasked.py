"""What says something without being asked for a thing: streams, metrics and log lines say nothing of what is not one's (trust §4)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stderr

import pytest

from entente.logs import log_as
from services.access import principal
from services.breaches.following_up import FollowingUp
from tests.entering import HERE
from tests.isolation import matrix
from tests.isolation.planted import KINDS, Matrix, planted
from tests.services.test_api_served import serving

LINE = re.compile(
    r'|retry: \d+|id: \d+|: open|data: (?:\d+ \d+|\{"position": ?\d+, ?"watermark": ?(?:null|"[\dTZ:.-]+")\})'
)
"""All that a stream may say: how far the judging is, and no text."""


@pytest.fixture(scope="module")
def town() -> Iterator[Matrix]:
    with planted() as found:
        yield found


def _say_more(town: Matrix, more: str) -> int:
    """In each contract that has a breach; the position of the last."""
    store = town.house.program.store
    for contract, parties in town.parties.items():
        for breach in town.things[contract][matrix.BREACH][:1]:
            said = f"{town.canaries[contract]} {more}"
            store.use(FollowingUp).explain_breach(principal(sorted(parties)[0]), breach, said)
    store.judging.catch_up()
    return town.house.position()


def test_a_stream_says_how_far_it_is_and_no_text(town: Matrix) -> None:
    asking = [(kind, service) for kind in (*KINDS, "office") for service in town.services()[:4]]
    with serving(town.house) as http, ExitStack() as open_streams:
        streams = {}
        for kind, service in asking:
            browser, headers = town.who(kind, service if kind != "office" else "ines")
            cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
            for address in ("/v1/stream",) if kind == "key" else ("/v1/stream", "/live"):
                asks = {**headers, "Accept": "text/event-stream"} | ({"Cookie": cookies} if kind != "key" else {})
                stream = open_streams.enter_context(http.stream("GET", address, headers=asks))
                assert stream.status_code == 200, (kind, service, address)
                streams[kind, service, address] = stream.iter_lines()
        told = {one: [next(lines)] for one, lines in streams.items()}
        last = _say_more(town, "while others listen")
        for one, lines in streams.items():
            for line in lines:
                told[one].append(line)
                if line.startswith("data: ") and int(re.findall(r"\d+", line)[0]) >= last:
                    break
    assert [(one, line) for one, lines in told.items() for line in lines if not LINE.fullmatch(line)] == []


def test_metrics_of_a_service_name_no_contract_and_no_source_of_others(town: Matrix) -> None:
    seen = 0
    for service in town.services():
        near = {one for parties in town.parties.values() if service in parties for one in parties}
        for kind in ("key:metrics", "key", "head", "reader"):
            for address in ("/metrics", *(f"/metrics?service={one}" for one in town.services())):
                status, headers, body = town.ask(kind, service, address, "text/plain")
                for contract in town.hidden_from(service):
                    assert town.canaries[contract] not in headers + body, (kind, service, address)
                    assert not re.search(rf'="{re.escape(contract)}["/]', body), (kind, service, address, contract)
                for other in set(town.services()) - near - {service}:
                    assert f'="{other}' not in body, (kind, service, address, other)
                own = [id for id, parties in town.parties.items() if service in parties]
                seen += status == 200 and any(f'="{id}"' in body for id in own)
    assert seen > 0


def test_no_line_of_the_log_says_what_parties_say(town: Matrix) -> None:
    """Whoever reads the log runs the program and is party to nothing."""
    logged, canary = io.StringIO(), "canary-that-is-sent-x"
    with redirect_stderr(logged):
        log_as("json")
        _say_more(town, "while it is logged")
        for service in town.services():
            head, push = town.who("head", service)[0], town.house.key(service, "push")
            event = {"specversion": "1.0", "id": canary, "source": f"{canary}/x", "type": canary, "data": canary}
            for body in (event, event | {"time": canary}, [event], canary):
                town.nobody.http.post("/v1/events", json=body, headers=push)
            for contract in list(town.parties)[:6]:
                for breach in town.things[contract][matrix.BREACH][:1]:
                    head.send(f"/breaches/{breach}/explain", text=canary)
                    head.http.post(f"/breaches/{breach}/explain", data={"text": canary}, headers=HERE)
                head.http.get(f"/contracts/{contract}", params={"q": canary}, headers=HERE)
            head.http.put(
                f"/v1/contracts/{canary}",
                content=f"title: {canary}",
                headers={**HERE, "Content-Type": "application/yaml"},
            )
            head.http.post(
                "/v1/actions", content=f'{{"title": {canary}', headers={**HERE, "Content-Type": "application/json"}
            )
    lines = logged.getvalue()
    for text in (canary, *town.canaries.values()):
        assert text not in lines
