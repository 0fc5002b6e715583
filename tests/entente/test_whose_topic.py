"""A topic of Kafka that belongs to a service speaks for its sources alone (trust §3)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from entente.settings import Settings
from ingestion.cloudevents import decode_structured
from services.access import Principal, Right
from tests.entering import entered
from tests.given import event, structured


def test_whose_a_topic_is_stands_in_a_setting() -> None:
    named = Settings(kafka_topics="orders:sales, town:tickets:it", kafka_topic="town:tickets")
    assert named.topic_owner == "it"
    assert Settings(kafka_topics="orders:sales", kafka_topic="other").topic_owner is None
    for wrong in ("orders", ":sales", "orders:"):
        with pytest.raises(ValidationError):
            Settings(kafka_topics=wrong)


def test_what_it_brings_of_others_is_set_aside() -> None:
    with entered() as house:
        house.apply(
            {"service": "it", "sources": [{"source": "helpdesk/tickets"}]},
            {"service": "sales", "sources": [{"source": "crm/x"}]},
        )
        who = Principal("member", frozenset({"it"}), "topic:tickets", frozenset({(Right.PUSH, "it")}))
        sources = ("helpdesk/tickets", "crm/x", "nobody/declares")
        sent = [
            decode_structured(structured(event("report", "2026-01-05 09:00", source=one, id=one))) for one in sources
        ]
        answers = house.program.door.submit(sent, who, "kafka")
        assert [(one.result, one.slug) for one in answers] == [
            ("accepted", None),
            ("quarantined", "foreign-source"),
            ("quarantined", "foreign-source"),
        ]
