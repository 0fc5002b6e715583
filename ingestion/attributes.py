"""The check that a dictionary of attributes is a CloudEvent that Entente takes (CloudEvents 1.0 §3, INTERFACE §2)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from domain.saying import quoted, said
from domain.times import NotATime, TimeWithoutOffset, instant
from ingestion.json_problems import Problem

LONGEST_NAME: Final = 512
"""Bytes in UTF-8 of `id`, `source`, `type`, `subject`, `voids`, `replaces`: they become keys of databases."""

_ATTRIBUTE_NAME: Final = re.compile(r"[a-z0-9]{1,100}")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_REQUIRED: Final = ("id", "source", "type")
_NAMES: Final = frozenset((*_REQUIRED, "subject", "voids", "replaces"))
_TYPES_OF: Final[Mapping[str, tuple[type, ...]]] = {"datacontenttype": (), "dataschema": (), "sequence": (int,)}
"""The types beside text that an attribute may have; an extension that is not named here may be a number or a truth."""
_KNOWN: Final = frozenset((*_REQUIRED, "subject", "time", "specversion", "data"))
_KNOWN_WITH_MEDIA: Final = _KNOWN | {"datacontenttype"}


def attributes_problem(attributes: dict[str, Any]) -> Problem | None:
    """Says what keeps these attributes from being an event, if anything does. The order is that of a reader's surprise."""
    if not _is_plainly_named(attributes):
        for name in _REQUIRED:
            if (problem := _name_problem(name, attributes.get(name))) is not None:
                return problem
        subject = attributes.get("subject")
        if subject is not None and (problem := _name_problem("subject", subject)) is not None:
            return problem
    if attributes.get("specversion") != "1.0":
        return Problem(
            "invalid-cloudevent", said('`specversion` is {get}: send "1.0"', get=_shown(attributes.get("specversion")))
        )
    problem = _time_problem("time", attributes.get("time"))
    if problem is not None:
        return problem
    return None if _has_no_extension(attributes) else _extension_problem(attributes)


def _has_no_extension(attributes: dict[str, Any]) -> bool:
    """True when the event, as most do, has no attribute left to look at but perhaps a media type."""
    if _KNOWN.issuperset(attributes):
        return True
    media = attributes.get("datacontenttype")
    return type(media) is str and media.isprintable() and _KNOWN_WITH_MEDIA.issuperset(attributes)


def _is_plainly_named(attributes: dict[str, Any]) -> bool:
    """A quick look at all names together, which tells for nearly all events that none of them has a problem."""
    try:
        id, source, type_ = attributes["id"], attributes["source"], attributes["type"]
        subject = attributes.get("subject", "-")
        names = "".join((id, source, type_, subject))
    except (KeyError, TypeError):
        return False
    is_each_there = id and source and type_ and subject
    return bool(is_each_there) and len(names) <= LONGEST_NAME and names.isascii() and names.isprintable()


def _name_problem(name: str, value: object) -> Problem | None:
    """Says what is wrong with a text that is to name something: it is not empty, no longer than a database's key, and holds no
    control characters."""
    if value is None:
        return Problem("invalid-cloudevent", said("`{name}` is missing: every event needs one", name=name))
    if type(value) is not str or not value:
        return Problem(
            "invalid-cloudevent",
            said("`{name}` is {value}: send a text that is not empty", name=name, value=_shown(value)),
        )
    if len(value) > LONGEST_NAME or (not value.isascii() and len(value.encode("utf-8", "replace")) > LONGEST_NAME):
        return Problem(
            "invalid-cloudevent",
            said(
                "`{name}` is longer than {longest_name} bytes: send a shorter one", name=name, longest_name=LONGEST_NAME
            ),
        )
    if not value.isprintable() and _CONTROL.search(value):
        return Problem("invalid-cloudevent", said("`{name}` holds a control character: take it out", name=name))
    return None


def _time_problem(name: str, value: object) -> Problem | None:
    if value is None:
        return Problem("invalid-cloudevent", said("`{name}` is missing: say when it happened, with offset", name=name))
    try:
        if type(value) is str:
            instant(value)
            return None
    except TimeWithoutOffset:
        return Problem(
            "time-without-offset",
            said("`{name}` is {value}: add Z or an offset such as +01:00", name=name, value=_shown(value)),
        )
    except NotATime:
        pass
    return Problem(
        "invalid-cloudevent",
        said("`{name}` is {value}: send a time such as 2026-03-10T11:58:00Z", name=name, value=_shown(value)),
    )


def _extension_problem(attributes: dict[str, Any]) -> Problem | None:
    for name, value in attributes.items():
        if name in _KNOWN or value is None:
            continue
        if _ATTRIBUTE_NAME.fullmatch(name) is None:
            text = said(
                "{name} is no attribute's name: use a-z and 0-9, or put the value under `data`", name=_shown(name)
            )
            return Problem("invalid-cloudevent", text)
        problem = attribute_problem(name, value)
        if problem is not None:
            return problem
    return None


def attribute_problem(name: str, value: object) -> Problem | None:
    """Says what is wrong with an optional attribute or an extension, which is a text, a whole number or a truth value."""
    if name in _NAMES:
        return _name_problem(name, value)
    if name == "recordedtime":
        return _time_problem(name, value)
    if type(value) is str:
        if not value.isprintable() and _CONTROL.search(value):
            return Problem("invalid-cloudevent", said("`{name}` holds a control character: take it out", name=name))
        return None
    if type(value) in _TYPES_OF.get(name, (int, bool)):
        return None
    what = (
        said("a text")
        if name in _TYPES_OF
        else said("a text, a whole number or true/false (put anything else under `data`)")
    )
    return Problem(
        "invalid-cloudevent", said("`{name}` is {value}: send {what}", name=name, value=_shown(value), what=what)
    )


def _shown(value: object) -> str:
    """Shows a value as it may stand in a sentence: as JSON, cut to 60 letters."""
    if value is None:
        return said("missing")
    text = json.dumps(value, ensure_ascii=False, default=str)
    return quoted(text if len(text) <= 60 else text[:57] + "…", _kind(value))


def _kind(value: object) -> str:
    match value:
        case str():
            return said("a text")
        case bool():
            return said("true or false")
        case int() | float() | Decimal():
            return said("a number")
    return said("an array") if isinstance(value, list) else said("an object")
