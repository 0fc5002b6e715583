"""The log of who signed in, was refused and was invited, read a pack, took a file or looked at what is sealed (trust §3).

One row an hour for the same thing, with a count: ten thousand wrong passwords are one row. It follows from no entry of the history,
is not in exports or dumps, and is kept twelve months.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple, get_args

from domain.times import Clock, Instant
from services.history.databases import Database, column_list, first_value

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
OfHistory = Literal["key-made", "key-revoked", "role-given", "role-taken", "suspended", "resumed", "erased"]
"""What the history keeps, and the log shows beside what it notes itself."""
SORTS: Final[tuple[Sort | OfHistory, ...]] = (*get_args(Sort), *get_args(OfHistory))
READS: Final[tuple[Sort, ...]] = ("exported", "read-pack", "read-personal")
"""What was read, and for which service: `about` begins with that and `OF`, as it does of what the history keeps."""
OF: Final = ": "


class LoggedRow(NamedTuple):
    """What somebody did within one hour (its first instant, in microseconds): `last` when for the last time, `times` how often.
    `address`: from where; `about`: the thing."""

    hour: Instant
    sort: Sort | OfHistory
    person: str
    address: str
    about: str
    last: Instant
    times: int

    @property
    def service(self) -> str:
        """For which service, or by which office, something was read; whose key or role it is; empty of all else."""
        return self.about.partition(OF)[0] if self._is_of_a_service else ""

    @property
    def thing(self) -> str:
        return self.about.partition(OF)[2] if self._is_of_a_service else self.about

    @property
    def _is_of_a_service(self) -> bool:
        return self.sort in (*READS, *get_args(OfHistory))


class Wanted(NamedTuple):
    """Which rows: of one person, of one sort, from the hour of an instant on and before another; empty: of all."""

    person: str = ""
    sort: str = ""
    since: Instant = 0
    until: Instant = 2**62


EVERYTHING: Final = Wanted()


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

    def note_read(self, sort: Sort, person: str, service: str, thing: str, *, address: str = "") -> None:
        """`service`: for which, or by which office."""
        self.note(sort, person, address=address, about=f"{service}{OF}{thing}")

    def rows(self, wanted: Wanted = EVERYTHING, limit: int = A_PAGE, offset: int = 0) -> list[LoggedRow]:
        return logged(self._database, wanted, limit, offset)


def last_sign_ins(database: Database) -> dict[str, Instant]:
    """When everybody signed in last, by person, as far back as the log is kept."""
    with database.connect() as reads:
        sql = "SELECT person, MAX(last) FROM access_log WHERE sort = 'signed-in' GROUP BY person"
        return dict(reads.query(sql))


def logged(database: Database, wanted: Wanted = EVERYTHING, limit: int = A_PAGE, offset: int = 0) -> list[LoggedRow]:
    """The rows, the newest first."""
    where, params = _where(wanted)
    sql = (
        f"SELECT {column_list(LoggedRow)} FROM access_log WHERE {where} "
        "ORDER BY hour DESC, last DESC, sort, person, address, about LIMIT ? OFFSET ?"
    )
    with database.connect() as reads:
        return [LoggedRow._make(row) for row in reads.query(sql, [*params, limit, offset])]


def counted(database: Database, wanted: Wanted = EVERYTHING) -> int:
    """How many rows there are."""
    where, params = _where(wanted)
    with database.connect() as reads:
        return int(first_value(reads.query(f"SELECT COUNT(*) FROM access_log WHERE {where}", params), 0))


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    """The rows that are wanted, in SQL."""
    where = "hour >= ? AND hour < ?"
    params: list[Any] = [wanted.since - wanted.since % HOUR, wanted.until]
    for column, value in (("person", wanted.person), ("sort", wanted.sort)):
        if value:
            where += f" AND {column} = ?"
            params.append(value)
    return where, params


def _cut(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST])
