"""What is said of bad input is one short line, whatever was sent."""

from __future__ import annotations

import pytest

from ingestion.cloudevents import LONGEST_PROBLEM, Bad, decode_structured
from ingestion.local_times import time_reader
from ingestion.mapping import CompiledMapping, UnmappedRow
from services.contract_files import mapping_terms
from services.errors import Invalid
from tests.given import Tree, document

MAPPING: Tree = {
    "entente": 1,
    "mapping": "m",
    "read": {"format": "csv"},
    "events": [{"type": "t", "id": "{a}", "source": "s", "time": "{b}", "data": {"n": {"number": "{c}"}}}],
}


def compiled(header: list[str]) -> CompiledMapping:
    return CompiledMapping(mapping_terms(document(MAPPING)), header, "wide.csv")


def test_a_header_of_200_000_columns_is_named_by_its_first() -> None:
    with pytest.raises(Invalid) as error:
        compiled([f"column number {number}" for number in range(200_000)])
    assert len(str(error.value)) < 1_500
    assert "column number 19 and 199,980 more" in str(error.value)


def test_a_cell_of_any_length_is_named_by_its_beginning() -> None:
    with pytest.raises(UnmappedRow, match="is not a number such as") as number:
        compiled(["a", "b", "c"]).events(["1", "2026-01-05T09:00:00Z", "x" * 100_000])
    assert len(str(number.value)) < 200
    with pytest.raises(ValueError, match="is not a time") as moment:
        time_reader(("%d/%m/%Y",), None)("x" * 100_000)
    assert len(str(moment.value)) < 200


@pytest.mark.parametrize("name", ["id", "time", "source", "type", "x" * 100_000])
def test_an_event_is_set_aside_with_a_short_problem(name: str) -> None:
    sent = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "time": "2026-01-05T09:00:00Z"}
    found = decode_structured(str({**sent, name: "y" * 100_000}).replace("'", '"').encode())
    assert isinstance(found, Bad)
    assert len(found.problem) <= LONGEST_PROBLEM
