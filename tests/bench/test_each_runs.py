"""A bench comes to its end, with numbers so small that they say nothing: one that cannot run would be noticed by nobody else. Those
that take long however small they are stand in `LEFT_OUT`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.bench.__main__ import BENCHES
from tests.bench.entry import Entry

SMALL: dict[str, dict[str, object]] = {
    "replay": {"EVENTS": 2_000},
    "sealing": {"ROUNDS": 3, "BATCH": 20, "BATCHES": 2},
    "verify": {"EVENTS": 2_000, "AT_ONCE": 200, "SINGLES": 10},
    "notices": {"SUBJECTS": 20, "PEOPLE": 2},
    "crowded": {"FEW": 2, "MANY": 4, "A_TIME": 2, "ROUNDS": 1},
    "meeting": {"OCCURRENCES": 200, "ROUNDS": 1},
    "money": {"POOLS": 2, "CLIENTS": 2},
    "use": {"COUNT": 2_000},
    "access": {"CONTRACTS": 10, "DAYS": 7, "ROUNDS": 1, "TURNS": 1, "CHECKS": 10},
}
LEFT_OUT = {
    "import": "the requests of a city, which are not in the repository",
    **dict.fromkeys(
        ("http", "streaming", "arriving", "projecting", "shards", "judging", "metrics", "pages", "doors"),
        "take a minute, however small they are",
    ),
}


@pytest.mark.parametrize("name", SMALL)
def test_it_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module(BENCHES[name].__module__)
    for constant, value in SMALL[name].items():
        assert hasattr(module, constant), constant
        monkeypatch.setattr(module, constant, value)
    found = BENCHES[name](tmp_path)
    assert found
    assert all(isinstance(one, Entry) and one.as_row() for one in found)


def test_none_is_forgotten() -> None:
    assert BENCHES.keys() == SMALL.keys() | LEFT_OUT.keys()
