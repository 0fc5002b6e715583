"""What clients use of an offer, and who they are: consumption, offers clients, offers forecast."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.saying import said
from domain.times import show
from entente.cli.figures import AsOf, BelievedAt, Json, seen_then
from entente.cli.offers import group as offers
from entente.cli.session import none_chosen, out, print_json, print_table, session
from services.use.clients import read_clients, read_forecast
from services.use.consumption import read_consumption
from services.use.shown import clients_json, forecast_json, forecast_text, share_text, units_text, use_json

Offer = Annotated[str, typer.Argument(help="the id of the offer")]
Meter = Annotated[str | None, typer.Option(help="one meter; the first, where one is needed")]


_OF_BASE = {
    "dominated": said("One client has most of it: what it wants decides."),
    "concentrated": said("A few clients have most of it."),
    "spread": said("It is spread over many clients: decide by all of them."),
}


def add_to(app: typer.Typer) -> None:
    app.command("consumption")(consumption)


def consumption(
    context: typer.Context,
    offer: Offer,
    client: Annotated[str | None, typer.Option(help="one client")] = None,
    meter: Meter = None,
    period: Annotated[
        str | None, typer.Option(help="such as 2026-03, 2026-Q1, 2026, 2025-10/2026-09, last-12-months")
    ] = None,
    by: Annotated[str | None, typer.Option(help="cut by weekday, hour, or a path that the meter names in `by`")] = None,
    as_of: AsOf = None,
    believed_at: BelievedAt = None,
    json: Json = False,
) -> None:
    """What clients used of an offer, by meter, period and client."""
    here = session(context)
    with here.read() as opened, seen_then(here, opened, as_of, believed_at) as seen:
        rows = read_consumption(seen, offer, client=client, meter=meter, period=period, by=by)
    if json:
        print_json([use_json(row) for row in rows])
        return
    print_table(
        ("client", "meter", "period", "slice", "state", "units", "share", "total", "unattributed", "unusable"),
        [
            (
                row.client,
                row.meter,
                row.period,
                row.group,
                row.state,
                units_text(row.used),
                share_text(row.share),
                units_text(row.total),
                units_text(row.unattributed),
                row.used.unusable or "" if row.used is not None else "",
            )
            for row in rows
        ],
        empty=none_chosen(said("No use"), client=client, period=period)
        or said("Nothing was used yet. Use comes with events that a meter selects, and time (`entente advance`)."),
        words={"state": "figure"},
    )
    if any(row.reason for row in rows):
        out.print("", _too_few(), sep="\n", style="dim")


@offers.command("clients")
def show_clients(context: typer.Context, offer: Offer, meter: Meter = None, json: Json = False) -> None:
    """Its clients by share over the last twelve complete months."""
    with session(context).see() as seen:
        row = read_clients(seen, offer, meter=meter)
    if json:
        print_json(clients_json(row))
        return
    print_table(
        ("client", "units", "share", "class"),
        [(one.client, units_text(one.used), share_text(one.share), one.client_class) for one in row.clients],
        empty=said("It has no client yet."),
        words={"class": "client"},
    )
    out.print()
    out.print(said("{months} of 12 months, {window}", months=row.months, window=row.window or "–"), style="dim")
    if row.reason is not None:
        out.print(_too_few(), style="dim")
    elif row.as_if is not None:
        out.print(said("as if {as_if} equal clients", as_if=share_text(row.as_if)), style="dim")
        if row.base is not None:
            out.print(_OF_BASE[row.base], style="dim")
    if row.unattributed is not None and row.unattributed.events:
        says = said("{units} {unit} have no client", units=units_text(row.unattributed), unit=row.unit)
        out.print(says, style="dim")


@offers.command("forecast")
def show_forecast(context: typer.Context, offer: Offer, meter: Meter = None, json: Json = False) -> None:
    """Its clients in the next two years: what signed charters declare, else the trend."""
    with session(context).see() as seen:
        row = read_forecast(seen, offer, meter=meter)
    if json:
        print_json(forecast_json(row))
        return
    print_table(
        ("year", "client", "units", "method", "share", "class"),
        [
            (year.window, one.client, forecast_text(one.units), one.method, share_text(one.share), one.client_class)
            for year in row.years
            for one in year.clients
        ],
        empty=said("It has no client yet."),
        words={"method": "", "class": "client"},
    )
    if row.watermark is not None:
        says = said("A forecast, from what is known until {time}.", time=show(row.watermark))
        out.print("", says, sep="\n", style="dim")


def _too_few() -> str:
    return said("What all clients used is not shown: too few clients, or not twelve complete months.")
