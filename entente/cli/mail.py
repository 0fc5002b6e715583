"""Commands about notices: which letters were sent, wait or failed; send a failed one again; see whether mail arrives."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.saying import said
from domain.times import show
from entente.cli.options import Json
from entente.cli.session import out, print_json, print_table, session
from entente.wiring import Program
from services.errors import Refused
from services.notices.noticing import Noticing
from services.notices.reading import read_letter, read_letters
from services.notices.shown import letter_json

mail = typer.Typer(no_args_is_help=True, help="What people are told by mail: list, retry, test.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(mail, name="mail")


@mail.command("list")
def list_letters(context: typer.Context, json: Json = False) -> None:
    """The newest letters: whom they tell of what kind, and whether they were sent, wait or failed. Not what they say."""
    here = session(context)
    with here.open() as opened:
        rows = read_letters(opened.store.history.database, here.who)
    if json:
        print_json([letter_json(one) for one in rows])
        return
    print_table(
        ("made", "id", "person", "about", "notices", "state", "why"),
        [
            (show(one.row.made), one.row.id, one.row.person, one.row.kind, one.notices, one.row.state, one.row.why)
            for one in rows
        ],
        empty=said("No mail was sent, and none waits."),
    )


@mail.command("retry")
def retry(
    context: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="the letter, as `entente mail list` shows it")],
    channel: Annotated[str, typer.Option(help="mail or hook")] = "mail",
) -> None:
    """Send a letter that failed once more; one of which nobody knows whether it arrived, too."""
    here = session(context)
    with here.open() as opened:
        opened.store.use(Noticing).again(here.who, id, channel)
        _go(opened)
        found = read_letter(opened.store.history.database, here.who, id, channel)
    _tell(found.row.state, found.row.why)


@mail.command("test")
def test(
    context: typer.Context, person: Annotated[str, typer.Argument(metavar="PERSON", help="the id, such as anna.martin")]
) -> None:
    """Send somebody a mail that says no more than that mails arrive."""
    here = session(context)
    with here.open() as opened:
        id = opened.store.use(Noticing).test(here.who, person)
        _go(opened)
        found = read_letter(opened.store.history.database, here.who, id)
    _tell(found.row.state, found.row.why)


def _go(opened: Program) -> None:
    """Sends what is due now. Raises Refused where nothing carries mail."""
    from entente.posting import Posting  # what writes letters is loaded only where there are any

    posting = Posting(opened)
    if not posting.is_on:
        raise Refused(
            said("no mail is sent from here: it waits"),
            mend=said("ENTENTE_MAIL_URL, ENTENTE_MAIL_FROM; or ENTENTE_MAIL_TO"),
        )
    posting.send()


def _tell(state: str, why: str) -> None:
    """Raises Refused where it did not go."""
    if state != "sent":
        raise Refused(
            said("it did not go: {why}", why=why or state), mend=said("it is tried again, or: entente mail list")
        )
    out.print(said("sent"))
