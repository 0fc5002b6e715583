"""Time that passes by itself does so only by a clock that can be right (MEANING §2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from domain.times import Instant
from entente.clock import BACK, LEAP
from entente.settings import Settings
from entente.timekeeping import LiveTime
from entente.wiring import Program, program
from services.access import PLATFORM
from tests.given import at
from tests.restoring import Backup

START = at("2026-03-02 12:00")
MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass
class Running:
    """A program whose time had passed to START, and a clock that shows what it is told."""

    program: Program
    clock: list[Instant] = field(default_factory=lambda: [START])

    def live(self, now: Instant, *, accepts_clock: bool = False) -> LiveTime:
        self.clock[0] = now
        return LiveTime(self.program, lambda: self.clock[0], settle=0, outage=0, accepts_clock=accepts_clock)

    def outages(self) -> list[tuple[Instant, Instant]]:
        return [(one.start, one.until) for one in self.program.store.outages.all()]

    def watermark(self) -> Instant | None:
        return self.program.store.timekeeping.watermark()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    clock = [START]
    settings = Settings(store=f"sqlite:///{tmp_path / 'entente.db'}", settle=0)
    with program(settings, clock=lambda: clock[0]) as opened:
        opened.store.timekeeping.advance(PLATFORM, START)
        yield Running(opened, clock)


@pytest.mark.parametrize("now", [START + LEAP + 1, at("2031-01-01"), START - BACK - 1, at("1970-01-02")])
def test_by_a_clock_that_cannot_be_right_no_time_passes_and_no_outage_is_noted(running: Running, now: Instant) -> None:
    time = running.live(now)
    assert not time.step()
    assert (running.watermark(), running.outages()) == (START, [])
    held = time.held()
    assert held is not None
    assert held.by == "clock"
    assert "--accept-clock" in held.why


def test_a_clock_that_is_set_right_is_trusted_again(running: Running) -> None:
    time = running.live(at("2031-01-01"))
    assert not time.step()
    running.clock[0] = START + HOUR
    assert time.step()
    assert (running.watermark(), running.outages()) == (START + HOUR, [(START, START + HOUR)])
    assert time.held() is None


def test_what_came_in_by_a_wrong_clock_does_not_make_it_right(running: Running) -> None:
    time = running.live(at("2031-01-01"))
    running.program.store.outages.was_down(PLATFORM, START, START + 1)  # an entry that says 2031
    assert not time.step()
    assert running.watermark() == START


def test_a_clock_that_somebody_accepts_is_right_and_its_outage_is_noted(running: Running) -> None:
    now = START + 30 * DAY
    assert running.live(now, accepts_clock=True).step()
    assert (running.watermark(), running.outages()) == (now, [(START, now)])


@pytest.mark.parametrize("length", [LEAP, 2 * HOUR])
def test_an_outage_of_up_to_a_week_is_noted_as_ever(running: Running, length: Instant) -> None:
    assert running.live(START + length).step()
    assert running.outages() == [(START, START + length)]


def test_a_clock_that_jumps_while_time_passes_holds_it(running: Running) -> None:
    time = running.live(START + 6 * MINUTE)
    assert time.step()
    running.clock[0] += LEAP + 1
    assert not time.step()
    assert running.watermark() == START + 6 * MINUTE
    running.clock[0] = START + 12 * MINUTE
    assert time.step()


def test_a_store_that_went_back_has_an_outage(running: Running) -> None:
    """What came since the backup may be missing: as after a start."""
    time = running.live(START + 5 * MINUTE)
    assert time.step()
    history = running.program.store.history
    backup = Backup.of(history)
    running.clock[0] = START + HOUR
    assert time.step()
    assert running.watermark() == START + HOUR
    backup.restore(history.database)
    running.clock[0] = START + HOUR + MINUTE
    time.step()
    assert running.outages() == [(START + 5 * MINUTE, START + HOUR + MINUTE)]
