"""The pages and the API of a town's program, asked over HTTP: what a test sees, sends, and what the store says afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from entente.choosing import choices
from entente.serving import web
from services.access import ADMINISTRATOR
from services.contracts.reading import read_contract
from services.contracts.rows import VersionRow
from tests.dashboards.town import Town

ADDRESS = "http://127.0.0.1"
HERE = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form on a page of ours."""


def application(town: Town, *, has_choices: bool = True) -> FastAPI:
    return web(town.program, choices=choices(town.program.store.seeing, ADMINISTRATOR) if has_choices else None)


@dataclass(frozen=True, slots=True)
class Site:
    """Addresses may have names of the town in them: `/breaches/{late}`."""

    town: Town
    http: TestClient

    def path(self, path: str) -> str:
        return path.format_map(self.town.names)

    def get(self, path: str, language: str = "en", who: str = "administrator", **more: Any) -> Response:
        self.http.cookies.clear()
        return self.http.get(self.path(path), headers=_cookies(language, who), **more)

    def page(self, path: str, language: str = "en", who: str = "administrator") -> str:
        answer = self.get(path, language, who)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(
        self,
        path: str,
        data: Mapping[str, str] | None = None,
        language: str = "en",
        who: str = "administrator",
        headers: Mapping[str, str] = HERE,
    ) -> Response:
        """Not followed to where it leads."""
        self.http.cookies.clear()
        sent = {**headers, **_cookies(language, who)}
        return self.http.post(self.path(path), data=dict(data or {}), headers=sent, follow_redirects=False)

    def stored(self, path: str) -> Any:
        """What the store says, by the API."""
        answer = self.http.get(self.path(f"/v1{path}"))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def position(self) -> int:
        """Of the last entry: as long as it stays, nothing was decided."""
        return self.town.program.store.history.last_position()

    def newest(self, contract: str = "school-meals") -> VersionRow:
        return self.town.program.store.read(ADMINISTRATOR, read_contract, contract).versions[-1]


def _cookies(language: str, who: str) -> dict[str, str]:
    return {"Accept": "text/html", "Cookie": f"language={language}; as={who}"}


@contextmanager
def visited(town: Town, *, has_choices: bool = True) -> Iterator[Site]:
    with TestClient(application(town, has_choices=has_choices), base_url=ADDRESS) as http:
        yield Site(town, http)
