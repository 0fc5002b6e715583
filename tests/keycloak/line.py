"""A line to a server that a test can cut: connections come to nothing, or stay silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal
from urllib.parse import urlsplit

State = Literal["open", "cut", "silent"]


class Line:
    """`address` leads to the server while the line is open."""

    def __init__(self, server: str):
        parts = urlsplit(server)
        self._there = (parts.hostname or "", parts.port or 80)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.state: State = "open"
        self._held: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def end(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)
        for held in self._held:
            held.close()

    def _serve(self) -> None:
        while True:
            try:
                came, _ = self._listening.accept()
            except OSError:
                return
            self._held.append(came)
            if self.state == "cut":
                came.close()
            elif self.state == "open":
                there = socket.create_connection(self._there, 10)
                self._held.append(there)
                for one, other in ((came, there), (there, came)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while part := one.recv(65_536):
            other.sendall(part)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@contextmanager
def line_to(server: str) -> Iterator[Line]:
    made = Line(server)
    try:
        yield made
    finally:
        made.end()
