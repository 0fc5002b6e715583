"""The whole chain, from a topic to durable events and judged figures, beside what others take to count per key what they read from
the same broker: `make bench-peers`, which puts them in an environment of their own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.__main__ import show
from tests.bench.entry import Entry
from tests.bench.streaming import CHAIN, DURABLE, chain, sample
from tests.kafka.broker import kafka_broker
from tests.kafka.topics import Topic
from tests.servers import postgres_server

HERE = Path(__file__).with_name("peers")
PEERS = {"quixstreams": "quix.py", "bytewax": "wax.py", "faust-streaming": "faust_worker.py"}
LONGEST = 240
"""Seconds that one may take before it counts as one that cannot be made to run."""


def main() -> None:
    python = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="entente-bench-") as folder, postgres_server(**DURABLE) as server:
        ours, _ = chain(server, Path(folder))
    entries = []
    for name, script in PEERS.items():
        with kafka_broker() as broker:
            topic = Topic(broker.servers, "bench", partitions=4)
            topic.send_keyed((f"case-{number // 2}".encode(), one) for number, one in enumerate(sample(0, CHAIN)))
            speed = _speed([python, str(HERE / script), broker.servers, "bench", str(CHAIN)])
            topic.close()
        if isinstance(speed, float):
            entries.append(Entry(f"whole chain beside {name}", ours, "events/s", speed, name, at_least=1))
        else:
            print(f"{name} could not be made to run: {speed}")
    show(entries)


def _speed(command: list[str]) -> float | str:
    """Events a second, or why it says none."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {LONGEST} s"
    try:
        return float(done.stdout.split()[-1])
    except (IndexError, ValueError):
        return done.stderr.strip()[-300:] or f"exit code {done.returncode}"


if __name__ == "__main__":
    main()
