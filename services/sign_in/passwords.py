"""Passwords: argon2id, at least 12 characters, none that everybody tries first (trust §3, ASVS 5.0 V6.2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from string import digits, punctuation
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from domain.saying import said
from services.errors import Invalid, Unavailable

SHORTEST: Final = 12
LONGEST: Final = 128
"""Characters."""
COMMONEST: Final = 30_000
"""As many of the passwords that people choose most are refused, also with digits and signs around them: few have 12 characters."""
AT_ONCE: Final = 4
"""Each takes 64 MiB for a moment: as many are computed at once, others wait."""
WAITING: Final = 16
"""As many wait for their turn, each in a thread of the server; whoever comes then is told to come back, and keeps none."""
WAIT_SECONDS: Final = 10

_HASHER: Final = PasswordHasher()
"""RFC 9106 §4, the second recommended option, as argon2-cffi has it."""
_TURNS: Final = BoundedSemaphore(AT_ONCE)
_LINE: Final = BoundedSemaphore(AT_ONCE + WAITING)


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _turn():
        return _HASHER.hash(normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Says whether it is the password that was kept so. Takes as long where nothing was kept."""
    with _turn():
        try:
            return _HASHER.verify(kept or nobodys(), normal(password)[: 4 * LONGEST]) and kept is not None
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Says whether it was kept with weaker parameters than those of today."""
    return _HASHER.check_needs_rehash(kept)


def require_good(password: str, names: Iterable[str]) -> None:
    """Raises Invalid for a password that is too short or too long, or that somebody who wants in would try first. `names` are
    the person's and the organisation's."""
    letters = normal(password)
    if len(letters) < SHORTEST:
        raise Invalid(
            said("the password has fewer than {shortest} characters", shortest=SHORTEST),
            mend=said("several words that only you put together are easy to keep in mind"),
            slug="password-weak",
        )
    if len(letters) > LONGEST:
        raise Invalid(
            said("the password has more than {longest} characters", longest=LONGEST),
            mend=said("shorten it"),
            slug="password-weak",
        )
    folded = letters.casefold()
    if commonest() & {folded, folded.strip(digits + punctuation)} or len(set(folded)) < 4:
        raise Invalid(
            said("the password is one of those that are tried first"), mend=said("choose another"), slug="password-weak"
        )
    if any(_is_little_else(folded, one.casefold()) for one in names if len(one) > 3):
        raise Invalid(
            said("the password is little else than a name that everybody knows"),
            mend=said("choose another"),
            slug="password-weak",
        )


def normal(password: str) -> str:
    """One form of the letters that look alike, as keyboards send them (NIST SP 800-63B §3.1.1.2: NFKC)."""
    return unicodedata.normalize("NFKC", password)


@cache
def nobodys() -> str:
    """A hash that no password has: what is compared where nobody is known by that name."""
    with_nothing = _HASHER.hash("nobody")
    return with_nothing[:-4] + ("AAAA" if with_nothing[-4:] != "AAAA" else "BBBB")


@cache
def commonest() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # large: read when somebody chooses a password

    return frozenset(FREQUENCY_LISTS["passwords"][:COMMONEST])


def _is_little_else(password: str, name: str) -> bool:
    return name in password and len(password) - len(name) < SHORTEST // 2


@contextmanager
def _turn() -> Iterator[None]:
    """Raises Unavailable where many wait already, or the wait is long."""
    if not _LINE.acquire(blocking=False):
        raise _many()
    try:
        if not _TURNS.acquire(timeout=WAIT_SECONDS):
            raise _many()
        try:
            yield
        finally:
            _TURNS.release()
    finally:
        _LINE.release()


def _many() -> Unavailable:
    return Unavailable(said("many sign in at once"), mend=said("try again in a minute"), retry_after=WAIT_SECONDS)
