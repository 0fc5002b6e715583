"""Money of shared services: book and correct costs, what an offer costs, what is charged, what a charter will cost."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.money import show_amount
from domain.saying import said
from domain.times import Instant
from entente.cli.charters import group as charters
from entente.cli.offers import group as offers
from entente.cli.options import Json
from entente.cli.session import judged, moment, out, print_json, print_table, session
from entente.cli.use import Offer
from services.costs.allocation import read_allocation
from services.costs.budgets import YEARS, read_charter_cost, read_corridor
from services.costs.costing import Costing, month_named
from services.costs.reading import read_costs
from services.costs.showback import read_charges
from services.costs.shown import (
    allocation_json,
    charges_json,
    charter_cost_json,
    cost_json,
    exact,
    month_text,
    unit_price_text,
)
from services.errors import Invalid
from services.offers.reading import read_offers

costs = typer.Typer(no_args_is_help=True, help="What was spent on offers: book, correct, list.")
Period = Annotated[str | None, typer.Option(help="a month, quarter, half or year, such as 2026-03, 2026-Q1, 2026")]
Time = Annotated[str | None, typer.Option(help="when it happened; default now")]
Amount = Annotated[str, typer.Option(help="in the main unit of the offer's currency, without tax, such as 125000.00")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(costs, name="costs")
    app.command("charges")(charges)
    offers.command("costs")(offer_costs)
    charters.command("cost")(charter_cost)


@costs.command("list")
def list_costs(
    context: typer.Context,
    offer: Annotated[str | None, typer.Option(help="of one offer")] = None,
    month: Annotated[str | None, typer.Option(help="of one month, such as 2026-03")] = None,
    json: Json = False,
) -> None:
    """What was booked, by offer, month and pool."""
    here = session(context)
    with here.see() as seen:
        rows = read_costs(seen, offer=offer, month=month_named(month) if month is not None else None)
        zones = {row.id: row.terms.timezone for row in seen.once(read_offers)}
    if json:
        print_json([cost_json(row, zones[row.offer]) for row in rows])
        return
    print_table(
        ("cost", "offer", "pool", "month", "amount", "currency", "text"),
        [
            (r.id, r.offer, r.pool, month_text(r.month), show_amount(r.amount, r.currency), r.currency, r.booked.text)
            for r in rows
        ],
        empty=said("No cost was booked."),
    )


@costs.command("book")
def book_cost(
    context: typer.Context,
    pool: Annotated[str, typer.Argument(help="OFFER/POOL")],
    month: Annotated[str, typer.Option(help="such as 2026-03")],
    amount: Amount,
    text: Annotated[str, typer.Option(help="what it was spent on")] = "",
    currency: Annotated[str | None, typer.Option(help="that of the offer")] = None,
    time: Time = None,
) -> None:
    """Book what was spent of one pool in one month (the supplier)."""
    here = session(context)
    offer, slash, name = pool.partition("/")
    if not slash:
        raise Invalid(said("“{pool}” names no pool", pool=pool), mend=said("OFFER/POOL"))
    with here.read() as opened:
        costing = opened.store.use(Costing)
        id, _ = costing.book(here.who, offer, name, month, amount, text, currency=currency, time=_time(time))
        judged(opened)
    out.print(id, markup=False)


@costs.command("correct")
def correct_cost(
    context: typer.Context,
    cost: Annotated[str, typer.Argument(help="its id")],
    amount: Annotated[str, typer.Option(help="what is added to it; a negative one takes away")],
    text: Annotated[str, typer.Option(help="why")],
    time: Time = None,
) -> None:
    """Add to what was booked, or take away (the supplier)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Costing).correct(here.who, cost, amount, text, time=_time(time))
        judged(opened)


def offer_costs(context: typer.Context, offer: Offer, period: Period = None, json: Json = False) -> None:
    """What an offer cost, by pool, month and client; without a period, of the last twelve complete months."""
    here = session(context)
    with here.see() as seen:
        row, known = read_allocation(seen, offer, period), seen.known
    if json:
        print_json(allocation_json(row, known))
        return
    if row.not_shown is not None:
        out.print(said("Not shown: too few other clients have units, or the time is no window of twelve months."))
        return
    print_table(
        ("pool", "month", "client", "amount", "weight", "of"),
        [
            (
                one.pool,
                month_text(one.month),
                one.client or "",
                show_amount(one.amount, row.currency),
                exact(one.weight) or "",
                exact(one.of) or "",
            )
            for one in row.lines
        ],
        empty=said("Nothing was booked."),
    )


def charges(
    context: typer.Context,
    offer: Offer,
    period: Period = None,
    client: Annotated[str | None, typer.Option(help="of one client")] = None,
    json: Json = False,
) -> None:
    """What is charged to the clients of an offer; without a period, in the last complete month."""
    here = session(context)
    with here.see() as seen:
        row, known = read_charges(seen, offer, period, client), seen.known
    if json:
        print_json(charges_json(row, known))
        return
    print_table(
        ("client", "charter", "month", "meter", "line", "quantity", "unit price", "amount"),
        [
            (
                one.client,
                one.charter,
                month_text(one.line.month),
                one.line.meter or "",
                one.line.what,
                exact(one.line.quantity) or "",
                unit_price_text(one.line.unit_price, row.currency) or "",
                show_amount(one.line.amount, row.currency),
            )
            for one in row.lines
        ],
        empty=said("Nothing is charged."),
        words={"line": ""},
    )


def charter_cost(
    context: typer.Context,
    charter: Annotated[str, typer.Argument(help="the charter")],
    years: Annotated[int, typer.Option(help="of its first years")] = YEARS,
    proposed: Annotated[bool, typer.Option("--proposed", help="with the wording that waits for signatures")] = False,
    json: Json = False,
) -> None:
    """What the years of a charter will cost, as they are planned."""
    here = session(context)
    with here.see() as seen:
        row = read_charter_cost(seen, charter, years, proposed=proposed)
        found, known = read_corridor(seen, row.charter), seen.known
    if json:
        print_json(charter_cost_json(row, found, known))
        return
    money = row.currency
    print_table(
        ("year", "from", "meter", "line", "quantity", "unit price", "amount"),
        [
            (
                str(year.year),
                year.first.isoformat(),
                one.meter or "",
                one.what,
                exact(one.quantity) or "",
                unit_price_text(one.unit_price, money) or "",
                show_amount(one.amount, money) if one.amount is not None else "",
            )
            for year in row.years
            for one in year.lines
        ],
        empty=said("It costs nothing."),
        words={"line": ""},
    )
    if row.total is not None:
        out.print(said("{amount} {currency}, without tax", amount=show_amount(row.total, money), currency=money))


def _time(text: str | None) -> Instant | None:
    return moment(text, "--time") if text is not None else None
