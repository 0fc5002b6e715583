"""The help of the commands, and what is wrong with a line, in the language that is spoken: the commands are defined once, in
English, and what they say is looked up as everything that the program says (dashboards/messages.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import typer
from typer import _click as click

from domain.saying import heard, said
from entente.voice import told

HELP = "Show this message and exit."
_BRACKETS = re.compile(r"(?P<before>^|  )\[(?P<said>[^\]]*)\]$")
_KIND = re.compile(r"<(?P<kind>[^>]+)>")


class _Formatter(click.HelpFormatter):
    """Writes in the language that is spoken what the library puts around our texts."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix if prefix is not None else told(said("Usage: ")))

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{told(heard(f'{heading}:'))}\n")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        shown = [
            (_KIND.sub(_kind, name), told(heard(text)) if text == HELP else _BRACKETS.sub(_about, text))
            for name, text in rows
        ]
        super().write_dl(shown, col_max, col_spacing)


class _Context(typer.Context):
    formatter_class = _Formatter


def translate(command: click.Command) -> None:
    """The command and all below it say what they say in the language that is spoken."""
    command.context_class = _Context
    command.help = _told(command.help)
    command.epilog = _told(command.epilog)
    for param in _params(command):
        param.help = _told(param.help)
        if isinstance(param, typer.core.TyperArgument):
            param.metavar = told(heard(param.display_name_raw))
    if isinstance(command, typer.core.TyperGroup):
        command.subcommand_metavar = told(heard(command.subcommand_metavar))
        for below in command.commands.values():
            translate(below)


def texts(command: click.Command) -> Iterator[str]:
    """Everything that the help of a command and those below it says, in English."""
    yield from filter(None, (one_line(text) for text in (command.help, command.epilog)))
    for param in _params(command):
        if param.help:
            yield one_line(param.help)
        if isinstance(param, typer.core.TyperArgument):
            yield param.display_name_raw
    if isinstance(command, typer.core.TyperGroup):
        for below in command.commands.values():
            yield from texts(below)


def wrong_use(error: typer.TyperException) -> str:
    """One line; the help where a group of commands was called without any."""
    message = error.format_message()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return message
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "entente"
    return told(said("{path}: {what} ({path} --help)", path=path, what=heard(message.rstrip("."))))


def one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _params(command: click.Command) -> Iterator[typer.core.TyperArgument | typer.core.TyperOption]:
    """But `--help`, which the library adds when it is asked for."""
    for param in command.params:
        if isinstance(param, typer.core.TyperArgument | typer.core.TyperOption):
            yield param


def _told(text: str | None) -> str | None:
    return told(heard(one_line(text))) if text else text


def _kind(found: re.Match[str]) -> str:
    return f"<{told(heard(found['kind']))}>"


def _about(found: re.Match[str]) -> str:
    """`[default: 1; required]`: each part is a sentence."""
    return f"{found['before']}[{'; '.join(told(heard(part)) for part in found['said'].split('; '))}]"
