"""The ways in which people settle what was set aside: they send it through the door again, or discard it; who discarded it may take
that back.

An item is named by its id or by its position. Its bytes stay in the history whatever
is decided; those that are sealed for some days.
"""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID

from domain.saying import heard, said
from domain.times import Clock
from ingestion.cloudevents import Bad, Decoded, decode_attributes, decode_structured
from ingestion.door import Answer, Door, Submission
from services.access import Principal, Right
from services.by import by_of
from services.errors import NotAllowed, NotFound, Refused
from services.history.entries import QUARANTINED, header_of
from services.history.history import Entry, History
from services.history.settling import Settled, Verb, settled_fact, settled_of, settled_stream
from services.sealing.reading import unsealed


class Quarantine:
    """The items set aside in one history."""

    def __init__(self, history: History, door: Door, clock: Clock):
        self._history = history
        self._door = door
        self._clock = clock

    def retry(self, reference: str, who: Principal) -> Answer:
        """Sends the item's bytes through the door again. It is settled unless the same is still wrong with it.

        Raises NotFound, NotAllowed, Refused (settled before).
        """
        entry = self._waiting(reference, who)
        header, raw, standing = unsealed(self._history, entry)
        if standing is not None and standing.state != "kept":
            raise Refused(
                said("the bytes of {reference} were destroyed", reference=reference),
                mend=said("let the sender send it again, and discard this"),
                slug="erased",
            )
        origin = str(header.get("origin", ""))
        again = Submission([_again(header, raw)], who, "retry", origin, sender=by_of(header["by"]).name)
        [[answer]] = self._door.submit_all([again])
        if answer.quarantined_at != entry.position:
            where = answer.position if answer.position is not None else answer.quarantined_at
            self._settle(entry, "retried", who, result=answer.result, position=where)
        return answer

    def discard(self, reference: str, who: Principal, reason: str) -> None:
        """Settles the item as of no use, and says why. Raises NotFound, NotAllowed, Refused (settled before, no reason)."""
        if not reason.strip():
            raise Refused(
                said("a quarantined item is discarded for a reason"), mend=said("say why"), slug="reason-missing"
            )
        self._settle(self._waiting(reference, who), "discarded", who, reason=reason.strip())

    def take_back(self, reference: str, who: Principal) -> None:
        """Who discarded it takes that back, while its bytes are there: it waits again. Raises NotFound, NotAllowed, Refused."""
        entry = self._theirs(reference, who)
        time = self._times_taken_back(entry)
        discarded = self._history.find(settled_stream(entry.stream, "discarded", time))
        if discarded is None:
            raise Refused(said("{reference} is not discarded", reference=reference), slug="not-discarded")
        by = settled_of(discarded.state).by
        if by != _settling(who, entry):
            raise NotAllowed(said("only who discarded it takes that back: {by}", by=by))
        _, _, standing = unsealed(self._history, entry)
        if standing is not None and standing.state != "kept":
            raise Refused(said("the bytes of {reference} were destroyed", reference=reference), slug="erased")
        self._settle(entry, "taken-back", who)

    def _waiting(self, reference: str, who: Principal) -> Entry:
        entry = self._theirs(reference, who)
        time = self._times_taken_back(entry)
        verbs: tuple[tuple[Verb, int], ...] = (("retried", 0), ("discarded", time))
        for verb, which in verbs:
            if self._history.find(settled_stream(entry.stream, verb, which)) is not None:
                raise Refused(
                    said("{reference} was {verb} before", reference=reference, verb=heard(verb)), slug="already-settled"
                )
        return entry

    def _times_taken_back(self, item: Entry) -> int:
        return next(
            time for time in count() if self._history.find(settled_stream(item.stream, "taken-back", time)) is None
        )

    def _theirs(self, reference: str, who: Principal) -> Entry:
        entry = self._find(reference)
        by = by_of(header_of(entry.state)["by"]) if entry is not None and entry.topic == QUARANTINED else None
        if entry is None or by is None or not (who.sees_everything or by.is_of(who)):
            raise NotFound(
                said("there is no quarantined item {reference}", reference=reference),
                mend=said("`entente quarantine list` shows them"),
            )
        if not who.may(Right.PUSH, by.service):
            raise NotAllowed(
                said("retrying and discarding is for a head of the service that sent it, not for {who}", who=who),
                mend=said("act as the service that pushed it"),
            )
        self._history.require_people([_settling(who, entry)])
        return entry

    def _find(self, reference: str) -> Entry | None:
        if reference.isdecimal():
            return self._history.at(int(reference)) if len(reference) < 19 else None
        try:
            return self._history.find(UUID(reference))
        except ValueError:
            return None

    def _settle(
        self,
        item: Entry,
        verb: Verb,
        who: Principal,
        *,
        reason: str = "",
        result: str = "",
        position: int | None = None,
    ) -> None:
        time = 0 if verb == "retried" else self._times_taken_back(item)
        settled = Settled(item.stream, verb, _settling(who, item), self._clock(), reason, result, position, time)
        self._history.append_facts([settled_fact(settled)])


def _settling(who: Principal, item: Entry) -> str:
    """The name under which it settles the item: for the service whose it is."""
    return who.by(Right.PUSH, by_of(header_of(item.state)["by"]).service)


def _again(header: dict[str, Any], raw: bytes) -> Decoded | Bad:
    attributes = header.get("attributes")
    if attributes is None:
        return decode_structured(raw)
    return decode_attributes(attributes, header.get("datacontenttype"), raw)
