"""Events that found nothing owed: list, show, match by hand, and take that back."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboards.language import Language
from domain.saying import Said, heard, said
from domain.times import show, zone
from entente.cli.session import judged, out, print_json, print_table, session
from entente.cli.unselected import print_unselected
from entente.voice import spoken
from services.access import Principal
from services.api.showing import zone_of
from services.arrivals.reading import read_unselected
from services.arrivals.unselected import unselected_json
from services.errors import Invalid
from services.matches.matching import Matching
from services.matches.reading import candidates_of, count_unmatched, read_match, read_matches, read_unmatched
from services.matches.rows import MatchRow, UnmatchedRow
from services.matches.setting_aside import SettingAside
from services.matches.shown import match_json, unmatched_event_json, unmatched_json
from services.store import Store

EVERY = said("Every event found what it belongs to.")
SELECTED = said("Every event that a contract selects found what it belongs to.")
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Text = Annotated[str, typer.Option("--text", help="what you have to say")]
Event = Annotated[str, typer.Argument(metavar="POSITION", help="of the event; “entente unmatched list” shows it")]
One = Annotated[str, typer.Argument(metavar="MATCH", help="the id of a match, or the position of its event")]
Of = Annotated[str | None, typer.Option("--commitment", help="where the event was matched to several")]

unmatched = typer.Typer(
    no_args_is_help=True, help="Events that a contract selects and nothing owed awaits: list, show, match, unmatch."
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(unmatched, name="unmatched")


@unmatched.command("list")
def list_unmatched(
    context: typer.Context,
    set_aside: Annotated[bool, typer.Option("--set-aside", help="those that belong nowhere, as somebody said")] = False,
    limit: Annotated[int, typer.Option(help="how many at most")] = 100,
    json: Json = False,
) -> None:
    """Events that a commitment selects and none has an occurrence for, and that were not set aside; and how many events no
    contract selects."""
    words = spoken()
    here = session(context)
    with here.see() as seen:
        rows = read_unmatched(seen, limit=limit, aside=set_aside)
        total = count_unmatched(seen, aside=set_aside)
        lost = [] if json or set_aside else read_unselected(seen)
    if json:
        print_json([unmatched_json(row) for row in rows])
        return
    print_table(
        ("position", "type", "source", "id", "subject", "time", "commitments", "set aside" if set_aside else "reason"),
        [
            (r.position, r.type, r.source, r.id, r.subject, show(r.time), " ".join(r.commitments), _why(r, words))
            for r in rows
        ],
        empty=said("Nothing was set aside.") if set_aside else SELECTED if lost else EVERY,
        words={"reason": ""},
    )
    if total > len(rows):
        out.print(said("{shown} of {total} shown; --limit shows more", shown=len(rows), total=total))
    print_unselected(lost, words)


@unmatched.command("unselected")
def list_unselected(context: typer.Context, json: Json = False) -> None:
    """Events that no contract selects, by type and source, and what they come nearest to."""
    here, words = session(context), spoken()
    with here.see() as seen:
        rows = read_unselected(seen)
    if json:
        print_json([unselected_json(row) for row in rows])
        return
    print_unselected(rows, words)
    if not rows:
        out.print(said("Contracts select every event."))


@unmatched.command("show")
def show_unmatched(context: typer.Context, event: Event) -> None:
    """What an event may belong to, and what people matched it to, as JSON."""
    here = session(context)
    position = _position(event)
    with here.see() as seen:
        candidates, matches = candidates_of(seen, position), read_matches(seen, event=position)
        print_json(unmatched_event_json(position, candidates, matches, seen.catalogue))


@unmatched.command("set-aside")
def set_event_aside(
    context: typer.Context,
    event: Event,
    text: Annotated[str, typer.Option("--text", help="why it belongs nowhere")],
) -> None:
    """Say that an event belongs to nothing that is owed (the party of the indicator's owner)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(SettingAside).put(here.who, _position(event), text)
        judged(opened)
    out.print(said("set aside by {who}", who=str(here.who)), markup=False)


@unmatched.command("take-back")
def take_aside_back(context: typer.Context, event: Event, text: Text = "") -> None:
    """Let an event that was set aside wait again."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(SettingAside).take_back(here.who, _position(event), text)
        judged(opened)
    out.print(said("taken back by {who}: it waits again", who=str(here.who)), markup=False)


@unmatched.command("matches")
def list_matches(
    context: typer.Context,
    commitment: Annotated[str | None, typer.Option(help="of one commitment")] = None,
    json: Json = False,
) -> None:
    """What people matched by hand, newest first."""
    here = session(context)
    with here.see() as seen:
        catalogue = seen.catalogue
        rows = read_matches(seen, commitment=commitment)
    if json:
        print_json([match_json(row, zone_of(catalogue, row.commitment)) for row in rows])
        return
    print_table(
        ("match", "event", "commitment", "key", "as", "state", "by", "at", "waits for"),
        [
            (
                r.id,
                r.event,
                r.commitment,
                r.key,
                " ".join(r.roles),
                r.state,
                r.made.by,
                show(r.made.at, zone(zone_of(catalogue, r.commitment) or "UTC")),
                r.waits_for,
            )
            for r in rows
        ],
        empty=said("Nobody matched anything by hand."),
        words={"state": "match", "waits for": ""},
    )


@unmatched.command()
def match(
    context: typer.Context,
    event: Event,
    commitment: Annotated[str, typer.Argument(help="contract/deliverable/criterion")],
    key: Annotated[str, typer.Argument(help="the occurrence that the event belongs to")],
    role: Annotated[
        str | None, typer.Option(help="as what, where no selector of a case says so: opened, closed, changed…")
    ] = None,
    text: Text = "",
) -> None:
    """Say to which occurrence an event belongs (the party of the indicator's owner)."""
    here = session(context)
    with here.read() as opened:
        id, _ = opened.store.use(Matching).match(here.who, _position(event), commitment, key, role=role, text=text)
        judged(opened)
        row = opened.store.read(here.who, read_match, id)
    if row.waits_for is not None:
        out.print(_asked(row), markup=False)
    else:
        says = said("matched to {key} by {who} ({match})", key=row.key, who=str(here.who), match=row.id)
        out.print(says, markup=False)


@unmatched.command()
def unmatch(context: typer.Context, match: One, text: Text = "", commitment: Of = None) -> None:
    """Take a match back: the event is again what its selectors make of it."""
    here = session(context)
    with here.read() as opened:
        id = _id(opened.store, here.who, match, commitment)
        opened.store.use(Matching).unmatch(here.who, id, text)
        judged(opened)
        row = opened.store.read(here.who, read_match, id)
    if row.waits_for is not None:
        out.print(_asked(row), markup=False)
    else:
        out.print(said("taken back by {who}", who=str(here.who)), markup=False)


@unmatched.command()
def accept(context: typer.Context, match: One, text: Text = "", commitment: Of = None) -> None:
    """Accept what changes a final period (the other party)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Matching).accept(here.who, _id(opened.store, here.who, match, commitment), text)
        judged(opened)
    out.print(said("accepted by {who}", who=str(here.who)), markup=False)


@unmatched.command()
def refuse(
    context: typer.Context,
    match: One,
    text: Annotated[str, typer.Option("--text", help="why")],
    commitment: Of = None,
) -> None:
    """Refuse what would change a final period (the other party)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Matching).refuse(here.who, _id(opened.store, here.who, match, commitment), text)
        judged(opened)
    out.print(said("refused by {who}", who=str(here.who)), markup=False)


def _asked(row: MatchRow) -> Said:
    return said(
        "asked: a final period would change, so {who} answers ({match})", who=heard(str(row.waits_for)), match=row.id
    )


def _why(row: UnmatchedRow, words: Language) -> str:
    """Why it waits, or who said that it belongs nowhere."""
    if row.asides:
        return words.apart(dict.fromkeys(f"{one.by}{words.text('word.colon')}{one.text}" for one in row.asides))
    return words.text(f"reason.{row.reason}") if words.has(f"reason.{row.reason}") else row.reason


def _id(store: Store, who: Principal, match: str, commitment: str | None) -> str:
    return store.use(Matching).of_event(who, int(match), commitment) if match.isdecimal() else match


def _position(text: str) -> int:
    if not text.isdecimal():
        raise Invalid(said("“{text}” is no position", text=text), place="POSITION", mend=said("a whole number"))
    return int(text)
