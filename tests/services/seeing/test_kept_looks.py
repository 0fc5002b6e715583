"""Moments of the past are judged once, a turn at a time, and kept: a few, for a while, and not beyond what was erased."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from services.access import ADMINISTRATOR
from services.contracts.reading import read_contracts
from services.errors import Unavailable
from services.figures.reading import read_figures
from services.sealing.erased import person_fact
from services.seeing import kept_looks
from services.seeing.kept_looks import AT_MOST, LOOKING_BACK, TURN, UNUSED, KeptLooks
from services.seeing.seen import Seeing
from tests.given import contract, criterion, event, turnaround
from tests.services.judged import NOW, Life, living


@pytest.fixture(scope="module")
def life() -> Iterator[Life]:
    with living() as found:
        found.sign(contract(criterion(turnaround())))
        for day in range(5, 12):
            found.happen(event("request.opened", f"2026-01-{day:02} 09:00", subject=f"r{day}"))
        found.advance("2026-02-10")
        yield found


def look(kept: KeptLooks, life: Life, position: int) -> Seeing:
    with kept.look(life.store.seeing, position, None) as seeing:
        return seeing


def folder(seeing: Seeing) -> Path:
    return Path(seeing.database.place.removeprefix("sqlite:///"))


def test_a_moment_is_judged_once_and_shows_what_was_known_then(life: Life) -> None:
    kept, end = KeptLooks(), life.position()
    first = look(kept, life, end)
    assert look(kept, life, end) is first
    now = life.store.read(ADMINISTRATOR, read_figures)
    assert first.read(ADMINISTRATOR, read_figures) == now
    before = look(kept, life, 1)
    assert before.read(ADMINISTRATOR, read_contracts) == []


def test_a_page_waits_for_a_turn_and_the_next_one_goes_on_from_there(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, end = KeptLooks(), life.position()
    monkeypatch.setattr(kept_looks, "_BATCH", 5)
    seconds = count(0, 2 * int(TURN))
    kept.clock = lambda: float(next(seconds))
    with pytest.raises(Unavailable, match="up to position 5 of") as first:
        look(kept, life, end)
    with pytest.raises(Unavailable, match="up to position 10 of"):
        look(kept, life, end)
    assert first.value.slug == LOOKING_BACK
    kept.clock = lambda: 0.0
    assert look(kept, life, end).known().position == life.store.seeing.known().position


def test_few_are_kept_and_none_for_long(life: Life) -> None:
    kept, end = KeptLooks(), life.position()
    looks = [look(kept, life, end - back) for back in range(AT_MOST)]
    look(kept, life, 1)
    assert not folder(looks[0]).exists()
    assert [folder(one).exists() for one in looks[1:]] == [True] * (AT_MOST - 1)
    kept.clock = lambda: time.monotonic() + UNUSED + 1
    look(kept, life, 2)
    assert not any(folder(one).exists() for one in looks)


def test_what_is_being_read_stays_until_it_was_read(life: Life) -> None:
    kept, end = KeptLooks(), life.position()
    with kept.look(life.store.seeing, end, None) as seeing:
        for back in range(1, AT_MOST + 2):
            look(kept, life, end - back)
        assert folder(seeing).exists()
        life.store.history.append_facts([person_fact("code", by="x", reason="asked", at=NOW)])
        assert look(kept, life, end) is not seeing
        assert seeing.read(ADMINISTRATOR, read_figures)
    assert not folder(seeing).exists()


def test_nothing_is_kept_of_what_was_judged_before_somebody_was_forgotten(life: Life) -> None:
    kept, end = KeptLooks(), life.position()
    before = look(kept, life, end)
    assert look(kept, life, end) is before
    life.store.history.append_facts([person_fact("another", by="x", reason="asked", at=NOW)])
    assert look(kept, life, end) is not before
    assert not folder(before).exists()
