"""Commands that show that nothing was altered: make and list checkpoints, verify the store, make a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from domain.saying import said, said_by
from domain.signed_notes import NotANote, Verifier, notes_in, verifier
from domain.times import show
from entente.cli.session import answer_no, err, out, print_json, print_table, session, steps
from services.access import Right
from services.checkpoints.making import all_checkpoints, create, make
from services.checkpoints.signing import SigningKey, create_key, read_key
from services.checkpoints.verifying import Given, given, verify
from services.errors import Invalid, NotAllowed

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
LONGEST_FILE = 10_000_000
"""Bytes of a file of checkpoints that is read."""

checkpoints = typer.Typer(
    no_args_is_help=True, help="Signed states of the history that one can keep elsewhere: make, list."
)
keys = typer.Typer(no_args_is_help=True, help="Keys that the program signs with: create.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(checkpoints, name="checkpoints")
    app.add_typer(keys, name="keys")
    app.command("verify")(verify_)


@keys.command("create")
def create_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="where the key is written; for its owner alone")],
    checkpoint: Annotated[bool, typer.Option("--checkpoint", help="a key that signs checkpoints")],
) -> None:
    """Make a key in a file of its own, and print what others verify its signatures with."""
    here = session(context)
    here.ignores("--as", "--store", because=said("a key is of no store"))
    if not checkpoint:
        raise Invalid(said("say what the key is for"), mend=said("`--checkpoint`: signing checkpoints"))
    for one in create_key(file, here.settings.origin).verifiers:
        out.print(one.text, markup=False)


@checkpoints.command("make")
def make_(context: typer.Context) -> None:
    """Sign what the history holds by now; where nothing is new, the newest checkpoint is printed again."""
    here = session(context)
    if not here.who.may(Right.ADMINISTER):
        raise NotAllowed(said("checkpoints are made by the administrator"), mend=said("act as administrator"))
    with here.open() as opened, steps(said("adding to the tree")):
        create(opened.store.history)
        made = make(opened.store.history, _key(here.settings.checkpoint_key), opened.store.clock)
    if made is None:
        raise Invalid(said("the history is empty"), mend=said("sign a contract first"))
    out.print(made.note, markup=False, end="")


@checkpoints.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """The checkpoints that were made, the oldest first."""
    here = session(context)
    with here.open() as opened:
        create(opened.store.history)
        with opened.store.history.database.snapshot() as reads:
            made = list(all_checkpoints(reads))
    if json:
        print_json([one._asdict() for one in made])
        return
    print_table(
        ("entries", "position", "made"),
        [(one.size, one.position, show(one.made * 1_000_000)) for one in made],
        empty=said("No checkpoint yet. `entente checkpoints make` makes one."),
    )


def verify_(
    context: typer.Context,
    store: Annotated[bool, typer.Option("--store", help="the store, which is what is verified in any case")] = False,
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="a file with checkpoints that were kept elsewhere")
    ] = None,
    key: Annotated[list[str] | None, typer.Option("--key", help="a verifier key whose signatures are trusted")] = None,
) -> None:
    """Compare what is stored with every checkpoint that was made of it, and with those that you have kept."""
    here = session(context)
    if not here.who.may(Right.AUDIT):
        raise NotAllowed(said("the whole history is for the auditor and the administrator"), mend=said("--as auditor"))
    trusted = [_verifier(one) for one in key or ()]
    kept = [one for file in checkpoint or () for one in _kept(file, trusted)]
    with here.open() as opened, steps(said("verifying")):
        create(opened.store.history)
        found = verify(opened.store.history, kept, trusted)
    for problem in found.problems:
        err.print(problem)
    if found.problems:
        answer_no()
    out.print(said("{size} entries agree with {compared} checkpoints", size=found.size, compared=len(found.given)))
    if found.given and not any(one.is_trusted for one in found.given):
        out.print(said("whether they are signed by the key of this store only you can tell: --key says which it is"))


def _verifier(text: str) -> Verifier:
    try:
        return verifier(text)
    except NotANote as error:
        raise Invalid(said_by(error), place="--key", mend=said("as `entente keys create` printed it")) from error


def _kept(file: Path, trusted: Sequence[Verifier]) -> Iterator[Given]:
    """The checkpoints of a file, one behind the other. Raises Invalid."""
    try:
        if file.stat().st_size > LONGEST_FILE:
            raise Invalid(said("the file is too large"), place=str(file))
        text = file.read_text(encoding="utf-8")
        for note in notes_in(text):
            yield given(note, trusted)
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(said("the file cannot be read"), place=str(file)) from error
    except NotANote as error:
        raise Invalid(said_by(error), place=str(file), mend=said("checkpoints as they were handed out")) from error


def _key(file: str) -> SigningKey:
    if not file:
        raise Invalid(
            said("there is no key for checkpoints"),
            place="ENTENTE_CHECKPOINT_KEY",
            mend=said("`entente keys create FILE --checkpoint` makes one"),
        )
    return read_key(Path(file))
