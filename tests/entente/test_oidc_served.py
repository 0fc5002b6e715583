"""The addresses of the way in by a provider, served with the pages: there, back, renewed at each use, and ended from there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from domain.durations import SECOND
from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.errors import Invalid
from services.sign_in.oidc import LOGOUT
from services.sign_in.sessions import MINUTE
from tests.given import document
from tests.services.sign_in import lying_provider as lying
from tests.services.sign_in.lying_provider import CLIENT, SECRET, TOKEN, Provider, lying_provider

ADDRESS = "http://127.0.0.1"
PAGE = {"Accept": "text/html", "Accept-Language": "en"}
WAY = "/sign-in/oidc"


class Served:
    """The program, and a browser that follows nothing by itself."""

    def __init__(self, store: str, folder: Path, provider: Provider):
        self.later = 0
        self.provider = provider
        (folder / "secret").write_text(SECRET)
        self.settings = Settings(
            store=store,
            access="oidc",
            oidc_issuer=provider.issuer,
            oidc_client=CLIENT,
            oidc_secret_file=str(folder / "secret"),
        )

    def clock(self) -> int:
        return round(time.time() * SECOND) + self.later

    def begin(self, running: Program) -> None:
        tree = {"entente": 1, "access": "town", "people": [{"person": "anna", "services": {"it": "member"}}]}
        running.store.use(Contracting).apply(ADMINISTRATOR, document(tree))
        self.program = running
        self.http = TestClient(
            web(running),
            base_url=ADDRESS,
            client=("127.0.0.1", 50_000),
            follow_redirects=False,
            headers=PAGE,
        )

    def come(self, way: str = WAY) -> Any:
        """To the provider and back; the last answer."""
        there = self.http.get(way)
        assert there.status_code == 303
        asked = {name: values[0] for name, values in parse_qs(urlsplit(there.headers["location"]).query).items()}
        assert asked["redirect_uri"] == f"{ADDRESS}/sign-in/oidc/back"
        self.provider.nonce, self.provider.codes = asked["nonce"], {"code-1"}
        return self.http.get("/sign-in/oidc/back", params={"code": "code-1", "state": asked["state"]})

    def let_in(self) -> Any:
        return self.come(f"/welcome/{self.program.sign_in.inviting.invite(ADMINISTRATOR, 'anna')}/oidc")


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> Iterator[Served]:
    with lying_provider() as provider:
        made = Served(sqlite_url, tmp_path, provider)
        with program(made.settings, clock=made.clock) as running:
            made.begin(running)
            yield made


def test_by_an_invitation_to_the_provider_and_back_into_a_session(served: Served) -> None:
    entered = served.let_in()
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert served.http.get("/account").status_code == 200
    served.http.cookies.clear()
    assert served.come(f"{WAY}?next=/account").headers["location"] == "/account"


@pytest.mark.parametrize("next", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_the_way_back_is_a_path_of_ours(served: Served, next: str) -> None:
    served.let_in()
    served.http.cookies.clear()
    there = served.http.get(WAY, params={"next": next})
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there.headers["location"]).query).items()}
    served.provider.nonce, served.provider.codes = asked["nonce"], {"code-1"}
    back = served.http.get("/sign-in/oidc/back", params={"code": "code-1", "state": asked["state"]})
    assert back.headers["location"] == "/"


def test_whom_nobody_let_in_gets_a_page_and_no_session(served: Served) -> None:
    answer = served.come()
    assert answer.status_code == 403
    assert "Nobody let you in yet" in answer.text
    assert served.http.get("/account").status_code == 303


def test_a_provider_that_is_down_is_said_on_a_page(served: Served) -> None:
    served.provider.replies[lying.DOCUMENT] = lying.failing
    answer = served.http.get(WAY)
    assert answer.status_code == 503
    assert "identity provider does not answer" in answer.text


def test_each_use_asks_the_provider_when_it_is_time_and_what_it_takes_back_is_gone(served: Served) -> None:
    served.let_in()
    served.later += 5 * MINUTE + 1
    served.provider.replies[TOKEN] = lying.failing
    assert "has not answered since" in served.http.get("/account").text
    served.later += 5 * MINUTE + 1
    served.provider.replies[TOKEN] = lying.refusing("invalid_grant")
    assert served.http.get("/account").headers["location"] == "/sign-in?next=%2Faccount"


def test_the_provider_ends_a_session_without_a_cookie_and_is_told_what_was_wrong(served: Served) -> None:
    served.let_in()
    now = int(time.time())
    claims = {"iss": served.provider.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "j-1", "sub": "s-1"}
    token = lying.signed({**claims, "events": {LOGOUT: {}}}, served.provider.key, typ="logout+jwt")
    elsewhere = TestClient(served.http.app, base_url=ADDRESS, client=("127.0.0.1", 50_001))
    wrong = elsewhere.post("/sign-out/back-channel", data={"logout_token": "x"})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_request")
    assert elsewhere.post("/sign-out/back-channel", data={"logout_token": token}).status_code == 200
    again = elsewhere.post("/sign-out/back-channel", data={"logout_token": token})
    assert (again.status_code, again.headers["cache-control"]) == (400, "no-store")
    assert served.http.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("lacking", "place"),
    [
        ({"oidc_issuer": ""}, "ENTENTE_OIDC_ISSUER"),
        ({"oidc_issuer": "http://sso.ville.example"}, "ENTENTE_OIDC_ISSUER"),
        ({"oidc_client": ""}, "ENTENTE_OIDC_CLIENT"),
        ({"oidc_secret_file": "absent"}, "ENTENTE_OIDC_SECRET_FILE"),
    ],
    ids=["no issuer", "in clear", "no client", "no secret"],
)
def test_a_setting_that_is_lacking_stops_the_start(lacking: dict[str, str], place: str) -> None:
    told = {"oidc_issuer": "https://sso.ville.example", "oidc_client": CLIENT, **lacking}
    settings = Settings(store="sqlite://:memory:", access="oidc", **told)  # type: ignore[arg-type]  # texts alone
    with pytest.raises(Invalid, match=place), program(settings):
        pass
