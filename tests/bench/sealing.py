"""What sealing adds at the door: the same events of a source that declares personal values, and of one that declares none.

Each is a submission of its own and durable, as a tool sends it over HTTP; in turn, so that both meet the same disk.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from pathlib import Path

from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR
from services.sealing.data_keys import TRUSTS
from tests.bench.entry import Entry
from tests.services.sealing.sealed import lab, sealing, ticket

TOGETHER, ROUNDS, SUBJECTS = 1, 1_500, 50
BATCH, BATCHES = 1_000, 12


def measure(folder: Path) -> list[Entry]:
    with sealing(folder, trusts=TRUSTS) as sealed:
        sealed.describe(lab())
        single = _both(sealed.door.submit, TOGETHER, ROUNDS, "one")
        batch = _both(sealed.door.submit, BATCH, BATCHES, "many")
    return [
        replace(Entry("a sealed event at the door", single[1], "µs", single[0], "a plain event"), wanted=1.3),
        Entry("a sealed event in a batch of 1,000", batch[1], "µs", batch[0], "a plain event in one"),
    ]


def _both(submit: object, together: int, rounds: int, name: str) -> tuple[float, float]:
    """The median time of an event, in microseconds: plain, sealed."""
    assert callable(submit)
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for kind, source in enumerate((b'"elsewhere"', b'"desk"')):
            sent = [
                ticket(
                    f"{name}{number}-{at}", requester={"id": f"u{at % SUBJECTS}", "name": "Somebody"}, comment="x" * 80
                )
                for at in range(together)
            ]
            raw = [one.replace(b'"desk"', source) for one in sent]
            began = time.perf_counter()
            submit([decode_structured(one) for one in raw], ADMINISTRATOR, "http")
            times[kind].append((time.perf_counter() - began) / together * 1_000_000)
    return statistics.median(times[0]), statistics.median(times[1])
