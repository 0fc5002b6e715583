"""Webhooks: what other tools call becomes events, by the mappings that ship with the program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from domain.times import Instant
from ingestion.cloudevents import Decoded
from ingestion.door import Door
from ingestion.webhooks import Webhook, read_webhooks, webhooks_router
from services.access import principal
from services.errors import DocumentInvalid, Invalid
from services.history.entries import EVENT, QUARANTINED
from services.history.history import History, open_history
from tests.given import at

FOLDER = Path(__file__).parents[2] / "deploy" / "webhooks"
ALERT = {
    "status": "firing",
    "labels": {"alertname": "EntenteMissed", "severity": "critical", "service": "sales"},
    "annotations": {"summary": "missed"},
    "startsAt": "2026-11-16T10:00:00.123Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "fingerprint": "5ef7",
}
CALLS: dict[str, tuple[object, list[tuple[str, str, str]]]] = {
    "alertmanager": (
        {"version": "4", "receiver": "entente", "status": "firing", "alerts": [
            ALERT, {**ALERT, "status": "resolved", "endsAt": "2026-11-16T11:00:00Z"}]},
        [("alert.firing", "5ef7", "2026-11-16T10:00:00.123Z"), ("alert.resolved", "5ef7", "2026-11-16T11:00:00Z")],
    ),
    "gitlab-issues": (
        {"object_kind": "issue", "project": {"path_with_namespace": "town/roads"}, "object_attributes": {
            "id": 301, "iid": 23, "action": "close", "title": "Hole", "created_at": "2026-11-15 09:00:00 UTC",
            "updated_at": "2026-11-16 10:42:00 UTC"}},
        [("issue.closed", "301", "2026-11-16T10:42:00+00:00")],
    ),
    "github-issues": (
        {"action": "opened", "issue": {"id": 1, "number": 7, "title": "Hole", "created_at": "2026-11-16T10:42:00Z", "closed_at": None},
         "repository": {"full_name": "town/roads"}},
        [("issue.opened", "1", "2026-11-16T10:42:00Z")],
    ),
    "jira-issues": (
        {"webhookEvent": "jira:issue_created", "issue": {"id": "10", "key": "IT-4", "fields": {
            "project": {"key": "IT"}, "created": "2026-11-16T10:42:00.000+0100", "priority": {"name": "High"}, "summary": "x",
            "resolutiondate": None}}},
        [("issue.opened", "10", "2026-11-16T10:42:00+01:00")],
    ),
    "form": (
        {"id": "f1", "submitted": "2026-11-16T10:42:00+01:00", "request": "R-1", "score": 4, "comment": ""},
        [("form.submitted", "R-1", "2026-11-16T10:42:00+01:00")],
    ),
}  # fmt: skip


def noon() -> Instant:
    return at("2026-11-16 12:00")


@pytest.fixture
def history(store_url: str) -> Iterator[History]:
    opened = open_history(store_url)
    yield opened
    opened.close()


def called(history: History, name: str, body: bytes, who: str = "sales/tools") -> Any:
    app = FastAPI()

    def asks(request: Request) -> Any:
        return principal(who)

    app.include_router(webhooks_router(Door(history, noon), asks, read_webhooks(FOLDER), noon))
    with TestClient(app) as client:
        return client.post(f"/v1/webhooks/{name}", content=body)


@pytest.mark.parametrize("name", CALLS)
def test_each_shipped_mapping_gives_the_events_of_a_call(name: str) -> None:
    call, expected = CALLS[name]
    items = read_webhooks(FOLDER)[name].items(json.dumps(call).encode())
    made = []
    for item in items:
        assert isinstance(item, Decoded), item
        event = json.loads(item.raw)
        made.append((event["type"], event["subject"], event["time"]))
    assert made == expected


def test_an_alert_comes_in_through_the_door_once(history: History) -> None:
    body = json.dumps(CALLS["alertmanager"][0]).encode()
    first, again = called(history, "alertmanager", body), called(history, "alertmanager", body)
    assert first.status_code == 202
    assert first.json()["accepted"] == 2
    assert (again.json()["accepted"], again.json()["duplicates"]) == (0, 2)
    assert [entry.topic for entry in history.read(0, 10, [EVENT])] == [EVENT, EVENT]


def test_a_call_that_no_event_is_for_stores_nothing(history: History) -> None:
    answer = called(history, "github-issues", b'{"action": "labeled", "issue": {"number": 7}}')
    assert answer.json() == {"accepted": 0, "duplicates": 0, "quarantined": 0, "items": []}
    assert history.last_position() == 0


def test_an_item_that_lacks_what_the_mapping_asks_for_waits_in_quarantine_beside_the_others(history: History) -> None:
    alerts = [{**ALERT, "fingerprint": None}, ALERT]
    answer = called(history, "alertmanager", json.dumps({"alerts": alerts}).encode())
    assert (answer.json()["accepted"], answer.json()["quarantined"]) == (1, 1)
    assert "fingerprint" in answer.json()["items"][0]["problem"]["detail"]
    assert [entry.topic for entry in history.read(0, 10, [QUARANTINED])] == [QUARANTINED]


def test_a_call_of_which_nothing_is_accepted_is_an_error_to_who_calls(history: History) -> None:
    """Tools show in their logs what they are answered, and look no further where that is 202."""
    body = json.dumps({"alerts": [{**ALERT, "startsAt": "yesterday"}, {**ALERT, "fingerprint": ""}]}).encode()
    answer = called(history, "alertmanager", body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    told = answer.json()
    assert told["type"].endswith(":nothing-accepted")
    assert (told["quarantined"], len(told["items"])) == (2, 2)
    assert "yesterday" in told["detail"]
    assert [entry.topic for entry in history.read(0, 10, [QUARANTINED])] == [QUARANTINED] * 2
    other = {**ALERT, "labels": {**ALERT["labels"], "severity": "info"}}  # type: ignore[dict-item]
    assert called(history, "alertmanager", json.dumps({"alerts": [ALERT]}).encode()).status_code == 202
    assert called(history, "alertmanager", json.dumps({"alerts": [ALERT]}).encode()).status_code == 202
    assert called(history, "alertmanager", json.dumps({"alerts": [other]}).encode()).status_code == 422
    assert called(history, "alertmanager", json.dumps({"alerts": [other, ALERT]}).encode()).status_code == 202
    assert called(history, "alertmanager", b'{"alerts": []}').status_code == 202


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("alertmanager", b"{", 400),
        ("alertmanager", b'{"alerts": {}}', 400),
        ("alertmanager", b'{"a": 1, "a": 2, "alerts": []}', 400),
        ("alertmanager", b'{"alerts": [' + b",".join([b"{}"] * 1_001) + b"]}", 413),
        ("nobody", b"{}", 404),
        ("alertmanager", b'"' + b"x" * 3_000_000 + b'"', 413),
    ],
)
def test_a_call_that_cannot_be_read_is_refused_whole(history: History, name: str, body: bytes, status: int) -> None:
    answer = called(history, name, body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert history.last_position() == 0


def test_an_auditor_pushes_nothing(history: History) -> None:
    assert called(history, "form", json.dumps(CALLS["form"][0]).encode(), who="auditor").status_code == 403


def test_wrong_mappings_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no folder"):
        read_webhooks(tmp_path / "none")
    good = (FOLDER / "form.yaml").read_text("utf-8")
    (tmp_path / "a.yaml").write_text(good)
    assert isinstance(read_webhooks(tmp_path)["form"], Webhook)
    (tmp_path / "b.yaml").write_text(good)
    with pytest.raises(Invalid, match="names form again"):
        read_webhooks(tmp_path)
    (tmp_path / "b.yaml").write_text(good.replace("mapping: form", "mapping: files").replace("json", "csv"))
    with pytest.raises(Invalid, match="is a mapping for files"):
        read_webhooks(tmp_path)
    (tmp_path / "b.yaml").write_text(good.replace("events:", "evens:"))
    with pytest.raises(DocumentInvalid):
        read_webhooks(tmp_path)
