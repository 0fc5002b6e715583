"""CloudEvents 1.0 from bytes: binary mode, structured mode, batches, and one line of a `.jsonl` file.

Bad input is a value with a destination: what cannot be accepted comes back as `Bad`, with its exact bytes, a stable
slug and what is wrong, where, and how to mend it. Nothing here raises for what somebody else sent.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import msgspec

from domain.saying import quoted, said
from ingestion.attributes import LONGEST_NAME, attribute_problem, attributes_problem
from ingestion.json_problems import MOST_NESTED, TOO_DEEP, Problem, is_too_deep, split_array, why_malformed
from ingestion.strict_json import LARGEST_EVENT, NUL, decode_exactly, holds_nul, too_large
from services.errors import short
from services.history.entries import event_key
from services.history.stored_events import binary_attributes, charset_of, media_of, unpack_base64

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"


class Decoded(msgspec.Struct, frozen=True, gc=False):
    """A valid event: its exact bytes and what the door needs to know; `stream` is the bytes of its stream's id. In binary
    mode `attributes` holds the `ce-` attributes, and `raw` is the body alone."""

    id: str
    source: str
    stream: bytes
    raw: bytes
    attributes: dict[str, str] | None = None
    datacontenttype: str | None = None


LONGEST_PROBLEM: Final = 600
"""Letters that a problem may have."""


class Bad(msgspec.Struct, frozen=True, gc=False):
    """Bytes that cannot be accepted, and why. `id` and `source` where they could be read."""

    raw: bytes
    slug: str
    problem: str
    id: str | None = None
    source: str | None = None
    attributes: dict[str, str] | None = None
    datacontenttype: str | None = None

    def __post_init__(self) -> None:
        """Cuts what is said of it to one short line, whatever was sent."""
        if len(self.problem) > LONGEST_PROBLEM:
            msgspec.structs.force_setattr(self, "problem", short(self.problem, LONGEST_PROBLEM))


MOST_ITEMS: Final = 25_000
"""Items that a batch may have: each takes more memory than its bytes."""

_slices = msgspec.json.Decoder(list[msgspec.Raw]).decode


def decode_structured(raw: bytes) -> Decoded | Bad:
    """Reads one event in structured mode: a body, an element of a batch, a line of a file. `raw` is kept as it is."""
    attributes, problem = decode_exactly(raw)
    if problem is not None:
        return Bad(raw, problem.slug, problem.text)
    if type(attributes) is not dict:
        return Bad(raw, "invalid-cloudevent", said("an event is a JSON object with `id`, `source`, `type`, `time`…"))
    if "data_base64" in attributes:
        problem = _unpack(attributes)
    problem = problem or attributes_problem(attributes)
    if problem is not None:
        return Bad(raw, problem.slug, problem.text, _text(attributes, "id"), _text(attributes, "source"))
    id, source = attributes["id"], attributes["source"]
    return Decoded(id, source, event_key(source, id), raw)


def checked(attributes: dict[str, Any], raw: bytes) -> Decoded | Bad:
    """Checks an event that was made here, as these values and as their JSON: only what a value may be is left to check."""
    problem = attributes_problem(attributes)
    if problem is None and len(raw) > LARGEST_EVENT:
        problem = too_large(len(raw))
    if problem is None and b"\\u0000" in raw and holds_nul(attributes):
        problem = NUL
    if problem is not None:
        return Bad(raw, problem.slug, problem.text, _text(attributes, "id"), _text(attributes, "source"))
    id, source = attributes["id"], attributes["source"]
    return Decoded(id, source, event_key(source, id), raw)


def decode_batch(body: bytes) -> list[Decoded | Bad] | Bad:
    """Reads every element by itself: one bad item harms no other. A body that is no JSON array of values, or of too many, comes
    back whole."""
    elements: list[msgspec.Raw] | list[bytes] | None
    try:
        elements = _slices(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        elements = split_array(body, MOST_ITEMS)
        if elements is None:
            return _no_batch(body, str(error))
    if len(elements) > MOST_ITEMS:
        return Bad(
            body, "too-large", said("a batch may have {most_items:,} items, this one has more", most_items=MOST_ITEMS)
        )
    items = [decode_structured(bytes(element)) for element in elements]
    broken = next((item for item in items if type(item) is Bad and item.slug == "malformed-json"), None)
    return items if broken is None else Bad(body, broken.slug, broken.problem)


def _no_batch(body: bytes, complaint: str) -> Bad:
    if body.lstrip().startswith(b"["):
        if is_too_deep(body, MOST_NESTED + 1):
            return Bad(body, TOO_DEEP.slug, TOO_DEEP.text)
        return Bad(body, "malformed-json", why_malformed(body, complaint).text)
    return Bad(
        body,
        "malformed-json",
        said("a batch is a JSON array of events: send one event alone as {structured}", structured=STRUCTURED),
    )


def decode_binary(headers: Mapping[str, str], content_type: str | None, body: bytes) -> Decoded | Bad:
    """Reads one event in binary mode: attributes by name as they stood in the `ce-` headers (names without the prefix,
    lower case; values not yet decoded), data as body (CloudEvents HTTP binding 1.0.2 §3.1)."""
    try:
        attributes = {name: header_value(value) for name, value in headers.items()}
    except ValueError:
        as_sent = {f"ce-{name}": value for name, value in headers.items()}
        return _bad_binary(as_sent, content_type, body, _NOT_UTF8)
    return decode_attributes(attributes, content_type, body)


def decode_attributes(attributes: dict[str, str], content_type: str | None, body: bytes) -> Decoded | Bad:
    """Reads one event in binary mode whose attributes are decoded already."""
    if (misplaced := {"data", "datacontenttype"} & attributes.keys()) != set():
        text = said(
            "`ce-{misplaced}` is no attribute in binary mode: the media type goes into Content-Type",
            misplaced=min(misplaced),
        )
        return _bad_binary(attributes, content_type, body, Problem("invalid-cloudevent", text))
    problem = _media_problem(content_type)
    if problem is None and body and media_of(content_type) == "json":
        _, problem = decode_exactly(body)
    if problem is None:
        try:
            together = binary_attributes(attributes, content_type, body)
            problem = attributes_problem(together) or (NUL if b"\0" in body and "\0" in str(together["data"]) else None)
        except (ValueError, LookupError):
            problem = Problem(
                "invalid-cloudevent", said("the body is not what `{content_type}` says", content_type=content_type)
            )
    if problem is not None:
        return _bad_binary(attributes, content_type, body, problem)
    id, source = attributes["id"], attributes["source"]
    return Decoded(id, source, event_key(source, id), body, attributes, content_type)


_NOT_UTF8: Final = Problem("invalid-cloudevent", said("a `ce-` header is not percent-encoded UTF-8"))


def _bad_binary(attributes: dict[str, str], content_type: str | None, body: bytes, problem: Problem) -> Bad:
    id, source = attributes.get("id"), attributes.get("source")
    return Bad(body, problem.slug, problem.text, id, source, attributes, content_type)


_QUOTED_PAIR: Final = re.compile(r"\\(.)")


def header_value(value: str) -> str:
    """Gives a header's value as text: double quotes undone, then one round of percent-decoding (HTTP binding §3.1.3.2).
    Raises ValueError when the bytes are no UTF-8."""
    if len(value) >= 2 and value[0] == value[-1] == '"':
        value = _QUOTED_PAIR.sub(r"\1", value[1:-1])
    if value.isascii() and "%" not in value:
        return value
    return unquote_to_bytes(value.encode("latin-1")).decode()


def _unpack(attributes: dict[str, Any]) -> Problem | None:
    encoded = attributes["data_base64"]
    if attributes.get("data") is not None:
        return Problem("invalid-cloudevent", said("`data` and `data_base64` exclude each other: leave one of them out"))
    if encoded is not None and type(encoded) is not str:
        return Problem("invalid-cloudevent", said("`data_base64` is text in base64"))
    content_type = attributes.get("datacontenttype")
    if content_type is not None and type(content_type) is not str:
        return attribute_problem("datacontenttype", content_type)
    if (problem := _media_problem(content_type)) is not None:
        return problem
    try:
        body = base64.b64decode(encoded or "", validate=True)
        if body and content_type and media_of(content_type) == "json":
            _, problem = decode_exactly(body)
        if problem is None:
            unpack_base64(attributes)
    except (ValueError, LookupError):
        return Problem("invalid-cloudevent", said("`data_base64` is no base64 of what `datacontenttype` says"))
    return problem


CHARSETS: Final = frozenset(
    (
        *("utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "latin1", "latin-1"),
        *(f"iso-8859-{number}" for number in range(1, 17)),
        *(f"windows-{number}" for number in range(1250, 1259)),
    )
)
"""The charsets that text may be written in: those whose cost is in proportion to the text. A name from outside chooses no code
of Python's."""


def _media_problem(content_type: str | None) -> Problem | None:
    if content_type is None or media_of(content_type) != "text":
        return None
    charset = charset_of(content_type).lower()
    if charset in CHARSETS:
        return None
    return Problem(
        "invalid-cloudevent",
        said("text in the charset {charset!r} is not read: send UTF-8", charset=quoted(charset[:40], said("a text"))),
    )


def _text(attributes: dict[str, Any], name: str) -> str | None:
    """Gives an attribute to name a bad event by in the answer, cut to LONGEST_NAME letters; None where it is no text."""
    value = attributes.get(name)
    return value[:LONGEST_NAME] if type(value) is str else None
