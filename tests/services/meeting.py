"""A meeting: what led to it, what was said and done in it, and its pack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.access import ADMINISTRATOR, principal
from services.contracts.contracting import Contracting
from services.reviews.pack_shapes import Pack
from services.reviews.packs import review_pack
from tests.given import Tree, contract, criterion, document, event, punctuality
from tests.services.judged import Life, living

REVIEW = "c@2026-02-03"
LAB, WARD = principal("lab/ada"), principal("ward/bo")


def agreement(**changes: Any) -> Tree:
    """A report each Monday, looked at on the first Tuesday of the month."""
    monthly = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h"}
    reports = criterion(punctuality(), each_miss="breach")
    return contract(reports, review=monthly, **changes)


@contextmanager
def called(url: str = "sqlite://:memory:") -> Iterator[Life]:
    """January: one report late, one missing; an amendment waits for the ward; the review has just been called."""
    with living(url) as life:
        life.sign(agreement())
        for date, time in (("2026-01-05", "01-05 09:00"), ("2026-01-12", "01-12 11:30"), ("2026-01-19", "01-19 09:59")):
            life.happen(event("report", time, id=date, date=date))
        milder = agreement(effective="2026-07-01", late_data="2 days")
        life.store.use(Contracting).apply(LAB, document(milder))
        life.judge()
        life.advance("02-03 14:00")
        yield life


def pack_of(life: Life, review: str = REVIEW) -> Pack:
    return review_pack(life.store.seeing, ADMINISTRATOR, review)
