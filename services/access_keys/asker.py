"""Tells who comes with an access key, and refuses what the key is not for (trust §3)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Final

from starlette.requests import Request

from domain.saying import said
from services.access import Principal
from services.access_keys.following import Can
from services.access_keys.keeping import OF_A_KEY, PREFIX, KeyKeeping, principal_of
from services.errors import NotAllowed

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_PUSHED: Final = ("/v1/events", "/v1/webhooks/")


class KeyAsker:
    """For `Asker`. Raises NotSignedIn for a key that opens nothing, NotAllowed for what a key is not for."""

    def __init__(self, keeping: KeyKeeping):
        self._keeping = keeping

    def __call__(self, request: Request) -> Principal | None:
        """None for who brings no key."""
        secret = key_of(request)
        if secret is None:
            return None
        terms = self._keeping.checked(secret)
        if terms.page:
            raise NotAllowed(
                said("this access key shows one page on a wall screen, and nothing else"),
                mend=said("give it to the screen, at /wall"),
            )
        if not is_for(terms.can, request.method, request.url.path):
            raise NotAllowed(
                said("this access key can {can}, and nothing else", can=terms.can),
                mend=said("one that can do this: entente access-keys create"),
            )
        return principal_of(terms)


def is_key(who: Principal) -> bool:
    """Says whether whoever asks came with a key."""
    return (who.person or "").startswith(OF_A_KEY)


def key_of(request: Request) -> str | None:
    """The key of `Authorization: Bearer`, or the password of `Basic` where that is one, for tools that can send nothing else."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return None
    try:
        password = b64decode(rest.strip(), validate=True).decode().partition(":")[2]
    except (NotBase64, ValueError):
        return None
    return password if password.startswith(PREFIX) else None


def is_for(can: Can, method: str, path: str) -> bool:
    """Says whether a key that can do that may ask this."""
    if can == "push":
        return method == "POST" and path.startswith(_PUSHED)
    if method not in _READS:
        return False
    if can == "metrics":
        return path == "/metrics"
    if can == "calendar":
        return path.startswith("/calendars/") and path.endswith(".ics")
    return path != "/metrics"
