"""Reviews: what is held, what was said and decided there, and who signed it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, cast

import typer

from domain.saying import chained, heard, said
from domain.times import show
from entente.cli.actions import document_of
from entente.cli.contracts import party_of
from entente.cli.meeting import add_meeting
from entente.cli.options import Contract, Json, Text
from entente.cli.packs import check_pack, pack
from entente.cli.session import judged, moment, one_of, out, print_json, print_table, session
from entente.voice import spoken
from services.api.showing import zone_of
from services.errors import Invalid
from services.reviews.fingerprints import signing_json
from services.reviews.issued import issued_of
from services.reviews.packs import held_pack
from services.reviews.reading import read_review, read_reviews
from services.reviews.reviewing import Reviewing
from services.reviews.rows import OF_REVIEW, OfReview
from services.reviews.shown import review_json, review_shown

group = typer.Typer(
    no_args_is_help=True,
    help="Reviews: list, show, pack, check, agenda, minutes, decide, settle, submit, sign, refuse.",
)


def add_to(app: typer.Typer) -> None:
    group.command("list")(list_reviews)
    group.command("show")(show_review)
    group.command("check")(check_pack)
    for command in (pack, minutes, decide, submit, sign, refuse):
        group.command()(command)
    group.command("take-back")(take_back)
    add_meeting(group)
    app.add_typer(group, name="reviews")


def list_reviews(context: typer.Context, contract: Contract = None, json: Json = False) -> None:
    """Reviews held, and the next one of each contract."""
    here = session(context)
    with here.see() as seen:
        catalogue = seen.catalogue
        rows = read_reviews(seen, contract=contract)
    if json:
        print_json([review_json(row, zone_of(catalogue, row.contract)) for row in rows])
        return
    print_table(
        ("review", "starts", "state", "pack position"),
        [(r.id, show(r.starts), r.state, r.position) for r in rows],
        empty=said("No review. A contract says when its parties meet with `review: {every: …, at: …}`."),
        words={"state": "review"},
    )


def show_review(context: typer.Context, review: str) -> None:
    """One review, as JSON."""
    here = session(context)
    with here.read() as opened:
        held = held_pack(opened.store.seeing, here.who, review)
        with opened.store.seen(here.who) as seen:
            row = read_review(seen, review)
            signed = signing_json(held.pack, held.meeting)
            items = signed["signing"]["items"] if signed["signing"] is not None else []
            zone_name = zone_of(seen.catalogue, row.contract)
        issued = issued_of(opened.store.seeing, here.who, row)
        shown = {**review_shown(row, zone_name, issued, held.told.words), "items": items, **signed}
    print_json(shown)


def minutes(context: typer.Context, review: str, text: Text) -> None:
    """Record what was said."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).minutes(here.who, review, text)
        judged(opened)


def decide(
    context: typer.Context,
    review: str,
    text: Annotated[str, typer.Option(help="what you have to say")] = "",
    kind: Annotated[
        str | None,
        typer.Option(help="of a decision that takes effect, such as excuse or action; a wrong one lists them"),
    ] = None,
    argument: Annotated[
        list[str] | None,
        typer.Option("--with", help="NAME=VALUE of its kind, as the agenda proposes them", metavar="NAME=VALUE"),
    ] = None,
    item: Annotated[
        str | None, typer.Option(help="the item of the agenda that it settles: its id or its place")
    ] = None,
    withdraw: Annotated[int | None, typer.Option(help="the number of a decision that is withdrawn instead")] = None,
    file: Annotated[
        Path | None, typer.Option(help="an action file: the action that it says, with its plan, is decided")
    ] = None,
) -> None:
    """Record a decision of the meeting; one of a kind takes effect once both have signed."""
    if file is not None and kind is not None:
        raise typer.BadParameter(str(said("name --kind or --file, not both")))
    here = session(context)
    number = None
    with here.read() as opened:
        reviewing = opened.store.use(Reviewing)
        if withdraw is not None:
            reviewing.withdraw(here.who, review, withdraw)
        elif file is not None:
            number, _ = reviewing.decide_file(here.who, review, document_of(file), text, item, spoken().code)
        elif kind is None:
            reviewing.decide(here.who, review, text)
        else:
            number, _ = reviewing.take_decision(here.who, review, kind, _arguments(argument or ()), text, item)
        judged(opened)
    if number is not None:
        out.print(said("{review}: decision {number}", review=review, number=number), markup=False)


def _arguments(given: Sequence[str]) -> dict[str, str]:
    """Raises Invalid for what is no NAME=VALUE."""
    found = {}
    for one in given:
        name, is_said, value = one.partition("=")
        if not is_said:
            raise Invalid(said("“{given}” is no NAME=VALUE", given=one), place="--with")
        found[name.strip()] = value.strip()
    return found


def take_back(
    context: typer.Context,
    review: str,
    what: Annotated[str | None, typer.Argument(help="minutes or decision; without it, what was submitted")] = None,
    at: Annotated[str | None, typer.Option(help="when it was said, as `show` has it")] = None,
    reason: Annotated[str, typer.Option(help="why what was submitted is changed again")] = "",
) -> None:
    """Take back minutes or a decision of yours, or, as the chair, what was submitted."""
    one_of("what", what, OF_REVIEW)
    here = session(context)
    with here.read() as opened:
        reviewing = opened.store.use(Reviewing)
        if what is None:
            reviewing.take_back_revision(here.who, review, reason)
        else:
            reviewing.take_back(here.who, review, cast("OfReview", what), moment(at or "", "--at"))
        judged(opened)


def submit(context: typer.Context, review: str) -> None:
    """Lay minutes and decisions before both parties, to be signed or refused."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).submit(here.who, review)
        judged(opened)
        row = opened.store.read(here.who, read_review, review)
    submitted = row.submission
    assert submitted is not None
    says = said("{review}: revision {revision}", review=review, revision=submitted.revision)
    out.print(f"{says}  {submitted.fingerprint}", markup=False, soft_wrap=True)


def sign(
    context: typer.Context,
    review: str,
    side: Annotated[str | None, typer.Option("--for", help="supplier or client, when you act for both")] = None,
    fingerprint: Annotated[
        str | None, typer.Option(help="of what you have read, as `show` has it; another one is refused")
    ] = None,
) -> None:
    """Sign the minutes and decisions; with the second signature they take effect."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).sign_review(here.who, review, party_of(side), fingerprint=fingerprint)
        judged(opened)
        row = opened.store.read(here.who, read_review, review)
    parties = chained(", ", [said("{party} ({by})", party=heard(one.party), by=one.by) for one in row.signatures])
    if row.state == "signed":
        says = said("{review}: signed by {parties}", review=review, parties=parties)
    else:
        state = heard(row.state, of="review")
        says = said("{review}: {state}, signed by {parties}", review=review, state=state, parties=parties)
    out.print(says, markup=False)


def refuse(
    context: typer.Context,
    review: str,
    reason: Annotated[list[str], typer.Option(help="why; it stays in every later revision")],
    decision: Annotated[list[int] | None, typer.Option(help="the number of a decision that the reasons name")] = None,
    side: Annotated[str | None, typer.Option("--for", help="supplier or client, when you act for both")] = None,
) -> None:
    """Refuse what was submitted, with reasons."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).refuse(here.who, review, reason, decision or (), party_of(side))
        judged(opened)
