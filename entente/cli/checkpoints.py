"""Commands that show that nothing was altered: make and list checkpoints, verify the store, make a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from domain.saying import Said, said, said_by
from domain.signed_notes import NotANote, Verifier, notes_in, verifier
from domain.times import show
from entente.cli.audit import require_same
from entente.cli.session import answer_no, cover, err, judged, out, print_json, print_table, session, steps
from services.access import Right
from services.checkpoints import tree
from services.checkpoints.keeping import no_key
from services.checkpoints.making import all_checkpoints
from services.checkpoints.signing import create_key
from services.checkpoints.verifying import Given, Verified, given, verify
from services.errors import Invalid, NotAllowed, Unavailable
from services.history.history import History
from services.opening import system_clock
from services.proving.exporting import export
from services.proving.reading import verify_bundle
from services.sealing.kek import create_kek
from services.seeing.past import replay

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
LONGEST_FILE: Final = 100_000_000
"""Bytes of a file of checkpoints that is read."""
VERIFIERS: Final = Path(".config") / "entente" / "verifiers.txt"
"""In the home of who verifies: the keys that he always trusts, one a line."""

checkpoints = typer.Typer(
    no_args_is_help=True, help="Signed states of the history that one can keep elsewhere: make, list."
)
keys = typer.Typer(
    no_args_is_help=True, help="Keys that the program signs with, and that wrap data keys: create, rewrap."
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(checkpoints, name="checkpoints")
    app.add_typer(keys, name="keys")
    app.command("export")(export_)
    app.command("verify")(verify_)


@keys.command("create")
def create_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="where the key is written; for its owner alone")],
    checkpoint: Annotated[bool, typer.Option("--checkpoint", help="a key that signs checkpoints")] = False,
    kek: Annotated[
        bool, typer.Option("--kek", help="a key that wraps data keys; keep it apart from every backup")
    ] = False,
) -> None:
    """Make a key in a file of its own, and print what others verify its signatures with, or know it by."""
    here = session(context)
    here.ignores("--as", because=said("whoever can write the file has the key"))
    if checkpoint == kek:
        raise Invalid(
            said("say what the key is for"),
            mend=said("`--checkpoint`: signing checkpoints; `--kek`: wrapping data keys"),
        )
    if kek:
        out.print(create_kek(file, system_clock()).newest, markup=False)
        return
    name = here.settings.signs_as
    if not name:  # then the store has one of its own
        with here.open() as opened, opened.store.history.database.connect() as reads:
            name = tree.grown(reads).origin
    for one in create_key(file, name).verifiers:
        out.print(one.text, markup=False)


@checkpoints.command("make")
def make_(context: typer.Context) -> None:
    """Sign what the history holds by now; where nothing is new, the newest checkpoint is printed again."""
    here = session(context)
    if not here.who.may(Right.ADMINISTER):
        raise NotAllowed(said("checkpoints are made by the administrator"), mend=said("act as administrator"))
    with here.open() as opened:
        if not opened.checkpoints.has_key:
            raise no_key()
        found = cover(opened)
        newest = opened.checkpoints.newest()
    if found is None or newest is None:
        raise Unavailable(said("no checkpoint was made"), mend=said("look at the running `entente serve`"))
    out.print(newest.note, markup=False, end="")


@checkpoints.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """The checkpoints that were made, the oldest first."""
    here = session(context)
    with here.open() as opened, opened.store.history.database.snapshot() as reads:
        made = list(all_checkpoints(reads))
    if json:
        print_json([one._asdict() for one in made])
        return
    print_table(
        ("entries", "position", "made"),
        [(one.size, one.position, show(one.made * 1_000_000)) for one in made],
        empty=said("No checkpoint yet. `entente checkpoints make` makes one."),
    )


def export_(
    context: typer.Context,
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE.zip", help="where the bundle is written")],
    contract: Annotated[list[str] | None, typer.Option("--contract", help="these contracts alone")] = None,
    until: Annotated[
        int | None, typer.Option(min=1, help="end at the first checkpoint that covers this history position")
    ] = None,
) -> None:
    """Write what one takes home: entries, checkpoints, figures, and a program that verifies them without us. With --as what
    is that service's own."""
    here = session(context)
    if bundle.suffix != ".zip":
        raise Invalid(said("a bundle is a .zip"), place=str(bundle), mend=said("BUNDLE.zip"))
    with here.read() as opened:
        if opened.checkpoints.has_key and until is None:
            cover(opened)
        with steps(said("writing the bundle")) as step:
            found = export(
                opened.store.seeing, here.who, bundle, contracts=contract or None, until=until, progress=step
            )
        who, service = here.who.noted_as, str(here.who).partition("/")[0]
        opened.sign_in.log.note_read("exported", who, service, "bundle")
    out.print(
        said(
            "{file}: {shown} of {size} entries, up to position {position}",
            file=str(bundle),
            shown=found.shown,
            size=found.size,
            position=found.checkpoint.position,
        ),
        markup=False,
    )


def verify_(
    context: typer.Context,
    bundle: Annotated[
        Path | None, typer.Argument(metavar="BUNDLE.zip", help="a bundle that was exported; without it, the store")
    ] = None,
    store: Annotated[
        bool, typer.Option("--store", help="the store, which is what is verified without a bundle")
    ] = False,
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="a file with checkpoints that were kept elsewhere")
    ] = None,
    key: Annotated[list[str] | None, typer.Option("--key", help="a verifier key whose signatures are trusted")] = None,
    tree_alone: Annotated[bool, typer.Option("--tree", help="leave out the figures: what is stored alone")] = False,
) -> None:
    """Compare what is stored, or a bundle, with every checkpoint that was made of it, and with those that you have kept."""
    here = session(context)
    if bundle is not None:
        if store:
            raise Invalid(said("one thing is verified at a time"), place="--store", mend=said("leave it out"))
        here.ignores("--as", "--store", because=said("a bundle is verified without any store"))
        _verify_bundle(bundle, checkpoint or (), key or (), tree_alone=tree_alone)
        return
    if not here.who.may(Right.AUDIT):
        raise NotAllowed(said("the whole history is for the auditor and the administrator"), mend=said("--as auditor"))
    trusted = [_verifier(one, "--key") for one in key or ()] or _own_verifiers()
    kept = [one for file in checkpoint or () for one in _kept(file)]
    with here.open() as opened:
        with steps(said("verifying")) as step:
            found = verify(opened.store.history, kept, trusted, step)
        for problem in found.problems:
            err.print(problem, markup=False)
        if found.problems:
            answer_no()
        if not tree_alone:
            judged(opened)
            _replay(opened.store.history)
    _tell(found, is_trusted=bool(trusted), has_kept=bool(kept))


def _verify_bundle(bundle: Path, files: Sequence[Path], keys: Sequence[str], *, tree_alone: bool) -> None:
    """Answers "no" where something in it was altered, or does not follow from what it shows."""
    trusted = [_verifier(one, "--key") for one in keys] or _own_verifiers()
    kept = [one for file in files for one in _kept(file)]
    with steps(said("verifying")) as step:
        found = verify_bundle(bundle, kept, trusted, step, computes=not tree_alone)
    for problem in found.problems:
        err.print(problem, markup=False)
    if found.problems:
        answer_no()
    out.print(said("{shown} of {size} entries are shown", shown=found.shown, size=found.tree.size))
    _tell(found.tree, is_trusted=bool(trusted), has_kept=bool(kept))
    out.print(in_words_how_old(found.tree.dated, system_clock() // 1_000_000))
    if not tree_alone:
        out.print(said("figures and documents follow from them"))
    for claim in (*found.claims, said("it says that it was made with {needs}", needs=found.needs)):
        out.print(claim, markup=False)


def in_words_how_old(made: int, now: int) -> Said:
    """How old it is that what a bundle shows was the newest, in words; both in seconds since 1970, `made` 0 where nobody says it."""
    if not made:
        return said("its newest checkpoint does not say when it was signed")
    moment = show(made * 1_000_000)
    if made > now:
        return said("newest checkpoint signed on {moment}, later than it is here", moment=moment)
    days = (now - made) // 86_400
    return said(
        "newest checkpoint signed on {moment}, {days} day{days:s} ago: what came later is not in it",
        moment=moment,
        days=days,
    )


def _replay(history: History) -> None:
    """Answers "no" where the figures that are served are not those of the history."""
    with steps(said("replaying")) as step:
        found = replay(history, history.database, progress=step)
    require_same(found)


def _tell(found: Verified, *, is_trusted: bool, has_kept: bool) -> None:
    for branch in found.branches:
        out.print(
            said(
                "restored on {moment} behind entry {size}: {reason}",
                moment=show(branch.at),
                size=branch.size,
                reason=branch.reason,
            ),
            markup=False,
        )
    for left in found.left:
        out.print(said("the checkpoint of {size} entries is of what stood there before", size=left.size), markup=False)
    if not found.given:
        out.print(said("{size} entries, no checkpoint: nothing says that they are as they were", size=found.size))
        return
    out.print(
        said("{size} entries agree with {compared} checkpoint{compared:s}", size=found.size, compared=found.agreeing)
    )
    if found.vouched == found.size:
        return
    if is_trusted or has_kept:
        out.print(said("nothing vouches for entries {first} to {last}", first=found.vouched + 1, last=found.size))
    if not is_trusted and found.signers:
        keys = ", ".join(found.signers)
        out.print(
            said("consistent, signed by {keys}: whether that is their key only you can tell (`--key`)", keys=keys),
            markup=False,
        )


def _own_verifiers() -> list[Verifier]:
    """The keys that whoever verifies has written down for good. Raises Invalid."""
    file = Path.home() / VERIFIERS
    if not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [_verifier(line, str(file)) for line in lines if line.strip() and not line.startswith("#")]


def _verifier(text: str, place: str) -> Verifier:
    try:
        return verifier(text)
    except NotANote as error:
        raise Invalid(said_by(error), place=place, mend=said("as `entente keys create` printed it")) from error


def _kept(file: Path) -> Iterator[Given]:
    """The checkpoints of a file, one behind the other. Raises Invalid."""
    try:
        if file.stat().st_size > LONGEST_FILE:
            raise Invalid(said("the file is too large"), place=str(file))
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(said("the file cannot be read"), place=str(file)) from error
    at = end = 0
    try:
        for note in notes_in(text):
            at = text.index(note.rstrip("\n"), end)
            end = at + len(note.rstrip("\n"))
            yield given(note, is_kept=True)
    except NotANote as error:
        line = text.count("\n", 0, at) + 1
        raise Invalid(
            said("the checkpoint that begins in line {line} is not whole: {why}", line=line, why=said_by(error)),
            place=str(file),
            mend=said("leave it out, or copy the file anew from where it is kept"),
        ) from error
