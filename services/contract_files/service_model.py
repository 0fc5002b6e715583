"""The model of a service file (INTERFACE §1)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag

from domain.saying import said
from services.contract_files import bounds
from services.contract_files.leaves import (
    CountryText,
    DataPathText,
    DateText,
    Email,
    Id,
    Line,
    PersonId,
    RetentionText,
    RhythmText,
    SubjectText,
)
from services.contract_files.model_base import Strict, Title, by_shape, may, need


class PersonModel(Strict):
    """Somebody of the service."""

    id: PersonId = need("Such as anna.martin")
    name: Line = need("For people")
    email: Email = may("Where to write")
    from_: DateText = may("The first day, in the organisation's zone", alias="from")
    until: DateText = may("The last day")


class PersonalModel(Strict):
    """What is personal in the events of a tool."""

    subject: SubjectText = need("Where the id of whom an event is about stands")
    values: list[DataPathText] = need("What is sealed", min_length=1, max_length=bounds.PERSONAL)


ShownTo = Annotated[
    Annotated[Literal["everybody"], Tag("·text")]
    | Annotated[list[Id], Field(min_length=1, max_length=bounds.SHOWN_TO), Tag("·list")],
    by_shape(said("`everybody`, or a list of services")),
]


class SourceModel(Strict):
    """A tool of the service that sends events."""

    source: Line = need("The CloudEvents source")
    expected_every: RhythmText = may("How often it should send")
    by: Literal["files"] = may("How its events come, where time has to wait for them: in files")
    personal: PersonalModel = may("What is personal in its events; it is sealed, and can be forgotten")
    subject: Literal["personal"] = may("Says that `id` and `subject` of its events are personal")
    retention: RetentionText = may("How long what is sealed is kept, counted from the end of its month")
    stored_in: CountryText = may("The country in which the tool keeps its own data")
    shown_to: ShownTo = may("The services whose contracts may take its events, beside those of the service itself")


Heads = Annotated[
    Annotated[PersonId, Tag("·text")]
    | Annotated[list[PersonId], Field(min_length=1, max_length=bounds.HEADS), Tag("·list")],
    by_shape(said("a person's id, or a list of them")),
]


class ServiceModel(Strict):
    """A unit of the organisation, or an outside entity."""

    entente: Literal[1] = need("The version of the format")
    service: Id = need("The name of the service")
    title: Title = may("For people")
    external: bool = may("Outside the organisation")
    part_of: Id = may("The service that it belongs to")
    people: list[PersonModel] = may("Who works there", max_length=bounds.PEOPLE)
    head: Heads = may("Who signs for it: one of its people, or several")
    sources: list[SourceModel] = may("Its tools", max_length=bounds.SOURCES)
