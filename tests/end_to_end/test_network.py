"""Beyond loopback: only where the operator says so, and never quietly."""

from __future__ import annotations

import httpx2
import pytest

from tests.end_to_end.agreements import requests
from tests.end_to_end.running import Entente

EVERYWHERE = ("--host", "0.0.0.0", "--time", "manual")
OUTSIDE = "entente.example:8000"


def test_a_network_that_is_trusted_is_listened_to_and_every_start_says_so(entente: Entente) -> None:
    assert "ENTENTE_TRUST_NETWORK=yes" in entente.run("serve", *EVERYWHERE).problem(2)
    entente.env["ENTENTE_TRUST_NETWORK"] = "yes"
    for _ in range(2):
        with entente.serving(*EVERYWHERE) as server:
            assert "WARNING: 0.0.0.0 can be reached by others" in server.running.shown()
            assert "WHOEVER REACHES THIS PORT IS THE ADMINISTRATOR" in server.running.shown()
            assert server.get("/v1/contracts", host=OUTSIDE).status_code == 200
            assert server.get("/", host=OUTSIDE).status_code == 200
            assert server.push(*requests("sales", 1)).status_code == 202
            elsewhere = {"host": OUTSIDE, "origin": "http://elsewhere.example"}
            assert httpx2.post(f"{server.address}/v1/contracts/none/sign", headers=elsewhere).status_code == 403


def test_on_loopback_it_changes_nothing_but_the_names_it_answers_to(entente: Entente) -> None:
    with entente.serving("--time", "manual") as server:
        assert server.get("/v1/contracts", host=OUTSIDE).status_code == 421
    entente.env["ENTENTE_TRUST_NETWORK"] = "yes"
    with entente.serving("--time", "manual") as server:
        assert "WARNING" not in server.running.shown()


@pytest.mark.parametrize("value", ["true", "1", "no"])
def test_nothing_but_yes_means_yes(entente: Entente, value: str) -> None:
    entente.env["ENTENTE_TRUST_NETWORK"] = value
    assert "ENTENTE_TRUST_NETWORK" in entente.run("serve", *EVERYWHERE).problem(2)
