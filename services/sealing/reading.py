"""Reading what is sealed: everything that shows a sealed value asks here, and nothing else opens one.

Whoever answers a request watches what is opened meanwhile (`watching`), and notes it before anything of it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

from services.access import Principal
from services.history.entries import EVENT, box_of, unpack
from services.history.history import Entry, History
from services.history.opener import Standing, bound_to
from services.history.stored_events import attributes_of, header_and_body


class Content(NamedTuple):
    """What came, as it came: the header of the fact and the bytes. `standing`: of the key, None where nothing was sealed; where it is
    not kept, `raw` is what is clear."""

    header: dict[str, Any]
    raw: bytes
    standing: Standing | None = None

    @property
    def is_whole(self) -> bool:
        return self.standing is None or self.standing.state == "kept"


class Look(NamedTuple):
    """What was opened: for whom, by the right in which service, and what."""

    who: Principal
    service: str
    thing: str


_LOOKS: Final[ContextVar[list[Look] | None]] = ContextVar("looks", default=None)


@contextmanager
def watching() -> Iterator[list[Look]]:
    """Gathers what is opened to be shown until the end of the block, in this thread and in those that it starts."""
    looks: list[Look] = []
    before = _LOOKS.set(looks)
    try:
        yield looks
    finally:
        _LOOKS.reset(before)


def content(history: History, entry: Entry, who: Principal, service: str) -> Content:
    """Opens what is sealed of a fact, to be shown to `who`, who may see it as somebody of that service."""
    found = unsealed(history, entry)
    if found.standing is not None and found.is_whole:
        note_look(who, service, f"event {entry.position}" if entry.topic == EVENT else "quarantine")
    return found


def note_look(who: Principal, service: str, thing: str) -> None:
    """Something sealed was opened to be shown to `who`."""
    looks = _LOOKS.get()
    if looks is not None:
        looks.append(Look(who, service, thing))


def unsealed(history: History, entry: Entry) -> Content:
    """Opens what is sealed of a fact for the door, which shows it to nobody."""
    header, clear = unpack(entry.state)
    box = box_of(entry.state)
    if box is None:
        return Content(header, clear)
    opened = history.opener.open(box, _bound(entry))
    if opened is None:
        standing = history.opener.standing(box.key)
        return Content(header, clear, standing if standing.state != "kept" else Standing("unknown"))
    sealed, raw = unpack(opened)
    return Content({**header, **sealed}, raw, Standing("kept"))


def standing(history: History, state: bytes) -> Standing | None:
    """How what is sealed of a fact stands, without reading it; None where nothing is sealed."""
    box = box_of(state)
    return history.opener.standing(box.key) if box is not None else None


def _bound(entry: Entry) -> bytes:
    if entry.topic != EVENT:
        return entry.stream.bytes
    told = attributes_of(*header_and_body(entry.state))
    return bound_to(told["source"], told["id"])
