"""Offers in JSON, the same over HTTP and for `--json`; and what of their files whoever asks may read."""

from __future__ import annotations

from typing import Any

from services.api.showing import moment_json
from services.contract_files import Tree, tree_from_canonical
from services.contract_files.difference import differences, sentences
from services.offers.rows import OfferRow, OfferVersionRow
from services.offers.shapes import Offer, OfferVersion, WholeOffer


def offer_json(row: OfferRow) -> Offer:
    terms = row.terms
    return {
        "id": row.id,
        "title": dict(terms.title.by_language),
        "supplier": row.supplier,
        "state": row.state,
        "timezone": terms.timezone,
        "currency": terms.currency,
        "counted_by": terms.clients,
        "open_books": terms.open_books,
        "version": row.versions[-1].number,
        "clients": list(row.clients),
    }


def whole_offer_json(row: OfferRow) -> WholeOffer:
    """With all versions, as far as who asks may read them."""
    return {**offer_json(row), "versions": [_version_json(row, one) for one in row.versions]}


def _version_json(row: OfferRow, one: OfferVersionRow) -> OfferVersion:
    return {
        "number": one.number,
        "published_by": one.by,
        "published_at": moment_json(one.at, row.terms.timezone),
        "differences": changes_of(row, one),
        "document": document_of(row, one),
    }


def document_of(row: OfferRow, version: OfferVersionRow) -> Tree:
    """The file of a version, as far as who asks may read it: a client sees no map of clients, costs only where the books are open
    by now, and of those nobody's keys."""
    tree = tree_from_canonical(version.document)
    if row.is_own:
        return tree
    shown: Tree = {**tree, "meters": [_without_map(one) for one in tree["meters"]]}
    costs = shown.pop("costs", [])
    return {**shown, "costs": [_without_keys(one) for one in costs]} if row.terms.open_books and costs else shown


def _without_map(meter: Tree) -> Tree:
    return {**meter, "client": {name: value for name, value in meter["client"].items() if name != "map"}}


def _without_keys(pool: Tree) -> Tree:
    driver: Any = pool.get("driver")
    keeps = not isinstance(driver, dict) or "keys" not in driver
    return pool if keeps else {name: value for name, value in pool.items() if name != "driver"}


def changes_of(row: OfferRow, version: OfferVersionRow, language: str = "en") -> list[str]:
    """What a version changes of the one before it, a sentence each, as far as who asks may read both; nothing of the first."""
    if version.number == 1:
        return []
    before = document_of(row, row.version(version.number - 1))
    return sentences(differences(before, document_of(row, version)), language)
