"""The door: stored once, recognised, or set aside with its bytes; nothing lost, nothing double."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.service import Service
from ingestion.cloudevents import Bad, Decoded, decode_binary, decode_structured
from ingestion.content import is_same_content
from ingestion.door import Answer, Door, Submission
from ingestion.quarantine import Quarantine
from services.access import ADMINISTRATOR, AUDITOR, principal
from services.errors import NotAllowed, NotFound, Refused
from services.history.entries import EVENT, QUARANTINED, SETTLED, pack, unpack
from services.history.history import Fact, History, open_history
from services.history.settling import settled_of
from services.history.stored_events import event_of

NOW = 1_773_144_000_000_000
SALES = principal("sales/anna")
PLAIN: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "crm",
    "type": "report.delivered",
    "time": "2026-03-10T11:58:00Z",
}


def event(**changed: object) -> bytes:
    return json.dumps(PLAIN | changed).encode()


def push(door: Door, *sent: bytes, who: str = "sales/anna") -> list[Answer]:
    return door.submit([decode_structured(one) for one in sent], principal(who), "http", "192.0.2.1")


def set_aside(history: History) -> list[bytes]:
    return [unpack(entry.state)[1] for entry in history.read(0, 100, [QUARANTINED])]


def test_an_accepted_event_is_stored_with_its_exact_bytes_and_who_pushed_it(door: Door, history: History) -> None:
    sent = event(data={"n": 1.50})
    [answer] = push(door, sent)
    assert answer.receipt is not None
    assert answer == Answer("accepted", "1", "crm", 1, receipt=answer.receipt)
    [entry] = history.read(0, 10)
    assert entry.topic == EVENT
    assert unpack(entry.state) == ({"received": NOW, "by": "sales/anna", "channel": "http"}, sent)
    assert event_of(entry.state, 1).received == NOW


def test_the_same_content_again_is_a_duplicate_in_whatever_form(door: Door, history: History) -> None:
    first = event(data={"a": [1, {"b": 2.50}]}, subject="s", urgent=True)
    spaced = json.dumps(json.loads(first), indent=2).replace("2.5", "2.500").encode()
    reordered = json.dumps(dict(reversed(json.loads(first).items()))).encode()
    headers = {**PLAIN, "subject": "%73", "urgent": "true"}
    binary = decode_binary(headers, "application/json;charset=utf-8", b'{"a":[1,{"b":2.5}]}')
    push(door, first)
    answers = push(door, first, spaced, reordered) + door.submit([binary], SALES, "http")
    assert [(answer.result, answer.position) for answer in answers] == [("duplicate", 1)] * 4
    assert history.last_position() == 1


@pytest.mark.parametrize("other", [1, 1.0, "1", True, None, [1], {"a": 1}, "true", 1.25])
@pytest.mark.parametrize("first", [1, 1.0, "1", True, None, [1]])
def test_values_of_different_types_are_different_content(first: object, other: object) -> None:
    item = decode_structured(event(data=other))
    assert isinstance(item, Decoded)
    is_equal = json.dumps(first) == json.dumps(other)
    assert is_same_content(item, pack({}, event(data=first))) is is_equal


def test_another_content_under_a_used_id_goes_to_quarantine(door: Door, history: History) -> None:
    first, other = event(data=1), event(data=1.0)
    assert [answer.result for answer in push(door, first, other)] == ["accepted", "quarantined"]
    [answer] = push(door, other)
    assert (answer.result, answer.slug, answer.position) == ("quarantined", "id-reused", None)
    assert "position 1" in (answer.problem or "")
    assert set_aside(history) == [other]
    assert push(door, first)[0].result == "duplicate"


def test_the_same_id_of_another_source_is_another_event(door: Door) -> None:
    assert [answer.result for answer in push(door, event(), event(source="erp"))] == ["accepted", "accepted"]


def test_bad_bytes_are_kept_once_with_where_they_came_from(door: Door, history: History) -> None:
    items = [decode_structured(b"{"), decode_structured(event()), decode_structured(b"{")]
    answers = door.submit(items, SALES, "file", "events.jsonl", [3, 4, 5])
    assert [answer.result for answer in answers] == ["quarantined", "accepted", "quarantined"]
    assert answers[0].quarantined_at == answers[2].quarantined_at
    [entry] = history.read(0, 10, [QUARANTINED])
    header, raw = unpack(entry.state)
    assert raw == b"{"
    assert (header["origin"], header["slug"], header["by"], header["channel"]) == (
        "events.jsonl:3",
        "malformed-json",
        "sales/anna",
        "file",
    )


def test_bad_events_in_binary_mode_are_told_apart_by_their_headers(door: Door, history: History) -> None:
    items = [decode_binary({**PLAIN, "id": id, "time": "now"}, "application/json", b"1") for id in ("1", "2", "1")]
    door.submit(items, SALES, "http")
    assert len(set_aside(history)) == 2


def test_submissions_together_are_answered_each(door: Door) -> None:
    submissions = [
        Submission([decode_structured(event(id=str(number % 3)))], SALES, "http", "192.0.2.1") for number in range(5)
    ]
    answers = door.submit_all([*submissions, Submission([], SALES, "http")])
    assert [[answer.result for answer in each] for each in answers] == [["accepted"]] * 3 + [["duplicate"]] * 2 + [[]]
    assert door.answered() == {("http", "accepted"): 3, ("http", "duplicate"): 2}
    assert door.is_drained


def test_something_on_its_way_in_is_seen(door: Door) -> None:
    with door.entering():
        assert not door.is_drained
    assert door.is_drained


BYTES = st.one_of(
    st.binary(max_size=30),
    st.builds(
        event,
        id=st.sampled_from(["1", "2", ""]),
        data=st.sampled_from([1, 1.0, None, "x", {"a": "\0"}]),
        time=st.sampled_from(["2026-03-10T11:58:00Z", "2026-03-10T11:58:00", 5]),
    ),
)


@settings(max_examples=40)
@given(st.lists(st.lists(BYTES, max_size=6), max_size=4))
def test_whatever_arrives_is_either_stored_once_or_kept_aside(batches: list[list[bytes]]) -> None:
    history = open_history("sqlite://:memory:")
    door = Door(history, lambda: NOW)
    results: Counter[str] = Counter()
    for batch in [*batches, *batches]:
        for sent, answer in zip(batch, push(door, *batch), strict=True):
            results[answer.result] += 1
            where = answer.position if answer.position is not None else answer.quarantined_at
            assert where is not None
            entry = history.at(where)
            assert entry is not None
            if answer.result == "duplicate":
                item = decode_structured(sent)
                assert isinstance(item, Decoded)
                assert is_same_content(item, entry.state)
            else:
                assert unpack(entry.state)[1] == sent
    assert results["accepted"] == len(history.read(0, 1000, [EVENT]))
    assert sum(results.values()) == 2 * sum(map(len, batches))
    history.close()


@pytest.fixture
def quarantine(history: History, door: Door) -> Quarantine:
    return Quarantine(history, door, lambda: NOW + 5)


def test_a_retried_item_that_is_still_wrong_goes_on_waiting(
    door: Door, history: History, quarantine: Quarantine
) -> None:
    [answer] = push(door, b"{")
    again = quarantine.retry(str(answer.quarantined_at), SALES)
    assert (again.slug, again.quarantined_at) == ("malformed-json", answer.quarantined_at)
    assert history.last_position() == 1
    assert quarantine.retry(str(answer.quarantined_at), SALES).result == "quarantined"


def test_of_the_same_bad_bytes_each_sender_has_an_item_of_its_own(
    door: Door, history: History, quarantine: Quarantine
) -> None:
    """One service, whoever of it sends, has one; the administrator who tries it again does not make it his."""
    [[first], [other], [again]] = [push(door, b"{", who=who) for who in ("sales/anna", "it/luc", "sales/key")]
    assert first.quarantined_at == again.quarantined_at != other.quarantined_at
    assert set_aside(history) == [b"{", b"{"]
    quarantine.discard(str(first.quarantined_at), SALES, "a test")
    assert quarantine.retry(str(other.quarantined_at), ADMINISTRATOR).quarantined_at == other.quarantined_at
    quarantine.discard(str(other.quarantined_at), principal("it/luc"), "a test")


def test_what_was_set_aside_before_each_sender_had_its_own_is_settled_as_ever(
    door: Door, history: History, quarantine: Quarantine
) -> None:
    of_old = UUID("6d398451-d4c0-5262-a7ab-5d6f78450894")
    header = {
        "received": NOW,
        "by": "sales/anna",
        "channel": "http",
        "origin": "",
        "slug": "malformed-json",
        "problem": "x",
    }
    history.append_facts([Fact(of_old, QUARANTINED, pack(header, b"{"))])
    assert quarantine.retry(str(of_old), SALES).slug == "malformed-json"
    [entry] = history.read(0, 10, [SETTLED])
    assert settled_of(entry.state).item == of_old


def test_a_retried_item_that_is_accepted_is_settled(door: Door, history: History, quarantine: Quarantine) -> None:
    sent = event(id="later")
    bad = Bad(sent, "some-old-check", "it was refused by an older program")
    [answer] = door.submit([bad], SALES, "http")
    item = history.read(0, 1)[0].stream
    assert quarantine.retry(str(item), ADMINISTRATOR) == Answer("accepted", "later", "crm", 2)
    [entry] = history.read(0, 10, [SETTLED])
    settled = settled_of(entry.state)
    assert (settled.item, settled.verb, settled.by, settled.at) == (item, "retried", "administrator", NOW + 5)
    assert (settled.result, settled.position) == ("accepted", 2)
    with pytest.raises(Refused, match="was retried before"):
        quarantine.retry(str(answer.quarantined_at), SALES)


def test_who_discarded_an_item_takes_that_back_and_it_waits_again(
    door: Door, history: History, quarantine: Quarantine
) -> None:
    [answer] = push(door, b"{")
    item = str(answer.quarantined_at)
    with pytest.raises(Refused, match="is not discarded"):
        quarantine.take_back(item, SALES)
    for _ in range(2):
        quarantine.discard(item, SALES, "a test")
        with pytest.raises(Refused, match="was discarded before"):
            quarantine.retry(item, SALES)
        with pytest.raises(NotAllowed, match="only who discarded it"):
            quarantine.take_back(item, principal("sales/bob"))
        with pytest.raises(NotFound):
            quarantine.take_back(item, principal("it/luc"))
        quarantine.take_back(item, SALES)
    assert quarantine.retry(item, SALES).result == "quarantined", "it waits, and is as wrong as before"
    verbs = [settled_of(entry.state).verb for entry in history.read(0, 10, [SETTLED])]
    assert verbs == ["discarded", "taken-back"] * 2


def test_a_retried_event_in_binary_mode_keeps_its_headers(door: Door, history: History, quarantine: Quarantine) -> None:
    attributes = {name: str(value) for name, value in PLAIN.items()}
    door.submit([Bad(b"1", "old", "old", attributes=attributes, datacontenttype="application/json")], SALES, "http")
    assert quarantine.retry("1", SALES).result == "accepted"
    assert event_of(history.read(1, 1)[0].state, 2).data == 1


def test_headers_that_are_no_text_are_not_taken_literally_when_retried(door: Door, quarantine: Quarantine) -> None:
    door.submit([decode_binary({**PLAIN, "id": "%FF"}, "application/json", b"1")], SALES, "http")
    assert quarantine.retry("1", SALES).slug == "invalid-cloudevent"


def test_an_item_is_discarded_once_and_for_a_reason(door: Door, history: History, quarantine: Quarantine) -> None:
    push(door, b"{")
    with pytest.raises(Refused, match="for a reason"):
        quarantine.discard("1", SALES, " ")
    quarantine.discard("1", SALES, "a test by the producer")
    settled = settled_of(history.read(1, 1)[0].state)
    assert (settled.verb, settled.reason) == ("discarded", "a test by the producer")
    with pytest.raises(Refused, match="was discarded before"):
        quarantine.retry("1", SALES)


def test_only_who_pushed_it_or_an_administrator_settles_an_item(door: Door, quarantine: Quarantine) -> None:
    push(door, b"{", event())
    with pytest.raises(NotFound) as unseen:
        quarantine.discard("1", principal("marketing/luc"), "mine")
    assert "sales" not in str(unseen.value)
    with pytest.raises(NotAllowed):
        quarantine.discard("1", AUDITOR, "mine")
    for reference in ("2", "3", "nothing", "9" * 30, str(UUID(int=5))):
        with pytest.raises(NotFound):
            quarantine.retry(reference, ADMINISTRATOR)


def test_both_stores_recognise_what_they_have(any_store_url: str, tmp_path: Path) -> None:
    history = open_history(any_store_url)
    door = Door(history, lambda: NOW)
    odd = event(id="é\u2028😀", subject="‮ü", data={"text": "😀 \\u0000"})
    assert [answer.result for answer in push(door, odd, b"\xff\0", odd)] == ["accepted", "quarantined", "duplicate"]
    assert [answer.result for answer in push(door, b"\xff\0", event(id="é\u2028😀"))] == ["quarantined"] * 2
    assert sorted(set_aside(history)) == sorted([b"\xff\0", event(id="é\u2028😀")])
    history.close()


def declare(history: History, service: str, *sources: str) -> None:
    found = Service(service=service)
    tree = {"entente": 1, "service": service, "sources": [{"source": one} for one in sources]}
    found.describe(json.dumps(tree), by="administrator", at=NOW)
    history.save(found)


def test_over_http_a_member_uses_its_own_sources_and_those_that_nobody_declares(door: Door, history: History) -> None:
    sent = [event(), event(id="free", source="free"), event(id="2", voids="1"), event(id="3", replaces="1", data=2)]
    declare(history, "sales", "crm")
    assert [one.result for one in push(door, *sent)] == ["accepted"] * 4
    others = push(door, *sent, event(id="5", source="free"), who="marketing")
    assert [(one.result, one.slug) for one in others] == [
        ("quarantined", "not-allowed"),
        ("duplicate", None),
        ("quarantined", "not-allowed"),
        ("quarantined", "not-allowed"),
        ("accepted", None),
    ]
    assert set_aside(history) == [sent[0], sent[2], sent[3]]
    for channel, who in (("file", "marketing"), ("http", "administrator"), ("kafka", "administrator")):
        item = decode_structured(event(id=f"{channel} {who}"))
        assert door.submit([item], principal(who), channel)[0].result == "accepted"  # type: ignore[arg-type]


def test_what_was_not_allowed_is_retried_by_who_may_use_the_source(door: Door, history: History) -> None:
    declare(history, "sales", "crm")
    [aside] = push(door, event(), who="marketing")
    reference = str(aside.quarantined_at)
    quarantine = Quarantine(history, door, lambda: NOW)
    again = quarantine.retry(reference, principal("marketing"))
    assert (again.slug, again.quarantined_at) == ("not-allowed", aside.quarantined_at)
    assert quarantine.retry(reference, ADMINISTRATOR).result == "accepted"


def test_who_has_just_declared_a_source_has_it(door: Door, history: History) -> None:
    assert push(door, event(), who="marketing")[0].result == "accepted"
    declare(history, "sales", "crm")
    assert push(door, event(id="2"), who="marketing")[0].slug == "not-allowed"


def test_where_a_used_id_stands_is_told_to_those_alone_who_put_it_there(door: Door) -> None:
    push(door, event(data=1))
    mine, theirs = push(door, event(data=2)), push(door, event(data=3), who="marketing")
    assert "at position 1" in str(mine[0].problem)
    assert theirs[0].slug == "id-reused"
    assert "position" not in str(theirs[0].problem)
