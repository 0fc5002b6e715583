"""What people write in complaints is sealed where the store seals, and goes when who complained is to be forgotten (SHARED §7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.times import instant
from services.access import ADMINISTRATOR
from services.complaints.complaining import Complaining
from services.complaints.reading import read_complaint, read_complaints, read_words
from services.errors import Unavailable
from services.history.opener import Closed
from services.sealing.reading import watching
from tests.given import contract, criterion, punctuality
from tests.services.complained import CLIENT, SUPPLIER
from tests.services.sealing.sealed import Sealed, sealing

WORDS = "Mrs Canary waited all night"


def said(life: Sealed, id: str) -> list[tuple[str | None, str]]:
    with life.store.seen(SUPPLIER) as seen:
        words = read_words(seen, read_complaint(seen, id))
        return [(one.text, one.standing.state if one.standing else "") for one in words if one is not None]


def through(life: Sealed) -> str:
    """Received by the supplier for `bob`, answered and contested."""
    life.sign(contract(criterion(punctuality())))
    acts, time = life.store.use(Complaining), instant("2026-05-04T09:00+02:00")
    id, _ = acts.receive(SUPPLIER, "c/d", WORDS, complainant="bob", channel="phone", time=time)
    life.judge()
    acts.acknowledge(SUPPLIER, id, time=time)
    acts.answer(SUPPLIER, id, "Mrs Canary was fetched", time=time)
    acts.contest(CLIENT, id, "Mrs Canary was not", time=time)
    life.judge()
    return id


def test_no_file_has_the_words_and_they_go_with_who_complained(tmp_path: Path) -> None:
    with sealing(tmp_path) as life:
        id = through(life)
        assert said(life, id) == [
            (WORDS, "kept"), ("Mrs Canary was fetched", "kept"), ("Mrs Canary was not", "kept"),
        ]  # fmt: skip
        for file in tmp_path.iterdir():
            assert b"Canary" not in file.read_bytes(), file.name
        life.erasing.erase(ADMINISTRATOR, "bob", "asked to be forgotten")
        assert said(life, id) == [(None, "erased")] * 3
        [row] = life.store.read(CLIENT, read_complaints)
        assert (row.id, row.state) == (id, "contested"), "counts stay"
        life.store.use(Complaining).answer(SUPPLIER, id, "an answer that came later")
        life.judge()
        assert said(life, id)[-1] == ("an answer that came later", "kept")


def test_whoever_reads_them_is_noted(tmp_path: Path) -> None:
    with sealing(tmp_path) as life:
        id = through(life)
        with watching() as looks:
            said(life, id)
            life.store.read(CLIENT, read_complaints)
        assert {(one.service, one.thing) for one in looks} == {("lab", f"complaint {id}")}


def test_a_program_without_keys_takes_none_for_a_store_that_seals(tmp_path: Path) -> None:
    with sealing(tmp_path) as life:
        id = through(life)
        life.store.history.opener = Closed()
        with pytest.raises(Unavailable, match="no file of keys"):
            life.store.use(Complaining).answer(SUPPLIER, id, "in clear?")
        assert said(life, id) == [(None, "unknown")] * 3
