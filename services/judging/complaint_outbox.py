"""What the platform says in the history of complaints: that nobody contested an answer in time (SHARED §7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from domain.offers.complaint import Complaint
from domain.times import Instant
from services.access import PLATFORM_NAME
from services.history.history import History

KIND: Final = "close-complaint"


def outbox_name(complaint: str, answers: int) -> str:
    """What closing it after its answer of that number is called in the outbox."""
    return f"close:{complaint}:{answers}"


def close(history: History, content: dict[str, Any], at: Instant) -> int:
    """Says that it is closed. Raises DecisionRefused where the answer was contested or accepted meanwhile."""
    found = history.get(UUID(content["complaint"]), Complaint)
    found.close_silently(content["answers"], time=content["time"], by=PLATFORM_NAME, at=at)
    return history.save(found)


def settled_closings(complaint: Complaint) -> Iterator[str]:
    """The names in the outbox of the closings that the history holds, or will never hold."""
    is_over = complaint.state != "answered"
    for number in range(1, complaint.answers + 1):
        if number < complaint.answers or is_over:
            yield outbox_name(complaint.complaint, number)
