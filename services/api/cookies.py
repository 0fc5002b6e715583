"""The cookies of the program: their names, and what browsers are told to do with them (RFC 6265bis).

`__Host-` keeps a cookie to this very host over HTTPS: no other host of the domain can set it. Over plain HTTP, which is loopback's
alone, browsers would drop such a cookie; there it has the bare name, and that name means nothing over HTTPS.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

from starlette.requests import HTTPConnection
from starlette.responses import Response

AS: Final = "as"
"""Who one chose to be, where nobody signs in."""
REMEMBERED: Final = frozenset({AS, "language", "theme"})
YEAR: Final = 365 * 24 * 3600
"""Seconds."""

_SESSION: Final = "entente"
_BEFORE: Final = "entente-before"
_WALL: Final = "entente-wall"


def session_cookie(asked: HTTPConnection) -> str:
    """The name of the cookie that holds a session."""
    return _named(_SESSION, asked)


def before_cookie(asked: HTTPConnection) -> str:
    """The name of the cookie that whoever signs in has before there is a session."""
    return _named(_BEFORE, asked)


def session_of(asked: HTTPConnection) -> str:
    """What the session's cookie holds; empty without one."""
    return asked.cookies.get(session_cookie(asked), "")


def wall_cookie(asked: HTTPConnection) -> str:
    """The name of the cookie that holds the key of a wall screen. It says nothing of who one is: `/wall` alone reads it."""
    return _named(_WALL, asked)


def wall_key(asked: HTTPConnection) -> str:
    """What the cookie of a wall screen holds; empty without one."""
    return asked.cookies.get(wall_cookie(asked), "")


def chosen_alone(asked: HTTPConnection, names: Collection[str]) -> str:
    """The header `Cookie` with nothing but what a reader chose under these names."""
    held = {_named(name, asked): chosen(asked, name) for name in names}
    return "; ".join(f"{name}={value}" for name, value in held.items() if value)


def known_by(asked: HTTPConnection) -> str:
    """The cookie by which one is known here, with its name, so that what one cookie holds never passes for the other: of a session, of
    a sign-in that is under way, of a choice; empty for who has none."""
    for name in (session_cookie(asked), before_cookie(asked), _named(AS, asked)):
        if value := asked.cookies.get(name, ""):
            return f"{name}={value}"
    return ""


def known_from_here_on(asked: HTTPConnection) -> str:
    """As `known_by`, once this request is answered: a session that a proxy's word has opened on it comes with the answer, and what the
    page holds is sent with that."""
    opened = getattr(asked.state, "opened", "")
    return f"{session_cookie(asked)}={opened}" if opened else known_by(asked)


def chosen(asked: HTTPConnection, name: str) -> str:
    """What a reader chose: who to be, a language, a theme; empty where nothing was."""
    return asked.cookies.get(_named(name, asked), "")


def keep(
    answer: Response,
    asked: HTTPConnection,
    name: str,
    value: str,
    *,
    seconds: int | None = None,
    sent_from: Literal["lax", "strict"] = "lax",
) -> None:
    """Sets a cookie of ours. `seconds`: how long the browser keeps it; None: until it is closed. `sent_from`: whether a link on
    somebody else's page brings it (`lax`) or nothing but our own."""
    answer.set_cookie(
        name, value, max_age=seconds, path="/", secure=_is_https(asked), httponly=True, samesite=sent_from
    )


def remember(answer: Response, asked: HTTPConnection, name: str, value: str) -> None:
    """Sets what a reader chose, for a year."""
    if name not in REMEMBERED:
        raise ValueError(name)
    keep(answer, asked, _named(name, asked), value, seconds=YEAR)


def forget(answer: Response, asked: HTTPConnection, name: str) -> None:
    answer.delete_cookie(name, path="/", secure=_is_https(asked), httponly=True, samesite="lax")


def _named(name: str, asked: HTTPConnection) -> str:
    return f"__Host-{name}" if _is_https(asked) else name


def _is_https(asked: HTTPConnection) -> bool:
    return bool(asked.url.scheme == "https")
