"""`/openapi.json` as OpenAPI 3.1 has it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI


def describe(app: FastAPI) -> None:
    """Describes a stream as a text in the app's OpenAPI 3.1: `itemSchema`, which the framework says, is of 3.2."""
    made = app.openapi

    def described() -> dict[str, Any]:
        found = made()
        for content in _contents(found):
            if content.pop("itemSchema", None) is not None:
                content["schema"] = {"type": "string", "description": "server-sent events"}
        return found

    app.openapi = described  # type: ignore[method-assign]


def _contents(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        content
        for operations in found["paths"].values()
        for operation in operations.values()
        for response in operation.get("responses", {}).values()
        for content in response.get("content", {}).values()
    ]
