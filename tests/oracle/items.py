"""Conformity: one event, or the last event of a key."""

from __future__ import annotations

from tests.oracle.cases import key_of, when
from tests.oracle.contracts import Clause, clause_at
from tests.oracle.evidence import Event, is_good, selects
from tests.oracle.occurrences import Occurrence


def occurrences(clauses: list[Clause], events: list[Event]) -> list[Occurrence]:
    return [_judged(key, *found) for key, found in deciding(clauses, events, "each").items()]


def deciding(clauses: list[Clause], events: list[Event], role: str) -> dict[str, tuple[Clause, Event]]:
    """By key, the last event within validity, with the wording of its time."""
    found: dict[str, tuple[Clause, Event]] = {}
    for event in events:
        clause = clause_at(clauses, when(event))
        if clause is None or not selects(clause.indicator[role], event):
            continue
        key = key_of(clause, event) if "key" in clause.indicator else f"{event['source']}#{event['id']}"
        if key is not None:
            found[key] = (clause, event)
    return found


def _judged(key: str, clause: Clause, event: Event) -> Occurrence:
    verdicts: dict[bool | None, str] = {True: "met", False: "failed", None: "unknown"}
    verdict = verdicts[is_good(event, clause.indicator["good"])]
    return Occurrence(key, clause, when(event), verdict, when(event), when(event))
