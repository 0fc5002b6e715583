"""Reviews: the agenda, how its items are settled, who is there, and when."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.review import OUTCOMES
from domain.saying import said
from domain.times import show
from entente.cli.options import Json, Text
from entente.cli.session import judged, moment, one_of, out, print_json, print_table, session
from entente.voice import spoken
from services.reviews.packs import held_pack
from services.reviews.reading import read_review
from services.reviews.reviewing import Reviewing
from services.reviews.shown import agenda_json

Reason = Annotated[str, typer.Option(help="why; the other party is told")]


def add_meeting(group: typer.Typer) -> None:
    for command in (agenda, attend, add, settle, move, cancel):
        group.command()(command)


def agenda(context: typer.Context, review: str, json: Json = False) -> None:
    """What there is to decide, in order."""
    here = session(context)
    with here.read() as opened:
        row = opened.store.read(here.who, read_review, review)
        found = agenda_json(held_pack(opened.store.seeing, here.who, review), row)
    if json:
        print_json(found)
        return
    language = spoken().code
    print_table(
        ("no.", "agenda item", "what", "minutes", "outcome"),
        [
            (place, one["id"], one["sentence"][language], one["takes"], one["outcome"])
            for place, one in enumerate(found["items"], 1)
        ],
        empty=said("Nothing is on the agenda."),
        words={"outcome": "agenda"},
    )
    if found["takes"] > found["duration"]:
        says = said(
            "{takes} minutes on the agenda of a meeting of {duration}", takes=found["takes"], duration=found["duration"]
        )
        out.print(says, markup=False)


def attend(
    context: typer.Context,
    review: str,
    present: Annotated[
        list[str] | None, typer.Argument(help="SERVICE/PERSON of the parties; nobody, where none is named")
    ] = None,
) -> None:
    """Say who is there."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).attend(here.who, review, present or [])
        judged(opened)


def add(
    context: typer.Context,
    review: str,
    text: Text,
    takes: Annotated[int, typer.Option(help="minutes")] = 5,
) -> None:
    """Add an item to the agenda, also before the review."""
    here = session(context)
    with here.read() as opened:
        item, _ = opened.store.use(Reviewing).add(here.who, review, text, takes)
        judged(opened)
    out.print(item, markup=False)


def settle(
    context: typer.Context,
    review: str,
    item: Annotated[str | None, typer.Argument(help="its id, or its place on the agenda")] = None,
    outcome: Annotated[str | None, typer.Option(help="decided, noted or carried")] = None,
    text: Annotated[str, typer.Option(help="what you have to say")] = "",
    rest: Annotated[str | None, typer.Option(help="noted or carried: settles all that are left")] = None,
) -> None:
    """Say how an item of the agenda was settled."""
    one_of("--outcome", outcome, OUTCOMES)
    one_of("--rest", rest, OUTCOMES)
    if (item is None) != (outcome is None) or (item is None and rest is None):
        raise typer.BadParameter(str(said("name an item and --outcome, or --rest")))
    here = session(context)
    with here.read() as opened:
        reviewing = opened.store.use(Reviewing)
        if item is not None and outcome is not None:
            reviewing.settle(here.who, review, item, outcome, text)
        if rest is not None:
            reviewing.settle_rest(here.who, review, rest)
        judged(opened)


def move(
    context: typer.Context,
    review: str,
    to: Annotated[str, typer.Option(help="when it is to begin, with an offset")],
    reason: Reason,
) -> None:
    """Move a review to another time, before its hour."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).move(here.who, review, moment(to, "--to"), reason)
        judged(opened)
        row = opened.store.read(here.who, read_review, review)
    out.print(said("{review}: starts {starts}", review=review, starts=show(row.starts)), markup=False)


def cancel(context: typer.Context, review: str, reason: Reason) -> None:
    """Cancel a review, before its hour."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).cancel(here.who, review, reason)
        judged(opened)
