"""`/v1/costs`, what offers cost and charge, what charters will cost."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.access import Principal
from services.api.answers import JsonAnswer, Name, answer, commanded, done, moment, problems, written
from services.api.ports import Api
from services.api.shapes import Done
from services.costs.allocation import read_allocation
from services.costs.budgets import MOST_YEARS, YEARS, read_charter_cost, read_corridor
from services.costs.costing import Costing, month_named
from services.costs.reading import read_cost, read_costs
from services.costs.shapes import Allocation, Booking, Charges, CharterCost, Correcting, Cost
from services.costs.showback import read_charges
from services.costs.shown import allocation_json, charges_json, charter_cost_json, cost_json
from services.offers.reading import read_offer, read_offers

Period = Annotated[
    str | None, Query(max_length=20, description="A month, quarter, half or year; without it, the last twelve months.")
]
Month = Annotated[str | None, Query(max_length=20, description="YYYY-MM; without it, the last one that is complete.")]


def add_costs(router: APIRouter, api: Api) -> None:
    _add_reads(router, api)
    _add_decisions(router, api)


def _add_reads(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/costs", tags=["costs"], response_model=list[Cost], responses=problems(404))
    def list_costs(offer: Name | None = None, month: Month = None, who: Principal = asked) -> JsonAnswer:
        """What was booked of the offers that one supplies, by offer, month and pool."""
        seen = api.seen(who)
        zones = {row.id: row.terms.timezone for row in seen.once(read_offers)}
        rows = read_costs(seen, offer=offer, month=month_named(month) if month is not None else None)
        return JsonAnswer([cost_json(row, zones[row.offer]) for row in rows])

    @router.get("/offers/{id}/costs", tags=["costs"], response_model=Allocation, responses=problems(403, 404))
    def show_allocation(id: str, period: Period = None, who: Principal = asked) -> JsonAnswer:
        """What an offer cost, allocated to its clients by the drivers of its pools."""
        seen = api.seen(who)
        return JsonAnswer(allocation_json(read_allocation(seen, id, period), seen.known))

    @router.get("/offers/{id}/charges", tags=["costs"], response_model=Charges, responses=problems(404))
    def show_charges(id: str, period: Month = None, client: Name | None = None, who: Principal = asked) -> JsonAnswer:
        """What is charged to the clients of an offer, as far as one sees them."""
        seen = api.seen(who)
        return JsonAnswer(charges_json(read_charges(seen, id, period, client), seen.known))

    @router.get("/charters/{id}/cost", tags=["costs"], response_model=CharterCost, responses=problems(404))
    def show_charter_cost(
        id: str,
        years: Annotated[int, Query(ge=1, le=MOST_YEARS)] = YEARS,
        proposed: Annotated[bool, Query(description="With the wording that waits for signatures.")] = False,
        who: Principal = asked,
    ) -> JsonAnswer:
        """What the years of a charter will cost as they are planned, and how its use lies to its plan."""
        seen = api.seen(who)
        row = read_charter_cost(seen, id, years, proposed=proposed)
        return JsonAnswer(charter_cost_json(row, read_corridor(seen, row.charter), seen.known))


def _add_decisions(router: APIRouter, api: Api) -> None:
    costing, asked = api.store.use(Costing), api.who
    described: dict[str, Any] = {"tags": ["costs"], **commanded(Done)}

    @router.post("/costs", status_code=201, **described)
    def book_cost(said: Booking, who: Principal = asked) -> JsonAnswer:
        """The supplier books what was spent of one pool in one month."""
        id, position = costing.book(
            who,
            said.offer,
            said.pool,
            said.month,
            said.amount,
            said.text,
            currency=said.currency,
            time=moment(said.time, "time"),
        )
        return answer(written(api, id, position), status=201, location=f"/v1/costs/{id}")

    @router.post("/costs/{id}/correct", **described)
    def correct_cost(id: str, said: Correcting, who: Principal = asked) -> JsonAnswer:
        """The supplier adds to what was booked, or (negative) takes away."""
        return done(api, id, costing.correct(who, id, said.amount, said.text, time=moment(said.time, "time")))

    @router.get("/costs/{id}", tags=["costs"], response_model=Cost, responses=problems(404))
    def show_cost(id: str, who: Principal = asked) -> JsonAnswer:
        seen = api.seen(who)
        row = read_cost(seen, id)
        return JsonAnswer(cost_json(row, read_offer(seen, row.offer).terms.timezone))
