"""What signing in costs of each request: a page for who has signed in beside the same page where nobody signs in, and the check of an
access key. Processor time of this program."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient

from entente.serving import web
from entente.settings import Settings
from entente.wiring import program
from services.access import ADMINISTRATOR
from tests.bench.entry import Entry
from tests.bench.many_contracts import build
from tests.entering import House, entered

CONTRACTS, DAYS = 40, 30
ROUNDS, TURNS = 40, 15
CHECKS = 20_000
PAGES = ("/contracts/c-007", "/breaches")
KEY_MICROSECONDS = 20


def measure(folder: Path) -> list[Entry]:
    url = f"sqlite:///{folder / 'access.db'}"
    build(url, CONTRACTS, DAYS, 1)
    with entered(url) as house, program(Settings(store=url)) as opened:
        house.admit({"person": "vera.holt", "auditor": True})
        inside = house.as_("vera.holt").http
        anybody = TestClient(web(opened), base_url="http://127.0.0.1")
        found = [_page(path, inside, anybody) for path in PAGES]
        return [*found, _key(house)]


def _page(path: str, inside: TestClient, anybody: TestClient) -> Entry:
    """In turn, so that both meet the same machine; the least of each."""
    signed_in, free = float("inf"), float("inf")
    for _ in range(TURNS):
        signed_in = min(signed_in, _cost(lambda: _get(inside, path)))
        free = min(free, _cost(lambda: _get(anybody, path)))
    return Entry(f"{path} for who has signed in", signed_in, "ms", free, "where nobody signs in", 1.1)


def _get(client: TestClient, path: str) -> None:
    for _ in range(ROUNDS):
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, (path, answer.status_code)


def _key(house: House) -> Entry:
    given = house.program.access_keys.create(ADMINISTRATOR, "service-07", "read", ())
    checked = house.program.access_keys.checked

    def check() -> None:
        for _ in range(CHECKS):
            checked(given.secret)

    check()
    took = min(_cost(check) for _ in range(5)) / CHECKS * 1_000
    return Entry("the check of an access key", took, "µs", KEY_MICROSECONDS, "what is wanted", 1)


def _cost(run: Callable[[], object]) -> float:
    """Milliseconds."""
    gc.collect()
    began = time.process_time()
    run()
    return (time.process_time() - began) * 1_000
