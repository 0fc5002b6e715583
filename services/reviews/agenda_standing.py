"""Items of an agenda about what stands, not what happened: what figures suggest, what nobody measures or could match, what was set
aside, and what ends (MEETING §2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from domain.times import local_date
from services.access import Principal
from services.arrivals.quarantine_rows import count_quarantine
from services.matches.unmatched_rows import strays
from services.reviews.agenda_state import AgendaState, Item, Proposal
from services.reviews.agenda_words import sentence, target_words
from services.trying import proposing

ENDS_WITHIN: Final = timedelta(days=183)
"""How long before its last day the end of a contract or of its calendar is spoken of: six months."""
SUGGESTED_AGAIN: Final = timedelta(days=365)
"""How long what figures suggest is not said again once a meeting has settled it."""


def suggested(state: AgendaState) -> Iterator[Item]:
    """What figures suggest for the next version: of each target the first that they do, but for what a meeting settled within a
    year. No other wording is tried for it: the page of a draft does that."""
    settled = _settled_lately(state)
    for id in state.commitments:
        found = {one.target_index: one for one in reversed(proposing.proposals(state.seen, id, tries_wordings=False))}
        for index, one in sorted(found.items()):
            item = _suggestion(state, f"{id}#{index}", one)
            if item.id not in settled:
                yield item


def _suggestion(state: AgendaState, reference: str, one: proposing.Proposal) -> Item:
    words = target_words(one.target)
    key = one.code
    if one.code == "always-met" and one.change is None:
        key = "always-met.perfect"
    elif one.code == "met-if" and len(one.periods) == 1:
        key = "met-if.1"
    form = one.target.partition(" ")[0]
    after = target_words(f"{form} {one.change.after}") if one.change is not None else ""
    told = sentence(key, what=state.called(one.commitment), count=len(one.periods), target=words, after=after)
    return Item(one.code, reference, f"commitment:{one.commitment}", told, 5)


def _settled_lately(state: AgendaState) -> frozenset[str]:
    since = state.day - SUGGESTED_AGAIN
    return frozenset(
        item
        for one in state.earlier
        if local_date(one.starts, state.here) > since
        for item, outcome in one.outcomes.items()
        if outcome.outcome != "carried"
    )


def unmonitored(state: AgendaState) -> Iterator[Item]:
    for id, one in state.commitments.items():
        if not one.is_monitored:
            yield Item("unmonitored", id, f"commitment:{id}", sentence("unmonitored", what=state.called(id)), 2)


def unmatched(state: AgendaState) -> Iterator[Item]:
    """Events that a commitment selects and has no occurrence for: one item a commitment; the first of them is to be matched."""
    waiting: dict[str, list[int]] = {}
    for one in strays(state.seen.reads, state.commitments, aside=False):
        for id in one.commitments:
            waiting.setdefault(id, []).append(one.position)
    for id in state.commitments:
        if positions := waiting.get(id):
            key = "unmatched" if len(positions) > 1 else "unmatched.1"
            proposal = Proposal("match", {"commitment": id, "event": positions[0]})
            words = sentence(key, what=state.called(id), count=len(positions))
            yield Item("unmatched", id, f"commitment:{id}", words, 2, proposals=(proposal,))


def quarantine(state: AgendaState) -> Iterator[Item]:
    """How much of what the parties sent is set aside, as it could not be read: nothing of what it says."""
    parties = Principal("member", frozenset({state.contract.supplier, state.contract.client}))
    count = count_quarantine(state.seen.reads, state.seen.history, parties)
    if count:
        subject = f"contract:{state.contract.id}"
        key = "quarantine" if count > 1 else "quarantine.1"
        yield Item("quarantine", subject, subject, sentence(key, count=count), 2)


def calendar_ends(state: AgendaState) -> Iterator[Item]:
    """The calendar of the contract covers no day beyond it: what is counted in working time is judged no further."""
    calendars = [one.calendar for one in state.versions if one.calendar is not None]
    last = calendars[-1].last_day if calendars else None
    if last is not None and last <= state.day + ENDS_WITHIN and _outlives(state, last):
        subject = f"contract:{state.contract.id}"
        yield Item("calendar-ends", subject, subject, sentence("calendar-ends", day=last), 2, since=last.isoformat())


def contract_ends(state: AgendaState) -> Iterator[Item]:
    last = state.contract.valid_until
    if last is not None and state.day <= last <= state.day + ENDS_WITHIN:
        subject = f"contract:{state.contract.id}"
        yield Item("contract-ends", subject, subject, sentence("contract-ends", day=last), 2, since=last.isoformat())


def _outlives(state: AgendaState, last: date) -> bool:
    """Says whether the contract goes on behind that day."""
    return state.contract.valid_until is None or state.contract.valid_until > last
