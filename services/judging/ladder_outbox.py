"""What the platform says in the history of the ladder: which step an action has reached (MEETING §6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from domain.action import Action
from domain.times import Instant
from services.access import PLATFORM_NAME
from services.history.databases import Transaction

KIND: Final = "escalate-action"


def say_step(action: Action, content: dict[str, Any], at: Instant) -> None:
    """Says that the steps were reached, unless it has another day since. Raises DecisionRefused where it is closed."""
    if len(action.changes) == content["changes"]:
        for one in content["steps"]:
            action.escalate(one["step"], one["to"], by=PLATFORM_NAME, at=at, moment=one["at"])


def settled_steps(reads: Transaction, action: Action) -> Iterator[str]:
    """The ids in the outbox of the steps that the history holds, or will never hold."""
    told = {one["step"] for one in action.escalations}
    sql = "SELECT id, document FROM view_outbox WHERE kind = ? AND appended IS NULL"
    for id, document in reads.query(sql, [KIND]):
        it = msgspec.json.decode(document)
        is_over = (
            action.state != "open"
            or it["changes"] != len(action.changes)
            or all(one["step"] in told for one in it["steps"])
        )
        if it["action"] == action.action and is_over:
            yield id
