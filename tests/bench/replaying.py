"""Replay: the stored events judged again from the first, against only reading and decoding the same rows."""

from __future__ import annotations

import time
from pathlib import Path

from services.access import ADMINISTRATOR
from services.figures.reading import read_figures
from services.history.entries import EVENT
from services.history.stored_events import event_of
from services.judging.judge import BATCH, Judge
from services.seeing.past import scratch
from services.seeing.seen import Seeing
from tests.bench.entry import Entry
from tests.bench.growing import SLICE, Growing

EVENTS = 1_000_000


def measure(folder: Path) -> list[Entry]:
    """Each batch in turn: judged, then read and decoded. Figures are read at the end."""
    grown = Growing(f"sqlite:///{folder / 'replayed.db'}")
    for _ in range(EVENTS // SLICE):
        grown.append()
    history = grown.store.history
    judging = decoding = 0.0
    with scratch() as database:
        judge = Judge(history, database)
        while True:
            after = judge.position
            began = time.perf_counter()
            if not judge.run(BATCH):
                break
            judging += time.perf_counter() - began
            began = time.perf_counter()
            for entry in history.read(after, BATCH):
                if entry.topic == EVENT:
                    event_of(entry.state, entry.position)
            decoding += time.perf_counter() - began
        began = time.perf_counter()
        Seeing(history, database).read(ADMINISTRATOR, read_figures)
        judging += time.perf_counter() - began
    grown.close()
    return [
        Entry(f"replay of {EVENTS:,} stored events, with figures", judging, "s", decoding, "read + decode the same", 8)
    ]
