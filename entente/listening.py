"""Listening on an address, and answering there over HTTP until a signal comes: sockets, and the server beneath."""

from __future__ import annotations

import ipaddress
import signal
import socket
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

from domain.saying import heard, said
from entente.connections import BoundedConnection
from services.errors import Invalid, Unavailable


def require_known(host: str, ways: Collection[str], proxies: str) -> None:
    """Raises Invalid for an address that others could reach while nobody signs in, or in clear."""
    if is_loopback(host):
        return
    if not ways:
        raise Invalid(
            said("{host} can be reached by others, and nobody signs in", host=host),
            place="--host",
            mend=said("ENTENTE_ACCESS=accounts, oidc or proxy; or 127.0.0.1"),
            slug="not-loopback",
        )
    if not proxies:
        raise Invalid(
            said("{host} can be reached by others, and passwords would come in clear", host=host),
            place="ENTENTE_PROXY_FROM",
            mend=said("the network of the proxy before it, which speaks https and says so (X-Forwarded-Proto)"),
            slug="not-encrypted",
        )


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def listening(host: str, port: int, *, ways: Collection[str] = (), proxies: str = "") -> Iterator[socket.socket]:
    """A socket bound to the address; one that others could reach only where people sign in, in one of these `ways`, and a proxy of
    one of these networks stands before it. Raises Invalid, Unavailable."""
    require_known(host, ways, proxies)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            raise Unavailable(
                said("port {port} of {host} is taken ({why})", port=port, host=host, why=heard(error.strerror or "")),
                place="--port",
                mend=said("another --port"),
            ) from error
        bound.listen()  # whoever is told of the address may come at once, and is answered as soon as anybody answers
        yield bound


class _Server(uvicorn.Server):
    """Says when it listens, and tells the streams to end as soon as a signal comes, not when all connections are gone."""

    def __init__(self, config: uvicorn.Config, stopping: threading.Event, started: Callable[[], None]):
        super().__init__(config)
        self._told = stopping
        self._say = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._say()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ends as uvicorn does, but that the signal is not raised again at the end: it would end the process before `serve`
        has stopped its threads and closed the store."""
        self._told.set()
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


def run_http(app: FastAPI, bound: socket.socket, stopping: threading.Event, started: Callable[[], None]) -> None:
    _Server(config(app), stopping, started).run(sockets=[bound])


def config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        http=BoundedConnection,
        ws="none",
    )
