"""An event as the history keeps it, decoded: the attributes and data of a CloudEvent, and the event that judging sees.

What is stored was checked when it came in (ingestion), so nothing is checked again here. Numbers stay exact: integers
are `int`, all other numbers `Decimal`.
"""

from __future__ import annotations

import base64
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, cast

import msgspec

from domain.events import OperationalEvent
from domain.times import instant
from services.history.entries import PLAIN, SEALED, unpack

Media = Literal["json", "text", "opaque"]


class Clear(msgspec.Struct, gc=False):
    """How many bytes of a sealed event are clear."""

    clear: int


class Header(msgspec.Struct, gc=False):
    """The note of the history about an event. `attributes` is set for an event in binary mode only; `shown_to`: the services whose
    contracts may take it, None for all (TRUST §3 "Whose event")."""

    received: int | None = None
    attributes: dict[str, str] | None = None
    datacontenttype: str | None = None
    sealed: Clear | None = None
    shown_to: tuple[str, ...] | None = None


_header = msgspec.json.Decoder(Header).decode
_any = msgspec.json.Decoder(float_hook=Decimal).decode


@lru_cache(maxsize=64)
def _read_header(line: bytes) -> Header:
    """Events that came together share one header line, so it is read once."""
    return _header(line)


def header_and_body(state: bytes) -> tuple[Header, bytes]:
    """The two parts of a stored event: format byte, header line, exact bytes (docs/architecture.md); of a sealed one the
    part that is clear. Raises StoreTooNew for a format that this program does not know."""
    if state[0] == SEALED:
        end = state.index(b"\n", 1)
        header = _header(memoryview(state)[1:end])
        assert header.sealed is not None
        return header, state[end + 1 : end + 1 + header.sealed.clear]
    if state[0] != PLAIN:
        unpack(state)
    end = state.index(b"\n")
    return _read_header(state[1:end]), state[end + 1 :]


def event_of(state: bytes, position: int) -> OperationalEvent:
    """The event stored at this position."""
    header, body = header_and_body(state)
    return event_from(attributes_of(header, body), position, header.received, header.shown_to)


def attributes_of(header: Header, body: bytes) -> dict[str, Any]:
    """All attributes by name, and `data`, whichever mode the event came in. The dictionary is the caller's own."""
    if header.attributes is not None:
        return binary_attributes(header.attributes, header.datacontenttype, body)
    attributes = cast(dict[str, Any], _any(body))
    if "data_base64" in attributes:
        unpack_base64(attributes)
    return attributes


def binary_attributes(attributes: dict[str, str], content_type: str | None, body: bytes) -> dict[str, Any]:
    """Makes, of an event in binary mode, the dictionary that it is in structured mode. Raises ValueError when the body
    is not what the content type says."""
    together: dict[str, Any] = dict(attributes)
    if content_type is not None:
        together["datacontenttype"] = content_type
    if body:
        together["data"] = _data(body, content_type, media_of(content_type))
    return together


def unpack_base64(attributes: dict[str, Any]) -> None:
    """Puts `data` in the place of `data_base64`. Raises ValueError when it is no base64 or not what the content type
    says."""
    encoded = attributes.pop("data_base64")
    if encoded is None:
        return
    content_type = attributes.get("datacontenttype")
    body = base64.b64decode(encoded, validate=True)
    attributes["data"] = _data(body, content_type, media_of(content_type) if content_type else "opaque")


def media_of(content_type: str | None) -> Media:
    """Tells how data of this media type is read; without one it is JSON (CloudEvents 1.0, JSON format §3.1)."""
    if content_type is None:
        return "json"
    essence = content_type.partition(";")[0].strip().lower()
    if essence.endswith(("/json", "+json")):
        return "json"
    if essence.startswith("text/") or essence.endswith(("/xml", "+xml")):
        return "text"
    return "opaque"


def _data(body: bytes, content_type: str | None, media: Media) -> object:
    """JSON as values, text as one string, anything else as base64 text (no path leads into it)."""
    if media == "json":
        return _any(body)
    if media == "text":
        return body.decode(charset_of(content_type))
    return base64.b64encode(body).decode("ascii")


def charset_of(content_type: str | None) -> str:
    """Gives the charset that a text's media type names; `utf-8` where it names none."""
    for parameter in (content_type or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"') or "utf-8"
    return "utf-8"


def event_from(
    attributes: dict[str, Any],
    position: int = 0,
    received: int | None = None,
    shown_to: tuple[str, ...] | None = None,
) -> OperationalEvent:
    """The event that these attributes say. Raises ValueError for a time that is none."""
    given = attributes.get
    recorded, sequence = given("recordedtime"), given("sequence")
    return OperationalEvent(
        attributes["id"],
        attributes["source"],
        attributes["type"],
        instant(attributes["time"]),
        given("subject"),
        given("data"),
        sequence if sequence is None or type(sequence) is str else str(sequence),
        None if recorded is None else instant(recorded),
        given("voids"),
        given("replaces"),
        None if attributes.keys() <= _FIELDS else attributes,
        position,
        received,
        shown_to,
    )


_FIELDS = frozenset(
    ("specversion", "id", "source", "type", "time", "subject", "data", "sequence", "recordedtime", "voids", "replaces")
)
