"""`entente doctor`: what is wrong here, and how to mend it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from dashboards.language import language
from domain.saying import heard, said
from entente.cli.session import answer_no, out, print_json, session
from entente.doctor import examine
from entente.findings import Finding
from entente.voice import spoken, told
from services.access import Right
from services.errors import NotAllowed, Unavailable
from services.opening import system_clock


def add_to(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """What is wrong here: settings, store, rights, clock, time zones, disk, judge, calendars, Kafka. Exit 1: something is,
    3: a server cannot be reached."""
    here = session(context)
    if not here.who.may(Right.AUDIT):
        raise NotAllowed(
            said("the state of the program is for the administrator and the auditor"), mend=said("--as administrator")
        )
    findings: list[Finding] = []
    for one in examine(here.settings, system_clock, words=language("en") if json else spoken()):
        findings.append(one)
        if not json:
            says = said("{check}: {says}", check=heard(one.check), says=one.says)
            out.print(f"{told(heard(one.state)):11}  {told(says)}", markup=False)
            if one.mend:
                out.print(f"{'':11}  → {told(one.mend)}", markup=False)
    if json:
        print_json([asdict(one) for one in findings])
    states = {one.state for one in findings}
    if "unreachable" in states:
        raise typer.Exit(Unavailable.exit_code)
    if "wrong" in states:
        answer_no()
