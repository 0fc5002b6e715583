"""HTTP connections with bounds: what uvicorn leaves open while it reads the head of a request.

A head (address and headers) may have LARGEST_HEAD bytes and take SECONDS to come, else it is answered and the connection closed;
so is a connection on which a body is still coming long after it was answered. How long a body may take before that is
`services.api.bodies`'s to say.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, Final

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from domain.saying import said
from services.api.bodies import SECONDS
from services.api.headers import plain_headers
from services.api.problems import PROBLEM_JSON, problem, problem_bytes

log = structlog.get_logger()

LARGEST_HEAD: Final = 64 << 10

_NO_HTTP: Final = problem("malformed-request", 400, said("this is no HTTP request"))
_LARGE: Final = problem(
    "head-too-large",
    431,
    said("address and headers may have {largest_head:,} bytes: send less", largest_head=LARGEST_HEAD),
)


class BoundedConnection(HttpToolsProtocol):
    """One of them."""

    seconds = SECONDS
    _is_in_head = True
    _heads = 0
    _fed = 0  # bytes of a head that has not ended yet
    _named = 0  # bytes of address and headers that are there whole
    _timer: asyncio.TimerHandle | None = None
    _wrong = _NO_HTTP

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._end_in(self.seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_in(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        was_in_head, heads = self._is_in_head, self._heads
        super().data_received(data)
        # What ends a body is none of the next head, however much comes at once.
        self._fed = self._fed + len(data) if was_in_head and self._is_in_head and self._heads == heads else 0
        if self._fed > LARGEST_HEAD:
            self._refuse(_LARGE)

    def on_message_begin(self) -> None:
        self._named = 0
        if self._timer is None:
            self._end_in(self.seconds)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._require_small(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._require_small(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_head, self._heads = False, self._heads + 1
        self._end_in(2 * self.seconds)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_head = True
        self._end_in(None)
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Whatever the parser stumbled over, and what we let it stumble over."""
        self._refuse(self._wrong)

    def _require_small(self, size: int) -> None:
        self._named += size
        if self._named > LARGEST_HEAD:
            self._wrong = _LARGE
            raise ValueError(_LARGE["detail"])

    def _end_in(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self._is_late) if seconds is not None else None

    def _is_late(self) -> None:
        self._timer = None
        if self._is_in_head:
            self._refuse(
                problem(
                    "request-timeout",
                    408,
                    said("no request has come whole within {seconds} s", seconds=f"{self.seconds:.0f}"),
                )
            )
        elif self.cycle is not None and self.cycle.response_complete:
            self.transport.close()

    def _refuse(self, document: dict[str, Any]) -> None:
        if self.transport.is_closing():
            return
        log.warning("a connection is closed", why=document["detail"], client=self.client and self.client[0])
        body, status = problem_bytes(document), HTTPStatus(document["status"])
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {PROBLEM_JSON}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in plain_headers().items())
        self.transport.write(f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
        self.transport.close()
