from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import StoreTooNew
from services.history.entries import (
    event_key,
    event_stream,
    pack,
    quarantine_stream,
    rules_stream,
    time_stream,
    unpack,
)


@given(st.text(), st.text())
def test_the_quick_way_gives_the_same_bytes(source: str, id: str) -> None:
    assert event_key(source, id) == event_stream(source, id).bytes


def test_a_state_is_a_format_byte_one_line_of_json_and_the_exact_bytes() -> None:
    state = pack({"received": 1, "by": "sales/anna", "channel": "http"}, b'{ "id": "1" }\r\n\xff')
    assert state == b'\x01{"received":1,"by":"sales/anna","channel":"http"}\n{ "id": "1" }\r\n\xff'


@given(
    st.dictionaries(st.text(), st.text() | st.integers(-(2**63), 2**64 - 1) | st.none() | st.booleans()), st.binary()
)
def test_what_was_packed_is_unpacked(header: dict[str, object], raw: bytes) -> None:
    assert unpack(pack(header, raw)) == (header, raw)


@pytest.mark.parametrize("state", [b"", b"\x03anything"])
def test_another_format_is_a_newer_store(state: bytes) -> None:
    with pytest.raises(StoreTooNew, match="newer entente"):
        unpack(state)


def test_ids_of_streams_are_stored_and_never_change() -> None:
    assert event_stream("crm/reports", "42") == UUID("a26da3dd-d162-5d3b-8753-3e402198752f")
    assert time_stream(1_767_225_600_000_000) == UUID("d49d76e1-7ae7-5691-92d3-1f25776f64f4")
    assert time_stream(1_767_225_600_000_000, "sales-to-marketing") == UUID("58703caf-f1ad-5d91-847b-b591cc60062a")
    assert quarantine_stream(b"{", "malformed-json", "sales") == UUID("27a58c30-7984-5851-8732-3adff3556e40")
    assert rules_stream("1", "2026.2") == UUID("a3e2de29-f4f8-5ec1-85a6-1e2e53c37950")


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_streams_are_the_same_only_for_the_same_source_and_id(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (event_stream(*one) == event_stream(*other)) is (one == other)


def test_where_the_source_ends_counts() -> None:
    assert event_stream("a", "bc") != event_stream("ab", "c")
    assert event_stream("", "1:a") != event_stream("1:a", "")
