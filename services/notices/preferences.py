"""What a person wants to be told, when and in which language: in the directory, not in the history (TRUST §6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from domain.saying import Said, said
from services.errors import Invalid
from services.history.databases import Database, first_value
from services.notices.kinds import DEFAULTS, KINDS, WAYS, Kind, Way

CLOSED: Final = "closed"
NEVER: Final = "never"
NO_CALENDAR: Final = "-"
"""In the place of a calendar: none, so that every day is open."""
LANGUAGES: Final = ("en", "fr")
_AN_HOUR: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_encode = msgspec.json.Encoder(order="deterministic").encode


class Preferences(msgspec.Struct, frozen=True):
    """`hour`: at which the morning mail comes, on the wall. `calendar`: its id; empty: that of most of the person's contracts.
    `quiet`: `closed` (closed time of the calendar), `never`, or `HH:MM-HH:MM` on the wall. `language`: empty where nobody has chosen.
    `hook`: an address for webhooks, `hook_secret` what they are signed with, `hook_form` their shape."""

    hour: str = "07:30"
    calendar: str = ""
    quiet: str = CLOSED
    language: str = ""
    kinds: Mapping[Kind, Way] = {}
    hook: str = ""
    hook_secret: str = ""
    hook_form: str = "cloudevent"

    def way(self, kind: Kind) -> Way:
        return self.kinds.get(kind, DEFAULTS[kind])

    @property
    def hook_shown(self) -> str:
        """The last four letters, by which its owner knows it."""
        return f"…{self.hook[-4:]}" if self.hook else ""

    def span(self) -> tuple[int, int] | None:
        """The quiet time as minutes of the day [from, until), where the person has set one; it may reach over midnight."""
        since, dash, until = self.quiet.partition("-")
        return (minutes_of(since), minutes_of(until)) if dash else None


def minutes_of(hour: str) -> int:
    """Minutes since midnight of `HH:MM`. Raises Invalid."""
    if not _AN_HOUR.fullmatch(hour):
        raise Invalid(said("“{hour}” is no hour of a day", hour=hour), place="hour", mend=said("07:30"))
    return int(hour[:2]) * 60 + int(hour[3:])


def checked(wanted: Preferences) -> Preferences:
    """Raises Invalid for what cannot be followed."""
    minutes_of(wanted.hour)
    if wanted.quiet not in (CLOSED, NEVER):
        since, until = wanted.span() or (0, 0)
        if since == until:
            mend = said("20:00-07:00")
            raise Invalid(said("“{quiet}” is no quiet time", quiet=wanted.quiet), place="quiet", mend=mend)
    if wanted.language not in ("", *LANGUAGES):
        raise Invalid(
            said("“{code}” is not spoken here", code=wanted.language), place="language", mend=", ".join(LANGUAGES)
        )
    for kind, way in wanted.kinds.items():
        if kind not in KINDS or way not in WAYS or (kind == "morning" and way == "digest"):
            raise Invalid(said("“{way}” is no way for {kind}", way=way, kind=kind), place="kinds")
    return wanted


class PreferenceBook:
    """Safe for several threads and processes."""

    def __init__(self, database: Database):
        self._database = database

    def of(self, person: str) -> Preferences:
        with self._database.connect() as reads:
            sql = "SELECT document FROM notice_preference WHERE person = ?"
            document = first_value(reads.query(sql, [person]))
        return _read(document) if document is not None else Preferences()

    def all(self) -> dict[str, Preferences]:
        """Of everybody who has set some."""
        with self._database.connect() as reads:
            rows = reads.query("SELECT person, document FROM notice_preference ORDER BY person")
        return {person: _read(document) for person, document in rows}

    def set(self, person: str, wanted: Preferences) -> None:
        """Raises Invalid for what cannot be followed."""
        document = _encode(checked(wanted)).decode()
        with self._database.transaction() as writes:
            writes.execute(
                "INSERT INTO notice_preference (person, document) VALUES (?, ?) "
                "ON CONFLICT (person) DO UPDATE SET document = excluded.document",
                [person, document],
            )

    def change(self, person: str, kind: Kind, way: Way) -> None:
        """That kind alone."""
        before = self.of(person)
        self.set(person, msgspec.structs.replace(before, kinds={**before.kinds, kind: way}))


_DOCUMENTS: Final = msgspec.json.Decoder(Preferences)


def _read(document: str) -> Preferences:
    return _DOCUMENTS.decode(document)


class Untold:
    """Forgets what somebody wants to be told, and what they were told (see `services.sealing.erasing.Forgets`)."""

    def __init__(self, database: Database):
        self._database = database

    def of(self, subject: str) -> Sequence[Said]:
        with self._database.connect() as reads:
            held = [
                bool(reads.query(f"SELECT 1 FROM {table} WHERE person = ? LIMIT 1", [subject])) for table in _OF_PEOPLE
            ]
        return [said("what {person} wants to be told, and the notices to them", person=subject)] if any(held) else []

    def forget(self, subject: str) -> None:
        with self._database.erasing() as writes:
            for table in _OF_PEOPLE:
                writes.execute(f"DELETE FROM {table} WHERE person = ?", [subject])

    def stays(self, subject: str) -> Sequence[int]:
        """No entry names an address."""
        return ()


_OF_PEOPLE: Final = ("notice_preference", "notice", "notice_letter")
