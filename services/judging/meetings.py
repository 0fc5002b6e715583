"""The meetings of the parties of a contract, by its review rule (MEANING §5: breaches and actions look to the next review)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.before import counted_back
from domain.calendars import CalendarEnded, later
from domain.recurrence import DayRule
from domain.terms import ContractTerms
from domain.times import FIRST_INSTANT, Instant, from_local, local_date, zone
from services.judging.catalogue import InForce

AFTER_THE_END = timedelta(days=100)
"""How long after the end of a contract its last meeting may come."""
_LONGEST_PACK = timedelta(days=2 * 366) // timedelta(microseconds=1)
"""How long before a meeting its pack is issued at most, in microseconds: what is issued earlier is not issued."""
_AHEAD = timedelta(days=62) // timedelta(microseconds=1)
"""How far ahead the next meeting is looked for, in microseconds."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """`id` is `contract@YYYY-MM-DD`, the local day. [starts, ends)."""

    id: str
    contract: str
    starts: Instant
    ends: Instant


def meetings(contract: InForce, after: Instant, until: Instant) -> Iterator[Meeting]:
    """The meetings that start in (after, until], each by the terms in force on its day; of those after the contract's
    end only the first."""
    ordered = sorted(contract.versions, key=lambda one: (one.terms.effective, one.number))
    first_terms = ordered[0].terms
    here = zone(first_terms.timezone)
    first = max(first_terms.valid_from, local_date(after, here) - timedelta(days=1))
    last = local_date(until, here) + timedelta(days=1)
    end = contract.last_day
    if end is not None:
        last = min(last, end + AFTER_THE_END)
    found: dict[Instant, Meeting] = {}
    for terms in {id(one.terms): one.terms for one in ordered}.values():
        for day in _days(terms, first_terms.valid_from, first if end is None else min(first, end), last):
            if contract.terms_at(day) is terms:
                meeting = _meeting(contract.id, terms, day)
                found[meeting.starts] = meeting
    is_last_seen = False
    for starts, meeting in sorted(found.items()):
        if end is not None and local_date(starts, here) > end:
            if is_last_seen:
                return
            is_last_seen = True
        if after < starts <= until:
            yield meeting


class MeetingsToCome:
    """Meetings as time reaches them. Remembers until when a contract has none, so that time passes without a look at every
    rule. Per contract, time only goes on, or everything is forgotten."""

    def __init__(self) -> None:
        self._none_before: dict[str, tuple[InForce, Instant]] = {}
        self._no_pack_before: dict[str, tuple[InForce, Instant]] = {}

    def forget(self) -> None:
        self._none_before = {}
        self._no_pack_before = {}

    def reached(self, contract: InForce, after: Instant, until: Instant) -> list[Meeting]:
        """Lists the meetings as `meetings` does; remembers how long after `until` there is none."""
        known, none_before = self._none_before.get(contract.id, (None, FIRST_INSTANT))
        if known is contract and until < none_before:
            return []
        found = list(meetings(contract, after, until))
        following = next(meetings(contract, until, until + _AHEAD), None)
        self._none_before[contract.id] = contract, following.starts if following else until + _AHEAD
        return found

    def issued(self, contract: InForce, after: Instant, until: Instant) -> list[tuple[Meeting, Instant]]:
        """The meetings whose pack is issued in (after, until], each with when; remembers how long after `until` there is none."""
        known, none_before = self._no_pack_before.get(contract.id, (None, FIRST_INSTANT))
        if (known is contract and until < none_before) or not issues_packs(contract):
            return []
        found: list[tuple[Meeting, Instant]] = []
        following = until + _AHEAD
        for meeting in meetings(contract, after, until + _LONGEST_PACK):
            at = pack_issued(contract, meeting.starts)
            if at is not None and at > until:
                following = min(following, at)
                break
            if at is not None and after < at:
                found.append((meeting, at))
        self._no_pack_before[contract.id] = contract, following
        return found


def issues_packs(contract: InForce) -> bool:
    return any(one.terms.review is not None and one.terms.review.pack is not None for one in contract.versions)


def pack_issued(contract: InForce, starts: Instant) -> Instant | None:
    """The instant at which the pack of a meeting that starts then is issued (`review.pack`, in the contract's calendar); None where
    none is issued before, or the calendar does not reach as far."""
    here = zone(contract.versions[0].terms.timezone)
    day = local_date(starts, here)
    terms = contract.terms_at(day)
    if terms.review is None or terms.review.pack is None:
        return None
    calendar = next(one.calendar for one in contract.versions if one.terms is terms)
    at = counted_back(day, starts, terms.review.pack, here, calendar)
    return at if at is not None and at < starts else None


def next_meeting(contract: InForce, after: Instant) -> Meeting | None:
    """The first meeting that starts after the instant, if one comes within two years."""
    return next(meetings(contract, after, after + 2 * 366 * 86_400_000_000), None)


def minutes_until(contract: InForce, ends: Instant) -> Instant | None:
    """The instant until which minutes of a meeting that ends then are to be submitted (`review.minutes_within`, in the contract's
    calendar); None where the contract sets no limit, or its calendar ends before."""
    here = zone(contract.versions[0].terms.timezone)
    terms = contract.terms_at(local_date(ends, here))
    within = terms.review.minutes_within if terms.review is not None else None
    if within is None:
        return None
    calendar = next(one.calendar for one in contract.versions if one.terms is terms)
    try:
        return later(ends, within, here, calendar)
    except CalendarEnded:
        return None


def _days(terms: ContractTerms, anchor: date, first: date, last: date) -> Iterator[date]:
    if terms.review is None or last < first:
        return
    yield from DayRule.parse(terms.review.every).dates(anchor, first, last, lambda _: False)


def _meeting(contract: str, terms: ContractTerms, day: date) -> Meeting:
    assert terms.review is not None
    here = zone(terms.timezone)
    starts = from_local(datetime.combine(day, terms.review.at), here)
    return Meeting(f"{contract}@{day.isoformat()}", contract, starts, later(starts, terms.review.duration, here, None))
