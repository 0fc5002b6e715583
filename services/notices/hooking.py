"""A letter as the body of a webhook: a CloudEvent, or what a chat's incoming hook takes (the templates beside, in `chats`)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

from domain.times import show
from services.notices.carrying import Packet, Written
from services.notices.outbox import LetterRow

Form = Literal["cloudevent", "slack", "mattermost", "teams", "ntfy"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)
EVENT_TYPE: Final = "entente.notice"
_PLACES: Final = re.compile(r"\{\{(title|text|link|topic)\}\}")
MOST_TEXT: Final = 3_000
"""Characters of the text that chats take."""


def packet(letter: LetterRow, written: Written, *, source: str, to: str, secret: str, form: str) -> Packet:
    """`source`: the address of the pages, of which the event comes."""
    name = f"msg_{letter.id}"
    if form == "cloudevent":
        body = json.dumps(_event(letter, written, source), ensure_ascii=False).encode()
        return Packet(name, to, body, secret, "application/cloudevents+json")
    topic = urlsplit(to).path.strip("/").rpartition("/")[2]
    values = {"title": written.subject, "text": written.text[:MOST_TEXT].strip(), "link": source, "topic": topic}
    body = json.dumps(_filled(_template(form), values), ensure_ascii=False).encode()
    return Packet(name, to, body, secret, "application/json")


def _event(letter: LetterRow, written: Written, source: str) -> dict[str, Any]:
    """CloudEvents 1.0 in structured mode; nothing typed by people but titles."""
    data = {"kind": letter.kind, "person": letter.person, "language": written.language, "title": written.subject}
    return {
        "specversion": "1.0",
        "id": letter.id,
        "source": source or "urn:entente",
        "type": EVENT_TYPE,
        "time": show(letter.made),
        "datacontenttype": "application/json",
        "data": {**data, "text": written.text},
    }


@cache
def _template(form: str) -> Any:
    return json.loads(files("services.notices").joinpath("chats", f"{form}.json").read_text("utf-8"))


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    """Texts are put in as texts: nothing in them becomes part of the JSON."""
    if isinstance(template, dict):
        return {name: _filled(one, values) for name, one in template.items()}
    if isinstance(template, list):
        return [_filled(one, values) for one in template]
    return _PLACES.sub(lambda found: values[str(found.group(1))], template) if isinstance(template, str) else template
