"""What an arbiter sees of the actions that were escalated to them: contract, title, owner, due and steps, and nothing else
(MEETING §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.terms import Text
from services.access import Right
from services.breaches import breach_rows
from services.breaches.breach_rows import Asked
from services.breaches.rows import ActionRow
from services.seeing.seen import Seen, named
from services.tables.documents import ActionState

ARBITER = "arbiter"


@dataclass(frozen=True)
class EscalatedStep:
    text: str
    due: str | None
    is_done: bool


@dataclass(frozen=True)
class EscalatedRow:
    """`text`: its title; empty where the platform opened it, which then has its `cause`."""

    id: str
    contract: str
    contract_title: Text
    text: str
    cause: str
    owner: str
    due: date | None
    steps: tuple[EscalatedStep, ...]
    state: ActionState = "open"


def read_escalated(seen: Seen) -> list[EscalatedRow]:
    """Open actions of which a step of the ladder that was reached tells the arbiter, the first due first; none for who is none."""
    if not seen.who.may(Right.ARBITRATE):
        return []
    rows = breach_rows.actions(seen.reads, seen.catalogue, seen.known, Asked.of(state="open"))
    found = [_row(seen, one) for one in rows if is_escalated(one) and one.commitment in seen.catalogue.commitments]
    return sorted(found, key=lambda one: (one.due or date.max, one.id))


def read_escalated_action(seen: Seen, action: str) -> EscalatedRow:
    """Raises NotFound."""
    return named(read_escalated(seen), action, "action")


def is_escalated(row: ActionRow) -> bool:
    """Says whether a step that was reached tells the arbiter."""
    return any(ARBITER in one["to"] for one in row.escalations)


def _row(seen: Seen, row: ActionRow) -> EscalatedRow:
    terms = seen.catalogue.commitments[row.commitment].newest.terms
    steps = (EscalatedStep(one["text"], one["due"], one["id"] in row.steps_done) for one in row.plan["steps"])
    return EscalatedRow(row.id, terms.id, terms.title, row.text, row.cause, row.owner, row.due, tuple(steps))
