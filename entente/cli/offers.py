"""What shared services offer: offers list, show, withdraw."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.saying import heard, said
from entente.cli.options import Json
from entente.cli.session import judged, out, print_json, print_table, session
from entente.voice import spoken, told
from services.offers.offering import Offering
from services.offers.reading import read_offer, read_offers
from services.offers.rows import OfferRow
from services.offers.shown import changes_of, document_of, offer_json, whole_offer_json

group = typer.Typer(
    no_args_is_help=True, help="Offers of shared services: list, show, withdraw, clients, forecast, costs."
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="offers")


@group.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """The offers that you see, by id."""
    here = session(context)
    with here.see() as seen:
        rows = read_offers(seen)
    if json:
        print_json([offer_json(row) for row in rows])
        return
    print_table(
        ("offer", "title", "supplier", "state", "version", "clients"),
        [
            (one.id, one.terms.title.to(spoken().code), one.supplier, one.state, len(one.versions), len(one.clients))
            for one in rows
        ],
        empty=said("No offer yet. `entente apply FILE` publishes one."),
        words={"state": "offer"},
    )


@group.command()
def show(context: typer.Context, offer: str, json: Json = False) -> None:
    """One offer: its levels with their prices, who has a charter, and what each version changed."""
    here = session(context)
    with here.see() as seen:
        row = read_offer(seen, offer)
    if json:
        print_json(whole_offer_json(row))
        return
    code = spoken().code
    out.print(said("{offer}: {title}", offer=row.id, title=row.terms.title.to(code)), markup=False)
    out.print(f"{row.supplier}, {told(heard(row.state, of='offer'))}", markup=False)
    if row.clients:
        out.print(said("clients: {clients}", clients=", ".join(row.clients)), markup=False)
    _print_prices(row)
    for version in row.versions:
        by = said("version {number}, published by {by}", number=version.number, by=version.by)
        out.print("", told(by), sep="\n", markup=False)
        for line in changes_of(row, version, code):
            out.print(f"  {line}", markup=False)


def _print_prices(row: OfferRow) -> None:
    """As the file says them: money is without tax."""
    levels = document_of(row, row.versions[-1]).get("levels", [])
    print_table(
        ("level", "from", "meter", "unit price", "a year", "currency"),
        [
            (level["id"], one["from"], one["meter"], one["unit_price"], one.get("fixed", ""), row.terms.currency)
            for level in levels
            for one in level.get("prices", [])
        ],
        empty=said("It has no prices."),
    )


@group.command()
def withdraw(
    context: typer.Context, offer: str, reason: Annotated[str, typer.Option(help="why, for those who have a charter")]
) -> None:
    """Withdraw an offer: nothing new is agreed of it, and what is agreed stays."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Offering).withdraw(here.who, offer, reason)
        judged(opened)
        row = opened.store.read(here.who, read_offer, offer)
    out.print(said("{offer}: {state}", offer=row.id, state=heard(row.state, of="offer")), markup=False)
