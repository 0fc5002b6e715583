"""A realm of the Keycloak of the tests: as `realm.json` has it, under a name of its own; and who signs in there without a browser."""

from __future__ import annotations

import html
import json
import os
import re
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx2
from joserfc.jwk import RSAKey

from tests.keycloak.server import PASSWORD, USER

CLIENT, SECRET = "entente", "of the tests"
ANNA, PAUL = ("anna.martin", "of the tests: anna"), ("paul.durand", "of the tests: paul")
_KEYS = "org.keycloak.keys.KeyProvider"
_WRITTEN = Path(__file__).with_name("realm.json")
_numbers = count(1)
_SECONDS = 60


class Realm:
    """Administers it. `issuer` is that by the server's own address."""

    def __init__(self, server: str):
        self.name = f"town-{os.getpid()}-{next(_numbers)}"
        self.issuer = f"{server}/realms/{self.name}"
        self._http = httpx2.Client(base_url=server, timeout=_SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        realm = json.loads(_WRITTEN.read_text(encoding="utf-8"))
        made = [{"name": kind, "providerId": f"{kind}-generated"} for kind in ("hmac", "aes")]
        keys = {_KEYS: [_key("first", 100), *made]}
        self._ask("POST", "/admin/realms", {**realm, "realm": self.name, "components": keys})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ask("DELETE", f"/admin/realms/{self.name}")
        self._http.close()

    def of(self, what: str) -> Any:
        return self._ask("GET", f"/admin/realms/{self.name}/{what}").json()

    def put(self, what: str, body: object) -> None:
        self._ask("PUT", f"/admin/realms/{self.name}/{what}", body)

    def post(self, what: str, body: object = None) -> None:
        self._ask("POST", f"/admin/realms/{self.name}/{what}", body)

    def delete(self, what: str) -> None:
        self._ask("DELETE", f"/admin/realms/{self.name}/{what}")

    def user(self, name: str) -> str:
        [found] = self.of(f"users?username={name}&exact=true")
        return str(found["id"])

    def client(self, id: str = CLIENT) -> str:
        [found] = self.of(f"clients?clientId={id}")
        return str(found["id"])

    def change_client(self, **attributes: str) -> None:
        """Attributes of our client; `_` stands for a dot."""
        found = self.of(f"clients/{self.client()}")
        found["attributes"] |= {name.replace("_", "."): value for name, value in attributes.items()}
        self.put(f"clients/{found['id']}", found)

    def add_audience(self, client: str, audience: str) -> None:
        """ID tokens of that client are for that audience too."""
        config = {"included.custom.audience": audience, "id.token.claim": "true"}
        mapper = {
            "name": "audience",
            "protocol": "openid-connect",
            "protocolMapper": "oidc-audience-mapper",
            "config": config,
        }
        self.post(f"clients/{self.client(client)}/protocol-mappers/models", mapper)

    def new_key(self) -> None:
        """One that signs from now on, and the old one no more."""
        [before] = [one for one in self.of(f"components?type={_KEYS}") if one["name"] == "first"]
        self.post("components", {**_key("second", 200), "providerType": _KEYS, "parentId": before["parentId"]})
        self.delete(f"components/{before['id']}")

    def _ask(self, method: str, path: str, body: object = None) -> httpx2.Response:
        form = {"grant_type": "password", "client_id": "admin-cli", "username": USER, "password": PASSWORD}
        token = self._http.post("/realms/master/protocol/openid-connect/token", data=form).raise_for_status().json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        answer = self._http.request(method, path, json=body, headers=headers)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer


def _key(name: str, priority: int) -> dict[str, Any]:
    """One that signs: made here, since the server takes long to make one."""
    key = RSAKey.generate_key(2048).as_pem(private=True).decode()
    config = {"privateKey": [key], "priority": [str(priority)], "algorithm": ["RS256"]}
    return {"name": name, "providerId": "rsa", "config": config}


def signed_in(address: str, who: tuple[str, str]) -> dict[str, str]:
    """Signs in at the provider as a browser would; what it brings back to us, whose address is not opened."""
    name, password = who
    with httpx2.Client(timeout=_SECONDS, trust_env=False) as browser:
        page = browser.get(address)
        form = re.search(r'<form id="kc-form-login"[^>]* action="([^"]+)"', page.text)
        assert form is not None, page.text[:2_000]
        # Secure ones too: browsers send these on loopback, the client does not.
        cookies = "; ".join(one.partition(";")[0] for one in page.headers.get_list("set-cookie"))
        browser.cookies.clear()
        said = {"username": name, "password": password}
        answer = browser.post(html.unescape(form[1]), data=said, headers={"Cookie": cookies})
    assert answer.status_code == 302, answer.text[:2_000]
    found = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in found.items()}
