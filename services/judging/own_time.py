"""Contracts whose time is their own: held at the start of their validity while their past is imported, or declared ahead of
the store's (MEANING §2 `--backfill`, `advance T --contract C`), or behind it while they wait for files (decision 38)."""

from __future__ import annotations

from typing import NamedTuple

from domain.times import Instant
from services.history.databases import Transaction

APART = (
    "NOT EXISTS (SELECT 1 FROM view_own_time WHERE SUBSTR({0}.commitment, 1, LENGTH(contract) + 1) = contract || '/')"
)
"""SQL: rows of commitments that go with the store's time. `{0}` is their table."""
OF_ONE = "SUBSTR({0}.commitment, 1, LENGTH(?) + 1) = ? || '/'"
"""SQL: rows of the commitments of one contract, which is given twice."""


class Scope(NamedTuple):
    """The contracts whose time passes: all that have no time of their own, or one."""

    contract: str | None = None

    def condition(self, table: str) -> str:
        return (APART if self.contract is None else OF_ONE).format(table)

    @property
    def params(self) -> list[str]:
        return [] if self.contract is None else [self.contract] * 2


class _Own(NamedTuple):
    time: Instant
    has_joined: bool
    waits: bool = False


class OwnTimes:
    def __init__(self) -> None:
        self._own: dict[str, _Own] = {}

    def load(self, reads: Transaction) -> None:
        rows = reads.query("SELECT contract, watermark, has_joined, waits FROM view_own_time")
        self._own = {contract: _Own(time, bool(has_joined), bool(waits)) for contract, time, has_joined, waits in rows}

    def of(self, contract: str, watermark: Instant | None) -> Instant | None:
        """The watermark of that contract, where the store's is `watermark`."""
        own = self._own.get(contract)
        return own.time if own is not None else watermark

    def has(self, contract: str) -> bool:
        return contract in self._own

    def hold(self, writes: Transaction, contract: str, at: Instant) -> None:
        """It begins with a time of its own."""
        self._put(writes, contract, _Own(at, False))

    def waiting(self) -> set[str]:
        """Gives the contracts that wait for files."""
        return {name for name, own in self._own.items() if own.waits}

    def wait(self, writes: Transaction, contract: str, at: Instant) -> None:
        """It stays behind while the store's time passes, at its own time where it has one; what is held for its past stays held."""
        own = self._own.get(contract)
        if own is None or own.has_joined:
            self._put(writes, contract, _Own(at if own is None else own.time, False, True))

    def wait_no_more(self, writes: Transaction, contract: str) -> None:
        """It goes on with the store, as soon as that passes."""
        self._put(writes, contract, _Own(self._own[contract].time, True))

    def declare(self, writes: Transaction, contract: str, time: Instant, watermark: Instant | None) -> None:
        """All its events up to `time` have been received. Where that is not before the store's time it joins: from then on its
        time is the later of the two."""
        has_joined = watermark is None or time >= watermark
        if has_joined and time == watermark:
            self._drop(writes, contract)
        else:
            waits = not has_joined and contract in self.waiting()
            self._put(writes, contract, _Own(time, has_joined, waits))

    def behind(self, watermark: Instant) -> list[str]:
        """Lists the contracts that have joined, were ahead of the store's time, and are not any more when that passes
        to `watermark`."""
        return sorted(name for name, own in self._own.items() if own.has_joined and own.time < watermark)

    def join(self, writes: Transaction, watermark: Instant) -> None:
        """The store's time has passed: those that have joined and are not ahead of it go on with it."""
        for contract in [name for name, own in self._own.items() if own.has_joined and own.time <= watermark]:
            self._drop(writes, contract)

    def _put(self, writes: Transaction, contract: str, own: _Own) -> None:
        self._own[contract] = own
        writes.execute(
            "INSERT INTO view_own_time (contract, watermark, has_joined, waits) VALUES (?, ?, ?, ?) ON CONFLICT (contract) "
            "DO UPDATE SET watermark = excluded.watermark, has_joined = excluded.has_joined, waits = excluded.waits",
            [contract, own.time, int(own.has_joined), int(own.waits)],
        )

    def _drop(self, writes: Transaction, contract: str) -> None:
        self._own.pop(contract, None)
        writes.execute("DELETE FROM view_own_time WHERE contract = ?", [contract])
