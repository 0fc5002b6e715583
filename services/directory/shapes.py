"""Services and sources as the API shows and takes them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from services.api.shapes import Title


class Person(BaseModel):
    id: str
    name: str
    email: str | None


class Source(BaseModel):
    source: str
    expected_every: str | None
    by: Literal["files"] | None


class Service(BaseModel):
    id: str
    title: Title
    external: bool
    part_of: str | None
    people: list[Person]
    sources: list[Source]
