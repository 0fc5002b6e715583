"""Commands about the outages of our own ingestion: list them, and take back what was none."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.saying import said
from domain.times import show
from entente.cli.session import judged, out, print_json, print_table, session
from services.arrivals.shown import outage_json

Json = Annotated[bool, typer.Option("--json", help="print JSON")]

outages = typer.Typer(no_args_is_help=True, help="When our own ingestion was down: list, withdraw.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(outages, name="outages")


@outages.command("list")
def list_outages(context: typer.Context, json: Json = False) -> None:
    """What fell due in one and stayed without event is unknown, until the outage is withdrawn."""
    here = session(context)
    with here.read() as opened:
        rows = opened.store.outages.all()
    if json:
        print_json([outage_json(row) for row in rows])
        return
    print_table(
        ("id", "from", "until", "noted", "by", "withdrawn", "because"),
        [
            (r.id, show(r.start), show(r.until), show(r.received), r.by)
            + ((f"{show(r.withdrawn.at)} {r.withdrawn.by}", r.withdrawn.text) if r.withdrawn else ("", ""))
            for r in rows
        ],
        empty=said("Our own ingestion was never down."),
    )


@outages.command("withdraw")
def withdraw(
    context: typer.Context,
    outage: Annotated[int, typer.Argument(metavar="ID", help="“entente outages list” shows it")],
    text: Annotated[str, typer.Option("--text", help="why it was none")],
) -> None:
    """For good: what was unknown because of it is judged again, and final figures are restated."""
    here = session(context)
    with here.open() as opened:
        opened.store.outages.withdraw(here.who, outage, text)
        judged(opened)
    out.print(said("outage {id} is withdrawn", id=outage), markup=False)
