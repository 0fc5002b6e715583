"""What the platform says in the history of what effect checks found (MEETING §5 "Finding")."""

from __future__ import annotations

from typing import Any

from domain.action import DID_NOT_HELP, Action
from domain.times import Instant
from services.access import PLATFORM_NAME


def outbox_name(action: str, number: int) -> str:
    """What the finding of that check is called in the outbox."""
    return f"effect:{action}:{number}"


def settled(action: Action) -> list[str]:
    """The names of the findings that the history holds, or will never hold: it was reopened meanwhile."""
    told = {one["check"] for one in action.checks}
    last = len(action.closings)
    return [
        outbox_name(action.action, number)
        for number in range(1, last + 1)
        if number in told or number < last or action.state != "closed"
    ]


def say(action: Action, content: dict[str, Any], at: Instant) -> None:
    """Says what was found, reopens what did not help, and goes up the ladder with what got worse. Raises DecisionRefused where
    people decided otherwise meanwhile."""
    finding, moment = content["finding"], content["moment"]
    action.find_effect(finding, by=PLATFORM_NAME, at=at, moment=moment)
    if content["due"] is not None and action.accepted is None:
        action.reopen(DID_NOT_HELP, by=PLATFORM_NAME, at=at, check=finding["check"], due=content["due"], moment=moment)
        for one in content["steps"]:
            action.escalate(one["step"], one["to"], by=PLATFORM_NAME, at=at, moment=one["at"])
