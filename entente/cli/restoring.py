"""After a restore: say that the store is a backup's, so that checkpoints of what was lost are told apart from what was altered."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.saying import said
from entente.cli.session import cover, out, session
from entente.wiring import Program
from services.access import Right
from services.checkpoints.announcing import restored
from services.deciding import words_of
from services.errors import Invalid, NotAllowed
from services.sign_in.restored import end_what_came_back


def add_to(app: typer.Typer) -> None:
    app.command("restore")(restore)


def restore(
    context: typer.Context,
    reason: Annotated[str, typer.Option(help="why; it stands in the history, so name nobody")],
) -> None:
    """Say that this store was restored from a backup. Sessions and links that came back with it end. From its newest checkpoint on it
    goes another way: those that were handed out of what is lost are of a branch that was left."""
    here = session(context)
    if not here.who.may(Right.ADMINISTER):
        raise NotAllowed(said("a restore is told by the administrator"), mend=said("act as administrator"))
    with here.open() as opened:
        _end_what_came_back(opened)
        last = opened.checkpoints.newest()
        if last is None:
            raise Invalid(said("no checkpoint was made of this store: nothing can be ahead of it"))
        restored(opened.store.history, last.note, words_of(reason), opened.store.clock)
        if opened.checkpoints.has_key:
            cover(opened)  # nobody has to believe it before a key has signed for it
    out.print(said("from the checkpoint of {size} entries on, this store goes another way", size=last.size))


def _end_what_came_back(opened: Program) -> None:
    """Says what cannot be ended so: what was taken away since the backup, of which the store knows nothing."""
    found = end_what_came_back(opened.store.history.database)
    out.print(
        said("ended, of what came back: sessions {sessions}, links {links}", sessions=found.sessions, links=found.links)
    )
    out.print(
        said("passwords, second factors and roles are those of the backup: suspend again who was taken out since")
    )
    if live := opened.access_keys.live():
        keys = ", ".join(f"{one.key} ({one.service or '*'} {one.can})" for one in live)
        out.print(
            said("access keys that open something: {keys}; revoke again those that were revoked since", keys=keys)
        )
