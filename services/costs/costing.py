"""What the supplier of an offer decides of its costs: to book one, to correct one (SHARED §4)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final
from uuid import UUID

from domain.money import parse_amount
from domain.offers.cost import Cost
from domain.saying import said, said_by
from domain.times import Clock, Instant
from services.access import Principal, Right
from services.costs.reading import read_cost
from services.deciding import saved, within_bounds, words_of
from services.errors import Invalid, NotFound, Refused, TimeInFuture
from services.history.history import History
from services.offers.reading import read_offer
from services.offers.rows import OfferRow
from services.seeing.seen import Seeing
from services.timekeeping import SETTLE

_MONTH: Final = re.compile(r"\d{4}-\d\d", re.ASCII)


class Costing:
    """Use cases of who may bind the supplier: get, decide, save; each gives the position of its entry. `time`, in both: when it
    happened, None: now. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now

    def book(
        self,
        who: Principal,
        offer: str,
        pool: str,
        month: str,
        amount: str,
        text: str = "",
        *,
        currency: str | None = None,
        time: Instant | None = None,
    ) -> tuple[str, int]:
        """An amount of a pool in a month, in the main unit of the offer's currency, as text. Its id and position."""
        row = self._seeing.read(who, read_offer, offer)
        self._require_supplier(who, row, said("booking costs of {offer}", offer=offer))
        _require_pool(row, pool)
        day, words = month_named(month), words_of(text, "")
        minor = money_of(amount, row.terms.currency, currency)
        if minor == 0:
            raise Invalid(said("nothing was spent"), place="amount", slug="amount-invalid")
        at = self._now()
        id = Cost.id_of(offer, pool, month, minor, words)
        found = Cost(
            cost=id,
            offer=offer,
            pool=pool,
            month=f"{day:%Y-%m}",
            amount=minor,
            currency=row.terms.currency,
            text=words,
            time=_happened(time, at),
            by=who.by(Right.BIND, row.supplier),
            at=at,
        )
        if self._is_booked(id):
            raise Refused(
                said("the same was booked already"), place=id, mend=said("say in its text what tells them apart")
            )
        return id, self._history.save(found)

    def correct(self, who: Principal, cost: str, amount: str, text: str, *, time: Instant | None = None) -> int:
        """`amount` is what is added to it; a negative one takes away."""
        with self._seeing.seen(who) as seen:
            row = read_cost(seen, cost)
            offer = read_offer(seen, row.offer)
        self._require_supplier(who, offer, said("correcting costs of {offer}", offer=row.offer))
        minor, words, at = money_of(amount, row.currency), words_of(text), self._now()
        found, by, happened = (
            self._history.get(UUID(row.id), Cost),
            who.by(Right.BIND, offer.supplier),
            _happened(time, at),
        )
        return saved(self._history, found, lambda: found.correct(minor, words, time=happened, by=by, at=at), row.id)

    def _require_supplier(self, who: Principal, row: OfferRow, what: str) -> None:
        who.require(Right.BIND, row.supplier, what)

    def _is_booked(self, id: str) -> bool:
        try:
            self._history.get(UUID(id), Cost)
        except NotFound:
            return False
        return True


def month_named(text: str) -> date:
    """The first day of the month. Raises Invalid."""
    try:
        if _MONTH.fullmatch(text) is None:
            raise ValueError
        return within_bounds(date.fromisoformat(f"{text}-01"), "month")
    except ValueError as error:
        raise Invalid(said("“{month}” is no month", month=text), place="month", mend=said("such as 2026-03")) from error


def money_of(amount: str, currency: str, said_currency: str | None = None) -> int:
    """An amount in the main unit → minor units. Raises Invalid for what is none, and for another currency than the offer's."""
    if said_currency is not None and said_currency != currency:
        what = said("the money of the offer is {currency}, and is not converted", currency=currency)
        raise Invalid(what, place="currency", slug="other-currency")
    try:
        return parse_amount(amount, currency)
    except ValueError as error:
        raise Invalid(said_by(error), place="amount", slug="amount-invalid") from error


def _require_pool(row: OfferRow, pool: str) -> None:
    pools = [one.id for one in row.terms.pools]
    if pool not in pools:
        raise Invalid(
            said("{offer} has no pool of costs “{pool}”", offer=row.id, pool=pool),
            place="pool",
            mend=said("one of {known}", known=", ".join(pools) or said("none")),
        )


def _happened(time: Instant | None, now: Instant) -> Instant:
    """Raises TimeInFuture for a moment that the clock has not reached."""
    if time is None:
        return now
    if time > now + SETTLE:
        raise TimeInFuture(said("it has not happened yet"), place="time", mend=said("now, or earlier"))
    return time
