"""Whether a server listens."""

from __future__ import annotations

import socket


def listens(server: str) -> bool:
    """`server` is host:port."""
    host, _, port = server.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True
