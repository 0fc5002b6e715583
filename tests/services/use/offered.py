"""The offer of the pages' examples, charters of it, and work that is logged."""

from __future__ import annotations

from typing import Any

from domain.events import OperationalEvent
from services.access import ADMINISTRATOR
from services.charters.chartering import Chartering
from services.contracts.applied import Applying
from services.contracts.knowing import FilesTogether
from services.offers.offering import Offering
from tests.given import Tree, document, event
from tests.services.judged import Life

SOURCE = "helpdesk/tickets"
CLIENTS = {"education": "education", "hr": "human-resources", "legal": "legal", "social": "social-care"}
HOURS: Tree = {
    "id": "hours",
    "title": "Hours of support",
    "unit": "h",
    "each": {"type": "work.logged", "source": SOURCE},
    "value": "data.hours",
    "client": {"path": "data.client", "map": CLIENTS},
    "by": ["data.feature"],
}


def offer(**changes: Any) -> Tree:
    return {
        "entente": 1,
        "offer": "it-support",
        "title": "Computer support",
        "supplier": "digital-syndicate",
        "timezone": "Europe/Paris",
        "currency": "EUR",
        "late_data": "5 days",
        "meters": [HOURS],
        "levels": [
            {
                "id": "standard",
                "title": "S",
                "prices": [{"from": "2024-01-01", "meter": "hours", "unit_price": "48.00"}],
            }
        ],
        **changes,
    }


def charter(client: str, **changes: Any) -> Tree:
    return {
        "entente": 1,
        "charter": f"it-{client}",
        "title": client,
        "offer": "it-support",
        "client": client,
        "effective": "2026-01-01",
        "level": "standard",
        **changes,
    }


def publish(life: Life, tree: Tree) -> None:
    life.store.use(Offering).apply_file(ADMINISTRATOR, document(tree), _how())
    life.judge()


def sign(life: Life, tree: Tree) -> None:
    life.store.use(Chartering).apply_file(ADMINISTRATOR, document(tree), _how(("supplier", "client")))
    life.judge()


def _how(sign: tuple[Any, ...] = ()) -> Applying:
    return Applying(FilesTogether(), sign)


def worked(time: str | int, client: str | None, hours: Any, **more: Any) -> OperationalEvent:
    """Work that was logged; `client` as the tool calls it."""
    said = {"client": client} if client is not None else {}
    id, rest = more.pop("id", None), {"feature": "desk", **more}
    return event("work.logged", time, id=id, source=SOURCE, hours=hours, **said, **rest)
