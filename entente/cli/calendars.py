"""Calendars: closed days of an iCalendar file, as a draft that `apply` publishes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.saying import heard, said
from entente.cli.contracts import day
from entente.cli.session import out, print_json, session, write_file
from entente.voice import told
from services.contract_files.icalendar_source import MAX_BYTES
from services.contracts.calendar_drafts import Draft, draft_of
from services.errors import Invalid

group = typer.Typer(no_args_is_help=True, help="Calendars: import closed days from an iCalendar file.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(group, name="calendar")


@group.callback()
def _calendar() -> None:
    pass


@group.command("import")
def import_closures(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="an iCalendar file (.ics)")],
    calendar: Annotated[str, typer.Option(help="the published calendar that takes the closed days")],
    target: Annotated[
        Path | None, typer.Option("--out", help="the file to write the draft to; without it the draft is printed")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="first day, YYYY-MM-DD; without it, the first that has not passed")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="last day, YYYY-MM-DD; without it, the end of the calendar's years")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Draft the next version of a calendar with the closed days of a file; `entente apply` publishes it."""
    here = session(context)
    content = _read(file)
    with here.read() as opened:
        store = opened.store
        draft = draft_of(
            store.history,
            calendar,
            content,
            place=str(file),
            watermark=store.timekeeping.watermark(),
            today=store.clock(),
            first=day(since, "--from") if since is not None else None,
            last=day(until, "--until") if until is not None else None,
        )
    if target is not None and draft.added:
        write_file(target, draft.text.encode())
    if json:
        print_json(_json(draft))
        return
    is_printed = target is None and bool(draft.added)
    for line in _said(draft, target):
        typer.echo(told(line), err=is_printed)
    if is_printed:
        out.file.write(draft.text)


def _said(draft: Draft, target: Path | None) -> list[str]:
    if not draft.added:
        span = {"first": str(draft.first), "last": str(draft.last)}
        lines: list[str] = [
            said("calendar {calendar}: nothing new is closed from {first} to {last}", calendar=draft.calendar, **span)
        ]
    else:
        lines = [
            said("calendar {calendar}, draft of version {version}:", calendar=draft.calendar, version=draft.version)
        ]
        lines += [f"  {change}" for change in draft.changes]
        lines += [f"  {_span(one.first, one.last)}  {one.name}" for one in draft.added]
    lines += [said("left out, no whole day: {name}", name=name) for name in draft.partial]
    lines += [
        said("left out, there are exceptional openings: {day} {name}", day=str(one.first), name=one.name)
        for one in draft.open
    ]
    if draft.added:
        lines.append(said("publish it: {command}", command=f"entente apply {target or 'FILE'}"))
    return lines


def _span(first: object, last: object) -> str:
    return str(first) if first == last else f"{first}..{last}"


def _json(draft: Draft) -> dict[str, object]:
    return {
        "calendar": draft.calendar,
        "version": draft.version,
        "from": draft.first.isoformat(),
        "until": draft.last.isoformat(),
        "changes": list(draft.changes),
        "added": [
            {"from": one.first.isoformat(), "until": one.last.isoformat(), "name": one.name} for one in draft.added
        ],
        "partial": list(draft.partial),
        "open": [one.first.isoformat() for one in draft.open],
        "draft": draft.text if draft.added else None,
    }


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Invalid(
            said("cannot be read: {why}", why=heard(error.strerror or "")),
            place=str(file),
            mend=said("an iCalendar file"),
        ) from error
