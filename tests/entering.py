"""A program in which people sign in, asked over HTTP as each of them: for tests of who may do and see what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pyotp
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from dashboards.pages.house.sending import CONFIRMED
from domain.times import Instant
from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR
from services.api.cross_site import FIELD
from services.contracts.contracting import Contracting
from tests.given import at, document

ADDRESS: Final = "http://127.0.0.1"
PASSWORD: Final = "quatre chevaux gris"
HERE: Final = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
NOW: Final = at("2026-06-30 12:00")


def is_step(path: str, typed: Mapping[str, str]) -> bool:
    """Whether that form only leads to a page on which one reads what it would do."""
    verb = typed.get("verb", "")
    is_editor = path.partition("?")[0].endswith(("/edit", "/new-contract")) and path.startswith(
        ("/contracts/", "/new-")
    )
    return (
        not typed.get(CONFIRMED)
        or verb == "look"
        or (is_editor and verb not in ("propose", "keep-draft", "keep-another"))
    )


@dataclass
class House:
    """A program with its ways in, and a clock that a test turns."""

    program: Program
    app: FastAPI
    clock: list[Instant]
    inside: dict[str, Browser] = field(default_factory=dict)

    def browser(self, address: str = ADDRESS, client: str = "127.0.0.1") -> Browser:
        """Somebody who is not known yet."""
        http = TestClient(self.app, base_url=address, client=(client, 50_000), raise_server_exceptions=False)
        return Browser(http, self)

    def apply(self, *trees: Mapping[str, Any], sign: bool = False) -> None:
        for tree in trees:
            sides: tuple[Any, ...] = ("supplier", "client") if sign else ()
            self.program.store.use(Contracting).apply(ADMINISTRATOR, document({"entente": 1, **tree}), sign=sides)
        self.program.store.judging.catch_up()

    def admit(self, *people: Mapping[str, Any], **more: Any) -> None:
        self.apply({"access": "town", "people": list(people), **more})

    def as_(self, person: str) -> Browser:
        """The browser in which that person has signed in, by an invitation and with a second factor where one is needed."""
        if person not in self.inside:
            browser = self.inside[person] = self.browser()
            secret = self.program.sign_in.inviting.invite(ADMINISTRATOR, person)
            answer = browser.send(f"/welcome/{secret}", password=PASSWORD, password_again=PASSWORD)
            if "/sign-in/factor" in answer.headers["location"]:
                key = re.findall(r'<p class="id">([A-Z2-7 ]+)</p>', browser.page("/sign-in/factor"))[0].replace(" ", "")
                code = pyotp.TOTP(key).at(self.clock[0] // 1_000_000)
                assert browser.send("/sign-in/factor", code=code).status_code == 200
        return self.inside[person]

    def key(self, service: str, can: str, *sources: str) -> dict[str, str]:
        """The header of a new access key."""
        given = self.program.access_keys.create(ADMINISTRATOR, service, can, sources)
        return {"Authorization": f"Bearer {given.secret}"}

    def position(self) -> int:
        return self.program.store.history.last_position()


@dataclass
class Browser:
    http: TestClient
    house: House

    def get(self, path: str, **headers: str) -> Response:
        return self.http.get(path, headers={"Accept": "text/html", **headers}, follow_redirects=False)

    def page(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers.get("location"), answer.text[:2000])
        return answer.text

    def send(self, path: str, **typed: str) -> Response:
        """A form of ours, as its page made it for this browser; asked whether it is meant, it has said yes."""
        data = {**self.token(), CONFIRMED: "yes", **typed}
        answer = self.http.post(path, data=data, headers=HERE, follow_redirects=False)
        leads_on = answer.status_code == 303 and is_step(path, data)
        return self.get(answer.headers["location"]) if leads_on else answer

    def change(self, path: str, **typed: str) -> Response:
        """A form of something that is changed: looked at, then saved as it was shown."""
        looked = self.send(path, verb="look", **typed)
        if looked.status_code != 200:
            return looked
        shown = re.findall(r'name="shown" value="([^"]+)"', looked.text)
        return self.send(path, verb="save", shown=shown[0] if shown else "", **typed)

    def let_in(self, person: str, **typed: str) -> Response:
        """Lets somebody in, with the one role or office that is said."""
        if "office" in typed:
            days = {f"office_{name}_0": typed.pop(name) for name in ("since", "until") if name in typed}
            typed |= {"office_0": typed.pop("office"), "holds_0": "yes", **days}
        names = ("service", "role", "since", "until", "instead_of")
        typed = {f"{name}_0" if name in names else name: value for name, value in typed.items()}
        return self.change("/new-person", person=person, **typed)

    def token(self) -> dict[str, str]:
        """The field of the forms of pages that this browser has read; a page where one signs in gives it the cookie it belongs to."""
        page = self.get("/account")
        if page.status_code != 200:
            page = self.get("/sign-in")
        return {FIELD: re.findall(r'name="form_token" value="([^"]+)"', page.text)[0]}


@contextmanager
def entered(url: str = "sqlite://:memory:", **settings: Any) -> Iterator[House]:
    """A program in which people sign in with passwords, on an empty store."""
    clock = [NOW]
    given = Settings(store=url, access="accounts", organisation="Valmoray", **settings)
    with program(given, clock=lambda: clock[0]) as opened:
        yield House(opened, web(opened), clock)
