"""What tests of judging are given: contracts, events and moments, in as few words as they need.

Wall times without offset are of Paris, in 2026 unless they say another year.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any

from domain.calendars import Calendar
from domain.commitments import Commitment
from domain.contract_versions import ContractVersion, commitments_of
from domain.events import OperationalEvent
from domain.occurrences import Evidence, Judgement, evidence_order
from domain.terms import CalendarTerms
from domain.times import Instant, from_local, instant, show, zone
from services.contract_files import contract_terms, read_documents
from services.contract_files.documents import Document

Tree = dict[str, Any]

PARIS = zone("Europe/Paris")
OFFICE: Tree = {"open": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}}
"""Seven hours a day."""


def at(text: str) -> Instant:
    """`03-02 10:00`, `2025-03-02 10:00:00.5` on the wall of Paris, or a time with an offset."""
    if text.endswith("Z") or "+" in text:
        return instant(text)
    text = text if text[4:5] == "-" else f"2026-{text}"
    return from_local(datetime.fromisoformat(text if " " in text else f"{text} 00:00"), PARIS)


def document(tree: Tree) -> Document:
    return read_documents(json.dumps(tree), "given.yaml")[0]


def criterion(indicator: Tree, id: str = "on-time", **more: Any) -> Tree:
    """With an owner and, unless it says otherwise, a target of 90 % per month."""
    target = {} if "targets" in more else {"target": {"at_least": "90 %", "per": "month"}}
    return {"id": id, "owner": "ann", "indicator": indicator, **target, **more}


def contract(*criteria: Tree, id: str = "c", **changes: Any) -> Tree:
    """Between `lab` (supplier) and `ward`, in Paris, from 2026-01-01 on, with one deliverable `d`."""
    tree: Tree = {
        "entente": 1,
        "contract": id,
        "title": "A contract",
        "supplier": "lab",
        "client": "ward",
        "timezone": "Europe/Paris",
        "valid": {"from": "2026-01-01"},
        "deliverables": [{"id": "d", "title": "A deliverable", "criteria": list(criteria)}],
    }
    return {**tree, **changes}


def punctuality(**changes: Any) -> Tree:
    """A report due on Mondays at 10:00, named by `data.date`."""
    due = {"every": "monday", "at": "10:00"}
    how = {} if "early" in changes else {"key": "data.date"}
    return {"kind": "punctuality", "delivered": {"type": "report"}, "due": due, **how, **changes}


def deadline(**changes: Any) -> Tree:
    opened, closed = {"type": "opened"}, {"type": "closed"}
    return {"kind": "deadline", "opened": opened, "due": "data.due", "closed": closed, **changes}


def turnaround(**changes: Any) -> Tree:
    limit = {} if "under" in changes else {"within": "4 h"}
    return {"kind": "turnaround", "opened": {"type": "opened"}, "closed": {"type": "closed"}, **limit, **changes}


def pausable(**changes: Any) -> Tree:
    return turnaround(paused={"type": "paused"}, resumed={"type": "resumed"}, **changes)


def conformity(**changes: Any) -> Tree:
    return {"kind": "conformity", "each": {"type": "item"}, "good": {"data.errors": {"le": 0}}, **changes}


def version(number: int, tree: Tree) -> ContractVersion:
    terms = contract_terms(document(tree))
    calendar = _calendar(terms.calendar) if isinstance(terms.calendar, CalendarTerms) else None
    return ContractVersion(number, terms, calendar)


_calendar = cache(Calendar)
"""The same calendar for the same terms, as when contracts are read from a store."""


def commitment(*trees: Tree) -> Commitment:
    """The one commitment of these versions of a contract."""
    [found] = commitments_of([version(number, tree) for number, tree in enumerate(trees, 1)])
    return found


def owing(indicator: Tree, **changes: Any) -> Commitment:
    """A contract about nothing but this; `changes` are of the contract."""
    return commitment(contract(criterion(indicator), **changes))


_ids = count(1)


def event(
    type: str,
    time: str | Instant,
    subject: str | None = "1",
    *,
    id: str | None = None,
    source: str = "tool",
    sequence: str | None = None,
    **data: Any,
) -> OperationalEvent:
    """Positions ascend in the order in which events are made."""
    number = next(_ids)
    moment = time if isinstance(time, int) else at(time)
    given = id or f"e{number:06}"
    return OperationalEvent(given, source, type, moment, subject, data or None, sequence, position=number)


def due(text: str) -> dict[str, str]:
    """What an opening says of its due time, for `data.due`."""
    return {"due": show(at(text), PARIS)}


def evidence(found: Commitment, events: Iterable[OperationalEvent]) -> dict[str, list[Evidence]]:
    by_key: dict[str, list[Evidence]] = {}
    for one in events:
        for route in found.route(one):
            if route.key is not None:
                by_key.setdefault(route.key, []).append(route.evidence)
    return {key: sorted(each, key=evidence_order) for key, each in by_key.items()}


def judged(found: Commitment, events: Sequence[OperationalEvent], watermark: str | None = None) -> dict[str, Judgement]:
    """Every occurrence by its key: those that the events concern, and the dates up to the horizon."""
    moment = at(watermark) if watermark is not None else None
    by_key = evidence(found, events)
    if found.schedule is not None:
        for one in found.schedule.through(found.horizon(moment)):
            by_key.setdefault(one.key, [])
    return {key: found.judge(key, each, moment) for key, each in by_key.items()}


def verdict(found: Commitment, events: Sequence[OperationalEvent], watermark: str | None = None, key: str = "1") -> str:
    """The verdict of one occurrence, or its standing where it is not owed."""
    judgement = judged(found, events, watermark)[key]
    return judgement.verdict.value if judgement.is_owed else judgement.standing


def unmatched(found: Commitment, event: OperationalEvent) -> str | None:
    """Why the event has no occurrence here; None if it has one."""
    [route] = found.route(event)
    return route.reason


def structured(one: OperationalEvent) -> bytes:
    """The event as a tool sends it."""
    names = ("id", "source", "type", "subject", "data", "sequence", "voids", "replaces")
    said = {name: value for name in names if (value := getattr(one, name)) is not None}
    return json.dumps({"specversion": "1.0", "time": show(one.time), **said}).encode()


def measure(**changes: Any) -> Tree:
    """The mean of `data.minutes`."""
    return {"kind": "measure", "each": {"type": "call"}, "value": "data.minutes", "aggregate": "mean", **changes}


def satisfaction(**changes: Any) -> Tree:
    scale = {"scale": [1, 5], "satisfied": 4}
    return {"kind": "satisfaction", "answer": {"type": "answer"}, "score": "data.score", **scale, **changes}


def volume(**changes: Any) -> Tree:
    """Ten meals a week, one more or less."""
    amount = {"per": "week", "expected": 10, "band": "10 %"}
    return {"kind": "volume", "each": {"type": "meal"}, **amount, **changes}


def availability(**changes: Any) -> Tree:
    return {"kind": "availability", "down": {"type": "down"}, "up": {"type": "up"}, **changes}


def freshness(**changes: Any) -> Tree:
    return {"kind": "freshness", "updated": {"type": "updated"}, "max_age": "24 h", **changes}
