"""Time is an event: the history records “all events up to T have been received” (DESIGN §3.4, MEANING §2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.contract import Contract
from domain.decisions import stream_of
from domain.times import Instant, day_start, show, zone
from services.access import Principal
from services.contract_files import terms_from_canonical
from services.errors import NotAllowed, NotFound, Refused
from services.history.entries import OUTAGE, TIME, outage_stream, pack, time_stream, unpack
from services.history.history import Fact, History


@dataclass(frozen=True, slots=True)
class Advanced:
    """The watermark after the call, and whether it moved. `position` is that of the entry that says so."""

    watermark: Instant
    has_moved: bool
    position: int
    contract: str | None = None

    def __str__(self) -> str:
        what = f"time of {self.contract}" if self.contract else "time"
        moved = (
            f"{what} has passed to" if self.has_moved else f"{what} is already at" if self.contract else "already at"
        )
        return f"{moved} {show(self.watermark)}"


class Timekeeping:
    """Writes *time passed T*, for all or for one contract. The watermark only grows; a smaller T changes nothing."""

    def __init__(self, history: History, now: Callable[[], Instant]):
        self._history = history
        self._now = now
        self._read_to = 0
        self._watermark: Instant | None = None
        self._own: dict[str, Instant] = {}
        self._joined: set[str] = set()
        self._when_signed: dict[UUID, Instant | None] = {}
        """The watermark at a contract's first signing, by its stream."""

    def advance(self, who: Principal, to: Instant, contract: str | None = None) -> Advanced:
        """Raises NotFound for a contract that is not there, or not to be seen."""
        if who.role == "auditor":
            raise NotAllowed("an auditor decides nothing", mend="act as a service, or as administrator")
        if contract is not None:
            return self._advance_one(who, to, contract)
        watermark = self.watermark()
        if watermark is not None and to <= watermark:
            return Advanced(watermark, False, self._read_to)
        state = pack({"time": to, "received": self._now(), "by": str(who)}, b"")
        [appended] = self._history.append_facts([Fact(time_stream(to), TIME, state)])
        return Advanced(to, appended.is_new, appended.position)

    def was_down(self, who: Principal, start: Instant, end: Instant) -> int:
        """Our own ingestion was down in [start, end): what fell due in it and stays without event is unknown, not missing. The
        position of the entry that says so."""
        if who.role != "administrator":
            raise NotAllowed("an outage of the platform is noted by its administrator", mend="act as administrator")
        state = pack({"from": start, "until": end, "received": self._now(), "by": str(who)}, b"")
        [appended] = self._history.append_facts([Fact(outage_stream(start, end), OUTAGE, state)])
        return appended.position

    def _advance_one(self, who: Principal, to: Instant, contract: str) -> Advanced:
        try:
            found = self._history.get(stream_of("contract", contract), Contract)
        except NotFound:
            found = None
        if found is None or not who.sees(found.supplier, found.client):
            raise NotFound(f"there is no contract “{contract}”", mend="entente contracts list")
        if not found.agreed:
            raise Refused(f"{contract} is not signed: it has no time yet", mend="sign it first")
        reached = self.time_of(found)
        if reached is not None and to <= reached:
            return Advanced(reached, False, self._read_to, contract)
        state = pack({"time": to, "contract": contract, "received": self._now(), "by": str(who)}, b"")
        [appended] = self._history.append_facts([Fact(time_stream(to, contract), TIME, state)])
        return Advanced(to, appended.is_new, appended.position, contract)

    def time_of(self, contract: Contract) -> Instant | None:
        """The watermark of one contract: the store's, unless its own lies ahead of that or is held for its past
        (`apply --backfill`). None before anything says that time has passed."""
        watermark = self.watermark()
        own = self._own.get(contract.contract)
        if contract.is_backfilled and contract.contract not in self._joined:
            start = _first_day(contract)
            when_signed = self._when_signed.get(contract.id)
            if start is not None and when_signed is not None and start < when_signed:
                return start if own is None else max(own, start)
        known = [one for one in (watermark, own) if one is not None]
        return max(known, default=None)

    def watermark(self) -> Instant | None:
        """The largest T in the history; None before the first."""
        while entries := self._history.read(self._read_to, 1_000, [TIME, Contract.Agreed.TOPIC]):
            for entry in entries:
                if entry.topic == TIME:
                    self._note(unpack(entry.state)[0])
                else:
                    self._when_signed.setdefault(entry.stream, self._watermark)
            self._read_to = entries[-1].position
        return self._watermark

    def _note(self, header: dict[str, Any]) -> None:
        time: Instant = header["time"]
        contract = header.get("contract")
        if contract is None:
            self._watermark = time if self._watermark is None else max(time, self._watermark)
            return
        self._own[contract] = max(time, self._own.get(contract, time))
        if self._watermark is None or time >= self._watermark:
            self._joined.add(contract)


def _first_day(contract: Contract) -> Instant | None:
    """The start of its validity; None while nothing is agreed."""
    if not contract.agreed:
        return None
    terms = terms_from_canonical(contract.agreed[0].document)
    return day_start(terms.valid_from, zone(terms.timezone))
