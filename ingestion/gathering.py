"""Submissions that arrive while others are being stored go into one transaction together.

A durable commit costs about the same whatever it holds. One submission alone waits for nothing. Where more arrives than can
be stored, all who push take turns, and nobody may fill the room alone.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

from domain.saying import said
from ingestion.door import Answer, Door, Submission
from ingestion.room import Room
from services.errors import EntenteError

MOST_WAITING: Final = 50_000
"""Items that may wait; beyond, a submission is refused so that the producer slows down."""
MOST_TOGETHER: Final = 5_000
"""Items after which no further submission joins a transaction."""


class _Waiting(NamedTuple):
    submission: Submission
    answers: asyncio.Future[list[Answer]]


class Gathering:
    """A door for the coroutines of one event loop. `key` says who pushes: each is given the same share."""

    def __init__(self, door: Door, *, most_waiting: int = MOST_WAITING, most_together: int = MOST_TOGETHER):
        self._door = door
        self._thread = ThreadPoolExecutor(1, "door")
        self._waiting: dict[str, deque[_Waiting]] = {}  # whose turn it is comes first
        self._room = Room(most_waiting, said("events"))
        self._most_together = most_together
        self._storing: asyncio.Task[None] | None = None

    async def submit(self, submission: Submission, key: str = "") -> list[Answer]:
        """Stores the submission; gives the answers once they are durable. Raises Unavailable or TooMany when too much is
        waiting, and what the door raises."""
        self._room.take(key, len(submission.items))
        answers: asyncio.Future[list[Answer]] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, deque()).append(_Waiting(submission, answers))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store())
        return await answers

    async def _store(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while together := self._next():
                submissions = [submission for submission, _ in together]
                began = time.monotonic()
                results = await loop.run_in_executor(self._thread, self._stored, submissions)
                self._room.gave(sum(len(one.items) for one in submissions), time.monotonic() - began)
                for (_, answers), result in zip(together, results, strict=True):
                    _settle(answers, result)
        finally:
            self._storing = None

    def _stored(self, submissions: list[Submission]) -> Sequence[list[Answer] | Exception]:
        """Stores all; gives what each is answered, or the error it met. A fault is not to hit those that were gathered with it by
        chance: then they are stored one by one."""
        try:
            return self._door.submit_all(submissions)
        except EntenteError as error:
            if error.slug != "keys-missing" or len(submissions) == 1:
                return [error] * len(submissions)
            return [self._stored([submission])[0] for submission in submissions]
        except Exception as error:
            if len(submissions) == 1:
                return [error]
            return [self._stored([submission])[0] for submission in submissions]

    def _next(self) -> list[_Waiting]:
        """Takes one submission of each who waits, in turn, until it is enough; who was served goes to the end of the line."""
        size = 0
        taken: list[_Waiting] = []
        while self._waiting and size < self._most_together:
            key = next(iter(self._waiting))
            mine = self._waiting.pop(key)
            first = mine.popleft()
            if mine:
                self._waiting[key] = mine
            taken.append(first)
            size += len(first.submission.items)
            self._room.give_back(key, len(first.submission.items))
        return taken


def _settle(answers: asyncio.Future[list[Answer]], result: list[Answer] | Exception) -> None:
    if answers.done():  # whoever asked is gone
        return
    if isinstance(result, Exception):
        answers.set_exception(result)
    else:
        answers.set_result(result)
