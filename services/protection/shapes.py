"""What is said about people, who looked, and what is kept where, as the API shows it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from services.access_log import OfHistory, Sort
from services.api.sealed import Sealed
from services.api.shapes import Moment


class PersonalValue(TypedDict):
    path: Annotated[str, Field(examples=["data.requester.name"])]
    value: Annotated[Any, Field(description="Whatever stood there.")]


class Personal(TypedDict):
    """What an event said about people."""

    position: int
    source: str
    id: str
    type: str
    time: Moment
    service: Annotated[str, Field(description="Whose the source is; its people may look, and each look is noted.")]
    sealed: Sealed
    values: Annotated[
        list[PersonalValue], Field(description="All that is not clear; nothing where it cannot be opened.")
    ]


class Logged(TypedDict):
    """What somebody did within one hour."""

    hour: Moment
    last: Moment
    sort: Sort | OfHistory
    person: str
    service: Annotated[str, Field(description="For which, or by which office; of what was read alone.")]
    about: str
    address: str
    times: int


class KeptPlace(TypedDict):
    what: str
    where: str
    until: str
    is_erased: Annotated[bool, Field(description="Whether forgetting somebody takes it out there.")]


class KeptMonth(TypedDict):
    """What is kept sealed of one source and month."""

    source: str
    month: Annotated[str, Field(examples=["2026-03"])]
    subjects: int
    stored_in: Annotated[str | None, Field(description="Where the tool itself keeps it, as its service says.")]
    retention: Annotated[str | None, Field(examples=["P24M"])]
    until: Annotated[Moment | None, Field(description="When the keys of the month go; null: nobody says.")]
    declared: Annotated[bool, Field(description="Whether its service still declares it personal.")]


class KeptWhere(TypedDict):
    places: list[KeptPlace]
    sealed: list[KeptMonth]
