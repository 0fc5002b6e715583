"""Giving, checking and revoking access keys: `ent_<8>_<43>`, shown once; its SHA-256 is kept (trust §3)."""

from __future__ import annotations

import hmac
import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from threading import Lock
from typing import Final

from domain.access_key import AccessKey
from domain.decisions import stream_of
from domain.saying import said
from domain.service import Service
from domain.times import Clock
from services.access import Grant, Principal, Right
from services.access_keys.following import EVERY, AccessKeys, Can, KeyTerms
from services.access_keys.pages import wall_page
from services.contract_files import bounds
from services.deciding import words_of
from services.errors import Invalid, NotAllowed, NotFound, NotSignedIn, Refused
from services.history.databases import Database, first_value
from services.history.history import History
from services.places import Place
from services.sign_in.secrets_kept import kept, new_secret

PREFIX: Final = "ent_"
OF_A_KEY: Final = "key:"
"""What names of keys begin with, in the place of a person's: no person can be called so."""
CANS: Final[tuple[Can, ...]] = ("push", "read", "metrics", "calendar")
DEFAULT_DAYS: Final = 365
LONGEST_DAYS: Final = 3_650
SAID_BEFORE: Final = 30
"""Days before its last one that a key is said to end."""
LIVE_AT_ONCE: Final = 2
"""Keys of a service for the same thing, so that one can take the place of the other."""
LIVE_IN_ALL: Final = 20
"""Keys of a service, whatever they are for: by other patterns of sources there could be any number."""
MOST_SOURCES: Final = 20
_LETTERS: Final = string.ascii_lowercase + string.digits

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS access_key (key {text} PRIMARY KEY, hash {text} NOT NULL, used {bigint} NOT NULL)",
    "CREATE TABLE IF NOT EXISTS access_key_count (id {bigint} PRIMARY KEY, made {bigint} NOT NULL)",
)
"""Whoever makes a key counts it, so that keys are made one after the other."""
_COUNT: Final = "INSERT INTO access_key_count (id, made) VALUES (0, 1) ON CONFLICT (id) DO UPDATE SET made = access_key_count.made + 1"
PLACES: Final = (
    Place(
        said("access keys: hashes, and the day of their last use; the history names who made them"),
        "access_key, access_key_count",
        said("as long as the store"),
    ),
)


@dataclass(frozen=True, slots=True)
class Given:
    """A key that has just been made. `secret` is shown this once."""

    terms: KeyTerms
    secret: str


class KeyKeeping:
    """Safe for several threads and processes. `today`: in the organisation's zone."""

    def __init__(self, history: History, clock: Clock, today: Callable[[], date]):
        self._history = history
        self._database: Database = history.database
        self._clock = clock
        self._today = today
        self.keys = AccessKeys(history)
        self._lock = Lock()
        self._making = Lock()
        self._hashes: dict[str, str] = {}
        self._used: dict[str, date] = {}

    def create(
        self,
        who: Principal,
        service: str,
        can: str,
        sources: Sequence[str] = (),
        until: date | None = None,
        page: str = "",
    ) -> Given:
        """A key of a service for one thing; with a `page`, for a wall screen. Raises NotAllowed, Invalid, Refused where two live ones
        are there for the same."""
        can, page = _can(can), page and wall_page(page)
        if not may_keep(who, service, can) or (service == EVERY and not who.may(Right.ADMINISTER)):
            raise NotAllowed(
                said(
                    "access keys of {service} are for its heads and the administrator, not for {who}",
                    service=service or "*",
                    who=who,
                )
            )
        last = self._last_day(until)
        self._check(service, can, sources, page)
        self._require_described(service)
        key = "".join(secrets.choice(_LETTERS) for _ in range(8))
        secret = f"{PREFIX}{key}_{new_secret()}"
        made = AccessKey(
            key=key,
            service=service,
            can=can,
            sources=list(sources),
            until=last.isoformat(),
            by=who.by(Right.ADMIT, service),
            at=self._clock(),
            page=page,
        )
        with self._making, self._database.transaction() as writes:
            writes.execute(_COUNT)  # whoever waited here, in any program, finds the key of the one before
            live = [one for one in self._live_of(AccessKeys(self._history)) if one.service == service]
            _require_room(live, service, (can, tuple(sources), page))
            writes.insert("access_key", ("key", "hash", "used"), [(key, kept(secret), 0)])
            # the server's history is written by a connection of its own: one thread at a time has two
            self._history.save(made)
        return Given(self.keys.all()[key], secret)

    def _last_day(self, until: date | None) -> date:
        today = self._today()
        last = until or today + timedelta(days=DEFAULT_DAYS)
        if not today <= last <= today + timedelta(days=LONGEST_DAYS):
            raise Invalid(
                said("{until} is no day on which a key may end", until=last),
                place="until",
                mend=said("within ten years"),
            )
        return last

    def live(self) -> list[KeyTerms]:
        """Those that open something today, by service."""
        return self._live_of(self.keys)

    def _live_of(self, keys: AccessKeys) -> list[KeyTerms]:
        today = self._today()
        return sorted(
            (one for one in keys.all().values() if one.is_live(today)), key=lambda one: (one.service, one.made)
        )

    def by_maker(self, is_meant: Callable[[str], bool]) -> dict[str, list[KeyTerms]]:
        """By person the live keys that they made, and may have kept: these are of their services, and go on when whoever made them
        is out. Of those people who are meant."""
        found: dict[str, list[KeyTerms]] = {}
        for one in self.live():
            _, slash, person = one.by.rpartition("/")
            if slash and is_meant(person):
                found.setdefault(person, []).append(one)
        return found

    def seen_by(self, who: Principal) -> list[KeyTerms]:
        """Every key that was ever given of the services whose keys one may give, by service."""
        found = self.keys.all().values()
        own = [one for one in found if who.sees_everything or who.may(Right.ADMIT, one.service)]
        return sorted(own, key=lambda one: (one.service, one.made))

    def used_on(self) -> dict[str, int]:
        """By key the day on which it was used last, in days since 1970-01-01; 0: never."""
        with self._database.connect() as reads:
            return dict(reads.query("SELECT key, used FROM access_key ORDER BY key"))

    def ending(self) -> list[KeyTerms]:
        """Live keys that end within 30 days."""
        soon = self._today() + timedelta(days=SAID_BEFORE)
        return [one for one in self.live() if one.until <= soon]

    def revoke(self, who: Principal, key: str, text: str = "") -> int:
        """For good: it opens nothing a second later. Raises NotFound for one that is not the caller's to see."""
        terms = self.keys.all().get(key.removeprefix(PREFIX)[:8])
        if terms is None or not (may_keep(who, terms.service, terms.can) or who.sees_everything):
            raise NotFound(
                said("there is no access key “{key}”", key=key), mend=said("entente access-keys list shows them")
            )
        if not may_keep(who, terms.service, terms.can):
            raise NotAllowed(said("revoking it is for {service} to do, not for {who}", service=terms.service, who=who))
        found = self._history.get(stream_of("access-key", terms.key), AccessKey)
        if not found.revoke(words_of(text, ""), by=who.by(Right.ADMIT, terms.service), at=self._clock()):
            raise Refused(said("{key} is revoked already", key=terms.key))
        position = self._history.save(found)
        self.keys.all()
        return position

    def checked(self, secret: str) -> KeyTerms:
        """What a key is for. Raises NotSignedIn for one that is wrong, revoked or past its day: the same for each."""
        terms, today = self.held(secret), self._today()
        if terms is None or not terms.is_live(today):
            raise NotSignedIn(
                said("this access key opens nothing"),
                mend=said("a key that is live: entente access-keys list"),
                slug="key-refused",
            )
        if self._used.get(terms.key) != today:
            self._note_use(terms.key, today)
        return terms

    def held(self, secret: str) -> KeyTerms | None:
        """The key whose secret that is, revoked or over too: whoever has it guesses at nothing. None for what is no secret of a key."""
        key = secret[len(PREFIX) : len(PREFIX) + 8]
        terms = self.keys.of(key) if secret.startswith(PREFIX) and len(secret) <= 100 else None
        is_it = hmac.compare_digest(self._hash(key) if terms is not None else "", kept(secret))
        return terms if is_it else None

    def _hash(self, key: str) -> str:
        if key not in self._hashes:
            with self._database.connect() as reads:
                hash: str = first_value(reads.query("SELECT hash FROM access_key WHERE key = ?", [key]), "")
            if not hash:
                return ""
            self._hashes[key] = hash
        return self._hashes[key]

    def _note_use(self, key: str, today: date) -> None:
        if self._database.is_in_transaction():
            return
        days = (today - date(1970, 1, 1)).days
        with self._lock:
            with self._database.transaction() as writes:
                writes.execute("UPDATE access_key SET used = ? WHERE key = ? AND used < ?", [days, key, days])
            self._used[key] = today

    def _require_described(self, service: str) -> None:
        """A slip in the name would make a key that opens nothing. Raises NotFound, where services are described and this one is not."""
        is_known = service == EVERY or self._history.find(stream_of("service", service)) is not None
        if not is_known and self._history.read(0, 1, [Service.Created.TOPIC]):
            raise NotFound(
                said("there is no service {service}", service=service),
                place="service",
                mend=said("a file with “service: {service}” describes it", service=service),
            )

    def _check(self, service: str, can: Can, sources: Sequence[str], page: str) -> None:
        if service == EVERY and can != "metrics":
            raise Invalid(
                said("a key for everything shows metrics, and does nothing else"),
                place="can",
                mend=said("metrics alone"),
            )
        if page and can != "read":
            raise Invalid(
                said("only a key that reads shows a page on a wall screen"), place="page", mend=said("leave it out")
            )
        if sources and can != "push":
            raise Invalid(said("only a key that pushes is for sources"), place="source", mend=said("leave it out"))
        if len(sources) > MOST_SOURCES or not all(0 < len(one) <= bounds.LINE for one in sources):
            mend = said("at most {most}, such as helpdesk/*", most=MOST_SOURCES)
            raise Invalid(said("no such patterns of sources"), place="source", mend=mend)


def _require_room(live: Sequence[KeyTerms], service: str, same: tuple[Can, tuple[str, ...], str]) -> None:
    """`live`: those of the service. `same`: what another one is for."""
    if len(live) >= LIVE_IN_ALL:
        raise Refused(
            said("{count} keys of {service} are live already", count=len(live), service=service),
            mend=said("revoke those that nothing uses: entente access-keys list"),
            slug="keys-many",
        )
    alike = [one for one in live if (one.can, one.sources, one.page) == same]
    if len(alike) >= LIVE_AT_ONCE:
        raise Refused(
            said("two keys for this are live already: {keys}", keys=", ".join(one.key for one in alike)),
            mend=said("revoke one of them first: entente access-keys revoke {key}", key=alike[0].key),
            slug="keys-two",
        )


def principal_of(terms: KeyTerms) -> Principal:
    """Whoever comes with that key: somebody of its service who may do the one thing."""
    rights: frozenset[Grant] = frozenset({(Right.PUSH, terms.service)}) if terms.can == "push" else frozenset()
    return Principal(
        "member", frozenset({terms.service}) - {EVERY}, f"{OF_A_KEY}{terms.key}", rights, sources=terms.sources
    )


def may_keep(who: Principal, service: str, can: Can) -> bool:
    """Says whether somebody may give and revoke that key of a service: heads and the administrator; a calendar feed, whoever takes
    part in the service."""
    return who.may(Right.ADMIT, service) or (can == "calendar" and who.may(Right.TAKE_PART, service))


def may_push(sources: Sequence[str], source: str) -> bool:
    """Says whether a key for these patterns may push that source; one for none may push all that its service declares."""
    return not sources or any(fnmatchcase(source, one) for one in sources)


def _can(text: str) -> Can:
    if text not in CANS:
        raise Invalid(said("an access key cannot “{can}”", can=text), place="can", mend=", ".join(CANS))
    return text
