"""Time is an event: the history records “all events up to T have been received” (DESIGN §3.4, MEANING §2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from domain.contract import Contract
from domain.decisions import stream_of
from domain.saying import Said, said
from domain.times import Clock, Instant, day_start, show, zone
from services.access import PLATFORM, Principal, Right
from services.contract_files import terms_from_canonical
from services.errors import NotAllowed, NotFound, Refused, TimeInFuture
from services.history.entries import FURTHEST, TIME, WAITS, header_of, pack, time_said, time_stream, waits_stream
from services.history.history import Fact, History

SECOND = 1_000_000
SETTLE: Final = 120 * SECOND
"""Microseconds beyond the clock up to which time may be declared, unless the settings say otherwise: clocks of several
machines differ."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """The watermark after the call, and whether it moved. `position` is that of the entry that says so. `is_ahead`: beyond the
    clock, which was wanted."""

    watermark: Instant
    has_moved: bool
    position: int
    contract: str | None = None
    is_ahead: bool = False

    def __str__(self) -> str:
        return str(self.line)

    @property
    def line(self) -> Said:
        """The line of `str`, to be said in another language."""
        until = show(self.watermark)
        if self.contract is None:
            return (
                said("time has passed to {until}", until=until)
                if self.has_moved
                else said("already at {until}", until=until)
            )
        if self.has_moved:
            return said("time of {contract} has passed to {until}", contract=self.contract, until=until)
        return said("time of {contract} is already at {until}", contract=self.contract, until=until)


class Timekeeping:
    """Writes *time passed T*, for all or for one contract. The watermark only grows; a smaller T changes nothing."""

    def __init__(self, history: History, now: Clock, settle: Instant = SETTLE):
        self._history = history
        self._now = now
        self._settle = settle
        self._lineage = 0
        self._forget()

    def _forget(self) -> None:
        self._read_to = 0
        self._watermark: Instant | None = None
        self._own: dict[str, Instant] = {}
        self._joined: set[str] = set()
        self._waiting: dict[str, tuple[Instant, bool]] = {}
        """Contracts that wait for files, and where the store stood when they began to; whether that was its first step."""
        self._lived: Instant | None = None
        self._when_signed: dict[UUID, Instant | None] = {}
        """The watermark at a contract's first signing, by its stream."""

    def advance(
        self,
        who: Principal,
        to: Instant,
        contract: str | None = None,
        *,
        ahead: bool = False,
        waiting: Collection[str] = (),
    ) -> Advanced:
        """The store's time, for the administrator; or that of one contract, for its parties too where it has a time of its own.
        `ahead`: beyond the clock is wanted, which is noted in the entry. `waiting`: the contracts of which that is not said, since
        files of theirs are still to come. Raises NotAllowed, NotFound for a contract that is not
        there, or not to be seen, and TimeInFuture."""
        reached = self.require_may(who, to, contract, ahead=ahead)
        if reached is not None and to <= reached:
            return Advanced(reached, False, self._read_to, contract)
        now = self._now()
        header: dict[str, object] = {"time": to, "received": now, "by": self._by(who, contract)}
        changes = [] if contract is not None else self._changes(header, waiting)
        if contract is not None:
            header["contract"] = contract
        elif waiting:
            header["some_wait"] = True
        if is_ahead := to > now + self._settle:
            header["ahead"] = True
        fact = Fact(time_stream(to, contract or ""), TIME, pack(header, b""))
        *_, appended = self._history.append_facts([*changes, fact])
        if appended.existing is not None and time_said(header_of(appended.existing)) is None:
            says = said(
                "entry {position} said so when it was more than ten years ahead, and is passed over",
                position=appended.position,
            )
            raise Refused(says, mend=said("a time one second later"))
        return Advanced(to, appended.is_new, appended.position, contract, is_ahead)

    def _changes(self, header: dict[str, object], waiting: Collection[str]) -> list[Fact]:
        """That contracts begin to wait, or wait no more, each in an entry of its own: time is everybody's to see, and no party is to
        read there what others have agreed."""
        before, time = self.waiting(), header["time"]
        assert isinstance(time, int)
        return [
            Fact(
                waits_stream(name, time, waits=name in waiting),
                WAITS,
                pack(header | {"contract": name, "waits": name in waiting}, b""),
            )
            for name in sorted(before ^ set(waiting))
        ]

    def require_may(
        self, who: Principal, to: Instant, contract: str | None = None, *, ahead: bool = False
    ) -> Instant | None:
        """The time that is reached already, where this one may move it there. Raises as `advance` does."""
        if not who.may(Right.TAKE_PART):
            raise NotAllowed(
                said("an auditor decides nothing"), mend=who.named_as(said("act as a service, or as administrator"))
            )
        self._history.require_people([self._by(who, contract)])
        if contract is not None:
            reached = self._time_of_one(who, contract)
        elif not who.may(Right.ADMINISTER):
            mend = who.named_as(
                said("act as administrator; a party moves the time of a contract of its own that is held for its past")
            )
            raise NotAllowed(
                said("the store's time is everybody's: its administrator and its clock move it"), mend=mend
            )
        else:
            reached = self.watermark()
        if reached is None or to > reached:
            self._require_near(to, ahead=ahead)
        return reached

    def _by(self, who: Principal, contract: str | None) -> str:
        """The name under which it moves time: that of one contract as a party, where it is one."""
        try:
            found = self._history.get(stream_of("contract", contract), Contract) if contract is not None else None
        except NotFound:
            found = None
        parties = (found.supplier, found.client) if found is not None else ()
        return who.by(Right.TAKE_PART if who.is_of(*parties) else Right.ADMINISTER, *parties)

    def _require_near(self, to: Instant, *, ahead: bool) -> None:
        now = self._now()
        if to - now > FURTHEST:
            raise TimeInFuture(said("{to} is more than ten years from now", to=show(to)), mend=said("an earlier time"))
        if to > now + self._settle and not ahead:
            mend = said(
                "an earlier time; on the command line `--ahead`, where what may still come is not to count as in time"
            )
            raise TimeInFuture(said("{to} is still to come: it is {now} here", to=show(to), now=show(now)), mend=mend)

    def _time_of_one(self, who: Principal, contract: str) -> Instant | None:
        try:
            found = self._history.get(stream_of("contract", contract), Contract)
        except NotFound:
            found = None
        if found is None or not who.sees(found.supplier, found.client):
            raise NotFound(
                said("there is no contract “{contract}”", contract=contract), mend=said("entente contracts list")
            )
        if not found.agreed:
            raise Refused(
                said("{contract} is not signed: it has no time yet", contract=contract), mend=said("sign it first")
            )
        reached = self.time_of(found)
        if not who.may(Right.ADMINISTER) and (reached is None or reached == self._watermark):
            says = said(
                "the time of {contract} is the store's, which its administrator and its clock move", contract=contract
            )
            raise NotAllowed(says, mend=who.named_as(said("act as administrator")))
        return reached

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
        if contract.contract in self._waiting:
            watermark, is_first = self._waiting[contract.contract]
            if is_first and (start := _first_day(contract)) is not None:
                watermark = min(watermark, start)
        known = [one for one in (watermark, own) if one is not None]
        return max(known, default=None)

    def waiting(self) -> frozenset[str]:
        """The contracts that wait for files."""
        self.watermark()
        return frozenset(self._waiting)

    def watermark(self) -> Instant | None:
        """The largest T in the history; None before the first."""
        if (lineage := self._history.lineage()) != self._lineage:
            self._forget()
            self._lineage = lineage
        while entries := self._history.read(self._read_to, 1_000, [TIME, WAITS, Contract.Agreed.TOPIC]):
            for entry in entries:
                if entry.topic == Contract.Agreed.TOPIC:
                    self._when_signed.setdefault(entry.stream, self._watermark)
                elif (time := time_said(header := header_of(entry.state))) is not None:
                    self._take(entry.topic, time, header)
            self._read_to = entries[-1].position
        return self._watermark

    def _take(self, topic: str, time: Instant, header: Mapping[str, Any]) -> None:
        if topic == WAITS:
            self._note_waiting(time, header["contract"], waits=header["waits"])
            return
        waiting = self._waiting if header.get("some_wait") else header.get("waiting", ())
        self._note(time, header.get("contract"), list(waiting))
        if header.get("by") == str(PLATFORM):
            self._lived = time if self._lived is None else max(time, self._lived)

    def lived(self) -> Instant | None:
        """The latest time that is known to have passed by itself for anybody, or for all: until then a program was at work. None
        before the first."""
        known = [one for one in (self.watermark(), self._lived) if one is not None]
        return max(known, default=None)

    def passes_by_itself(self) -> bool:
        """Says whether the platform ever let time pass for all by its own clock."""
        self.watermark()
        return self._lived is not None

    def _note_waiting(self, time: Instant, contract: str, *, waits: bool) -> None:
        before = self._watermark
        if before is not None and time <= before:
            return
        if waits:
            self._waiting.setdefault(contract, (time, True) if before is None else (before, False))
        else:
            self._waiting.pop(contract, None)

    def _note(self, time: Instant, contract: str | None, waiting: Collection[str]) -> None:
        before = self._watermark
        if contract is None:
            if before is None or time > before:
                stood = (time, True) if before is None else (before, False)
                self._waiting = {name: self._waiting.get(name, stood) for name in waiting}
                self._watermark = time
            return
        self._own[contract] = max(time, self._own.get(contract, time))
        if self._watermark is None or time >= self._watermark:
            self._joined.add(contract)
            self._waiting.pop(contract, None)


def _first_day(contract: Contract) -> Instant | None:
    """The start of its validity; None while nothing is agreed."""
    if not contract.agreed:
        return None
    terms = terms_from_canonical(contract.agreed[0].document)
    return day_start(terms.valid_from, zone(terms.timezone))
