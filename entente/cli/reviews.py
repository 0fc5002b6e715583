"""Reviews: what is held, what was said and decided there, and who signed it."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from domain.saying import chained, heard, said
from domain.times import show
from entente.cli.contracts import party_of
from entente.cli.options import Contract, Json, Text
from entente.cli.packs import check_pack, pack
from entente.cli.session import judged, moment, one_of, out, print_json, print_table, session
from services.api.showing import zone_of
from services.reviews.fingerprints import signing_json
from services.reviews.packs import review_pack
from services.reviews.reading import read_review, read_reviews
from services.reviews.reviewing import Reviewing
from services.reviews.rows import OF_REVIEW, OfReview
from services.reviews.shown import review_json

group = typer.Typer(no_args_is_help=True, help="Reviews: list, show, pack, check, minutes, decide, take-back, sign.")


def add_to(app: typer.Typer) -> None:
    group.command("list")(list_reviews)
    group.command("show")(show_review)
    group.command("check")(check_pack)
    for command in (pack, minutes, decide, sign):
        group.command()(command)
    group.command("take-back")(take_back)
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
        made = review_pack(opened.store.seeing, here.who, review)
        with opened.store.seen(here.who) as seen:
            row = read_review(seen, review)
            shown = {**review_json(row, zone_of(seen.catalogue, row.contract)), **signing_json(made)}
    print_json(shown)


def minutes(context: typer.Context, review: str, text: Text) -> None:
    """Record what was said."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).minutes(here.who, review, text)
        judged(opened)


def decide(context: typer.Context, review: str, text: Text) -> None:
    """Record a decision of the meeting."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).decide(here.who, review, text)
        judged(opened)


def take_back(
    context: typer.Context,
    review: str,
    what: Annotated[str, typer.Argument(help="minutes or decision")],
    at: Annotated[str, typer.Option(help="when it was said, as `show` has it")],
) -> None:
    """Take back minutes or a decision of yours, until somebody has signed."""
    one_of("what", what, OF_REVIEW)
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).take_back(here.who, review, cast("OfReview", what), moment(at, "--at"))
        judged(opened)


def sign(
    context: typer.Context,
    review: str,
    side: Annotated[str | None, typer.Option("--for", help="supplier or client, when you act for both")] = None,
) -> None:
    """Sign the minutes and decisions; what was signed is not changed any more."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Reviewing).sign_review(here.who, review, party_of(side))
        judged(opened)
        row = opened.store.read(here.who, read_review, review)
    parties = chained(", ", [said("{party} ({by})", party=heard(one.party), by=one.by) for one in row.signatures])
    if row.state == "signed":
        says = said("{review}: signed by {parties}", review=review, parties=parties)
    else:
        state = heard(row.state, of="review")
        says = said("{review}: {state}, signed by {parties}", review=review, state=state, parties=parties)
    out.print(says, markup=False)
