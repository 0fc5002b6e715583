"""Reminders as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from services.api.shapes import Note, Sent


class Reminder(TypedDict):
    """`service` reminds `debtor` of one occurrence."""

    id: str
    commitment: str
    key: str
    service: str
    debtor: str
    is_answered: bool
    reminded: list[Note]
    answers: list[Note]


class Reminding(Sent):
    commitment: str
    key: str
    text: Annotated[str, Field(max_length=10_000)] = ""
