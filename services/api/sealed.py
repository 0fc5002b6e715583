"""How what is sealed of an entry stands, in JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from services.api.shapes import Moment
from services.api.showing import moment_json
from services.history.opener import Standing


class Sealed(TypedDict):
    """How what is sealed stands. `unknown`: here are no keys, or not those."""

    state: Literal["kept", "erased", "unknown"]
    at: Annotated[Moment | None, Field(description="When it was erased.")]


def sealed_json(standing: Standing | None) -> Sealed | None:
    """None where nothing is sealed."""
    if standing is None:
        return None
    return {"state": standing.state, "at": moment_json(standing.at, None) if standing.at is not None else None}
