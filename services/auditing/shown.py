"""Entries of the history as they are shown to those who may read it as it is: administrators and auditors."""

from __future__ import annotations

from typing import Any

import msgspec

from domain.saying import said
from domain.times import Instant, show
from services.access import Principal, Right
from services.api.sealed import sealed_json
from services.api.showing import content_json
from services.auditing import shapes
from services.errors import NotAllowed
from services.history import entries
from services.history.entries import FACTS, unpack
from services.history.history import Entry, History
from services.history.stored_events import binary_attributes
from services.sealing.reading import standing

_OF_THE_STREAM = frozenset({"originator_id", "originator_version", "originator_topic", "timestamp"})
_FRAME = frozenset({"received", "at", "by", "channel"})


def require_history(who: Principal) -> None:
    """Raises NotAllowed: the history as it is shows every contract to who reads it."""
    if not who.may(Right.AUDIT):
        raise NotAllowed(
            said("the history is for auditors to read"), mend=who.named_as(said("act as auditor or administrator"))
        )


def entry_json(history: History, entry: Entry) -> shapes.Entry:
    """`received` is when a fact came in, `at` when a decision was taken; `content` is all else that the entry says."""
    if entry.topic in FACTS:
        header, body = unpack(entry.state)
        content = _content(entry.topic, _without(header, _FRAME | {"sealed"}), body)
    else:
        header = vars(history.decode(entry))
        content = _without(header, _FRAME | _OF_THE_STREAM)
    return {
        "position": entry.position,
        "topic": entry.topic,
        "stream": str(entry.stream),
        "version": entry.version,
        "received": _moment(header.get("received")),
        "at": _moment(header.get("at")),
        "by": header.get("by"),
        "channel": header.get("channel"),
        "content": content,
        "sealed": sealed_json(standing(history, entry.state)) if entry.topic in FACTS else None,
    }


def _content(topic: str, said: dict[str, Any], body: bytes) -> Any:
    """One JSON object; an event is one itself: the very bytes received where it came as one."""
    match topic:
        case entries.EVENT if "attributes" in said:
            return binary_attributes(said["attributes"], said.get("datacontenttype"), body)
        case entries.EVENT:
            return msgspec.Raw(body)
        case entries.QUARANTINED:
            return {**said, **content_json(body)}
        case entries.TIME | entries.WAITS:
            return {**said, "time": _moment(said["time"])}
        case entries.OUTAGE | entries.OUTAGE_WITHDRAWN | entries.SPARED:
            return {**said, "from": _moment(said["from"]), "until": _moment(said["until"])}
    return said


def _without(said: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}


def _moment(instant: Instant | None) -> str | None:
    return None if instant is None else show(instant)
