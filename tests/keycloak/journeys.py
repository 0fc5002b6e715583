"""The program with its pages, whose people come by the provider, and what a browser does there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from domain.durations import SECOND
from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from tests.browser.town_server import served
from tests.given import document
from tests.keycloak.realm import CLIENT, SECRET

PEOPLE = (
    {"person": "p-anna", "services": {"it": "member"}},
    {"person": "ines", "administrator": True},
)
GROUPS = [{"group": "/sales/heads", "services": {"sales": "head"}}]


@dataclass
class Town:
    """`later`: microseconds that the program's clock is ahead."""

    address: str
    program: Program
    clock: Clock

    def link(self, person: str) -> str:
        return f"{self.address}/welcome/{self.program.sign_in.inviting.invite(ADMINISTRATOR, person)}"

    def sessions(self, person: str) -> int:
        return len(self.program.sign_in.sessions.of_person(person))


@dataclass
class Clock:
    later: int = 0

    def __call__(self) -> int:
        return round(time.time() * SECOND) + self.later


@contextmanager
def town(store: str, folder: Path, issuer: str, **told: Any) -> Iterator[Town]:
    secret = folder / "secret"
    secret.write_text(SECRET)
    settings = Settings(
        store=store, access="oidc", oidc_issuer=issuer, oidc_client=CLIENT, oidc_secret_file=str(secret), **told
    )
    clock = Clock()
    with program(settings, clock=clock) as running, served(web(running)) as address:
        tree = {"entente": 1, "access": "town", "people": list(PEOPLE), "groups": GROUPS}
        running.store.use(Contracting).apply(ADMINISTRATOR, document(tree))
        yield Town(address, running, clock)


def sign_in_there(page: Page, who: tuple[str, str]) -> None:
    """Fills in the provider's form."""
    name, password = who
    page.get_by_label("Username or email").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign In").click()
