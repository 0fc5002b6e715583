"""The pages over the town (tests/dashboards) behind a real server, for a browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from tests.dashboards.town import Town
from tests.dashboards.valmoray import living_town
from tests.dashboards.visiting import application
from tests.end_to_end.running import wait_until


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Its address, until the end of the block."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        running = threading.Thread(target=server.run, args=([bound],), daemon=True)
        running.start()
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        running.join(10)


@contextmanager
def served_town() -> Iterator[tuple[str, Town]]:
    """The address of a town of its own, and what lives there."""
    with living_town() as town, served(application(town)) as address:
        yield address, town
