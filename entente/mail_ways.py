"""What the settings say of mail: what carries it, and where its links lead."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from domain.saying import said
from entente.settings import Settings
from services.errors import Invalid
from services.notices.carrying import Carrier
from services.notices.folder import Folder
from services.notices.hook import Hook, hosts_allowed
from services.notices.outbox import Channel
from services.notices.smtp import LOOPBACK, Smtp


def address_of_pages(settings: Settings) -> str:
    """Where links in mails lead: by https, or to this machine. Empty where people open the pages otherwise."""
    given = settings.pages_url.rstrip("/")
    parts = urlsplit(given)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return given
    return f"http://127.0.0.1:{settings.port}" if settings.mail_to and not given else ""


def carriers_of(settings: Settings) -> dict[Channel, Carrier]:
    """What carries mail, and webhooks unless all goes into a folder; nothing where nothing is set. Raises Invalid for what cannot be
    followed."""
    hosts = hosts_allowed(settings.notify_hosts)
    if settings.mail_to:
        return {"mail": Folder(Path(settings.mail_to))}
    hook: dict[Channel, Carrier] = {"hook": Hook(hosts)} if hosts else {}
    if not settings.mail_url:
        return hook
    if not settings.mail_from:
        raise Invalid(
            said("is not set"),
            place="ENTENTE_MAIL_FROM",
            mend=said("the address that mail comes from: name@example.org"),
        )
    password = Path(settings.mail_password_file) if settings.mail_password_file else None
    return {**hook, "mail": Smtp(settings.mail_url, settings.mail_from, password)}
