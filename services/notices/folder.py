"""Mail into a folder, as `.eml` files (RFC 5322): for rehearsals, the demo and tests. The same letter is the same file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from services.notices.carrying import Begin, NotNow, NotOurs, Packet


class Folder:
    is_repeatable = True

    def __init__(self, path: Path):
        self._path = path

    @contextmanager
    def session(self) -> Iterator[Callable[[Packet, Begin], None]]:
        yield self._hand

    def _hand(self, packet: Packet, begin: Begin) -> None:
        if not begin():
            raise NotOurs
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            whole = self._path / f".{packet.name}.part"
            whole.touch(mode=0o600)
            whole.write_bytes(packet.content)
            whole.replace(self._path / f"{packet.name}.eml")
        except OSError as error:
            raise NotNow(error.strerror or type(error).__name__) from error
