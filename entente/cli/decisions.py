"""What people settle: breaches, actions, reviews, quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.saying import Said, chained, heard, said
from domain.times import show
from entente.cli.contracts import day, party_of
from entente.cli.session import err, judged, none_chosen, one_of, out, print_json, print_table, session, write_file
from entente.voice import spoken
from services.api.json_rows import action_json, breach_json, quarantine_json, review_json, zone_of
from services.errors import Invalid
from services.reading.fingerprints import signing_json
from services.reading.pack_checking import Checked, check, check_file, pack_of_file
from services.reading.reading_decisions import (
    read_action,
    read_actions,
    read_breach,
    read_breaches,
    read_review,
    read_reviews,
)
from services.reading.reading_queues import count_quarantine, read_quarantine, read_quarantined, read_services
from services.reading.reviewing import pack_bytes, review_pack
from services.reading.rows import QuarantineRow, names_of

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Text = Annotated[str, typer.Option(help="what you have to say")]
Contract = Annotated[str | None, typer.Option(help="of one contract")]

breaches = typer.Typer(no_args_is_help=True, help="Breaches: list, show, acknowledge, explain.")
actions = typer.Typer(no_args_is_help=True, help="Actions: list, show, open, progress, close.")
PACK_FORMS = (".html", ".pdf", ".json", ".csv", ".xlsx")
reviews = typer.Typer(no_args_is_help=True, help="Reviews: list, show, pack, check, minutes, decide, sign.")
quarantine = typer.Typer(no_args_is_help=True, help="Quarantine: list, show, retry, discard.")


def add_to(app: typer.Typer) -> None:
    for name, group in (
        ("breaches", breaches),
        ("actions", actions),
        ("reviews", reviews),
        ("quarantine", quarantine),
    ):
        app.add_typer(group, name=name)


@breaches.command("list")
def list_breaches(
    context: typer.Context,
    contract: Contract = None,
    state: Annotated[str | None, typer.Option(help="open or withdrawn")] = None,
    json: Json = False,
) -> None:
    """Commitments that were not kept, newest first."""
    one_of("--state", state, ("open", "withdrawn", "past"))
    here = session(context)
    with here.see() as seen:
        catalogue = seen.catalogue
        rows = read_breaches(seen, contract=contract, state=state)
    if json:
        print_json([breach_json(row, zone_of(catalogue, row.commitment)) for row in rows])
        return
    print_table(
        ("breach", "commitment", "period", "cause", "key", "state", "acknowledged", "action"),
        [(r.id, r.commitment, r.period, r.cause, r.key, r.state, r.acknowledged_by, r.action) for r in rows],
        empty=none_chosen(said("No breach"), contract=contract, state=state) or said("No breach."),
        words={"cause": "", "state": "breach"},
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
        opened.store.deciding.acknowledge(here.who, breach)
        judged(opened)
    out.print(said("acknowledged by {who}", who=str(here.who)), markup=False)


@breaches.command("explain")
def explain_breach(context: typer.Context, breach: str, text: Text) -> None:
    """Say why it happened (either party)."""
    here = session(context)
    with here.read() as opened:
        opened.store.deciding.explain_breach(here.who, breach, text)
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
        id, _ = opened.store.deciding.open_action(here.who, commitment, text, person=person, due=on)
        doubts = opened.store.deciding.doubts(here.who, commitment, person)
        judged(opened)
    for doubt in doubts:
        err.print(said("warning: {what}", what=doubt), markup=False)
    out.print(id, markup=False)


@actions.command()
def progress(context: typer.Context, action: str, text: Text) -> None:
    """Note progress on an action."""
    here = session(context)
    with here.read() as opened:
        opened.store.deciding.progress(here.who, action, text)
        judged(opened)


@actions.command()
def close(context: typer.Context, action: str, text: Text) -> None:
    """Close an action, and say what was done."""
    here = session(context)
    with here.read() as opened:
        opened.store.deciding.close(here.who, action, text)
        judged(opened)


@reviews.command("list")
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


@reviews.command("show")
def show_review(context: typer.Context, review: str) -> None:
    """One review, as JSON."""
    here = session(context)
    with here.see() as seen:
        row = read_review(seen, review)
        made = review_pack(seen, review)
        print_json(review_json(row, zone_of(seen.catalogue, row.contract)) | signing_json(made))


@reviews.command("check")
def check_pack(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="a review, or a pack as FILE.json")],
    against: Annotated[
        str | None, typer.Argument(help="the fingerprint on the paper, or the pack as FILE.json")
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(help="of packs of before: the name on them; default ENTENTE_ORGANISATION")
    ] = None,
    json: Json = False,
) -> None:
    """Whether a fingerprint, or a file, is that of a review's pack; a file alone is checked without any store."""
    if what.endswith(".json"):
        found = check_file(_kept(what))
        if against is not None:
            found = check(_kept(what), against, organisation or "")
    elif against is None:
        raise Invalid(
            said("it is not said what to compare"), place=what, mend=said("add the fingerprint, or FILE.json")
        )
    else:
        here = session(context)
        with here.see() as seen:
            made = review_pack(seen, what)
        name = organisation or here.settings.organisation
        found = check_file(_kept(against), made) if against.endswith(".json") else check(made, against, name)
    if json:
        print_json({**asdict(found), "same": found.is_same})
    else:
        out.print(_found(found), markup=False)
    if not found.is_same:
        raise typer.Exit(1)


def _kept(name: str) -> Mapping[str, Any]:
    try:
        return pack_of_file(Path(name).read_bytes(), name)
    except OSError as error:
        mend = error.strerror or said("look at its rights")
        raise Invalid(said("the file cannot be read"), place=name, mend=mend) from error


def _found(found: Checked) -> Said:
    told = {"review": found.review, "position": found.position, "given": found.given}
    if found.of is None:
        return said(
            "{review}, position {position}: not the same. Given {given}, the pack has {pack}", **told, pack=found.pack
        )
    if found.differs:
        parts = ", ".join(found.differs)
        return said(
            "{review}, position {position}: the pack is the same, what was signed is not: {parts}", **told, parts=parts
        )
    if found.of == "signed":
        return said("{review}, position {position}: the same, the fingerprint of what is signed {given}", **told)
    if found.of == "former":
        return said("{review}, position {position}: the same, the pack’s fingerprint of before {given}", **told)
    return said("{review}, position {position}: the same, the fingerprint of the pack {given}", **told)


@reviews.command()
def pack(
    context: typer.Context,
    review: str,
    target: Annotated[
        Path | None, typer.Option("--out", help="FILE.html, .pdf, .json, .csv or .xlsx; without it, JSON is printed")
    ] = None,
    position: Annotated[
        int | None, typer.Option(help="pin to this history position instead of the review's own")
    ] = None,
    separator: Annotated[str, typer.Option(help="between the cells of a CSV; default by language")] = "",
    decimal: Annotated[str, typer.Option(help="before the decimals of a CSV; default by language")] = "",
    headers: Annotated[str, typer.Option(help="of a table: shown, or stable")] = "shown",
) -> None:
    """What the parties look at: figures, breaches, actions, decisions to take, pinned to a history position."""
    if target is not None and target.suffix not in PACK_FORMS:
        raise Invalid(
            said("“{suffix}” is not a form of a pack", suffix=target.suffix),
            place=str(target),
            mend=", ".join(PACK_FORMS),
        )
    here, language = session(context), spoken().code
    suffix = target.suffix if target is not None else ""
    _require_heeded(suffix, separator, decimal, headers)
    with here.see() as seen:
        made: dict[str, Any] = review_pack(seen, review, position=position)
        names = names_of(read_services(seen))
    if target is None:
        print_json(made)
        return
    if headers not in ("shown", "stable"):
        raise Invalid(
            said("no headers are “{headers}”", headers=headers), place="--headers", mend=said("shown or stable")
        )
    match target.suffix:
        case ".json":
            content = pack_bytes(made)
        case ".csv" | ".xlsx":
            content = _tabulated(made, target.suffix, language, (separator, decimal), is_stable=headers == "stable")
        case _:
            content = _written(made, target.suffix, language, here.settings.organisation, names)
    write_file(target, content, is_private=True)
    says = said(
        "{file}: position {position}, fingerprint {fingerprint}",
        file=str(target),
        position=made["position"],
        fingerprint=made["fingerprint"],
    )
    out.print(says, markup=False)


def _require_heeded(suffix: str, separator: str, decimal: str, headers: str) -> None:
    """Raises Invalid for what says how a table is written where none is."""
    says = said("this is written in tables alone (.csv, .xlsx)")
    for option, is_given, suffixes in (
        ("--separator", bool(separator), (".csv",)),
        ("--decimal", bool(decimal), (".csv",)),
        ("--headers", headers != "shown", (".csv", ".xlsx")),
    ):
        if is_given and suffix not in suffixes:
            raise Invalid(says, place=option, mend=said("leave it out"))


def _written(made: dict[str, Any], suffix: str, language: str, organisation: str, people: Mapping[str, str]) -> bytes:
    """The web framework, and what makes PDF, are loaded only where pages are made."""
    from dashboards.pages.pack import pack_html
    from dashboards.pages.printing import pack_pdf

    if suffix == ".pdf":
        return pack_pdf(made, language, organisation=organisation, people=people)
    return pack_html(made, language, organisation=organisation, people=people).encode()


def _tabulated(made: dict[str, Any], suffix: str, language: str, signs: tuple[str, str], *, is_stable: bool) -> bytes:
    from dashboards.language import language as words_of
    from dashboards.pages.exports import pack as pack_table
    from dashboards.pages.spoken_tables import spoken as words_in
    from dashboards.pages.spoken_tables import written
    from dashboards.tables import STABLE, table_bytes

    how = written(language, *signs)
    words = STABLE if is_stable else words_in(words_of(language), "pack")
    return table_bytes("csv" if suffix == ".csv" else "xlsx", *pack_table(made), words=words, written=how)


@reviews.command()
def minutes(context: typer.Context, review: str, text: Text) -> None:
    """Record what was said."""
    here = session(context)
    with here.read() as opened:
        opened.store.deciding.minutes(here.who, review, text)
        judged(opened)


@reviews.command()
def decide(context: typer.Context, review: str, text: Text) -> None:
    """Record a decision of the meeting."""
    here = session(context)
    with here.read() as opened:
        opened.store.deciding.decide(here.who, review, text)
        judged(opened)


@reviews.command()
def sign(
    context: typer.Context,
    review: str,
    side: Annotated[str | None, typer.Option("--for", help="supplier or client, when you act for both")] = None,
) -> None:
    """Sign the minutes and decisions; what was signed is not changed any more."""
    here = session(context)
    with here.read() as opened:
        opened.store.deciding.sign_review(here.who, review, party_of(side))
        judged(opened)
        row = opened.store.read(here.who, read_review, review)
    parties = chained(", ", [said("{party} ({by})", party=heard(one.party), by=one.by) for one in row.signatures])
    if row.state == "signed":
        says = said("{review}: signed by {parties}", review=review, parties=parties)
    else:
        state = heard(row.state, of="review")
        says = said("{review}: {state}, signed by {parties}", review=review, state=state, parties=parties)
    out.print(says, markup=False)


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
