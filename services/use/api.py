"""`/v1/consumption`, and what `/v1/offers/{id}` says of its clients."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from services.access import Principal
from services.api.answers import JsonAnswer, Name, problems
from services.api.ports import Api
from services.figures.api import AsOf, BelievedAt, moments
from services.use.clients import read_clients, read_forecast
from services.use.consumption import read_consumption
from services.use.shapes import Clients, Consumption, Forecast
from services.use.shown import clients_json, forecast_json, use_json

Meter = Annotated[Name | None, Query(description="One meter; default: the first of the offer.")]
Period = Annotated[
    Name | None,
    Query(
        description="A month, quarter, half or year, twelve months (`2025-10/2026-09`) or `last-12-months`; default: month by "
        "month, the running one and the twelve before."
    ),
]
By = Annotated[Name | None, Query(description="Cut by `weekday`, `hour`, or a path that the meter names in `by`.")]


def add_use(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/consumption", tags=["offers"], response_model=list[Consumption], responses=problems(404, 503))
    def list_consumption(
        offer: Name,
        client: Name | None = None,
        meter: Name | None = None,
        period: Period = None,
        by: By = None,
        as_of: AsOf = None,
        believed_at: BelievedAt = None,
        who: Principal = asked,
    ) -> JsonAnswer:
        """What clients used of an offer, by meter, period and client: to its supplier of all, to a client its own."""
        with api.seen_at(who, *moments(as_of, believed_at), None) as seen:
            rows = read_consumption(seen, offer, client=client, meter=meter, period=period, by=by)
        return JsonAnswer([use_json(row) for row in rows])

    @router.get("/offers/{id}/clients", tags=["offers"], response_model=Clients, responses=problems(404))
    def show_clients(id: str, meter: Meter = None, who: Principal = asked) -> JsonAnswer:
        """Its clients by share over the last twelve complete months, and how much hangs on few of them."""
        return JsonAnswer(clients_json(read_clients(api.seen(who), id, meter=meter)))

    @router.get("/offers/{id}/forecast", tags=["offers"], response_model=Forecast, responses=problems(404))
    def show_forecast(id: str, meter: Meter = None, who: Principal = asked) -> JsonAnswer:
        """Its clients in the next two years: what signed charters declare, else the trend."""
        return JsonAnswer(forecast_json(read_forecast(api.seen(who), id, meter=meter)))
