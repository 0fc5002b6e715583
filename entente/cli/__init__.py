"""The command line (INTERFACE §3): exit 0 done, 1 the answer is “no”, 2 wrong use, 3 a needed server cannot be reached."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from entente.cli import (
    audit,
    calendars,
    contracts,
    decisions,
    doctoring,
    events,
    excuses,
    figures,
    outages,
    outside,
    running,
    trying,
    unmatched,
)
from entente.cli.session import new_session
from entente.logs import log_as, say
from services.errors import DocumentInvalid, EntenteError, Unavailable

STOPPED = 130
"""The exit code after ctrl-C, as shells have it."""

app = typer.Typer(
    name="entente",
    help="Keeps the agreements between services honest: contracts as data, facts as events, verdicts anyone can replay.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="--store and --as may stand anywhere on the line. Exit 0 done, 1 the answer is no, 2 wrong use, 3 unreachable.",
)


@app.callback()
def entente(
    context: typer.Context,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            envvar="ENTENTE_STORE",
            help="sqlite:///FILE or postgresql://…",
            show_default="sqlite:///entente.db",
        ),
    ] = None,
    on_behalf: Annotated[
        str | None,
        typer.Option(
            "--as", help="SERVICE[/PERSON], auditor or administrator: on whose behalf", show_default="administrator"
        ),
    ] = None,
) -> None:
    context.obj = new_session(store, on_behalf, _said(context))
    log_as(context.obj.settings.log)


def _said(context: typer.Context) -> list[str]:
    """The options of every command that stand on the line, not in the environment."""
    sources = {"--store": context.get_parameter_source("store"), "--as": context.get_parameter_source("on_behalf")}
    return [option for option, source in sources.items() if source is not None and source.name == "COMMANDLINE"]


for group in (
    running,
    contracts,
    calendars,
    events,
    figures,
    decisions,
    unmatched,
    excuses,
    outages,
    trying,
    audit,
    outside,
    doctoring,
):
    group.add_to(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and ends the process with its exit code. Errors are one line: what, where, and how to mend."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    log_as("text")
    _look_less_for_garbage()
    try:
        code = app(_hoisted(given), standalone_mode=False)
    except typer.TyperException as error:
        say(_wrong_use(error), level="error")
        sys.exit(EntenteError.exit_code)
    except DocumentInvalid as error:
        for problem in error.problems:
            say(problem, level="error")
        sys.exit(error.exit_code)
    except EntenteError as error:
        say(f"entente: {error}", level="error")
        sys.exit(error.exit_code)
    except OSError as error:
        say(f"entente: {error.filename or 'a file'}: {error.strerror}", level="error")
        sys.exit(Unavailable.exit_code)
    if code == STOPPED:
        say("entente: stopped; what was answered is stored, and the same command again goes on where it stopped")
    sys.exit(code)


def _look_less_for_garbage() -> None:
    """Judging and importing make many small values that live shortly and no cycles: the collector of cycles would look
    at all of them in vain, a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def _wrong_use(error: typer.TyperException) -> str:
    """One line; the help where a group of commands was called without any."""
    message = error.format_message()
    if message.startswith("Usage:"):
        return message
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "entente"
    return f"{command}: {message.rstrip('.')} ({command} --help)"


def _hoisted(arguments: list[str]) -> list[str]:
    """`--store X` and `--as X` moved to the front, wherever they stand before `--`."""
    front: list[str] = []
    rest: list[str] = []
    items = iter(arguments)
    for item in items:
        if item == "--":
            rest += [item, *items]
        elif item in ("--store", "--as"):
            front.append(item)
            front += [value] if (value := next(items, None)) is not None else []
        elif item.startswith(("--store=", "--as=")):
            front.append(item)
        else:
            rest.append(item)
    return front + rest
