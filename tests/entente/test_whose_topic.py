"""A topic of Kafka that belongs to a service speaks for its sources alone (trust §3)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from entente.cli.events import _speaking
from entente.cli.session import Session
from entente.settings import Settings
from entente.wiring import program
from ingestion.cloudevents import decode_structured
from ingestion.door import Channel
from services.access import ADMINISTRATOR, PLATFORM, Principal, Right
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


@pytest.mark.parametrize("channel", ["http", "file", "kafka", "retry"])
@pytest.mark.parametrize("access", ["accounts", "loopback"])
def test_nobody_speaks_for_the_platform(channel: Channel, access: str) -> None:
    with program(Settings(store="sqlite://:memory:", access=access)) as opened:
        sent = [decode_structured(structured(event("answer", "2026-01-05 09:00", source="entente/surveys/2026")))]
        for who in (ADMINISTRATOR, PLATFORM, Principal("member", frozenset({"it"}), "topic:tickets")):
            [answer] = opened.door.submit(sent, who, channel)
            assert (answer.result, answer.slug) == ("quarantined", "foreign-source")
        assert opened.door.is_foreign(ADMINISTRATOR, "entente/surveys/2026")


@pytest.mark.parametrize(
    ("access", "topics", "speaks"),
    [("loopback", "", "administrator"), ("accounts", "", None), ("accounts", "t:it", "it/topic:t")],
)
def test_where_people_sign_in_a_topic_that_nobody_named_is_not_the_operators(
    access: str, topics: str, speaks: str | None
) -> None:
    settings = Settings(access=access, kafka_topic="t", kafka_topics=topics)
    found = _speaking(Session(settings, ADMINISTRATOR))
    assert (str(found) if found is not None else None) == speaks
