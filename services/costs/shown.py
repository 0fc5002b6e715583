"""Money of shared services in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from domain.figures import shown
from domain.money import decimals_of, show_amount
from domain.offers import allocating, budget, corridor
from domain.offers.allocating import coverage
from services.api.showing import known_json, moment_json
from services.costs.budgets import CharterCost as CharterCostRow
from services.costs.rows import AllocationRow, Charged, ChargesRow, CostNote, CostRow, Summed
from services.costs.shapes import (
    AllocatedLine,
    Allocation,
    BudgetLine,
    BudgetYear,
    ChargedLine,
    Charges,
    CharterCost,
    ClientCost,
    CorridorShape,
    Cost,
    MeterCost,
    PoolCost,
)
from services.costs.shapes import CostNote as CostNoteShape
from services.explaining.figures import four_places
from services.seeing.known import Known
from services.use.rows import NOT_SHOWN

_DAY = timedelta(days=1)


def cost_json(row: CostRow, zone_name: str | None) -> Cost:
    return {
        "id": row.id,
        "offer": row.offer,
        "pool": row.pool,
        "month": month_text(row.month),
        "amount": show_amount(row.amount, row.currency),
        "currency": row.currency,
        "booked": _note(row.booked, row.currency, zone_name),
        "corrections": [_note(one, row.currency, zone_name) for one in row.corrections],
    }


def charges_json(row: ChargesRow, known: Known) -> Charges:
    return {
        "offer": row.offer,
        "period": row.span.id,
        "state": row.state,
        "currency": row.currency,
        "lines": [_charged(one, row.currency) for one in row.lines],
        "total": show_amount(row.total, row.currency),
        "allocated": show_amount(row.costs.allocated, row.currency) if row.costs is not None else None,
        "unallocated": show_amount(row.costs.unallocated, row.currency) if row.costs is not None else None,
        **known_json(known),
    }


def allocation_json(row: AllocationRow, known: Known) -> Allocation:
    total: Summed | None = row.total if row.not_shown is None else None
    charged = sum(row.charged.values())
    money = row.currency
    return {
        "offer": row.offer,
        "period": row.span.id,
        "state": row.state,
        "currency": money,
        "lines": [_allocated(one, money) for one in row.lines],
        "pools": [_pool(pool, one, money) for pool, one in row.pools.items()],
        "clients": _clients(row),
        "meters": [_meter(meter, row) for meter in row.units],
        "booked": show_amount(total.booked, money) if total is not None else None,
        "allocated": show_amount(total.allocated, money) if total is not None else None,
        "unallocated": show_amount(total.unallocated, money) if total is not None else None,
        "charged": show_amount(charged, money) if row.is_whole else None,
        "coverage": _share(coverage(charged, row.total.allocated)) if row.is_whole else None,
        "because": NOT_SHOWN if row.not_shown is not None else None,
        **known_json(known),
    }


def charter_cost_json(row: CharterCostRow, found: corridor.Corridor | None, known: Known) -> CharterCost:
    return {
        "charter": row.charter.id,
        "offer": row.charter.offer,
        "client": row.charter.client,
        "currency": row.currency,
        "is_agreed": row.is_agreed,
        "years": [_year(one, row.currency) for one in row.years],
        "calendar_years": [_year(one, row.currency) for one in row.calendar],
        "total": _maybe(row.total, row.currency),
        "corridor": corridor_json(found) if found is not None else None,
        **known_json(known),
    }


def corridor_json(one: corridor.Corridor) -> CorridorShape:
    return {
        "year": one.year,
        "first": one.first.isoformat(),
        "meter": one.meter,
        "months": one.months,
        "plan": exact(one.plan),
        "to_date": exact(one.to_date),
        "used": four_places(one.used),
        "so_far": four_places(one.so_far),
        "ratio": _share(one.ratio),
        "state": one.state,
        "quota": exact(one.quota),
        "left": exact(one.left),
        "flags": list(one.flags),
    }


def month_text(month: date) -> str:
    return f"{month:%Y-%m}"


def exact(value: Fraction | None) -> str | None:
    return four_places(value) if value is not None else None


def unit_price_text(price: Fraction | None, currency: str) -> str | None:
    """In the main unit, with the decimals of the currency at least."""
    if price is None:
        return None
    decimals = decimals_of(currency)
    whole = price / 10**decimals
    text = f"{Decimal(whole.numerator) / Decimal(whole.denominator):f}"
    after = text.partition(".")[2].rstrip("0").ljust(decimals, "0")
    return f"{text.partition('.')[0]}.{after}" if after else text.partition(".")[0]


def _share(value: Fraction | None) -> str | None:
    return shown(value) if value is not None else None


def _maybe(amount: int | None, currency: str) -> str | None:
    return show_amount(amount, currency) if amount is not None else None


def _note(one: CostNote, currency: str, zone_name: str | None) -> CostNoteShape:
    return {
        "amount": show_amount(one.amount, currency),
        "text": one.text,
        "time": moment_json(one.time, zone_name),
        "by": one.by,
        "at": moment_json(one.at, zone_name),
    }


def _charged(one: Charged, currency: str) -> ChargedLine:
    return {
        "client": one.client,
        "charter": one.charter,
        "month": month_text(one.line.month),
        "meter": one.line.meter,
        "what": one.line.what,
        "quantity": exact(one.line.quantity),
        "unit_price": unit_price_text(one.line.unit_price, currency),
        "amount": show_amount(one.line.amount, currency),
    }


def _allocated(one: allocating.Allocated, currency: str) -> AllocatedLine:
    return {
        "pool": one.pool,
        "month": month_text(one.month),
        "client": one.client,
        "amount": show_amount(one.amount, currency),
        "driver": one.driver,
        "meter": one.meter,
        "weight": exact(one.weight),
        "of": exact(one.of),
    }


def _pool(pool: str, one: Summed, currency: str) -> PoolCost:
    return {
        "pool": pool,
        "booked": show_amount(one.booked, currency),
        "allocated": show_amount(one.allocated, currency),
        "unallocated": show_amount(one.unallocated, currency),
    }


def _clients(row: AllocationRow) -> list[ClientCost]:
    found: list[ClientCost] = []
    for client in sorted({*row.charged, *(one.client for one in row.lines if one.client is not None)}):
        allocated, charged = row.allocated_to(client), row.charged.get(client, 0)
        found.append(
            {
                "client": client,
                "allocated": show_amount(allocated, row.currency),
                "charged": show_amount(charged, row.currency),
                "margin": show_amount(charged - allocated, row.currency),
                "coverage": _share(coverage(charged, allocated)),
            }
        )
    return found


def _meter(meter: str, row: AllocationRow) -> MeterCost:
    cost = row.unit_costs[meter]
    return {
        "meter": meter,
        "units": four_places(row.units[meter]),
        "unit_cost": show_amount(round(cost), row.currency) if cost is not None else None,
    }


def _year(one: budget.BudgetYear, currency: str) -> BudgetYear:
    return {
        "year": one.year,
        "first": one.first.isoformat(),
        "last": (one.after - _DAY).isoformat(),
        "lines": _lines(one.lines, currency),
        "total": _maybe(one.total, currency),
    }


def _lines(lines: Iterable[budget.BudgetLine], currency: str) -> list[BudgetLine]:
    return [
        {
            "what": one.what,
            "meter": one.meter,
            "quantity": exact(one.quantity),
            "unit_price": unit_price_text(one.unit_price, currency),
            "amount": _maybe(one.amount, currency),
        }
        for one in lines
    ]
