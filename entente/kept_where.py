"""Where something about people is kept: what the parts say of their tables, and what follows from the settings (trust §6)."""

from __future__ import annotations

from typing import Final

from domain.saying import said
from entente.settings import Settings
from services.parts import PARTS
from services.places import Place
from services.sealing.key_tables import beside
from services.sealing.retention import ASIDE_DAYS

_STORE: Final = "stored_events, view_*, report_*"


def places(settings: Settings) -> tuple[Place, ...]:
    """All of them: the history first, then tables, files, and what lies outside the program."""
    return (*_of_the_history(settings), *(one for part in PARTS for one in part.places), *_files(settings), *_outside())


def _of_the_history(settings: Settings) -> tuple[Place, ...]:
    is_sealing = bool(settings.kek_file)
    aside = said("sealed, until it is settled, at most {days} days", days=ASIDE_DAYS)
    return (
        Place(
            said("ids of people, what they signed, decided and wrote; clear parts of events: evidence of an agreement"),
            _STORE,
            said("as long as the store"),
        ),
        Place(
            said("what events say about people, sealed; by source and month below"),
            "stored_events",
            said("until the month's key is destroyed: by retention, or when somebody is forgotten"),
            is_erased=True,
        ),
        Place(
            said("what was set aside as it came (quarantine)"),
            "stored_events",
            aside if is_sealing else said("in clear, as long as the store: there is no file of keys"),
            is_erased=is_sealing,  # with its subject, where that can be read
        ),
        Place(said("who tries to sign in, counted by account and address"), "entente_throttle", said("a day")),
    )


def _files(settings: Settings) -> tuple[Place, ...]:
    absent = said("not set")
    keys = settings.keys or beside(settings.store)
    return (
        Place(
            said("data keys, and codes of whom they are about"),
            _without_password(keys) if settings.kek_file else absent,
            said("until destroyed; copies can be opened until keys are wrapped anew, 30 days later at most"),
            is_erased=True,
        ),
        Place(
            said("ids of destroyed keys: random, nobody's (ENTENTE_ERASED_TO)"),
            settings.erased_to or absent,
            said("for ever: keep it apart from backups"),
        ),
        Place(
            said("checkpoints: hashes, nothing about people (ENTENTE_CHECKPOINTS_TO)"),
            settings.checkpoints_to or absent,
            said("for ever"),
        ),
    )


def _outside() -> tuple[Place, ...]:
    unknown = said("wherever they were taken to: not known to us")
    return (
        Place(
            said("packs, exports and bundles that somebody took: what the parties see, never what is sealed in clear"),
            unknown,
            said("as whoever took them decides; the log says who did"),
        ),
        Place(
            said("backups and PostgreSQL's write-ahead log: everything above as it was that day"),
            said("not known to us"),
            said(
                "as you keep them; sealed values in them cannot be opened once keys are wrapped anew, names can be read"
            ),
        ),
        Place(
            said("the program's own log: ids, addresses, never what is sealed"),
            said("where stderr goes: not known to us"),
            said("as your log collector keeps it"),
        ),
        Place(said("metrics: services, contracts, sources; no people"), "/metrics", said("as Prometheus keeps them")),
    )


def _without_password(address: str) -> str:
    scheme, mark, rest = address.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"
