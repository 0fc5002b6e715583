"""The ladder as time goes up it: each step that is reached is recorded once, through the outbox, and shown at once (MEETING §6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import msgspec

from domain.ladder import limits, reminder
from domain.terms import ContractTerms, Rung
from domain.times import Instant, local_date, zone
from services.history.databases import Transaction
from services.history.entries import Position
from services.judging.catalogue import InForce
from services.judging.ladder_outbox import KIND
from services.judging.outbox import put_in_outbox
from services.judging.shares import Share
from services.tables.table import text_of


class Step(NamedTuple):
    """A step of the ladder of one action, from 1; `limit`: None where the calendar ends before it."""

    number: int
    rung: Rung
    limit: Instant | None


def ladder_of(contract: InForce, opened: Instant, due: date | None) -> list[Step]:
    """The steps of an action of the contract: of the wording in force on its day, where that which was in force when it was opened had
    a ladder, too: it is of no use to whom nobody told of it."""
    if due is None:
        return []
    terms = contract.terms_at(due)
    first = contract.terms_at(local_date(opened, zone(terms.timezone)))
    if not (first.actions.escalation and terms.actions.escalation):
        return []
    rungs = terms.actions.escalation
    found = limits(due, rungs, zone(terms.timezone), _calendar_of(contract, terms))
    return [Step(number, *one) for number, one in enumerate(zip(rungs, found, strict=True), 1)]


def reminders_of(contract: InForce, opened: Instant, due: date) -> list[Instant]:
    """When somebody is reminded of an action of the contract, by the same wordings as its ladder."""
    terms = contract.terms_at(due)
    here = zone(terms.timezone)
    if not contract.terms_at(local_date(opened, here)).actions.remind:
        return []
    calendar = _calendar_of(contract, terms)
    found = (reminder(due, one, here, calendar) for one in terms.actions.remind)
    return [one for one in found if one is not None]


def _calendar_of(contract: InForce, terms: ContractTerms) -> Any:
    return next(one.calendar for one in contract.versions if one.terms is terms)


def climb(writes: Transaction, contracts: Iterable[InForce], share: Share, reached: Instant, at: Position) -> None:
    """Records the steps that time has reached of the open actions of these contracts."""
    for contract in contracts:
        if not any(one.terms.actions.escalation for one in contract.versions):
            continue
        sql = "SELECT id, commitment, document FROM view_action WHERE state = 'open' AND commitment > ? AND commitment < ? ORDER BY id"
        for id, commitment, document in writes.query(sql, [f"{contract.id}/", f"{contract.id}0"]):
            if share.owns(commitment):
                _climb_one(writes, contract, id, msgspec.json.decode(document), reached, at)


def _climb_one(
    writes: Transaction, contract: InForce, id: str, document: dict[str, Any], reached: Instant, at: Position
) -> None:
    opened = document["at"] if document["moment"] is None else document["moment"]
    due = date.fromisoformat(document["due"]) if document["due"] else None
    told = document.get("escalations", [])
    known = {one["step"] for one in told}
    new = [
        one
        for one in ladder_of(contract, opened, due)
        if one.limit is not None and one.limit <= reached and one.number not in known
    ]
    changes = len(document.get("changes", ()))
    if new:
        steps = [{"step": one.number, "to": list(one.rung.to), "at": one.limit} for one in new]
        content = {"action": id, "changes": changes, "steps": steps}
        put_in_outbox(writes, f"escalate:{id}:{changes}:{new[-1].number}", at, KIND, content)
        told = [*told, *steps]
        writes.execute(
            "UPDATE view_action SET document = ? WHERE id = ?", [text_of({**document, "escalations": told}), id]
        )
