"""A keyed threshold count with faust-streaming, its table in memory and its changes in Kafka: `faust_worker.py BROKER TOPIC COUNT`
prints events/s."""

import json
import os
import sys
import tempfile
import time

import faust

BROKER, TOPIC, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
application = faust.App(
    "peer",
    broker=f"kafka://{BROKER}",
    store="memory://",
    consumer_auto_offset_reset="earliest",
    topic_partitions=4,
    web_enabled=False,
    datadir=tempfile.mkdtemp(prefix="entente-peer-"),
)
topic = application.topic(TOPIC, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
closed = application.Table("closed", default=int, partitions=4)


@application.agent(topic)
async def counted(stream: faust.Stream) -> None:
    seen, began = 0, 0.0
    async for key, value in stream.items():
        began = began or time.perf_counter()
        if json.loads(value)["type"] == "request.closed":
            closed[key.decode()] += 1
        seen += 1
        if seen == COUNT:
            speed = COUNT / (time.perf_counter() - began)
            os.write(1, f"\n{speed}\n".encode())  # what is printed goes to faust's log
            os._exit(0)


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "worker", "--loglevel", "error", "--without-web"]
    application.main()
