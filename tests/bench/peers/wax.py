"""A keyed threshold count with bytewax, its state in memory alone: `wax.py BROKER TOPIC` prints events/s."""

import json
import sys
import time

import bytewax.operators as operators
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.testing import TestingSink, run_main

BROKER, TOPIC = sys.argv[1], sys.argv[2]
began: list[float] = []
found: list[tuple[str, bool]] = []


def keyed(message: object) -> tuple[str, bytes]:
    if not began:
        began.append(time.perf_counter())
    return message.key.decode(), message.value  # type: ignore[attr-defined]


def counted(closed: int | None, value: bytes) -> tuple[int, bool]:
    closed = (closed or 0) + (json.loads(value)["type"] == "request.closed")
    return closed, closed >= 1


flow = Dataflow("peer")
source = operators.input("in", flow, KafkaSource([BROKER], [TOPIC], tail=False, batch_size=1_000))
operators.output(
    "out", operators.stateful_map("count", operators.map("key", source, keyed), counted), TestingSink(found)
)
run_main(flow)
print(len(found) / (time.perf_counter() - began[0]))
