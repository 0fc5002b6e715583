"""The check that a webhook's call comes from somebody who shares a secret with us, before anything of it is read.

    github     X-Hub-Signature-256: sha256=HEX          HMAC-SHA256 of the body
    jira       X-Hub-Signature: sha256=HEX              the same (WebSub)
    gitlab     X-Gitlab-Token: SECRET                   the secret itself
    bearer     Authorization: Bearer SECRET             the secret itself: Alertmanager, forms
    standard   webhook-id, webhook-timestamp, webhook-signature: v1,BASE64 …    HMAC-SHA256 of `id.timestamp.body`
               (Standard Webhooks); a secret `whsec_BASE64` is the key in base64

A call that is sent again gives the same events, which are stored once; `standard` refuses besides what was signed more than
FRESH seconds ago, or as far ahead. A file of secrets holds one a line: while one is replaced by another, both count.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from domain.durations import SECOND
from domain.saying import said
from domain.times import Instant
from services.errors import Invalid, NotAllowed

FRESH: Final = 300
"""Seconds between signing and arriving that are allowed, as Standard Webhooks recommends."""
SHORTEST: Final = 16
"""Characters that a secret has at least."""

MOST_SIGNATURES: Final = 8
"""Signatures that are looked at in one call by `standard`, which has one for each secret of the sender."""

_SETTING: Final = "ENTENTE_WEBHOOK_SECRETS"

Headers = Mapping[str, str]
"""The headers of a call by their names, in small letters; `items` has each as often as it came."""
Check = Callable[[Headers, bytes, Sequence[bytes], Instant], None]


class NotSigned(NotAllowed):
    """No signature, or a wrong one. Says never what would have been right."""

    status = 401
    slug = "signature-wrong"


class Secrets:
    """The secrets that one webhook's calls are signed with, and how. Their text is never shown."""

    __slots__ = ("_scheme", "_secrets")

    def __init__(self, scheme: str, secrets: Sequence[str]):
        self._scheme = scheme
        self._secrets = [_key(secret) if scheme == "standard" else secret.encode() for secret in secrets]

    def __repr__(self) -> str:
        return f"Secrets({self._scheme!r}, {len(self._secrets)})"

    def check(self, headers: Headers, body: bytes, now: Instant) -> None:
        """Raises NotSigned."""
        _CHECKS[self._scheme](headers, body, self._secrets, now)


def read_secrets(name: str, scheme: str | None, folder: Path | None) -> Secrets | None:
    """The secrets of a webhook: the lines of the file of its name. None where its mapping asks for no signature and there is no
    such file. Raises Invalid, which stops the start, where one of the two is there without the other."""
    file = folder / name if folder is not None else None
    if file is None or not file.is_file():
        if scheme is None:
            return None
        raise Invalid(
            said("{name} is signed, and no file holds its secret", name=name),
            place=_SETTING,
            mend=said("a folder with a file {name}", name=name),
        )
    if scheme is None:
        raise Invalid(
            said("{name} has a secret, and its mapping does not say how calls are signed", name=name),
            place=_SETTING,
            mend=said("signed: github"),
        )
    try:
        return Secrets(scheme, _lines(name, file))
    except ValueError as error:
        raise Invalid(
            said("the secret of {name} is no base64", name=name),
            place=_SETTING,
            mend=said("whsec_…, as the tool shows it"),
        ) from error


def _lines(name: str, file: Path) -> list[str]:
    """The secrets in a file, without blanks around them. Raises Invalid where there is none, or one is too short."""
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            said("the secret of {name} cannot be read", name=name),
            place=_SETTING,
            mend=said("a file of text that we may read"),
        ) from error
    if not lines or any(len(line) < SHORTEST for line in lines):
        raise Invalid(
            said("the secret of {name} is too short", name=name),
            place=_SETTING,
            mend=said("{shortest} characters or more, a secret a line", shortest=SHORTEST),
        )
    return lines


def _key(secret: str) -> bytes:
    return (
        base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        if secret.startswith("whsec_")
        else secret.encode()
    )


def _said(headers: Headers, name: str) -> str:
    values = [value for one, value in headers.items() if one == name]
    if len(values) > 1:  # what stands before this program may have looked at another one
        raise _wrong(name)
    if not (value := next(iter(values), "")):
        raise NotSigned(
            said("the call has no {name}", name=name),
            mend=said("set the secret in the tool that calls"),
            slug="signature-missing",
        )
    return value


def _wrong(name: str) -> NotSigned:
    return NotSigned(
        said("{name} is not what this secret gives", name=name),
        mend=said("the same secret here and in the tool that calls"),
    )


def _hex_of_body(name: str) -> Check:
    def check(headers: Headers, body: bytes, secrets: Sequence[bytes], now: Instant) -> None:
        given = _bytes(_said(headers, name))
        if not _share([given], [b"sha256=" + _digest(secret, body).hex().encode() for secret in secrets]):
            raise _wrong(name)

    return check


def _token(name: str, before: bytes = b"") -> Check:
    def check(headers: Headers, body: bytes, secrets: Sequence[bytes], now: Instant) -> None:
        given = _bytes(_said(headers, name))
        if not _share([given], [before + secret for secret in secrets]):
            raise _wrong(name)

    return check


def _standard(headers: Headers, body: bytes, secrets: Sequence[bytes], now: Instant) -> None:
    id, sent, given = (_said(headers, f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    stated = _bytes(f"{id}.{sent}.") + body
    right = [b"v1," + base64.b64encode(_digest(secret, stated)) for secret in secrets]
    if not _share(map(_bytes, given.split(" ")[:MOST_SIGNATURES]), right):
        raise _wrong("webhook-signature")
    is_time = sent.isascii() and sent.isdigit() and len(sent) < 12
    if not is_time or abs(now - int(sent) * SECOND) > FRESH * SECOND:
        says = said("the call was signed more than {fresh} s from now", fresh=FRESH)
        raise NotSigned(says, mend=said("send it anew; set both clocks"), slug="signature-old")


def _digest(secret: bytes, stated: bytes) -> bytes:
    return hmac.new(secret, stated, hashlib.sha256).digest()


def _bytes(header: str) -> bytes:
    """Gives a header's bytes as they came: headers are Latin-1."""
    return header.encode("latin-1", "replace")


def _share(given: Iterable[bytes], right: Sequence[bytes]) -> bool:
    """True when one that is given is a right one, found in a time that tells neither which nor how nearly."""
    is_shared = False
    for signature in given:
        for other in right:
            is_shared |= hmac.compare_digest(signature, other)
    return is_shared


_CHECKS: Final[dict[str, Check]] = {
    "github": _hex_of_body("x-hub-signature-256"),
    "jira": _hex_of_body("x-hub-signature"),
    "gitlab": _token("x-gitlab-token"),
    "bearer": _token("authorization", b"Bearer "),
    "standard": _standard,
}
