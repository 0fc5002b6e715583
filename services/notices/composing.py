"""A letter as a mail: HTML and text, with what mail programs need to end its kind with one click (RFC 2369, RFC 8058)."""

from __future__ import annotations

import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from zoneinfo import ZoneInfo

from domain.times import to_local
from services.notices.addresses import host_of, mailable
from services.notices.carrying import Packet, Written
from services.notices.facts import message_id
from services.notices.outbox import LetterRow

UTC: Final = ZoneInfo("UTC")
LONGEST_LINE: Final = 200
"""Characters of a header."""


def packet(letter: LetterRow, written: Written, *, sender: str, name: str, to: str) -> Packet:
    """`name`: the organisation's, before the address it comes from. Raises Invalid for an address that is none."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(_line(name), addr_spec=mailable(sender))
    mail["To"] = Address(addr_spec=mailable(to))
    mail["Subject"] = _line(written.subject)
    mail["Date"] = format_datetime(to_local(letter.made, UTC))
    mail["Message-ID"] = message_id(letter.id, host_of(sender))
    mail["Auto-Submitted"] = "auto-generated"
    if written.stop:
        mail["List-Unsubscribe"] = f"<{written.stop}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(written.text)
    mail.add_alternative(written.html, subtype="html")
    if written.reply_to:
        mail["Reply-To"] = Address(addr_spec=mailable(written.reply_to))
    for one in written.attached:
        if one.method:
            mail.add_alternative(one.content.decode(), subtype="calendar", params={"method": one.method})
    for one in written.attached:
        main, _, sub = one.media.partition("/")
        charset = {"charset": "utf-8"} if main == "text" else None
        mail.add_attachment(one.content, main, sub, filename=one.name, params=charset)
    mail["Content-Language"] = written.language
    _name_boundaries(mail, letter)
    return Packet(file_name(letter), to, mail.as_bytes())


def fingerprint(written: Written) -> str:
    """Of what it says, without whom it goes to: hexadecimal SHA-256."""
    found = hashlib.sha256("\0".join((written.subject, written.text, written.html)).encode())
    for one in written.attached:
        found.update(b"\0" + one.name.encode() + b"\0" + hashlib.sha256(one.content).digest())
    return found.hexdigest()


def file_name(letter: LetterRow) -> str:
    """In the order in which letters were made."""
    return f"{to_local(letter.made, UTC):%Y%m%dT%H%M%SZ}-{letter.id}"


def _name_boundaries(mail: EmailMessage, letter: LetterRow) -> None:
    """The same letter is the same bytes."""
    several = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(several):
        part.set_boundary(f"=_{letter.id}" if number == 0 else f"=_{letter.id}.{number}")


def _line(text: str) -> str:
    """On one line, whatever it holds: a line end would begin a header of somebody else's making."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:LONGEST_LINE]
