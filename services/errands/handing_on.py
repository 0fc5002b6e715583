"""The decisions of people about who of a service does what waits for it. Each is an entry of the history."""

from __future__ import annotations

from uuid import UUID

from domain.errand import Errand
from domain.saying import said
from domain.times import Clock
from services.access import Principal, Right
from services.deciding import saved, words_of
from services.directory.mentioning import Mentioning
from services.errands.things import NEWS, services_of
from services.errors import Invalid, NotAllowed, NotFound, Refused, some
from services.history.history import History
from services.seeing.seen import Seeing, Seen


class HandingOn:
    """Use cases: get, decide, save; each returns the position of its entry. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now
        self._mentioning = Mentioning(history)

    def hand_on(self, who: Principal, thing: str, person: str, text: str = "") -> tuple[str, int]:
        """Another person of the same service has it from now on. Its id and position."""
        with self._seeing.seen(who) as seen:
            service = _service(seen, thing)
            people = self.people(seen, service)
        if not person or (people is not None and person not in people):
            what = said("“{person}” is nobody of {service}", person=person, service=service)
            raise Invalid(what, place="person", mend=some(people or (), 6) or None, slug="person-unknown")
        by, found = who.by(Right.TAKE_PART, service), self._errand(thing, service)
        words = words_of(text, "")
        return found.errand, saved(
            self._history, found, lambda: found.hand_on(person, words, by=by, at=self._now()), thing
        )

    def see(self, who: Principal, thing: str) -> tuple[str, int]:
        """What asks for nothing, such as a refusal, is shown no longer. Its id and position. Raises Refused for what waits for an
        answer."""
        if thing.partition(":")[0] not in NEWS:
            raise Refused(
                said("{thing} waits for an answer: to have seen it is not enough", thing=thing),
                place=thing,
                mend=said("answer it, or hand it on"),
            )
        with self._seeing.seen(who) as seen:
            service = _service(seen, thing)
        by, found = who.by(Right.TAKE_PART, service), self._errand(thing, service)
        return found.errand, saved(self._history, found, lambda: found.see(by=by, at=self._now()), thing)

    def people(self, seen: Seen, service: str) -> list[str] | None:
        """The ids of those whom a service may hand something on to, as they take part in it, ascending; None where it names nobody, so
        that any is meant."""
        return self._mentioning.taking_part(seen, service, self._now())

    def _errand(self, thing: str, service: str) -> Errand:
        id = Errand.id_of(thing, service)
        try:
            return self._history.get(UUID(id), Errand)
        except NotFound:
            return Errand(errand=id, thing=thing, service=service)


def _service(seen: Seen, thing: str) -> str:
    """The asker's service for which it waits. Nobody hands on what waits for another's people. Raises NotFound, NotAllowed."""
    services = services_of(seen, thing)
    for one in services:
        if seen.who.is_of(one) and seen.who.may(Right.TAKE_PART, one):
            return one
    raise NotAllowed(
        said("{thing} does not wait for {who}", thing=thing, who=seen.who),
        mend=seen.who.named_as(said("act as {service}", service=services[0])),
    )
