"""A tree of good form of an offer or a charter → its terms (SHARED §1). Structure only: what is stored stays readable however the
checks are tightened."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from domain.durations import Elapsed, parse_duration
from domain.money import decimals_of, parse_amount
from domain.offers.terms import (
    BAND,
    PRIMARY_FROM,
    CharterTerms,
    ClientRule,
    DataRules,
    Driver,
    Feature,
    Intention,
    Level,
    Meter,
    OfferTerms,
    Pool,
    Price,
    Quota,
)
from services.contract_files import readings
from services.contract_files.documents import Tree
from services.contract_files.names import INTENTIONS
from services.contract_files.offer_leaves import retention_of
from services.contract_files.tree_reading import given, selector_of, text_of


def offer_of(tree: Tree) -> OfferTerms:
    """The terms of an offer of good form."""
    currency = tree["currency"]
    return OfferTerms(
        id=tree["offer"],
        title=text_of(tree.get("title"), tree["offer"]),
        supplier=tree["supplier"],
        timezone=tree["timezone"],
        currency=currency,
        meters=tuple(map(_meter, tree["meters"])),
        late_data=given(parse_duration, tree.get("late_data")) or Elapsed(0),
        effective=given(readings.local_date, tree.get("effective")),
        clients=tree.get("clients", "service"),
        primary_from=given(Fraction, tree.get("primary_from")) or PRIMARY_FROM,
        open_books=bool(tree.get("open_books", False)),
        features=tuple(Feature(one["id"], text_of(one.get("title"), one["id"])) for one in tree.get("features", ())),
        levels=tuple(_level(one, currency) for one in tree.get("levels", ())),
        index=given(readings.share, tree.get("index")),
        pools=tuple(map(_pool, tree.get("costs", ()))),
    )


def _meter(tree: Tree) -> Meter:
    client = tree["client"]
    mapped = given(lambda found: tuple(sorted(found.items())), client.get("map"))
    return Meter(
        id=tree["id"],
        title=text_of(tree.get("title"), tree["id"]),
        unit=tree.get("unit", ""),
        each=selector_of(tree["each"]),
        client=ClientRule(client["path"], mapped),
        value=tree.get("value"),
        by=tuple(tree.get("by", ())),
    )


def _level(tree: Tree, currency: str) -> Level:
    prices = sorted((_price(one, currency) for one in tree.get("prices", ())), key=lambda one: one.since)
    return Level(tree["id"], text_of(tree.get("title"), tree["id"]), tuple(prices))


def _price(tree: Tree, currency: str) -> Price:
    return Price(
        since=readings.local_date(tree["from"]),
        meter=tree["meter"],
        unit_price=unit_price_of(tree["unit_price"], currency),
        fixed=given(lambda text: parse_amount(text, currency), tree.get("fixed")),
    )


def unit_price_of(text: str, currency: str) -> Fraction:
    """`0.0042` in the currency's main unit → minor units, exactly."""
    return Fraction(Decimal(text)) * Fraction(10 ** decimals_of(currency))


def _pool(tree: Tree) -> Pool:
    return Pool(
        tree["id"], text_of(tree.get("title"), tree["id"]), tree.get("feature"), given(_driver, tree.get("driver"))
    )


def _driver(value: Any) -> Driver:
    if value == "equal":
        return Driver()
    keys = value.get("keys")
    return Driver(value.get("meter"), tuple(sorted(keys.items())) if keys is not None else None)


def charter_of(tree: Tree, currency: str) -> CharterTerms:
    """The terms of a charter of good form; `currency` is that of its offer."""
    offer = tree["offer"]
    return CharterTerms(
        id=tree["charter"],
        title=text_of(tree.get("title"), tree["charter"]),
        offer=offer_named(tree),
        client=tree["client"],
        effective=readings.local_date(tree["effective"]),
        level=tree["level"],
        follow=isinstance(offer, dict) and bool(offer.get("follow", False)),
        contract=tree.get("contract"),
        intention=given(_intention, tree.get("intention")),
        plan=tuple(map(Decimal, tree.get("plan", ()))),
        profile=given(tuple, tree.get("profile")),
        quota=given(lambda found: _quota(found, currency), tree.get("quota")),
        one_off=given(lambda text: parse_amount(text, currency), tree.get("one_off")) or 0,
        calendar=tree.get("calendar"),
        data=given(_data, tree.get("data")),
        rebaseline=(tree.get("rebaseline") or {}).get("reason"),
    )


def offer_named(tree: Tree) -> str:
    """The offer that a charter names."""
    offer = tree["offer"]
    return cast(str, offer["name"] if isinstance(offer, dict) else offer)


def _intention(tree: Tree) -> Intention:
    kind = next(one for one in INTENTIONS if one in tree)
    said = tree[kind]
    return Intention(
        kind,
        tree["meter"],
        at=given(Decimal, said.get("at")),
        band=BAND if (band := given(readings.share, said.get("band"))) is None else band,
        to=given(Decimal, said.get("to")),
        by=given(readings.local_date, said.get("by")),
    )


def _quota(tree: Tree, currency: str) -> Quota:
    price = given(lambda text: unit_price_of(text, currency), tree.get("price"))
    return Quota(Decimal(tree["quantity"]), tree["over"], price)


def _data(tree: Tree) -> DataRules:
    return DataRules(
        tree["kind"],
        tuple(tree.get("residence", ())),
        given(retention_of, tree.get("retention")),
        given(lambda found: text_of(found, ""), tree.get("basis")),
    )
