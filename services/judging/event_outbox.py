"""Events of the platform on their way into the history: each once, under an id that is derived from the entry that it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from domain.events import OF_REVIEWS, OWN, OperationalEvent
from domain.times import Instant, show
from services.access import PLATFORM_NAME
from services.history.databases import Transaction
from services.history.entries import EVENT, event_stream, pack
from services.history.history import Fact, History

KIND: Final = "tell-event"
_encode = msgspec.json.Encoder(order="deterministic").encode


def outbox_name(position: int) -> str:
    """What the event that tells of the entry at that position is called in the outbox; its id is made of it."""
    return f"event:{position}"


def tell(history: History, content: Mapping[str, Any], at: Instant) -> int:
    """Appends the event; a repeat is the same event, and changes nothing. Its position."""
    source = content.get("source", OF_REVIEWS)  # programs before told of nothing else
    event = {
        "specversion": "1.0",
        "id": content["id"],
        "source": source,
        "type": content["type"],
        "time": show(content["time"]),
        "subject": content["subject"],
        "data": content["data"],
    }
    header = {"received": at, "by": PLATFORM_NAME, "channel": "platform", "shown_to": list(content["shown_to"])}
    [stored] = history.append_facts([Fact(event_stream(source, content["id"]), EVENT, pack(header, _encode(event)))])
    return stored.position


def mark_told(writes: Transaction, event: OperationalEvent) -> None:
    """The history holds the event now."""
    if event.source.startswith(OWN):
        writes.execute(
            "UPDATE view_outbox SET appended = ? WHERE id = ? AND appended IS NULL", [event.position, event.id]
        )
