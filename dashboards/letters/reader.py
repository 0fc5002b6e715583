"""A view of the pages as somebody would see them, who does not ask: a letter is written for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from domain.times import Instant
from services.access import Principal
from services.api.ports import Quarantine
from services.store import Store


@dataclass(frozen=True)
class House:
    """What every letter is written with. `now`: the time by which people are told. `address`: where people open the pages, without a
    slash at its end; empty where no link to them may stand in a mail."""

    store: Store
    quarantine: Quarantine
    organisation: str
    zone: str
    now: Callable[[], Instant | None]
    address: str = ""

    def view(self, who: Principal, language: str) -> View:
        """As that person, in that language. Written within a state of the store."""
        pages = Pages(
            store=self.store,
            quarantine=self.quarantine,
            organisation=self.organisation,
            zone=self.zone,
            resolve=lambda _: who,
            clock=lambda: self.now() or 0,
        )
        headers = [(b"accept-language", language.encode())]
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
        return View(pages, Request(scope), breaks=False)

    def link(self, path: str) -> str:
        return f"{self.address}{path}" if self.address else ""
