"""The months over which money of an offer is asked for (SHARED §4)."""

from __future__ import annotations

from datetime import date

from domain.periods import shifted
from domain.saying import said
from services.costs.rows import SpanState
from services.errors import Invalid
from services.use.counting import OfferUse
from services.use.spans import LAST, Span, month_span, span_named, window_before


def asked_span(use: OfferUse, name: str | None, *, months: int) -> Span:
    """The span of that id; without one, so many last complete months. Raises Invalid."""
    running = use.running
    if running is None and name in (None, LAST):
        raise Invalid(said("time has not passed yet"), place="period", mend=said("say a month, such as 2026-03"))
    if name is not None:
        return span_named(name, running or date.min)
    assert running is not None
    return month_span(shifted(running, -1, "month")) if months == 1 else window_before(running, months)


def state_of(use: OfferUse, span: Span) -> SpanState:
    """Final once time has passed what is allowed for late data."""
    watermark = use.watermark
    return "final" if watermark is not None and watermark >= use.metering.final_at(span.months[-1]) else "open"
