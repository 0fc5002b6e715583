"""What an event said about people, shown to who may see it: somebody of the service that its source belongs to (trust §3).

It is opened for this one answer, and kept nowhere; `services/protection/noting.py` notes it before it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from domain.saying import said
from domain.times import Instant
from services.access import Principal, Right
from services.by import by_of
from services.directory.declaring import Declared
from services.errors import NotAllowed, NotFound
from services.history.entries import EVENT, LAST_POSITION, header_of
from services.history.history import Entry, History
from services.history.opener import Standing
from services.history.stored_events import Header, attributes_of, header_and_body
from services.sealing.reading import content, standing
from services.seeing.events import event_at
from services.seeing.seen import Seen


class Sealing(NamedTuple):
    """An event of which something is sealed. `service`: the one that its source belongs to."""

    position: int
    source: str
    id: str
    type: str
    time: Instant
    service: str
    standing: Standing
    may_look: bool


class Value(NamedTuple):
    """What stood at a path of an event, and is sealed."""

    path: str
    value: Any


class Owners:
    """Whose the sources of one store are, kept while the program runs."""

    def __init__(self) -> None:
        self._declared: Declared | None = None

    def of(self, history: History, entry: Entry, source: str) -> str:
        """The service that declares the source; where none does any more, the one that sent the event."""
        if self._declared is None:
            self._declared = Declared(history)
        return self._declared.owner(source) or by_of(header_of(entry.state).get("by")).service


def read_sealing(seen: Seen, position: int) -> Sealing:
    """Says whose it is and how it stands, without opening it. Raises NotFound for an event that one does not see, or of which
    nothing is sealed."""
    entry = seen.history.at(position) if 0 < position <= LAST_POSITION else None
    event = event_at(seen, position) if entry is not None and entry.topic == EVENT else None
    stands = standing(seen.history, entry.state) if entry is not None and event is not None else None
    if entry is None or event is None or stands is None:
        raise NotFound(
            said("there is no event at position {position} of which something is sealed", position=position),
            mend=said("explanations name the positions of their events"),
        )
    service = seen.kept(Owners).of(seen.history, entry, event.source)
    return Sealing(
        position,
        event.source,
        event.id,
        event.type,
        event.time,
        service,
        stands,
        _may_look(seen, position, service),
    )


def look(seen: Seen, position: int) -> tuple[Sealing, tuple[Value, ...]]:
    """Opens what an event said about people: all that is not clear, by path; nothing where it is erased. Raises NotFound,
    NotAllowed."""
    found = read_sealing(seen, position)
    if not found.may_look:
        raise NotAllowed(
            said("what {source} said about people is for {service} to see", source=found.source, service=found.service),
            mend=said("ask somebody of that service"),
        )
    entry = seen.history.at(position)
    assert entry is not None
    whole = content(seen.history, entry, seen.who, found.service)
    if not whole.is_whole:
        return found._replace(standing=whole.standing or found.standing), ()
    told = attributes_of(msgspec.convert(whole.header, Header), whole.raw)
    return found, tuple(_hidden(told, attributes_of(*header_and_body(entry.state)), ""))


def looked_at(seen: Seen, positions: Iterator[int]) -> frozenset[int]:
    """Those of these events of which something is sealed that who asks may see."""
    return frozenset(position for position in positions if _may_see(seen, position))


def _may_see(seen: Seen, position: int) -> bool:
    try:
        return read_sealing(seen, position).may_look
    except NotFound:
        return False


def _may_look(seen: Seen, position: int, service: str) -> bool:
    """Somebody of the service with the right; and who owns an indicator there, where that counts the event."""
    who: Principal = seen.who
    if who.may(Right.SEE_PERSONAL, service):
        return True
    if who.person is None or not who.is_of(service):
        return False
    event = event_at(seen, position)
    return event is not None and any(
        one.newest.criterion.owner == who.person and event.type in one.types and bool(one.route(event))
        for one in seen.commitments_in_force()
    )


def _hidden(whole: Any, clear: Any, path: str) -> Iterator[Value]:
    """What is in the whole and not in the clear part, by path."""
    if isinstance(whole, dict) and whole:
        left = clear if isinstance(clear, dict) else {}
        for name, value in whole.items():
            yield from _hidden(value, left.get(name), f"{path}.{name}" if path else name)
    elif whole != clear:
        yield Value(path, whole)
