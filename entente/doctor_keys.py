"""Finds what is wrong with what is to be sealed, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from domain.saying import said
from domain.times import Instant, show
from entente.findings import Finding
from entente.settings import Settings
from services.directory.declaring import Declared
from services.errors import EntenteError, Invalid, some
from services.history.entries import EVENT, box_of
from services.history.history import History
from services.history.stored_events import event_of
from services.sealing.data_keys import DataKeys
from services.sealing.erasing import DAY, LATEST
from services.sealing.kek import read_keks
from services.sealing.key_tables import beside, has_keys, open_keys

_A_PAGE = 5_000
_LOOKED_AT = 200_000
"""Entries, the newest, in which events in clear are looked for."""


def key_findings(history: History, settings: Settings, now: Instant) -> Iterator[Finding]:
    """Nothing is found where nothing is declared personal, and there is no file of keys."""
    declared = Declared(history).personal()
    if not settings.kek_file:
        if declared:
            says = said(
                "events of {sources} are refused: there is no key to seal what is personal",
                sources=some(list(declared)),
            )
            yield Finding("data keys", "wrong", says, said("`entente keys create FILE --kek` makes one"))
        return
    try:
        read_keks(Path(settings.kek_file))
    except Invalid as error:
        yield Finding("data keys", "wrong", error.line, said("`entente keys create FILE --kek` makes one"))
        return
    if not settings.erased_to:
        says = said("no file names what was erased: a restored backup may bring it back")
        yield Finding("data keys", "warning", says, said("set ENTENTE_ERASED_TO, to a file in no backup"))
    yield from _standing(history, settings, now)
    if count := _in_clear(history, frozenset(declared)):
        says = said(
            "events with personal values that were stored before these were declared, and stay in clear: {count}",
            count=count,
        )
        yield Finding("data keys", "warning", says, said("docs/data-protection.md says what that means"))


def _standing(history: History, settings: Settings, now: Instant) -> Iterator[Finding]:
    needed = _needed(history)
    if not _is_there(history, settings):
        if needed:
            yield _lost(len(needed))
        else:
            yield Finding("data keys", "ok", said("none was needed yet"))
        return
    database = open_keys(settings.keys, settings.store)
    try:
        keys = DataKeys(database, read_keks(Path(settings.kek_file)))
        since = keys.waiting_since()
        lost = needed - {one.id for one in keys.held("event")} - keys.destroyed(list(needed)).keys()
    except EntenteError as error:
        yield Finding("data keys", "wrong", error.line, said("put the right file in its place"))
        return
    finally:
        database.close()
    if lost:
        yield _lost(len(lost))
    if since is not None and since + LATEST * DAY < now:
        says = said("what was erased on {day} can still be opened from a backup", day=show(since)[:10])
        yield Finding("data keys", "wrong", says, said("`entente keys rewrap` replaces the key that wraps them"))
    else:
        yield Finding("data keys", "ok", said("wrapped by {kek}", kek=keys.wrapped_by()))


def _lost(count: int) -> Finding:
    says = said(
        "data keys of the history that are nowhere: {count}; what is sealed under them cannot be opened", count=count
    )
    mend = said(
        "put the store of keys back (ENTENTE_KEYS); without it figures and proofs go on, and what is sealed is lost"
    )
    return Finding("data keys", "wrong", says, mend)


def _needed(history: History) -> set[str]:
    """The keys under which events are sealed, of the newest entries."""
    needed: set[str] = set()
    after = max(0, history.last_position() - _LOOKED_AT)
    while history.is_sealing() and (page := history.read(after, _A_PAGE, [EVENT])):
        needed |= {box.key for one in page if (box := box_of(one.state)) is not None}
        after = page[-1].position
    return needed


def _is_there(history: History, settings: Settings) -> bool:
    """Looking creates nothing."""
    address = settings.keys or beside(settings.store)
    if address.startswith("sqlite:///"):
        return Path(address.removeprefix("sqlite:///")).exists()
    return address != settings.store or has_keys(history.database)


def _in_clear(history: History, sources: frozenset[str]) -> int:
    if not sources:
        return 0
    count, after = 0, max(0, history.last_position() - _LOOKED_AT)
    while page := history.read(after, _A_PAGE, [EVENT]):
        count += sum(box_of(one.state) is None and event_of(one.state, one.position).source in sources for one in page)
        after = page[-1].position
    return count
