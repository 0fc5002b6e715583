"""`/v1/explain`."""

from __future__ import annotations

from typing import Protocol

from fastapi import APIRouter

from services.access import Principal
from services.api.answers import JsonAnswer, Name, problems
from services.api.ports import Api
from services.explaining.shapes import WhyFigureInWords, WhyOccurrenceInWords
from services.figures.api import AsOf, BelievedAt, contract_of, moments
from services.seeing.seen import Seen


class Explain(Protocol):
    """Why an occurrence has its verdict or, without a key, why the figures of a period, or of the one under way, are what they are."""

    def __call__(
        self, seen: Seen, commitment: str, key: str | None, period: str | None, /
    ) -> WhyOccurrenceInWords | list[WhyFigureInWords]: ...


def add_explaining(router: APIRouter, api: Api, why: Explain) -> None:
    asked = api.who

    @router.get(
        "/explain",
        tags=["figures"],
        response_model=WhyOccurrenceInWords | list[WhyFigureInWords],
        responses=problems(404, 503),
    )
    def explain(
        commitment: Name,
        key: Name | None = None,
        period: Name | None = None,
        as_of: AsOf = None,
        believed_at: BelievedAt = None,
        who: Principal = asked,
    ) -> JsonAnswer:
        """Why: with `key`, of an occurrence its verdict (rule, due time, the events that decided it, what would have changed
        it); without, of the figures of `period`, or of the one under way, how each is put together."""
        with api.seen_at(who, *moments(as_of, believed_at), contract_of(commitment)) as seen:
            return JsonAnswer(why(seen, commitment, key, period))
