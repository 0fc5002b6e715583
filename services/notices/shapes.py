"""Letters as the API shows them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from services.api.shapes import Moment
from services.notices.outbox import Channel, State


class LetterShown(TypedDict):
    """A letter with notices to somebody. Neither what it says nor the address that it goes to."""

    id: str
    channel: Channel
    person: str
    kind: Annotated[str, Field(description="morning, test, the kind of its notices, or several.")]
    notices: int
    made: Moment
    state: State
    tries: int
    why: Annotated[str, Field(description="Why it failed, or has not gone yet; empty otherwise.")]
    settled: Moment | None
