"""What the tests agree on: a supplier that owes reports every Monday and answers requests, and their events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

REPORT = "report/on-time"
COMPLETE = "report/complete"
ANSWERED = "requests/answered"


def contract(id: str, client: str, **changed: str) -> str:
    """A contract file; other lines may be put in the place of its own, by key."""
    lines = {
        "entente": "1",
        "contract": id,
        "title": f"{{en: Reports for {client}, fr: Rapports pour {client}}}",
        "supplier": "sales",
        "client": client,
        "timezone": "Europe/Paris",
        "valid": "{from: 2026-01-05}",
        "late_data": "3 days",
        "review": '{every: "FREQ=MONTHLY;BYDAY=1TU", at: "14:00", duration: 1 h}',
        "deliverables": f"""
  - id: report
    title: {{en: Weekly report, fr: Rapport de la semaine}}
    criteria:
      - id: on-time
        owner: anna.martin
        indicator:
          kind: punctuality
          delivered: {{type: report.delivered, where: {{data.for: {client}}}}}
          due: {{every: monday, at: "10:00"}}
          key: data.day
          warn: 2 h
        target: {{at_least: 90 %, per: month}}
        each_miss: breach
      - id: complete
        owner: anna.martin
        indicator:
          kind: conformity
          each: {{type: report.delivered, where: {{data.for: {client}}}}}
          good: {{data.missing: {{le: 0}}}}
        target: {{max_misses: 1, per: month}}
  - id: requests
    title: {{en: Requests, fr: Demandes}}
    criteria:
      - id: answered
        owner: anna.martin
        indicator:
          kind: turnaround
          opened: {{type: request.opened, where: {{data.for: {client}}}}}
          closed: {{type: request.closed, where: {{data.for: {client}}}}}
          within: 4 h
        target: {{at_least: 50 %, per: month}}""",
    }
    return "".join(f"{key}: {value}\n" for key, value in (lines | changed).items())


def event(
    id: str,
    kind: str,
    time: str,
    data: Mapping[str, object] | None = None,
    *,
    source: str = "crm",
    subject: str | None = None,
) -> bytes:
    content: dict[str, object] = {"specversion": "1.0", "id": id, "source": source, "type": kind, "time": time}
    if subject is not None:
        content["subject"] = subject
    if data is not None:
        content["data"] = data
    return json.dumps(content).encode()


def report(client: str, day: str, time: str, *, missing: int = 0, id: str | None = None) -> bytes:
    """The report of that Monday, delivered at that time."""
    data = {"for": client, "day": day, "missing": missing}
    return event(id or f"{client}/{day}", "report.delivered", time, data)


def request(client: str, number: int, opened: str, closed: str | None) -> list[bytes]:
    name, data = f"{client}-{number}", {"for": client}
    events = [event(f"{name}/opened", "request.opened", opened, data, subject=name)]
    if closed is not None:
        events.append(event(f"{name}/closed", "request.closed", closed, data, subject=name))
    return events


def requests(client: str, count: int) -> list[bytes]:
    """Requests of January, one a minute; each is closed after 1, 2, 3, 4, 5 or 6 hours in turn: two of six too late."""
    first = datetime(2026, 1, 6, tzinfo=UTC)
    found: list[bytes] = []
    for number in range(count):
        opened = first + timedelta(minutes=number)
        closed = opened + timedelta(hours=1 + number % 6)
        found += request(client, number, opened.isoformat(), closed.isoformat())
    return found


def lines(events: Iterable[bytes]) -> bytes:
    return b"".join(event + b"\n" for event in events)


MAPPING = """
entente: 1
mapping: requests
read: {format: csv, delimiter: ";", timezone: Europe/Paris, times: "%d/%m/%Y %H:%M"}
events:
  - type: request.opened
    id: "{NUMBER}/opened"
    source: tickets
    subject: "{NUMBER}"
    time: "{OPENED}"
    data: {for: "{CLIENT}"}
  - type: request.closed
    if: {CLOSED: {exists: true}}
    id: "{NUMBER}/closed"
    source: tickets
    subject: "{NUMBER}"
    time: "{CLOSED}"
    data: {for: "{CLIENT}"}
"""
