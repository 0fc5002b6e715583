"""Contracts, calendars, services and causes: apply, list, show, sign, refuse, comment, withdraw, terminate, schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, cast

import typer

from dashboards.language import Language
from dashboards.naming import titled_change
from domain.saying import Said, chained, heard, said
from domain.terms import ContractTerms, Party
from entente.cli.session import judged, out, print_json, print_table, session, steps
from entente.voice import spoken, told
from services.applying import apply_file
from services.contract_files import Document, json_schema, kind_of, read_bytes, require_sound
from services.contracts.applied import Applied, Applying
from services.contracts.contracting import Contracting
from services.contracts.knowing import FilesTogether
from services.contracts.reading import read_contract, read_contracts
from services.contracts.rows import ContractRow, VersionRow
from services.contracts.shown import contract_json, whole_contract_json
from services.errors import DocumentInvalid, Invalid
from services.figures.reading import read_commitments, read_scores
from services.figures.rows import CommitmentRow
from services.figures.score_rows import ScoreRow
from services.figures.shown import score_json

ORDER = {"calendar": 0, "service": 1, "access": 2, "causes": 3, "contract": 4, "offer": 5, "charter": 6, "action": 7}
group = typer.Typer(no_args_is_help=True, help="Contracts: list, show, and the decisions about them.")
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Side = Annotated[str | None, typer.Option("--for", help="supplier or client, when you act for both")]


def add_to(app: typer.Typer) -> None:
    app.command("apply")(apply)
    app.command("schema")(schema)
    app.add_typer(group, name="contracts")


def apply(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            help="contract, calendar, service, access, causes, offer, charter and action files, or folders of them"
        ),
    ],
    sign: Annotated[
        list[str] | None, typer.Option(help="sign on behalf of: supplier, client, or supplier,client")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check and show the difference, change nothing")] = False,
    backfill: Annotated[
        bool,
        typer.Option(
            "--backfill", help="hold the contract's time at its start: its past is imported, then `advance --contract`"
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Propose contracts and charters, publish calendars, causes and offers, let people in; show the difference; sign on behalf of."""
    here = session(context)
    parties = _parties(",".join(sign or ()))
    with steps(said("reading")) as step:
        documents = sorted(documents_of(files, step), key=lambda one: ORDER.get(kind_of(one) or "", 8))
    if not documents:
        raise Invalid(
            said("no contract, calendar, service, access, causes, offer, charter or action file in these files"),
            mend=said("files that end in .yaml, .yml or .json"),
        )
    require_sound(documents)  # all of them, before the first is stored
    with here.read() as opened:
        done, beside = [], FilesTogether(documents)
        with steps(said("applying"), is_shown=json) as step:  # else each is a line
            for number, document in enumerate(documents):
                step(number, len(documents))
                how = Applying(beside, parties, dry_run, "en" if json else spoken().code, backfill)
                done.append(apply_file(opened.store, here.who, document, how))
                if not json:
                    _say(done[-1], dry_run)
        judged(opened)
    if json:
        print_json([_applied_json(one) for one in done])


def schema(
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(help="contract, calendar, service, access, causes, action, offer, charter, mapping or event"),
    ],
) -> None:
    """Print the JSON Schema of a kind of file, or of an event."""
    session(context).ignores("--as", "--store", because=said("a schema is of no store, and the same for everybody"))
    if kind not in (
        "contract",
        "calendar",
        "service",
        "access",
        "causes",
        "action",
        "offer",
        "charter",
        "mapping",
        "event",
    ):
        raise Invalid(
            said("there is no schema of “{kind}”", kind=kind),
            mend=said("contract, calendar, service, access, causes, action, offer, charter, mapping or event"),
        )
    print_json(json_schema(kind))


@group.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """The contracts that you see, with their state."""
    here = session(context)
    with here.see() as seen:
        rows = read_contracts(seen)
    if json:
        print_json([contract_json(row) for row in rows])
        return
    print_table(
        ("contract", "supplier", "client", "state", "from", "until", "versions"),
        [_line(row) for row in rows],
        empty=said("No contract yet. `entente apply FILE --sign supplier,client` begins one."),
        words={"state": "contract"},
    )


@group.command()
def show(context: typer.Context, contract: str, json: Json = False) -> None:
    """One contract: its versions, signatures, comments, and what each version changed."""
    here = session(context)
    with here.see() as seen:
        row = read_contract(seen, contract)
        scores = read_scores(seen, contract)
        commitments = read_commitments(seen, contract)
    if json:
        print_json(whole_contract_json(row, scores, commitments))
        return
    code = spoken().code
    out.print(said("{contract}: {title}", contract=row.id, title=row.title.to(code)), markup=False)
    out.print(f"{row.supplier} → {row.client}, {told(heard(row.state, of='contract'))}", markup=False)
    for one in commitments:
        if not one.is_monitored:
            out.print(_unmonitored(one), markup=False)
    for score in scores:
        out.print(_score_line(score, row.timezone, spoken()), markup=False)
    for version in row.versions:
        out.print("", _version_line(version), sep="\n", markup=False)
        for line in version.differences_in(code):
            out.print(f"  {_change(line, version.terms)}", markup=False)
        for comment in version.comments:
            clause = comment.clause or said("the whole")
            says = said("“{text}” on {clause}, {by}", text=comment.text, clause=clause, by=comment.by)
            out.print(f"  {told(says)}", markup=False)
        if version.refusal:
            out.print(f"  {told(said('refused: {why}', why=version.refusal))}", markup=False)


def _unmonitored(one: CommitmentRow) -> Said:
    return said(
        "not monitored ({because}): {commitment}, owner {owner}",
        because=heard(one.unmonitored_because or ""),
        commitment=one.id,
        owner=one.criterion.owner or said("nobody"),
    )


def _version_line(version: VersionRow) -> Said:
    signed = [said("{party} ({by})", party=heard(one.party), by=one.by) for one in version.signatures]
    return said(
        "version {number}, {state}, effective {effective}, signed by {signed}",
        number=version.number,
        state=heard(version.state, of="version"),
        effective=str(version.effective),
        signed=chained(", ", signed) if signed else said("nobody"),
    )


def _score_line(row: ScoreRow, timezone: str, words: Language) -> Said:
    """`score 2026-10: 83.3 % (2.5 of 3), missing lab/report/complete (open)`"""
    score, share = score_json(row, timezone), row.whole.share
    missing = [
        said("{commitment} ({because})", commitment=one["commitment"], because=heard(one["because"].replace("_", " ")))
        for one in score["missing"]
    ]
    line = said(
        "score {period}: {score} ({kept} of {judged})",
        period=score["period"],
        score=words.percent(share) if share is not None else said("none"),
        kept=Decimal(score["kept_weight"]),
        judged=Decimal(score["judged_weight"]),
    )
    return said("{score}, missing {missing}", score=line, missing=chained(", ", missing)) if missing else line


@group.command()
def sign(context: typer.Context, contract: str, side: Side = None) -> None:
    """Sign the proposal that waits; the second signature makes it a version."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Contracting).sign(here.who, contract, party_of(side))
        judged(opened)
        _state(opened.store.read(here.who, read_contract, contract))


@group.command()
def refuse(
    context: typer.Context, contract: str, reason: Annotated[str, typer.Option(help="why")], side: Side = None
) -> None:
    """Refuse the other party's proposal."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Contracting).refuse(here.who, contract, reason, party_of(side))
        judged(opened)
        _state(opened.store.read(here.who, read_contract, contract))


@group.command()
def withdraw(context: typer.Context, contract: str) -> None:
    """Withdraw your own proposal."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Contracting).withdraw(here.who, contract)
        judged(opened)
        _state(opened.store.read(here.who, read_contract, contract))


@group.command()
def comment(
    context: typer.Context,
    contract: str,
    text: Annotated[str, typer.Option(help="what you want to say")],
    clause: Annotated[str, typer.Option(help="deliverable/criterion, or nothing for the whole")] = "",
) -> None:
    """Comment on a clause of the proposal that waits."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Contracting).comment(here.who, contract, clause, text)
        judged(opened)


@group.command()
def terminate(
    context: typer.Context,
    contract: str,
    until: Annotated[str, typer.Option(help="the last day, YYYY-MM-DD")],
    side: Side = None,
) -> None:
    """End a contract; the last day is still owed."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Contracting).terminate(here.who, contract, day(until, "--until"), party_of(side))
        judged(opened)
        _state(opened.store.read(here.who, read_contract, contract))


def day(text: str, option: str) -> date:
    """A local date. Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(said("“{text}” is not a date", text=text), place=option, mend=said("YYYY-MM-DD")) from error


def documents_of(files: Iterable[Path], step: Callable[[int, int], None] = lambda done, total: None) -> list[Document]:
    """The contracts, calendars and services of these files; `step` is told how far it is. Raises DocumentInvalid with the
    problems of all."""
    problems: list[str] = []
    found: list[Document] = []
    paths = list(_paths(files))
    for number, path in enumerate(paths):
        step(number, len(paths))
        try:
            found += read_bytes(path.read_bytes(), str(path))
        except DocumentInvalid as error:
            problems += error.problems
        except OSError as error:
            raise Invalid(
                error.strerror or said("cannot be read"), place=str(path), mend=said("the path of a file")
            ) from error
    if problems:
        raise DocumentInvalid(problems)
    return [one for one in found if kind_of(one) != "mapping"]


def _paths(files: Iterable[Path]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.suffix in (".yaml", ".yml", ".json"))
        else:
            yield path


def _parties(text: str) -> tuple[Party, ...]:
    return tuple(party for one in text.split(",") if one.strip() and (party := party_of(one.strip())) is not None)


def party_of(text: str | None) -> Party | None:
    if text is None:
        return None
    if text not in ("supplier", "client"):
        raise Invalid(said("“{text}” is no party", text=text), mend=said("supplier or client"))
    return cast(Party, text)


def _say(done: Applied, dry_run: bool) -> None:
    out.print(_applied(done, is_only_tried=dry_run), markup=False)
    if dry_run or not done.is_first:
        for line in done.changes:
            out.print(f"  {_change(line)}", markup=False)
    for line in done.warnings:
        out.print(f"  {told(said('warning: {what}', what=line))}", markup=False)


def _change(line: str, terms: ContractTerms | None = None) -> str:
    """English as files write it, what other languages have words for in these; ids of clauses (of `terms`) as they are."""
    code, owed = spoken().code, terms.deliverables if terms is not None else ()
    ids = [one.id for one in owed] + [f"{one.id} / {criterion.id}" for one in owed for criterion in one.criteria]
    return line if code == "en" else titled_change(line, {id: id for id in ids}, code)


def _applied(done: Applied, *, is_only_tried: bool) -> Said:
    """`contract a version 2: would be proposed`"""
    what = {"kind": heard(done.kind), "id": done.id, "version": done.version}
    named = (
        said("{kind} {id}", **what)
        if done.kind in ("service", "access", "action")
        else said("{kind} {id} version {version}", **what)
    )
    outcome = heard(f"would be {done.outcome}" if is_only_tried and done.outcome != "unchanged" else done.outcome)
    line = said("{what}: {outcome}", what=named, outcome=outcome)
    if not done.signed:
        return line
    first, *second = (heard(one) for one in done.signed)
    parties = said("{first} and {second}", first=first, second=second[0]) if second else first
    return said("{line}, signed by {parties}", line=line, parties=parties)


def _applied_json(done: Applied) -> dict[str, object]:
    return {
        "kind": done.kind,
        "id": done.id,
        "outcome": done.outcome,
        "version": done.version,
        "changes": list(done.changes),
        "signed": list(done.signed),
        "warnings": [str(one) for one in done.warnings],
        "position": done.position or None,
    }


def _line(row: ContractRow) -> tuple[object, ...]:
    agreed = sum(one.state in ("in force", "past", "signed") for one in row.versions)
    return row.id, row.supplier, row.client, row.state, row.valid_from, row.valid_until or "", agreed


def _state(row: ContractRow) -> None:
    last = row.versions[-1]
    says = said(
        "{contract}: {state}, version {number} {state_of_it}",
        contract=row.id,
        state=heard(row.state, of="contract"),
        number=last.number,
        state_of_it=heard(last.state, of="version"),
    )
    out.print(says, markup=False)
