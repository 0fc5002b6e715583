"""A program that judges one shard to the end of the history: `shard STORE SCHEMA SHARD OF`. It says that it is ready, waits for
a line, and prints its seconds of processor time."""

from __future__ import annotations

import sys
import time

from services.history.history import open_history
from services.judging.judge import Judge
from services.judging.shares import Share


def main(store: str, schema: str, shard: int, of: int) -> None:
    history = open_history(store)
    tables = history.database.schema(schema)
    judge = Judge(history, tables, share=Share(shard, of))
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.process_time()
    judge.catch_up()
    print(time.process_time() - began, flush=True)
    tables.close()
    history.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
