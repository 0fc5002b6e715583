"""An operational event as judging sees it: a CloudEvent, decoded, with its place in the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Final, Literal


class Absent(Enum):
    """The one value that says that a path leads nowhere."""

    ABSENT = "absent"

    def __bool__(self) -> Literal[False]:
        return False


ABSENT: Final = Absent.ABSENT
OWN: Final = "entente/"
"""Sources that begin so are the platform's own: nobody declares them, and nobody sends under them."""
OF_REVIEWS: Final = f"{OWN}reviews"
OF_COMPLAINTS: Final = f"{OWN}complaints"
"""What the platform tells of reviews and actions, and of complaints."""


@dataclass(slots=True)
class OperationalEvent:
    """Read it, never change it (it is not frozen only because that makes it three times as fast to build).

    Instants are microseconds since 1970 UTC. `data` is JSON: integers are `int`, other numbers `Decimal`, so that
    `1`, `1.0`, `"1"` and `true` stay four different values. Where the event has attributes without a field here
    (an extension, `datacontenttype`, `dataschema`), `extensions` holds them, and may hold the others too. `position` is 0
    before the event is in the history. `shown_to`: the services whose contracts may take it, as was noted with it when it came;
    None: those of all.
    """

    id: str
    source: str
    type: str
    time: int
    subject: str | None = None
    data: object = None
    sequence: str | None = None
    recorded: int | None = None
    voids: str | None = None
    replaces: str | None = None
    extensions: Mapping[str, object] | None = None
    position: int = 0
    received: int | None = None
    shown_to: tuple[str, ...] | None = None

    def lookup(self, path: str) -> object:
        """The value at a CloudEvents attribute (`subject`, an extension) or at `data.a.b`; ABSENT where there is none.
        Null is absent (MEANING §4). Times are given as text in UTC."""
        if (names := _names(path)) is not None:
            value = self.data
            for name in names:
                if type(value) is not dict:
                    return ABSENT
                value = value.get(name)
        elif (attribute := _ATTRIBUTES.get(path)) is not None:
            value = attribute(self)
        else:
            value = self.extensions.get(path) if self.extensions is not None else None
        return ABSENT if value is None else value


@lru_cache(maxsize=4096)
def _names(path: str) -> tuple[str, ...] | None:
    """The keys that lead to `data.a.b`; None for an attribute."""
    return tuple(path[5:].split(".")) if path.startswith("data.") else None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _utc_text(instant: int | None) -> str | None:
    if instant is None:
        return None
    return (_EPOCH + timedelta(microseconds=instant)).isoformat().replace("+00:00", "Z")


_ATTRIBUTES: Final[Mapping[str, Callable[[OperationalEvent], object]]] = {
    "subject": attrgetter("subject"),
    "type": attrgetter("type"),
    "source": attrgetter("source"),
    "id": attrgetter("id"),
    "time": lambda event: _utc_text(event.time),
    "recordedtime": lambda event: _utc_text(event.recorded),
    "sequence": attrgetter("sequence"),
    "voids": attrgetter("voids"),
    "replaces": attrgetter("replaces"),
    "specversion": lambda event: "1.0",
    "data": attrgetter("data"),
}
