"""Finds what keeps people from being told: settings that lack something, letters that failed, people without an address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from domain.saying import said
from entente.findings import Finding
from entente.mail_ways import address_of_pages, carriers_of
from entente.settings import Settings
from services.directory.names import Directory
from services.errors import Invalid
from services.history.history import History
from services.notices.reading import read_waiting
from services.roles.following import Roles

CHECK: Final = "mail"


def notice_findings(history: History, settings: Settings) -> Iterator[Finding]:
    """Little where no mail is sent."""
    try:
        carriers = carriers_of(settings)
    except Invalid as error:
        says = said("{place}: {what}", place=error.place or "", what=error.message)
        yield Finding(CHECK, "wrong", says, error.mend or "")
        return
    if not carriers:
        yield Finding(CHECK, "ok", said("nobody is told by mail (ENTENTE_MAIL_URL, ENTENTE_MAIL_TO)"))
        return
    if settings.mail_password_file and not Path(settings.mail_password_file).is_file():
        says = said("the file with the password of mail cannot be read")
        yield Finding(CHECK, "wrong", says, said("ENTENTE_MAIL_PASSWORD_FILE, the path of a file that can be read"))
    if not address_of_pages(settings):
        says = said("mails hold no links, and no way to end their kind by one click")
        yield Finding(CHECK, "warning", says, said("ENTENTE_PAGES_URL, an address that begins with https://"))
    yield from _letters(history)
    yield from _addresses(history)


def _letters(history: History) -> Iterator[Finding]:
    found = read_waiting(history.database)
    if found.failed:
        says = said("letters with notices that failed: {count}", count=found.failed)
        yield Finding(CHECK, "warning", says, said("`entente mail list` says why; `entente mail retry ID`"))
    else:
        yield Finding(CHECK, "ok", said("letters that wait: {count}; none failed", count=found.letters))


def _addresses(history: History) -> Iterator[Finding]:
    directory = Directory(history).names()
    people = [one.person for one in Roles(history).people() if not one.is_suspended]
    without = [one for one in people if one not in directory or not directory[one].email]
    if without:
        says = said("people who are told nothing by mail, since no address is known: {count}", count=len(without))
        yield Finding(CHECK, "warning", says, said("an address among the people of a service, or in the access file"))
