"""Root causes, and what repeats: causes list, repeats."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboards.words import cause_words
from domain.repeats import Group
from domain.saying import Said, said
from entente.cli.options import Json
from entente.cli.session import out, print_json, print_table, session
from entente.voice import spoken
from services.causes.reading import read_causes
from services.causes.repeating import read_repeats
from services.causes.rows import CauseRow, RepeatsRow
from services.causes.shown import cause_json, repeats_json
from services.contracts.reading import read_contract

group = typer.Typer(no_args_is_help=True, help="Root causes: list.")


def add_to(app: typer.Typer) -> None:
    group.command("list")(list_causes)
    app.add_typer(group, name="causes")
    app.command("repeats")(repeats)


def list_causes(context: typer.Context, json: Json = False) -> None:
    """The root causes to which breaches are attributed, by list."""
    here = session(context)
    with here.see() as seen:
        rows = list(read_causes(seen).values())
    if json:
        print_json([cause_json(row) for row in rows])
        return
    print_table(
        ("cause", "title", "party", "list"),
        [(one.id, one.title.to(spoken().code), one.party, one.list) for one in rows],
        empty=said("No root cause. `entente apply FILE` publishes a list of them."),
        words={"party": ""},
    )


def repeats(
    context: typer.Context,
    contract: str,
    since: Annotated[
        str | None,
        typer.Option(help="from when on breaches were opened: a day or a time", show_default="the last review"),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="until when, that instant excluded", show_default="the next review")
    ] = None,
    json: Json = False,
) -> None:
    """What repeats in a contract: its breaches by root cause, the heaviest first."""
    here = session(context)
    with here.see() as seen:
        row = read_repeats(seen, contract, since, until)
        known = read_causes(seen)
        zone_name = read_contract(seen, contract).timezone
    if json:
        print_json(repeats_json(row, zone_name))
        return
    shown = repeats_json(row, zone_name)["groups"]
    if row.groups:
        out.print(pareto(row), markup=False)
    print_table(
        ("cause", "breaches", "misses", "weight", "share", "recurrences"),
        [
            (
                _called(group, known),
                len(one["breaches"]),
                one["misses"],
                one["weight"],
                one["share"],
                one["recurrences"],
            )
            for group, one in zip(row.groups, shown, strict=True)
        ],
        empty=said("No breach in this time."),
    )


def pareto(row: RepeatsRow) -> Said:
    """`2 of 5 causes make 14 of 18 misses`"""
    found = row.found
    return said(
        "{few} of {all} causes make {held} of {misses} misses",
        few=found.few,
        all=len(found.groups),
        held=found.few_misses,
        misses=found.misses,
    )


def _called(one: Group, known: dict[str, CauseRow]) -> str:
    root, words = one.cause.root_cause, spoken()
    if root is None:
        return f"{one.cause.deliverable}: {cause_words(one.cause.machine_cause or '', words)}"
    return known[root].title.to(words.code) if root in known else root
