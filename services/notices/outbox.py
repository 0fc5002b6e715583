"""The outbox: notices are gathered into letters, and letters go, once.

    notice   waits ── 5 minutes, quiet time, once an hour ─▶ in-letter
    letter   waits ─▶ handing ─▶ sent | failed               waits ─▶ nothing, where all of it is gone

A letter is taken by one program for LEASE; right before it is handed over it is marked `handing`. What is found so afterwards may have
arrived or not: it fails as unsure, and goes again only where somebody says so (at most once, decision 56). A letter that is
written into a folder is the same file again, so that it may be repeated.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal, NamedTuple

from domain.times import Instant
from services.history.databases import Database, Transaction, column_list, first_value
from services.notices.kinds import ALONE, DAY, HOUR, MINUTE, OLDEST, TEST, letter_id, notice_id
from services.notices.telling import NoticeRow

NOW: Final = 0
"""When a letter is due that goes at once, by whatever time it is sent."""
LEASE: Final = 10 * MINUTE
"""Microseconds for which a letter is one program's: longer than any server takes to answer."""
FIRST_AGAIN: Final = MINUTE
LAST_AGAIN: Final = HOUR
GIVES_UP: Final = 2 * DAY
"""Microseconds: pauses between tries double from the first to the last, until so long after the letter was made."""
KEPT: Final = 30 * DAY
"""Microseconds for which a settled letter is kept."""
MOST_TAKEN: Final = 100
"""Letters taken in one round."""
Channel = Literal["mail", "hook"]
CHANNELS: Final[tuple[Channel, ...]] = ("mail", "hook")
State = Literal["waits", "handing", "sent", "failed", "nothing"]
UNSURE: Final = "unsure"
"""Why a letter failed of which nobody knows whether it arrived."""


class LetterRow(NamedTuple):
    """`kind`: `morning`, `test`, or that of its notices, `several` where they are of more kinds. `due`: when it is tried next."""

    id: str
    channel: Channel
    person: str
    kind: str
    made: Instant
    due: Instant
    tries: int
    state: State
    why: str
    settled: Instant


_COLUMNS: Final = column_list(LetterRow)
_NOTICES: Final = column_list(NoticeRow)


class Outbox:
    """Safe for several threads and programs. `is_repeatable`: what was handed over may be again, and is the same (a folder)."""

    def __init__(self, database: Database, *, is_repeatable: bool = False):
        self._database = database
        self._is_repeatable = is_repeatable

    # Notices into letters

    def gather(
        self, now: Instant, is_quiet: Callable[[str], bool], channels: Callable[[str], Sequence[Channel]]
    ) -> int:
        """Makes the letters that are ready now: one a person, and one for each notice of a kind that goes alone; not in quiet time. How
        many."""
        with self._database.connect() as reads:
            ready = reads.query(
                "SELECT person, MIN(ready) FROM notice WHERE state = 'waits' GROUP BY person ORDER BY person"
            )
        made = 0
        for person, first in ready:
            if first <= now and not is_quiet(person):
                made += self._letter(person, now, channels(person))
        return made

    def _letter(self, person: str, now: Instant, channels: Sequence[Channel]) -> int:
        with self._database.transaction() as writes:
            recent = set(writes.query(_RECENT, [person, now - HOUR]))
            waiting = _waiting(writes, person, "waits")
            rows = [one for one in waiting if one.kind in ALONE or (one.kind, one.source) not in recent]
            fresh = [one for one in rows if one.at >= now - OLDEST]
            if old := [one.id for one in rows if one.at < now - OLDEST]:
                _put(writes, old, "", "old", "waits")
            together = [one for one in fresh if one.kind not in ALONE]
            letters = [together, *([one] for one in fresh if one.kind in ALONE)]
            return sum(self._seal(writes, person, each, now, channels, _kind_of(each)) for each in letters if each)

    def morning(self, person: str, day: str, now: Instant) -> bool:
        """The morning mail of that day, with what waited for it; False where it was made already."""
        id = notice_id(person, "morning", day)
        with self._database.transaction() as writes:
            if writes.query("SELECT 1 FROM notice WHERE id = ?", [id]):
                return False
            row = NoticeRow(id, person, "morning", "morning", day, "", now, now, "digest")
            writes.insert("notice", NoticeRow._fields, [row], "(id) DO NOTHING")
            rows = [one for one in _waiting(writes, person, "digest") if one.at >= now - OLDEST]
            return self._seal(writes, person, rows, now, ("mail",), "morning", state="digest", name=id)

    def test(self, person: str, now: Instant, channels: Sequence[Channel] = ("mail",)) -> str:
        """A letter that says no more than that letters arrive. Its id."""
        id = notice_id(person, TEST, secrets.token_hex(8))
        with self._database.transaction() as writes:
            row = NoticeRow(id, person, TEST, TEST, id, "", now, now, "waits")
            writes.insert("notice", NoticeRow._fields, [row])
            self._seal(writes, person, [row], now, channels, TEST)
        return letter_id([id])

    def _seal(
        self,
        writes: Transaction,
        person: str,
        rows: Sequence[NoticeRow],
        now: Instant,
        channels: Sequence[Channel],
        kind: str,
        *,
        state: str = "waits",
        name: str = "",
    ) -> bool:
        """Puts the notices into one letter, but those that another program has put into its own. `name`: what its id is made of,
        instead of all its notices."""
        if not rows:
            return False
        id = letter_id([name] if name else [one.id for one in rows])
        _put(writes, [one.id for one in rows], id, "in-letter", state)
        if not writes.query("SELECT 1 FROM notice WHERE letter = ? LIMIT 1", [id]):
            return False
        made = [LetterRow(id, channel, person, kind, now, NOW, 0, "waits", "", 0) for channel in channels]
        writes.insert("notice_letter", LetterRow._fields, made, "(id, channel) DO NOTHING")
        return bool(made)

    # Letters on their way

    def take(self, now: Instant) -> list[tuple[LetterRow, str]]:
        """Letters that are due, each with the name under which this program holds it: nobody else takes them for LEASE."""
        self._sweep(now)
        holder = secrets.token_hex(8)
        with self._database.transaction() as writes:
            due = writes.query(
                "SELECT id, channel FROM notice_letter WHERE state = 'waits' AND due <= ? ORDER BY due, id LIMIT ?",
                [now, MOST_TAKEN],
            )
            for id, channel in due:
                writes.execute(
                    "UPDATE notice_letter SET holder = ?, due = ? WHERE id = ? AND channel = ? AND state = 'waits' AND due <= ?",
                    [holder, now + LEASE, id, channel, now],
                )
            rows = writes.query(f"SELECT {_COLUMNS} FROM notice_letter WHERE holder = ? ORDER BY made, id", [holder])
        return [(LetterRow._make(row), holder) for row in rows]

    def _sweep(self, now: Instant) -> None:
        """What was being handed over when its program ended: nobody knows whether it arrived."""
        with self._database.transaction() as writes:
            if self._is_repeatable:
                writes.execute("UPDATE notice_letter SET state = 'waits' WHERE state = 'handing' AND due <= ?", [now])
            else:
                writes.execute(
                    "UPDATE notice_letter SET state = 'failed', why = ?, settled = ? WHERE state = 'handing' AND due <= ?",
                    [UNSURE, now, now],
                )

    def begin_handing(self, letter: LetterRow, holder: str) -> bool:
        """Says that the letter is handed over from now on; False where this program holds it no more."""
        with self._database.transaction() as writes:
            writes.execute(
                "UPDATE notice_letter SET state = 'handing' WHERE id = ? AND channel = ? AND holder = ? AND state = 'waits'",
                [letter.id, letter.channel, holder],
            )
            held = writes.query(
                "SELECT 1 FROM notice_letter WHERE id = ? AND channel = ? AND holder = ? AND state = 'handing'",
                [letter.id, letter.channel, holder],
            )
        return bool(held)

    def settle(
        self, letter: LetterRow, holder: str, state: State, now: Instant, why: str = "", fingerprint: str = ""
    ) -> None:
        """Sent, failed for good, or nothing of it is there any more."""
        with self._database.transaction() as writes:
            writes.execute(
                "UPDATE notice_letter SET state = ?, why = ?, settled = ?, fingerprint = ?, tries = tries + 1 "
                "WHERE id = ? AND channel = ? AND holder = ? AND state IN ('waits', 'handing')",
                [state, why[:LONGEST_WHY], now, fingerprint, letter.id, letter.channel, holder],
            )

    def again_later(self, letter: LetterRow, holder: str, now: Instant, why: str) -> None:
        """Tried again after a minute, then two, up to an hour; given up 48 hours after it was made."""
        if now - letter.made >= GIVES_UP:
            self.settle(letter, holder, "failed", now, why)
            return
        pause = min(FIRST_AGAIN * 2 ** min(letter.tries, 10), LAST_AGAIN)
        with self._database.transaction() as writes:
            writes.execute(
                "UPDATE notice_letter SET state = 'waits', due = ?, tries = tries + 1, why = ?, holder = '' "
                "WHERE id = ? AND channel = ? AND holder = ?",
                [now + pause, why[:LONGEST_WHY], letter.id, letter.channel, holder],
            )

    def retry(self, letter: LetterRow, now: Instant) -> bool:
        """A failed one goes again, by whoever says so; what may have arrived, too. False where it has not failed."""
        with self._database.transaction() as writes:
            if not writes.query(
                "SELECT 1 FROM notice_letter WHERE id = ? AND channel = ? AND state = 'failed'",
                [letter.id, letter.channel],
            ):
                return False
            writes.execute(
                "UPDATE notice_letter SET state = 'waits', due = ?, made = ?, why = '', holder = '', is_noted = 0 "
                "WHERE id = ? AND channel = ? AND state = 'failed'",
                [NOW, now, letter.id, letter.channel],
            )
        return True

    # What is there

    def tests_since(self, person: str, since: Instant) -> int:
        sql = "SELECT COUNT(*) FROM notice WHERE person = ? AND kind = ? AND at > ?"
        with self._database.connect() as reads:
            count: int = first_value(reads.query(sql, [person, TEST, since]))
        return count

    def notices_of(self, letter: str) -> list[NoticeRow]:
        with self._database.connect() as reads:
            sql = f"SELECT {_NOTICES} FROM notice WHERE letter = ? ORDER BY at, id"
            return [NoticeRow._make(row) for row in reads.query(sql, [letter])]

    def unnoted(self) -> list[tuple[LetterRow, str]]:
        """Settled letters that the history does not tell of yet, with their fingerprints."""
        sql = (
            f"SELECT {_COLUMNS}, fingerprint FROM notice_letter WHERE is_noted = 0 AND state IN ('sent', 'failed') "
            "ORDER BY settled, id LIMIT 1000"
        )
        with self._database.connect() as reads:
            return [(LetterRow._make(row[:-1]), row[-1]) for row in reads.query(sql)]

    def note(self, letters: Iterable[LetterRow]) -> None:
        with self._database.transaction() as writes:
            for one in letters:
                writes.execute(
                    "UPDATE notice_letter SET is_noted = 1 WHERE id = ? AND channel = ? AND state = ? AND settled = ?",
                    [one.id, one.channel, one.state, one.settled],
                )

    def tidy(self, now: Instant) -> None:
        """Takes out what was settled long ago, and what nobody would be told of any more."""
        with self._database.transaction() as writes:
            writes.execute("DELETE FROM notice_told WHERE at < ?", [now - OLDEST - DAY])
            writes.execute(
                "DELETE FROM notice_letter WHERE is_noted = 1 AND settled < ? AND state <> 'waits'", [now - KEPT]
            )
            writes.execute("DELETE FROM notice WHERE at < ? AND state <> 'waits'", [now - KEPT - DAY])
            writes.execute("DELETE FROM notice WHERE at < ? AND state = 'waits'", [now - OLDEST - DAY])


LONGEST_WHY: Final = 300
_RECENT: Final = (
    "SELECT DISTINCT notice.kind, notice.source FROM notice JOIN notice_letter ON notice_letter.id = notice.letter "
    "WHERE notice.person = ? AND notice_letter.made > ? AND notice_letter.kind <> 'morning'"
)


def _waiting(reads: Transaction, person: str, state: str) -> list[NoticeRow]:
    sql = f"SELECT {_NOTICES} FROM notice WHERE person = ? AND state = ? ORDER BY at, id"
    return [NoticeRow._make(row) for row in reads.query(sql, [person, state])]


def _put(writes: Transaction, ids: Sequence[str], letter: str, state: str, before: str) -> None:
    for id in ids:
        writes.execute(
            "UPDATE notice SET letter = ?, state = ? WHERE id = ? AND state = ?", [letter, state, id, before]
        )


def _kind_of(rows: Sequence[NoticeRow]) -> str:
    kinds = {row.kind for row in rows}
    return kinds.pop() if len(kinds) == 1 else "several"
