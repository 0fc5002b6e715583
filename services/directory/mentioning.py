"""`@person` in what people write: whom they may name, and that it waits for those whom they named (MORNING §1).

Who is named has an errand by the name `mention:PERSON:SORT:ID@AT`: what was said at that instant of that thing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from domain.errand import Errand
from domain.saying import said
from domain.times import Instant, local_date, zone
from services.access import Right
from services.directory.reading import read_services
from services.errors import Invalid, some
from services.history.history import History
from services.roles.following import Roles
from services.seeing.seen import Seen

_NAMED: Final = re.compile(r"(?<![\w@./-])@([a-z0-9][a-z0-9._-]*)", re.IGNORECASE)
"""Not within an address (`ann@example.org`), nor of one that somebody else keeps (`/@ann`)."""
_MOST: Final = 20
"""People that one text names: more of them are a circular."""
MENTION: Final = "mention"


def _people_of(seen: Seen, roles: Roles, service: str) -> list[str] | None:
    """The ids of the people of a service, ascending; None where no file names any. Of another service than the asker's those that its
    file tells the asker."""
    described = read_services(seen).get(service)
    named = {id for id, _, _ in described.people} if described is not None else set()
    known = roles.people()
    admitted = {one.person for one in known if any(role.service == service for role in one.roles)}
    if not named and not admitted:
        return None
    if not (seen.who.is_of(service) or seen.sees_everything):
        admitted = set()
    return sorted((named | admitted) - {one.person for one in known if one.is_suspended})


class Mentioning:
    """Whom somebody may name, and what comes of it."""

    def __init__(self, history: History):
        self._roles = Roles(history)

    def taking_part(self, seen: Seen, service: str, now: Instant) -> list[str] | None:
        """The ids of the people of a service who may take part there, ascending, as far as the asker is told of them; None where it
        names nobody, so that any is meant. Whatever file names them, one answer says what they may."""
        named = _people_of(seen, self._roles, service)
        return None if named is None else [one for one in named if self.takes_part(one, service, now)]

    def people(self, seen: Seen, parties: Collection[str], now: Instant) -> dict[str, str]:
        """Those who take part in one of these services, with the service of each."""
        found: dict[str, str] = {}
        for service in parties:
            for person in self.taking_part(seen, service, now) or ():
                found.setdefault(person, service)
        return found

    def takes_part(self, person: str, service: str, now: Instant) -> bool:
        """Says whether somebody may take part there, told of or not."""
        who = self._roles.principal(person, local_date(now, zone("UTC")))
        return who is not None and who.may(Right.TAKE_PART, service)

    def errands(self, seen: Seen, parties: Sequence[str], text: str, of: str, by: str, now: Instant) -> list[Errand]:
        """An errand for each of those whom `by` names in a text about the thing `of` (`breach:ID`), but themselves. Raises Invalid for
        a name that is nobody's there, whoever else has it."""
        names = list(dict.fromkeys(name.casefold().rstrip("._-") for name in _NAMED.findall(text)))
        if not names:
            return []
        people = self.people(seen, parties, now)
        _require_known(names, people)
        return [_errand(person, people[person], of, by, now) for person in names if person != seen.who.person]


def _require_known(names: Sequence[str], people: Mapping[str, str]) -> None:
    unknown = next((one for one in names if one not in people), None)
    if unknown is not None:
        known = some(sorted(people), 6)
        raise Invalid(
            said("“@{name}” is nobody who could be told of this here", name=unknown[:60]),
            mend=said("one of {people}, or leave out the “@”", people=known) if people else said("leave out the “@”"),
            slug="mention-unknown",
        )
    _require_few(names)


def _require_few(names: Sequence[str]) -> None:
    if len(names) > _MOST:
        raise Invalid(said("more than {most} people are named", most=_MOST), slug="mentions-many")


def _errand(person: str, service: str, of: str, by: str, now: Instant) -> Errand:
    thing = f"{MENTION}:{person}:{of}@{now}"
    made = Errand(errand=Errand.id_of(thing, service), thing=thing, service=service)
    made.hand_on(person, "", by=by, at=now)
    return made
