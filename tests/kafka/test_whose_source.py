"""Where people sign in a topic speaks for sources that a service declares, whatever its headers say (trust §3)."""

from __future__ import annotations

import json

from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.opening import open_store
from tests.end_to_end.running import Entente
from tests.given import document
from tests.kafka.test_consume import DAY, aside, drain, entries
from tests.kafka.topics import STRUCTURED, Topic, binary

OURS, THEIRS, NOBODYS, PLATFORMS = "crm/x", "helpdesk/y", "nobody/declares", "entente/surveys/2026"


def sent(topic: Topic, id: str) -> None:
    """One of each source, once with a header that says another source than the event in it does, and a tombstone."""
    for source in (OURS, THEIRS, NOBODYS, PLATFORMS):
        told = {**DAY, "id": f"{id} {source}", "source": source}
        topic.send(json.dumps(told).encode())
        topic.send(b"{}", headers=binary({**told, "id": f"{id} {source} binary"}))
    lying = {**DAY, "id": f"{id} lying", "source": NOBODYS}
    topic.send(json.dumps(lying).encode(), headers=[*STRUCTURED, ("ce_source", OURS.encode())])
    topic.send(None)


def test_a_topic_speaks_for_what_is_declared_and_one_of_a_service_for_its_own(entente: Entente, topic: Topic) -> None:
    store = open_store(entente.store)
    for service, source in (("sales", OURS), ("it", THEIRS)):
        tree = {"entente": 1, "service": service, "sources": [{"source": source}]}
        store.use(Contracting).apply(ADMINISTRATOR, document(tree))
    store.close()
    entente.env["ENTENTE_ACCESS"] = "accounts"
    sent(topic, "nobody named it")
    assert drain(entente) == (4, 0, 5)
    entente.env["ENTENTE_KAFKA_TOPICS"] = f"other:it,{topic.name}:sales"
    sent(topic, "named")
    assert drain(entente) == (2, 0, 7)
    assert len(entries(entente.store)) == 6
    assert {one["slug"] for one in aside(entente.store)} == {"foreign-source"}
