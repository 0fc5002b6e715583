"""`/v1/figures` and `/v1/occurrences`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request

from domain.saying import said
from services.access import Principal
from services.api.answers import (
    After,
    JsonAnswer,
    Limit,
    Name,
    Offset,
    Page,
    moment,
    page_after,
    page_of,
    problems,
    require_page,
)
from services.api.ports import Api
from services.api.showing import zone_of
from services.errors import Invalid
from services.figures.reading import Place, is_rolling, page_of_figures, read_figures, read_occurrences, read_slices
from services.figures.rows import FigureRow
from services.figures.shapes import Figure, Occurrence, Verdict
from services.figures.shown import figure_json, occurrence_json, slice_json
from services.history.entries import LAST_POSITION

AsOf = Annotated[str | None, Query(description="What is known now about that moment: ISO 8601 with an offset.")]
BelievedAt = Annotated[
    str | None, Query(description="What was shown then: a moment as in `as_of`, or a position of the history.")
]

Slice = Annotated[
    Name | None, Query(description="Cut by `weekday`, `hour`, or a field of data that a criterion names in `slices`.")
]


def add_figures(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/figures", tags=["figures"], response_model=list[Figure], responses=problems(404, 503))
    def list_figures(
        request: Request,
        contract: Name | None = None,
        commitment: Name | None = None,
        period: Name | None = None,
        slice: Slice = None,
        as_of: AsOf = None,
        believed_at: BelievedAt = None,
        limit: Page = None,
        after: After = None,
        who: Principal = asked,
    ) -> JsonAnswer:
        """Period figures: one per commitment, target and period, ascending; with `slice`, one per group of each."""
        require_page(limit, after)
        if limit is not None and slice is not None:
            raise Invalid(
                said("the groups of a slice come whole"),
                mend=said("leave out `limit`, or name a commitment and a period"),
            )
        named = contract or contract_of(commitment)
        with api.seen_at(who, *moments(as_of, believed_at), named) as seen:
            is_none = contract is not None and commitment is not None and contract_of(commitment) != contract
            if slice is not None and not is_none:
                cut = read_slices(seen, slice, contract=contract, commitment=commitment, period=period)
                catalogue = seen.catalogue
                return JsonAnswer([slice_json(row, zone_of(catalogue, row.figure.commitment) or "UTC") for row in cut])
            headers: dict[str, str] = {}
            asked_for = {"contract": contract, "commitment": commitment, "period": period}
            rows: Sequence[FigureRow] = ()
            if not is_none and limit is not None:
                rows = page_of_figures(seen, limit + 1, _place(after), **asked_for)
                rows, headers = page_after(request, rows, limit, _name)
            elif not is_none:
                rows = read_figures(seen, **asked_for)
            catalogue = seen.catalogue
            found = [figure_json(row, zone_of(catalogue, row.commitment) or "UTC") for row in rows]
            return JsonAnswer(found, headers=headers)

    _add_occurrences(router, api)


def _add_occurrences(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/occurrences", tags=["figures"], response_model=list[Occurrence], responses=problems(404, 503))
    def list_occurrences(
        request: Request,
        commitment: Name,
        period: Name | None = None,
        verdict: Verdict | None = None,
        as_of: AsOf = None,
        believed_at: BelievedAt = None,
        limit: Limit | None = None,
        offset: Offset = 0,
        who: Principal = asked,
    ) -> JsonAnswer:
        """The ledger of a commitment, by due time and key; all of it unless `limit` is given."""
        with api.seen_at(who, *moments(as_of, believed_at), contract_of(commitment)) as seen:
            most = limit + 1 if limit is not None else None
            rows = read_occurrences(seen, commitment, period=period, verdict=verdict, limit=most, offset=offset)
            zone = zone_of(seen.catalogue, commitment) or "UTC"
        shown, headers = page_of(request, rows, limit, offset=offset + (limit or 0))
        return JsonAnswer([occurrence_json(row, zone) for row in shown], headers=headers)


def _name(row: FigureRow) -> str:
    """Two periods of a target may have one name; a rolling window has one, wherever it starts."""
    name = f"{row.commitment}:{row.target_index}:{row.period}"
    return name if is_rolling(row.period) else f"{name}:{row.start}"


def _place(after: str | None) -> Place | None:
    """The place of a name. Raises Invalid."""
    if after is None:
        return None
    commitment, target, period, start = [*after.split(":"), "", "", ""][:4]
    if not (re.fullmatch("[0-9]{1,3}", target) and period and re.fullmatch("-?[0-9]{1,18}|", start)):
        raise Invalid(
            said("after: “{after}” names no figure", after=after), mend=said("follow the links of the answers")
        )
    return Place(commitment, int(target), period, int(start) if start else None)


def contract_of(commitment: str | None) -> str | None:
    """The contract that a commitment's id names."""
    return commitment.partition("/")[0] if commitment is not None else None


def moments(as_of: str | None, believed_at: str | None) -> tuple[int | None, int | None, int | None]:
    """As of, believed at, and the position that a belief may be given as. Raises Invalid."""
    if believed_at is not None and believed_at.isascii() and believed_at.isdigit():
        if len(believed_at) > 18:
            raise Invalid(
                said("{believed_at} is no position", believed_at=believed_at),
                mend=said("at most {last}", last=LAST_POSITION),
            )
        return moment(as_of, "as_of"), None, int(believed_at)
    return moment(as_of, "as_of"), moment(believed_at, "believed_at"), None
