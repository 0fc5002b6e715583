"""Who signs as the second is killed on the way: the signature and all its effects are there, or none of them."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from domain.review import Review
from services.reviews.reviewing import Reviewing
from tests.end_to_end.running import environment
from tests.forks import Forks
from tests.patience import PATIENCE
from tests.services.judged import NOW, Life
from tests.services.reviews.quarter import COMMITMENT, MARKETING, REVIEW, SALES, met, review

BEFORE: Final = ("signed in memory", "effects in memory", "saving", "1", "2", "3", "100")
"""Where it dies before its transaction has ended: all is to be as it was. The numbers: behind so many entries."""
FALLS: Final = 3
"""Of one run, before the one behind the transaction."""


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with closing(Forks()) as running:
        yield running


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_between_the_second_signature_and_its_effects_there_are_both_or_none(
    forks: Forks, store_url: str, tmp_path: Path, seed: int
) -> None:
    with met(store_url) as (life, excuse):
        submitted(life, excuse)
        points = [*BEFORE, *(["all written"] if store_url.startswith("postgresql:") else [])]
        random.Random("falls").shuffle(points)  # the runs of all seeds together die everywhere
        for number in range(FALLS):
            dies(forks, tmp_path, store_url, points[((seed - 1) * FALLS + number) % len(points)])
            assert shown(life) == ("half-signed", ("11/13", "final"), 0, 1, 0)
        dies(forks, tmp_path, store_url, "saved")
        assert shown(life) == ("signed", ("11/12", "restated"), 1, 2, 1)


def submitted(life: Life, excuse: str) -> None:
    """An action and an excuse are decided, and sales has signed."""
    reviewing = life.store.use(Reviewing)
    reviewing.take_decision(MARKETING, REVIEW, "action", {"commitment": COMMITMENT, "text": "Check the list."})
    reviewing.take_decision(MARKETING, REVIEW, "excuse", {"excuse": excuse, "answer": "accept"}, "So it was.")
    reviewing.settle_rest(MARKETING, REVIEW, "noted")
    reviewing.submit(MARKETING, REVIEW)
    reviewing.sign_review(SALES, REVIEW)
    life.judge()


def dies(forks: Forks, folder: Path, url: str, point: str) -> None:
    told, said = [point, url, str(NOW), "marketing/bo", REVIEW], folder / "killed.log"
    code = forks.start("tests.faults.signing", told, folder, environment(), said, said).wait(PATIENCE)
    assert code == -signal.SIGKILL, (point, code, said.read_text())


def shown(life: Life) -> tuple[str, tuple[str, str], int, int, int]:
    """The state of the review, the figure that the excuse changes, actions that were decided, signatures, and what took effect."""
    life.judge()
    figure = life.figure("2026-Q1", COMMITMENT)
    opened = [one for one in life.actions() if one.cause == "opened-by-hand"]
    entries = life.store.history.read(0, 10_000, [Review.Signed.TOPIC, Review.TookEffect.TOPIC])
    effects = [one for one in entries if one.topic == Review.TookEffect.TOPIC]
    adjusted = f"{figure.adjusted[0]}/{figure.adjusted[1]}", figure.state
    return review(life).state, adjusted, len(opened), len(entries) - len(effects), len(effects)
