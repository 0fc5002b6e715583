"""The samples on public records: what the organisations wrote down themselves must come out."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from domain.commitments import Commitment
from domain.contract_versions import ContractVersion, commitments_of
from domain.events import OperationalEvent
from domain.occurrences import evidence_order
from domain.times import Instant, instant
from entente.samples import shipped_folder
from ingestion.cloudevents import Decoded
from ingestion.mapping import CompiledMapping
from services.contract_files import contract_terms, mapping_terms, read_documents

DATA = Path(__file__).parents[3] / "shared" / "data"
END_OF_THE_LOG = instant("2012-01-23T23:59:59+01:00")


@cache
def commitments(name: str) -> dict[str, Commitment]:
    document = read_documents((shipped_folder("samples") / name / "contract.yaml").read_text(encoding="utf-8"), name)[0]
    return {one.id: one for one in commitments_of([ContractVersion(1, contract_terms(document), None)])}


def mapped(name: str, header: list[str]) -> CompiledMapping:
    text = (shipped_folder("samples") / name / "mapping.yaml").read_text(encoding="utf-8")
    return CompiledMapping(mapping_terms(read_documents(text, name)[0]), header, name)


@cache
def dutch_lines() -> tuple[bytes, ...]:
    """Every event of the file, repeated as often as the rows repeat it."""
    path = DATA / "dutch_receipt_permits" / "receipt.csv.gz"
    if not path.exists():
        pytest.fail("the public records are not here: ../shared/data/dutch_receipt_permits")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        mapping = mapped("dutch-permits", next(rows))
        items = [item for row in rows for item in mapping.events(row)]
    assert all(isinstance(item, Decoded) for item in items)
    return tuple(item.raw for item in items)


def as_event(line: bytes) -> OperationalEvent:
    event = json.loads(line)
    return OperationalEvent(
        event["id"], event["source"], event["type"], instant(event["time"]), event["subject"], event.get("data")
    )


@cache
def dutch_verdicts(criterion: str) -> Counter[str]:
    commitment = commitments("dutch-permits")[f"dutch-permits/permits/{criterion}"]
    return verdicts(commitment, [as_event(line) for line in dict.fromkeys(dutch_lines())], END_OF_THE_LOG)


def verdicts(commitment: Commitment, events: list[OperationalEvent], watermark: Instant) -> Counter[str]:
    evidence = defaultdict(list)
    for event in events:
        for route in commitment.route(event):
            assert route.key is not None
            evidence[route.key].append(route.evidence)
    judged = [commitment.judge(key, sorted(found, key=evidence_order), watermark) for key, found in evidence.items()]
    return Counter(one.verdict.value if one.is_owed else one.standing for one in judged)


def test_rows_of_a_case_repeat_its_events_byte_for_byte() -> None:
    ids = Counter(json.loads(line)["id"] for line in set(dutch_lines()))
    assert set(ids.values()) == {1}
    assert len(ids) == 1434 + 1329
    assert len(dutch_lines()) > 2 * len(ids)


def test_dutch_permits_are_on_time_952_times_by_the_instant() -> None:
    assert dutch_verdicts("by-the-instant")["met"] == 952
    assert dutch_verdicts("by-the-instant")["late"] == 1329 - 952


def test_dutch_permits_are_on_time_1020_times_by_the_end_of_that_local_day() -> None:
    assert dutch_verdicts("by-end-of-day")["met"] == 1020
    assert dutch_verdicts("by-end-of-day")["late"] == 1329 - 1020


def test_of_105_open_dutch_permits_39_were_past_their_deadline_at_the_end_of_the_log() -> None:
    assert dutch_verdicts("by-the-instant")["missing"] == 39
    assert dutch_verdicts("by-the-instant")["pending"] == 105 - 39


def test_the_boston_contract_selects_what_the_boston_mapping_makes() -> None:
    text = (shipped_folder("samples") / "boston" / "mapping.yaml").read_text(encoding="utf-8")
    terms = mapping_terms(read_documents(text, "boston")[0])
    types = {str(part) for event in terms.events for part in event.type.parts}
    assert types == set(commitments("boston")["boston-311/requests/on-time"].types)
