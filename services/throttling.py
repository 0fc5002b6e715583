"""Attempts to sign in slow down: for one account from one address, for one address, for one account from wherever they come.

Each attempt is counted before it is looked at, in one transaction that holds its rows: many at once count as many. One that comes too
early is refused and not counted, whoever it is of: an account that is not there is counted as any other, by what was typed, and nothing
says which exist. A success takes its attempts back from the account at that address and from the address, not from what others try;
half of what others try is forgotten within an hour, so that the mistypes of a whole house behind one address do not add up for days.
Who has signed in, and gives the password again, is counted alone: nobody else has that session.

Nobody is locked out of his account by others: what comes from elsewhere slows it down to one attempt in half a minute at most, while
who guesses from one address waits up to a quarter of an hour. In a table, so that all processes count together and a restart forgives
nothing; as HMACs, since what people type in the place of a name may be a password. Rows are forgotten after a day, the oldest first
where there are too many. (OWASP ASVS 5.0, 6.1.1 and 6.3.1.)
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Final, NamedTuple

from domain.saying import said
from domain.times import Clock
from services.errors import TooMany
from services.history.databases import Database, Transaction
from services.history.secret import secret_of

SECOND: Final = 1_000_000
HOUR: Final = 3600
"""Seconds."""
DAY: Final = 24 * 3600
"""Seconds."""
MOST: Final = 100_000
"""Rows that are kept, about."""

_TABLE: Final = "entente_throttle"
_CREATED: Final = (
    f"CREATE TABLE IF NOT EXISTS {_TABLE} (name {{text}} PRIMARY KEY, count {{bigint}} NOT NULL, last {{bigint}} NOT NULL)"
    "{clustered}",
    f"CREATE INDEX IF NOT EXISTS {_TABLE}_last ON {_TABLE} (last)",
)
_WHOLE: Final = 1_000
"""What is counted for one attempt: parts of it are forgotten."""
_EVERY: Final = 64
"""Attempts after which rows are looked through for those that are old."""


class Pace(NamedTuple):
    """How attempts slow down: `free` of them at any speed, then the wait doubles from one second up to `longest`. `half`: the time
    within which half of them are forgotten; None: they are taken back by a success, or after a day."""

    free: int
    longest: int
    """Seconds."""
    half: int | None = None
    """Seconds."""

    def wait(self, count: int) -> int:
        """Seconds between an attempt that was the `count`-th and the next."""
        over = count - self.free
        return 0 if over < 0 else min(self.longest, 1 << min(over, 30))

    def left(self, counted: int, passed: int) -> int:
        """What is left of what was counted after these microseconds."""
        if passed > DAY * SECOND:
            return 0
        return counted if self.half is None else ceil(counted * 0.5 ** (passed / (self.half * SECOND)))


PACES: Final = {
    "account at address": Pace(5, 900),
    "address": Pace(20, 900, half=HOUR),
    "account": Pace(50, 30, half=HOUR),
    "again": Pace(5, 900),
}
"""`again`: of one person who has signed in."""


class TooManyAttempts(TooMany):
    slug = "too-many-attempts"


def prepare(database: Database) -> None:
    """Creates the table where it is absent."""
    if not database.has_table(_TABLE):  # asked first: who runs programs may have no right to create any
        database.create(_CREATED)


class Throttle:
    """`secret` as the store has it; `clock` in microseconds since 1970 UTC."""

    def __init__(self, database: Database, clock: Clock):
        self._database = database
        self._clock = clock
        self._secret = secret_of(database, "attempts")
        self._since_swept = 0

    def attempt(self, account: str, address: str | None) -> None:
        """Counts an attempt at what was typed as an account, from that address; `None`: of that person, who has signed in. Raises
        TooManyAttempts where it comes too early; then nothing is to be looked at, and nothing was counted."""
        now = self._clock()
        with self._database.transaction() as writes:
            waits = [self._counted(writes, name, pace, now) for name, pace in self._names(account, address)]
            wait = max(waits)
            if wait > 0:
                raise TooManyAttempts(
                    said("too many attempts: the next is possible in {seconds} s", seconds=_rounded(wait)),
                    mend=said("wait, then try again"),
                    retry_after=_rounded(wait),
                )
            self._sweep(writes, now)

    def succeeded(self, account: str, address: str | None) -> None:
        """Takes back what was counted of the account at that address, and this one attempt of the address and of the account."""
        with self._database.transaction() as writes:
            for name, pace in self._names(account, address):
                if pace.half is None:
                    writes.execute(f"DELETE FROM {_TABLE} WHERE name = ?", [name])
                else:
                    less = f"UPDATE {_TABLE} SET count = CASE WHEN count > ? THEN count - ? ELSE 0 END WHERE name = ?"
                    writes.execute(less, [_WHOLE, _WHOLE, name])

    def _names(self, account: str, address: str | None) -> Iterator[tuple[str, Pace]]:
        """The rows of an attempt, always in the same order: two that wait for each other's rows would wait for ever."""
        named: dict[str, tuple[str, ...]] = {"again": (account,)}
        if address is not None:
            named = {
                "account at address": (account, network_of(address)),
                "address": (network_of(address),),
                "account": (account,),
            }
        found = [(self._hidden(kind, *parts), PACES[kind]) for kind, parts in named.items()]
        return iter(sorted(found))

    def _hidden(self, kind: str, *parts: str) -> str:
        words = "\n".join([kind, *(f"{len(part)} {part}" for part in (one.strip().casefold() for one in parts))])
        return hmac.new(self._secret, words.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _counted(self, writes: Transaction, name: str, pace: Pace, now: int) -> int:
        """Counts it, and gives the microseconds that are still to wait. The row is held from the first statement on."""
        sql = f"INSERT INTO {_TABLE} (name, count, last) VALUES (?, 0, 0) ON CONFLICT (name) DO UPDATE SET count = {_TABLE}.count"
        writes.execute(sql, [name])
        count: int
        last: int
        [(count, last)] = writes.query(f"SELECT count, last FROM {_TABLE} WHERE name = ?", [name])
        left = pace.left(count, max(0, now - last))
        early = pace.wait(-(-left // _WHOLE)) * SECOND - abs(now - last)
        writes.execute(f"UPDATE {_TABLE} SET count = ?, last = ? WHERE name = ?", [left + _WHOLE, now, name])
        return max(0, early)

    def _sweep(self, writes: Transaction, now: int) -> None:
        self._since_swept += 1
        if self._since_swept < _EVERY:
            return
        self._since_swept = 0
        writes.execute(f"DELETE FROM {_TABLE} WHERE last < ?", [now - DAY * SECOND])
        oldest = f"SELECT last FROM {_TABLE} ORDER BY last DESC LIMIT 1 OFFSET ?"
        for (last,) in writes.query(oldest, [MOST]):
            writes.execute(f"DELETE FROM {_TABLE} WHERE last <= ?", [last])


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the network of one connection (/64), which has more addresses than anybody can count."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def _rounded(wait: int) -> int:
    """Whole seconds, upwards."""
    return -(-wait // SECOND)
