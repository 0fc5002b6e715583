"""What the tests agree on: a supplier that owes reports every Monday and answers requests, and their events."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

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


def event(id: str, kind: str, time: str, *, source: str = "crm", subject: str | None = None, **data: Any) -> bytes:
    content: dict[str, Any] = {"specversion": "1.0", "id": id, "source": source, "type": kind, "time": time}
    if subject is not None:
        content["subject"] = subject
    return json.dumps(content | ({"data": data} if data else {})).encode()


def report(client: str, day: str, time: str, *, missing: int = 0, **changed: Any) -> bytes:
    """The report of that Monday, delivered at that time."""
    return event(
        f"{client}/{day}", "report.delivered", time, **({"for": client, "day": day, "missing": missing} | changed)
    )


def request(client: str, number: int, opened: str, closed: str | None) -> list[bytes]:
    name = f"{client}-{number}"
    events = [event(f"{name}/opened", "request.opened", opened, subject=name, **{"for": client})]
    if closed is not None:
        events.append(event(f"{name}/closed", "request.closed", closed, subject=name, **{"for": client}))
    return events


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
