"""What if: past events against a draft contract, side by side with what really was, and what that suggests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.language import LANGUAGES, Language, language
from dashboards.proposals import proposal_words, support_words
from dashboards.standing import reached_words
from dashboards.values import value_of_figure
from domain.saying import heard, said
from entente.cli.contracts import day, documents_of
from entente.cli.session import out, print_json, print_table, session, steps
from entente.voice import spoken, told
from services.figures.rows import FigureRow
from services.figures.shown import figure_json
from services.trying.beside import Compared
from services.trying.proposing import Proposal, proposals
from services.trying.shown import proposal_json
from services.trying.trial import Tried, tried


def add_to(app: typer.Typer) -> None:
    app.command("what-if")(what_if)


def what_if(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="the draft contract, with the calendars that are not published yet")],
    from_: Annotated[str, typer.Option("--from", help="the first day, YYYY-MM-DD")],
    until: Annotated[str, typer.Option("--until", help="the last day, included")],
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Past events against a draft contract, beside what really was. Nothing is stored."""
    here, words = session(context), spoken()
    first, last = day(from_, "--from"), day(until, "--until")
    drafts = documents_of([file])
    with (
        here.read() as opened,
        steps(said("trying the draft")) as step,
        tried(opened.store.seeing, here.who, drafts, first, last, progress=step) as found,
    ):
        ids = [one.id for one in found.then.catalogue.contracts[found.contract].commitments]
        suggested = [one for id in ids for one in proposals(found.then, id)]
    if json:
        print_json(_json(found, suggested))
        return
    out.print(words.text("tried.title", contract=found.contract, first=str(first), last=str(last)), markup=False)
    said_of = ("of", "unknown", "share", "status")
    print_table(
        ("commitment", "period", "target", "good", *said_of, "really", *said_of, ""),
        [_line(one, words) for one in found.compared],
        empty=words.text("tried.empty"),
        words={"target": "", "status": "target"},
    )
    for proposal in suggested:
        target = told(heard(proposal.target))
        out.print(f"\n{proposal.commitment}, {target}\n  {proposal_words(proposal, words)}", markup=False)
        for support in proposal.periods:
            out.print(f"    {support_words(support, words)}", markup=False, style="dim")


def _line(one: Compared, words: Language) -> tuple[object, ...]:
    note = words.text("tried.partly") if one.is_cut else ""
    if one.counterpart not in (None, one.draft.commitment):
        note = ", ".join(part for part in (note, words.text("tried.beside", commitment=one.counterpart)) if part)
    return (
        one.draft.commitment,
        one.draft.period,
        one.draft.target,
        *_figure(one.draft, words),
        *_figure(one.real, words),
        note,
    )


def _figure(row: FigureRow | None, words: Language) -> tuple[object, ...]:
    if row is None:
        return ("",) * 5
    return (*row.adjusted, row.unknown or "", reached_words(value_of_figure(row), row, words), row.status)


def _json(found: Tried, suggested: list[Proposal]) -> dict[str, Any]:
    zone = found.timezone
    return {
        "contract": found.contract,
        "from": found.first.isoformat(),
        "until": found.last.isoformat(),
        "figures": [
            {
                "draft": figure_json(one.draft, zone),
                "counterpart": one.counterpart,
                "real": figure_json(one.real, zone) if one.real is not None else None,
                "is_same_span": one.real is not None,
                "is_cut": one.is_cut,
            }
            for one in found.compared
        ],
        "proposals": [
            proposal_json(one) | {"words": {code: proposal_words(one, language(code)) for code in LANGUAGES}}
            for one in suggested
        ],
    }
