"""For an auditor: replay the history and compare; create or upgrade a store."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Annotated

import typer

from domain.saying import Said, said
from entente.cli.session import Session, answer_no, err, moment_or_position, out, session, steps
from entente.logs import say
from services.access import ADMINISTRATOR, Principal, Right
from services.adopting import adopt, adopted_rules, own_rules
from services.directory.reading import read_services
from services.errors import Invalid, NotAllowed
from services.history.databases import Database
from services.history.history import grant_rights, prepare
from services.judging.layouts import layouts
from services.judging.reshaping import mend_layouts
from services.report_helpers import EVERY
from services.report_readers import grant_reports
from services.report_views import create_reports
from services.sealing.key_tables import SCHEMA, has_keys
from services.seeing.past import Replay, dump_at, position_received_by, replay
from services.store import Store

WAITS = said("another command is changing how the judging is cut; this one waits for it")


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
    if not here.who.may(Right.AUDIT):
        raise NotAllowed(said("the whole history is for the auditor and the administrator"), mend=said("--as auditor"))
    with here.read() as opened, steps(said("replaying")) as step:
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
    if found.of_others:
        err.print(
            said(
                "{count} decisions of the platform are of the time before these rules were adopted, which did not ask for them",
                count=found.of_others,
            )
        )
    require_same(found)
    out.print(
        said(
            "replayed to position {position}: {rows} row{rows:s}, no difference",
            position=found.position,
            rows=found.rows,
        )
    )


def require_same(found: Replay) -> None:
    """Prints what differs, and answers "no" where anything does."""
    if found.is_same:
        return
    for line in found.differences:
        out.print(line, markup=False)
    err.print(
        said(
            "{count} difference{count:s} up to position {position}",
            count=len(found.differences),
            position=found.position,
        )
    )
    answer_no()


def _divide(here: Session, shards: int) -> None:
    with here.open() as opened, steps(said("judging in {shards} shard{shards:s}", shards=shards)) as step:
        is_new = opened.store.judging.divide(shards, progress=step, waits=lambda: say(WAITS))
    if is_new:
        out.print(said("judged in {shards} shard{shards:s}", shards=shards))
    else:
        out.print(
            said(
                "already judged in {shards} shard{shards:s}",
                shards=shards,
            )
        )


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
    service: Annotated[
        list[str] | None,
        typer.Option("--service", help="with --reports: the rows of these services alone; else of all"),
    ] = None,
) -> None:
    """Create the store, or bring an older one forward; say which rules it follows. Only this needs to create tables."""
    here = session(context)
    if not here.who.may(Right.ADMINISTER):
        raise NotAllowed(
            said("a store is made and brought forward by its administrator"), mend=said("--as administrator")
        )
    if service and reports is None:
        raise Invalid(said("--service says whose rows a role sees"), place="--service", mend=said("--reports ROLE"))
    version = prepare(here.settings.store)
    here = replace(here, renews=True)
    if shards is not None:
        _divide(here, shards)
    with here.read() as opened, steps(said("judging by the newer rules")) as step:
        _bring_forward(opened.store.history.database, grant)
        if reports is not None:
            _let_read(opened.store, reports, service or ())
        place = here.settings.store.rpartition("@")[2]
        out.print(said("{place}: store version {version}", place=place, version=version), markup=False)
        differs = _follow_rules(opened.store, here.who, step, for_good=adopt_rules and not dry_run)
    if differs is not None:
        err.print(differs, markup=False)
        answer_no()


def _bring_forward(database: Database, grant: str | None) -> None:
    """Makes what is read beside the history, and gives the role that is named its rights."""
    mend_layouts(database)
    create_reports(database)
    if grant is not None:
        schemas = [name for layout in layouts(database) for name in layout.schemas]
        grant_rights(database, grant, [*schemas, SCHEMA] if has_keys(database) else schemas)


def _let_read(store: Store, role: str, services: Collection[str]) -> None:
    """Lets a role read the reports, of these services or of all, and says what it sees of them, and what else it may reach."""
    others = grant_reports(store.history.database, role, services)
    if others:
        says = said("{role} may also reach {others}: not by this command", role=role, others=", ".join(others))
        err.print(says, markup=False)
    if unknown := sorted({*services} - {EVERY} - {*store.read(ADMINISTRATOR, read_services)}):
        err.print(said("{services}: no service of that name is known yet", services=", ".join(unknown)), markup=False)
    if not services or EVERY in services:
        out.print(said("{role} reads the reports of every service", role=role), markup=False)
        return
    named = ", ".join(sorted({*services}))
    out.print(
        said("{role} reads the reports of {services}, and of no other service", role=role, services=named), markup=False
    )


def _follow_rules(store: Store, who: Principal, step: Callable[[int, int], None], *, for_good: bool) -> Said | None:
    """Adopts the rules of this program where that is said, else shows what it would restate, and gives how they differ from
    those that the store follows; None where it follows them in the end."""
    followed = adopted_rules(store.history)
    if followed == own_rules():
        out.print(said("it follows the rules of this program ({followed})", followed=followed), markup=False)
        return None
    restated = adopt(store.history, who, store.clock, dry_run=not for_good, progress=step)
    for figure in restated:
        changed = f"{figure.before} → {figure.after}"
        says = said("{what}: {changed}", what=f"{figure.commitment} {figure.period}", changed=changed)
        out.print(says, markup=False)
    if for_good:
        store.judging.catch_up(progress=step)
        says = said("it follows {rules} now; restated final figures: {count}", rules=own_rules(), count=len(restated))
        out.print(says, markup=False)
        return None
    return said(
        "it follows {followed}, this program judges by {rules}: final figures that would be restated: {count}; "
        "`entente migrate --adopt-rules` adopts them",
        followed=followed,
        rules=own_rules(),
        count=len(restated),
    )
