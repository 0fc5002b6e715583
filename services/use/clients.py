"""The clients of an offer side by side, and the mix to come: to a supplier all of them, to a client itself (SHARED §2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from domain.kinds.volume import Sum
from domain.offers.clients import (
    WINDOW,
    Expected,
    Mix,
    declared_of,
    expected,
    forecast_mix,
    mix,
)
from domain.offers.corridor import plan_of_month
from domain.offers.course import Agreed, Course, planned_meter
from domain.offers.metering import UNATTRIBUTED
from domain.periods import shifted
from services.charters.rows import CharterRow
from services.offers.reading import read_offer
from services.seeing.seen import Seen
from services.use.consumption import meters_of, shown_clients, totals_are_shown
from services.use.counting import OfferUse, Used
from services.use.rows import NOT_SHOWN, ClientRow, ClientsRow, ExpectedRow, ForecastRow, YearRow
from services.use.spans import Span, window_before

YEARS: Final = (1, 2)
"""Years ahead that are forecast."""


def read_clients(seen: Seen, offer: str, *, meter: str | None = None) -> ClientsRow:
    """By the first meter, or the one that is named; largest first. Raises NotFound."""
    use = OfferUse(seen, read_offer(seen, offer))
    one = meters_of(use, meter)[0]
    span = _window(use, one.id)
    used = use.by_client(one.id, span.months)
    found = mix({client: each.units for client, each in used.items() if client != UNATTRIBUTED})
    is_shown, is_whole = totals_are_shown(seen, use, one.id, span), len(span.months) == WINDOW
    rows = [_client(use, found, client, used, is_shown, is_whole) for client in shown_clients(seen, use)]
    total = Sum()
    for client in found.units:
        total = total.plus(used[client].amount)
    return ClientsRow(
        offer=offer,
        meter=one.id,
        unit=one.unit,
        window=span.id,
        clients=tuple(sorted(rows, key=lambda row: (-row.used.total, row.client))),
        months=len(span.months),
        total=total if is_shown else None,
        unattributed=used.get(UNATTRIBUTED, Used()).amount if is_shown else None,
        hhi=found.hhi if is_shown else None,
        as_if=found.as_if if is_shown else None,
        base=found.base if is_shown and is_whole else None,
        reason=None if is_shown else NOT_SHOWN,
        position=use.known.position,
        watermark=use.watermark,
    )


def _window(use: OfferUse, meter: str) -> Span:
    """The last twelve complete months, or those of them since the meter is in use."""
    began, running = use.began(meter), use.running
    if began is None or running is None:
        return Span("", ())
    count = (running.year - began.year) * 12 + running.month - began.month
    return window_before(running, max(min(count, WINDOW), 0))


def _client(
    use: OfferUse, found: Mix, client: str, used: Mapping[str, Used], is_shown: bool, is_whole: bool
) -> ClientRow:
    share = found.share(client) if is_shown else None
    of_class = found.class_of(client, use.offer.terms.primary_from) if is_shown and is_whole else None
    return ClientRow(client, used.get(client, Used()).amount, share, of_class)


# The mix to come


def read_forecast(seen: Seen, offer: str, *, meter: str | None = None) -> ForecastRow:
    """The next two years: what signed charters declare, else the trend. Raises NotFound."""
    use = OfferUse(seen, read_offer(seen, offer))
    one = meters_of(use, meter)[0]
    span = _window(use, one.id)
    is_shown = totals_are_shown(seen, use, one.id, span)
    shown = set(shown_clients(seen, use))
    years = [] if use.running is None else [_year(use, one.id, span, year, shown, is_shown) for year in YEARS]
    return ForecastRow(
        offer,
        one.id,
        one.unit,
        span.id,
        tuple(years),
        None if is_shown else NOT_SHOWN,
        use.known.position,
        use.watermark,
    )


def _year(use: OfferUse, meter: str, span: Span, year: int, shown: set[str], is_shown: bool) -> YearRow:
    running = use.running
    assert running is not None
    coming = window_before(shifted(running, 12 * year, "month"))
    rows = _expected(use, meter, span, coming, year)
    found = forecast_mix(rows)
    visible = sorted(rows.keys() & shown, key=lambda client: (-(rows[client].units or 0), client))
    is_said = found is not None and is_shown
    return YearRow(
        year,
        coming.id,
        tuple(_expected_row(use, rows[client], client, found if is_said else None) for client in visible),
        found.total if found is not None and is_said else None,
        found.hhi if found is not None and is_said else None,
        found.as_if if found is not None and is_said else None,
        found.base if found is not None and is_said else None,
    )


def _expected_row(use: OfferUse, one: Expected, client: str, found: Mix | None) -> ExpectedRow:
    share = found.share(client) if found is not None else None
    of_class = found.class_of(client, use.offer.terms.primary_from) if found is not None else None
    return ExpectedRow(client, one.units, one.method, share, of_class)


def _expected(use: OfferUse, meter: str, span: Span, coming: Span, year: int) -> dict[str, Expected]:
    """Of each client that used something within 24 months, or has declared it."""
    running, began = use.running, use.began(meter)
    assert running is not None
    earlier = window_before(shifted(running, -WINDOW, "month"))
    is_known = began is not None and began <= earlier.months[0]
    last, before = use.by_client(meter, span.months), use.by_client(meter, earlier.months)
    declared = {client: _declared(use, meter, client, coming.months) for client in use.clients}
    there = {client for client, plan in declared.items() if plan is not None} | last.keys() | before.keys()
    return {
        client: expected(
            declared.get(client),
            last.get(client, Used()).units,
            before.get(client, Used()).units if is_known else None,
            year,
        )
        for client in sorted(there - {UNATTRIBUTED})
    }


def _declared(use: OfferUse, meter: str, client: str, months: tuple[date, ...]) -> Fraction | None:
    """The plans of the signed charters of a client, where they cover all months."""
    courses = [
        course for row in use.charters if use.level(row.client) == client and (course := _course(row)) is not None
    ]
    plans: list[Fraction | None] = []
    for month in months:
        said = [plan_of_month(one, month) for one in courses if _is_of(one, month, meter)]
        known = [one for one in said if one is not None]
        plans.append(sum(known, Fraction(0)) if known else None)
    return declared_of(plans)


def _is_of(course: Course, month: date, meter: str) -> bool:
    version = course.on(month)
    return version is not None and planned_meter(version, month) == meter


def _course(row: CharterRow) -> Course | None:
    begins = row.begins
    if begins is None:
        return None
    versions = tuple(Agreed(one.effective, one.terms, ((date.min, one.offer),)) for one in row.agreed)
    return Course(row.id, row.client, begins, versions, row.until)
