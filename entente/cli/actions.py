"""Commands about what somebody will do about a breach: actions, their plans, and what is done of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.saying import said
from entente.cli.contracts import day, documents_of
from entente.cli.options import Contract, Json, Text
from entente.cli.session import err, judged, none_chosen, one_of, out, print_json, print_table, session
from entente.voice import spoken
from services.actions.acting import Acting
from services.actions.citing import read_grounds
from services.actions.escalated import read_escalated
from services.actions.laddering import read_ladder
from services.actions.shown import escalated_json, whole_json
from services.api.showing import zone_of
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_action, read_actions
from services.breaches.shown import action_json
from services.contract_files import Document
from services.errors import Invalid

actions = typer.Typer(
    no_args_is_help=True,
    help="Actions: list, show, effect, open, and what is planned, done, spent, shown and said of them.",
)
Reason = Annotated[str, typer.Option(help="why")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(actions, name="actions")


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
    """One action with its plan and what it rests on, as JSON."""
    here = session(context)
    with here.see() as seen:
        row = read_action(seen, action)
        zone_name, grounds = zone_of(seen.catalogue, row.commitment), read_grounds(seen, row.grounds)
        print_json(whole_json(row, zone_name, grounds, read_ladder(seen, row)))


@actions.command("escalated")
def list_escalated(context: typer.Context, json: Json = False) -> None:
    """Actions that were escalated to you as the arbiter: of which contract, what, whose, until when, in which steps."""
    here = session(context)
    with here.see() as seen:
        rows = read_escalated(seen)
    if json:
        print_json([escalated_json(row) for row in rows])
        return
    print_table(
        ("action", "contract", "what", "owner", "due", "steps"),
        [
            (
                row.id,
                row.contract,
                row.text or row.cause,
                row.owner,
                row.due,
                f"{sum(one.is_done for one in row.steps)}/{len(row.steps)}",
            )
            for row in rows
        ],
        empty=said("Nothing was escalated to you."),
    )


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


def document_of(file: Path) -> Document:
    """The one that a file holds: of an action, or of its plan. Raises Invalid."""
    documents = documents_of([file])
    if len(documents) != 1:
        raise Invalid(said("a plan is one document"), mend=said("a file that holds it alone"))
    return documents[0]


@actions.command()
def plan(
    context: typer.Context, action: str, file: Annotated[Path, typer.Option(help="steps, means and effect")]
) -> None:
    """Say its steps, means and how its effect is looked for (the service that owns it)."""
    here = session(context)
    document = document_of(file)
    with here.read() as opened:
        opened.store.use(Acting).plan(here.who, action, document, spoken().code)
        judged(opened)


@actions.command()
def step(
    context: typer.Context,
    action: str,
    step: Annotated[str, typer.Argument(help="its id in the plan")],
    undo: Annotated[bool, typer.Option("--undo", help="it is not done after all; needs --reason")] = False,
    reason: Annotated[str, typer.Option(help="why it is not")] = "",
) -> None:
    """Say that a step is done."""
    here = session(context)
    with here.read() as opened:
        acting = opened.store.use(Acting)
        if undo:
            acting.undo_step(here.who, action, step, reason)
        else:
            acting.do_step(here.who, action, step)
        judged(opened)


@actions.command()
def spend(
    context: typer.Context,
    action: str,
    amount: Annotated[str, typer.Option(help="in the main unit, such as 1800.00; negative corrects")],
    currency: Annotated[str, typer.Option(help="three letters, such as EUR")],
    text: Text,
    year: Annotated[int | None, typer.Option(help="default: the one that time has reached")] = None,
) -> None:
    """Note money that was spent, without tax."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Acting).spend(here.who, action, amount, currency, year, text)
        judged(opened)


@actions.command()
def evidence(
    context: typer.Context,
    action: str,
    position: Annotated[list[int] | None, typer.Option(help="an entry of the history, as often as needed")] = None,
    title: Annotated[str | None, typer.Option(help="what a document is called")] = None,
    sha256: Annotated[str | None, typer.Option(help="the SHA-256 of its bytes")] = None,
    url: Annotated[str | None, typer.Option(help="where it is; it is never fetched")] = None,
) -> None:
    """Show entries of the history, or a document, as evidence."""
    here = session(context)
    with here.read() as opened:
        acting = opened.store.use(Acting)
        acting.show_evidence(here.who, action, positions=position or (), title=title, sha=sha256, url=url)
        judged(opened)


@actions.command()
def reschedule(
    context: typer.Context, action: str, due: Annotated[str, typer.Option(help="YYYY-MM-DD")], reason: Reason
) -> None:
    """Give it another day (the service that owns it)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Acting).reschedule(here.who, action, day(due, "--due"), reason)
        judged(opened)


@actions.command()
def reassign(
    context: typer.Context,
    action: str,
    reason: Reason,
    person: Annotated[str | None, typer.Option(help="who does it; default: nobody is named")] = None,
    owner: Annotated[str | None, typer.Option(help="the other party, which a head gives it to")] = None,
) -> None:
    """Give it to another person, or to the other party."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Acting).reassign(here.who, action, reason, owner=owner, person=person)
        judged(opened)


@actions.command()
def reopen(
    context: typer.Context,
    action: str,
    reason: Reason,
    due: Annotated[str | None, typer.Option(help="YYYY-MM-DD; default: its day stays")] = None,
) -> None:
    """Say that it is not done after all (the other party, within 30 days)."""
    here = session(context)
    with here.read() as opened:
        new = day(due, "--due") if due is not None else None
        opened.store.use(Acting).reopen(here.who, action, reason, due=new)
        judged(opened)


@actions.command()
def ground(
    context: typer.Context,
    action: str,
    references: Annotated[list[str], typer.Argument(help="such as breach:ID, figure:C/D/K@2026-03, review:ID#2")],
) -> None:
    """Say what it rests on (either party)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Acting).ground(here.who, action, references)
        judged(opened)


@actions.command()
def close(
    context: typer.Context,
    action: str,
    text: Text,
    effective_from: Annotated[
        str | None, typer.Option(help="YYYY-MM-DD, from which it is to help; default: tomorrow")
    ] = None,
    undone: Annotated[list[str] | None, typer.Option(help="STEP=REASON, for each step that is not done")] = None,
) -> None:
    """Close an action, and say what was done."""
    here = session(context)
    reasons = dict(_reason(one) for one in undone or ())
    begins = day(effective_from, "--effective-from") if effective_from is not None else None
    with here.read() as opened:
        following_up = opened.store.use(FollowingUp)
        following_up.close(here.who, action, text, effective_from=begins, undone=reasons)
        judged(opened)


def _reason(text: str) -> tuple[str, str]:
    step, equals, reason = text.partition("=")
    if not equals:
        raise Invalid(said("--undone: “{text}” says no reason", text=text[:60]), mend=said("STEP=REASON"))
    return step, reason
