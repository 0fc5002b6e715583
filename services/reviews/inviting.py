"""Who is invited to a review: those whom the contract names as present, and the heads of both parties (MEETING §1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.terms import Text
from domain.times import local_date, zone
from services.access import Principal, Right
from services.directory.names import Directory
from services.judging.catalogue import InForce
from services.reviews.rows import ReviewRow
from services.roles.following import Roles


class Attendee(NamedTuple):
    """Somebody as an invitation names them. `is_asked`: it is theirs to answer."""

    person: str
    name: str
    address: str
    is_asked: bool


def names_present(contract: InForce, row: ReviewRow) -> dict[str, tuple[str, ...]]:
    """The people who are to be there, by their service; none where the contract names nobody, and so invites nobody."""
    terms = contract.terms_at(_day(contract, row))
    services = {"supplier": contract.supplier, "client": contract.client}
    present = terms.review.present if terms.review is not None else ()
    return {services[party]: people for party, people in present if people}


def place_of(contract: InForce, row: ReviewRow) -> Text | None:
    """Where they meet."""
    terms = contract.terms_at(_day(contract, row))
    return terms.review.place if terms.review is not None else None


def is_invited(contract: InForce, row: ReviewRow, who: Principal) -> bool:
    """Somebody of a party who is to be there, and a head of either; nobody where the contract names nobody."""
    named = names_present(contract, row)
    if not named or who.person is None:
        return False
    return is_head(contract, who) or any(
        who.person in people and who.may(Right.TAKE_PART, one) for one, people in named.items()
    )


def is_head(contract: InForce, who: Principal) -> bool:
    """Of either party."""
    return any(who.may(Right.BIND, one) and who.is_of(one) for one in (contract.supplier, contract.client))


def attendees(
    directory: Directory, roles: Roles, contract: InForce, day: date, person: str | None
) -> Iterator[Attendee]:
    """The person, and a head of each party, of whom an address is known. Nobody else's address is shown to anybody."""
    heads = [head for one in (contract.supplier, contract.client) if (head := _head(roles, one, day)) is not None]
    for one in dict.fromkeys([*([person] if person is not None else []), *heads]):
        found = directory.named(one)
        if found.email:
            yield Attendee(one, found.name or one, found.email, one == person)


def _head(roles: Roles, service: str, day: date) -> str | None:
    """The first one by id."""
    for known in roles.people():
        who = roles.principal(known.person, day)
        if who is not None and who.is_of(service) and who.may(Right.BIND, service):
            return known.person
    return None


def _day(contract: InForce, row: ReviewRow) -> date:
    return local_date(row.starts, zone(contract.versions[0].terms.timezone))
