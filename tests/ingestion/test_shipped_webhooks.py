"""The mappings that ship, over the life of a thing as its tool tells it: one thing is one subject, what is told again is the same
event, what has changed is another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domain.times import instant
from ingestion.cloudevents import Decoded
from ingestion.webhooks import read_webhooks
from tests.given import contract, criterion
from tests.services.judged import living

WEBHOOKS = read_webhooks(Path(__file__).parents[2] / "deploy" / "webhooks")
JsonObject = dict[str, Any]


def made(name: str, *calls: JsonObject) -> list[JsonObject]:
    """The events of these calls, each once; of one id nothing else is ever said."""
    found: dict[tuple[str, str], JsonObject] = {}
    for call in calls:
        for item in WEBHOOKS[name].items(json.dumps(call).encode()):
            assert isinstance(item, Decoded), item
            event = json.loads(item.raw)
            assert found.setdefault((event["source"], event["id"]), event) == event
    return list(found.values())


def told(events: list[JsonObject]) -> list[tuple[str, str, str]]:
    return [(one["type"], one["subject"], one["time"]) for one in events]


# Alertmanager


def alert(instance: str, status: str, starts: str, ends: str = "0001-01-01T00:00:00Z", **changed: Any) -> JsonObject:
    labels = {"alertname": "ShopDown", "instance": instance, "job": "shop", "severity": "critical"}
    return {
        "status": status,
        "labels": labels,
        "annotations": {"summary": f"down for {changed.pop('value', '5m')}"},
        "startsAt": starts,
        "endsAt": ends,
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": f"f-{instance}",
        **changed,
    }


def group(*alerts: JsonObject) -> JsonObject:
    return {
        "version": "4",
        "groupKey": '{}:{alertname="ShopDown"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "entente",
        "groupLabels": {"alertname": "ShopDown"},
        "commonLabels": {"alertname": "ShopDown", "job": "shop"},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example",
        "alerts": [*alerts],
    }


TEN, TWENTY, ELEVEN = "2026-11-16T10:00:00.123456789Z", "2026-11-16T10:20:00.5Z", "2026-11-16T11:00:00.123Z"


def test_two_instances_of_an_alert_are_two_alerts_and_a_repeat_with_other_texts_is_the_same() -> None:
    events = made(
        "alertmanager",
        group(alert("a", "firing", TEN), alert("b", "firing", TEN)),
        group(alert("a", "firing", TEN, value="10m"), alert("b", "firing", TEN, value="11m")),
        group(alert("a", "resolved", TEN, TWENTY), alert("b", "firing", TEN)),
        group(alert("a", "resolved", TEN, TWENTY), alert("b", "resolved", TEN, ELEVEN)),
    )
    assert told(events) == [
        ("alert.firing", "f-a", TEN),
        ("alert.firing", "f-b", TEN),
        ("alert.resolved", "f-a", TWENTY),
        ("alert.resolved", "f-b", ELEVEN),
    ]


def test_an_end_that_is_told_otherwise_is_another_event() -> None:
    events = made(
        "alertmanager",
        group(alert("a", "resolved", TEN, TWENTY)),
        group(alert("a", "resolved", TEN, ELEVEN)),
    )
    assert len(events) == 2


def test_what_two_instances_of_an_alert_take_down_is_down_until_both_have_ended() -> None:
    of_shop = {"data.alert": "ShopDown"}
    down, up = {"type": "alert.firing", "where": of_shop}, {"type": "alert.resolved", "where": of_shop}
    target = {"at_least": "99 %", "per": "month"}
    begins, over = "2026-03-10T10:00:00Z", "2026-03-10T10:20:00Z"
    with living() as life:
        life.sign(contract(criterion({"kind": "availability", "down": down, "up": up}, target=target)))
        events = made(
            "alertmanager",
            group(alert("a", "resolved", "2026-03-10T08:00:00Z", "2026-03-10T08:00:01Z")),
            group(alert("a", "firing", begins), alert("b", "firing", begins)),
            group(alert("a", "resolved", begins, over)),
            group(alert("b", "resolved", begins, "2026-03-10T11:00:00Z")),
        )
        life.receive([json.dumps(one).encode() for one in events])
        life.advance("2026-03-11 00:00")
        good, total = life.figure("2026-03").raw
    assert (total or 0) - (good or 0) == 3_600


def lives(name: str, calls: list[JsonObject]) -> dict[str, str]:
    """The verdicts of the issues, due within 8 h, once time has passed to the end of March; what was dropped is not listed."""
    cases = {
        "kind": "turnaround",
        "opened": {"type": "issue.opened"},
        "closed": {"type": "issue.closed"},
        "reopened": {"type": "issue.reopened"},
        "cancelled": {"type": ["issue.deleted", "issue.moved"]},
        "within": "8 h",
    }
    with living() as life:
        life.sign(contract(criterion(cases, target={"at_least": "50 %", "per": "month"})))
        life.receive([json.dumps(one).encode() for one in made(name, *calls)])
        life.advance("2026-04-01 00:00")
        return life.verdicts()


# GitHub


def github(action: str, id: int, repository: str, updated: str, **changed: Any) -> JsonObject:
    more: JsonObject = {name: changed.pop(name) for name in ("changes", "comment") if name in changed}
    issue = {
        "id": id,
        "node_id": f"I_{id}",
        "number": 7,
        "title": "Hole in the road",
        "state": "open",
        "state_reason": None,
        "labels": [{"id": 1, "name": "bug"}],
        "user": {"login": "anna", "id": 5},
        "created_at": "2026-03-10T10:00:00Z",
        "updated_at": updated,
        "closed_at": None,
        **changed,
    }
    owner, name = repository.split("/")
    of = {"id": len(repository), "name": name, "full_name": repository, "owner": {"login": owner}}
    return {"action": action, "issue": issue, "repository": of, "sender": {"login": "anna"}, **more}


CLOSED = "2026-03-10T12:00:00Z"
ROADS, PARKS = "town/roads", "town/parks"


def test_issues_of_two_repositories_with_one_number_are_two() -> None:
    calls = [
        github("opened", 1, ROADS, "2026-03-10T10:00:00Z"),
        github("opened", 2, PARKS, "2026-03-10T10:00:00Z"),
        github("closed", 1, ROADS, CLOSED, closed_at=CLOSED, state="closed", state_reason="completed"),
    ]
    assert lives("github-issues", calls) == {"1": "met", "2": "missing"}
    assert [one["data"]["issue"] for one in made("github-issues", *calls)] == [
        "town/roads#7",
        "town/parks#7",
        "town/roads#7",
    ]


def test_an_issue_on_github_that_is_reopened_is_closed_again() -> None:
    closed = {"state": "closed", "state_reason": "completed"}
    calls = [
        github("opened", 1, ROADS, "2026-03-10T10:00:00Z"),
        github("closed", 1, ROADS, CLOSED, closed_at=CLOSED, **closed),
        github("labeled", 1, ROADS, "2026-03-10T12:30:00Z", closed_at=CLOSED, **closed),
        github("reopened", 1, ROADS, "2026-03-10T13:00:00Z", state_reason="reopened"),
        github("closed", 1, ROADS, "2026-03-10T20:00:00Z", closed_at="2026-03-10T20:00:00Z", **closed),
    ]
    assert lives("github-issues", calls) == {"1": "late"}
    assert len(made("github-issues", *calls)) == 4


def test_what_is_deleted_or_goes_to_another_repository_is_owed_here_no_more() -> None:
    new = {"new_issue": {"id": 11, "number": 1}, "new_repository": {"full_name": PARKS}}
    old = {"old_issue": {"id": 1, "number": 7}, "old_repository": {"full_name": ROADS}}
    calls = [
        github("opened", 1, ROADS, "2026-03-10T10:00:00Z"),
        github("opened", 2, ROADS, "2026-03-10T10:00:00Z"),
        github("transferred", 1, ROADS, "2026-03-10T11:00:00Z", changes=new),
        github("opened", 11, PARKS, "2026-03-10T11:00:00Z", changes=old),
        github("deleted", 2, ROADS, "2026-03-10T11:00:00Z"),
        github("closed", 11, PARKS, CLOSED, closed_at=CLOSED, state="closed"),
    ]
    assert lives("github-issues", calls) == {"11": "met"}


def test_what_is_deleted_right_after_it_was_reopened_is_owed_no_more_though_github_gives_both_one_time() -> None:
    again = "2026-03-10T13:00:00Z"
    calls = [
        github("opened", 1, ROADS, "2026-03-10T10:00:00Z"),
        github("closed", 1, ROADS, CLOSED, closed_at=CLOSED, state="closed", state_reason="completed"),
        github("reopened", 1, ROADS, again, state_reason="reopened"),
        github("deleted", 1, ROADS, again),
    ]
    assert lives("github-issues", calls) == {}
    assert lives("github-issues", [*calls[:2], github("deleted", 1, ROADS, CLOSED)]) == {"1": "met"}


def test_what_is_said_of_a_comment_is_said_of_no_issue() -> None:
    assert made("github-issues", github("deleted", 1, ROADS, CLOSED, comment={"id": 9, "body": "x"})) == []
    assert made("github-issues", {"zen": "Keep it simple.", "hook_id": 1, "repository": {"full_name": ROADS}}) == []


# GitLab


def gitlab(action: str | None, id: int, updated: str, **changed: Any) -> JsonObject:
    attributes = {
        "id": id,
        "iid": 23,
        "project_id": 1,
        "title": "Hole",
        "state": "opened",
        "severity": "high",
        "confidential": False,
        "created_at": "2026-03-10 10:00:00 UTC",
        "updated_at": updated,
        "closed_at": None,
        "moved_to_id": None,
        "labels": [{"id": 206, "title": "API"}],
        **changed,
        **({"action": action} if action else {}),
    }
    project = {"id": 1, "name": "roads", "path_with_namespace": "town/roads"}
    return {
        "object_kind": "issue",
        "event_type": "confidential_issue",
        "user": {"id": 1, "username": "root"},
        "project": project,
        "object_attributes": attributes,
        "changes": {"updated_at": {"previous": "2026-03-10 10:00:00 UTC", "current": updated}},
    }


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        ("2026-03-10 10:00:00 UTC", "2026-03-10 12:00:00 UTC"),
        ("2026-03-10T10:00:00Z", "2026-03-10T12:00:00.123Z"),
        ("2026-03-10 11:00:00 +0100", "2026-03-10 13:00:00 +0100"),
        ("2026-03-10T11:00:00.000+01:00", "2026-03-10T13:00:00.000+01:00"),
    ],
)
def test_every_time_that_gitlab_writes_is_read(opened: str, closed: str) -> None:
    events = made(
        "gitlab-issues",
        gitlab("open", 301, opened, created_at=opened),
        gitlab("close", 301, closed, created_at=opened, closed_at=closed),
    )
    times = [instant(one["time"]) // 1_000_000 for one in events]
    assert times == [instant("2026-03-10T10:00:00Z") // 1_000_000, instant("2026-03-10T12:00:00Z") // 1_000_000]


def test_an_issue_on_gitlab_is_closed_reopened_and_moved() -> None:
    calls = [
        gitlab(None, 301, "2026-03-10 10:00:00 UTC"),  # the test that GitLab sends itself says no action
        gitlab("open", 301, "2026-03-10 10:00:00 UTC"),
        gitlab("open", 302, "2026-03-10 10:00:00 UTC"),
        gitlab("close", 301, "2026-03-10 12:00:00 UTC", closed_at="2026-03-10 12:00:00 UTC"),
        gitlab("update", 301, "2026-03-10 12:10:00 UTC", closed_at="2026-03-10 12:00:00 UTC"),
        gitlab("reopen", 301, "2026-03-10 13:00:00 UTC"),
        gitlab("close", 301, "2026-03-10 17:00:00 UTC"),
        gitlab("close", 302, "2026-03-10 11:00:00 UTC", closed_at="2026-03-10 11:00:00 UTC", moved_to_id=401),
        gitlab("open", 401, "2026-03-10 11:00:00 UTC"),
    ]
    assert lives("gitlab-issues", calls) == {"301": "met", "401": "missing"}


# Jira


def jira(event: str, updated: str, *changes: tuple[str, str | None], key: str = "IT-4", **fields: Any) -> JsonObject:
    items = [
        {"field": field, "fieldtype": "jira", "from": None, "fromString": None, "to": to, "toString": to}
        for field, to in changes
    ]
    call: JsonObject = {
        "timestamp": instant(updated) // 1_000,
        "webhookEvent": f"jira:issue_{event}",
        "issue_event_type_name": "issue_generic",
        "user": {"accountId": "a", "displayName": "Anna"},
        "issue": {
            "id": "10401",
            "key": key,
            "fields": {
                "project": {"id": "1", "key": key.split("-")[0]},
                "summary": "Printer",
                "priority": {"name": "High"},
                "created": "2026-03-10T11:00:00.000+0100",
                "updated": at_home(updated),
                "resolutiondate": None,
                "resolution": None,
                "labels": ["hardware"],
                **fields,
            },
        },
    }
    return call | ({"changelog": {"id": "1", "items": items}} if items else {})


def at_home(time: str) -> str:
    """As Jira writes it."""
    return time.replace("Z", ".000+0000")


def done(at: str, name: str = "Done") -> JsonObject:
    return {"resolutiondate": at_home(at), "resolution": {"name": name}}


def test_an_issue_in_jira_is_reopened_when_it_loses_its_resolution_and_by_nothing_else() -> None:
    calls = [
        jira("created", "2026-03-10T10:00:00Z"),
        jira("updated", "2026-03-10T10:30:00Z", ("assignee", "anna")),
        jira("updated", CLOSED, ("status", "Done"), ("resolution", "Done"), **done(CLOSED)),
        jira("updated", "2026-03-10T12:10:00Z", ("labels", "x"), **done(CLOSED)),
        jira("updated", "2026-03-10T12:20:00Z", ("resolution", "Duplicate"), **done(CLOSED, "Duplicate")),
        jira("updated", "2026-03-10T13:00:00Z", ("status", "To do"), ("resolution", None)),
        jira("updated", "2026-03-10T13:10:00Z", ("summary", "Printers"), summary="Printers"),
    ]
    events = [one["type"] for one in made("jira-issues", *calls)]
    assert events == ["issue.opened", "issue.closed", "issue.closed", "issue.reopened"]
    assert lives("jira-issues", calls) == {"10401": "missing"}
    again = "2026-03-10T15:00:00Z"
    calls.append(jira("updated", again, ("resolution", "Done"), **done(again)))
    assert lives("jira-issues", calls) == {"10401": "met"}


def test_an_issue_in_jira_stays_itself_in_another_project_and_says_when_it_is_deleted() -> None:
    moved = jira("updated", "2026-03-10T11:00:00Z", ("project", "HR"), ("Key", "HR-9"), key="HR-9")
    deleted = jira("deleted", "2026-03-10T12:00:00Z", key="HR-9")
    events = made("jira-issues", jira("created", "2026-03-10T10:00:00Z"), moved, deleted)
    assert told(events) == [
        ("issue.opened", "10401", "2026-03-10T11:00:00+01:00"),
        ("issue.moved", "10401", "2026-03-10T11:00:00+00:00"),
        ("issue.deleted", "10401", "2026-03-10T12:00:00Z"),
    ]
    assert events[1]["data"] == {"issue": "HR-9", "to": "HR"}


# A form


def test_a_form_that_is_sent_again_is_another_answer_only_at_another_time() -> None:
    sent = {"id": "f1", "submitted": "2026-03-10T10:00:00+01:00", "request": "R-1", "score": 2}
    later = {**sent, "submitted": "2026-03-10T11:00:00+01:00", "score": 4}
    assert len(made("form", sent, sent, later)) == 2


def test_an_issue_that_is_resolved_when_it_is_created_is_closed_at_once() -> None:
    resolved = jira("created", CLOSED, **done(CLOSED))
    assert lives("jira-issues", [resolved]) == {"10401": "met"}
    assert len(made("jira-issues", resolved, jira("updated", CLOSED, ("labels", "x"), **done(CLOSED)))) == 2
