"""CloudEvents from bytes: what is taken, what is refused and by which name."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.cloudevents import Bad, Decoded, decode_attributes, decode_batch, decode_binary, decode_structured
from ingestion.strict_json import LARGEST_EVENT, decode_exactly
from services.errors import StoreTooNew
from services.history.entries import event_stream, pack
from services.history.stored_events import event_of

PLAIN: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "crm/reports",
    "type": "report.delivered",
    "time": "2026-03-10T11:58:00Z",
}


def raw(**changed: object) -> bytes:
    return json.dumps({name: value for name, value in (PLAIN | changed).items() if value is not ...}).encode()


def slug(item: object) -> str:
    assert isinstance(item, Bad), item
    return item.slug


def test_an_event_keeps_its_exact_bytes_and_its_stream() -> None:
    sent = (
        b'  {"id": "1" , "source":"crm/reports","type":"t","specversion":"1.0","time":"2026-03-10T11:58:00+01:00" }\n'
    )
    assert decode_structured(sent) == Decoded("1", "crm/reports", event_stream("crm/reports", "1").bytes, sent)


def test_a_stored_event_is_read_with_exact_numbers_and_all_its_attributes() -> None:
    sent = raw(
        subject="case-7",
        sequence=12,
        recordedtime="2026-03-10T12:00:00Z",
        voids="0",
        replaces="00",
        region="north",
        urgent=True,
        datacontenttype="application/json",
        data={"n": 18446744073709551617, "x": 0, "deep": {"y": None}},
    ).replace(b'"x": 0', b'"x": 0.10000000000000000001')
    event = event_of(pack({"received": 5, "by": "a", "channel": "http"}, sent), 9)
    assert (event.id, event.source, event.type, event.subject) == ("1", "crm/reports", "report.delivered", "case-7")
    assert event.time == 1_773_143_880_000_000
    assert event.recorded == event.time + 120_000_000
    assert (event.sequence, event.voids, event.replaces, event.position, event.received) == ("12", "0", "00", 9, 5)
    assert event.lookup("data.n") == 2**64 + 1
    assert event.lookup("data.x") == Decimal("0.10000000000000000001")
    assert event.lookup("region") == "north"
    assert event.lookup("urgent") is True
    assert not event.lookup("data.deep.y")
    assert event.lookup("time") == "2026-03-10T11:58:00Z"


@pytest.mark.parametrize("name", ["id", "source", "type", "specversion", "time"])
def test_a_required_attribute_may_not_be_absent_null_empty_or_a_number(name: str) -> None:
    for value in (..., None, "", 7):
        item = decode_structured(raw(**{name: value}))
        assert slug(item) == "invalid-cloudevent"
        assert f"`{name}`" in item.problem  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"time": "2026-03-10T11:58:00"}, "time-without-offset"),
        ({"recordedtime": "2026-03-10T11:58:00"}, "time-without-offset"),
        ({"time": "yesterday"}, "invalid-cloudevent"),
        ({"time": "2026-03-10"}, "invalid-cloudevent"),
        ({"time": "2026-02-30T00:00:00Z"}, "invalid-cloudevent"),
        ({"specversion": "0.3"}, "invalid-cloudevent"),
        ({"id": "x" * 513}, "invalid-cloudevent"),
        ({"id": "é" * 257}, "invalid-cloudevent"),
        ({"subject": ""}, "invalid-cloudevent"),
        ({"subject": "a\nb"}, "invalid-cloudevent"),
        ({"subject": "a\0b"}, "nul-character"),
        ({"Region": "x"}, "invalid-cloudevent"),
        ({"region": {"a": 1}}, "invalid-cloudevent"),
        ({"region": 1.5}, "invalid-cloudevent"),
        ({"sequence": True}, "invalid-cloudevent"),
        ({"datacontenttype": 1}, "invalid-cloudevent"),
        ({"voids": ""}, "invalid-cloudevent"),
        ({"voids": 7}, "invalid-cloudevent"),
        ({"data": {"a": ["b\0"]}}, "nul-character"),
        ({"data": {"a\0": 1}}, "nul-character"),
        ({"data": "x" * LARGEST_EVENT}, "too-large"),
        ({"data": 1, "data_base64": "AA=="}, "invalid-cloudevent"),
        ({"data_base64": "%%%"}, "invalid-cloudevent"),
        ({"data_base64": 5}, "invalid-cloudevent"),
        ({"data": float("nan")}, "non-finite-number"),
        ({"data": {"a": [float("-inf")]}}, "non-finite-number"),
    ],
)
def test_what_is_no_event_says_so_by_name(changed: dict[str, object], expected: str) -> None:
    assert slug(decode_structured(raw(**changed))) == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": None},
        {"id": "é" * 256},
        {"time": "2026-03-10t11:58:00.123456789-05:30"},
        {"time": "2016-12-31T23:59:60Z"},
        {"sequence": 5},
        {"region": -3},
        {"data": "\\u0000 written out, ‮ and 😀"},
        {"data": "NaN"},
        {"data_base64": None},
        {"data_base64": "AAEC"},
        {"datacontenttype": "text/plain", "data": "some text"},
        {"dataschema": "https://example.org/schema"},
    ],
)
def test_what_is_an_event_is_taken(changed: dict[str, object]) -> None:
    assert isinstance(decode_structured(raw(**changed)), Decoded)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"", "malformed-json"),
        (b"{", "malformed-json"),
        (b'{"a":1} x', "malformed-json"),
        (b'{"a":01}', "malformed-json"),
        (b'{"a":"\xff"}', "malformed-json"),
        (b'{"a":"\xed\xa0\x80"}', "malformed-json"),
        (b'{"a":"\\ud800"}', "lone-surrogate"),
        (b'{"a":"\\udc00x"}', "lone-surrogate"),
        (b'{"a":1e999999}', "number-out-of-range"),
        (b'{"a":1e99999999999999999999}', "number-out-of-range"),
        (b'{"a":' + b"9" * 5000 + b"}", "number-out-of-range"),
        (b"[" * 100_000 + b"]" * 100_000, "too-deep"),
        (b"[" * 100_000, "too-deep"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "too-deep"),
        (b"[1]", "invalid-cloudevent"),
        (b"7", "invalid-cloudevent"),
    ],
)
def test_bytes_that_are_no_event_at_all(sent: bytes, expected: str) -> None:
    assert slug(decode_structured(sent)) == expected


@pytest.mark.parametrize(
    "inside",
    [
        b'"a":1,"a":2',
        b'"a":1,"\\u0061":1',
        b'"x":"\\":\\"","a" : 1, "a"\t:\n1',
        b'"x":[{"y":{"a":1,"b":2,"a":3}}]',
        b'"x":[[{"a":1,"a":3}]]',
        b'"x":{"a":1,"a":1},"y":"\\":"',
        b'"a":1,"a":2,"x":"\\u003a"',
        b'"a":1,"a":2,"x":"\\u003A:"',
        b'"a":{"b":"1:2"},"a":"3:4:5"',
    ],
)
def test_equal_keys_are_found_at_any_depth(inside: bytes) -> None:
    item = decode_structured(raw(data=None).replace(b"null", b"{%b}" % inside))
    assert slug(item) == "duplicate-key"
    assert "a` (byte" in item.problem  # type: ignore[union-attr]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(alphabet='ab":{}[]\\ \n,'),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='ab" :\\', max_size=3), inner, max_size=3)
        ),
        max_leaves=12,
    ),
    st.sampled_from([None, 1]),
    st.sampled_from([(",", ":"), (", ", " : "), (" ,", "  :"), (",", "\t\n:")]),
)
def test_json_without_equal_keys_is_never_suspected(value: object, indent: int | None, marks: tuple[str, str]) -> None:
    text = json.dumps(value, indent=indent, separators=marks)
    assert decode_exactly(text.encode()) == (value, None)


@given(
    st.lists(st.tuples(st.text(alphabet='a":\\ ', max_size=2), st.integers(0, 9)), max_size=5), st.text(alphabet='":a ')
)
def test_equal_keys_are_found_whenever_they_are_there(pairs: list[tuple[str, int]], noise: str) -> None:
    members = ",".join(f"{json.dumps(key)} :{value}" for key, value in pairs)
    text = f'{{"noise":{json.dumps(noise)},"x":{{{members}}}}}'
    problem = decode_exactly(text.encode())[1]
    assert (problem is not None) == (len({key for key, _ in pairs}) < len(pairs))


def test_binary_mode_reads_percent_encoded_headers_and_the_body_as_data() -> None:
    headers = {**PLAIN, "subject": "%E2%82%AC%20euro%2520", "source": '"crm/\\"reports\\""', "sequence": "7"}
    item = decode_binary(headers, "application/json; charset=utf-8", b'{"n":1.50}')
    assert isinstance(item, Decoded)
    assert item.attributes is not None
    assert item.attributes["subject"] == "€ euro%20"
    assert item.source == 'crm/"reports"'
    header = {"received": 1, "attributes": item.attributes, "datacontenttype": item.datacontenttype}
    event = event_of(pack(header, item.raw), 3)
    assert event.lookup("data.n") == Decimal("1.50")
    assert event.sequence == "7"


@pytest.mark.parametrize(
    ("content_type", "body", "data"),
    [
        ("text/plain", "été".encode(), "été"),
        ("text/plain; charset=iso-8859-1", "été".encode("latin-1"), "été"),
        ("application/xml", b"<a/>", "<a/>"),
        ("application/vnd.acme+json", b"[1]", [1]),
        ("application/octet-stream", b"\0\xff", base64.b64encode(b"\0\xff").decode()),
        (None, b'"x"', "x"),
        ("application/json", b"", None),
    ],
)
def test_data_is_read_by_its_media_type(content_type: str | None, body: bytes, data: object) -> None:
    item = decode_attributes(dict(PLAIN), content_type, body)
    assert isinstance(item, Decoded)
    header = {"attributes": item.attributes, "datacontenttype": item.datacontenttype}
    assert event_of(pack(header, item.raw), 1).data == data


@pytest.mark.parametrize(
    ("changed", "content_type", "body", "expected"),
    [
        ({"id": "%FF"}, "application/json", b"1", "invalid-cloudevent"),
        ({"id": ""}, "application/json", b"1", "invalid-cloudevent"),
        ({"datacontenttype": "text/plain"}, "application/json", b"1", "invalid-cloudevent"),
        ({}, "text/plain", b"\xff", "invalid-cloudevent"),
        ({}, "text/plain; charset=unheard-of", b"a", "invalid-cloudevent"),
        ({}, "text/plain", b"a\0b", "nul-character"),
        ({}, "application/json", b"{", "malformed-json"),
        ({}, "application/json", b'{"a":1,"a":2}', "duplicate-key"),
        ({}, "application/json", b'{"a":NaN}', "non-finite-number"),
    ],
)
def test_binary_mode_is_checked_like_any_other(
    changed: dict[str, str], content_type: str, body: bytes, expected: str
) -> None:
    assert slug(decode_binary({**PLAIN, **changed}, content_type, body)) == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [(b'{"a":1,"a":2}', "duplicate-key"), (b'{"a":NaN}', "non-finite-number"), (b"{", "malformed-json")],
)
def test_json_inside_base64_is_checked_too(inside: bytes, expected: str) -> None:
    sent = raw(data_base64=base64.b64encode(inside).decode(), datacontenttype="application/json")
    assert slug(decode_structured(sent)) == expected


def test_one_bad_element_harms_no_other() -> None:
    good, late = raw(id="good"), raw(id="late")
    for bad, expected in [
        (raw(data=float("inf")), "non-finite-number"),
        (b'{"a":"\\ud800"}', "lone-surrogate"),
        (b"[" * 5000 + b"]" * 5000, "too-deep"),
        (b"17", "invalid-cloudevent"),
        (b'"]"', "invalid-cloudevent"),
        (raw(time=...), "invalid-cloudevent"),
        (raw(data={"n": 0}).replace(b"0}", b"1e5000}"), "number-out-of-range"),
    ]:
        items = decode_batch(b" [ %b, %b ,%b ]\n" % (good, bad, late))
        assert isinstance(items, list)
        assert [items[0], items[2]] == [decode_structured(good), decode_structured(late)]
        assert (slug(items[1]), items[1].raw) == (expected, bad)
    assert decode_batch(b" [ ] ") == []


@pytest.mark.parametrize("body", [b"", b"[", b"[1,]", b"[1]]", b"[,1]", b'[{"a":]', b'[{"a" 1}]', b"[1] [2]", raw()])
def test_a_body_that_is_no_batch_is_refused_whole(body: bytes) -> None:
    assert slug(decode_batch(body)) == "malformed-json"


@given(st.binary() | st.binary().map(lambda noise: b"[" + noise + b"]"))
def test_any_bytes_have_an_answer(noise: bytes) -> None:
    assert isinstance(decode_structured(noise), Decoded | Bad)
    assert isinstance(decode_batch(noise), list | Bad)
    assert isinstance(decode_binary({**PLAIN, "subject": noise.decode("latin-1")}, "text/plain", noise), Decoded | Bad)


def test_a_state_of_a_newer_program_is_not_guessed_at() -> None:
    with pytest.raises(StoreTooNew):
        event_of(b"\x03" + pack({}, raw())[1:], 1)
