"""A program that appends facts until it is done or killed: `appender.py STORE SOURCE COUNT BATCH`.

After each batch it prints how many of its facts were new and the last position. `appender.py STORE --lock` takes the
judge's lock instead, says so, and waits to be killed.
"""

from __future__ import annotations

import sys
import time

from services.history.entries import EVENT, event_stream, pack
from services.history.history import Fact, open_history
from services.history.opening import open_database


def facts(source: str, first: int, count: int) -> list[Fact]:
    numbers = range(first, first + count)
    return [Fact(event_stream(source, str(n)), EVENT, pack({"n": n}, source.encode())) for n in numbers]


def append(store: str, source: str, count: int, batch: int) -> None:
    history = open_history(store)
    for first in range(0, count, batch):
        answers = history.append_facts(facts(source, first, batch))
        print(sum(answer.is_new for answer in answers), answers[-1].position, flush=True)
    history.close()


def hold_lock(store: str) -> None:
    lock = open_database(store).judge_lock()
    print(lock.try_acquire(), flush=True)
    time.sleep(600)


if __name__ == "__main__":
    store, source, *numbers = sys.argv[1:]
    if source == "--lock":
        hold_lock(store)
    else:
        append(store, source, *map(int, numbers))
