"""A mail server of a test run, which keeps what it took and fails as it is told (aiosmtpd)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 taken"
Answer = Callable[[int], str]
"""The answer to the letter of that number, counted from 1; empty: the connection is cut after the letter came."""


@dataclass
class PostOffice:
    """`answer` says what becomes of each letter; `recipient` the same of each RCPT TO, where that is not 250."""

    port: int = 0
    answer: Answer = lambda _: TAKEN
    recipient: Answer = lambda _: "250 OK"
    letters: list[Envelope] = field(default_factory=list)
    came: int = 0
    named: int = 0

    def clear(self) -> None:
        self.answer, self.recipient = (lambda _: TAKEN), (lambda _: "250 OK")
        self.letters, self.came, self.named = [], 0, 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def mails(self, to: str = "") -> list[EmailMessage]:
        """What was taken, in the order in which it came."""
        found = [one for one in self.letters if to in ("", *one.rcpt_tos)]
        return [message_from_bytes(cast(bytes, one.content), policy=policy.default) for one in found]

    # What aiosmtpd calls

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.named += 1
        said = self.recipient(self.named)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.came += 1
        said = self.answer(self.came)
        if not said:
            assert server.transport is not None
            server.transport.close()
        if said.startswith("250") or not said:
            self.letters.append(envelope)
        return said or TAKEN


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """On loopback, until the block ends."""
    office, loop = PostOffice(), asyncio.new_event_loop()
    started = threading.Event()

    async def serve() -> asyncio.AbstractServer:
        server = await loop.create_server(lambda: SMTP(office, enable_SMTPUTF8=False), "127.0.0.1", 0)
        office.port = server.sockets[0].getsockname()[1]
        started.set()
        return server

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(serve())
        loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(30)
    try:
        yield office
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
