"""Events matched by hand to what is owed: by the party of the indicator's owner; where a final period would change, once the
other party has accepted (MEANING §3, §5 "Periods close")."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from domain.commitments import Commitment
from domain.decisions import DecisionRefused, stream_of
from domain.events import OperationalEvent
from domain.match import Match
from domain.routing import Route
from domain.saying import heard, said, said_by
from domain.terms import Party
from domain.times import Clock
from services.access import Principal, Right
from services.deciding import words_of
from services.errors import Invalid, NotFound, Refused
from services.figures.reading import mend_for_key
from services.history.history import History
from services.history.stored_events import event_of
from services.matches.reading import (
    is_aside,
    is_nowhere,
    is_out,
    keeper_of,
    may_settle,
    moves_final,
    read_keeper,
    read_match,
    read_matches,
    read_standing,
    settling,
)
from services.matches.rows import MatchRow
from services.seeing.events import event_at
from services.seeing.seen import Seeing, Seen

_OWED = ("owed", "measured", "dropped", "without_due")


class Matching:
    """Use cases: get, decide, save; each returns the position of its entry. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now

    def match(
        self, who: Principal, event: int, commitment: str, key: str, *, role: str | None = None, text: str = ""
    ) -> tuple[str, int]:
        """The event at that position is evidence for the occurrence `key`; `role` (opened, closed…) says as what, where no
        selector of a case does. Its id and position."""
        with self._seeing.seen(who) as seen:
            party = _side(seen, commitment, said("matching its events"))
            existing = self._find(commitment, event)
            made = self.made(seen, event, commitment, key, existing, role=role, text=text, party=party)
        return made.match, self._history.save(made)

    def made(
        self,
        seen: Seen,
        event: int,
        commitment: str,
        key: str,
        existing: Match | None,
        *,
        role: str | None = None,
        text: str = "",
        party: Party,
        by: str | None = None,
    ) -> Match:
        """The match as it would be stored for that party, by who asks, or the name that is given; `existing`: the one that there
        is already."""
        found = seen.commitment_in_force(commitment)
        it, key = _event(seen, event), found.key_of(key)
        _require_shown(found, it)
        roles = _roles(found, it, role)
        _check_key(seen, found, key, roles)
        _check_place(seen, found, it, key, existing)
        needs = moves_final(seen, commitment, it, key, roles, back=False)
        by = settling(seen, commitment) if by is None else by
        at, text = self._now(), words_of(text, "")
        if existing is None:
            return Match(
                commitment=commitment,
                position=event,
                key=key,
                roles=roles,
                text=text,
                needs=needs,
                party=party,
                by=by,
                at=at,
            )
        self._decide(existing, lambda: existing.make_again(key, roles, text, needs=needs, party=party, by=by, at=at))
        return existing

    def unmatch(self, who: Principal, match: str, text: str = "") -> int:
        """The event is evidence again for what its selectors say."""
        with self._seeing.seen(who) as seen:
            row = read_match(seen, match)
            party = _side(seen, row.commitment, said("taking this match back"))
            needs = row.is_in_force and _restates(seen, row)
            by = settling(seen, row.commitment)
        found = self._history.get(UUID(row.id), Match)
        at, text = self._now(), words_of(text, "")
        self._decide(found, lambda: found.take_back(text, needs=needs, party=party, by=by, at=at))
        return self._history.save(found)

    def accept(self, who: Principal, match: str, text: str = "") -> int:
        """Accepts a match for the other party, where a final period changes: from then on it does."""
        found, by = self._answerable(who, match, said("accepting this match"))
        text = words_of(text, "")
        self._decide(found, lambda: found.accept(text, party=found.other, by=by, at=self._now()))
        return self._history.save(found)

    def refuse(self, who: Principal, match: str, text: str) -> int:
        found, by = self._answerable(who, match, said("refusing this match"))
        text = words_of(text)
        self._decide(found, lambda: found.refuse(text, party=found.other, by=by, at=self._now()))
        return self._history.save(found)

    def of_event(self, who: Principal, event: int, commitment: str | None = None) -> str:
        """The id of the one match that an event has. Raises NotFound, Invalid."""
        found = self._seeing.read(who, read_matches, event=event, commitment=commitment)
        found = [one for one in found if one.is_in_force or one.waits_for] or found
        if not found:
            raise NotFound(said("the event at position {event} was matched to nothing by hand", event=event))
        if len(found) > 1:
            raise Invalid(
                said("the event at position {event} was matched to several commitments", event=event),
                mend=said("say which"),
            )
        return found[0].id

    def _answerable(self, who: Principal, match: str, what: str) -> tuple[Match, str]:
        """The match, and the name under which one answers for the party that is asked. Raises NotAllowed, Refused."""
        row = self._seeing.read(who, read_match, match)
        found = self._history.get(UUID(row.id), Match)
        service = row.client if found.party == "supplier" else row.supplier
        who.require(Right.BIND, service, what)
        if row.waits_for is None:
            raise Refused(said("it is {state}: nobody is asked", state=heard(row.state)), place=row.id)
        return found, who.by(Right.BIND, service)

    def _find(self, commitment: str, event: int) -> Match | None:
        try:
            return self._history.get(stream_of("match", f"{commitment}@{event}"), Match)
        except NotFound:
            return None

    def _decide(self, found: Match, decide: Callable[[], None]) -> None:
        try:
            decide()
        except DecisionRefused as error:
            raise Refused(said_by(error), place=found.commitment, slug="matched-already") from error


def _restates(seen: Seen, row: MatchRow) -> bool:
    """Says whether taking the match back would change what a final period counts."""
    entry = seen.history.at(row.event)
    assert entry is not None
    event = event_of(entry.state, entry.position)
    if is_out(seen, event.source, event.id):
        return False
    return moves_final(seen, row.commitment, event, row.key, row.roles, back=True)


def _event(seen: Seen, position: int) -> OperationalEvent:
    """Raises Invalid for what is no event, or none that one may see."""
    event = event_at(seen, position)
    if event is None:
        mend = said("entente unmatched list shows the positions of events")
        raise Invalid(
            said("there is no event at position {position}", position=position), mend=mend, slug="no-such-event"
        )
    if event.voids is not None or is_out(seen, event.source, event.id):
        raise Refused(
            said(
                "the event at position {position} was voided or replaced, or voids another: it is no evidence",
                position=position,
            )
        )
    return event


def _require_shown(commitment: Commitment, event: OperationalEvent) -> None:
    """Raises Refused for an event whose source is not shown to a party: it is no evidence there, whoever says so."""
    if not commitment.is_shown(event):
        raise Refused(
            said(
                "the event at position {position} is not shown to the parties of this contract", position=event.position
            ),
            place=commitment.id,
            mend=said(
                "the service that declares its source says `shown_to`; it holds for events that come from then on"
            ),
            slug="foreign-source",
        )


def _check_key(seen: Seen, commitment: Commitment, key: str, roles: Sequence[str]) -> None:
    if commitment.schedule is not None:
        is_there = commitment.schedule.named(key) is not None
    else:
        standing = read_standing(seen, commitment.id, key)
        is_there = standing in _OWED or (standing == "waiting" and "opened" in roles)
    if not is_there:
        mend = mend_for_key(seen, commitment.id, key)
        raise Invalid(
            said("{commitment} has no occurrence “{key}”", commitment=commitment.id, key=key),
            mend=mend,
            slug="no-such-occurrence",
        )


def _check_place(seen: Seen, commitment: Commitment, event: OperationalEvent, key: str, made: Match | None) -> None:
    """An event that is evidence already is not moved; but what came under another key of a case may be joined to it."""
    if made is not None and made.is_made:
        mend = said("entente unmatched unmatch takes it back")
        what = said(
            "the event at position {position} is matched to {key} already", position=event.position, key=made.key
        )
        raise Refused(what, place=commitment.id, mend=mend, slug="matched-already")
    if is_aside(seen, commitment.id, event.position):
        mend = said("entente unmatched take-back lets it wait again")
        what = said("the event at position {position} is put aside", position=event.position)
        raise Refused(what, place=commitment.id, mend=mend, slug="set-aside")
    routes: list[Route] = commitment.route(event)
    for route in routes if not is_nowhere(seen, commitment.id, event.position) else ():
        if route.key is None:
            continue
        standing = read_standing(seen, commitment.id, route.key)
        is_case = commitment.schedule is None and "opened" in commitment.roles
        if route.key == key or (standing in _OWED and not is_case):
            what = said(
                "the event at position {position} is evidence for {key} already",
                position=event.position,
                key=route.key,
            )
            raise Refused(what, place=commitment.id, slug="matched-already")


def _side(seen: Seen, commitment: str, what: str) -> Party:
    """The party that settles what is unmatched there. Raises NotAllowed for others."""
    if not may_settle(seen, commitment):
        seen.who.require(Right.SETTLE, keeper_of(seen, commitment), what)
    return read_keeper(seen, commitment)


def _roles(commitment: Commitment, event: OperationalEvent, role: str | None) -> list[str]:
    """Gives the roles in which the event is evidence: the one that is named, else as the selectors have it. Raises Invalid."""
    if not commitment.roles:
        what = said(
            "what is judged there is time between events, a sum by time, or each event by itself: nothing to match"
        )
        raise Invalid(what, place=commitment.id, slug="not-matchable")
    if role is not None:
        if role not in commitment.roles:
            raise Invalid(
                said("“{role}” is no role there", role=role), place=commitment.id, mend=", ".join(commitment.roles)
            )
        return [role]
    if len(commitment.roles) == 1:
        return [commitment.roles[0]]
    selected = list(dict.fromkeys(one.evidence.role for one in commitment.route(event)))
    if not selected:
        mend = said("say its role: {roles}", roles=", ".join(commitment.roles))
        raise Invalid(
            said("no selector chooses the event at position {position}", position=event.position),
            place=commitment.id,
            mend=mend,
        )
    return selected
