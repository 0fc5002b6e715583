"""Two events say the same when they are the same bytes, or the same values in other whitespace, order or mode."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from ingestion.cloudevents import Decoded
from services.history.entries import Box, box_of
from services.history.opener import Closed, Opener, bound_to
from services.history.stored_events import Header, attributes_of, header_and_body, media_of

_CLOSED: Final = Closed()


def is_same_content(event: Decoded, stored: bytes, opener: Opener = _CLOSED, state: bytes = b"") -> bool:
    """True when the event that is stored in this state says what this one says. `state`: in which this one would be stored. Of one
    that is sealed, and whose key is gone, what is clear is compared alone, so that nobody finds out whether he guesses the rest."""
    if (box := box_of(stored)) is not None:
        return _is_same_sealed(event, stored, box, opener, state)
    header, body = header_and_body(stored)
    if (body, header.attributes, header.datacontenttype) == (event.raw, event.attributes, event.datacontenttype):
        return True
    mine = attributes_of(Header(attributes=event.attributes, datacontenttype=event.datacontenttype), event.raw)
    return _said(mine) == _said(attributes_of(header, body))


def _is_same_sealed(event: Decoded, stored: bytes, box: Box, opener: Opener, state: bytes) -> bool:
    told = attributes_of(*header_and_body(stored))
    content = opener.open(box, bound_to(told["source"], told["id"]))
    if content is not None:
        return is_same_content(event, content)
    return box_of(state) is not None and _said(told) == _said(attributes_of(*header_and_body(state)))


def _said(attributes: dict[str, Any]) -> tuple[object, dict[str, str]]:
    """Gives the data by type and value, and the attributes as text, which is all that binary mode has of them."""
    data = attributes.pop("data", None)
    kind = media_of(attributes.pop("datacontenttype", None))
    texts = {name: _text(value) for name, value in attributes.items() if value is not None}
    return (kind, _typed(data)), texts


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _typed(value: object) -> object:
    """`1`, `1.0`, `true` and `"1"` are four different things; `1.0` and `1.00` are the same."""
    if isinstance(value, dict):
        return {key: _typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_typed(inner) for inner in value]
    if isinstance(value, bool | Decimal):
        return type(value), value
    return value
