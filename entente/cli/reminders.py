"""Commands about whose turn it is: reminders, and what is handed on."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.saying import said
from entente.cli.options import Contract, Json, Text
from entente.cli.session import judged, none_chosen, out, print_json, print_table, session
from services.api.showing import zone_of
from services.errands.handing_on import HandingOn
from services.errands.reading import read_errands
from services.errands.shown import errand_json
from services.reminders.reading import read_reminders
from services.reminders.reminding import Reminding
from services.reminders.shown import reminder_json

reminders = typer.Typer(no_args_is_help=True, help="Reminders of what is missing, late or at risk: list, send, answer.")
errands = typer.Typer(no_args_is_help=True, help="What waits for a service on Today: list, hand-on, seen.")
Thing = Annotated[str, typer.Argument(help="such as excuse:ID or occurrence:CONTRACT/DELIVERABLE/CRITERION:KEY")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(reminders, name="reminders")
    app.add_typer(errands, name="errands")


@reminders.command("list")
def list_reminders(context: typer.Context, contract: Contract = None, json: Json = False) -> None:
    """What one service reminded another of, newest first."""
    here = session(context)
    with here.see() as seen:
        rows = read_reminders(seen, contract=contract)
        zones = {row.id: zone_of(seen.catalogue, row.commitment) for row in rows}
    if json:
        print_json([reminder_json(row, zones[row.id]) for row in rows])
        return
    print_table(
        ("reminder", "commitment", "key", "service", "owner", "answered"),
        [(r.id, r.commitment, r.key, r.service, r.debtor, "yes" if r.is_answered else "no") for r in rows],
        empty=none_chosen(said("No reminder"), contract=contract) or said("No reminder."),
        words={"answered": ""},
    )


@reminders.command("send")
def remind(
    context: typer.Context,
    commitment: Annotated[str, typer.Argument(help="contract/deliverable/criterion")],
    key: Annotated[str, typer.Argument(help="the occurrence")],
    text: Annotated[str, typer.Option(help="what you have to say")] = "",
) -> None:
    """Ask where something is that is owed to you (once a day)."""
    here = session(context)
    with here.read() as opened:
        id, _ = opened.store.use(Reminding).remind(here.who, commitment, key, text)
        judged(opened)
    out.print(id, markup=False)


@reminders.command("answer")
def answer_reminder(context: typer.Context, reminder: str, text: Text) -> None:
    """Say where it is (the service that owes it)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reminding).answer(here.who, reminder, text)
        judged(opened)


@errands.command("list")
def list_errands(context: typer.Context, json: Json = False) -> None:
    """What your service handed on, or has seen."""
    here = session(context)
    with here.see() as seen:
        rows = read_errands(seen)
    if json:
        print_json([errand_json(row) for row in rows])
        return
    print_table(
        ("what", "service", "person", "seen"),
        [(r.thing, r.service, r.person, "yes" if r.is_seen else "no") for r in rows],
        empty=said("Nothing was handed on."),
        words={"seen": ""},
    )


@errands.command("hand-on")
def hand_on(
    context: typer.Context,
    thing: Thing,
    person: Annotated[str, typer.Argument(help="another person of the same service")],
    text: Annotated[str, typer.Option(help="what you have to say")] = "",
) -> None:
    """Let another person of your service do it."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(HandingOn).hand_on(here.who, thing, person, text)
        judged(opened)


@errands.command("seen")
def see(context: typer.Context, thing: Thing) -> None:
    """Say that it asks for nothing any more."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(HandingOn).see(here.who, thing)
        judged(opened)
