"""What clients take of offers: charters list, show, and the decisions about them."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.saying import Said, chained, heard, said
from entente.cli.contracts import Side, day, party_of
from entente.cli.options import Json
from entente.cli.session import Session, judged, none_chosen, out, print_json, print_table, session
from entente.voice import spoken, told
from entente.wiring import Program
from services.charters.chartering import Chartering
from services.charters.reading import read_charter, read_charters
from services.charters.rows import CharterVersionRow
from services.charters.shown import changes_of, charter_json, whole_charter_json
from services.offers.reading import read_offer

group = typer.Typer(
    no_args_is_help=True, help="Charters of shared services: list, show, cost, and the decisions about them."
)
Proposal = Annotated[int | None, typer.Option(help="which wording was read; another one that waits is not decided")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="charters")


@group.command("list")
def list_(
    context: typer.Context,
    offer: Annotated[str | None, typer.Option(help="those of this offer alone")] = None,
    json: Json = False,
) -> None:
    """The charters that you see, with their state."""
    here = session(context)
    with here.see() as seen:
        rows = read_charters(seen, read_offer(seen, offer).id if offer is not None else None)
    if json:
        print_json([charter_json(row) for row in rows])
        return
    empty = none_chosen(said("No charter"), offer=offer)
    print_table(
        ("charter", "offer", "supplier", "client", "state", "level", "from", "until", "versions"),
        [
            (
                *(one.id, one.offer, one.supplier, one.client, one.state, one.shown.terms.level),
                *(one.begins or one.shown.effective, one.until or "", len(one.agreed)),
            )
            for one in rows
        ],
        empty=empty or said("No charter yet. `entente apply FILE --sign supplier,client` begins one."),
        words={"state": "charter"},
    )


@group.command()
def show(context: typer.Context, charter: str, json: Json = False) -> None:
    """One charter: every wording, its signatures, and what it changed."""
    here = session(context)
    with here.see() as seen:
        row = read_charter(seen, charter)
    if json:
        print_json(whole_charter_json(row))
        return
    code = spoken().code
    out.print(said("{charter}: {title}", charter=row.id, title=row.shown.terms.title.to(code)), markup=False)
    state = told(heard(row.state, of="charter"))
    out.print(f"{row.supplier} → {row.client}, {row.offer}, {state}", markup=False)
    for one in row.proposals:
        out.print("", told(_version_line(one)), sep="\n", markup=False)
        for line in changes_of(row, one, code):
            out.print(f"  {line}", markup=False)
        if one.refusal:
            out.print(f"  {told(said('refused: {why}', why=one.refusal))}", markup=False)


def _version_line(one: CharterVersionRow) -> Said:
    signed = [said("{party} ({by})", party=heard(each.party), by=each.by) for each in one.signatures]
    return said(
        "wording {number}, {state}, effective {effective}, signed by {signed}",
        number=one.number,
        state=heard(one.state, of="version"),
        effective=str(one.effective),
        signed=chained(", ", signed) if signed else said("nobody"),
    )


@group.command()
def sign(context: typer.Context, charter: str, side: Side = None, proposal: Proposal = None) -> None:
    """Sign the wording that waits; the second signature makes it a version."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Chartering).sign(here.who, charter, party_of(side), proposal=proposal)
        _say_state(here, opened, charter)


@group.command()
def refuse(
    context: typer.Context,
    charter: str,
    reason: Annotated[str, typer.Option(help="why")],
    side: Side = None,
    proposal: Proposal = None,
) -> None:
    """Refuse what the other party proposes."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Chartering).refuse(here.who, charter, reason, party_of(side), proposal=proposal)
        _say_state(here, opened, charter)


@group.command()
def withdraw(context: typer.Context, charter: str, proposal: Proposal = None) -> None:
    """Withdraw your own proposal."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Chartering).withdraw(here.who, charter, proposal=proposal)
        _say_state(here, opened, charter)


@group.command()
def terminate(
    context: typer.Context,
    charter: str,
    until: Annotated[str, typer.Option(help="the last day, YYYY-MM-DD")],
    side: Side = None,
) -> None:
    """End a charter; the last day still counts."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Chartering).terminate(here.who, charter, day(until, "--until"), party_of(side))
        _say_state(here, opened, charter)


def _say_state(here: Session, opened: Program, charter: str) -> None:
    judged(opened)
    row = opened.store.read(here.who, read_charter, charter)
    says = said(
        "{charter}: {state}, wording {number} {state_of_it}",
        charter=row.id,
        state=heard(row.state, of="charter"),
        number=row.proposals[-1].number,
        state_of_it=heard(row.proposals[-1].state, of="version"),
    )
    out.print(says, markup=False)
