"""What the agenda and the pack of a review cost with many occurrences since the one before: of a review that is still to come, made
anew at each look. CPU, beside the same with a hundredth of them."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Final

from domain.durations import HOUR
from domain.times import Instant
from services.access import ADMINISTRATOR
from services.reviews.packs import held_pack
from services.reviews.reading import read_reviews
from tests.bench.entry import Entry
from tests.given import at, contract, criterion, event, structured
from tests.services.judged import Life, living

OCCURRENCES = 100_000
A_TIME = 5_000
"""Events that are submitted at once."""
ROUNDS = 5
DAY: Final = 24 * HOUR
WANTED: Final = 250
"""Milliseconds of CPU."""


def measure(folder: Path) -> list[Entry]:
    few, many = (_cost(folder / f"{number}.db", number) for number in (max(OCCURRENCES // 100, 10), OCCURRENCES))
    name = f"agenda and pack, {OCCURRENCES:,} occurrences"
    return [
        Entry(name, many, "ms", few, "a hundredth of them"),
        Entry("  CPU, at most", many, "ms", wanted=WANTED),
    ]


def _cost(store: Path, occurrences: int) -> float:
    with living(f"sqlite:///{store}") as life:
        _fill(life, occurrences)
        [review] = [one.id for one in life.store.read(ADMINISTRATOR, read_reviews) if one.state == "planned"]
        found = []
        for _ in range(ROUNDS):
            since = time.process_time()
            held = held_pack(life.store.seeing, ADMINISTRATOR, review)
            found.append((time.process_time() - since) * 1_000)
            assert held.items
        return statistics.median(found)


def _fill(life: Life, occurrences: int) -> None:
    """Checks of a month, of which one in eight fails, so that both targets are lost."""
    each = {"kind": "conformity", "each": {"type": "checked"}, "good": {"data.ok": {"eq": True}}}
    few = [{"max_misses": 2_000, "per": "month"}]
    reviews = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h"}
    life.sign(contract(criterion(each), criterion(each, id="few", targets=few), review=reviews))
    life.advance("02-03 15:00")
    first, apart = at("02-04 00:00"), 26 * DAY // occurrences
    for start in range(0, occurrences // 2, A_TIME):
        numbers = range(start, min(start + A_TIME, occurrences // 2))
        life.append([_check(number, first + 2 * number * apart) for number in numbers])
    life.advance("03-03 13:00")


def _check(number: int, time: Instant) -> bytes:
    return structured(event("checked", time, str(number), ok=number % 8 != 7))
