"""What stands in a pack, as tables for docs/pack.md, from its one declaration: `python -m tests.docs.pack_tables` prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter

from services.reviews.pack_shapes import Pack, Signing

Schema = dict[str, Any]


def shapes() -> dict[str, Schema]:
    """Those that a pack and what is signed are made of, by name, in the order in which one leads to another."""
    found: dict[str, Schema] = {}
    for root in (Pack, Signing):
        schema: Schema = TypeAdapter(root).json_schema(mode="serialization")
        inside: dict[str, Schema] = schema.get("$defs", {})
        waiting = [schema]
        while waiting:
            one = waiting.pop(0)
            if one["title"] not in found:
                found[one["title"]] = one
                waiting += [inside[name] for field in one["properties"].values() for name in named(field)]
    return found


def named(field: Schema) -> list[str]:
    """The shapes that a field is of."""
    if "$ref" in field:
        return [field["$ref"].rpartition("/")[2]]
    parts = [*field.get("anyOf", ()), *field.get("oneOf", ()), field.get("items"), field.get("additionalProperties")]
    return [name for part in parts if isinstance(part, dict) for name in named(part)]


WORDS = {"string": "text", "integer": "number", "number": "number", "boolean": "true or false", "null": "null"}


def form(field: Schema) -> str:
    """What a field holds."""
    if names := named({"$ref": field["$ref"]} if "$ref" in field else {}):
        return f"[{names[0]}](#{names[0].lower()})"
    if some := field.get("anyOf", field.get("oneOf")):
        return " or ".join(map(form, some))
    if "items" in field:
        return f"list: {form(field['items'])}"
    if isinstance(field.get("additionalProperties"), dict):
        return f"by name: {form(field['additionalProperties'])}"
    return {"date-time": "moment", "date": "day"}.get(field.get("format", ""), WORDS[field["type"]])


def tables() -> Iterator[str]:
    """One for each shape, under its name."""
    for name, shape in shapes().items():
        rows = [f"| `{id}` | {form(field)} | {field['description']} |" for id, field in shape["properties"].items()]
        yield "\n".join(
            [f"### {name}\n", f"{shape['description']}\n", "| field | holds | says |", "|---|---|---|", *rows]
        )


FRENCH = {"text": "texte", "number": "nombre", "day": "jour", "true": "vrai", "false": "faux", "list:": "liste :",
          "by name:": "par nom :", "or": "ou"}  # fmt: skip


def in_french(form: str) -> str:
    """What a field holds, in the words of the page in French."""
    return re.sub(r"by name:|list:|[a-z]+", lambda word: FRENCH.get(word[0], word[0]), form)


if __name__ == "__main__":
    print("\n\n".join(tables()))
