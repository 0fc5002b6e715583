"""The steps of an empty store, from its services to the first event: each with a page where it is done, and a sample to try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboards.pages.house.frame import View
from services.access import Right
from services.contracts.reading import is_any_calendar
from services.contracts.rows import ContractRow
from services.directory.reading import read_sources
from services.directory.rows import ServiceRow

SERVICES: Final = """\
entente: 1
service: kitchen
title: Kitchen
people:
  - {id: ann.lee, name: Ann Lee}
head: ann.lee
sources:
  - {source: kitchen/van, expected_every: 3 days}
"""
CALENDAR: Final = """\
entente: 1
calendar: office
timezone: Europe/Paris
open:
  mon-fri: ["08:30-17:30"]
"""
EVENT: Final = """\
curl -X POST {here}/v1/events -H 'Content-Type: application/cloudevents+json' -d '{{"specversion": "1.0",
  "id": "1", "source": "kitchen/van", "type": "meal.delivered", "subject": "2026-11-16", "time": "2026-11-16T11:40:00+01:00"}}'
"""


@dataclass(frozen=True)
class Step:
    """`name`: of its texts (`first.NAME`). `path`: where it is done; empty for who cannot do it. `sample`: a file or a
    command to try."""

    name: str
    path: str
    is_done: bool
    sample: str = ""


def first_steps(view: View) -> list[Step]:
    """For who may take any of them, until something is owed by anybody; the first that is not done is next. Where others have
    contracts that the reader does not see, the store is not empty."""
    if view.seen.catalogue.contracts or not any(
        view.who.may(right) for right in (Right.DESCRIBE, Right.ADMINISTER, Right.BIND)
    ):
        return []
    services, contracts, may = view.services, view.contracts.values(), view.who.may
    here = str(view.request.base_url).rstrip("/")
    described, signed = any(map(_is_described, services.values())), any(map(_is_signed, contracts))
    heard = any(one.last is not None for one in read_sources(view.seen))
    return [
        Step("services", "/new-service" if may(Right.DESCRIBE, "") else "", described, SERVICES),
        Step("calendar", "/new-calendar" if may(Right.ADMINISTER) else "", is_any_calendar(view.seen), CALENDAR),
        Step("contract", "/new-contract" if may(Right.BIND) else "", bool(contracts)),
        Step("signatures", "/contracts", signed),
        Step("event", "/connect" if may(Right.ADMIT) else "/quarantine", heard, EVENT.format(here=here)),
    ]


def _is_signed(row: ContractRow) -> bool:
    return any(one.signatures for one in row.versions)


def _is_described(row: ServiceRow) -> bool:
    return bool(row.people or row.sources)
