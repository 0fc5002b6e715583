"""Delays of complaints are promised in an ordinary contract, and judged by what judges all else (SHARED §7)."""

from __future__ import annotations

import json

import pytest

from domain.events import OperationalEvent
from domain.times import show
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR
from services.seeing.past import replay
from tests.given import PARIS, at, event, structured
from tests.services.complained import CHARTER, CLIENT, OWN, SUPPLIER, complaining, complaint, receive, then, told, use
from tests.services.sharded import judged_in_shards


def test_b_6() -> None:
    """Received Thursday 2026-04-30T16:00+02:00, promises `2 working days` to acknowledge, `10 working days` to answer, office-fr →
    2026-05-05T16:00+02:00 and 2026-05-19T16:00+02:00 (1, 8, 14 May closed). Acknowledged 5 May 16:00:00 `met`; answered 19 May
    16:00:01 `late`: breach, action."""
    with complaining() as life:
        id = receive(life)
        life.advance("05-05 12:00")
        use(life).acknowledge(SUPPLIER, id, time=then("2026-05-05T16:00:00+02:00"))
        life.judge()
        life.advance("05-19 12:00")
        use(life).answer(SUPPLIER, id, "The courier was late", time=then("2026-05-19T16:00:01+02:00"))
        life.judge()
        life.advance("05-20")
        acknowledged, answered = life.occurrences("c/d/acknowledged")[id], life.occurrences("c/d/answered")[id]
        assert (acknowledged.verdict, show(acknowledged.limit or 0, PARIS)) == ("met", "2026-05-05T16:00:00+02:00")
        assert (answered.verdict, show(answered.limit or 0, PARIS)) == ("late", "2026-05-19T16:00:00+02:00")
        assert [one.commitment for one in life.breaches()] == ["c/d/answered"]
        assert [one.commitment for one in life.actions()] == ["c/d/answered"]
        assert replay(life.store.history, life.store.history.database).is_same
        assert judged_in_shards(life.store.history, 3) == sorted(life.dump())


def test_each_state_is_told_when_it_happened_and_never_what_was_written() -> None:
    with complaining() as life:
        id = receive(life, "a word that leaves the house by no event")
        complaining_of = use(life)
        complaining_of.acknowledge(SUPPLIER, id, time=then("2026-05-04T09:00+02:00"))
        complaining_of.classify(
            SUPPLIER, id, 2, feature="night", root_cause="late-courier", time=then("2026-05-04T10:00+02:00")
        )
        complaining_of.answer(SUPPLIER, id, "a word of the answer", time=then("2026-05-05T09:00+02:00"))
        complaining_of.contest(CLIENT, id, "a word against it", time=then("2026-05-06T09:00+02:00"))
        complaining_of.answer(SUPPLIER, id, "another word", time=then("2026-05-07T09:00+02:00"))
        complaining_of.accept(CLIENT, id, time=then("2026-05-08T09:00+02:00"))
        life.judge()
        found = told(life)
        assert [(one["type"], one["time"]) for one in found] == [
            ("complaint.received", "2026-04-30T14:00:00Z"),
            ("complaint.acknowledged", "2026-05-04T07:00:00Z"),
            ("complaint.classified", "2026-05-04T08:00:00Z"),
            ("complaint.answered", "2026-05-05T07:00:00Z"),
            ("complaint.contested", "2026-05-06T07:00:00Z"),
            ("complaint.answered", "2026-05-07T07:00:00Z"),
            ("complaint.accepted", "2026-05-08T07:00:00Z"),
            ("complaint.closed", "2026-05-08T07:00:00Z"),
        ]
        assert {one["subject"] for one in found} == {id}
        before: dict[str, object] = {"offer": "tests", "client": "ward", "channel": "page"}
        assert found[0]["data"] == {**before, "feature": None, "severity": None, "root_cause": None}
        assert found[-1]["data"] == {**before, "feature": "night", "severity": 2, "root_cause": "late-courier"}
        assert "word" not in json.dumps(found)


def test_nobody_sends_or_corrects_what_the_platform_tells_of_complaints() -> None:
    with complaining() as life:
        id = receive(life)
        [first] = [one["id"] for one in told(life)]
        forged = event("complaint.answered", "05-04 09:00", id, source=OWN)
        void = OperationalEvent("v1", OWN, "complaint.received", at("05-04"), id, voids=first)
        other = OperationalEvent("v2", "tool", "complaint.received", at("05-04"), id, voids=first)
        for who in (ADMINISTRATOR, SUPPLIER):
            answers = life.door.submit([decode_structured(structured(one)) for one in (forged, void)], who, "http")
            assert [one.slug for one in answers] == ["foreign-source", "foreign-source"]
        life.happen(other)
        life.advance("05-06")
        assert life.verdicts("c/d/acknowledged") == {id: "missing"}


@pytest.mark.parametrize("calendar", ["office-fr", None])
def test_an_answer_that_nobody_contests_closes_it(calendar: str | None) -> None:
    """Twenty working days of the charter's calendar (16 March is closed); where it has none, 28 days."""
    limit = "2026-04-01T10:00:00+02:00" if calendar else "2026-03-31T10:00:00+02:00"
    charter = {name: value for name, value in CHARTER.items() if calendar is not None or name != "calendar"}
    with complaining(charter, now="03-01") as life:
        id = receive(life, time="2026-03-02T09:00+01:00")
        use(life).acknowledge(SUPPLIER, id, time=then("2026-03-02T10:00+01:00"))
        use(life).answer(SUPPLIER, id, "So it was", time=then("2026-03-03T10:00+01:00"))
        life.judge()
        life.advance(then(limit) - 1)
        assert complaint(life, id).state == "answered"
        life.advance(then(limit))
        row = complaint(life, id)
        assert (row.state, row.reason, show(row.reached, PARIS)) == ("closed", "silent", limit)
        assert told(life)[-1]["type"] == "complaint.closed"
        assert replay(life.store.history, life.store.history.database).is_same
        assert judged_in_shards(life.store.history, 3) == sorted(life.dump())


def test_an_answer_is_contested_from_when_it_was_said_on_where_the_store_lives() -> None:
    """Whoever says today that he answered weeks ago leaves his client time to read it."""
    with complaining(now="06-29") as life:
        id = receive(life, time="2026-05-04T09:00+02:00")
        use(life).acknowledge(SUPPLIER, id, time=then("2026-05-04T10:00+02:00"))
        use(life).answer(SUPPLIER, id, "So it was", time=then("2026-05-05T10:00+02:00"))
        life.judge()
        life.advance("06-30")
        assert complaint(life, id).state == "answered"
