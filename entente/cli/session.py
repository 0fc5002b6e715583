"""The session that every command shares: the settings, who asks, how it prints, how it ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any, NoReturn

import msgspec
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from domain.saying import Said, heard, said, said_by
from domain.times import Instant, NotATime, TimeWithoutOffset, instant
from domain.unseen import without_unseen
from entente.logs import err
from entente.settings import Settings
from entente.voice import Voice, spoken, told
from entente.wiring import Program, program
from services.access import Principal, Right, principal
from services.checkpoints.making import MadeCheckpoint
from services.errors import Invalid, NotAllowed
from services.history.sqlite_files import private
from services.seeing.seen import Seen

__all__ = ["err"]

PIPED = 4_000
"""Columns that a table may have where there is no terminal to fit into."""

out = Voice(highlight=False, soft_wrap=True)


@dataclass
class Session:
    """The state of one call, kept in typer's context."""

    settings: Settings
    who: Principal
    given: frozenset[str] = frozenset()
    """The options of every command that the line names."""
    renews: bool = False
    """True where read models of an older version of the program may be replaced: a command that only looks does not."""

    @property
    def language(self) -> str:
        """The language of what is written for other programs: English, unless the line says another."""
        return spoken().code if "--language" in self.given else "en"

    def ignores(self, *options: str, because: str) -> None:
        """Raises Invalid where the line names an option of every command that means nothing to this one."""
        for option in options:
            if option in self.given:
                raise Invalid(because, place=option, mend=said("leave it out"))

    def require_auditor(self) -> None:
        """Raises NotAllowed for who may not see what is kept of others."""
        if not self.who.may(Right.AUDIT):
            raise NotAllowed(said("this is for the auditor, not for {who}", who=self.who), mend=said("--as auditor"))

    @contextmanager
    def open(self) -> Iterator[Program]:
        """Opens the program on its store until the end of the block. Nothing is judged by that: see `read`."""
        with program(self.settings, renews=self.renews) as opened:
            self.who = opened.sign_in.acting(self.who)
            yield opened

    @contextmanager
    def read(self) -> Iterator[Program]:
        """Opens the program on its store, with everything that is in the history judged."""
        with self.open() as opened:
            judged(opened)
            yield opened
            self._say_unknown(opened)

    @contextmanager
    def see(self) -> Iterator[Seen]:
        """Opens what who asks sees once everything that is in the history is judged: one state, for a command that only
        looks."""
        with self.read() as opened, opened.store.seen(self.who) as seen:
            yield seen

    def _say_unknown(self, opened: Program) -> None:
        """Reading is refused to nobody (docs/design, "Who acts"), but a slip in a name is told; who decides was refused before."""
        try:
            opened.store.history.require_people([str(self.who)])
        except NotAllowed as error:
            err.print(said("warning: {what}", what=error.line), markup=False)


def session(context: typer.Context) -> Session:
    found = context.obj
    assert isinstance(found, Session)
    return found


def new_session(store: str | None, on_behalf: str | None, given: Collection[str] = ()) -> Session:
    """Raises Invalid for a wrong setting of the environment, or one who cannot act."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = f"ENTENTE_{str(first['loc'][0]).upper()}"
        cause = first.get("ctx", {}).get("error")  # in our own words, which are known in French
        why = said_by(cause) if isinstance(cause, ValueError) else heard(first["msg"])
        raise Invalid(
            said("“{input}”: {msg}", input=first["input"], msg=why),
            place=name,
            mend=said("correct it, or unset it"),
        ) from error
    if store:
        settings = settings.model_copy(update={"store": store})
    return Session(settings, principal(on_behalf), frozenset(given))


def judged(opened: Program) -> None:
    """Judges what is there, or waits for the judge that runs; with progress when it takes long."""
    with steps(said("judging")) as step:
        opened.store.judging.catch_up(progress=step)
    if opened.checkpoints.has_key and opened.checkpoints.awaits_signature():
        cover(opened)


def cover(opened: Program) -> MadeCheckpoint | None:
    """The first checkpoint that covers all that the history has by now; None, which is said, where the judge that runs does not make
    one in time. Raises Invalid without a key."""
    with steps(said("adding to the tree")):
        found = opened.checkpoints.ensure(opened.store.history.last_position())
    if found is None and opened.store.history.last_position():
        err.print(
            said("the running `entente serve` has made no checkpoint yet: what is new is not covered"), markup=False
        )
    return found


def _plain(value: object) -> str:
    """A sentence that remembers how it was made is a text to programs."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(f"JSON has nothing for {type(value).__name__}")


_ENCODER = msgspec.json.Encoder(decimal_format="number", enc_hook=_plain)


def print_json(value: Any) -> None:
    """Two spaces of indentation, UTF-8, exact numbers."""
    encoded = _ENCODER.encode(value)
    sys.stdout.write(msgspec.json.format(encoded, indent=2).decode() + "\n")


def one_of(option: str, value: str | None, values: Sequence[str]) -> None:
    """Raises Invalid for a value that is none of them: an empty list would read as an answer."""
    if value is not None and value not in values:
        raise Invalid(said("“{value}” is not known", value=value), place=option, mend=", ".join(values))


def none_chosen(none: Said, **options: str | None) -> Said | None:
    """Why a list is empty where something was chosen; None where nothing was. `none`: “No breach”; `options`: name and value."""
    chosen = [f"--{name} {value}" for name, value in options.items() if value is not None]
    if not chosen:
        return None
    if len(chosen) == 1:
        return said("{none} with {option}. Without it all are shown.", none=none, option=chosen[0])
    return said("{none} with {options}. Without them all are shown.", none=none, options=" ".join(chosen))


def print_table(
    headers: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    empty: str,
    words: Mapping[str, str] | None = None,
    piped: int | None = None,
) -> None:
    """A plain table; `empty` says why there is nothing and what comes next. `words`: the columns whose cells are words of ours,
    with what these are said of (“excuse”), so that they agree with it; empty where that is all the same.
    `piped`: columns of letters at which whole sentences are folded where there is no terminal; None: nothing is folded there."""
    words = words or {}
    if not rows:
        out.print(empty, markup=False)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        table.add_column(told(heard(header, of="column")) if header else "", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(cell, words.get(header)) for header, cell in zip(headers, row, strict=True)))
    if out.is_terminal:
        out.print(table, markup=False)
    else:
        Console(width=piped or PIPED, highlight=False).print(table, markup=False)


def _cell(cell: object, said_of: str | None) -> str:
    """`said_of`: None where it is no word of ours."""
    if cell is None or cell == "":
        return ""
    if not isinstance(cell, str):
        return str(cell)
    is_word = said_of is not None and not isinstance(cell, Said)
    return without_unseen(told(heard(cell, of=said_of or "") if is_word else cell))


@contextmanager
def steps(what: str, *, is_shown: bool = True) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal for work that is longer than a second, its first step too; elsewhere nothing."""
    if not (is_shown and err.is_terminal):
        yield lambda done, total: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeElapsedColumn(), console=err, transient=True) as bar:
        task = bar.add_task(told(what), total=None, rate="", visible=False)
        soon = Timer(1.0, lambda: bar.update(task, visible=True))
        soon.daemon = True
        soon.start()

        def step(done: int, total: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0
            rate = f"{done / elapsed:,.0f}/s" if elapsed > 0 else ""
            bar.update(task, completed=done, total=total or None, rate=rate, visible=elapsed > 1)

        try:
            yield step
        finally:
            soon.cancel()


def write_file(target: Path, content: bytes, *, is_private: bool = False) -> None:
    """Writes what a command was asked to write; what is about people, for the owner of the file alone. Raises Invalid."""
    try:
        with open(target, "wb", opener=private if is_private else None) as file:
            file.write(content)
    except OSError as error:
        raise Invalid(
            error.strerror or said("cannot be written"), place=str(target), mend=said("the path of a file")
        ) from error


def moment(text: str, option: str) -> Instant:
    """An instant with offset, from the command line. Raises Invalid."""
    try:
        return instant(text)
    except TimeWithoutOffset as error:
        raise Invalid(
            said("“{text}” has no offset", text=text), place=option, mend=said("{text}Z or {text}+01:00", text=text)
        ) from error
    except NotATime as error:
        raise Invalid(
            said("“{text}” is not a time", text=text), place=option, mend=said("2026-03-10T12:00:00Z")
        ) from error


def moment_or_position(text: str, option: str) -> tuple[Instant | None, int | None]:
    """A position of the history is a whole number, everything else a time."""
    if text.isdecimal():
        return None, int(text)
    return moment(text, option), None


def answer_no() -> NoReturn:
    """The answer is “no” (INTERFACE §3): differences found, verification failed."""
    raise typer.Exit(1)
