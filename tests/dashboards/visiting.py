"""The pages and the API of a town's program, asked over HTTP: what a test sees, sends, and what the store says afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from dashboards.pages.house.sending import CONFIRMED
from entente.choosing import choices
from entente.serving import web
from services.access import ADMINISTRATOR
from services.api.cross_site import FIELD, FormTokens
from services.contracts.reading import read_contract
from services.contracts.rows import VersionRow
from services.history.secret import secret_of
from tests.dashboards.town import Town
from tests.entering import is_step

ADDRESS = "http://127.0.0.1"
HERE = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form on a page of ours."""


def form_tokens(town: Town) -> FormTokens:
    """Those of the pages of that town."""
    return FormTokens(secret_of(town.program.store.history.database, "form tokens"))


def form_token(html: str) -> dict[str, str]:
    """The field that every form of a page has, by which it is known whose page it is of."""
    [token, *_] = re.findall(r'name="form_token" value="([^"]+)"', html)
    return {FIELD: str(token)}


def send_form(browser: TestClient, path: str, data: Mapping[str, str] | None = None, **more: Any) -> Response:
    """As somebody sends it who has read a page before, and means it, with the cookies that the browser has by now."""
    page = browser.get("/style", headers={"Accept": "text/html"})
    return browser.post(path, data={**form_token(page.text), CONFIRMED: "yes", **(data or {})}, headers=HERE, **more)


def application(town: Town, *, has_choices: bool = True) -> FastAPI:
    return web(town.program, choices=choices(town.program.store.seeing, ADMINISTRATOR) if has_choices else None)


def leads(answer: Response) -> str:
    """The page that a form leads to, without the name of what was done, which that page says."""
    return re.sub(r"[?&]sent=[^&#]*", "", unescape(answer.headers["location"]))


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
        """Not followed to where it leads, unless that is only a step of it; asked whether it is meant, it has said yes. With the token
        that a page holds which was made for the same reader."""
        token = {FIELD: form_tokens(self.town).token(f"as={who}")}
        self.http.cookies.clear()
        sent = {**headers, **_cookies(language, who)}
        typed = {**token, CONFIRMED: "yes", **(data or {})}
        answer = self.http.post(self.path(path), data=typed, headers=sent, follow_redirects=False)
        if answer.status_code == 303 and is_step(self.path(path), typed):
            return self.http.get(answer.headers["location"], headers=sent, follow_redirects=False)
        return answer

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
