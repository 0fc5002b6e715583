"""A small store behind the API, as the tests use it: one supplier that owes two clients a report every Monday."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboards.pages import ROUTES
from domain.times import instant
from ingestion.cloudevents import decode_structured
from ingestion.door import Answer, Door
from ingestion.quarantine import Quarantine
from services.access import principal
from services.api.asking import chosen
from services.api.cross_site import CrossSiteRule
from services.api.describing import describe
from services.api.headers import HeadedApp
from services.api.host_names import LOOPBACK as LOOPBACK_NAMES
from services.api.hosts import Hosts
from services.api.joining import join
from services.api.ports import Routes
from services.api.problems import problem_handlers
from services.opening import open_store
from services.serving.health import health_routes
from services.serving.router import Api, api_router
from services.store import Store

LOOPBACK = "http://127.0.0.1"
SIGNED, NOW = instant("2026-01-02T12:00:00Z"), instant("2026-02-20T12:00:00Z")


def contract(id: str, client: str, **changed: str) -> str:
    """A contract file; other lines may be put in the place of its own, by key."""
    lines = {
        "entente": "1",
        "contract": id,
        "title": f"{{en: Report for {client}, fr: Rapport pour {client}}}",
        "supplier": "sales",
        "client": client,
        "timezone": "Europe/Paris",
        "valid": "{from: 2026-01-05}",
        "review": '{every: "FREQ=MONTHLY;BYDAY=1TU", at: "14:00", duration: 1 h}',
        "deliverables": f"""
  - id: report
    title: Report
    criteria:
      - id: on-time
        owner: anna.martin
        indicator:
          kind: punctuality
          delivered: {{type: report.delivered, where: {{data.for: {client}}}}}
          due: {{every: monday, at: "10:00"}}
          key: data.day
        target: {{at_least: 90 %, per: month}}
        each_miss: breach""",
    }
    return "".join(f"{key}: {value}\n" for key, value in (lines | changed).items())


def report(client: str, day: str, time: str, **changed: object) -> bytes:
    event = {
        "specversion": "1.0",
        "id": f"{client}/{day}",
        "source": "crm",
        "type": "report.delivered",
        "time": time,
        "data": {"for": client, "day": day},
    }
    return json.dumps(event | changed).encode()


@dataclass
class Case:
    store: Store
    door: Door
    app: FastAPI
    http: TestClient
    clock: list[int]
    """The moment that it shows."""

    def push(self, who: str, *events: bytes) -> Sequence[Answer]:
        return self.door.submit([decode_structured(event) for event in events], principal(who), "http", "10.0.0.7")

    def get(self, path: str, who: str | None = None, **query: str | int) -> Any:
        """What stands there; fails unless it is answered with 200."""
        response = self.http.get(path, params=query or None, headers=as_(who))
        assert response.status_code == 200, response.text
        return response.json()

    def put_contract(self, text: str, who: str | None = None, **query: str) -> httpx2.Response:
        id = text.partition("contract: ")[2].partition("\n")[0]
        headers = as_(who) | {"content-type": "application/yaml"}
        return self.http.put(f"/v1/contracts/{id}", content=text, params=query, headers=headers)

    def post(self, path: str, who: str | None = None, **body: object) -> httpx2.Response:
        if body:
            return self.http.post(path, json=body, headers=as_(who))
        return self.http.post(path, headers=as_(who))

    def lived(self) -> Case:
        """Both contracts signed; January over, one report late, one missing, an unmatched and a quarantined event."""
        for client in ("marketing", "finance"):
            self.clock[0] = SIGNED
            assert self.put_contract(contract(f"to-{client}", client), sign="supplier,client").status_code == 200
            self.clock[0] = NOW
            self.push(
                "sales/crm",
                report(client, "2026-01-05", "2026-01-05T08:00:00Z"),
                report(client, "2026-01-12", "2026-01-12T11:00:00Z"),
                report(client, "2026-01-26", "2026-01-26T08:00:00Z"),
                report(client, "2026-01-27", "2026-01-27T08:00:00Z", id=f"{client}/stray"),
            )
            self.push(client, report(client, "2026-01-05", "2026-01-05T08:00:00", id=f"{client}/bad"))
        assert self.post("/v1/advance", to="2026-02-10T00:00:00Z").status_code == 200
        return self


def as_(who: str | None) -> dict[str, str]:
    return {} if who is None else {"Entente-As": who}


def slug(response: httpx2.Response, status: int) -> str:
    """The slug of a problem document; fails unless it is one with that status."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    document = response.json()
    assert (response.status_code, document["status"]) == (status, status), document
    assert document["detail"]
    return str(document["type"].rpartition(":")[2])


@contextmanager
def opened(url: str, *, routes: Sequence[Routes] = ROUTES, **changed: Any) -> Iterator[Case]:
    clock = [NOW]
    store = open_store(url, clock=lambda: clock[0])
    door = Door(store.history, lambda: NOW)
    api = Api(
        store=store,
        pack_html=lambda pack, language, people, told: f"<p lang={language}>{pack['review']['id']}",
        quarantine=Quarantine(store.history, door, lambda: NOW),
        who_asks=chosen,
    )
    for name, value in changed.items():
        setattr(api, name, value)
    app = HeadedApp()
    join(app, api_router(api, routes))
    join(app, health_routes(store, dict))
    problem_handlers(app)
    describe(app)
    app.add_middleware(CrossSiteRule)
    app.add_middleware(Hosts, names=[LOOPBACK_NAMES])
    with TestClient(app, base_url=LOOPBACK, raise_server_exceptions=False) as http:
        yield Case(store, door, app, http, clock)
    store.close()
