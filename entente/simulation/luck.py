"""Draws all chance from the seed and the name of the thing, so that nothing depends on what was drawn before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from random import Random

from domain.durations import HOUR
from domain.times import Instant

DAY = 24 * HOUR
SPELL = 16 * DAY
"""The length of a good or a bad spell, in microseconds."""


def luck(seed: int, *names: object) -> Random:
    """The chance of one thing, told apart by its names."""
    return Random(mark(seed, *names))


def mark(seed: int, *names: object) -> str:
    """A short text that stands for these names and no others."""
    return blake2b("\x1f".join(map(str, (seed, *names))).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Mood:
    """The mood of a spell: chances out of one, and the usual share of the allowed time that work takes (`pace`)."""

    late: float
    missing: float
    failed: float
    pace: float


GOOD = Mood(late=0.012, missing=0.003, failed=0.012, pace=0.38)
TENSE = Mood(late=0.07, missing=0.012, failed=0.05, pace=0.55)
BAD = Mood(late=0.30, missing=0.05, failed=0.16, pace=0.85)


@dataclass(frozen=True, slots=True)
class Temper:
    """The way in which one commitment is usually kept. `care` multiplies every chance of a miss; `storms` is the share
    of bad spells."""

    seed: int
    name: str
    care: float
    storms: float

    @classmethod
    def of(cls, seed: int, name: str) -> Temper:
        draw = luck(seed, "temper", name)
        return cls(seed, name, care=draw.choice((0.3, 0.6, 0.9, 1.1, 1.5)), storms=draw.choice((0.04, 0.1, 0.14, 0.2)))

    def mood(self, at: Instant) -> Mood:
        """The mood of the spell that holds this instant."""
        fortune = _fortune(self.seed, self.name, at // SPELL)
        if fortune < self.storms:
            return BAD
        return TENSE if fortune < self.storms + 0.18 else GOOD


@lru_cache(maxsize=10_000)
def _fortune(seed: int, name: str, spell: int) -> float:
    return luck(seed, "spell", name, spell).random()
