"""For an auditor: replay the history and compare; create or upgrade a store."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from domain.saying import said
from entente.cli.session import Session, answer_no, err, moment_or_position, out, session, steps
from entente.logs import say
from services.adopting import adopt, adopted_rules, own_rules
from services.errors import NotAllowed
from services.history.history import grant_rights, prepare
from services.judging.layouts import layouts
from services.judging.reshaping import mend_layouts
from services.reading.auditing import dump_at, position_received_by, replay
from services.reports.creating import create_reports, grant_reports

WAITS = "another command is changing how the judging is cut; this one waits for it"


def add_to(app: typer.Typer) -> None:
    app.command("replay")(replay_)
    app.command("migrate")(migrate)


def replay_(
    context: typer.Context,
    believed_at: Annotated[str | None, typer.Option(help="up to this time or history position")] = None,
    dump: Annotated[bool, typer.Option("--dump", help="print the canonical dump instead")] = False,
) -> None:
    """Rebuild every read model from the history, aside, and compare it with what is served."""
    here = session(context)
    if here.who.role == "member":
        raise NotAllowed(said("the whole history is for the auditor and the administrator"), mend=said("--as auditor"))
    with here.read() as opened, steps("replaying") as step:
        history = opened.store.history
        position = None
        if believed_at is not None:
            moment, position = moment_or_position(believed_at, "--believed-at")
            position = position_received_by(history, moment) if moment is not None else position
        if dump:
            for line in dump_at(history, position, step):
                out.print(line, markup=False)
            return
        found = replay(history, history.database, position=position, progress=step)
    for line in found.differences:
        out.print(line, markup=False)
    if found.of_others:
        err.print(
            f"{found.of_others} decisions of the platform are of the time before these rules were adopted, which did not ask for them"
        )
    if not found.is_same:
        err.print(f"{len(found.differences)} differences up to position {found.position}")
        answer_no()
    out.print(f"replayed to position {found.position}: {found.rows} rows, no difference")


def _divide(here: Session, shards: int) -> None:
    with here.open() as opened, steps(f"judging in {shards} shards") as step:
        is_new = opened.store.judging.divide(shards, progress=step, waits=lambda: say(WAITS))
    said = "judged in" if is_new else "already judged in"
    out.print(f"{said} {shards} {'shard' if shards == 1 else 'shards'}", markup=False)


def migrate(
    context: typer.Context,
    adopt_rules: Annotated[
        bool,
        typer.Option("--adopt-rules", help="follow the judging rules and time zone data of this program from now on"),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="show what adopting them would restate, change nothing")
    ] = False,
    shards: Annotated[
        int | None,
        typer.Option(help="PostgreSQL: judge in so many shards, each by one process; built beside what is served"),
    ] = None,
    grant: Annotated[
        str | None, typer.Option(help="PostgreSQL: also give this role the rights that a running program needs")
    ] = None,
    reports: Annotated[
        str | None, typer.Option(help="PostgreSQL: let this role read the views report_*, and nothing else")
    ] = None,
) -> None:
    """Create the store, or bring an older one forward; say which rules it follows. Only this needs to create tables."""
    here = session(context)
    if here.who.role != "administrator":
        raise NotAllowed(
            said("a store is made and brought forward by its administrator"), mend=said("--as administrator")
        )
    version = prepare(here.settings.store)
    here = replace(here, renews=True)
    if shards is not None:
        _divide(here, shards)
    with here.read() as opened, steps("judging by the newer rules") as step:
        history = opened.store.history
        mend_layouts(history.database)
        create_reports(history.database)
        if grant is not None:
            grant_rights(history.database, grant, [name for one in layouts(history.database) for name in one.schemas])
        if reports is not None and (others := grant_reports(history.database, reports)):
            err.print(f"{reports} may also reach {', '.join(others)}: not by this command", markup=False)
        out.print(f"{here.settings.store.rpartition('@')[2]}: store version {version}", markup=False)
        followed = adopted_rules(history)
        if followed == own_rules():
            out.print(f"it follows the rules of this program ({followed})", markup=False)
            return
        restated = adopt(history, here.who, opened.store.clock, dry_run=not adopt_rules or dry_run, progress=step)
        for one in restated:
            out.print(f"{one.commitment} {one.period}: {one.before} → {one.after}", markup=False)
        if adopt_rules and not dry_run:
            opened.store.judging.catch_up(progress=step)
            out.print(f"it follows {own_rules()} now; {len(restated)} final figures are restated", markup=False)
            return
    err.print(
        f"it follows {followed}, this program judges by {own_rules()}: {len(restated)} final figures would be restated; "
        "`entente migrate --adopt-rules` adopts them",
        markup=False,
    )
    answer_no()
