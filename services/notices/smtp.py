"""Mail by SMTP (RFC 5321): `smtps://user@host:465`, or `smtp://user@host:587` with STARTTLS, which only loopback may lack."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from domain.saying import said
from services.errors import Invalid
from services.notices.addresses import mailable
from services.notices.carrying import Begin, Never, NobodyKnows, NotNow, NotOurs, Packet

PATIENCE: Final = 60.0
"""Seconds for one answer of the server."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_DOTS: Final = re.compile(rb"(?m)^\.")
_ENDS: Final = re.compile(rb"\r\n|\r|\n")


class Server(NamedTuple):
    """`is_encrypted`: from the first byte on."""

    host: str
    port: int
    is_encrypted: bool
    user: str = ""


def server_of(url: str) -> Server:
    """Raises Invalid, which says neither user nor password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.password or parts.path not in ("", "/"):
        raise Invalid(
            said("it is no address of a mail server"),
            place="ENTENTE_MAIL_URL",
            mend=said("smtps://user@host:465; the password stands in the file of ENTENTE_MAIL_PASSWORD_FILE"),
        )
    is_encrypted = parts.scheme == "smtps"
    return Server(parts.hostname, port or (465 if is_encrypted else 587), is_encrypted, unquote(parts.username or ""))


class Smtp:
    """Sends from one address. One connection for the letters of a round; nothing is sent twice by it."""

    is_repeatable = False

    def __init__(self, url: str, sender: str, password_file: Path | None = None, patience: float = PATIENCE):
        """Raises Invalid for settings that are none."""
        self._server = server_of(url)
        self._sender = mailable(sender)
        self._password_file = password_file
        self._patience = patience

    @contextmanager
    def session(self) -> Iterator[Callable[[Packet, Begin], None]]:
        line = _Line(self._server, self._sender, self._password(), self._patience)
        try:
            yield line.hand
        finally:
            line.close()

    def _password(self) -> str:
        if self._password_file is None:
            return ""
        try:
            return self._password_file.read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            raise Invalid(
                said("the file with the password of mail cannot be read"),
                place="ENTENTE_MAIL_PASSWORD_FILE",
                mend=said("the path of a file that can be read"),
            ) from error


class _Line:
    """A connection, opened for the first packet, and anew after it broke."""

    def __init__(self, server: Server, sender: str, password: str, patience: float):
        self._server = server
        self._sender = sender
        self._password = password
        self._patience = patience
        self._smtp: smtplib.SMTP | None = None

    def hand(self, packet: Packet, begin: Begin) -> None:
        smtp = self._opened()
        try:
            _require(smtp.mail(self._sender), smtp)
            _require(smtp.rcpt(packet.to), smtp)
            _require(smtp.docmd("DATA"), smtp, 354)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise NotNow(_why(error)) from error
        if not begin():
            self.close()
            raise NotOurs
        try:
            smtp.send(_stuffed(packet.content))
        except (smtplib.SMTPException, OSError) as error:  # it ends without its last line, and counts as never sent
            self.close()
            raise NotNow(_why(error)) from error
        try:
            answer = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise NobodyKnows(_why(error)) from error
        _require(answer, smtp)

    def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _opened(self) -> smtplib.SMTP:
        """What is wrong before a letter is named is wrong with us or the server: it is tried again, however it was refused."""
        if self._smtp is not None:
            return self._smtp
        try:
            smtp = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            raise NotNow(_why(error)) from error
        self._smtp = smtp
        return smtp

    def _connected(self) -> smtplib.SMTP:
        it, trust = self._server, ssl.create_default_context()
        smtp: smtplib.SMTP
        if it.is_encrypted:
            smtp = smtplib.SMTP_SSL(it.host, it.port, timeout=self._patience, context=trust)
        else:
            smtp = smtplib.SMTP(it.host, it.port, timeout=self._patience)
        try:
            smtp.ehlo_or_helo_if_needed()
            if not it.is_encrypted and it.host not in LOOPBACK:
                smtp.starttls(context=trust)
            if it.user:
                smtp.login(it.user, self._password)
        except BaseException:
            smtp.close()
            raise
        return smtp


def _require(answer: tuple[int, bytes], smtp: smtplib.SMTP, wanted: int = 250) -> None:
    """Raises Never for 5xx, NotNow for all else that is not as wanted; the next letter begins anew."""
    code, text = answer
    if code in (wanted, 251, 252):
        return
    with suppress(smtplib.SMTPException, OSError):
        smtp.rset()
    why = f"{code} {text.decode('utf-8', 'replace')}"
    raise (Never if 500 <= code <= 599 else NotNow)(why)


def _stuffed(content: bytes) -> bytes:
    """With the line ends and the doubled dots of RFC 5321 §4.5.2, and its end."""
    lines = _DOTS.sub(b"..", _ENDS.sub(b"\r\n", content))
    return (lines if lines.endswith(b"\r\n") else lines + b"\r\n") + b".\r\n"


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return f"{error.smtp_code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
    if isinstance(error, socket.gaierror):
        return "no such host"
    return str(error) or type(error).__name__
