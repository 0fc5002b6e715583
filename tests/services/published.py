"""Answers as they leave the program, held to the shapes that are published."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
from pydantic import TypeAdapter

from services.api.answers import JsonAnswer


def published(shape: Any, answer: object) -> Any:
    """The JSON of the answer; fails unless it is of that shape, with nothing that the shape does not name."""
    sent = json.loads(bytes(JsonAnswer(answer).body))
    jsonschema.Draft202012Validator(_closed(shape)).validate(sent)
    return sent


@cache
def _closed(shape: Any) -> dict[str, Any]:
    schema = TypeAdapter(shape).json_schema(mode="serialization")
    for one in (schema, *schema.get("$defs", {}).values()):
        if "properties" in one:
            one["additionalProperties"] = False
    return schema
