"""Services and sources as the API shows them."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from services.api.shapes import Title


class Person(TypedDict):
    id: str
    name: str
    email: str | None


class Source(TypedDict):
    source: str
    expected_every: str | None
    by: Literal["files"] | None


class Service(TypedDict):
    id: str
    title: Title
    external: bool
    part_of: str | None
    people: list[Person]
    sources: list[Source]
