"""A store in which one service supplies an offer to four clients, each with a charter of it (SHARED §4)."""

from __future__ import annotations

from typing import Any

from domain.terms import Party
from services.access import ADMINISTRATOR, principal
from services.applying import apply_file
from services.charters.chartering import Chartering
from services.contracts.applied import Applying
from services.contracts.knowing import FilesTogether
from services.costs.costing import Costing
from services.offers.offering import Offering
from services.store import Store
from tests.given import Tree, document
from tests.services.judged import Life

CLIENTS = {"education": "education", "hr": "human-resources", "legal": "legal", "social": "social-care"}
STANDARD: Tree = {"from": "2026-01-01", "meter": "hours", "unit_price": "48.00", "fixed": "12000.00"}
BY = Applying(FilesTogether(), (), dry_run=False, language="en")


def offer(**more: Any) -> Tree:
    """The offer of the town hall."""
    return {
        "entente": 1,
        "offer": "it-support",
        "supplier": "digital-syndicate",
        "timezone": "Europe/Paris",
        "currency": "EUR",
        "late_data": "5 days",
        "index": "2 %",
        "meters": [
            {
                "id": "hours",
                "unit": "h",
                "each": {"type": "work.logged", "source": "helpdesk/tickets"},
                "value": "data.hours",
                "client": {"path": "data.client", "map": CLIENTS},
            }
        ],
        "levels": [{"id": "standard", "prices": [STANDARD]}],
        "costs": [
            {"id": "staff", "driver": {"meter": "hours"}},
            {"id": "duty", "driver": {"keys": dict.fromkeys(CLIENTS.values(), 1)}},
            {"id": "rooms", "driver": "equal"},
            {"id": "other"},
        ],
        **more,
    }


def charter(client: str = "education", **more: Any) -> Tree:
    return {
        "entente": 1,
        "charter": f"it-{client}",
        "offer": "it-support",
        "client": client,
        "effective": "2026-01-01",
        "level": "standard",
        **more,
    }


EDUCATION: Tree = charter(
    intention={"grow": {"to": 1100, "by": "2028-12-31"}, "meter": "hours"},
    plan=[900, 1000, 1100],
    profile=[8, 8, 8, 8, 8, 6, 2, 4, 14, 12, 12, 10],
    quota={"quantity": 900, "per": "year", "over": "billed"},
    one_off="3500.00",
)


def between(supplier: str, client: str, of: str, title: str = "A service") -> tuple[Tree, Tree]:
    """An offer of the supplier, whose books are open, and the charter that the client has of it: `offer-of-…`, `charter-of-…`."""
    prices = [{"from": "2026-01-01", "meter": "hours", "unit_price": "1.00", "fixed": "12.00"}]
    offered = {
        "entente": 1,
        "offer": f"offer-of-{of}",
        "title": title,
        "supplier": supplier,
        "timezone": "Europe/Paris",
        "currency": "EUR",
        "open_books": True,
        "meters": [{"id": "hours", "each": {"type": f"used.{of}"}, "client": {"path": "data.client"}}],
        "levels": [{"id": "one", "prices": prices}],
        "costs": [{"id": "staff", "driver": "equal"}],
    }
    taken = {
        "entente": 1,
        "charter": f"charter-of-{of}",
        "title": title,
        "offer": f"offer-of-{of}",
        "client": client,
        "effective": "2026-01-01",
        "level": "one",
    }
    return offered, taken


def offered_to(store: Store, supplier: str, client: str, of: str, title: str = "A service") -> str:
    """Publishes and signs what is `between` them, and books a cost of it: the id of that."""
    for tree in between(supplier, client, of, title):
        signing: tuple[Party, ...] = ("supplier", "client") if "charter" in tree else ()
        apply_file(store, ADMINISTRATOR, document(tree), Applying(FilesTogether(), signing))
    store.judging.catch_up()
    id, _ = store.use(Costing).book(principal(supplier), f"offer-of-{of}", "staff", "2026-01", "1.00", title)
    store.judging.catch_up()
    return id


def publish(life: Life, tree: Tree) -> None:
    life.store.use(Offering).apply_file(ADMINISTRATOR, document(tree), BY)
    life.judge()


def sign(life: Life, tree: Tree) -> None:
    """A charter that both sign."""
    how = Applying(FilesTogether(), ("supplier", "client"), dry_run=False, language="en")
    life.store.use(Chartering).apply_file(ADMINISTRATOR, document(tree), how)
    life.judge()
