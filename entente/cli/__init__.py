"""The command line (INTERFACE §3): exit 0 done, 1 the answer is “no”, 2 wrong use, 3 a needed server cannot be reached."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from typer import _click as click

from dashboards.language import LANGUAGES
from domain.saying import heard, said
from entente.cli import (
    access_keys,
    actions,
    audit,
    breaches,
    calendars,
    causes,
    charters,
    checkpoints,
    contracts,
    costs,
    doctoring,
    effects,
    events,
    excuses,
    figures,
    forgetting,
    mail,
    offers,
    outages,
    outside,
    people,
    quarantine,
    reminders,
    restoring,
    reviews,
    running,
    trying,
    unmatched,
    use,
)
from entente.cli.helping import translate, wrong_use
from entente.cli.session import new_session
from entente.logs import log_as, say
from entente.voice import language_of, speak, spoken, told
from services.errors import DocumentInvalid, EntenteError, Invalid, Unavailable

EVERYWHERE = ("--store", "--as", "--language")
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
    epilog="--store, --as and --language may stand anywhere on the line. Exit 0 done, 1 the answer is no, 2 wrong use, 3 unreachable.",
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
    language: Annotated[
        str | None, typer.Option("--language", help="en or fr", show_default="that of the environment, LANG")
    ] = None,
) -> None:
    if language is not None and language not in LANGUAGES:
        raise Invalid(said("“{code}” is not spoken here", code=language), place="--language", mend=", ".join(LANGUAGES))
    context.obj = new_session(store, on_behalf, _said(context))
    log_as(context.obj.settings.log)


def _said(context: typer.Context) -> list[str]:
    """The options of every command that stand on the line, not in the environment."""
    names = {"--store": "store", "--as": "on_behalf", "--language": "language"}
    sources = {option: context.get_parameter_source(name) for option, name in names.items()}
    return [option for option, source in sources.items() if source is not None and source.name == "COMMANDLINE"]


for group in (
    running,
    contracts,
    calendars,
    offers,
    charters,
    events,
    figures,
    breaches,
    causes,
    effects,
    actions,
    reviews,
    use,
    quarantine,
    unmatched,
    excuses,
    reminders,
    costs,
    outages,
    trying,
    audit,
    checkpoints,
    restoring,
    forgetting,
    mail,
    people,
    access_keys,
    outside,
    doctoring,
):
    group.add_to(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and ends the process with its exit code. Errors are one line: what, where, and how to mend."""
    given = _hoisted(list(sys.argv[1:] if arguments is None else arguments))
    log_as("text")
    speak(_language(given, os.environ))
    _look_less_for_garbage()
    try:
        code = command()(given, prog_name="entente", standalone_mode=False)
    except typer.TyperException as error:
        say(wrong_use(error), level="error")
        sys.exit(EntenteError.exit_code)
    except DocumentInvalid as error:
        for problem in error.problems:
            say(problem, level="error")
        sys.exit(error.exit_code)
    except EntenteError as error:
        say(told(said("entente: {what}", what=error.line)), level="error")
        sys.exit(error.exit_code)
    except OSError as error:
        file = error.filename or said("a file")
        says = said("{file}: {why}", file=file, why=heard(error.strerror or ""))
        say(told(said("entente: {what}", what=says)), level="error")
        sys.exit(Unavailable.exit_code)
    if code == STOPPED:
        say(said("entente: stopped; what was answered is stored, and the same command again goes on where it stopped"))
    sys.exit(code)


def _look_less_for_garbage() -> None:
    """Judging and importing make many small values that live shortly and no cycles: the collector of cycles would look
    at all of them in vain, a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def command() -> click.Command:
    """All commands, in the language that is spoken."""
    found = typer.main.get_command(app)
    if spoken().code != "en":
        translate(found)
    return found


def _language(hoisted: list[str], environment: Mapping[str, str]) -> str:
    """Gives the language that the line names, else that of the environment."""
    code = next((one.partition("=")[2] for one in hoisted if one.startswith("--language=")), "")
    if "--language" in hoisted[:-1]:
        code = hoisted[hoisted.index("--language") + 1]
    return code if code in LANGUAGES else language_of(environment)


def _hoisted(arguments: list[str]) -> list[str]:
    """`--store X`, `--as X` and `--language X` moved to the front, wherever they stand before `--`."""
    front: list[str] = []
    rest: list[str] = []
    left = list(arguments)
    while left:
        item = left.pop(0)
        if item == "--":
            rest += [item, *left]
            break
        if item == "--store" and "verify" in rest and (not left or left[0].startswith("-")):
            rest.append(item)  # what is verified, and no address
        elif item in EVERYWHERE:
            front += [item, *left[:1]]
            left = left[1:]
        elif item.startswith(tuple(f"{one}=" for one in EVERYWHERE)):
            front.append(item)
        else:
            rest.append(item)
    return front + rest
