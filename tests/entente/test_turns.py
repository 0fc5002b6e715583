"""A hundred people who sign in at once, or a provider that does not answer, keep nobody else waiting."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Event

import pytest
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response

from entente.serving import web
from entente.settings import Settings
from entente.wiring import program
from services.api.cross_site import FIELD
from services.sign_in import passwords
from tests.entering import ADDRESS, HERE, entered
from tests.patience import PATIENCE
from tests.services.sign_in import lying_provider as lying
from tests.services.sign_in.lying_provider import CLIENT, DOCUMENT, lying_provider

PEOPLE = 100


def somebody(app: FastAPI, number: int = 1) -> AsyncClient:
    """At an address of his own."""
    return AsyncClient(transport=ASGITransport(app, client=(f"127.0.1.{number}", 1)), base_url=ADDRESS, headers=HERE)


async def meanwhile(app: FastAPI, ask: Callable[[int], Awaitable[Response]], go_on: Callable[[], None]) -> list[int]:
    """What each is answered in the end; a page is answered to somebody else while none of them is."""
    waiting = [asyncio.ensure_future(ask(number)) for number in range(1, PEOPLE + 1)]
    try:
        await _all_wait()
        async with somebody(app) as other:
            page = await asyncio.wait_for(other.get("/sign-in"), PATIENCE)
        assert page.status_code == 200
        assert not any(one.done() for one in waiting)
    finally:
        go_on()
    return [one.status_code for one in await asyncio.gather(*waiting)]


async def _all_wait() -> None:
    """Until nothing more is begun."""
    threads, before, still = current_default_thread_limiter(), -1.0, 0
    while still < 20:
        await asyncio.sleep(0.01)
        taken = threads.borrowed_tokens
        still = still + 1 if taken == before and taken else 0
        before = taken


def test_a_hundred_passwords_at_once_keep_nobody_else_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", PATIENCE)

    def go_on() -> None:
        for _ in range(passwords.AT_ONCE):
            passwords._TURNS.release()

    with entered() as house:
        app = house.app

        async def all_of_them() -> list[int]:
            async with somebody(app) as first:
                page = await first.get("/sign-in")
                token = re.findall(r'name="form_token" value="([^"]+)"', page.text)[0]
                cookies = "; ".join(f"{name}={value}" for name, value in first.cookies.items())

            async def sign_in(number: int) -> Response:
                async with somebody(app, number) as one:
                    typed = {"name": f"nobody-{number}", "password": "cinq ponts de bois", FIELD: token}
                    return await one.post("/sign-in", data=typed, headers={"Cookie": cookies})

            for _ in range(passwords.AT_ONCE):
                passwords._TURNS.acquire()
            return await meanwhile(app, sign_in, go_on)

        assert asyncio.run(all_of_them()) == [401] * PEOPLE


def test_a_provider_that_does_not_answer_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    answers = Event()
    with lying_provider() as provider:

        def stalling(call: lying.Answering) -> None:
            answers.wait(PATIENCE)
            lying.right(call)

        provider.replies[DOCUMENT] = stalling
        settings = Settings(
            store=f"sqlite:///{tmp_path / 'store.db'}", access="oidc", oidc_issuer=provider.issuer, oidc_client=CLIENT
        )
        with program(settings) as running:
            app = web(running)

            async def go(number: int) -> Response:
                async with somebody(app, number) as one:
                    return await one.get("/sign-in/oidc")

            found = asyncio.run(meanwhile(app, go, answers.set))
    assert set(found) <= {303, 503}  # where the machine is so slow that the deadline is over
    assert provider.count(DOCUMENT) == 1
