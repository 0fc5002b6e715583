"""Use and clients as they are shown, over HTTP and for `--json` (INTERFACE §3, §4)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import overload

from domain.kinds.volume import Sum
from services.api.showing import moment_json
from services.use.rows import ClientsRow, ForecastRow, UseRow, YearRow
from services.use.shapes import Clients, Consumption, Forecast, Year

_PLACES = 4


def use_json(row: UseRow) -> Consumption:
    """The object of `consumption --json`."""
    found: Consumption = {
        "offer": row.offer,
        "meter": row.meter,
        "client": row.client,
        "period": row.period,
        "state": row.state,
        "units": units_text(row.used),
        "share": share_text(row.share),
        "total": units_text(row.total),
        "unattributed": units_text(row.unattributed),
        "final": units_text(row.final),
        "causes": list(row.causes),
        "unusable": row.used.unusable if row.used is not None else 0,
        "reason": "not-shown-too-few" if row.reason is not None else None,
        "position": row.position,
        "watermark": moment_json(row.watermark, None),
    }
    if row.by is not None:
        found["slice"] = {"by": row.by, "value": row.group or None}
    return found


def clients_json(row: ClientsRow) -> Clients:
    """The object of `offers clients --json`."""
    return {
        "offer": row.offer,
        "meter": row.meter,
        "window": row.window,
        "clients": [
            {
                "client": one.client,
                "units": one.used.text,
                "share": share_text(one.share),
                "class": one.client_class,
            }
            for one in row.clients
        ],
        "total": units_text(row.total),
        "unattributed": units_text(row.unattributed),
        "hhi": share_text(row.hhi),
        "as_if": share_text(row.as_if),
        "base": row.base,
        "months": row.months,
        "reason": "not-shown-too-few" if row.reason is not None else None,
        "position": row.position,
        "watermark": moment_json(row.watermark, None),
    }


def forecast_json(row: ForecastRow) -> Forecast:
    """The object of `offers forecast --json`."""
    return {
        "offer": row.offer,
        "meter": row.meter,
        "window": row.window,
        "years": [_year_json(one) for one in row.years],
        "reason": "not-shown-too-few" if row.reason is not None else None,
        "position": row.position,
        "watermark": moment_json(row.watermark, None),
    }


def _year_json(row: YearRow) -> Year:
    return {
        "year": row.year,
        "window": row.window,
        "clients": [
            {
                "client": one.client,
                "units": forecast_text(one.units),
                "method": one.method,
                "share": share_text(one.share),
                "class": one.client_class,
            }
            for one in row.clients
        ],
        "total": forecast_text(row.total),
        "hhi": share_text(row.hhi),
        "as_if": share_text(row.as_if),
        "base": row.base,
    }


@overload
def units_text(amount: Sum) -> str: ...
@overload
def units_text(amount: Sum | None) -> str | None: ...
def units_text(amount: Sum | None) -> str | None:
    return amount.text if amount is not None else None


def share_text(value: Fraction | None) -> str | None:
    """With four places, half to even."""
    return str(_rounded(value)) if value is not None else None


def forecast_text(units: Fraction | None) -> str | None:
    """With as many places as it has, four at most."""
    return f"{_rounded(units).normalize():f}" if units is not None else None


def _rounded(value: Fraction) -> Decimal:
    return Decimal(round(value * 10**_PLACES)).scaleb(-_PLACES)
