"""Commands about access keys: what tools come in with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import typer

from domain.saying import said
from entente.cli.session import out, print_json, print_table, session
from services.access_keys.following import KeyTerms
from services.errors import Invalid

Json = Annotated[bool, typer.Option("--json", help="print JSON")]

access_keys = typer.Typer(no_args_is_help=True, help="What tools come in with: create, list, revoke.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(access_keys, name="access-keys")


@access_keys.command("create")
def create(
    context: typer.Context,
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="whose key it is; * for metrics of all")],
    can: Annotated[str, typer.Option("--can", help="the one thing: push, read, metrics or calendar")],
    source: Annotated[
        list[str] | None,
        typer.Option("--source", help="sources that it may push, such as helpdesk/*; else all of the service"),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="its last day; else in a year")] = None,
    page: Annotated[
        str, typer.Option("--page", help="with --can read: the one page that a wall screen shows, such as /portfolio")
    ] = "",
    json: Json = False,
) -> None:
    """Print a new access key, this once: it is kept as a hash. Two for the same thing may be live, so that one takes the place of
    the other."""
    here = session(context)
    with here.open() as opened:
        given = opened.access_keys.create(
            here.who, "" if service == "*" else service, can, source or (), _day(until) if until else None, page
        )
    if json:
        print_json({**_shown(given.terms, 0), "secret": given.secret})
        return
    out.print(given.secret, markup=False)
    out.print(
        said(
            "can {can} for {service} until {until}; it is shown this once",
            can=can,
            service=service,
            until=given.terms.until,
        ),
        markup=False,
    )


@access_keys.command("list")
def list_keys(context: typer.Context, json: Json = False) -> None:
    """The access keys of the services that you may give some of, and when each was used last."""
    here = session(context)
    with here.open() as opened:
        used, today = opened.access_keys.used_on(), opened.sign_in.today()
        rows = [
            (one, str(opened.sign_in.day_of(one.made)), one.state(today), used.get(one.key, 0))
            for one in opened.access_keys.seen_by(here.who)
        ]
    if json:
        print_json([{**_shown(one, day), "since": since, "state": state} for one, since, state, day in rows])
        return
    print_table(
        ("key", "service", "can", "sources or page", "since", "until", "state", "last used"),
        [
            (
                one.key,
                one.service or "*",
                one.can,
                one.page or ", ".join(one.sources),
                since,
                one.until.isoformat(),
                state,
                _used(day),
            )
            for one, since, state, day in rows
        ],
        empty=said("There is no access key yet. “entente access-keys create SERVICE --can push” makes one."),
        words={"state": "access key"},
    )


@access_keys.command("revoke")
def revoke(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="“entente access-keys list” shows it")],
    text: Annotated[str, typer.Option("--text", help="why")] = "",
) -> None:
    """For good: a second later it opens nothing."""
    here = session(context)
    with here.open() as opened:
        opened.access_keys.revoke(here.who, key, text)
    out.print(said("{key} is revoked", key=key), markup=False)


def _shown(one: KeyTerms, used: int) -> dict[str, Any]:
    return {
        "key": one.key,
        "service": one.service or None,
        "can": one.can,
        "sources": list(one.sources),
        "page": one.page or None,
        "until": one.until.isoformat(),
        "by": one.by,
        "last_used": _used(used) or None,
    }


def _used(days: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat() if days else ""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            said("“{text}” is not a date", text=text), place="--until", mend=said("such as 2027-01-31")
        ) from error
