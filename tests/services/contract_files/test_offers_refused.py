"""What files of offers and charters may not say, and that those of SHARED §1 are read as they stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from domain.offers.terms import Intention, Price, Quota, Retention
from services.contract_files import charter_terms, check, offer_terms, read_documents
from services.contract_files.difference import differences, sentences
from services.errors import DocumentInvalid
from tests.given import Tree, document
from tests.services.offered import CHARTER, OFFER, changed

TERMS = offer_terms(document(OFFER))
INVOICES = """
entente: 1
offer: invoices
title: {en: Supplier invoices, fr: Factures fournisseurs}
supplier: accounting
timezone: Europe/Paris
currency: EUR
meters:
  - {id: invoices, title: {en: Invoices booked, fr: Factures comptabilisées}, each: {type: invoice.booked, source: erp/ap},
     client: {path: data.cost_centre, map: {SAL: sales, MKT: marketing, LOG: logistics}}}
levels:
  - {id: five-days, title: {en: Within five days, fr: En cinq jours}, prices: [{from: 2026-01-01, meter: invoices, unit_price: "3.15"}]}
costs: [{id: centre, title: {en: Centre, fr: Centre}, driver: {meter: invoices}}]
---
entente: 1
charter: invoices-logistics
title: {en: Invoices of logistics, fr: Factures de la logistique}
offer: {name: invoices, follow: true}
client: logistics
effective: 2026-07-01
level: five-days
intention: {cap: {at: 24000}, meter: invoices}
plan: [24000]
data: {kind: personal, residence: [EU], retention: 10 years}
"""


def test_the_files_of_a_town_hall_are_read_as_they_stand() -> None:
    assert (TERMS.id, TERMS.supplier, TERMS.currency, TERMS.index) == (
        "it-support",
        "digital-syndicate",
        "EUR",
        Fraction(1, 50),
    )
    assert TERMS.level("standard").prices == (Price(date(2026, 1, 1), "hours", Fraction(4800), 1_200_000),)
    assert ("hr", "human-resources") in (TERMS.meter("hours").client.map or ())
    assert [(one.id, one.driver and one.driver.meter) for one in TERMS.pools] == [
        ("staff", "hours"),
        ("weekend-duty", None),
    ]
    terms = charter_terms(document(CHARTER), TERMS, is_first=True)
    assert terms.intention == Intention("grow", "hours", to=Decimal(1100), by=date(2028, 12, 31))
    assert terms.plan == (Decimal(900), Decimal(1000), Decimal(1100))
    assert terms.quota == Quota(Decimal(900), "billed")
    assert terms.one_off == 350_000
    assert terms.data is not None
    assert terms.data.retention == Retention(24, "month")


def test_those_of_a_company_too() -> None:
    offered, chartered = read_documents(INVOICES, "f.yaml")
    offer = offer_terms(offered)
    terms = charter_terms(chartered, offer, is_first=True)
    assert (terms.offer, terms.follow, terms.intention) == (
        "invoices",
        True,
        Intention("cap", "invoices", at=Decimal(24000)),
    )
    assert offer.level("five-days").prices[0].unit_price == 315


def test_a_unit_price_may_be_a_part_of_a_cent() -> None:
    tree = changed(OFFER, "levels", 0, "prices", 0, "unit_price", to="0.0042")
    assert offer_terms(document(tree)).level("standard").prices[0].unit_price == Fraction(42, 100)


METER, PRICE = OFFER["meters"][0], OFFER["levels"][0]["prices"][0]
PRICES = ("levels", 0, "prices")
REFUSED: list[tuple[Tree, str]] = [
    (changed(OFFER, "meters", to=[METER, {**METER, "id": "again"}]), "each event would be counted twice"),
    (changed(OFFER, "meters", to=[METER, {**METER, "each": {"type": "other"}}]), "the id “hours” is taken already"),
    (changed(OFFER, *PRICES, to=[PRICE, {**PRICE, "unit_price": "50.00"}]), "hours has a price from 2026-01-01 already"),
    (changed(OFFER, *PRICES, 0, "fixed", to="12000.005"), "is no amount of EUR"),
    (changed(OFFER, *PRICES, 0, "fixed", to="-1.00"), "less than nothing is no price"),
    (changed(OFFER, *PRICES, 0, "fixed", to=12000), "money is a text, not the number 12000"),
    (changed(OFFER, *PRICES, 0, "unit_price", to=48.5), "money is a text, not"),
    (changed(OFFER, *PRICES, 0, "unit_price", to="0.0000001"), "is no price of one unit"),
    (changed(OFFER, *PRICES, 0, "unit_price", to="-3.00"), "is no price of one unit"),
    (changed(OFFER, *PRICES, 0, "meter", to="hour"), "there is no “hour” in the offer"),
    (changed(OFFER, "currency", to="EURO"), "“EURO” is no currency"),
    (changed(OFFER, "primary_from", to="4/3"), "“4/3” is no part of the whole"),
    (changed(OFFER, "costs", 1, "feature", to="nights"), "there is no “nights” in the offer"),
    (changed(OFFER, "costs", 0, "driver", "meter", to="pages"), "there is no “pages” in the offer"),
    (changed(OFFER, "costs", 0, "driver", to="fairly"), "equal"),
    (changed(OFFER, "supplier", to="auditor"), "the name “auditor” is reserved"),
    (changed(OFFER, "meters", to=[{**METER, "id": f"m{n}", "each": {"type": f"t{n}"}} for n in range(6)]), "5"),
    (changed(CHARTER, "profile", to=[1] * 11), "11 are too few (at least 12)"),
    (changed(CHARTER, "profile", to=[0] * 12), "its parts sum to nothing"),
    (changed(CHARTER, "plan", to=[1] * 6), "5"),
    (changed(CHARTER, "plan", to=[-1]), "less than nothing is no quantity"),
    (changed(CHARTER, "data", "residence", to=["XX"]), "“XX” is no country"),
    (changed(CHARTER, "data", "kind", to="none"), "it says residence, but there are no data"),
    (changed(CHARTER, "quota", to={"quantity": 9, "per": "year", "over": "allowed", "price": "1.00"}), "nothing beyond it is charged"),
    (changed(CHARTER, "quota", "over", to="refused"), "refused"),
    (changed(CHARTER, "intention", to={"meter": "hours"}), "it has exactly one of grow, hold, cap, shrink"),
    (changed(CHARTER, "intention", "cap", to={"at": 3}), "it has exactly one of"),
    (changed(OFFER, "costs", 0, "driver", to={}), "it has exactly one of meter, keys"),
    (changed(CHARTER, "client", to="administrator"), "the name “administrator” is reserved"),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_it_says_amiss_is_refused(tree: Tree, said: str) -> None:
    [problem] = check(document(tree))
    assert said in problem


def test_a_text_that_is_mapped_twice_is_refused() -> None:
    with pytest.raises(DocumentInvalid, match="SAL"):
        read_documents(INVOICES.replace("MKT: marketing", "SAL: marketing"), "f.yaml")


def with_offer(*path: str | int, to: Any) -> Tree:
    return changed(CHARTER, *path, to=to)


REFUSED_WITH: list[tuple[Tree, str]] = [
    (with_offer("level", to="premium"), "there is no “premium” in the offer"),
    (with_offer("intention", "meter", to="pages"), "there is no “pages” in the offer"),
    (with_offer("one_off", to="3500.001"), "is no amount of EUR"),
    (with_offer("effective", to="2026-01-15"), "the first of a month, such as 2026-01-01"),
    (with_offer("client", to="digital-syndicate"), "digital-syndicate is the supplier of the offer"),
    (with_offer("data", "retention", to="1 year"), "one year and 5 days at least"),
    (changed(with_offer("intention", to={"hold": {}, "meter": "hours"}), without="plan"), "nothing says how much is held"),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "said"), REFUSED_WITH, ids=[said for _, said in REFUSED_WITH])
def test_what_its_offer_does_not_allow_is_refused(tree: Tree, said: str) -> None:
    assert check(document(tree)) == []
    with pytest.raises(DocumentInvalid) as refused:
        charter_terms(document(tree), TERMS, is_first=True)
    [problem] = refused.value.problems
    assert said in problem


def test_a_year_and_the_time_for_what_comes_late_are_long_enough() -> None:
    charter_terms(document(with_offer("data", "retention", to="370 days")), TERMS, is_first=True)
    with pytest.raises(DocumentInvalid, match="one year and 5 days"):
        charter_terms(document(with_offer("data", "retention", to="369 days")), TERMS, is_first=True)


def test_a_later_version_may_begin_within_a_month() -> None:
    charter_terms(document(with_offer("effective", to="2026-01-15")), TERMS, is_first=False)


def test_what_changes_is_said_in_words() -> None:
    new = changed(OFFER, "levels", 0, "prices", 0, "unit_price", to="49.00")
    [found] = differences(document(OFFER).tree, document(new).tree)
    assert sentences([found]) == ["levels / standard / prices / 1 / unit_price: 48.00 → 49.00"]
    assert sentences([found], "fr") == ["niveaux / standard / prix / 1 / prix unitaire : 48.00 → 49.00"]
    [found] = differences(document(CHARTER).tree, document(changed(CHARTER, "plan", to=[900])).tree)
    assert sentences([found], "fr") == ["plan : 900, 1000, 1100 → 900"]
