"""An invitation to a review as an iCalendar object (RFC 5545), in the form that mail programs ask about (iTIP, RFC 5546 §3.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from icalendar import Calendar, Event, vCalAddress, vText

from domain.times import Instant
from services.reviews.inviting import Attendee

Method = Literal["REQUEST", "CANCEL"]
NAME: Final = "invitation.ics"


@dataclass(frozen=True)
class Invitation:
    """`sequence`: how often the review was moved or cancelled. `organizer`: an address, and whose it is; None: nothing is asked of
    anybody, and no address stands in it. `stamp`: when it was written."""

    review: str
    organisation: str
    method: Method
    sequence: int
    starts: Instant
    ends: Instant
    stamp: Instant
    title: str
    about: str
    place: str = ""
    url: str = ""
    organizer: str | None = None
    attendees: Sequence[Attendee] = ()


def uid(review: str, organisation: str) -> str:
    """`REVIEW@ORGANISATION`, the same however often the review is moved."""
    plain = unicodedata.normalize("NFKD", organisation).encode("ascii", "ignore").decode().lower()
    return f"{review}@{re.sub(r'[^a-z0-9]+', '-', plain).strip('-') or 'entente'}"


def ical_bytes(it: Invitation) -> bytes:
    """Where nobody is asked it is a PUBLISH without ATTENDEE (RFC 5546 §3.2.1)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Entente//EN")
    calendar.add("version", "2.0")
    calendar.add("method", it.method if it.organizer else "PUBLISH")
    event = Event()
    event.add("uid", uid(it.review, it.organisation))
    event.add("sequence", it.sequence)
    event.add("dtstamp", _utc(it.stamp))
    event.add("dtstart", _utc(it.starts))
    event.add("dtend", _utc(it.ends))
    event.add("summary", it.title)
    event.add("description", it.about)
    event.add("status", "CANCELLED" if it.method == "CANCEL" else "CONFIRMED")
    if it.place:
        event.add("location", it.place)
    if it.url:
        event.add("url", it.url)
    if it.organizer:
        event.add("organizer", _address(it.organizer, it.organisation))
        for one in it.attendees:
            event.add("attendee", _attendee(one, is_asked=one.is_asked and it.method == "REQUEST"))
    calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def _attendee(one: Attendee, *, is_asked: bool) -> vCalAddress:
    found = _address(one.address, one.name)
    found.params["ROLE"] = vText("REQ-PARTICIPANT")
    found.params["PARTSTAT"] = vText("NEEDS-ACTION")
    found.params["RSVP"] = vText("TRUE" if is_asked else "FALSE")
    return found


def _address(address: str, name: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    # RFC 5545 §3.2: a parameter holds neither quotes nor what rules a terminal
    found.params["CN"] = vText("".join(" " if each == '"' or not each.isprintable() else each for each in name))
    return found


def _utc(at: Instant) -> datetime:
    """To the second, as iCalendar has it."""
    return datetime.fromtimestamp(at // 1_000_000, UTC)
