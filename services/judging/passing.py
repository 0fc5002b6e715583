"""Time passes: what was due is missing, periods end and close, reviews come (DESIGN §3.4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

from domain.commitments import Commitment
from domain.times import Instant, day_start, zone
from services.history.databases import Transaction
from services.judging.breach_book import put_in_outbox
from services.judging.catalogue import InForce
from services.judging.own_time import Scope

if TYPE_CHECKING:
    from services.judging.judge import Judge


def declare_time(judge: Judge, writes: Transaction, time: Instant, contract: str | None, at: int) -> None:
    """All events up to `time` have been received, or all those of one contract."""
    if contract is None:
        pass_time(judge, writes, time, at)
        return
    before = judge.time_of(contract)
    if contract in judge.catalogue.contracts and (before is None or time > before):
        judge.own_times.declare(writes, contract, time, judge.watermark)
        _pass(judge, writes, before, time, at, Scope(contract))


def pass_time(judge: Judge, writes: Transaction, time: Instant, at: int) -> None:
    """All events up to `time` have been received. A smaller time than the last changes nothing."""
    before = judge.watermark
    if before is not None and time <= before:
        return
    judge.watermark = time
    joining = judge.own_times.join(writes, time)
    for contract, own in joining.items():
        _pass(judge, writes, own, time, at, Scope(contract))
    _pass(judge, writes, before, time, at, Scope(), without=joining)


def _pass(
    judge: Judge,
    writes: Transaction,
    before: Instant | None,
    time: Instant,
    at: int,
    whose: Scope,
    *,
    without: Collection[str] = (),
) -> None:
    """What was due is missing, periods end and close, reviews come. `without`: contracts whose time has passed already."""
    reached = dict.fromkeys(commitment for commitment, _, _ in judge.periods.reached(writes, time, whose))
    reached |= dict.fromkeys(judge.occurrences.beyond_horizon(writes, time, whose))
    for name in sorted(reached):
        if name in judge.catalogue.commitments:
            _look_ahead(judge, writes, judge.catalogue.commitments[name], time, at)
    judge.occurrences.wake(writes, time, at, whose)
    for id in judge.periods.reached(writes, time, whose):
        if id[0] in judge.catalogue.commitments:
            judge.periods.pass_time(writes, judge.catalogue.commitments[id[0]], id, time, at)
    contracts = [
        one
        for name, one in judge.catalogue.contracts.items()
        if (name == whose.contract if whose.contract else not (name in without or judge.own_times.has(name)))
    ]
    _look_at_moving(judge, writes, contracts, time)
    if judge.share.keeps_common:
        _call_reviews(judge, writes, contracts, before, time, at)


def _look_at_moving(judge: Judge, writes: Transaction, contracts: Sequence[InForce], time: Instant) -> None:
    """The targets that time alone can lose: while something is down or stale, and over rolling windows."""
    names = {one.id for one in contracts}
    signalled = [name for name in judge.catalogue.signalled if name.partition("/")[0] in names]
    for name in judge.signals.running(writes, signalled) if signalled else ():
        judge.periods.look_at_open(writes, judge.catalogue.commitments[name], time)
    for name in judge.catalogue.rolling:
        if name.partition("/")[0] in names:
            judge.periods.look_at_rolling(judge.catalogue.commitments[name], time)


def _look_ahead(judge: Judge, writes: Transaction, commitment: Commitment, time: Instant, at: int) -> None:
    """Opens the periods up to the watermark, and the dated occurrences of those that hold it."""
    judge.periods.open_until(writes, commitment, time)
    judge.occurrences.expand(writes, commitment, time, at)
    if commitment.all_are_known:
        judge.periods.look_at_open(writes, commitment, time)


def _call_reviews(
    judge: Judge, writes: Transaction, contracts: Sequence[InForce], before: Instant | None, time: Instant, at: int
) -> None:
    for contract in contracts:
        first = min(one.terms.effective for one in contract.versions)
        start = before if before is not None else _first_instant(first, contract.versions[0].terms.timezone)
        for meeting in judge.meetings.reached(contract, start, time):
            content = {
                "review": meeting.id,
                "contract": meeting.contract,
                "starts": meeting.starts,
                "pack_position": at,
            }
            put_in_outbox(writes, f"review:{meeting.id}", at, "call-review", content)


def _first_instant(day: date, zone_name: str) -> Instant:
    return day_start(day, zone(zone_name)) - 1
