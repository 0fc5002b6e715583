"""Root causes and what repeats, as the API shows and takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.terms import Party
from services.api.shapes import Moment, Sent, Title
from services.contract_files.causes_terms import Doing


class Cause(TypedDict):
    id: str
    title: Title
    party: Doing
    list: str


class RepeatGroup(TypedDict):
    key: Annotated[str, Field(description="The root cause, or `deliverable/cause`.")]
    root_cause: str | None
    deliverable: str | None
    cause: str | None
    breaches: list[str]
    misses: int
    weight: str
    share: Annotated[str | None, Field(description="Of the weight of all groups, with four places.")]
    recurrences: int


class Repeats(TypedDict):
    """`few` groups, the first ones, make `few_misses` of all `misses`: at least three quarters."""

    contract: str
    since: Moment
    until: Moment | None
    groups: list[RepeatGroup]
    few: int
    few_misses: int
    misses: int
    position: int
    watermark: Moment | None


class Attributing(Sent):
    root_cause: Annotated[str, Field(max_length=300)]
    party: Annotated[Party | None, Field(description="For which party, where one acts for both.")] = None
