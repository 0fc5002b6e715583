"""Ways in that heads gave: good as long as whoever has them is of the head's services alone (trust §3).

Nobody sees who uses a link. A head who lets somebody in might use it himself, and would be that person; which is no more than he is
while the person is of his own services. So what he gave ends when the person holds an office, or a role in another service, whoever
gave them that and however: another link, of who may let people in there, takes its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, NamedTuple

from domain.saying import Said, said
from services.access import Principal, Right
from services.errors import some
from services.history.databases import Database, Transaction
from services.roles.following import KnownPerson, Roles
from services.sign_in.tables import Way

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS sign_in_reach (hash {text} PRIMARY KEY, reach {text} NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sign_in_of_head (person {text} PRIMARY KEY, way {text} NOT NULL, reach {text} NOT NULL)",
)

Reach = frozenset[str] | None
"""The services whose people somebody may let in; None: all there are."""


class OfHead(NamedTuple):
    """Which way in a head gave, and for which services he might let people in."""

    way: str
    reach: Reach


def reach_of(who: Principal) -> Reach:
    """As it is now: what was given by it stays as good as it was then."""
    if who.may(Right.ADMIT, ""):
        return None
    return frozenset(service for service in who.services if who.may(Right.ADMIT, service))


def is_within(person: KnownPerson | None, reach: Reach) -> bool:
    """Says whether somebody holds no office, and no role but in these services, whatever the day."""
    if reach is None or person is None:
        return True
    has_office = person.admitted is not None and bool(person.admitted.offices)
    return not has_office and all(role.service in reach for role in person.roles)


def note_reach(writes: Transaction, hash: str, reach: Reach) -> None:
    """Keeps it with the invitation of that hash; of those that are gone it goes."""
    writes.execute("DELETE FROM sign_in_reach WHERE hash NOT IN (SELECT hash FROM sign_in_invitation)")
    writes.insert("sign_in_reach", ("hash", "reach"), [(hash, _written(reach))])


def noted_reach(reads: Transaction, hash: str) -> Reach:
    """That of an invitation; no service for one of which nothing was kept."""
    rows = reads.query("SELECT reach FROM sign_in_reach WHERE hash = ?", [hash])
    return next((_read(text) for (text,) in rows), frozenset())


def take_over(writes: Transaction, person: str, way: Way, reach: Reach) -> None:
    """The way in that they have from now on is of that reach."""
    writes.execute("DELETE FROM sign_in_of_head WHERE person = ?", [person])
    if reach is not None:
        writes.insert("sign_in_of_head", ("person", "way", "reach"), [(person, way, _written(reach))])


def all_of_heads(reads: Transaction) -> dict[str, OfHead]:
    """By person."""
    rows = reads.query("SELECT person, way, reach FROM sign_in_of_head")
    return {str(person): OfHead(str(way), _read(text)) for person, way, text in rows}


def of_head(database: Database, person: str) -> OfHead | None:
    """None for who has no way in of a head."""
    with database.connect() as reads:
        rows = reads.query("SELECT way, reach FROM sign_in_of_head WHERE person = ?", [person])
    return next((OfHead(str(way), _read(text)) for way, text in rows), None)


def ended_way(database: Database, roles: Roles, person: str) -> str | None:
    """Which way in they had of a head that is none any more."""
    found = of_head(database, person)
    return found.way if found is not None and not is_within(roles.known(person), found.reach) else None


def ending(database: Database, roles: Roles, given: Iterable[KnownPerson]) -> list[Said]:
    """Says whose way in ends by what these people are given."""
    told: list[Said] = []
    for one in given:
        found = of_head(database, one.person)
        if found is not None and is_within(roles.known(one.person), found.reach) and not is_within(one, found.reach):
            told.append(
                said(
                    "{person} was let in by a head of {services}, and that way in ends: entente people invite {person}",
                    person=one.person,
                    services=some(sorted(found.reach or ())),
                )
            )
    return told


def _written(reach: Reach) -> str:
    return json.dumps(None if reach is None else sorted(reach))


def _read(text: str) -> Reach:
    found = json.loads(text)
    return None if found is None else frozenset(found)
