"""Events in, and time: import, advance."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.times import show
from entente.cli.session import err, judged, moment, out, print_json, session, steps
from ingestion.files import ImportCount, import_files
from services.contract_files import MappingTerms, kind_of, mapping_terms, read_bytes
from services.errors import Invalid, NotAllowed


def add_to(app: typer.Typer) -> None:
    app.command("import")(import_)
    app.command("advance")(advance)


def import_(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help=".jsonl or .csv files, also .gz and .xz")],
    map_: Annotated[Path | None, typer.Option("--map", help="mapping file, for .csv")] = None,
    advance: Annotated[str | None, typer.Option(help="then declare all events up to this time received")] = None,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Import events through the same door as HTTP. Importing alone never moves time."""
    here = session(context)
    if here.who.role == "auditor":
        raise NotAllowed("an auditor pushes no events", mend="act as a service")
    to = moment(advance, "--advance") if advance is not None else None
    mapping = _mapping(map_)
    with here.open() as opened:
        with steps("importing") as step:
            count = import_files(opened.door, files, mapping, here.who, lambda so_far: step(_met(so_far), 0))
        if to is not None:
            opened.store.timekeeping.advance(here.who, to)
        judged(opened)
        waiting = opened.reading.count_quarantine(here.who)
    if json:
        print_json({"accepted": count.accepted, "duplicates": count.duplicates, "quarantined": count.quarantined})
        return
    out.print(f"accepted {count.accepted}, duplicates {count.duplicates}, quarantined {count.quarantined}")
    if count.quarantined:
        err.print(f"{waiting} items wait in quarantine: `entente quarantine list` shows why")


def advance(
    context: typer.Context,
    to: Annotated[str, typer.Argument(help="a time with offset: all events up to it have been received")],
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Declare all events up to a time received: what was due and did not come is missing."""
    here = session(context)
    time = moment(to, "T")
    with here.open() as opened:
        done = opened.store.timekeeping.advance(here.who, time)
        judged(opened)
    if json:
        print_json({"watermark": show(done.watermark), "moved": done.has_moved, "position": done.position})
    else:
        out.print(str(done), markup=False)


def _mapping(path: Path | None) -> MappingTerms | None:
    if path is None:
        return None
    try:
        documents = read_bytes(path.read_bytes(), str(path))
    except OSError as error:
        raise Invalid(error.strerror or "cannot be read", place=str(path), mend="the path of a mapping file") from error
    found = [one for one in documents if kind_of(one) == "mapping"]
    if len(found) != 1:
        raise Invalid(
            f"{len(found)} mappings in this file", place=str(path), mend="exactly one document with `mapping:`"
        )
    return mapping_terms(found[0])


def _met(count: ImportCount) -> int:
    return count.accepted + count.duplicates + count.quarantined
