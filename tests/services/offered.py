"""Offers and charters as tests are given them: the files of SHARED §1, and a store in which they are published and signed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from services.access import ADMINISTRATOR, Principal, principal
from services.charters.chartering import Chartering
from services.charters.reading import read_charter
from services.charters.rows import CharterRow
from services.contracts.applied import Applied, Applying
from services.contracts.knowing import FilesTogether
from services.offers.offering import Offering
from services.offers.reading import read_offer
from services.offers.rows import OfferRow
from tests.given import Tree, document
from tests.services.judged import Life, living

SYNDICATE, HR, LEGAL = principal("digital-syndicate"), principal("human-resources"), principal("legal")
OFFER: Tree = {
    "entente": 1,
    "offer": "it-support",
    "title": {"en": "Computer support", "fr": "Assistance informatique"},
    "supplier": "digital-syndicate",
    "timezone": "Europe/Paris",
    "currency": "EUR",
    "late_data": "5 days",
    "clients": "service",
    "primary_from": "1/3",
    "meters": [
        {
            "id": "hours",
            "title": {"en": "Hours of support", "fr": "Heures d’assistance"},
            "unit": "h",
            "each": {"type": "work.logged", "source": "helpdesk/tickets"},
            "value": "data.hours",
            "client": {
                "path": "data.client",
                "map": {
                    "education": "education",
                    "hr": "human-resources",
                    "legal": "legal",
                    "social": "social-care",
                },
            },
            "by": ["data.feature"],
        }
    ],
    "features": [
        {"id": "desk", "title": {"en": "Help desk", "fr": "Centre d’appels"}},
        {"id": "on-site", "title": {"en": "On site", "fr": "Sur place"}},
        {"id": "weekend", "title": {"en": "Week-ends", "fr": "Week-ends"}, "hours": {"sat-sun": ["08:00-20:00"]}},
    ],
    "levels": [
        {
            "id": "standard",
            "title": {"en": "Standard", "fr": "Standard"},
            "prices": [{"from": "2026-01-01", "meter": "hours", "unit_price": "48.00", "fixed": "12000.00"}],
        },
        {
            "id": "extended",
            "title": {"en": "Extended", "fr": "Étendu"},
            "prices": [{"from": "2026-01-01", "meter": "hours", "unit_price": "55.00", "fixed": "18000.00"}],
        },
    ],
    "index": "2 %",
    "costs": [
        {"id": "staff", "title": {"en": "Staff", "fr": "Personnel"}, "driver": {"meter": "hours"}},
        {
            "id": "weekend-duty",
            "title": {"en": "Week-end duty", "fr": "Astreintes"},
            "feature": "weekend",
            "driver": {"keys": {"education": 1, "human-resources": 1, "legal": 1, "social-care": 1}},
        },
    ],
}
CHARTER: Tree = {
    "entente": 1,
    "charter": "it-support-hr",
    "title": {"en": "IT charter of human resources", "fr": "Charte informatique des ressources humaines"},
    "offer": "it-support",
    "client": "human-resources",
    "effective": "2026-01-01",
    "level": "standard",
    "intention": {"grow": {"to": 1100, "by": "2028-12-31"}, "meter": "hours"},
    "plan": [900, 1000, 1100],
    "profile": [8, 8, 8, 8, 8, 6, 2, 4, 14, 12, 12, 10],
    "quota": {"quantity": 900, "per": "year", "over": "billed"},
    "one_off": "3500.00",
    "calendar": "office-fr",
    "data": {
        "kind": "personal",
        "residence": ["FR"],
        "retention": "24 months",
        "basis": {"en": "A duty", "fr": "Une mission"},
    },
}


def small_offer(id: str, supplier: str, title: str = "An offer") -> Tree:
    """Pages at 4 cents, which clients count by their names."""
    price = {"from": "2026-01-01", "meter": "pages", "unit_price": "0.04"}
    meter = {"id": "pages", "each": {"type": f"{id}.printed"}, "client": {"path": "data.client"}}
    return {
        "entente": 1,
        "offer": id,
        "title": title,
        "supplier": supplier,
        "timezone": "Europe/Paris",
        "currency": "EUR",
        "meters": [meter],
        "levels": [{"id": "standard", "title": "Standard", "prices": [price]}],
    }


def small_charter(id: str, offer: str, client: str, title: str = "A charter") -> Tree:
    return {
        "entente": 1,
        "charter": id,
        "title": title,
        "offer": offer,
        "client": client,
        "effective": "2026-01-01",
        "level": "standard",
    }


def changed(tree: Tree, *path: str | int, to: Any = None, without: str = "") -> Tree:
    """The tree with another value at a path, or without the key there."""
    made = deepcopy(tree)
    inside: Any = made
    for part in path if without else path[:-1]:
        inside = inside[part]
    if without:
        del inside[without]
    else:
        inside[path[-1]] = to
    return made


def publish(life: Life, tree: Tree = OFFER, who: Principal = SYNDICATE, *, dry_run: bool = False) -> Applied:
    done = life.store.use(Offering).apply_file(who, document(tree), Applying(FilesTogether(), dry_run=dry_run))
    life.judge()
    return done


def propose(
    life: Life, tree: Tree = CHARTER, who: Principal = SYNDICATE, *beside: Tree, dry_run: bool = False
) -> Applied:
    files = FilesTogether([document(one) for one in beside])
    done = life.store.use(Chartering).apply_file(who, document(tree), Applying(files, dry_run=dry_run))
    life.judge()
    return done


def agree(life: Life, tree: Tree = CHARTER) -> CharterRow:
    """Proposed by its supplier, signed by both."""
    propose(life, tree)
    for who in (SYNDICATE, principal(tree["client"])):
        life.store.use(Chartering).sign(who, tree["charter"])
    life.judge()
    return charter(life, tree["charter"])


def charter(life: Life, id: str = "it-support-hr", who: Principal = ADMINISTRATOR) -> CharterRow:
    life.judge()
    return life.store.read(who, read_charter, id)


def offer(life: Life, id: str = "it-support", who: Principal = ADMINISTRATOR) -> OfferRow:
    life.judge()
    return life.store.read(who, read_offer, id)


@contextmanager
def offering() -> Iterator[Life]:
    """A store in memory in which the offer is published; its time stands in the middle of February 2026."""
    with living() as life:
        life.advance("2026-02-15")
        publish(life)
        yield life
