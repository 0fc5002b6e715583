"""CloudEvents from Kafka messages: binary and structured mode (CloudEvents Kafka binding 1.0.2 §3).

The key places a message in a partition (producers use the subject); it says nothing about the event and is not read.
A message without `ce_` headers and without content type is taken as structured mode: many producers know no headers.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Final, Protocol

from domain.saying import said
from ingestion.cloudevents import STRUCTURED, Bad, Decoded, decode_attributes, decode_structured
from ingestion.json_problems import Problem
from ingestion.strict_json import LARGEST_EVENT, too_large

CONTENT_TYPE: Final = "content-type"
PREFIX: Final = "ce_"
KILLS: Final = "kills-the-worker"

Header = tuple[str, bytes | None]

_STRUCTURED: Final = [(CONTENT_TYPE, STRUCTURED.encode())]
"""The headers of nearly all messages in structured mode."""


class Message(Protocol):
    """The part of a record of kafka-python that is read."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[Header]: ...


def is_tombstone(message: Message) -> bool:
    """A key without a value says that a topic which is compacted may forget the key: it tells of no event. In binary mode an
    event may have no data."""
    return message.value is None and not any(name.startswith(PREFIX) for name, _ in message.headers)


def decode_message(message: Message) -> Decoded | Bad:
    """The event, or why it is none. Nothing here raises for what somebody else sent."""
    value = message.value or b""
    headers = message.headers
    if headers == _STRUCTURED:
        return decode_structured(value)
    size = len(value) + sum(len(name) + len(content or b"") for name, content in headers)
    read = _read(headers) if size <= LARGEST_EVENT else too_large(size)
    if isinstance(read, Problem):
        return _bad(message, read.slug, read.text)
    content_type, attributes = read
    if content_type is not None and content_type.startswith("application/cloudevents"):
        return _structured(message, value, content_type)
    if attributes:
        return decode_attributes(attributes, content_type, value)
    if content_type is None:
        return decode_structured(value)
    return _bad(
        message,
        "invalid-cloudevent",
        said(
            "`{content_type}` without `ce_` headers: send {structured}, or headers",
            content_type=content_type,
            structured=STRUCTURED,
        ),
    )


def _read(headers: Sequence[Header]) -> tuple[str | None, dict[str, str]] | Problem:
    """Gives the content type, and the attributes by their names without `ce_`; else what is wrong with a header. Other headers are
    not looked at."""
    attributes: dict[str, str] = {}
    content_type: str | None = None
    for name, content in headers:
        is_type = name.lower() == CONTENT_TYPE
        if not is_type and not name.startswith(PREFIX):
            continue
        try:
            text = (content or b"").decode()
        except UnicodeDecodeError:
            return Problem("invalid-cloudevent", said("the header `{name}` is no UTF-8", name=name))
        if is_type:
            content_type = text
        elif name[3:] in attributes:
            return Problem(
                "duplicate-key", said("the header `{name}` is there twice: leave one of them out", name=name)
            )
        else:
            attributes[name[3:]] = text
    return content_type, attributes


def _structured(message: Message, value: bytes, content_type: str) -> Decoded | Bad:
    essence, _, parameters = content_type.lower().partition(";")
    if essence.strip() != STRUCTURED:
        return _bad(
            message,
            "unsupported-media-type",
            said(
                "`{content_type}` is not read from Kafka: send {structured}",
                content_type=content_type,
                structured=STRUCTURED,
            ),
        )
    charset = parameters.partition("charset=")[2].partition(";")[0].strip().strip('"')
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        return _bad(message, "unsupported-media-type", f"`{content_type}`: send UTF-8")
    return decode_structured(value)


def untouched(message: Message, attempts: int) -> Bad:
    """Sets aside, as it is, a message whose reading has ended the process."""
    return _bad(
        message,
        KILLS,
        said("{attempts} attempts to read it ended with the worker's process: look at its bytes", attempts=attempts),
    )


def place_of(message: Message) -> dict[str, Any]:
    """Tells where a message stood, as it is noted with what is set aside. Key and headers are base64: they are any bytes."""
    headers = [[name, None if content is None else _base64(content)] for name, content in message.headers]
    key = None if message.key is None else _base64(message.key)
    return {
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "key": key,
        "headers": headers,
    }


def _bad(message: Message, slug: str, problem: str) -> Bad:
    """Sets the message aside with its attributes as far as they can be read, so that it can be sent through the door again."""
    attributes: dict[str, str] = {}
    content_type: str | None = None
    for name, content in message.headers:
        text = (content or b"").decode(errors="backslashreplace")
        if name.lower() == CONTENT_TYPE:
            content_type = text
        elif name.startswith(PREFIX):
            again = name[3:] in attributes
            attributes[name if again else name[3:]] = text
    id, source = attributes.get("id"), attributes.get("source")
    return Bad(message.value or b"", slug, problem, id, source, attributes or None, content_type)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
