"""Turns what happened into notices: one for each person whom it is for and who sees it, never a second one (MORNING §2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.times import Instant
from services.access import ADMINISTRATOR, Principal
from services.history.databases import Database
from services.notices.kinds import MINUTE, OLDEST, Kind, Way, notice_id
from services.notices.news import FINDERS as OF_THINGS
from services.notices.news import Finder, News
from services.notices.news_of_reviews import FINDERS as OF_REVIEWS
from services.notices.preferences import Preferences
from services.roles.following import Roles
from services.seeing.seen import Seeing, Seen

FINDERS = (*OF_THINGS, *OF_REVIEWS)
GATHERS = 5 * MINUTE
"""Microseconds for which what is due at once waits for more of it."""


class NoticeRow(NamedTuple):
    """`state`: `waits` (for a mail of its own), `digest` (for the next morning mail), `in-letter`. `ready`: from when on it may go."""

    id: str
    person: str
    kind: Kind | str
    subject: str
    transition: str
    source: str
    at: Instant
    ready: Instant
    state: str
    letter: str = ""


@dataclass(frozen=True)
class Told:
    """How many notices were made of how many transitions that nobody had looked at."""

    notices: int
    transitions: int


class Telling:
    """Safe for several programs: what one has looked at, the others pass over. `roles`: who is let in as what."""

    def __init__(self, seeing: Seeing, roles: Roles, finders: Iterable[Finder] = FINDERS):
        self._seeing = seeing
        self._database: Database = seeing.history.database
        self._roles = roles
        self._finders = tuple(finders)

    def people(self, day: date) -> dict[str, Principal]:
        """Everybody who is let in on that day, with what files give them."""
        found = ((one.person, self._roles.principal(one.person, day)) for one in self._roles.people())
        return {person: who for person, who in found if who is not None}

    def look(self, now: Instant, day: date, wanted: Mapping[str, Preferences], *, is_live: bool = True) -> Told:
        """Notes everything of the last 7 days that nobody has looked at yet. `is_live`: what was found gathers from now on; else,
        where somebody moves time, from when it happened."""
        people = self.people(day)
        found = told = 0
        with self._seeing.seen(ADMINISTRATOR) as seen:
            rows: list[NoticeRow] = []
            looked: dict[tuple[str, str], Instant] = {}
            named = frozenset(people)
            for news in self._new(seen, now, named):
                looked[news.subject, news.transition] = news.at
                ready = (max(now, news.at) if is_live else news.at) + GATHERS
                rows += _notices(seen, news, people.values(), wanted, ready)
        for made, looked_at in _cut(rows, looked):
            found, told = found + len(made), told + len(looked_at)
            self._note(made, looked_at)
        return Told(found, told)

    def _new(self, seen: Seen, now: Instant, people: frozenset[str]) -> Iterable[News]:
        since = now - OLDEST
        looked = {
            (subject, transition)
            for subject, transition in seen.reads.query("SELECT subject, transition FROM notice_told")
        }
        for find in self._finders:
            for news in find(seen, since, people):
                if since <= news.at <= now and (news.subject, news.transition) not in looked:
                    yield news

    def _note(self, rows: list[NoticeRow], looked: list[tuple[str, str, Instant]]) -> None:
        with self._database.transaction() as writes:
            writes.insert("notice", NoticeRow._fields, rows, "(id) DO NOTHING")
            writes.insert("notice_told", ("subject", "transition", "at"), looked, "(subject, transition) DO NOTHING")


def _notices(
    seen: Seen, news: News, people: Iterable[Principal], wanted: Mapping[str, Preferences], ready: Instant
) -> list[NoticeRow]:
    rows = []
    for who in people:
        assert who.person is not None
        way = wanted.get(who.person, _DEFAULT).way(news.kind)
        if way != "none" and is_told(seen, news, who):
            rows.append(_row(who.person, news, way, ready))
    return rows


def is_told(seen: Seen, news: News, who: Principal) -> bool:
    """Nobody is told what he may not see: it is for him, and shown to him."""
    return news.is_for(who) and news.sees(seen.by(who))


def _row(person: str, news: News, way: Way, ready: Instant) -> NoticeRow:
    return NoticeRow(
        notice_id(person, news.subject, news.transition),
        person,
        news.kind,
        news.subject,
        news.transition,
        news.source,
        news.at,
        ready,
        "digest" if way == "digest" else "waits",
    )


_DEFAULT = Preferences()
A_TRANSACTION = 1_000


def _cut(
    rows: list[NoticeRow], looked: Mapping[tuple[str, str], Instant]
) -> Iterable[tuple[list[NoticeRow], list[tuple[str, str, Instant]]]]:
    """Pieces of one transaction each, with the notices of each transition beside it: who is stopped between two of them goes on."""
    of: dict[tuple[str, str], list[NoticeRow]] = {}
    for row in {one.id: one for one in rows}.values():
        of.setdefault((row.subject, row.transition), []).append(row)
    names = list(looked)
    for start in range(0, len(names), A_TRANSACTION):
        some = names[start : start + A_TRANSACTION]
        yield [row for name in some for row in of.get(name, ())], [(*name, looked[name]) for name in some]
