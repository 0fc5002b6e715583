"""The hall in which bodies wait before the door: room for their bytes, and a thread for what takes long to decode.

The event loop answers everybody, so that nothing of one caller may keep it: what is short is decoded at once, what is long in
a thread of its own, one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from starlette.requests import Request

from domain.saying import said
from ingestion.door import Answer, Door, Submission
from ingestion.gathering import Gathering
from ingestion.room import Room
from services.errors import TooLarge

MOST_BYTES: Final = 128 << 20
"""Bytes that all bodies together may have which are being read, or wait to be stored."""
SHORT: Final = 64 << 10
"""Bytes that are decoded in less time than it takes to hand them to a thread and back, whatever they are."""

T = TypeVar("T")


class Hall:
    """The hall for the coroutines of one event loop. `key` says who sends: each is given the same share."""

    def __init__(self, door: Door):
        self._gathering = Gathering(door)
        self._room = Room(MOST_BYTES, said("bytes"))
        self._thread = ThreadPoolExecutor(1, "decoding")

    @asynccontextmanager
    async def body(self, request: Request, key: str, most: int) -> AsyncIterator[bytes]:
        """Reads the whole body, no further than `most` bytes and than there is room for; its room is kept to the end of the
        block. Raises TooLarge, TooMany, Unavailable."""
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            raise _too_large(most)
        body = bytearray()  # and no list: a body may come byte by byte
        taken = 0
        try:
            async for chunk in request.stream():
                if taken + len(chunk) > most:
                    raise _too_large(most)
                self._room.take(key, len(chunk))
                taken += len(chunk)
                body += chunk
            yield bytes(body)
        finally:
            self._room.give_back(key, taken)

    async def decoded(self, body: bytes, decode: Callable[[], T]) -> T:
        """Has `decode` read the body, off the loop where that may take long."""
        if len(body) <= SHORT:
            return decode()
        return await asyncio.get_running_loop().run_in_executor(self._thread, decode)

    async def submit(self, submission: Submission, key: str) -> list[Answer]:
        """Stores the submission as `Gathering.submit` does, and raises what it raises."""
        return await self._gathering.submit(submission, key)


def _too_large(most: int) -> TooLarge:
    return TooLarge(said("a body may have {most:,} bytes here", most=most), mend=said("send less at once"))
