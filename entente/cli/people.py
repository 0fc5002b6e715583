"""Commands about people: who is let in and as what, invitations, taking somebody out at once, what is noted of sign-ins."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from domain.saying import chained, said
from domain.times import show
from entente.cli.session import Session, out, print_json, print_table, session
from entente.wiring import Program
from services.access import Right
from services.access_log import A_PAGE, EVERYTHING
from services.contracts.admitting import admit_administrator
from services.directory.names import PersonNamed
from services.protection.listing import read_log
from services.protection.shown import logged_json
from services.roles.following import KnownPerson
from services.roles.shown import in_order, offices_of, roles_said
from services.sign_in.signing_in import SignIn

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Person = Annotated[str, typer.Argument(metavar="PERSON", help="the id, such as anna.martin")]

people = typer.Typer(no_args_is_help=True, help="Who is let in: list, invite, suspend, resume, log.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(people, name="people")


@people.command("list")
def list_people(context: typer.Context, json: Json = False) -> None:
    """Everybody whom the access file or a service file names, with what it gives them and since when, and the day on which they
    signed in last. Groups of an identity provider are told
    when somebody signs in."""
    here = session(context)
    with here.open() as opened:
        sign_in = opened.sign_in
        people = sign_in.roles.people()
        rows = [one for one in people if here.who.sees_everything or _is_own(here, one)]
        used, named, ways = sign_in.last_used(), sign_in.directory.names(), sign_in.accounts.ways_in(people)
        ended = ways.ended if here.who.may(Right.ADMIT, "") else set[str]()
        shown = [
            _shown(
                sign_in,
                row,
                named.get(row.person, PersonNamed(row.person)),
                _way_in(row, has=row.person in ways.open, had=row.person in ended),
                used.get(row.person),
            )
            for row in rows
        ]
    if json:
        print_json(shown)
        return
    print_table(
        ("person", "name", "address", "roles", "since", "way in", "last used"),
        [
            (
                row["person"],
                row["name"],
                row["email"],
                chained(", ", row["roles"] + row["offices"]),
                ", ".join(row["since"] if len(set(row["since"])) > 1 else row["since"][:1]),
                row["way_in"],
                row["last_used"] or "",
            )
            for row in shown
        ],
        empty=said("Nobody is named yet. “entente people invite PERSON --administrator” lets the first one in."),
        words={"way in": "way in"},
    )


@people.command("invite")
def invite(
    context: typer.Context,
    person: Person,
    administrator: Annotated[
        bool,
        typer.Option("--administrator", help="make them the administrator, too: the first step of a new installation"),
    ] = False,
) -> None:
    """Print a link that works once, for 72 hours: whoever opens it chooses a password. For somebody who has a way in already it is
    a reset, which ends every session of theirs."""
    here = session(context)
    with here.open() as opened:
        if administrator:
            admit_administrator(opened.store, here.who, person)
        secret = opened.sign_in.inviting.invite(here.who, person)
        has_way_in = opened.sign_in.accounts.has_way_in(person)
    if has_way_in:
        out.print(said("{person} has a way in: this link takes its place", person=person), markup=False)
    out.print(f"{_pages(opened)}/welcome/{secret}", markup=False)
    out.print(said("works once, for 72 hours; give it to {person} alone", person=person), markup=False)


@people.command("suspend")
def suspend(
    context: typer.Context, person: Person, text: Annotated[str, typer.Option("--text", help="why")] = ""
) -> None:
    """Take somebody out at once, whatever files and groups say: every session ends."""
    here = session(context)
    with here.open() as opened:
        opened.sign_in.suspending.suspend(here.who, person, text)
        keys = opened.access_keys.by_maker(person.__eq__).get(person, [])
    out.print(said("{person} is suspended; every session has ended", person=person), markup=False)
    for key in keys:
        out.print(
            said(
                "{person} made the access key {key} of {service}, which opens what it did: entente access-keys revoke {key}",
                person=person,
                key=key.key,
                service=key.service,
            ),
            markup=False,
        )


@people.command("resume")
def resume(context: typer.Context, person: Person) -> None:
    """Let somebody in again who was suspended."""
    here = session(context)
    with here.open() as opened:
        opened.sign_in.suspending.resume(here.who, person)
    out.print(said("{person} is let in again, with what the files give", person=person), markup=False)


@people.command("log")
def log(context: typer.Context, json: Json = False) -> None:
    """The newest of what is noted of sign-ins, refusals, invitations, exports and what was read, for as long as ENTENTE_LOG_DAYS says,
    and of what the history keeps of keys, roles and erasures."""
    here = session(context)
    here.require_auditor()
    with here.open() as opened:
        rows = read_log(opened.store.history, here.who, EVERYTHING, A_PAGE)
    if json:
        print_json([logged_json(row) for row in rows])
        return
    print_table(
        ("last", "what", "person", "service", "about", "address", "times"),
        [(show(one.last), one.sort, one.person, one.service, one.thing, one.address, one.times) for one in rows],
        empty=said("Nothing is noted yet."),
        words={"what": "log"},
    )


def _is_own(here: Session, person: KnownPerson) -> bool:
    """Says whether they have a role in a service of whoever asks."""
    return any(here.who.sees(role.service) for role in person.roles)


def _way_in(person: KnownPerson, *, has: bool, had: bool) -> str:
    if person.is_suspended:
        return "suspended"
    return "password" if has else "ended by a role elsewhere" if had else "none yet"


def _shown(sign_in: SignIn, row: KnownPerson, named: PersonNamed, way_in: str, used: date | None) -> dict[str, Any]:
    offices = row.admitted.offices if row.admitted is not None else ()
    since = [*map(row.since, in_order(row)), *map(row.since, offices)]
    return {
        "person": row.person,
        "name": named.name,
        "email": named.email,
        "roles": roles_said(row),
        "offices": offices_of(row),
        "since": [str(sign_in.day_of(one)) for one in since],
        "way_in": way_in,
        "last_used": used.isoformat() if used is not None else None,
    }


def _pages(opened: Program) -> str:
    settings = opened.settings
    return settings.pages_url.rstrip("/") or f"http://127.0.0.1:{settings.port}"
