"""What was allocated and charged in the last twelve complete months, as tables that are exported."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from dashboards.pages.house.frame import View
from dashboards.tables import Cell, Table
from domain.money import show_amount
from domain.offers.clients import WINDOW
from services.costs.allocation import read_allocation
from services.costs.rows import Charged
from services.costs.showback import read_charges
from services.costs.shown import month_text, unit_price_text
from services.offers.reading import read_offers
from services.offers.rows import OfferRow


def allocation(view: View) -> Table:
    headers = ("offer", "pool", "month", "client", "amount", "currency", "driver", "meter", "weight", "of")
    return headers, (
        (row.id, one.pool, month_text(one.month), one.client, _money(one.amount, row.terms.currency), row.terms.currency,
         one.driver, one.meter, _number(one.weight), _number(one.of))
        for row in _offers(view) if row.is_own or row.terms.open_books
        for one in read_allocation(view.seen, row.id).lines
    )  # fmt: skip


def charges(view: View) -> Table:
    headers = (
        "offer", "client", "charter", "charged in", "month", "meter", "line", "quantity", "unit price", "amount", "currency",
    )  # fmt: skip
    return headers, (
        _charged(row, one) for row in _offers(view) for one in read_charges(view.seen, row.id, months=WINDOW).lines
    )


def _charged(row: OfferRow, one: Charged) -> tuple[Cell, ...]:
    currency, line = row.terms.currency, one.line
    price = unit_price_text(line.unit_price, currency)
    return (
        row.id, one.client, one.charter, month_text(one.period), month_text(line.month), line.meter, line.what,
        _number(line.quantity), None if price is None else Decimal(price), _money(line.amount, currency), currency,
    )  # fmt: skip


def _offers(view: View) -> list[OfferRow]:
    """Those that one sees; none before time has passed."""
    return view.seen.once(read_offers) if view.seen.known.watermark is not None else []


def _money(amount: int, currency: str) -> Decimal:
    return Decimal(show_amount(amount, currency))


def _number(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)
