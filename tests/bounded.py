"""Bounds for what a test may cost: seconds of this process's own work, whatever else the machine does, and memory."""

from __future__ import annotations

import signal
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def seconds_of_work(most: float) -> Iterator[None]:
    """Fails what takes more; for the main thread."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"more than {most} s of work")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def mebibytes(most: float) -> Iterator[None]:
    """Fails where more than so much was held at once beyond what was there before. Slow: it counts every piece."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1] / (1 << 20)
    finally:
        tracemalloc.stop()
    assert peak <= most, f"{peak:.0f} MiB"
