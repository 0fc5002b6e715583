"""A dry run stores nothing, and says what an import would come to and what contracts would make of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dashboards.language import language
from domain.events import OperationalEvent
from entente.cli.rehearsing import foreseen_words
from ingestion.cloudevents import Decoded
from ingestion.files import ImportCount, import_files
from ingestion.rehearsing import Rehearsal, rehearse
from services.access import ADMINISTRATOR
from services.contract_files import read_documents
from services.contract_files.to_terms import mapping_terms
from services.trying.foreseeing import Foreseeing, drafted, seen_commitments
from tests.given import (
    availability,
    conformity,
    contract,
    criterion,
    document,
    event,
    measure,
    punctuality,
    structured,
    turnaround,
    volume,
)
from tests.services.judged import Life, living

MAPPING = mapping_terms(
    read_documents(
        """
entente: 1
mapping: meals
read: {format: csv, delimiter: ";", timezone: Europe/Paris}
events:
  - {type: item, id: "{Id}", source: kitchen, time: "{At}", data: {errors: {number: "{Errors}"}, temp: "{Temp}"}}
""",
        "m.yaml",
    )[0]
)
ROWS = """Id;At;Errors;Temp
1;2026-01-05T11:00;0;66
2;2026-01-05;x;66
3;2026-01-05T11:00;2;66
4;2026-01-05T11:00
1;2026-01-05T11:00;0;66
1;2026-01-05T11:00;7;66
"""


def rehearsed(
    life: Life, path: Path, most: int = 5, *, drafts: Sequence[Any] = ()
) -> tuple[Rehearsal, Foreseeing, list[str]]:
    store = life.store
    found = Foreseeing([*drafts, *store.read(ADMINISTRATOR, seen_commitments, [])], most)

    def see(item: Decoded, one: OperationalEvent) -> None:
        found.see(one)

    rehearsal = rehearse(life.store.history, [path], MAPPING, see)
    said = [
        foreseen_words(one, language("en")).replace("\u00a0", " ")
        for _, foreseen in store.read(ADMINISTRATOR, found.first, {one.contract for one in drafts})
        for one in foreseen
    ]
    return rehearsal, found, said


def test_what_would_become_of_each_row_is_what_an_import_makes_of_it(store_url: str, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(ROWS)
    with living(store_url) as life:
        life.sign(contract(criterion(conformity()), criterion(conformity(good={"data.temp": {"ge": 63}}), "warm")))
        before = life.position()
        rehearsal, found, said = rehearsed(life, path)
        assert life.position() == before
        assert rehearsal.count == ImportCount(accepted=2, duplicates=1, quarantined=3)
        assert dict(rehearsal.reasons) == {"unmapped-row": 1, "malformed-row": 1, "id-reused": 1}
        assert [one.place.rpartition("/")[2] for one in rehearsal.problems] == ["r.csv:3", "r.csv:5", "r.csv:7"]
        assert [one.partition(", and the contract")[0] for one in said] == [
            "c/d/on-time, kitchen#1: kept",
            "c/d/warm, kitchen#1: unknown: temp is the text “66”",
            "c/d/on-time, kitchen#3: failed",
            "c/d/warm, kitchen#3: unknown: temp is the text “66”",
        ]
        assert dict(found.by_commitment) == {"c/d/on-time": 2, "c/d/warm": 2}
        assert import_files(life.door, [path], MAPPING, ADMINISTRATOR) == rehearsal.count
        assert rehearsed(life, path)[0].count == ImportCount(duplicates=3, quarantined=3)


def test_a_draft_is_asked_before_it_is_signed_and_what_it_does_not_select_is_named(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("Id;At;Errors;Temp\n1;2026-01-05T11:00;0;66\n")
    with living() as life:
        each = {"type": "item", "where": {"data.temp": "67"}}
        [draft] = life.store.read(ADMINISTRATOR, drafted, [document(contract(criterion(conformity(each=each))))])
        _, found, said = rehearsed(life, path, drafts=[draft])
        assert said == []
        [row] = found.unselected()
        assert (row.events, [(one.path, one.value) for one in row.near]) == (1, [("data.temp", "66")])


def test_verdicts_are_those_of_all_events_with_what_is_stored_and_are_what_an_import_makes_of_them(
    store_url: str, tmp_path: Path
) -> None:
    stored = [event("opened", "01-05 10:00", "7"), event("opened", "01-05 10:00", "8")]
    new = [
        event("closed", "01-05 11:00", "7"),
        event("opened", "01-05 12:00", "9"),
        event("closed", "01-05 13:00", "5"),
    ]
    for name, events in (("stored", stored), ("new", [*new, *new])):
        (tmp_path / name).with_suffix(".jsonl").write_bytes(b"\n".join(map(structured, events)))
    with living(store_url) as life:
        life.sign(
            contract(
                criterion(turnaround()),
                criterion(measure(each={"type": "closed"}), "m", target={"at_most": 9, "per": "month"}),
            )
        )
        import_files(life.door, [tmp_path / "stored.jsonl"], None, ADMINISTRATOR)
        life.judge()
        _, found, _ = rehearsed(life, tmp_path / "new.jsonl", most=0)
        counts, unread = life.store.read(ADMINISTRATOR, found.concluded)
        assert counts == {"c/d/on-time": {"met": 1, "pending": 1}, "c/d/m": {"unknown": 2}}
        assert [(one.commitment, one.occurrences) for one in unread] == [("c/d/m", 2)]
        assert life.store.read(ADMINISTRATOR, found.concluded, {"c"})[0]["c/d/on-time"] == {"pending": 1}


@pytest.mark.parametrize(
    ("indicator", "events", "expected"),
    [
        (turnaround(), [event("opened", "01-05 10:00", "7"), event("closed", "01-05 11:00", "7")], ["7: kept", "7: kept"]),
        (turnaround(), [event("closed", "01-05 11:00", "7")], ["7: its case was never opened"]),
        (turnaround(), [event("opened", "01-05 10:00", None)], ["c/d/on-time selects it, and nothing owed awaits it: the event"]),
        (punctuality(), [event("report", "01-05 10:00", date="2026-01-05")], ["2026-01-05: kept"]),
        (measure(), [event("call", "01-05 10:00", id="a", minutes=4)], ["tool#a: measured"]),
        (volume(), [event("meal", "01-05 10:00")], ["2026-W02: counted"]),
        (availability(), [event("down", "01-05 10:00", "web")], ["web: down"]),
    ],
)  # fmt: skip
def test_of_every_kind_it_is_said_where_an_event_would_belong(
    tmp_path: Path, indicator: dict[str, Any], events: list[OperationalEvent], expected: list[str]
) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"\n".join(map(structured, events)))
    with living() as life:
        target = {"at_most": 9} if indicator["kind"] == "measure" else {"at_least": "90 %"}
        [draft] = life.store.read(
            ADMINISTRATOR, drafted, [document(contract(criterion(indicator, target={**target, "per": "month"})))]
        )
        _, _, said = rehearsed(life, path, drafts=[draft])
    assert len(said) == len(expected)
    for one, start in zip(said, expected, strict=True):
        assert one.removeprefix("c/d/on-time, ").startswith(start)
