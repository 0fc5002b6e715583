"""Figures, occurrences and why: figures, occurrences, explain; also as of a moment, or as was believed at one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from dashboards.explained import explained
from dashboards.explanations import counts_nowhere, occurrence_sentences
from dashboards.figure_explanations import figure_sentences
from dashboards.language import Language
from dashboards.moments import Moments
from dashboards.naming import group_words
from dashboards.standing import reached_words
from dashboards.values import value_of_figure
from domain.occurrences import Verdict
from domain.saying import Said, heard, said
from domain.times import show, zone
from entente.cli.session import (
    Session,
    moment,
    moment_or_position,
    none_chosen,
    out,
    print_json,
    print_table,
    session,
    steps,
)
from entente.voice import spoken, told
from entente.wiring import Program
from services.contracts.reading import read_contract, read_contracts
from services.errors import Invalid
from services.explaining.figures import explain_figure
from services.explaining.occurrences import explain_occurrence
from services.figures.reading import read_figures, read_occurrences, read_slices
from services.figures.rows import FigureRow, OccurrenceRow
from services.figures.shown import figure_json, occurrence_json, slice_json
from services.figures.slice_rows import SliceRow
from services.seeing.past import require_held, seeing_at
from services.seeing.seen import Seen

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
AsOf = Annotated[str | None, typer.Option(help="what is known now about that moment")]
BelievedAt = Annotated[str | None, typer.Option(help="what was shown at that time or history position")]
VERDICTS = ("pending", "met", "late", "missing", "failed", "excused", "unknown")


def add_to(app: typer.Typer) -> None:
    app.command("figures")(figures)
    app.command("occurrences")(occurrences)
    app.command("explain")(explain)


def figures(
    context: typer.Context,
    contract: Annotated[str | None, typer.Option(help="one contract")] = None,
    commitment: Annotated[str | None, typer.Option(help="one commitment, contract/deliverable/criterion")] = None,
    period: Annotated[str | None, typer.Option(help="one period, such as 2026-11 or 2026-Q4")] = None,
    by: Annotated[
        str | None, typer.Option("--slice", help="cut by weekday, hour, or a field that criteria name in `slices`")
    ] = None,
    as_of: AsOf = None,
    believed_at: BelievedAt = None,
    json: Json = False,
) -> None:
    """Period figures: adjusted and raw, with what each target says."""
    here, words = session(context), spoken()
    only = contract or (commitment.partition("/")[0] if commitment else None)
    with here.read() as opened, seen_then(here, opened, as_of, believed_at, only) as seen:
        if by is not None:
            cut = read_slices(seen, by, contract=contract, commitment=commitment, period=period)
            _show_slices(cut, _zones(seen), words, json=json)
            return
        rows = read_figures(seen, contract=contract, commitment=commitment, period=period)
        zones = _zones(seen)
        known = seen.known
    if json:
        print_json([figure_json(row, zones[row.commitment.partition("/")[0]]) for row in rows])
        return
    print_table(
        ("commitment", "period", "state", "good", "of", "unknown", "share", "raw", "target", "status", "outlook"),
        [_line(row, words) for row in rows],
        empty=none_chosen(said("No figure"), contract=contract, commitment=commitment, period=period)
        or said("Nothing was due yet. Figures come with a signed contract, events, and time (`entente advance`)."),
        words={"state": "figure", "target": "", "status": "target", "outlook": ""},
    )
    if rows:
        upto = show(known.watermark) if known.watermark is not None else said("no time yet (entente advance)")
        says = said("events received up to {time}, judged to position {position}", time=upto, position=known.position)
        out.print("", says, sep="\n", style="dim")


def _show_slices(rows: list[SliceRow], zones: dict[str, str], words: Language, *, json: bool) -> None:
    if json:
        print_json([slice_json(row, zones[row.figure.commitment.partition("/")[0]]) for row in rows])
        return
    print_table(
        (
            *("commitment", "period", "slice", "good", "of", "unknown", "share"),
            *("late", "missing", "failed", "pending", "target"),
        ),
        [_slice_line(row, words) for row in rows],
        empty=said("Nothing was due yet: there is nothing to cut."),
        words={"target": ""},
    )


def _slice_line(row: SliceRow, words: Language) -> tuple[object, ...]:
    it, tally = row.figure, row.tally
    counts = [tally.counts[one] for one in (Verdict.LATE, Verdict.MISSING, Verdict.FAILED, Verdict.PENDING)]
    return (
        it.commitment,
        it.period,
        group_words(row.group, row.by, words),
        *row.adjusted,
        row.unknown or "",
        reached_words(row.value, it, words),
        *counts,
        it.target,
    )


def occurrences(
    context: typer.Context,
    commitment: Annotated[str, typer.Argument(help="contract/deliverable/criterion")],
    period: Annotated[str | None, typer.Option(help="one period")] = None,
    verdict: Annotated[str | None, typer.Option(help=", ".join(VERDICTS))] = None,
    as_of: AsOf = None,
    believed_at: BelievedAt = None,
    json: Json = False,
) -> None:
    """The ledger of a commitment: everything that was or will be owed."""
    if verdict is not None and verdict not in VERDICTS:
        raise Invalid(said("“{verdict}” is no verdict", verdict=verdict), place="--verdict", mend=", ".join(VERDICTS))
    here, words = session(context), spoken()
    contract = commitment.partition("/")[0]
    with here.read() as opened, seen_then(here, opened, as_of, believed_at, contract) as seen:
        rows = read_occurrences(seen, commitment, period=period, verdict=verdict)
        name = read_contract(seen, contract).timezone
    if json:
        print_json([occurrence_json(row, name) for row in rows])
        return
    print_table(
        ("key", "period", "due", "closed", "verdict", "version", "used", "flags", "evidence"),
        [_occurrence_line(row, name, words) for row in rows],
        empty=none_chosen(said("No occurrence"), verdict=verdict, period=period) or said("Nothing is owed here yet."),
        words={"verdict": "occurrence"},
    )


def explain(
    context: typer.Context,
    commitment: Annotated[str, typer.Argument(help="contract/deliverable/criterion")],
    key: Annotated[
        str | None, typer.Argument(help="the occurrence; without it, the current figures are explained")
    ] = None,
    period: Annotated[str | None, typer.Option(help="explain the figures of this period")] = None,
    as_of: AsOf = None,
    believed_at: BelievedAt = None,
    json: Json = False,
) -> None:
    """Why an occurrence has its verdict, or a figure its value: version, rule, calendar, due, events with positions, how it
    is put together, what would have changed it."""
    here, words = session(context), spoken()
    if key is not None and period is not None:
        raise Invalid(
            said("an occurrence has one period"), place="--period", mend=said("leave out the key, or the period")
        )
    contract = commitment.partition("/")[0]
    with here.read() as opened, seen_then(here, opened, as_of, believed_at, contract) as seen:
        if json:
            print_json(explained(seen, commitment, key, period))
            return
        row = read_contract(seen, contract)
        clock = Moments.of(words, row.timezone, seen.known.watermark)
        if key is not None:
            why = explain_occurrence(seen, commitment, key)
            title = counts_nowhere(why, words) or told(heard(why.occurrence.verdict))
            _say(f"{commitment} {key}{words.text('word.colon')}{title}", occurrence_sentences(why, row, clock))
            return
        for one in explain_figure(seen, commitment, period):
            figure = one.figure
            title = f"{commitment}, {figure.period}{words.text('word.colon')}{told(heard(figure.status, of='target'))}"
            _say(title, figure_sentences(one, row, clock))


def _say(title: str, sentences: list[str]) -> None:
    out.print(title, markup=False)
    for sentence in sentences:
        out.print(f"  {sentence}", markup=False)


@contextmanager
def seen_then(
    here: Session, opened: Program, as_of: str | None, believed_at: str | None, contract: str | None = None
) -> Iterator[Seen]:
    """Opens what is shown now, or what another moment had or has to show, judged aside."""
    moment_of = moment(as_of, "--as-of") if as_of is not None else None
    believed, position = moment_or_position(believed_at, "--believed-at") if believed_at is not None else (None, None)
    with opened.store.seen(here.who) as seen:
        if as_of is None and believed_at is None:
            yield seen
            return
        if contract is not None:
            seen.require_contract(contract)
        require_held(seen.known, opened.store.clock(), as_of=moment_of, believed_at=believed)
    with (
        steps(said("judging again")) as step,
        seeing_at(
            opened.store.history,
            as_of=moment_of,
            believed_at=believed,
            position=position,
            contract=contract,
            progress=step,
        ) as seeing,
        seeing.seen(here.who) as then,
    ):
        yield then


def _zones(seen: Seen) -> dict[str, str]:
    return {row.id: row.timezone for row in read_contracts(seen)}


def _line(row: FigureRow, words: Language) -> tuple[object, ...]:
    good, total = row.raw
    raw = said("{good} of {total}", good=good, total=total) if row.raw != row.adjusted else ""
    good, total = row.adjusted
    return (
        row.commitment,
        row.period,
        row.state,
        good,
        total,
        row.unknown or "",
        reached_words(value_of_figure(row), row, words),
        raw,
        row.target,
        row.status,
        row.outlook or ("unknown" if row.unknown and not row.judged and row.state == "open" else None),
    )


def _occurrence_line(row: OccurrenceRow, zone_name: str, words: Language) -> tuple[object, ...]:
    here = zone(zone_name)
    due = show(row.due, here) if row.due is not None else ""
    closed = show(row.closed, here) if row.closed is not None else ""
    return (
        row.key,
        row.period,
        due,
        closed,
        _verdict(row),
        row.version,
        words.percent(row.risk.time_used) if row.risk is not None else "",
        " ".join(row.flags),
        " ".join(map(str, row.evidence)),
    )


def _verdict(row: OccurrenceRow) -> Said:
    if not row.underlying:
        return heard(row.verdict)
    return said("{verdict} ({underlying} underneath)", verdict=heard(row.verdict), underlying=heard(row.underlying))
