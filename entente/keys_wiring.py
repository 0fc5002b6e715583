"""Opens the store of data keys that the settings name, and forgets again what a restore brought back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from entente.settings import Settings
from services.errors import EntenteError
from services.history.history import History
from services.sealing.data_keys import DataKeys
from services.sealing.erasing import destroy_again, note_apart
from services.sealing.kek import read_keks
from services.sealing.key_tables import open_keys

log = structlog.get_logger()


@contextmanager
def data_keys(settings: Settings, history: History) -> Iterator[DataKeys | None]:
    """The keys of this store until the end of the block; None without a file of keys that wraps them. Raises Invalid, Unavailable."""
    if not settings.kek_file:
        yield None
        return
    keks = read_keks(Path(settings.kek_file))
    database = open_keys(settings.keys, settings.store)
    try:
        keys = DataKeys(database, keks)
        history.begin_sealing()
        history.opener = keys
        if came_back := destroy_again(history, keys, erased_to(settings)):
            log.warning("keys that were destroyed had come back, and are destroyed again", keys=came_back)
        _note_apart(settings, history)
        yield keys
    finally:
        database.close()


def _note_apart(settings: Settings, history: History) -> None:
    """What cannot be noted stops nothing: the keys are destroyed, and the next start tries again."""
    file = erased_to(settings)
    try:
        if file is not None and (noted := note_apart(history, file)):
            log.warning("keys that were destroyed stood in the history alone, and are noted apart", keys=noted)
    except EntenteError as error:
        log.error("keys that were destroyed are not noted apart", says=str(error))


def erased_to(settings: Settings) -> Path | None:
    return Path(settings.erased_to) if settings.erased_to else None
