"""Commands of who answers for personal data: forget somebody, say what is kept until when, replace the key that wraps keys."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

import typer

from domain.saying import said
from domain.times import Instant, show
from entente.cli.checkpoints import keys
from entente.cli.options import Json
from entente.cli.session import Session, out, print_json, print_table, session
from entente.kept_where import places
from entente.keys_wiring import erased_to
from entente.wiring import Program
from services.access import Right
from services.directory.declaring import Declared
from services.errors import Invalid
from services.protection.listing import require_kept
from services.protection.shown import month_json, place_json
from services.sealing.data_keys import DataKeys, Held
from services.sealing.erasing import Erasing, Erasure, require_to_forget
from services.sealing.retention import Kept, kept, run, sweep

retention = typer.Typer(no_args_is_help=True, help="What is kept sealed, where, until when: list, where, run.")


def add_to(app: typer.Typer) -> None:
    app.command("erase")(erase)
    app.add_typer(retention, name="retention")


def erase(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(help="whom events name by this id, as their `personal.subject` says")],
    reason: Annotated[str, typer.Option(help="why; it stands in the history, so name nobody")],
    source: Annotated[list[str] | None, typer.Option(help="what this source sent alone; may be repeated")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would go, and destroy nothing")] = False,
) -> None:
    """Forget somebody: what is sealed about him is destroyed for good. Figures and proofs stay."""
    here = session(context)
    require_to_forget(here.who)
    with here.open() as opened:
        if opened.keys is None and not (opened.leaving.of(subject) or opened.untold.of(subject)):
            _keys(opened)
        erasure = _erasing(here, opened).erase(here.who, subject, reason, sources=source or (), dry_run=dry_run)
        keeps_erased = opened.store.history.database.keeps_erased()
    _show(erasure, dry_run=dry_run)
    if keeps_erased and not dry_run:
        out.print(said("what was deleted still stands in the log of the store: somebody was reading"))
        out.print(said("`entente serve` empties it within the hour; else `entente erase` again does"))


def _show(erasure: Erasure, *, dry_run: bool) -> None:
    print_table(
        ("source", "from", "to", "keys"),
        [(name, held[0].need.span, held[-1].need.span, len(held)) for name, held in _by_source(erasure.keys)],
        empty=said("Nothing is sealed about this id."),
    )
    for one in erasure.also:
        out.print(one, markup=False)
    if erasure.also:
        out.print(said("the id stays: it says who signed and decided"))
    if erasure.stays:
        places = ", ".join(map(str, erasure.stays))
        out.print(said("entries that name this person from before stay as they are: {places}", places=places))
    for other in erasure.others:
        out.print(said("something is kept of “{other}”, too: letters in another case name somebody else", other=other))
    if erasure.unread:
        out.print(said("what was set aside and does not say whom it is about may name this id: it goes after 30 days"))
    if dry_run:
        out.print(said("nothing was destroyed"))
    elif erasure.keys:
        out.print(said("keys destroyed here"))
        day = show(erasure.everywhere_by)[:10]
        out.print(said("destroyed everywhere on {day}, or when `entente keys rewrap` is run before", day=day))


def _by_source(held: Sequence[Held]) -> list[tuple[str, list[Held]]]:
    ordered = sorted(held, key=lambda one: (one.need.source, one.need.span))
    return [(name, list(each)) for name, each in groupby(ordered, key=lambda one: one.need.source)]


@retention.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """What is kept sealed: of which source and month, about how many, where its tool is, until when."""
    here = session(context)
    require_kept(here.who)
    with here.open() as opened:
        found = kept(_keys(opened), Declared(opened.store.history).personal())
    if json:
        print_json([month_json(one) for one in found])
        return
    print_table(
        ("source", "month", "subjects", "stored in", "retention", "until"),
        [(one.source, one.month, one.subjects, one.stored_in, one.retention, _until(one)) for one in found],
        empty=said("Nothing is kept sealed."),
    )


def _until(one: Kept) -> str:
    if one.until is not None:
        return show(one.until)[:10]
    return said("nobody says") if one.is_declared else said("nobody declares it any more")


@retention.command("where")
def where(context: typer.Context, json: Json = False) -> None:
    """Every place where something about people lies, until when, and whether forgetting somebody takes it out there."""
    here = session(context)
    require_kept(here.who)
    found = places(here.settings)
    if json:
        print_json([place_json(one) for one in found])
        return
    print_table(
        ("what", "where", "until", "erased"),
        [(one.what, one.where, one.until, said("yes") if one.is_erased else said("no")) for one in found],
        empty=said("Nothing is kept."),
    )


@retention.command("run")
def run_(context: typer.Context) -> None:
    """Destroy what was kept for as long as its source says, by the time of the store; `serve` does so every hour."""
    here = session(context)
    require_to_forget(here.who)
    with here.open() as opened:
        store = opened.store
        gone = run(
            _erasing(here, opened),
            _keys(opened),
            Declared(store.history).personal(),
            store.timekeeping.watermark(),
            here.who.by(Right.FORGET),
        )
        sweep(store.history, _keys(opened), store.clock())
    print_table(
        ("source", "from", "to", "keys"),
        [(name, held[0].need.span, held[-1].need.span, len(held)) for name, held in _by_source(gone)],
        empty=said("Nothing is due."),
    )


@keys.command("rewrap")
def rewrap(context: typer.Context) -> None:
    """Replace the key that wraps data keys: what was destroyed before can be opened from no backup any more."""
    here = session(context)
    require_to_forget(here.who)
    with here.open() as opened:
        store, found = opened.store, _keys(opened)
        since: Instant | None = found.waiting_since()
        count = found.rewrap(store.clock())
        out.print(said("keys that are wrapped by {kek}: {count}", count=count, kek=found.wrapped_by()))
        if since is not None and found.waiting_since() is None:
            out.print(said("destroyed everywhere: all that was destroyed here"))


def _keys(opened: Program) -> DataKeys:
    if opened.keys is None:
        raise Invalid(
            said("there is no file of keys that wrap data keys"),
            place="ENTENTE_KEK_FILE",
            mend=said("`entente keys create FILE --kek` makes one"),
        )
    return opened.keys


def _erasing(here: Session, opened: Program) -> Erasing:
    store = opened.store
    return Erasing(
        store.history, opened.keys, store.clock, erased_to(here.settings), also=[opened.leaving, opened.untold]
    )
