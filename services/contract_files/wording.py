"""The findings of the models as problems: the place, the path, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from services.contract_files.documents import Document, Path, Problem
from services.contract_files.model_base import TAG
from services.contract_files.names import KINDS
from services.contract_files.scalars import Complaint
from services.contract_files.suggesting import did_you_mean, one_of, shown

Said = tuple[str, str | None]


def problem(document: Document, model: type[BaseModel], error: ErrorDetails) -> Problem:
    """One line for one finding."""
    located = error["loc"]
    path = _path(located)
    if error["type"] == "missing":
        holder = path[:-1]
        what, mend = f"the key “{path[-1]}” is missing", _meaning(model, located)
        return document.problem(holder, what, mend)
    if error["type"] == "extra_forbidden":
        what, mend = _unknown_key(document, model, located, path)
        return document.problem(path, what, mend, of_key=True)
    if error["type"] == "kind":
        return _kind_problem(document, path, error["input"])
    what, mend = _said(error)
    return document.problem(path, what, mend, of_key="[key]" in located)


def _path(located: tuple[str | int, ...]) -> Path:
    """The path in the document: without the tags of unions and pydantic's mark for keys."""
    return tuple(part for part in located if isinstance(part, int) or not (part.startswith(TAG) or part == "[key]"))


def _said(error: ErrorDetails) -> Said:
    context: Mapping[str, Any] = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, Complaint):
        return cause.what, cause.mend
    value = error["input"]
    if value is None:
        return "the key has no value", "give one, or leave the key out"
    match error["type"]:
        case "shape":
            return f"{shown(value)} is not what stands here", error["msg"]
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"must be a set of keys, not {shown(value)}", None
        case "list_type":
            return f"must be a list, not {shown(value)}", "such as [one, another]"
        case "bool_type" | "bool_parsing":
            return f"must be true or false, not {shown(value)}", None
        case "string_type":
            return f"must be a text, not {shown(value)}", "quote it"
        case "too_short":
            return "there is nothing in it", "give at least one"
        case "too_long":
            count = f"{len(value):,}" if isinstance(value, list | dict) else "so many"
            return f"{count} are too many", f"at most {context['max_length']:,}"
        case "string_too_short" | "string_too_long":
            return f"{shown(value)} is not one sign", None
        case "string_pattern_mismatch":
            return f"{shown(value)} is not a language", "two small letters such as en or fr"
        case "literal_error":
            return _not_one_of(value, context["expected"])
    return f"{shown(value)} cannot stand here", None


def _not_one_of(value: object, expected: str) -> Said:
    known = [part.strip("'") for part in expected.replace(" or ", ", ").split(", ")]
    if isinstance(value, str):
        try:
            one_of(value, known, "known here")
        except Complaint as complaint:
            return complaint.what, complaint.mend
    return f"{shown(value)} is not known here", ", ".join(known)


def _kind_problem(document: Document, path: Path, value: object) -> Problem:
    if not isinstance(value, dict):
        return document.problem(path, f"must be a set of keys, not {shown(value)}", "such as {kind: punctuality, …}")
    if "kind" not in value:
        return document.problem(path, "the key “kind” is missing", f"one of {', '.join(KINDS)}")
    kind = value["kind"]
    inside = (*path, "kind")
    if not isinstance(kind, str):
        return document.problem(inside, f"must be a text, not {shown(kind)}", f"one of {', '.join(KINDS)}")
    suggestion = did_you_mean(kind, KINDS)
    available = f"available: {', '.join(KINDS)}"
    return document.problem(inside, f"unknown kind “{kind}”", f"{suggestion} {available}" if suggestion else available)


def _unknown_key(document: Document, model: type[BaseModel], located: tuple[str | int, ...], path: Path) -> Said:
    key = str(path[-1])
    holder = _model_at(model, located[:-1])
    known = [field.alias or name for name, field in holder.model_fields.items()] if holder else []
    free = [name for name in known if (*path[:-1], name) not in document.keys]
    return f"unknown key “{key}”", did_you_mean(key, free) or f"also known here: {', '.join(free) or 'nothing else'}"


def _meaning(model: type[BaseModel], located: tuple[str | int, ...]) -> str | None:
    """The description of a missing key."""
    holder = _model_at(model, located[:-1])
    if holder is None:
        return None
    for name, field in holder.model_fields.items():
        if (field.alias or name) == located[-1]:
            description = field.description or ""
            return f"{located[-1]}: {description[:1].lower()}{description[1:]}"
    return None


def _model_at(model: type[BaseModel], located: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model whose keys stand at a location: follows fields by name, unions by tag, lists and mappings by nature."""
    held: Any = model
    for part in located:
        tagged = _tagged(held, part) if isinstance(part, str) and part.startswith(TAG) else None
        if tagged is not None:
            held = tagged
            continue
        candidates = list(_models_in(held))
        fields = [
            field for one in candidates for name, field in one.model_fields.items() if (field.alias or name) == part
        ]
        if len(candidates) == 1 and fields:
            held = [fields[0].annotation, *fields[0].metadata]
    found = list(_models_in(held))
    return found[0] if len(found) == 1 else None


def _tagged(held: Any, tag: str) -> Any:
    """The branch of a union that carries the tag."""
    for one in _parts(held):
        if any(getattr(argument, "tag", None) == tag for argument in getattr(one, "__metadata__", ())):
            return one
        if (found := _tagged(one, tag)) is not None:
            return found
    return None


def _models_in(held: Any) -> Iterator[type[BaseModel]]:
    if isinstance(held, type) and issubclass(held, BaseModel):
        yield held
        return
    for one in _parts(held):
        yield from _models_in(one)


def _parts(held: Any) -> tuple[Any, ...]:
    if isinstance(held, list):
        return tuple(held)
    return tuple(one for one in get_args(held) if not isinstance(one, str))
