"""A TCP proxy whose connections a test can cut, hold still, leave half open, or rob of one reply."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: what is closed is reset, as by a cable or a router, not ended in good order."""


@dataclass(eq=False)
class _Pair:
    client: socket.socket
    server: socket.socket
    is_half_open: bool = False
    loses_reply: bool = False
    closed: threading.Event = field(default_factory=threading.Event)

    def cut(self) -> None:
        self.closed.set()
        for end in (self.client, self.server):
            _reset(end)


class Proxy:
    """From `address` to `target`, both `host:port`, until `close`. Safe to be told things from any thread."""

    def __init__(self, target: str, address: str = "127.0.0.1:0"):
        self.target = target
        self._pairs: set[_Pair] = set()
        self._lock = threading.Lock()
        self._flows = threading.Event()
        self._flows.set()
        self._robbed: bytes | None = None
        self.robberies = 0
        self._listening = socket.create_server(_place(address))
        self.address = "{}:{}".format(*self._listening.getsockname()[:2])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Resets every connection there is."""
        for pair in self._taken():
            pair.cut()

    def stall(self) -> None:
        """Nothing passes any more, and nobody is told; new connections are taken and left alone."""
        self._flows.clear()

    def flow(self) -> None:
        """What was held passes again."""
        self._flows.set()

    def half_open(self) -> None:
        """The server's side of every connection is gone; the clients are not told, and what they send goes nowhere until
        `cut`."""
        with self._lock:
            for pair in self._pairs:
                pair.is_half_open = True
                _reset(pair.server)

    def rob(self, words: bytes) -> None:
        """The next request with these words in it reaches the server; its reply is lost with the connection."""
        self._robbed = words

    def close(self) -> None:
        self.flow()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def _taken(self) -> list[_Pair]:
        with self._lock:
            pairs, self._pairs = list(self._pairs), set()
        return pairs

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        self._flows.wait()
        try:
            server = socket.create_connection(_place(self.target), timeout=5)
        except OSError:
            _reset(client)
            return
        server.settimeout(None)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = _Pair(client, server)
        with self._lock:
            self._pairs.add(pair)
        threading.Thread(target=self._there, args=(pair,), daemon=True).start()
        threading.Thread(target=self._back, args=(pair,), daemon=True).start()

    def _there(self, pair: _Pair) -> None:
        with suppress(OSError):
            while data := pair.client.recv(1 << 16):
                self._flows.wait()
                if pair.is_half_open:
                    continue
                if self._robbed is not None and self._robbed in data:
                    self._robbed, pair.loses_reply = None, True
                pair.server.sendall(data)
        self._end(pair)

    def _back(self, pair: _Pair) -> None:
        with suppress(OSError):
            while data := pair.server.recv(1 << 16):
                self._flows.wait()
                if pair.loses_reply:
                    self.robberies += 1
                    break
                pair.client.sendall(data)
        if not pair.is_half_open:
            self._end(pair)

    def _end(self, pair: _Pair) -> None:
        with self._lock:
            self._pairs.discard(pair)
        pair.cut()


def _place(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


def _reset(end: socket.socket) -> None:
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RDWR)
    end.close()
