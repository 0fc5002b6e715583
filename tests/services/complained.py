"""An offer, its charter and a contract that promises delays of complaints, in a store that lives (SHARED §7)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from domain.times import Instant, instant
from services.access import ADMINISTRATOR, principal
from services.charters.chartering import Chartering
from services.complaints.complaining import Complaining
from services.complaints.reading import read_complaint
from services.complaints.rows import ComplaintRow
from services.contracts.applied import Applying
from services.contracts.knowing import FilesTogether
from services.history.entries import EVENT, unpack
from services.offers.offering import Offering
from tests.given import Tree, contract, criterion, document, turnaround
from tests.services.judged import Life, living

SUPPLIER, CLIENT, OTHER = principal("lab/ann"), principal("ward/bob"), principal("library/eve")
OWN = "entente/complaints"
OFFICE_FR: Tree = {
    "entente": 1,
    "calendar": "office-fr",
    "timezone": "Europe/Paris",
    "open": {"mon-fri": ["09:00-12:00", "14:00-18:00"]},
    "closures": ["2026-03-16", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25"],
}
OFFER: Tree = {
    "entente": 1,
    "offer": "tests",
    "title": {"en": "Tests", "fr": "Analyses"},
    "supplier": "lab",
    "timezone": "Europe/Paris",
    "currency": "EUR",
    "meters": [
        {
            "id": "done",
            "title": {"en": "Tests done", "fr": "Analyses faites"},
            "unit": "test",
            "each": {"type": "test.done", "source": "lab/bench"},
            "client": {"path": "data.client"},
        }
    ],
    "features": [{"id": "night", "title": {"en": "At night", "fr": "La nuit"}}],
    "levels": [
        {
            "id": "standard",
            "title": {"en": "Standard", "fr": "Standard"},
            "prices": [{"from": "2026-01-01", "meter": "done", "unit_price": "2.00"}],
        }
    ],
}
CHARTER: Tree = {
    "entente": 1,
    "charter": "tests-ward",
    "title": {"en": "Tests of the ward", "fr": "Analyses du service"},
    "offer": "tests",
    "client": "ward",
    "effective": "2026-01-01",
    "level": "standard",
    "contract": "c",
    "calendar": "office-fr",
}
CAUSES: Tree = {
    "entente": 1,
    "causes": "causes",
    "title": {"en": "Causes", "fr": "Causes"},
    "list": [
        {"id": "late-courier", "title": {"en": "Late courier", "fr": "Coursier en retard"}, "party": "supplier"},
        {"id": "bad-label", "title": {"en": "Bad label", "fr": "Mauvaise étiquette"}, "party": "client"},
    ],
}


def promised(**changes: Any) -> Tree:
    """Two working days to acknowledge, ten to answer."""
    opened = {"type": "complaint.received", "source": OWN}
    quick = turnaround(opened=opened, closed={"type": "complaint.acknowledged", "source": OWN}, within="2 working days")
    answer = turnaround(opened=opened, closed={"type": "complaint.answered", "source": OWN}, within="10 working days")
    each: Tree = {"each_miss": "breach"}
    changes = {"calendar": {"name": "office-fr"}, **changes}
    return contract(criterion(quick, "acknowledged", **each), criterion(answer, "answered", **each), **changes)


@contextmanager
def complaining(
    charter: Tree = CHARTER, *, now: str = "04-30 12:00", url: str = "sqlite://:memory:", **changes: Any
) -> Iterator[Life]:
    """The offer is published, its charter and the contract are signed, and it is the last of April 2026 unless it says otherwise: by
    its clock, two months later, the store does not live."""
    with living(url) as life:
        life.publish(OFFICE_FR)
        life.publish(CAUSES)
        life.sign(promised(**changes))
        life.store.use(Offering).apply_file(ADMINISTRATOR, document(OFFER), Applying(FilesTogether()))
        life.judge()
        agree(life, charter)
        life.advance(now)
        yield life


def agree(life: Life, tree: Tree) -> None:
    chartering = life.store.use(Chartering)
    chartering.apply_file(ADMINISTRATOR, document(tree), Applying(FilesTogether()))
    for party in ("supplier", "client"):
        chartering.sign(ADMINISTRATOR, tree["charter"], party)
    life.judge()


def receive(
    life: Life, text: str = "The results came too late", time: str = "2026-04-30T16:00+02:00", **more: Any
) -> str:
    id, _ = use(life).receive(more.pop("who", CLIENT), more.pop("about", "tests"), text, time=instant(time), **more)
    life.judge()
    return id


def use(life: Life) -> Complaining:
    return life.store.use(Complaining)


def then(text: str) -> Instant:
    return instant(text)


def complaint(life: Life, id: str) -> ComplaintRow:
    life.judge()
    return life.store.read(ADMINISTRATOR, read_complaint, id)


def told(life: Life) -> list[dict[str, Any]]:
    """The platform's events of complaints, in order."""
    entries = [one for one in life.store.history.read(0, 10_000) if one.topic == EVENT]
    found = [json.loads(unpack(one.state)[1]) for one in entries]
    return [one for one in found if one["source"] == OWN]
