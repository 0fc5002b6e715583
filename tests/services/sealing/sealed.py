"""A store with data keys, in which the tool `desk` of `lab` sends events with personal values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.times import Instant
from ingestion.cloudevents import decode_structured
from ingestion.door import Answer, Door
from ingestion.quarantine import Quarantine
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.directory.declaring import Declared
from services.history.entries import box_of
from services.opening import open_store
from services.sealing.data_keys import DataKeys
from services.sealing.erasing import Erasing, destroy_again
from services.sealing.kek import Keks, create_kek, read_keks
from services.sealing.key_tables import open_keys
from tests.given import Tree, at, contract, criterion, document, turnaround
from tests.services.judged import Life

NOW = at("2026-06-30 12:00")
DESK: Tree = {
    "source": "desk",
    "personal": {"subject": "data.requester.id", "values": ["data.requester", "data.comment"]},
    "stored_in": "FR",
    "retention": "P3M",
}


def lab(**changes: Any) -> Tree:
    """The service file of `lab`."""
    return {"entente": 1, "service": "lab", "title": "Lab", "sources": [{**DESK, **changes}]}


def tickets() -> Tree:
    """A contract over the tickets of the desk, which reads nothing that is personal."""
    return contract(criterion(turnaround(opened={"type": "opened"}, closed={"type": "closed"})))


def ticket(id: str, type: str = "opened", time: str = "2026-03-10T09:00:00Z", **data: Any) -> bytes:
    """An event of the desk about the ticket `id`; `data` stands beside whom it is about, `requester`, u1 unless it is said."""
    requester = data.pop("requester", {"id": "u1", "name": f"Name of {id}"})
    event = {
        "specversion": "1.0", "id": f"{id}/{type}", "source": "desk", "type": type, "subject": id, "time": time,
        "data": {"requester": requester, "priority": 2, **data},
    }  # fmt: skip
    return json.dumps(event, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Sealed(Life):
    """A life whose door seals."""

    keys: DataKeys
    erasing: Erasing
    declared: Declared
    quarantine: Quarantine

    def describe(self, tree: Tree) -> None:
        self.store.use(Contracting).apply(ADMINISTRATOR, document(tree))

    def send(self, *sent: bytes) -> list[Answer]:
        return self.door.submit([decode_structured(one) for one in sent], ADMINISTRATOR, "http")

    def state(self, position: int) -> bytes:
        entry = self.store.history.at(position)
        assert entry is not None
        return entry.state

    def key_of(self, position: int) -> str:
        box = box_of(self.state(position))
        assert box is not None
        return box.key


@contextmanager
def sealing(
    folder: Path, url: str = "", *, now: Instant = NOW, erased_to: Path | None = None, keys: str = "", trusts: float = 0
) -> Iterator[Sealed]:
    """Opened as the program opens it; what is in the folder already is taken up again."""
    url = url or f"sqlite:///{folder / 'entente.db'}"
    store = open_store(url, clock=lambda: now)
    database = open_keys(keys, url)
    try:
        history = store.history
        held = DataKeys(database, keks_in(folder), trusts)
        history.begin_sealing()
        history.opener = held
        destroy_again(history, held, erased_to)
        door = Door(history, lambda: now, keys=held)
        erasing = Erasing(history, held, lambda: now, erased_to)
        yield Sealed(store, door, held, erasing, Declared(history), Quarantine(history, door, lambda: now))
    finally:
        database.close()
        store.close()


def keks_in(folder: Path) -> Keks:
    path = folder / "kek"
    return read_keks(path) if path.exists() else create_kek(path, NOW)
