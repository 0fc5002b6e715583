"""The findings of the models as problems: the place, the path, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from domain.saying import heard, said
from domain.terms import KINDS
from services.contract_files.documents import Document, Path, Problem
from services.contract_files.model_base import TAG
from services.contract_files.scalars import Complaint
from services.contract_files.suggesting import did_you_mean, one_of, shown

Pair = tuple[str, str | None]
"""What is wrong, and what would be right; None where nothing more is to be said."""


def problem(document: Document, model: type[BaseModel], error: ErrorDetails) -> Problem:
    """One line for one finding."""
    located = error["loc"]
    path = _path(located)
    if error["type"] == "missing":
        holder = path[:-1]
        what = said("the key “{key}” is missing", key=path[-1])
        found = document.problem(holder, what, _meaning(model, located))
        found.path = path
        return found
    if error["type"] == "extra_forbidden":
        unknown = _unknown_key(document, model, located, path)
        return document.problem(path, *unknown, of_key=True)
    if error["type"] == "kind":
        return _kind_problem(document, path, error["input"])
    pair = _said(error)
    return document.problem(path, *pair, of_key="[key]" in located)


def _path(located: tuple[str | int, ...]) -> Path:
    """The path in the document: without the tags of unions and pydantic's mark for keys."""
    return tuple(part for part in located if isinstance(part, int) or not (part.startswith(TAG) or part == "[key]"))


def _said(error: ErrorDetails) -> Pair:
    context: Mapping[str, Any] = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, Complaint):
        return cause.what, cause.mend
    value = error["input"]
    if value is None:
        return said("the key has no value"), said("give one, or leave the key out")
    match error["type"]:
        case "shape":
            return said("{value} is not what stands here", value=shown(value)), heard(error["msg"])
        case "model_type" | "dict_type" | "model_attributes_type":
            return said("must be a set of keys, not {value}", value=shown(value)), None
        case "list_type":
            return said("must be a list, not {value}", value=shown(value)), said("such as [one, another]")
        case "bool_type" | "bool_parsing":
            return said("must be true or false, not {value}", value=shown(value)), None
        case "string_type":
            return said("must be a text, not {value}", value=shown(value)), said("quote it")
        case "too_short" if (least := context["min_length"]) > 1:
            return said("{count:,} are too few", count=context["actual_length"]), said(
                "at least {least:,}", least=least
            )
        case "too_short":
            return said("there is nothing in it"), said("give at least one")
        case "too_long":
            most = said("at most {most:,}", most=context["max_length"])
            if not isinstance(value, list | dict):
                return said("so many are too many"), most
            return said("{count:,} are too many", count=len(value)), most

        case "string_too_short" | "string_too_long":
            return said("{value} is not one sign", value=shown(value)), None
        case "string_pattern_mismatch":
            return said("{value} is not a language", value=shown(value)), said("two small letters such as en or fr")
        case "literal_error":
            return _not_one_of(value, context["expected"])
    return said("{value} cannot stand here", value=shown(value)), None


def _not_one_of(value: object, expected: str) -> Pair:
    known = [part.strip("'") for part in expected.replace(" or ", ", ").split(", ")]
    if isinstance(value, str):
        try:
            one_of(value, known, said("known here"))
        except Complaint as complaint:
            return complaint.what, complaint.mend
    return said("{value} is not known here", value=shown(value)), ", ".join(known)


def _kind_problem(document: Document, path: Path, value: object) -> Problem:
    if not isinstance(value, dict):
        return document.problem(
            path, said("must be a set of keys, not {value}", value=shown(value)), said("such as {kind: punctuality, …}")
        )
    if "kind" not in value:
        return document.problem(path, said("the key “kind” is missing"), said("one of {kinds}", kinds=", ".join(KINDS)))
    kind = value["kind"]
    inside = (*path, "kind")
    if not isinstance(kind, str):
        return document.problem(
            inside, said("must be a text, not {kind}", kind=shown(kind)), said("one of {kinds}", kinds=", ".join(KINDS))
        )
    suggestion = did_you_mean(kind, KINDS)
    available = said("available: {kinds}", kinds=", ".join(KINDS))
    return document.problem(
        inside,
        said("unknown kind “{kind}”", kind=kind),
        said("{suggestion} {available}", suggestion=suggestion, available=available) if suggestion else available,
    )


def _unknown_key(document: Document, model: type[BaseModel], located: tuple[str | int, ...], path: Path) -> Pair:
    key = str(path[-1])
    holder = _model_at(model, located[:-1])
    known = [field.alias or name for name, field in holder.model_fields.items()] if holder else []
    free = [name for name in known if (*path[:-1], name) not in document.keys]
    return said("unknown key “{key}”", key=key), did_you_mean(key, free) or said(
        "also known here: {free}", free=", ".join(free) or said("nothing else")
    )


def _meaning(model: type[BaseModel], located: tuple[str | int, ...]) -> str | None:
    """The description of a missing key."""
    holder = _model_at(model, located[:-1])
    if holder is None:
        return None
    for name, field in holder.model_fields.items():
        if (field.alias or name) == located[-1]:
            description = field.description or ""
            return said(
                "{key}: {meaning}", key=located[-1], meaning=heard(f"{description[:1].lower()}{description[1:]}")
            )
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
