"""Finds what may be wrong with the time of a store: that it stands, lies beyond the clock, or was said of a moment
nobody can know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from domain.saying import said
from domain.times import Instant, show
from entente.clock import implausible, last_received
from entente.findings import Finding
from entente.settings import Settings
from services.access import ADMINISTRATOR
from services.arrivals.ways import Ways
from services.directory.reading import awaited, read_fed
from services.history.entries import TIME, header_of, time_said
from services.history.history import History
from services.outages import Outages
from services.seeing.known import Known
from services.seeing.seen import Seeing
from services.timekeeping import Timekeeping

SECOND: Final = 1_000_000
STILL: Final = 15 * 60 * SECOND
LONG: Final = 86_400 * SECOND
"""An outage of more than a day is rather a clock that was wrong."""
FILES: Final = "file"
"""The channel of what is imported."""
_PAGE: Final = 5_000


def time_findings(history: History, seeing: Seeing, settings: Settings, now: Instant) -> Iterator[Finding]:
    yield _time(seeing.known(), settings, now)
    yield from _clock(history, settings, now)
    yield from _passed_over(history)
    yield from _long_outages(history, now)
    yield from _files(history, seeing)


def _time(known: Known, settings: Settings, now: Instant) -> Finding:
    watermark = known.watermark
    if watermark is None:
        mend = said("`entente serve` lets time pass, or `entente advance T`: before that nothing is missing")
        return Finding("time", "warning", said("no time has passed yet"), mend)
    settle = round(settings.settle * SECOND)
    if watermark > now + settle:
        says = said(
            "it has passed to {watermark}, beyond this clock: what comes in until then is late news",
            watermark=show(watermark),
        )
        return Finding("time", "warning", says, said("wait until the clock has reached it; a wrong clock: set it"))
    if settings.time == "live" and now - watermark > STILL + settle:
        return Finding(
            "time",
            "warning",
            said("time stands at {watermark}", watermark=show(watermark)),
            said("entente serve; its log says what holds it"),
        )
    return Finding("time", "ok", said("it has passed to {watermark}", watermark=show(watermark)))


def _clock(history: History, settings: Settings, now: Instant) -> Iterator[Finding]:
    """Warns where `entente serve` would not let time pass because of the clock."""
    received = last_received(history)
    if settings.time == "live" and received is not None and (why := implausible(now, received)) is not None:
        mend = said("set the clock, or `entente serve --accept-clock` where it is right: else time stands still")
        yield Finding("clock", "warning", why, mend)


def _long_outages(history: History, now: Instant) -> Iterator[Finding]:
    for one in Outages(history, lambda: now).all():
        if one.withdrawn is None and one.length > LONG:
            says = said(
                "outage {one} from {start} until {until}: what fell due in it is unknown",
                one=one.id,
                start=show(one.start),
                until=show(one.until),
            )
            yield Finding(
                "outages", "warning", says, said("if it was none: entente outages withdraw {one} --text …", one=one.id)
            )


def _files(history: History, seeing: Seeing) -> Iterator[Finding]:
    """Files that are late, and contracts that are fed by files though nothing says so."""
    now = seeing.known().watermark
    for one in awaited(seeing, ADMINISTRATOR):
        if now is not None and now > one.feed.expected_by:
            says = said(
                "{contract} waits for the file of {source}, expected by {moment}",
                contract=one.contract, source=one.feed.source, moment=show(one.feed.expected_by),
            )  # fmt: skip
            mend = said("entente import it; from {until} on time goes on without it", until=show(one.feed.until))
            yield Finding("files", "warning", says, mend)
    if not Timekeeping(history, lambda: now or 0).passes_by_itself():
        return
    told = {one.contract for one in seeing.read(ADMINISTRATOR, read_fed)}
    contracts = [one for one in seeing.catalogue().contracts.values() if one.id not in told]
    ways = Ways(history).of(commitment.id for one in contracts for commitment in one.commitments)
    for contract in contracts:
        came = frozenset().union(*(ways[one.id] for one in contract.commitments))
        if came == {FILES}:
            says = said(
                "the events of {contract} came in files alone, and time does not wait for the next one: it passes by itself",
                contract=contract.id,
            )
            mend = said("in the service file of its source: `by: files` and `expected_every`; or serve --time manual")
            yield Finding("files", "warning", says, mend)


def _passed_over(history: History) -> Iterator[Finding]:
    """Entries of a time that nobody could know when they were written."""
    found: list[int] = []
    after = 0
    while page := history.read(after, _PAGE, [TIME]):
        after = page[-1].position
        found += [entry.position for entry in page if time_said(header_of(entry.state)) is None]
    if found:
        entries = said("{first} and {count} more", first=found[0], count=len(found) - 1) if found[1:] else found[0]
        says = said(
            "entry {entries} lets time pass by more than ten years: passed over, whoever wrote it", entries=entries
        )
        yield Finding(
            "time", "warning", says, said("nothing is lost by it; `GET /v1/history` shows by whom it was written")
        )
