"""Effect checks as the API shows them (MEETING §5)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.effect import EffectVerdict, WhyIncomparable
from services.api.shapes import Day, Moment

SHARE = "With four places; null until both windows are whole."


EffectWindow = TypedDict(
    "EffectWindow", {"missed": int, "judged": int, "of": int, "from": Day | None, "to": Day | None}
)
"""`from`, `to`: the local days on which its first and its last unit stand."""


class FoundEffect(TypedDict):
    verdict: EffectVerdict
    position: int
    at: Moment


class Effect(TypedDict):
    action: str
    check: Annotated[
        int | None, Field(description="1 for its first closing, 2 where it was closed again; null until then.")
    ]
    verdict: EffectVerdict | None
    why: WhyIncomparable | None
    kept: bool | None
    after: EffectWindow | None
    before: EffectWindow | None
    between: list[str]
    trigger: str | None
    p_better: Annotated[str | None, Field(description=SHARE, examples=["0.2000"])]
    p_worse: Annotated[str | None, Field(description=SHARE, examples=["1.0000"])]
    at_most: Annotated[str | None, Field(description="Only where none was missed after.", examples=["0.2501"])]
    sure: Annotated[str | None, Field(examples=["90 %"])]
    shared_with: list[str]
    found: Annotated[FoundEffect | None, Field(description="What was found, which stays; null while it waits.")]
    position: int
    watermark: Moment | None
