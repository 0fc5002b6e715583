"""Whatever is wrong with what somebody sends, each door answers as the catalogue says, and keeps no memory of it."""

from __future__ import annotations

import ctypes
import gc
import resource
from contextlib import suppress
from pathlib import Path

import pytest

from tests.bad_inputs.at_doors import Doors, doors
from tests.bad_inputs.catalogue import KINDS, BadInput, catalogue
from tests.bounded import seconds_of_work

AT_LEAST = 300
MOST_GROWTH = 50 << 20


def resident() -> int:
    """Bytes of memory that this process has now."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # what is free counts as free
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _wrong(open_doors: Doors, one: BadInput) -> str | None:
    with seconds_of_work(60):
        answers = open_doors.answers(one)
    unlike = [f"{door} {answers[door]!r}, not {said!r}" for door, said in one.expected.items() if answers[door] != said]
    faults = [door for door, answer in answers.items() if answer.startswith("5")]
    return f"{one.name}: {'; '.join(unlike)}" if unlike or faults else None


def test_each_door_answers_each_bad_input_as_its_file_says_and_keeps_no_memory_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "services.history.sqlite_database.CACHE_KIBIBYTES", 1_000
    )  # each store fills its cache, and no more
    with doors(tmp_path) as open_doors:
        open_doors.warm()
        before = resident()
        wrong = [found for one in catalogue() if (found := _wrong(open_doors, one)) is not None]
        growth = resident() - before
        assert open_doors.looks() == []
    assert wrong == []
    assert growth <= MOST_GROWTH, f"{growth >> 20} MiB"


def test_the_catalogue_is_large_and_each_input_is_another() -> None:
    inputs = catalogue()
    assert len(inputs) >= AT_LEAST
    assert {one.kind for one in inputs} == set(KINDS)
    seen = {repr((one.kind, {name: said for name, said in one.said.items() if name != "what"})) for one in inputs}
    assert len(seen) == len(inputs)


@pytest.mark.parametrize("kind", KINDS)
def test_each_input_says_what_it_is_and_what_its_doors_answer(kind: str) -> None:
    fit = {"events": {"http", "kafka", "file"}, "batches": {"http", "kafka", "file"}, "binary": {"http", "kafka"},
           "webhooks": {"http"}, "documents": {"http", "file"}, "tables": {"file"}, "requests": {"http"}}  # fmt: skip
    for one in catalogue():
        if one.kind == kind:
            assert one.said["what"], one.name
            assert one.expected.keys() == fit[kind], one.name
