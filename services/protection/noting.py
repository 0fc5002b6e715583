"""Notes who read a pack, took a file, saw what is sealed or was refused: one place around all routes; none can forget it (trust §3).

What is sealed is noted before anything of it is sent, and not sent where it cannot be noted. Packs and files are shown all the same:
the store that takes no row then takes nothing else either, and reading is what is left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.access import Principal
from services.access_log import AccessLog, Sort
from services.errors import EntenteError
from services.sealing.reading import Look, watching

log = structlog.get_logger()

_PACK: Final = re.compile(r"(?:/v1)?/reviews/([^/]+)/pack(?:\.([a-z]+))?")
_ALL: Final = frozenset({"/v1/history", "/v1/access-log"})
"""Addresses that give a program what files give to people."""
_NARROWED: Final = ("contract", "commitment")
_REFUSED: Final = 300


class Noting:
    """The innermost of what stands before the routes: `who` has been asked by the time that they answer."""

    def __init__(self, app: ASGIApp, log: AccessLog):
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < _REFUSED:
                if looks:
                    await run_in_threadpool(self._note_looks, scope, tuple(looks))
                if (read := _read(scope, message)) is not None:
                    await run_in_threadpool(self._note_read, scope, *read)
            elif message["type"] == "http.response.start" and message["status"] == HTTPStatus.FORBIDDEN:
                await run_in_threadpool(self._note_refused, scope)
            await send(message)

        with watching() as looks:
            await self._app(scope, receive, say)

    def _note_looks(self, scope: Scope, looks: Sequence[Look]) -> None:
        """Raises Unavailable: then nothing is shown."""
        for who, service, thing in dict.fromkeys(looks):
            self._log.note_read("read-personal", who.noted_as, service, thing, address=_address(scope))

    def _note_refused(self, scope: Scope) -> None:
        """One row for each who asks, and hour, whatever was asked: nobody fills the log by trying addresses."""
        who = scope.get("state", {}).get("who")
        if isinstance(who, Principal) and who.person:
            try:
                self._log.note("refused", who.person, address=_address(scope), about="not-allowed")
            except EntenteError as error:
                log.error("what was refused is not noted", says=str(error))

    def _note_read(self, scope: Scope, sort: Sort, thing: str) -> None:
        who = scope.get("state", {}).get("who")
        if not isinstance(who, Principal):
            return  # where nobody signs in, nobody is known
        try:
            service = str(who).partition("/")[0]
            self._log.note_read(sort, who.noted_as, service, thing, address=_address(scope))
        except EntenteError as error:
            log.error("what was read is not noted", says=str(error))


def _read(scope: Scope, message: Message) -> tuple[Sort, str] | None:
    """What an answer gives that is noted: packs, and every file that is taken."""
    path = scope["path"]
    if (pack := _PACK.fullmatch(path)) is not None:
        return "read-pack", " ".join(part for part in pack.groups() if part)
    is_file = any(name == b"content-disposition" and b"attachment" in value for name, value in message["headers"])
    if not is_file and path not in _ALL:
        return None
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    narrowed = [asked[name][0] for name in _NARROWED if name in asked]
    return "exported", " ".join([path.removeprefix("/").removeprefix("exports/"), *narrowed])


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
