"""Makes ahead what somebody may ask for: packs of reviews, and the rows of the first pages."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable

import structlog

from dashboards.pages import prepare_pages
from services.access import ADMINISTRATOR
from services.contracts.reading import read_contracts
from services.errors import EntenteError
from services.figures.reading import read_commitments
from services.reviews.packs import review_pack
from services.reviews.reading import read_reviews
from services.seeing.known import Known
from services.store import Store

log = structlog.get_logger()
BETWEEN_PACKS = 10
"""Seconds from one pack that is made ahead to the next: whoever asks for a page comes first."""
BETWEEN_ROWS = 1.0
"""Seconds between two looks whether the judging has moved."""


def ready_packs(store: Store) -> Callable[[threading.Event], None]:
    """A loop that makes the pack of each contract's last review before somebody asks for it."""

    def packs(stopping: threading.Event) -> None:
        made: set[str] = set()
        while not stopping.wait(BETWEEN_PACKS):
            called = {row.contract: row for row in store.read(ADMINISTRATOR, read_reviews) if row.position is not None}
            waiting = [row.id for row in called.values() if row.id not in made]
            if waiting:
                made.add(waiting[0])
                try:
                    review_pack(store.seeing, ADMINISTRATOR, waiting[0])
                except EntenteError:
                    log.info("a pack is not ready yet", review=waiting[0])

    return packs


def ready_rows(store: Store) -> Callable[[threading.Event], None]:
    """A loop that makes the rows of the first pages at once, and again as soon as the judging has moved: at most a tenth of the
    time, for whoever asks for a page comes first."""

    def rows(stopping: threading.Event) -> None:
        made: Known | None = None
        pause, why = 0.0, ""
        while not stopping.wait(pause):
            pause = BETWEEN_ROWS
            try:
                known = store.seeing.known()
                if known == made:
                    continue
                began = time.monotonic()
                with store.seen(ADMINISTRATOR) as seen:
                    read_commitments(seen)
                    read_contracts(seen)
                    read_reviews(seen)
            except EntenteError as error:
                if str(error) != why:  # once: what is wrong may be so for hours
                    log.info("the rows of the first pages are not ready yet", because=str(error))
                why = str(error)
                continue
            why = ""
            if made is None:
                prepare_pages()
                keep_what_stays()
            made, pause = known, max(BETWEEN_ROWS, 9 * (time.monotonic() - began))

    return rows


def keep_what_stays() -> None:
    """Keeps what a program that stays has loaded by now (itself, the contracts in force, the rows of the first pages)
    out of the search for garbage: with 500 contracts each such search is a pause of 0.1 s and more, in the middle of
    some page. What is replaced later goes as always, when nothing refers to it."""
    gc.collect()
    gc.freeze()
