"""What somebody sends costs in proportion to its length, and keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest

from ingestion.cloudevents import Bad, Decoded, decode_batch, decode_binary, decode_structured
from ingestion.door import PATIENCE, Door
from ingestion.files import import_files
from ingestion.hall import SHORT, Hall
from ingestion.kafka.messages import decode_message
from ingestion.strict_json import LARGEST_EVENT, decode_exactly
from ingestion.webhooks import Webhook
from services.access import ADMINISTRATOR
from services.contract_files import mapping_terms, read_documents
from services.errors import TooLarge
from services.history.history import History
from tests.bounded import mebibytes, seconds_of_work
from tests.records import Record

WORK = 30.0
"""Seconds: some times what each needs on a slow machine; what is not in proportion needs minutes or hours."""
EVENT = b'{"specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-01-01T00:00:00Z","data":%b}'
HEADERS = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "time": "2026-01-01T00:00:00Z"}
LONG_KEY = b'{"' + b"k" * 500_000 + b'":[' + b"1," * 200_000 + b'1],"a":1,"a":2}'
QUOTES = b'"' + b'\\"' * 500_000
"""A text that does not end: each of its quotes may be taken for a beginning."""


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"[" * (8 << 20), "too-deep"),
        (b"[" * (16 << 10), "too-deep"),
        (b"[" + b'{"":' * (1 << 20), "too-deep"),
        (b"[" + QUOTES, "malformed-json"),
        (b"[[" + b"[]," * (1 << 18) + b"NaN", "malformed-json"),
        (b"[" + b"[]," * (2 << 20) + b"NaN]", "too-large"),
        (b'["' + b"\\" * (8 << 20), "malformed-json"),
    ],
)
def test_a_batch_costs_no_more_than_its_length(body: bytes, slug: str) -> None:
    with seconds_of_work(WORK):
        found = decode_batch(body)
    assert isinstance(found, Bad)
    assert found.slug == slug
    assert len(found.problem) < 1_000


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        (LONG_KEY, "duplicate-key"),
        (b'{"' + b"k" * 400_000 + b'":[' + b"[]," * 50_000 + b'{"a":1,"a":2}]}', "duplicate-key"),
        (QUOTES, "malformed-json"),
        (b"[" * 1_000_000, "too-deep"),
        (b"][" * 100_000, "malformed-json"),
        (b'{"' + b"k" * 500_000 + b'":NaN}', "non-finite-number"),
    ],
)
def test_an_event_costs_no_more_than_its_length_through_every_door(data: bytes, slug: str) -> None:
    raw = EVENT % data
    with seconds_of_work(WORK):
        found = [
            decode_structured(raw),
            decode_message(Record(raw)),
            decode_message(Record(data, [(f"ce_{name}", value.encode()) for name, value in HEADERS.items()])),
            decode_binary(HEADERS, "application/json", data),
        ]
    assert [one.slug for one in found if isinstance(one, Bad)] == [slug] * 4
    assert all(len(one.problem) < 400 for one in found if isinstance(one, Bad))


def test_a_charset_from_outside_chooses_no_code() -> None:
    """`punycode` is read in the square of its length; `undefined` and others load modules by their name."""
    for charset in ("punycode", "undefined", "idna", "../x", "a\0b", "x" * 50_000):
        found = decode_binary(HEADERS, f"text/plain; charset={charset}", b"a-" + b"9a" * 50_000)
        assert isinstance(found, Bad)
        assert (found.slug, len(found.problem) < 200) == ("invalid-cloudevent", True)
    for charset in ("utf-8", "UTF-8", '"us-ascii"', "iso-8859-15", "windows-1252"):
        assert isinstance(decode_binary(HEADERS, f"text/plain; charset={charset}", b"a"), Decoded)


MAPPING = """
entente: 1
mapping: items
read: {format: json, each: items}
events:
  - {type: t, id: "{id}", source: s, subject: "{labels.app/name.x}", time: "2026-01-01T00:00:00Z", data: {text: "{text}"}}
"""


def webhook() -> Webhook:
    return Webhook(mapping_terms(read_documents(MAPPING, "m.yaml")[0]))


def test_of_a_call_only_what_the_mapping_names_is_looked_at() -> None:
    leaves = {f"{number}": 1 for number in range(8_000)}
    body = json.dumps({"items": [{"id": "1"}], "k" * 100_000: leaves}).encode()
    with seconds_of_work(WORK), mebibytes(30):
        [made] = webhook().items(body)
    assert isinstance(made, Bad)  # no subject


def test_a_name_of_a_call_may_hold_dots_and_what_stands_beside_the_list_is_in_each_item() -> None:
    body = {
        "text": "all",
        "labels": {"app/name.x": "one"},
        "items": [{"id": 1}, {"id": 2, "text": True}, {"id": 3, "text": []}],
    }
    made = [json.loads(one.raw) for one in webhook().items(json.dumps(body).encode())]
    assert [one["subject"] for one in made] == ["one"] * 3
    assert [one["data"]["text"] for one in made] == ["all", "true", "all"]


def test_what_stands_beside_the_list_is_not_multiplied_without_end() -> None:
    body = {"text": "x" * 500_000, "labels": {"app/name.x": "one"}, "items": [{"id": str(one)} for one in range(900)]}
    with mebibytes(60), pytest.raises(TooLarge):
        webhook().items(json.dumps(body).encode())


def test_what_is_long_is_decoded_while_the_loop_answers_others(history: History) -> None:
    """Else nobody could say that it may go on."""
    said = threading.Event()

    async def run(size: int) -> bool:
        hall = Hall(Door(history, lambda: 1))
        decoding = asyncio.create_task(hall.decoded(b"x" * size, lambda: said.wait(20)))
        await asyncio.sleep(0)
        said.set()
        return await decoding

    assert asyncio.run(run(SHORT + 1))


def test_a_body_that_does_not_come_holds_nothing_for_long(history: History) -> None:
    seconds = 100.0
    door = Door(history, lambda: 1, lambda: seconds)
    with door.entering(is_coming=True) as slow:
        seconds += 4
        with door.entering(is_coming=True) as quick:
            quick.has_come()
            held = door.holds()
            assert held is not None
            assert (held.by, held.seconds) == ("body", 4)
            assert "1 more" in held.why
            seconds += PATIENCE - 4
            held = door.holds()
            assert held is not None
            assert (held.by, held.seconds) == ("queue", PATIENCE - 4)
        assert door.is_drained
        slow.has_come()
        assert not door.is_drained
        seconds += 1_000
        held = door.holds()
        assert held is not None
        assert (held.by, held.seconds) == ("queue", 1_000)
    assert door.is_drained


def test_a_large_event_is_refused_before_it_is_looked_at() -> None:
    assert decode_exactly(b"[" * (LARGEST_EVENT + 1))[1] is not None


def test_lines_of_a_file_cost_no_more_than_their_length(tmp_path: Path, history: History) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(b"\n".join([EVENT % LONG_KEY, EVENT % QUOTES, b"[" * 3_000_000, EVENT % b"1"]) + b"\n")
    with seconds_of_work(WORK):
        count = import_files(Door(history, lambda: 1), [file], None, ADMINISTRATOR)
    assert (count.accepted, count.quarantined) == (1, 3)
