"""Commands about what people say of breaches."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from domain.saying import said
from entente.cli.contracts import Side, party_of
from entente.cli.options import Contract, Json, Text
from entente.cli.session import judged, moment, none_chosen, one_of, out, print_json, print_table, session
from services.api.showing import zone_of
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_breach, read_breaches
from services.breaches.rows import HANDLINGS, OF_BREACH, Handling, OfBreach
from services.breaches.shown import breach_json
from services.causes.attributing import Attributing

breaches = typer.Typer(no_args_is_help=True, help="Breaches: list, show, acknowledge, explain, attribute, take-back.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(breaches, name="breaches")


@breaches.command("list")
def list_breaches(
    context: typer.Context,
    contract: Contract = None,
    state: Annotated[str | None, typer.Option(help="open or withdrawn")] = None,
    handling: Annotated[str | None, typer.Option(help="open, acknowledged, explained or dealt-with")] = None,
    json: Json = False,
) -> None:
    """Commitments that were not kept, newest first."""
    one_of("--state", state, ("open", "withdrawn", "past"))
    one_of("--handling", handling, HANDLINGS)
    here = session(context)
    with here.see() as seen:
        catalogue = seen.catalogue
        rows = read_breaches(seen, contract=contract, state=state, handling=cast("Handling | None", handling))
    if json:
        print_json([breach_json(row, zone_of(catalogue, row.commitment)) for row in rows])
        return
    print_table(
        ("breach", "commitment", "period", "cause", "key", "state", "handling", "root cause", "acknowledged", "action"),
        [
            (
                r.id,
                r.commitment,
                r.period,
                r.cause,
                r.key,
                r.state,
                r.handling,
                r.root_cause,
                r.acknowledged_by,
                r.action,
            )
            for r in rows
        ],
        empty=none_chosen(said("No breach"), contract=contract, state=state, handling=handling) or said("No breach."),
        words={"cause": "", "state": "breach", "handling": "breach"},
    )


@breaches.command("show")
def show_breach(context: typer.Context, breach: str) -> None:
    """One breach, as JSON."""
    here = session(context)
    with here.see() as seen:
        row = read_breach(seen, breach)
        print_json(breach_json(row, zone_of(seen.catalogue, row.commitment)))


@breaches.command()
def acknowledge(context: typer.Context, breach: str) -> None:
    """Say that you know of it (the service that owes)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(FollowingUp).acknowledge(here.who, breach)
        judged(opened)
    out.print(said("acknowledged by {who}", who=str(here.who)), markup=False)


@breaches.command("explain")
def explain_breach(context: typer.Context, breach: str, text: Text) -> None:
    """Say why it happened (either party)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(FollowingUp).explain_breach(here.who, breach, text)
        judged(opened)


@breaches.command()
def attribute(
    context: typer.Context,
    breach: str,
    cause: Annotated[str, typer.Argument(help="a root cause, as `causes list` has it")],
    side: Side = None,
) -> None:
    """Say to which root cause it is due (either party)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Attributing).attribute(here.who, breach, cause, party_of(side))
        judged(opened)


@breaches.command("take-back")
def take_back(
    context: typer.Context,
    breach: str,
    what: Annotated[str, typer.Argument(help="acknowledgement, explanation or attribution")],
    at: Annotated[str, typer.Option(help="when it was said, as `show` has it")],
) -> None:
    """Take back what you said, until somebody acted on it."""
    one_of("what", what, OF_BREACH)
    here = session(context)
    with here.read() as opened:
        following_up = opened.store.use(FollowingUp)
        following_up.take_back(here.who, breach, cast("OfBreach", what), moment(at, "--at"))
        judged(opened)
