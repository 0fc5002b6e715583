"""The state of the store as `/readyz` shows it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from services.api.shapes import Known, Moment


class TimeHeld(TypedDict):
    by: Literal["body", "queue", "kafka", "outage", "clock"]
    why: str
    seconds: int
    waiting: Annotated[list[str], Field(description="The contracts whose time waits; empty where that of all does.")]


class FileAwaited(TypedDict):
    contract: str
    source: str
    expected_by: Annotated[Moment, Field(description="When the next file comes; later the source is silent.")]
    until: Annotated[Moment, Field(description="When time goes on without it.")]


class Ready(Known):
    ready: Literal[True]
    time_held: Annotated[TimeHeld | None, Field(description="What keeps time from passing, and for how long.")]
    files_awaited: Annotated[list[FileAwaited], Field(description="The contracts whose time waits for a file.")]
    behind: Annotated[int, Field(description="Entries that are stored and not judged yet.")]
