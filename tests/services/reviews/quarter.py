"""The meeting of the design's example A-4 (MEETING §1): a quarter of reports of which two came late, and an excuse for one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from services.access import ADMINISTRATOR, principal
from services.excuses.excusing import Excusing
from services.reviews.packs import Held, held_pack
from services.reviews.reading import read_review
from services.reviews.rows import ReviewRow
from tests.given import Tree, contract, criterion, event, punctuality
from tests.services.judged import Life, living

REVIEW = "sales-report@2026-04-14"
COMMITMENT = "sales-report/report/on-time"
SALES, MARKETING = principal("sales/ann"), principal("marketing/bo")
LATE = (date(2026, 2, 16), date(2026, 3, 9))


def sales_report(**changes: Any) -> Tree:
    target = {"at_least": "90 %", "per": "quarter"}
    reports = criterion(punctuality(), targets=[target]) | {"title": "On time"}
    tree = contract(
        reports,
        supplier="sales",
        client="marketing",
        valid={"from": "2026-01-01", "until": "2026-12-31"},
        late_data="3 days",
        review={"every": "FREQ=MONTHLY;BYDAY=2TU", "at": "14:00", "duration": "1 h"},
        **{"id": "sales-report", **changes},
    )
    tree["deliverables"][0] |= {"id": "report", "title": "The weekly report"}
    return tree


@contextmanager
def met(url: str = "sqlite://:memory:") -> Iterator[tuple[Life, str]]:
    """W is 15 April: the quarter is final, and sales has asked for the excuse, whose id is given."""
    with living(url) as life:
        life.sign(sales_report())
        mondays = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(13)]
        times = ["11:20" if day in LATE else "09:40" for day in mondays]
        life.happen(
            *(
                event("report", f"{day} {time}", id=str(day), date=str(day))
                for day, time in zip(mondays, times, strict=True)
            )
        )
        life.advance("04-15 00:00")
        excuse, _ = life.store.use(Excusing).ask(
            SALES, COMMITMENT, reason="client-fault", text="The list came late.", keys=["2026-02-16"]
        )
        life.judge()
        yield life, excuse


def review(life: Life, id: str = REVIEW) -> ReviewRow:
    return life.store.read(ADMINISTRATOR, read_review, id)


def held(life: Life, id: str = REVIEW) -> Held:
    return held_pack(life.store.seeing, ADMINISTRATOR, id)
