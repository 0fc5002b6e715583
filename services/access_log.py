"""The log of who signed in, was refused and was invited; to come: reads of packs and personal values, exports (trust §6).

One row an hour for the same thing, with a count: ten thousand wrong passwords are one row. It follows from no entry of the history,
is not in exports or dumps, and is kept twelve months.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from domain.times import Clock, Instant
from services.history.databases import Database, column_list

DAYS: Final = 365
HOUR: Final = 3_600_000_000
LONGEST: Final = 200
"""Characters of what is noted of who and about what."""
A_PAGE: Final = 500

TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS access_log (hour {bigint} NOT NULL, sort {text} NOT NULL, person {text} NOT NULL, "
    "address {text} NOT NULL, about {text} NOT NULL, last {bigint} NOT NULL, times {bigint} NOT NULL, "
    "PRIMARY KEY (hour, sort, person, address, about))"
)

Sort = Literal["signed-in", "refused", "signed-out", "invited", "exported", "read-pack", "read-personal"]


class LoggedRow(NamedTuple):
    """What somebody did within one hour (its first instant, in microseconds): `last` when for the last time, `times` how often.
    `address`: from where; `about`: the thing."""

    hour: Instant
    sort: Sort
    person: str
    address: str
    about: str
    last: Instant
    times: int


class AccessLog:
    """Safe for several threads and processes. `days`: how long a row is kept."""

    def __init__(self, database: Database, clock: Clock, days: int = DAYS):
        self._database = database
        self._clock = clock
        self._days = days

    def note(self, sort: Sort, person: str, *, address: str = "", about: str = "") -> None:
        """Counts one more of the same in this hour; what is older than the log is kept goes."""
        now = self._clock()
        row = LoggedRow(now - now % HOUR, sort, _cut(person), _cut(address), _cut(about), now, 1)
        with self._database.transaction() as writes:
            writes.execute("DELETE FROM access_log WHERE hour < ?", [now - self._days * 24 * HOUR])
            writes.execute(
                f"INSERT INTO access_log ({column_list(LoggedRow)}) VALUES (?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (hour, sort, person, address, about) DO UPDATE SET "
                "last = excluded.last, times = access_log.times + 1",
                row,
            )

    def rows(self, before: Instant | None = None, limit: int = A_PAGE) -> list[LoggedRow]:
        """The newest first, from before that instant on."""
        sql = f"SELECT {column_list(LoggedRow)} FROM access_log WHERE last < ? ORDER BY last DESC, sort, person LIMIT ?"
        with self._database.connect() as reads:
            until = before if before is not None else 2**62
            return [LoggedRow._make(row) for row in reads.query(sql, [until, limit])]


def _cut(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST])
