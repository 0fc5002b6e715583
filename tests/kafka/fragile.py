"""A worker whose process ends, or stands still, at messages that say so: `fragile.py STORE`.

`…KILL…` in a message ends the process by SIGKILL while it is read; `…STOP…` stops it by SIGSTOP, with its batch half read.
"""

from __future__ import annotations

import os
import signal
import sys

from entente.kafka_wiring import kafka_of
from entente.settings import Settings
from entente.wiring import program
from ingestion.cloudevents import Bad, Decoded
from ingestion.kafka.broker import hush_client
from ingestion.kafka.messages import Message, decode_message
from ingestion.kafka.worker import Worker
from services.access import ADMINISTRATOR


def decode(message: Message) -> Decoded | Bad:
    for word, number in ((b"KILL", signal.SIGKILL), (b"STOP", signal.SIGSTOP)):
        if word in (message.value or b""):
            os.kill(os.getpid(), number)
    return decode_message(message)


def main(store: str) -> None:
    settings = Settings(store=store)
    hush_client()
    with program(settings) as opened:
        worker = Worker(
            kafka_of(settings), opened.store.history, opened.door, ADMINISTRATOR,
            batch=settings.kafka_batch, attempts=settings.kafka_attempts, decode=decode,
        )  # fmt: skip
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
        worker.run()


if __name__ == "__main__":
    main(sys.argv[1])
