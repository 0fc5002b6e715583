"""What somebody who connects a tool copies: an event of a source, and the ways by which it is sent, with the names of this program."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from dashboards.pages.house.given import Doors, Hook, Topic
from services.contract_files import as_file

VARIABLE: Final = "ENTENTE_KEY"
"""The variable of a shell that holds the access key, so that no command that is shown does."""
MEDIA: Final = "application/cloudevents+json"


@dataclass(frozen=True, slots=True)
class WaysIn:
    """The event as it is sent, and by way what is copied: a command, settings, a mapping. `hooks`: the addresses that tools of the
    source may call."""

    event: str
    curl: str
    topic: Topic | None
    kafka: str
    hooks: tuple[str, ...]
    mapping: str
    mapping_name: str
    file: str


def ways_in(event: Mapping[str, Any], service: str, here: str, doors: Doors, *, with_key: bool) -> WaysIn:
    """`here`: where the program is asked, for what `doors` does not say. `with_key`: whether who sends has to come with one."""
    address = doors.address or here
    text = json.dumps(event, ensure_ascii=False, indent=2, default=_exactly)
    name = mapping_name(str(event["source"]))
    return WaysIn(
        event=text,
        curl=_curl(address, text, with_key=with_key),
        topic=_topic_of(doors.topic, service),
        kafka=_kafka(doors.topic) if doors.topic is not None else "",
        hooks=tuple(f"{address}/v1/webhooks/{one.name}" for one in doors.hooks if _is_of(one, event, service)),
        mapping=_mapping(event, service, name),
        mapping_name=f"{address}/v1/webhooks/{name}",
        file=f"entente import {name}.jsonl",
    )


def mapping_name(source: str) -> str:
    """A name for the mapping of a source: its letters and digits, with hyphens between."""
    return re.sub(r"[^a-z0-9]+", "-", source.casefold()).strip("-")[:60] or "tool"


def _exactly(value: object) -> Any:
    """Numbers that are not whole as JSON writes them."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"no value of an event: {value!r}")


def _curl(address: str, event: str, *, with_key: bool) -> str:
    """A command for a shell; an apostrophe of the event ends its text, and begins it again."""
    quoted = event.replace("'", "'\\''")
    key = f'  -H "Authorization: Bearer ${VARIABLE}" \\\n' if with_key else ""
    return f"curl {address}/v1/events \\\n{key}  -H 'Content-Type: {MEDIA}' \\\n  -d '{quoted}'"


def _topic_of(topic: Topic | None, service: str) -> Topic | None:
    """The topic, where it is for whom it asks: one that is named for another service takes nothing of this one's."""
    return topic if topic is not None and topic.service in (None, service) else None


def _kafka(topic: Topic) -> str:
    lines = {
        "bootstrap.servers": topic.servers,
        "security.protocol": topic.security,
        **({"sasl.mechanism": topic.mechanism} if topic.mechanism else {}),
        "topic": topic.name,
        "header content-type": MEDIA,
    }
    return "\n".join(f"{name}={value}" for name, value in lines.items())


def _is_of(hook: Hook, event: Mapping[str, Any], service: str) -> bool:
    return event["source"] in hook.sources if hook.sources is not None else hook.service == service


def _mapping(event: Mapping[str, Any], service: str, name: str) -> str:
    """A mapping for the calls of a tool that says the same: what it calls its fields is for who writes it to say."""
    data = {
        key: {"number": f"{{{key}}}"}
        if isinstance(value, int | Decimal) and not isinstance(value, bool)
        else f"{{{key}}}"
        for key, value in event.get("data", {}).items()
        if not isinstance(value, dict)
    }
    made = {
        "type": event["type"],
        "source": event["source"],
        "id": "{id}",
        "subject": "{subject}",
        "time": "{time}",
        **({"data": data} if data else {}),
    }
    return as_file(
        {
            "entente": 1,
            "mapping": name,
            "read": {"format": "json"},
            "signed": "bearer",
            "service": service,
            "events": [made],
        }
    )
