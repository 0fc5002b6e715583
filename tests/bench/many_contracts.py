"""Many contracts with a year behind them: two commitments each, something due every day, cases now and then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from domain.times import show
from entente.settings import Settings
from entente.wiring import Program, program
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR
from services.contract_files import read_documents
from services.contracts.contracting import Contracting

SERVICES = 40
FIRST = datetime(2025, 11, 3, tzinfo=UTC)
DOOR = 1_000


def build(url: str, contracts: int, days: int, cases: int = 1) -> int:
    """Fills an empty store; how many occurrences it has then. `cases` of each contract a week."""
    now = [_instant(FIRST - timedelta(days=9))]
    with program(Settings(store=url), clock=lambda: now[0]) as opened:
        for number in range(contracts):
            [document] = read_documents(_file(number), "contract")
            opened.store.use(Contracting).apply(ADMINISTRATOR, document, sign=("supplier", "client"))
        opened.store.judging.catch_up()
        for day in range(days):
            events = [decode_structured(one) for one in _events(contracts, day, cases)]
            now[0] = _instant(FIRST + timedelta(days=day, hours=20))
            for first in range(0, len(events), DOOR):
                opened.door.submit(events[first : first + DOOR], ADMINISTRATOR, "http")
            opened.store.timekeeping.advance(ADMINISTRATOR, now[0])
            if day % 30 == 29 or day == days - 1:
                opened.store.judging.catch_up()
        return _occurrences(opened)


def _occurrences(opened: Program) -> int:
    with opened.store.history.database.connect() as reads:
        count: int = reads.query("SELECT COUNT(*) FROM view_occurrence")[0][0]
    return count


def _instant(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def _file(number: int) -> str:
    supplier, client = number % SERVICES, (number * 7 + 3 + number // SERVICES) % SERVICES
    client = client if client != supplier else (client + 1) % SERVICES
    return f"""entente: 1
contract: c-{number:03}
title: {{en: Contract {number}, fr: Contrat {number}}}
supplier: service-{supplier:02}
client: service-{client:02}
timezone: Europe/Paris
valid: {{from: {FIRST:%Y-%m-%d}}}
review: {{every: "FREQ=MONTHLY;BYDAY=1TU", at: "14:00", duration: 1 h}}
deliverables:
  - id: report
    title: {{en: Daily report {number}, fr: Rapport du jour {number}}}
    criteria:
      - id: on-time
        owner: anna.martin
        indicator:
          kind: punctuality
          delivered: {{type: report.delivered, where: {{data.of: c-{number:03}}}}}
          due: {{every: day, at: "10:00"}}
          key: data.day
          warn: 2 h
        target: {{at_least: 90 %, per: month}}
  - id: requests
    title: {{en: Requests {number}, fr: Demandes {number}}}
    criteria:
      - id: answered
        owner: anna.martin
        indicator:
          kind: turnaround
          opened: {{type: request.opened, where: {{data.of: c-{number:03}}}}}
          closed: {{type: request.closed, where: {{data.of: c-{number:03}}}}}
          within: 4 h
        target: {{at_least: 80 %, per: quarter}}
"""


def _events(contracts: int, day: int, cases: int) -> Iterator[bytes]:
    """One report of thirteen is late, one of seventeen never comes; of eleven cases one is never closed."""
    date = FIRST + timedelta(days=day)
    for number in range(contracts):
        mixed = number * 31 + day * 17
        data = {"of": f"c-{number:03}", "day": f"{date:%Y-%m-%d}"}
        if mixed % 17:
            at = date + timedelta(hours=11 if mixed % 13 == 0 else 7)
            yield _event(f"r-{number}-{day}", "report.delivered", at, data)
        for strand in range((-number - day) % 7, cases, 7):
            case, opened = f"k-{number}-{day}-{strand}", date + timedelta(hours=8, minutes=strand * 7 % 360)
            yield _event(f"{case}-o", "request.opened", opened, data, case)
            if (mixed + strand) % 11:
                closed = opened + timedelta(hours=1 + (mixed + strand) % 5)
                yield _event(f"{case}-c", "request.closed", closed, data, case)


def opening(number: int, case: str, at: datetime) -> bytes:
    """A case more of that contract."""
    return _event(f"{case}-o", "request.opened", at, {"of": f"c-{number:03}"}, case)


def _event(id: str, type: str, at: datetime, data: dict[str, str], subject: str = "") -> bytes:
    content = {
        "specversion": "1.0",
        "id": id,
        "source": "bench",
        "type": type,
        "time": show(_instant(at)),
        "data": data,
    }
    return json.dumps(content | ({"subject": subject} if subject else {})).encode()
