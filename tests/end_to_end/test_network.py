"""Beyond loopback: only where people sign in, and never in clear."""

from __future__ import annotations

import httpx2
import pytest

from tests.end_to_end.agreements import requests
from tests.end_to_end.running import Entente
from tests.services.api_case import slug

EVERYWHERE = ("--host", "0.0.0.0", "--time", "manual")
OUTSIDE = "entente.example:8000"
WAYS_IN = {"ENTENTE_ACCESS": "accounts", "ENTENTE_PROXY_FROM": "127.0.0.0/8", "ENTENTE_HOSTS": "entente.example"}
FROM_AFAR = {"host": OUTSIDE, "x-forwarded-for": "203.0.113.9"}
"""What the proxy says of somebody who asked it in clear."""
ENCRYPTED = {**FROM_AFAR, "x-forwarded-proto": "https"}


def test_nobody_listens_beyond_loopback_where_nobody_signs_in_or_no_proxy_encrypts(entente: Entente) -> None:
    assert "ENTENTE_ACCESS=accounts" in entente.run("serve", *EVERYWHERE).problem(2)
    entente.env["ENTENTE_TRUST_NETWORK"] = "yes"  # of older versions: it means nothing any more
    ran = entente.run("serve", *EVERYWHERE)
    assert ran.code == 2
    assert "ENTENTE_TRUST_NETWORK" in ran.err  # it is no setting, which is said before
    assert "ENTENTE_ACCESS=accounts" in ran.err
    del entente.env["ENTENTE_TRUST_NETWORK"]
    entente.env["ENTENTE_ACCESS"] = "accounts"
    assert "ENTENTE_PROXY_FROM" in entente.run("serve", *EVERYWHERE).problem(2)


def test_with_a_way_in_and_a_proxy_it_listens_and_answers_nobody_who_has_not_signed_in(entente: Entente) -> None:
    entente.env |= WAYS_IN
    with entente.serving(*EVERYWHERE) as server:
        assert server.get("/healthz", **FROM_AFAR).status_code == 200
        for path in ("/", "/sign-in", "/v1/contracts"):
            assert slug(server.get(path, **FROM_AFAR), 403) == "not-encrypted"
        led = server.get("/breaches?state=open", **ENCRYPTED)
        assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=%2Fbreaches%3Fstate%3Dopen")
        assert server.get("/sign-in", **ENCRYPTED).status_code == 200
        assert slug(server.get("/v1/contracts", **ENCRYPTED), 401) == "not-signed-in"
        assert server.get("/v1/contracts", "administrator", **ENCRYPTED).status_code == 403
        elsewhere = ENCRYPTED | {"origin": "https://elsewhere.example"}
        assert httpx2.post(f"{server.address}/v1/contracts/none/sign", headers=elsewhere).status_code == 403
        batch = b"[" + b",".join(requests("sales", 1)) + b"]"
        pushed = httpx2.post(
            f"{server.address}/v1/events",
            content=batch,
            headers=ENCRYPTED | {"content-type": "application/cloudevents-batch+json"},
        )
        assert slug(pushed, 401) == "not-signed-in"
        assert server.get("/healthz", host="evil.example").status_code == 200
        assert server.get("/", **(ENCRYPTED | {"host": "evil.example"})).status_code == 421


def test_what_no_proxy_of_ours_says_of_https_means_nothing(entente: Entente) -> None:
    entente.env |= WAYS_IN | {"ENTENTE_PROXY_FROM": "192.0.2.7"}
    with entente.serving(*EVERYWHERE) as server:
        led = server.get("/", **ENCRYPTED)
        assert led.status_code == 303  # somebody on this machine, whatever is said
        asked = server.get("/sign-in", **ENCRYPTED)
        assert "secure" not in asked.headers["set-cookie"].lower()


def test_on_loopback_people_may_sign_in_without_a_proxy(entente: Entente) -> None:
    with entente.serving("--time", "manual") as server:
        assert server.get("/").status_code == 200
        assert server.get("/v1/contracts", host=OUTSIDE).status_code == 421
    entente.env["ENTENTE_ACCESS"] = "accounts"
    with entente.serving("--time", "manual") as server:
        assert server.get("/").headers["location"] == "/sign-in?next=%2F"
        assert "entente people invite" in server.get("/sign-in").text


@pytest.mark.parametrize("value", ["yes", "open", "loopback,accounts", "accounts oidc", ""])
def test_nothing_but_a_way_in_is_one(entente: Entente, value: str) -> None:
    entente.env |= WAYS_IN | {"ENTENTE_ACCESS": value}
    assert "ENTENTE_ACCESS" in entente.run("serve", *EVERYWHERE).problem(2)
