"""What carries letters, and how it says that one did not go."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol


class Attached(NamedTuple):
    """A file beside a letter. `media`: its type, as `text/csv`; `method`: of an invitation, which mail programs show by itself."""

    name: str
    media: str
    content: bytes
    method: str = ""


class Written(NamedTuple):
    """A letter in words. `stop`: the address by which its kind is ended with one click; empty where there is none. `reply_to`: who
    reads what is replied; empty where nobody does."""

    language: str
    subject: str
    text: str
    html: str
    stop: str = ""
    attached: tuple[Attached, ...] = ()
    reply_to: str = ""


class Packet(NamedTuple):
    """A letter as it goes: `name` the same for the same letter, `to` an address, `content` the bytes; of a
    webhook also the `secret` that signs it, and the media type (`sort`)."""

    name: str
    to: str
    content: bytes
    secret: str = ""
    sort: str = ""


class NotNow(Exception):
    """It did not go, and may later: no answer, a server that is busy."""


class Never(Exception):
    """It was refused for good."""


class NobodyKnows(Exception):
    """It was handed over, and no answer came: it may have arrived."""


class NotOurs(Exception):
    """Somebody else has it by now."""


Begin = Callable[[], bool]
"""Notes that the packet is handed over from now on; False where somebody else holds it by now."""


class Carrier(Protocol):
    """`is_repeatable`: handing the same over again leaves one."""

    is_repeatable: bool

    def session(self) -> AbstractContextManager[Callable[[Packet, Begin], None]]:
        """A way on which several packets go one after the other. Each raises NotNow, Never, NobodyKnows, NotOurs."""
        ...
