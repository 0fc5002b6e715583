"""A keyed threshold count with quixstreams, its state durable as it comes: `quix.py BROKER TOPIC COUNT` prints events/s."""

import json
import sys
import tempfile
import time

from quixstreams import Application, State

BROKER, TOPIC, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
began: list[float] = []


def counted(value: bytes, state: State) -> bool:
    if not began:
        began.append(time.perf_counter())
    closed = state.get("closed", 0) + (json.loads(value)["type"] == "request.closed")
    state.set("closed", closed)
    return bool(closed >= 1)


with tempfile.TemporaryDirectory(prefix="entente-peer-") as folder:
    application = Application(
        broker_address=BROKER, consumer_group="quix", auto_offset_reset="earliest", state_dir=folder, loglevel="ERROR"
    )
    topic = application.topic(TOPIC, key_deserializer="str", value_deserializer="bytes")
    application.dataframe(topic).apply(counted, stateful=True)
    application.run(count=COUNT)
    print(COUNT / (time.perf_counter() - began[0]))
