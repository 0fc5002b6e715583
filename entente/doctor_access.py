"""Finds what is weak in who may come in: offices that nobody holds, keys that end, files of secrets that others can read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from domain.saying import said
from domain.times import Clock, local_date, zone
from entente.findings import Finding
from entente.settings import Settings
from services.access_keys.keeping import KeyKeeping
from services.checkpoints.announcing import announced, restored_at
from services.checkpoints.signing import read_key
from services.directory.named_before import naming
from services.errors import Invalid, some
from services.history.history import History
from services.sign_in.signing_in import Rules, SignIn

SAID_FOR: Final = timedelta(days=30)
"""How long after a restore it is said what came back with it."""


def access_findings(history: History, settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Little where nobody signs in: then only this machine is answered."""
    if count := len(naming(history)):
        says = said("{count} entries from before name people or their addresses, and stay as they are", count=count)
        yield Finding("access", "warning", says, said("`entente erase` says which of them name somebody"))
    if not settings.ways:
        yield Finding(
            "access", "ok", said("nobody signs in where this ENTENTE_ACCESS is set; only this machine is answered")
        )
        return
    if not history.database.has_table("sign_in_account"):
        yield Finding(
            "access", "warning", said("nobody can sign in before the store is upgraded"), said("entente migrate")
        )
        return
    sign_in = SignIn(history, clock, Rules(settings.zone, settings.organisation))
    yield from _of_a_backup(history, sign_in.today(), settings.zone)
    yield from _offices(sign_in)
    yield from _files(settings)
    keeping = KeyKeeping(history, clock, sign_in.today)
    yield from _keys(keeping)
    yield from _keys_left(keeping, sign_in)


def _of_a_backup(history: History, today: date, zone_name: str) -> Iterator[Finding]:
    """For a while after a restore: what was taken away since the backup is there again, and nothing in the store tells."""
    at = restored_at(history)
    if at is None or today - (day := local_date(at, zone(zone_name))) > SAID_FOR:
        return
    says = said("restored on {day}: passwords, second factors, roles and access keys are those of the backup", day=day)
    mend = said(
        "suspend again who was taken out since, revoke again the keys that were revoked; it is said for {days} days",
        days=SAID_FOR.days,
    )
    yield Finding("access", "warning", says, mend)


def announced_key(history: History, settings: Settings) -> Iterator[Finding]:
    """Looks whether the key that the history names last is one that this program signs with: whoever can write the store alone could
    have put another there."""
    files = [Path(one.strip()) for one in settings.checkpoint_key.split(",") if one.strip()]
    last = announced(history)
    if last is None or not files:
        return
    try:
        own = {one.text for file in files for one in read_key(file).verifiers}
    except Invalid:
        return  # it is said where the key is looked for
    if last not in own:
        says = said("the history names a key for checkpoints that stands in no setting: {key}", key=last)
        mend = said(
            "where nobody of yours has replaced it, somebody has written into the store: `entente verify --store`"
        )
        yield Finding("checkpoints", "wrong", says, mend)


def _offices(sign_in: SignIn) -> Iterator[Finding]:
    today = sign_in.today()
    if not sign_in.roles.holders("administrator", today):
        says = said("nobody is administrator: people can be let in from this machine alone")
        yield Finding("access", "warning", says, said("entente people invite PERSON --administrator"))
    elif not sign_in.roles.holders("arbiter", today):
        says = said("nobody is arbiter: what is disputed waits")
        yield Finding("access", "warning", says, said("`arbiter: true` in the access file"))
    else:
        yield Finding("access", "ok", said("there are an administrator and an arbiter"))


def _files(settings: Settings) -> Iterator[Finding]:
    for name in (settings.proxy_secret_file, settings.oidc_secret_file, settings.kek_file):
        if name and Path(name).exists() and Path(name).stat().st_mode & 0o077:
            says = said("{file} can be read by other accounts of this machine", file=name)
            yield Finding("access", "warning", says, said("chmod 600 {names}", names=name))


def _keys(keeping: KeyKeeping) -> Iterator[Finding]:
    ending = keeping.ending()
    if ending:
        says = said(
            "access keys end within 30 days: {keys}",
            keys=some([f"{one.key} ({one.service or '*'}, {one.until})" for one in ending]),
        )
        mend = said(
            "make another beside it, then revoke the one before: page “Access keys” (/access-keys), or entente access-keys create"
        )
        yield Finding("access keys", "warning", says, mend)
    elif keeping.live():
        yield Finding("access keys", "ok", said("{count} are live, and none ends soon", count=len(keeping.live())))


def _keys_left(keeping: KeyKeeping, sign_in: SignIn) -> Iterator[Finding]:
    """Keys of whoever is let in no more go on: they are of services whose tools may need them; but that person may have kept them."""
    for person, keys in sorted(keeping.by_maker(sign_in.roles.is_out).items()):
        says = said(
            "{person} is let in no more, and access keys that they made go on: {keys}",
            person=person,
            keys=some([f"{one.key} ({one.service or '*'})" for one in keys]),
        )
        yield Finding(
            "access keys", "warning", says, said("make others for the tools, then entente access-keys revoke")
        )
