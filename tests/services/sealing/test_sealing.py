"""What is personal is sealed at the door: judging reads the rest, and everybody else reads nothing more."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ingestion.cloudevents import Bad, decode_binary, decode_structured
from ingestion.door import Door
from ingestion.sealing import content_of
from services.access import ADMINISTRATOR, Principal
from services.arrivals.reading import read_quarantine
from services.checkpoints.receipts import Receipts
from services.errors import Refused, StoreTooNew, Unavailable
from services.history.entries import EVENT, QUARANTINED, box_of, header_of, unpack
from services.history.history import SEALING_VERSION, STORE_VERSION, prepare
from services.history.opener import Closed
from services.history.stored_events import event_of
from services.sealing.reading import content
from tests.given import at
from tests.services.judged import living
from tests.services.sealing.sealed import DESK, NOW, Sealed, lab, sealing, ticket, tickets

LAB = Principal("member", frozenset({"lab"}), "ann")


def sealed_event(sealed: Sealed, sent: bytes) -> Any:
    [answer] = sealed.send(sent)
    assert answer.result == "accepted", answer
    assert answer.position is not None
    return event_of(sealed.state(answer.position), answer.position)


def test_what_is_personal_is_nowhere_in_what_is_stored_and_all_else_is_read_as_before(sealed: Sealed) -> None:
    event = sealed_event(sealed, ticket("t1", comment="My knee hurts", amount=1.10, big=10**30))
    assert event.data == {"priority": 2, "amount": event.data["amount"], "big": 10**30}
    assert str(event.data["amount"]) == "1.1"
    assert (event.subject, event.type) == ("t1", "opened")
    for position in range(1, sealed.position() + 1):
        state = sealed.state(position)
        assert b"knee" not in state
        assert b"Name of" not in state
        assert b'"u1"' not in state


def test_what_came_is_opened_byte_for_byte_with_its_key(sealed: Sealed) -> None:
    sent = ticket("t1", comment="é ✓").replace(b": ", b":   ")
    [answer] = sealed.send(sent)
    entry = sealed.store.history.at(answer.position or 0)
    assert entry is not None
    whole = content(sealed.store.history, entry, ADMINISTRATOR, "lab")
    assert whole.raw == sent
    assert whole.is_whole
    sealed.store.history.opener = Closed()
    closed = content(sealed.store.history, entry, ADMINISTRATOR, "lab")
    assert not closed.is_whole
    assert closed.standing is not None
    assert closed.standing.state == "unknown"
    assert b"requester" not in closed.raw


def test_an_event_is_opened_as_the_event_that_it_was_and_as_no_other(sealed: Sealed) -> None:
    answers = sealed.send(ticket("t1"), ticket("t2"))
    box = box_of(sealed.state(answers[0].position or 0))
    assert box is not None
    assert sealed.keys.open(box, b"desk\0t1/opened") is not None
    assert sealed.keys.open(box, b"desk\0t2/opened") is None


def test_each_subject_and_month_has_a_key_of_its_own(sealed: Sealed) -> None:
    answers = sealed.send(
        ticket("t1"),
        ticket("t2"),
        ticket("t3", time="2026-04-01T01:30:00+02:00"),  # still March in UTC
        ticket("t4", time="2026-04-01T00:00:00Z"),
        ticket("t5", requester={"id": "u2"}),
        ticket("t6", requester={"id": 7}),
        ticket("t7", requester="Anna Martin"),
    )
    keys = [sealed.key_of(answer.position or 0) for answer in answers]
    assert keys[0] == keys[1] == keys[2]
    assert len({keys[0], *keys[3:]}) == 5
    assert [one.need.span for one in sealed.keys.of_subject("u1")] == ["2026-03", "2026-04"]
    assert len(sealed.keys.of_subject("7")) == 1
    assert sealed.keys.of_subject("Anna Martin") == []


def test_what_stands_where_a_personal_path_goes_on_is_sealed_too(sealed: Sealed) -> None:
    sealed.describe(lab(personal={"subject": "data.requester.id", "values": ["data.requester.name", "data.a.b.c"]}))
    event = sealed_event(
        sealed, ticket("t1", requester={"id": "u1", "name": "Anna", "floor": 3}, a={"b": "Anna", "d": 1})
    )
    assert event.data == {"requester": {"floor": 3}, "a": {"d": 1}, "priority": 2}
    assert sealed_event(sealed, ticket("t2", requester=["Anna Martin"])).data == {"priority": 2}
    for data in ('"Anna"', '["Anna"]'):
        whole = json.dumps({**json.loads(ticket("t3" + data)), "data": json.loads(data)}).encode()
        assert sealed_event(sealed, whole).data is None


def test_an_event_in_binary_mode_or_base64_is_sealed_alike(sealed: Sealed) -> None:
    told = json.loads(ticket("t1", comment="My knee hurts"))
    data = told.pop("data")
    binary = decode_binary(told, "application/json", json.dumps(data).encode())
    coded = {**told, "id": "t1/other", "data_base64": base64.b64encode(json.dumps(data).encode()).decode(),
             "datacontenttype": "application/json"}  # fmt: skip
    text = decode_binary({**told, "id": "t1/text"}, "text/plain", b"My knee hurts")
    for item in (binary, decode_structured(json.dumps(coded).encode()), text):
        [answer] = sealed.door.submit([item], ADMINISTRATOR, "http")
        entry = sealed.store.history.at(answer.position or 0)
        assert entry is not None
        event = event_of(entry.state, entry.position)
        assert event.data == (None if item is text else {"priority": 2})
        assert event.subject == "t1"
        assert b"knee" not in unpack(entry.state)[1]
        assert "knee" not in json.dumps(header_of(entry.state))
        assert content(sealed.store.history, entry, ADMINISTRATOR, "lab").raw == item.raw


def test_what_is_sent_again_is_recognised_and_other_content_is_not(sealed: Sealed) -> None:
    [first] = sealed.send(ticket("t1", comment="One"))
    again, spaced, other = sealed.send(
        ticket("t1", comment="One"), ticket("t1", comment="One").replace(b": ", b" : "), ticket("t1", comment="Two")
    )
    assert [one.result for one in (again, spaced, other)] == ["duplicate", "duplicate", "quarantined"]
    assert again.position == first.position
    assert other.slug == "id-reused"
    sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked")
    right, guess, clear = sealed.send(
        ticket("t1", comment="One"), ticket("t1", comment="Two"), ticket("t1", comment="One", priority=3)
    )
    assert [(one.result, one.position) for one in (right, guess)] == [("duplicate", first.position)] * 2
    assert clear.slug == "id-reused", "by what is clear"
    state = sealed.state(first.position or 0)
    assert sealed.keys.code(content_of(decode_structured(ticket("t1", comment="One")))).encode() not in state


def test_a_store_from_before_is_read_and_recognised(sealed: Sealed) -> None:
    [first] = sealed.send(ticket("t1"))
    state = sealed.state(first.position or 0)
    before = state.replace(b'"code":""', b'"code":"00112233445566778899aabbccddeeff"')
    assert before != state
    assert box_of(before) == box_of(state)
    assert unpack(before)[1] == unpack(state)[1]


def test_an_event_of_the_future_goes_with_the_month_in_which_it_came(tmp_path: Path) -> None:
    with sealing(tmp_path, now=at("2026-03-31 23:59")) as sealed:
        sealed.describe(lab())
        sealed.send(ticket("t1", time="2026-04-01T00:05:00Z"))
        assert [one.need.span for one in sealed.keys.held("event")] == ["2026-03"]


def test_names_that_are_personal_are_codes_everywhere_and_still_lead_to_each_other(tmp_path: Path) -> None:
    with sealing(tmp_path) as sealed:
        sealed.describe(
            lab(subject="personal", personal={"subject": "subject", "values": ["data.requester", "data.comment"]})
        )
        sealed.sign(tickets())
        sealed.send(ticket("anna.martin"), ticket("anna.martin", "closed", "2026-03-10T10:00:00Z"))
        sealed.advance("2026-04-01 00:00")
        [key] = sealed.occurrences()
        assert key.startswith("~")
        assert sealed.verdicts() == {key: "met"}
        assert len(sealed.keys.of_subject("anna.martin")) == 1
        voiding = json.dumps({**json.loads(ticket("x", "opened")), "id": "v", "voids": "anna.martin/closed"}).encode()
        [answer] = sealed.send(voiding)
        sealed.judge()
        assert answer.result == "accepted"
        assert sealed.verdicts() == {key: "missing"}
        held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert b"anna.martin" not in held
        assert key.encode() in held


def test_what_was_stored_before_a_name_was_personal_keeps_its_name(tmp_path: Path) -> None:
    with sealing(tmp_path) as sealed:
        [before] = sealed.send(ticket("t1"))
        sealed.describe(lab(subject="personal"))
        [again] = sealed.send(ticket("t1"))
        assert (again.result, again.position) == ("duplicate", before.position)
        voiding = json.dumps({**json.loads(ticket("t9")), "id": "v", "voids": "t1/opened"}).encode()
        [answer] = sealed.send(voiding)
        assert event_of(sealed.state(answer.position or 0), 1).voids == "t1/opened"


def test_without_a_file_of_keys_what_is_personal_is_not_taken_and_all_else_is(sealed: Sealed) -> None:
    door = Door(sealed.store.history, lambda: NOW)
    before = sealed.position()
    with pytest.raises(Unavailable, match="no key to seal them") as refused:
        door.submit([decode_structured(ticket("t1"))], ADMINISTRATOR, "http")
    assert refused.value.slug == "keys-missing"
    assert refused.value.can_retry
    with pytest.raises(Unavailable):
        door.submit([Bad(b"Anna Martin", "malformed-json", "no")], ADMINISTRATOR, "http")
    assert sealed.position() == before
    [answer] = door.submit([decode_structured(ticket("t1").replace(b'"desk"', b'"other"'))], ADMINISTRATOR, "http")
    assert answer.result == "accepted"


def test_declaring_stops_programs_that_would_append_in_clear(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'entente.db'}"
    with living(url) as life:
        assert prepare(url) == STORE_VERSION
        assert not life.store.history.is_sealing()
    with sealing(tmp_path, url) as sealed:
        sealed.describe(lab())
    assert prepare(url) == SEALING_VERSION > STORE_VERSION


def test_declaring_alone_raises_the_version_of_the_store(tmp_path: Path) -> None:
    with living(f"sqlite:///{tmp_path / 'entente.db'}") as life:
        Sealed.describe(life, lab(personal=DESK["personal"]))  # type: ignore[arg-type]
        assert life.store.history.is_sealing()


def test_the_form_of_a_later_program_is_refused() -> None:
    with pytest.raises(StoreTooNew):
        unpack(b"\x03{}\n")


# What is set aside


def test_what_is_set_aside_is_sealed_whoever_sent_it_and_the_problem_quotes_nothing(sealed: Sealed) -> None:
    bad = json.loads(ticket("t1"))
    for name, value in (
        ("time", "Anna Martin"),
        ("subject", ["Anna Martin"]),
        ("other", {"Anna": "Martin"}),
        ("specversion", "Anna"),
    ):
        sent = json.dumps({**bad, name: value, "source": "elsewhere"}).encode()
        [answer] = sealed.send(sent)
        assert answer.quarantined_at is not None
        header, clear = unpack(sealed.state(answer.quarantined_at))
        assert clear == b""
        assert "Anna" not in json.dumps(header)
        assert name in header["problem"]
    assert "Anna Martin" in str(sealed.send(json.dumps({**bad, "time": "Anna Martin"}).encode())[0].problem)


def test_an_item_is_read_and_retried_by_who_may_and_its_key_is_that_of_its_sender_and_day(sealed: Sealed) -> None:
    [answer] = sealed.door.submit([decode_structured(b"{Anna")], LAB, "http")
    sealed.judge()
    [row] = sealed.store.read(LAB, read_quarantine, limit=10)
    assert row.content == b"{Anna"
    assert row.is_there
    [held] = sealed.keys.held("aside")
    assert (held.need.source, held.need.span) == ("lab", "2026-06-30")
    again = sealed.quarantine.retry(str(answer.quarantined_at), ADMINISTRATOR)
    assert again.quarantined_at == answer.quarantined_at


def test_what_was_set_aside_and_destroyed_cannot_be_sent_again(sealed: Sealed) -> None:
    [answer] = sealed.send(b"{Anna")
    sealed.judge()
    sealed.keys.destroy([one.id for one in sealed.keys.held("aside")], NOW)
    with pytest.raises(Refused, match="destroyed"):
        sealed.quarantine.retry(str(answer.quarantined_at), ADMINISTRATOR)
    [row] = sealed.store.read(ADMINISTRATOR, read_quarantine, limit=10)
    assert row.content == b""
    assert not row.is_there
    assert row.erased == NOW


def test_kafka_notes_its_place_in_clear_and_its_key_and_headers_sealed(sealed: Sealed) -> None:
    place = {"topic": "t", "partition": 0, "offset": 7, "key": "QW5uYQ==", "headers": [["h", "QW5uYQ=="]]}
    [answer] = sealed.door.submit(
        [Bad(b"x", "malformed-json", "no")], ADMINISTRATOR, "kafka", "t[0]", [7], place=lambda _: place
    )
    entry = sealed.store.history.at(answer.quarantined_at or 0)
    assert entry is not None
    assert entry.topic == QUARANTINED != EVENT
    header = header_of(entry.state)
    assert (header["partition"], header["offset"]) == (0, 7)
    assert "QW5u" not in json.dumps(header)
    assert content(sealed.store.history, entry, ADMINISTRATOR, "lab").header["key"] == "QW5uYQ=="


def test_the_receipt_is_of_the_entry_as_it_is_stored(tmp_path: Path) -> None:
    with sealing(tmp_path) as sealed:
        sealed.describe(lab(subject="personal"))
        [answer] = sealed.send(ticket("t1"))
        [again] = sealed.send(ticket("t1"))
        entry = sealed.store.history.at(answer.position or 0)
        assert entry is not None
        of_what_stands = Receipts(sealed.store.history).of_event(entry.position, entry.stream.bytes, entry.state)
        assert answer.receipt == again.receipt == of_what_stands
        assert of_what_stands.state == sha256(entry.state).hexdigest()
