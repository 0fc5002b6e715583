"""Excuses: what one party asks not to be counted, and what the other, or an arbiter, answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import typer

from domain.saying import heard, said
from domain.times import Instant, day_start, show, zone
from entente.cli.contracts import party_of
from entente.cli.session import err, judged, moment, none_chosen, out, print_json, print_table, session
from services.access import Principal
from services.api.showing import zone_of
from services.contracts.reading import read_contract
from services.errors import Invalid
from services.excuses.excusing import Excusing
from services.excuses.reading import read_excuses
from services.excuses.rows import ExcuseRow
from services.excuses.shown import covering_json, excuse_json

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Said = Annotated[str, typer.Option("--text", help="what you have to say")]
STATES = ("asked", "accepted", "refused", "disputed")

excuses = typer.Typer(no_args_is_help=True, help="Excuses: list, show, ask, accept, refuse, dispute.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(excuses, name="excuses")


@excuses.command("list")
def list_excuses(
    context: typer.Context,
    contract: Annotated[str | None, typer.Option(help="of one contract")] = None,
    commitment: Annotated[str | None, typer.Option(help="those that concern one commitment")] = None,
    state: Annotated[str | None, typer.Option(help=", ".join(STATES))] = None,
    json: Json = False,
) -> None:
    """What was asked not to be counted, newest first."""
    if state not in (None, *STATES):
        raise Invalid(said("“{state}” is no state of an excuse", state=state), place="--state", mend=", ".join(STATES))
    here = session(context)
    with here.see() as seen:
        catalogue = seen.catalogue
        rows = read_excuses(seen, contract=contract, commitment=commitment, state=state)
        zones = {row.id: zone_of(catalogue, row.scope) for row in rows}
    if json:
        print_json([excuse_json(row, zones[row.id]) for row in rows])
        return
    print_table(
        ("excuse", "of", "what", "reason", "state", "asked by", "waits for"),
        [(r.id, r.scope, _extent(r, zones[r.id]), r.reason, r.state, r.asked_by, r.waits_for) for r in rows],
        empty=none_chosen(said("No excuse"), contract=contract, commitment=commitment, state=state)
        or said("No excuse."),
        words={"reason": "", "state": "excuse", "waits for": ""},
    )


@excuses.command("show")
def show_excuse(context: typer.Context, excuse: str) -> None:
    """One excuse with the occurrences that it hides, or would hide, and the events behind it, as JSON."""
    here = session(context)
    with here.see() as seen:
        print_json(covering_json(seen, excuse))


@excuses.command()
def ask(
    context: typer.Context,
    commitment: Annotated[
        str,
        typer.Argument(help="contract/deliverable/criterion; with an interval contract/deliverable or contract too"),
    ],
    reason: Annotated[
        str, typer.Option(help="client-fault, supplier-fault, force-majeure, agreed-closure, dependency or other")
    ],
    text: Said,
    keys: Annotated[list[str] | None, typer.Option(help="keys of occurrences, K1,K2 or repeated")] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="a time, or a date of the contract: what is due from then on")
    ] = None,
    until: Annotated[str | None, typer.Option(help="a time, not included, or a date of the contract, included")] = None,
    evidence: Annotated[
        list[str] | None, typer.Option(help="positions of events, P1,P2 or repeated; “entente explain” shows them")
    ] = None,
    side: Annotated[str | None, typer.Option("--for", help="supplier or client, when you act for both")] = None,
) -> None:
    """Ask that occurrences shall not count; the other party accepts or refuses."""
    here = session(context)
    with here.read() as opened:
        zone_name = opened.store.read(here.who, read_contract, commitment.partition("/")[0]).timezone
        first, last = _moment(since, "--from", zone_name), _moment(until, "--until", zone_name, is_end=True)
        id, _ = opened.store.use(Excusing).ask(
            here.who,
            commitment,
            reason=reason,
            text=text,
            keys=_listed(keys),
            since=first,
            until=last,
            evidence=[_position(one) for one in _listed(evidence)],
            party=party_of(side),
        )
        doubts = opened.store.use(Excusing).doubts(
            here.who, commitment, reason=reason, keys=_listed(keys), since=first, until=last
        )
        judged(opened)
    for doubt in doubts:
        err.print(said("warning: {what}", what=doubt), markup=False)
    out.print(id, markup=False)


@excuses.command()
def accept(
    context: typer.Context, excuse: str, text: Annotated[str, typer.Option(help="what you have to say")] = ""
) -> None:
    """Accept it: what it covers is in no figure any more (the other party; an arbiter for what is disputed)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Excusing).accept(here.who, excuse, text)
        judged(opened)
    out.print(answered("accepted", here.who), markup=False)


@excuses.command()
def refuse(context: typer.Context, excuse: str, text: Said) -> None:
    """Refuse it (the other party; an arbiter for what is disputed)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Excusing).refuse(here.who, excuse, text)
        judged(opened)
    out.print(answered("refused", here.who), markup=False)


@excuses.command()
def dispute(context: typer.Context, excuse: str, text: Said) -> None:
    """Put a refusal to an arbiter, who is of neither party (the party that asked)."""
    here = session(context)
    with here.read() as opened:
        opened.store.use(Excusing).dispute(here.who, excuse, text)
        judged(opened)
    out.print(answered("disputed", here.who), markup=False)


def answered(what: str, who: Principal) -> str:
    return said("{what} by {who}", what=heard(what, of="excuse"), who=str(who))


def _extent(row: ExcuseRow, zone_name: str | None) -> str:
    if row.since is None or row.until is None:
        return " ".join(row.keys)
    here = zone(zone_name) if zone_name else None
    return said("{since} to {until}", since=show(row.since, here), until=show(row.until, here))


def _listed(given: list[str] | None) -> list[str]:
    return [one for text in given or () for one in text.split(",") if one]


def _position(text: str) -> int:
    if not text.isdecimal():
        raise Invalid(said("“{text}” is no position", text=text), place="--evidence", mend=said("a whole number"))
    return int(text)


def _moment(text: str | None, option: str, zone_name: str, *, is_end: bool = False) -> Instant | None:
    """A time with offset; or a local date, of which an interval holds the first and the last day."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=is_end)
    except (ValueError, OverflowError):
        return moment(text, option)
    return day_start(day, zone(zone_name))
