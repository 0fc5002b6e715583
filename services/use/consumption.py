"""What was used, by client, meter and period: to a supplier of everybody, to a client its own (SHARED §2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from domain.kinds.volume import Sum
from domain.offers.clients import may_be_shown
from domain.offers.metering import UNATTRIBUTED
from domain.offers.terms import Meter
from domain.periods import shifted
from domain.saying import said
from domain.slicing import BY_TIME, group_order
from services.errors import Invalid, NotFound
from services.offers.reading import read_offer
from services.seeing.seen import Seen
from services.use.counting import OfferUse, Used
from services.use.rows import NOT_SHOWN, State, UseRow
from services.use.spans import Span, month_span, span_named

MOST_MONTHS: Final = 13
"""Months that are shown where no period is asked for: the running one, and twelve before it."""


def read_consumption(
    seen: Seen,
    offer: str,
    *,
    client: str | None = None,
    meter: str | None = None,
    period: str | None = None,
    by: str | None = None,
) -> list[UseRow]:
    """By meter, period, client, and, with `by`, group. Without a period: month by month, the running one and the twelve before. Nothing
    before time was declared. Raises NotFound, Invalid."""
    use = OfferUse(seen, read_offer(seen, offer))
    meters = [one for one in meters_of(use, meter) if by is None or by in BY_TIME or by in one.by]
    if by is not None and not meters:
        what = said("no meter of {offer} is cut by “{by}”", offer=offer, by=by)
        paths = {path for one in use.metering.meters for path in one.by}
        raise Invalid(what, place="by", mend=", ".join([*BY_TIME, *sorted(paths)]))
    shown = shown_clients(seen, use, client)
    return [
        row
        for one in meters
        for span in _spans(use, one, period)
        for row in (
            _rows(_Of(seen, use, one, span), shown) if by is None else _groups(_Of(seen, use, one, span), shown, by)
        )
    ]


def meters_of(use: OfferUse, meter: str | None) -> list[Meter]:
    """The one that is named, else all. Raises NotFound."""
    found = [one for one in use.metering.meters if meter in (None, one.id)]
    if not found:
        what = said("{offer} has no meter “{meter}”", offer=use.offer.id, meter=str(meter))
        raise NotFound(what, mend=", ".join(one.id for one in use.metering.meters))
    return found


def shown_clients(seen: Seen, use: OfferUse, client: str | None = None) -> list[str]:
    """Those that who asks may see, or the one of them that is named. Raises NotFound."""
    found = sorted(one for one in use.clients if use.offer.is_own or seen.sees(one))
    if client is None:
        return found
    if client not in found:
        raise NotFound(said("{offer} has no client “{client}”", offer=use.offer.id, client=client))
    return [client]


def totals_are_shown(seen: Seen, use: OfferUse, meter: str, span: Span) -> bool:
    """Whether what all clients used together is shown to who asks (SHARED §2 "Who sees what")."""
    if use.offer.is_own:
        return True
    running = use.running
    if running is None or not span.is_window(running):
        return False
    units = {one: used.units for one, used in use.by_client(meter, span.months).items() if one != UNATTRIBUTED}
    return may_be_shown(units, {one for one in use.clients if seen.sees(one)})


def _spans(use: OfferUse, meter: Meter, period: str | None) -> Sequence[Span]:
    running = use.running
    if running is None:
        return ()
    if period is not None:
        return (span_named(period, running),)
    began = use.began(meter.id)
    months = [shifted(running, -back, "month") for back in range(MOST_MONTHS - 1, -1, -1)]
    return [month_span(one) for one in months if began is not None and one >= began]


class _Of:
    """One meter over one span."""

    def __init__(self, seen: Seen, use: OfferUse, meter: Meter, span: Span):
        self.use, self.meter, self.span = use, meter, span
        self.is_shown = totals_are_shown(seen, use, meter.id, span)
        running = use.running
        assert running is not None
        self.is_to_come = span.months[0] > running
        now = use.watermark
        assert now is not None
        self.is_open = any(now < use.metering.final_at(month) for month in span.months)

    def state(self, used: Used) -> State:
        if self.is_open:
            return "open"
        return "restated" if used.late != Sum() else "final"

    def row(self, client: str, used: Used, beside: _Beside, *, is_shown: bool) -> UseRow:
        share = Fraction(used.amount.total) / Fraction(beside.total.total) if beside.total.total > 0 else None
        are_said = is_shown and not self.is_to_come
        return UseRow(
            offer=self.use.offer.id,
            meter=self.meter.id,
            unit=self.meter.unit,
            client=client,
            period=self.span.id,
            state=self.state(used),
            used=None if self.is_to_come else used.amount,
            final=None if self.is_open else used.final,
            causes=used.causes,
            share=share if are_said else None,
            total=beside.total if are_said else None,
            unattributed=beside.unattributed if are_said else None,
            reason=None if is_shown else NOT_SHOWN,
            position=self.use.known.position,
            watermark=self.use.watermark,
        )


@dataclass(slots=True)
class _Beside:
    """What all clients used together, and what is nobody's."""

    total: Sum
    unattributed: Sum

    def add(self, client: str, amount: Sum) -> None:
        if client == UNATTRIBUTED:
            self.unattributed = self.unattributed.plus(amount)
        else:
            self.total = self.total.plus(amount)


def _rows(of: _Of, shown: Sequence[str]) -> Iterator[UseRow]:
    used = of.use.by_client(of.meter.id, of.span.months)
    beside = _Beside(Sum(), Sum())
    for client, one in used.items():
        beside.add(client, one.amount)
    for client in shown:
        yield of.row(client, used.get(client, Used()), beside, is_shown=of.is_shown)


def _groups(of: _Of, shown: Sequence[str], by: str) -> Iterator[UseRow]:
    """By client and group; a client sees its own units alone, whatever the period."""
    found = of.use.cut(of.meter.id, of.span.months, by)
    beside: dict[str, _Beside] = {}
    for (client, group), amount in found.items():
        beside.setdefault(group, _Beside(Sum(), Sum())).add(client, amount)
    wanted, order = set(shown), {group: place for place, group in enumerate(sorted(beside, key=_in_order))}
    for client, group in sorted(found.keys(), key=lambda key: _place(key, order)):
        if client in wanted:
            used = Used(found[client, group])
            row = of.row(client, used, beside[group], is_shown=of.use.offer.is_own)
            yield replace(row, by=by, group=group, final=None)


def _in_order(group: str) -> tuple[int, int, str]:
    return group_order(group or None)


def _place(key: tuple[str, str], order: Mapping[str, int]) -> tuple[str, int]:
    client, group = key
    return client, order[group]
