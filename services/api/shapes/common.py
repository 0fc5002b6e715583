"""Texts, moments and numbers as the API shows them everywhere."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

Party = Literal["supplier", "client"]
Verdict = Literal["pending", "met", "late", "missing", "failed", "excused", "unknown"]
Moment = Annotated[str, Field(description="ISO 8601 with an offset", examples=["2026-03-10T12:58:00+01:00"])]
Day = Annotated[str, Field(description="YYYY-MM-DD", examples=["2026-03-10"])]
Title = Annotated[dict[str, str], Field(description='Texts by language; "" stands for every language.')]
ExcuseReason = Literal["client-fault", "supplier-fault", "force-majeure", "agreed-closure", "dependency", "other"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class Note(BaseModel):
    by: str
    at: Moment
    text: str


class Signature(BaseModel):
    party: Party
    service: str
    by: str
    at: Moment


Amount = int | float | None
"""Occurrences, or seconds of service time (exact, also where they are no whole number); None of a measure."""


class Share(BaseModel):
    good: Amount
    total: Amount
