"""Quarantine: what could not be accepted, looked at, sent through the door again, or discarded."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.saying import Said, heard, said
from domain.times import show
from entente.cli.options import Json
from entente.cli.session import judged, out, print_json, print_table, session
from services.arrivals.reading import count_quarantine, read_quarantine, read_quarantined
from services.arrivals.rows import QuarantineRow
from services.arrivals.shown import quarantine_json

quarantine = typer.Typer(no_args_is_help=True, help="Quarantine: list, show, retry, discard, take-back.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(quarantine, name="quarantine")


@quarantine.command("list")
def list_quarantine(
    context: typer.Context, limit: Annotated[int, typer.Option(help="how many at most")] = 100, json: Json = False
) -> None:
    """What could not be accepted, and why."""
    here = session(context)
    with here.see() as seen:
        rows = read_quarantine(seen, limit=limit)
        total = count_quarantine(seen)
    if json:
        print_json([quarantine_json(row) for row in rows])
        return
    print_table(
        ("item", "received", "pushed by", "origin", "problem"),
        [
            (
                r.id,
                show(r.received),
                said("{who} by {channel}", who=r.by, channel=heard(r.channel)),
                r.origin,
                _problem(r),
            )
            for r in rows
        ],
        empty=said("Nothing in quarantine."),
    )
    if total > len(rows):
        out.print(said("{shown} of {total} shown; --limit shows more", shown=len(rows), total=total))


def _problem(row: QuarantineRow) -> Said:
    return said("{slug}: {problem}", slug=row.slug, problem=heard(row.problem))


@quarantine.command("show")
def show_quarantine(context: typer.Context, item: str) -> None:
    """One item with its bytes, as JSON."""
    here = session(context)
    with here.see() as seen:
        print_json(quarantine_json(read_quarantined(seen, item), whole=True))


@quarantine.command()
def retry(context: typer.Context, item: str) -> None:
    """Send the item through the door again."""
    here = session(context)
    with here.read() as opened:
        answer = opened.quarantine.retry(item, here.who)
        judged(opened)
    out.print(heard(answer.result), markup=False)


@quarantine.command()
def discard(
    context: typer.Context, item: str, reason: Annotated[str, typer.Option(help="why it is of no use")]
) -> None:
    """Discard an item; its bytes stay in the history."""
    here = session(context)
    with here.read() as opened:
        opened.quarantine.discard(item, here.who, reason)
        judged(opened)


@quarantine.command("take-back")
def take_back(context: typer.Context, item: str) -> None:
    """Take back that you discarded an item: it waits again."""
    here = session(context)
    with here.read() as opened:
        opened.quarantine.take_back(item, here.who)
        judged(opened)
