"""Submissions that arrive while others are being stored go into one transaction together.

A durable commit costs about the same whatever it holds. One submission alone waits for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from ingestion.door import Answer, Door, Submission
from services.errors import EntenteError, Unavailable

MOST_WAITING: Final = 50_000
"""Items that may wait; beyond, a submission is refused so that the producer slows down."""
MOST_TOGETHER: Final = 5_000
"""Items after which no further submission joins a transaction."""


class Gathering:
    """A door for the coroutines of one event loop."""

    def __init__(self, door: Door):
        self._door = door
        self._thread = ThreadPoolExecutor(1, "door")
        self._waiting: list[tuple[Submission, asyncio.Future[list[Answer]]]] = []
        self._size = 0
        self._storing: asyncio.Task[None] | None = None

    async def submit(self, submission: Submission) -> list[Answer]:
        """The answers, once they are durable. Raises Unavailable when too much is waiting, and what the door raises."""
        if self._size + len(submission.items) > MOST_WAITING and self._waiting:
            raise Unavailable("more events are arriving than can be stored", mend="send them again in a while")
        answers: asyncio.Future[list[Answer]] = asyncio.get_running_loop().create_future()
        self._waiting.append((submission, answers))
        self._size += len(submission.items)
        if self._storing is None:
            self._storing = asyncio.create_task(self._store())
        return await answers

    async def _store(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                together = self._next()
                submissions = [submission for submission, _ in together]
                results = await loop.run_in_executor(self._thread, self._stored, submissions)
                for (_, answers), result in zip(together, results, strict=True):
                    _settle(answers, result)
        finally:
            self._storing = None

    def _stored(self, submissions: list[Submission]) -> Sequence[list[Answer] | Exception]:
        """What became of each. A fault is not to hit those that were gathered with it by chance: then one by one."""
        try:
            return self._door.submit_all(submissions)
        except EntenteError as error:
            return [error] * len(submissions)
        except Exception as error:
            if len(submissions) == 1:
                return [error]
            return [self._stored([submission])[0] for submission in submissions]

    def _next(self) -> list[tuple[Submission, asyncio.Future[list[Answer]]]]:
        size = taken = 0
        while taken < len(self._waiting) and size < MOST_TOGETHER:
            size += len(self._waiting[taken][0].items)
            taken += 1
        together, self._waiting = self._waiting[:taken], self._waiting[taken:]
        self._size -= size
        return together


def _settle(answers: asyncio.Future[list[Answer]], result: list[Answer] | Exception) -> None:
    if answers.done():  # whoever asked is gone
        return
    if isinstance(result, Exception):
        answers.set_exception(result)
    else:
        answers.set_result(result)
