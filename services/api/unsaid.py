"""What is never said again: keys in addresses and headers, passwords and codes that somebody typed. Not in a log, a trace, a metric, an
error, nor on a page that repeats what was typed.

Known by their place (`/feeds/<key>.ics` is said as `/feeds/…`), by their form (access keys begin with `ent_`), and for the time of a
request by what came in it: whatever a fault then quotes is blotted out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Any, Final

KEYED: Final = ("/feeds/", "/s/", "/welcome/")
"""Addresses that hold a key."""
BLOT: Final = "…"

_SHORTEST: Final = 6
"""Characters of a secret that is looked for wherever it may stand: shorter ones stand everywhere."""
_MOST: Final = 40
"""Secrets of one request that are looked for."""
_KNOWN: Final = (
    (re.compile(r"(://[^\s/]+|(?<![\w.-]))(/(?:feeds|s|welcome)/)[^\s?#\"'<>]+"), rf"\1\2{BLOT}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{6,}"), rf"\1 {BLOT}"),
    (re.compile(r"\bent_[A-Za-z0-9]{4,}_[A-Za-z0-9_-]{16,}"), f"ent_{BLOT}"),
    (re.compile(r"(?i)\b((?:__Host-)?entente(?:-before|-wall)?)=[^\s;,\"']+"), rf"\1={BLOT}"),
)
_NAMES: Final = re.compile(r"(?i)pass(word|phrase|wd)|secret|token|(^|[_-])(code|otp|totp|pin)$|access_?key|recovery")

_came: ContextVar[list[str] | None] = ContextVar("came", default=None)


def is_secret(field: str) -> bool:
    """Says whether what a field of that name holds is for nobody to see again."""
    return _NAMES.search(field) is not None


def without_secrets(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, but for the secrets in it."""
    return {name: value for name, value in typed.items() if not is_secret(name)}


def address(path: str) -> str:
    """The path as it may be said."""
    return next((f"{start}{BLOT}" for start in KEYED if path.startswith(start) and path != start), path)


def begin() -> None:
    """From now on, what `never_say` names is of one request."""
    _came.set([])


def never_say(values: Iterable[str]) -> None:
    """Blots these out of all that is said until the request is answered."""
    came = _came.get()
    if came is not None:
        came.extend(value for value in values if len(value) >= _SHORTEST and value not in came)
        del came[_MOST:]


def unsaid(text: str) -> str:
    """The text, with what may not be said blotted out."""
    for value in sorted(_came.get() or (), key=len, reverse=True):
        text = text.replace(value, BLOT)
    for pattern, instead in _KNOWN:
        text = pattern.sub(instead, text)
    return text


def unsaid_within(value: Any) -> Any:
    """The same of every text in what a line of the log holds."""
    if isinstance(value, str):
        return unsaid(value)
    if isinstance(value, Mapping):
        return {name: BLOT if is_secret(str(name)) else unsaid_within(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [unsaid_within(one) for one in value]
    return value if isinstance(value, bool | int | float) or value is None else unsaid(str(value))
