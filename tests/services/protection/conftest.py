"""A house whose desk says who asked for something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.sealing.kek import create_kek
from tests.entering import NOW, House, entered
from tests.given import contract, criterion, turnaround
from tests.services.sealing.sealed import DESK


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """`lab` serves `ward`; the desk of the lab is declared personal."""
    create_kek(tmp_path / "kek", NOW)
    with entered(f"sqlite:///{tmp_path / 'entente.db'}", kek_file=str(tmp_path / "kek")) as opened:
        opened.apply({"service": "lab", "title": "Lab", "sources": [DESK]}, {"service": "ward", "title": "Ward"})
        rule = criterion(turnaround(opened={"type": "opened"}, closed={"type": "closed"}))
        opened.apply(contract({**rule, "owner": "olga"}), sign=True)
        opened.admit(
            {"person": "lea", "name": "Léa", "services": {"lab": "member"}},
            {"person": "rita", "services": {"lab": "reader"}},
            {"person": "olga", "services": {"lab": "reader"}},
            {"person": "luc", "services": {"ward": "head"}},
            {"person": "paul", "auditor": True},
            {"person": "ines", "administrator": True},
            {"person": "dora", "dpo": True},
        )
        yield opened
