"""Errands as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from services.api.shapes import Note, Sent

THING = (
    "What waits: occurrence:COMMITMENT:KEY, breaches:COMMITMENT, action:ID, reminder:ID, excuse:ID, refusal:ID, "
    "version:CONTRACT/NUMBER, refused:CONTRACT/PROPOSAL, review:ID, mention:PERSON:SORT:ID@AT."
)
Thing = Annotated[str, Field(max_length=1_000, description=THING)]


class Errand(TypedDict):
    """`person`: who has it; null where it falls to whom it falls by itself."""

    id: str
    thing: Thing
    service: str
    person: str | None
    is_seen: bool
    handed: list[Note]


class Handing(Sent):
    thing: Thing
    person: Annotated[str, Field(max_length=300)]
    text: Annotated[str, Field(max_length=10_000)] = ""


class Seeing(Sent):
    thing: Thing
