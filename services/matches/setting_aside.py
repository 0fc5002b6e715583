"""Unmatched events that belong nowhere, put aside by the party that settles them, and taken back (MEANING §3 "Put aside")."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from domain.aside import Aside
from domain.decisions import stream_of
from domain.saying import said
from domain.times import Clock, Instant
from services.access import Principal
from services.deciding import refusing, words_of
from services.errors import NotAllowed, NotFound, Refused
from services.history.history import History
from services.matches.reading import may_settle, read_match, settling, unmatched_at
from services.matches.rows import UnmatchedRow
from services.seeing.seen import Seeing, Seen


class SettingAside:
    """Use cases: get, decide, save; each returns the position of its last entry. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now

    def put(self, who: Principal, event: int, text: str) -> int:
        """The event at that position belongs to nothing that is owed: it waits no more where they settle what is unmatched."""
        with self._seeing.seen(who) as seen:
            row = _unmatched(seen, event, aside=False)
            asked = {read_match(seen, match).commitment for match in row.asked}
            chosen = {one: settling(seen, one) for one in _mine(seen, row.commitments) if one not in asked}
        if not chosen:
            raise Refused(
                said("it is asked to match the event at position {position}", position=event),
                mend=said("take that back first, or wait for the answer"),
                slug="matched-already",
            )
        text, at = words_of(text), self._now()
        return self._history.save(*(self._put(one, event, text, by, at) for one, by in chosen.items()))

    def take_back(self, who: Principal, event: int, text: str = "") -> int:
        """It waits again, wherever they settle what is unmatched."""
        with self._seeing.seen(who) as seen:
            mine = {one: settling(seen, one) for one in _mine(seen, _unmatched(seen, event, aside=True).commitments)}
        text, at = words_of(text, ""), self._now()
        return self._history.save(*(self._taken_back(one, event, text, by, at) for one, by in mine.items()))

    def _put(self, commitment: str, event: int, text: str, by: str, at: Instant) -> Aside:
        try:
            found = self._history.get(_stream(commitment, event), Aside)
        except NotFound:
            return Aside(commitment=commitment, position=event, text=text, by=by, at=at)
        with refusing():
            found.put_again(text, by=by, at=at)
        return found

    def _taken_back(self, commitment: str, event: int, text: str, by: str, at: Instant) -> Aside:
        found = self._history.get(_stream(commitment, event), Aside)
        with refusing():
            found.take_back(text, by=by, at=at)
        return found


def _unmatched(seen: Seen, event: int, *, aside: bool) -> UnmatchedRow:
    """Raises NotFound for what is no event that they see unmatched, Refused for one that is put aside already, or is not."""
    if (row := unmatched_at(seen, event, aside=aside)) is not None:
        return row
    if unmatched_at(seen, event, aside=not aside) is None:
        raise NotFound(
            said("no event at position {position} is unmatched", position=event),
            mend=said("entente unmatched list shows them"),
        )
    if aside:
        raise Refused(said("the event at position {position} is not put aside", position=event))
    raise Refused(said("the event at position {position} is put aside already", position=event))


def _mine(seen: Seen, commitments: Collection[str]) -> list[str]:
    """Gives the commitments whose unmatched events who asks may settle. Raises NotAllowed where there is none."""
    found = [each for each in commitments if may_settle(seen, each)]
    if not found:
        raise NotAllowed(
            said("what is unmatched there is settled by the party of the indicator's owner, not by {who}", who=seen.who)
        )
    return found


def _stream(commitment: str, event: int) -> UUID:
    return stream_of("aside", f"{commitment}@{event}")
