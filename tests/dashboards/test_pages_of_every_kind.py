"""The page of a commitment of every kind, over a store that lives: it opens, cut and explained, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from domain.terms import KINDS as EVERY_KIND
from entente.serving import web
from entente.settings import Settings
from entente.wiring import program
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from tests.given import (
    Tree,
    availability,
    conformity,
    contract,
    criterion,
    deadline,
    document,
    due,
    event,
    freshness,
    measure,
    pausable,
    punctuality,
    satisfaction,
    structured,
    volume,
)
from tests.services.judged import Life

KINDS = {
    "dated": punctuality(),
    "deadlines": deadline(),
    "turnarounds": pausable(),
    "items": conformity(),
    "measures": measure(),
    "scores": satisfaction(),
    "amounts": volume(),
    "up": availability(),
    "fresh": freshness(),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("store")
    with program(Settings(store=f"sqlite:///{folder / 'entente.db'}")) as opened:
        life = Life(opened.store, opened.door)
        clauses = []
        for id, kind in KINDS.items():
            target = {"at_most": 9} if id == "measures" else {"at_least": "90 %"}
            targets = [{**target, "per": per} for per in ("month", "28 days")]
            clauses.append(criterion(kind, id, targets=targets, slices=["data.team"]))
        opened.store.use(Contracting).apply(ADMINISTRATOR, document(contract(*clauses)), sign=("supplier", "client"))
        data: Tree = {"minutes": 3, "score": 4, "errors": 0, "team": "a", "date": "2026-03-02"}
        for type in ("report", "call", "answer", "meal", "item", "updated", "up", "down"):
            life.append([structured(event(type, "03-02 09:00", f"{type}-1", **data))])
        life.append([structured(event("opened", "03-02 09:30", "case", **data, **due("03-02 12:00")))])
        life.advance("2026-03-20")
        with TestClient(web(opened), base_url="http://127.0.0.1") as http:
            yield http


CUT = [
    (id, by)
    for id in KINDS
    for by in ("", "weekday", "hour", "data.team")
    if not (by == "data.team" and id in ("up", "fresh"))
]
"""Every way of cutting every kind; no second of service time is of one event."""


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("id", "by"), CUT)
def test_the_page_of_every_kind_opens_cut_and_explained(client: TestClient, id: str, by: str, language: str) -> None:
    for period in ("2026-03", "rolling-28d", "all"):
        path = f"/commitments/c/d/{id}?period={period}" + (f"&slice={by}" if by else "")
        answer = client.get(path, headers={"Cookie": f"language={language}"})
        assert answer.status_code == 200, answer.text
        assert 'id="figure"' in answer.text


def test_there_is_one_of_every_kind() -> None:
    assert {one["kind"] for one in KINDS.values()} == set(EVERY_KIND)


@pytest.mark.parametrize("id", KINDS)
def test_every_figure_of_every_kind_explains_itself(client: TestClient, id: str) -> None:
    for one in client.get("/v1/explain", params={"commitment": f"c/d/{id}"}).json():
        for code in ("en", "fr"):
            assert len(one["words"][code]) >= 3
        assert one["segments"]


@pytest.mark.parametrize("id", KINDS)
def test_every_occurrence_of_every_kind_explains_itself(client: TestClient, id: str) -> None:
    rows = client.get("/v1/occurrences", params={"commitment": f"c/d/{id}"}).json()
    assert rows
    for row in rows[:12]:
        answer = client.get("/v1/explain", params={"commitment": f"c/d/{id}", "key": row["key"]})
        assert answer.status_code == 200, answer.text
        assert answer.json()["verdict"] == row["verdict"]
