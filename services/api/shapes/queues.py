"""What waits for people, matches by hand, services and the state of the store; as the API shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.api.shapes.common import Moment, Note, Party, Title


class Quarantined(BaseModel):
    id: str
    position: int
    received: Moment
    channel: str
    by: str
    slug: str
    problem: str
    origin: str
    state: Literal["waiting", "retried", "discarded"]
    size: int
    content: str
    encoding: Literal["utf-8", "base64"]


class SetAside(BaseModel):
    commitment: str
    by: str
    at: Moment
    text: str


class Unmatched(BaseModel):
    position: int
    source: str
    id: str
    type: str
    subject: str | None
    time: Moment
    commitments: list[str]
    reason: str
    asked: Annotated[list[str], Field(description="Matches by hand that wait for the other party's answer.")]
    set_aside: Annotated[
        list[SetAside], Field(description="Why it belongs nowhere, by commitment; only where that is asked for.")
    ]


class MatchNote(Note):
    verb: Literal["matched", "taken back", "accepted", "refused"]
    party: Party


class Match(BaseModel):
    """An event that a person matched to an occurrence. It counts while it is `matched` or `taking-back`."""

    id: str
    commitment: str
    event: Annotated[int, Field(description="Its position.")]
    key: str
    roles: list[str]
    state: Literal["asked", "matched", "refused", "taking-back", "taken-back"]
    waits_for: Annotated[
        str | None, Field(description="The service that is to answer, where a final period would change.")
    ]
    position: int
    notes: list[MatchNote]


class Candidate(BaseModel):
    commitment: str
    key: str
    due: Moment | None
    verdict: str | None


class UnmatchedEvent(BaseModel):
    position: int
    candidates: Annotated[list[Candidate], Field(description="What was open when it happened, the nearest first.")]
    matches: list[Match]


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


class Entry(BaseModel):
    position: int
    topic: Annotated[str, Field(examples=["entente.event", "entente.contract.signed"])]
    stream: str
    version: int
    received: Annotated[Moment | None, Field(description="When a fact came in.")]
    at: Annotated[Moment | None, Field(description="When a decision was taken.")]
    by: str | None
    channel: str | None
    content: dict[str, Any]


class Withdrawal(BaseModel):
    by: str
    at: Moment
    text: str
    position: int


class Outage(BaseModel):
    """Our own ingestion was down. `until` is excluded."""

    model_config = ConfigDict(populate_by_name=True)

    id: int
    start: Annotated[Moment, Field(alias="from")]
    until: Moment
    received: Moment
    by: str
    withdrawn: Withdrawal | None


class Known(BaseModel):
    """How far what is shown knows."""

    position: int
    watermark: Moment | None


class TimeHeld(BaseModel):
    by: Literal["body", "queue", "kafka", "outage", "clock"]
    why: str
    seconds: int
    waiting: Annotated[list[str], Field(description="The contracts whose time waits; empty where that of all does.")]


class FileAwaited(BaseModel):
    contract: str
    source: str
    expected_by: Annotated[Moment, Field(description="When the next file comes; later the source is silent.")]
    until: Annotated[Moment, Field(description="When time goes on without it.")]


class Ready(Known):
    ready: Literal[True]
    time_held: Annotated[TimeHeld | None, Field(description="What keeps time from passing, and for how long.")]
    files_awaited: Annotated[list[FileAwaited], Field(description="The contracts whose time waits for a file.")]
    behind: Annotated[int, Field(description="Entries that are stored and not judged yet.")]
