"""Reviews: the agenda, how its items are settled, who is there, and when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.review import ANSWERS, OUTCOMES
from domain.saying import said
from domain.times import show
from entente.cli.options import Json, Text
from entente.cli.session import judged, moment, one_of, out, print_json, print_table, session, write_file
from entente.voice import spoken
from services.contracts.reading import read_contract
from services.reviews.packs import held_pack
from services.reviews.reading import read_review
from services.reviews.reviewing import Reviewing
from services.reviews.shown import agenda_json

Reason = Annotated[str, typer.Option(help="why; the other party is told")]

SENTENCES_FOLD = 120
"""Letters of a line of the agenda, where it is printed to no terminal."""


def add_meeting(group: typer.Typer) -> None:
    for command in (agenda, attend, add, settle, move, cancel, invite, answer):
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
        piped=SENTENCES_FOLD,
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


def invite(
    context: typer.Context,
    review: str,
    target: Annotated[Path | None, typer.Option("--out", help="FILE.ics; without it, it is printed")] = None,
) -> None:
    """The meeting for a calendar (iCalendar). Who is invited gets it by mail, and is asked there."""
    from dashboards.pages.reviews.inviting import invitation_file

    here = session(context)
    with here.read() as opened, opened.store.seen(here.who) as seen:
        row = read_review(seen, review)
        contract, in_force = read_contract(seen, row.contract), seen.catalogue.contracts[row.contract]
        stamp = seen.known.of(row.contract).watermark or 0
        name = here.settings.organisation
        content = invitation_file(spoken(), contract, in_force, row, organisation=name, stamp=stamp)
    if target is None:
        out.print(content.decode(), markup=False)
        return
    write_file(target, content)
    out.print(said("{file}: {review}", file=str(target), review=review), markup=False)


def answer(
    context: typer.Context,
    review: str,
    answer: Annotated[str, typer.Option(help="accepted or declined")],
    person: Annotated[str | None, typer.Option(help="SERVICE/PERSON of the parties; default: who you are")] = None,
) -> None:
    """Say who comes to a review that is still to come."""
    one_of("--answer", answer, ANSWERS)
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).answer(here.who, review, answer, person)
        judged(opened)
