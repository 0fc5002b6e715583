"""Canaries go in by every way that may hold a secret; they come out in no log, no metric and no error."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Annotated, Literal

import pytest
import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.testclient import TestClient
from starlette.routing import Route

from entente.connections import BoundedConnection
from entente.listening import config
from entente.logs import log_as
from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.api.cross_site import FIELD, FormTokens
from services.history.secret import secret_of
from tests.dashboards.test_forms import _routes

CANARY = "c4n4ry"
KEY = f"ent_a1b2c3d4_{CANARY}{'x' * 37}"
HERE = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
SECRETS = {"password": f"{CANARY} horse battery", "code": f"{CANARY}99", "client_secret": f"{CANARY}-s"}


@pytest.fixture(params=["text", "json"])
def form(request: pytest.FixtureRequest) -> Literal["text", "json"]:
    found: Literal["text", "json"] = request.param
    return found


@pytest.fixture
def opened() -> Iterator[Program]:
    with program(Settings(store="sqlite://:memory:")) as one:
        yield one


READ = ("/", "/v1/contracts", "/metrics", "/x", "/fault", "/feeds/", "/s/")
SENT = ("/as", "/breaches/7/explain", "/new-contract", "/typed", f"/feeds/{KEY}", f"/s/{KEY}", f"/welcome/{KEY}")


def asked(browser: TestClient, token: str, accept: str) -> list[str]:
    """Everything that may hold a secret, sent everywhere; what is answered."""
    headers = {"Accept": accept, "Accept-Language": "fr"}
    key = {"Authorization": f"Bearer {KEY}"}
    basic = {"Authorization": f"Basic {CANARY}{CANARY}"}
    session = {"Cookie": f"entente={CANARY}-session; __Host-entente={CANARY}-session"}
    form, wrong = SECRETS | {FIELD: token, "text": "x"}, SECRETS | {FIELD: f"{CANARY}.{CANARY}"}
    answers = [
        *(browser.get(path, headers=headers | more) for more in (key, basic, session) for path in READ),
        *(
            browser.get(f"{path}{KEY}{end}", headers=headers)
            for path in ("/feeds/", "/s/")
            for end in ("", ".ics", "/x")
        ),
        *(browser.post(path, headers=headers | more | HERE, data=form) for more in ({}, key, session) for path in SENT),
        browser.post("/breaches/7/explain", headers=headers | HERE, data=wrong),
        browser.post("/v1/actions", headers=headers | key, json=SECRETS | {"due": 7}),
        browser.post("/v1/actions", headers=headers | key, content=f'{{"password": {CANARY}'),
        browser.get("/v1/contracts", headers=headers | key | {"host": "evil.example"}),
    ]
    return [answer.text for answer in answers if "/welcome/" not in str(answer.url)]


def broken(app: FastAPI) -> FastAPI:
    """With faults that quote what came: an address of programs, and one of the pages that takes a form."""

    def fault(request: Request) -> None:
        raise ZeroDivisionError(f"quoted: {dict(request.headers)} {request.url}")

    def typed(request: Request, password: Annotated[str, Form()] = "", code: Annotated[str, Form()] = "") -> None:
        raise ZeroDivisionError(f"quoted: {password} {code}")

    page = next(type(one) for one in _routes(app) if one.path == "/as" and "POST" in (one.methods or ()))
    app.router.routes.insert(0, Route("/fault", fault))
    app.router.routes.insert(0, page("/typed", typed, methods=["POST"]))
    return app


def test_what_is_secret_is_in_no_line_of_the_log_no_metric_and_no_error(
    opened: Program, form: Literal["text", "json"]
) -> None:
    app = broken(web(opened))
    token = FormTokens(secret_of(opened.store.history.database, "form tokens")).token("")
    logged = io.StringIO()
    with redirect_stderr(logged):
        log_as(form)
        browser = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
        answered = [text for accept in ("text/html", "application/json") for text in asked(browser, token, accept)]
        metrics = browser.get("/metrics").text
    lines = logged.getvalue()
    assert lines.count("a fault of the program") >= 8
    assert "quoted: … …" in lines
    for text in (lines, metrics, *answered):
        assert CANARY not in text
    if form == "json":
        assert all(isinstance(json.loads(line), dict) for line in lines.splitlines())


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_that_a_library_logs_quotes_no_key(
    form: Literal["text", "json"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        logging.getLogger("uvicorn"), "propagate", True
    )  # as our server has it; others set it up otherwise
    monkeypatch.setattr(logging.getLogger("uvicorn"), "handlers", [])
    logged = io.StringIO()
    with redirect_stderr(logged):
        log_as(form)
        try:
            raise ValueError(f"no feed at /feeds/{KEY}.ics")
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application, %s", KEY)
    assert "no feed at /feeds/…" in logged.getvalue()
    assert "Traceback" in logged.getvalue()
    assert CANARY not in logged.getvalue()


def test_nothing_writes_down_who_asked_for_what(opened: Program) -> None:
    found = config(web(opened))
    assert (found.access_log, found.http) == (False, BoundedConnection)
    assert isinstance(found, uvicorn.Config)
