"""The errors of use cases, as one tree.

    EntenteError                 slug, the person's message, the place, whether trying again can help
    ├── Refused                  the request is understood and the answer is no            409
    ├── NotFound                 no such thing, or not yours to see                        404
    ├── NotSignedIn              it is not known who asks, and it has to be                401
    ├── NotAllowed               you may see it, but this is not yours to do               403
    ├── Invalid                  what was sent cannot be what was meant                    400/422
    │   ├── DocumentInvalid      a file, with every place that is wrong                    422
    │   ├── TimeInFuture         a moment that the clock has not reached                   422
    │   ├── TooLarge             more bytes, or more of something, than may come at once   413
    │   └── BeyondHistory        a moment, or position, of which the history holds nothing 422
    ├── StoreTooNew              the store was written by a newer program                  exit 2
    ├── TookTooLong              an answer beyond the time that it may take (patience.py)  504, exit 3
    ├── TooMany                  one who sends has more under way than is his share        429
    └── Unavailable              a needed server, disk or lock cannot be had now           503, exit 3

`slug` is stable: outside programs match on it (RFC 9457 `type`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.saying import Said, chained, cut, said, said_from

MOST_PROBLEMS: Final = 100
"""Problems of one file that are listed: whoever mends these sends it again."""
_LONGEST = 600
"""Letters of each part of a message: what comes from outside may be of any length, and one line is short."""


def short(text: str, most: int = _LONGEST) -> str:
    """The text, cut where it is longer."""
    return cut(text, most)


def some(names: Sequence[str], most: int = 20) -> str:
    """The first of many names, and how many there are beside them."""
    first = ", ".join(short(one, 60) for one in names[:most])
    return first if len(names) <= most else said("{first} and {count:,} more", first=first, count=len(names) - most)


def first_line(error: Exception) -> str:
    """Gives the first line of what a library says, or the name of its error where it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


class EntenteError(Exception):
    slug = "error"
    status = 500
    exit_code = 2
    can_retry = False
    longest = _LONGEST

    def __init__(
        self,
        message: str,
        *,
        place: str | None = None,
        mend: str | None = None,
        slug: str | None = None,
        retry_after: int = 1,
    ):
        message = short(message, self.longest)
        super().__init__(message)
        self.message = message
        self.place = short(place) if place else place
        self.mend = short(mend) if mend else mend
        self.retry_after = retry_after
        """Seconds, where trying again can help."""
        if slug is not None:
            self.slug = slug

    def __str__(self) -> str:
        """One line: where, what, and how to mend it."""
        return str(self.line)

    @property
    def line(self) -> Said:
        """The line of `str`, to be said in another language."""
        parts = {"place": self.place, "what": self.message, "mend": self.mend}
        template = ("{place}: {what}" if self.place else "{what}") + (" ({mend})" if self.mend else "")
        return said_from(template, {name: part for name, part in parts.items() if part})


class Refused(EntenteError):
    slug = "refused"
    status = 409


class NotFound(EntenteError):
    slug = "not-found"
    status = 404


class NotSignedIn(EntenteError):
    slug = "not-signed-in"
    status = 401


class NotAllowed(EntenteError):
    slug = "not-allowed"
    status = 403


class Invalid(EntenteError):
    slug = "invalid"
    status = 400


class DocumentInvalid(Invalid):
    """`problems` holds every problem found, up to MOST_PROBLEMS, each a line `file:line:column: path: what (mend)`."""

    slug = "contract-invalid"
    status = 422
    longest = MOST_PROBLEMS * (3 * _LONGEST + 1)

    def __init__(self, problems: list[str], *, slug: str | None = None):
        self.problems = [short(one, 3 * _LONGEST) for one in problems[:MOST_PROBLEMS]]
        super().__init__(chained("\n", self.problems), slug=slug)


class TimeInFuture(Invalid):
    """A moment that is still to come is declared received: all that may yet come before it would be missing."""

    slug = "time-in-future"
    status = 422


class TooLarge(Invalid):
    slug = "too-large"
    status = 413


class BeyondHistory(Invalid):
    """Nothing was received, or has happened, there: judging up to it would be work without an answer."""

    slug = "beyond-history"
    status = 422


class StoreTooNew(EntenteError):
    slug = "store-too-new"


class TookTooLong(EntenteError):
    slug = "took-too-long"
    status = 504
    exit_code = 3


class TooMany(EntenteError):
    slug = "too-many"
    status = 429
    exit_code = 3
    can_retry = True


class Unavailable(EntenteError):
    slug = "unavailable"
    status = 503
    exit_code = 3
    can_retry = True
