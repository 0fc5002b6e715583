"""A program that judges until nothing is left or it is killed: `judger.py STORE BATCH`. It prints each reached position."""

from __future__ import annotations

import sys

from services.history.history import open_history
from services.judging.judge import Judge


def judge(store: str, batch: int) -> None:
    history = open_history(store)
    judge = Judge(history, history.database)
    print(judge.position, flush=True)
    while judge.run(batch):
        print(judge.position, flush=True)
    history.close()


if __name__ == "__main__":
    judge(sys.argv[1], int(sys.argv[2]))
