"""Attempts to sign in slow down: for one account from one address, for one address, for one account from wherever they come.

Each attempt is counted before it is looked at, in one transaction that holds its rows: many at once count as many. One that comes too
early is refused and not counted, whoever it is of: an account that is not there is counted as any other, by what was typed, and nothing
says which exist. A success takes its attempts back from the account at that address and from the address, not from what others try.

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
from typing import Final, NamedTuple

from domain.saying import said
from domain.times import Clock
from services.errors import TooMany
from services.history.databases import Database, Transaction
from services.history.secret import secret_of

SECOND: Final = 1_000_000
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
_EVERY: Final = 64
"""Attempts after which rows are looked through for those that are old."""


class Pace(NamedTuple):
    """How attempts slow down: `free` of them at any speed, then the wait doubles from one second up to `longest`."""

    free: int
    longest: int
    """Seconds."""

    def wait(self, count: int) -> int:
        """Seconds between an attempt that was the `count`-th and the next."""
        over = count - self.free
        return 0 if over < 0 else min(self.longest, 1 << min(over, 30))


PACES: Final = {
    "account at address": Pace(5, 900),
    "address": Pace(20, 900),
    "account": Pace(50, 30),
}


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

    def attempt(self, account: str, address: str) -> None:
        """Counts an attempt at what was typed as an account, from that address. Raises TooManyAttempts where it comes too early; then
        nothing is to be looked at, and nothing was counted."""
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

    def succeeded(self, account: str, address: str) -> None:
        """Takes back what was counted of the account at that address, and this one attempt of the address and of the account."""
        with self._database.transaction() as writes:
            for name, pace in self._names(account, address):
                if pace is PACES["account at address"]:
                    writes.execute(f"DELETE FROM {_TABLE} WHERE name = ?", [name])
                else:
                    writes.execute(f"UPDATE {_TABLE} SET count = count - 1 WHERE name = ? AND count > 0", [name])

    def _names(self, account: str, address: str) -> Iterator[tuple[str, Pace]]:
        """The rows of an attempt, always in the same order: two that wait for each other's rows would wait for ever."""
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
        if now - last > DAY * SECOND:
            count = 0
        early = pace.wait(count) * SECOND - abs(now - last)
        writes.execute(f"UPDATE {_TABLE} SET count = ?, last = ? WHERE name = ?", [count + 1, now, name])
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
