"""Commands about what people say of breaches, and what somebody will do about them: breaches, actions."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from domain.saying import said
from entente.cli.contracts import Side, day, party_of
from entente.cli.options import Contract, Json, Text
from entente.cli.session import err, judged, moment, none_chosen, one_of, out, print_json, print_table, session
from services.api.showing import zone_of
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_action, read_actions, read_breach, read_breaches
from services.breaches.rows import HANDLINGS, OF_BREACH, Handling, OfBreach
from services.breaches.shown import action_json, breach_json
from services.causes.attributing import Attributing

breaches = typer.Typer(no_args_is_help=True, help="Breaches: list, show, acknowledge, explain, attribute, take-back.")
actions = typer.Typer(no_args_is_help=True, help="Actions: list, show, effect, open, progress, comment, name, close.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(breaches, name="breaches")
    app.add_typer(actions, name="actions")


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


@actions.command("list")
def list_actions(
    context: typer.Context,
    contract: Contract = None,
    state: Annotated[str | None, typer.Option(help="open, closed or “not needed”")] = None,
    json: Json = False,
) -> None:
    """What somebody will do about a breach, by due date."""
    one_of("--state", state, ("open", "closed", "not needed"))
    here = session(context)
    with here.see() as seen:
        catalogue = seen.catalogue
        rows = read_actions(seen, contract=contract, state=state)
    if json:
        print_json([action_json(row, zone_of(catalogue, row.commitment)) for row in rows])
        return
    print_table(
        ("action", "commitment", "cause", "owner", "person", "due", "state"),
        [(r.id, r.commitment, r.cause, r.owner, r.person, r.due, "overdue" if r.is_overdue else r.state) for r in rows],
        empty=none_chosen(said("No action"), contract=contract, state=state) or said("No action."),
        words={"cause": "", "state": "action"},
    )


@actions.command("show")
def show_action(context: typer.Context, action: str) -> None:
    """One action, as JSON."""
    here = session(context)
    with here.see() as seen:
        row = read_action(seen, action)
        print_json(action_json(row, zone_of(seen.catalogue, row.commitment)))


@actions.command("open")
def open_action(
    context: typer.Context,
    commitment: Annotated[str, typer.Argument(help="contract/deliverable/criterion")],
    text: Text,
    person: Annotated[str | None, typer.Option(help="who does it; default the indicator owner")] = None,
    due: Annotated[str | None, typer.Option(help="YYYY-MM-DD")] = None,
) -> None:
    """Open an action by hand; the platform opens those that breaches ask for."""
    here = session(context)
    with here.read() as opened:
        on = day(due, "--due") if due is not None else None
        id, _ = opened.store.use(FollowingUp).open_action(here.who, commitment, text, person=person, due=on)
        doubts = opened.store.use(FollowingUp).doubts(here.who, commitment, person)
        judged(opened)
    for doubt in doubts:
        err.print(said("warning: {what}", what=doubt), markup=False)
    out.print(id, markup=False)


@actions.command()
def progress(context: typer.Context, action: str, text: Text) -> None:
    """Note progress on an action."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(FollowingUp).progress(here.who, action, text)
        judged(opened)


@actions.command()
def comment(context: typer.Context, action: str, text: Text) -> None:
    """Ask or answer something about an action: no progress (either party)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(FollowingUp).comment(here.who, action, text)
        judged(opened)


@actions.command()
def name(
    context: typer.Context,
    action: str,
    title: Annotated[str, typer.Option(help="what it is called")],
    person: Annotated[str | None, typer.Option(help="who does it; default: nobody is named")] = None,
) -> None:
    """Say what an action is called, and who does it (the service that owns it)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(FollowingUp).name_action(here.who, action, title, person)
        judged(opened)


@actions.command()
def close(context: typer.Context, action: str, text: Text) -> None:
    """Close an action, and say what was done."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(FollowingUp).close(here.who, action, text)
        judged(opened)
