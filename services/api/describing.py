"""`/openapi.json` as OpenAPI 3.1 has it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI


def describe(app: FastAPI) -> None:
    """What the framework says of streams (`itemSchema`) is of OpenAPI 3.2: in 3.1 a stream is a text."""
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
