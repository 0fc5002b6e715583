"""Events of the history, as far as they may be seen."""

from __future__ import annotations

from domain.events import OperationalEvent
from services.by import by_of
from services.history.entries import EVENT, LAST_POSITION, header_of
from services.history.history import Entry
from services.history.stored_events import event_of
from services.seeing.seen import Seen


def event_at(seen: Seen, position: int) -> OperationalEvent | None:
    """The event at that position; None where there is none, or none that one may see: a member sees what its services pushed and
    what a commitment of its contracts selects."""
    entry = seen.history.at(position) if 0 < position <= LAST_POSITION else None
    if entry is None or entry.topic != EVENT:
        return None
    event = event_of(entry.state, position)
    return event if _sees_event(seen, entry, event) else None


def _sees_event(seen: Seen, entry: Entry, event: OperationalEvent) -> bool:
    if seen.sees_everything or by_of(header_of(entry.state).get("by")).is_of(seen.who):
        return True
    mine = seen.commitments_in_force()
    return any(event.type in one.types and bool(one.route(event)) for one in mine)
