"""Numbers in events: what a measure is made from, how somebody answered, how much of a volume came."""

from __future__ import annotations

from math import exp
from random import Random

from domain.durations import UNITS
from domain.terms import Criterion, Measure, Rolling, Satisfaction, Target, Volume
from entente.simulation.luck import BAD, GOOD, Mood

DAYS = {"week": 7, "month": 30.4, "quarter": 91.3, "half": 182.6, "year": 365.2, "contract": 365.2}
SPREAD = 0.45
"""The spread of measured values: the deviation of their logarithm."""
ABOVE = {"p90": 1.28, "p95": 1.64, "p99": 2.33, "max": 2.6}
"""Deviations by which an aggregate lies above the usual value."""


def days_of(target: Target) -> float:
    """Gives the usual length of a target's period, in days."""
    return target.per.days if isinstance(target.per, Rolling) else DAYS[target.per]


def measured(terms: Measure, criterion: Criterion, events_a_day: float, mood: Mood, care: float, draw: Random) -> int:
    """A whole number whose aggregate keeps the first target in good spells, and does not in bad ones."""
    target = criterion.targets[0]
    bound = float(target.bound) / (UNITS[terms.unit] if target.of == "time" and terms.unit is not None else 1)
    if terms.aggregate in ("sum", "count"):
        bound /= max(1.0, events_a_day * days_of(target))
    if target.form == "at_least":
        return round(bound * (1 + _slack(mood, care) * 0.3) * draw.gauss(1, SPREAD / 8))
    usual = bound * (1 - _slack(mood, care)) / exp(ABOVE.get(terms.aggregate, 0) * SPREAD)
    return max(0, round(usual * draw.lognormvariate(-(SPREAD**2) / 2, SPREAD)))


def _slack(mood: Mood, care: float) -> float:
    """Gives how far inside its bound a spell keeps things, as a share of it: a good way, a little, or beyond (below 0)."""
    if mood is GOOD:
        return 0.3
    return -0.35 * care if mood is BAD else 0.12


def answered(terms: Satisfaction, criterion: Criterion, mood: Mood, care: float, draw: Random) -> int:
    """A whole number of the scale, satisfied about as often as the first target asks, or less in bad spells."""
    low, high = (int(end) for end in terms.scale)
    least = min(max(int(terms.satisfied), low + 1), high)
    target = criterion.targets[0]
    asked = float(target.bound) if target.of == "share" else (float(target.bound) - low) / max(1, high - low)
    glad = min(0.97, asked + (1 - asked) * _slack(mood, care) * 1.6)
    if draw.random() < glad:
        return min(high, least + int((high - least + 1) * draw.betavariate(2, 1.6)))
    return low + int((least - low) * draw.betavariate(3, 1.2))


def amount(terms: Volume, events_a_day: float, mood: Mood, care: float, draw: Random) -> int:
    """Draws what one event adds to the period's sum: inside the band in good spells, beside it in bad ones."""
    share = float(terms.expected) / (DAYS[terms.per] * events_a_day)
    band = float(terms.band)
    off = 0.0 if mood is GOOD else band * (0.9 + 0.3 * care) if mood is BAD else band * 0.4
    return max(0, round(share * (1 - off) * draw.gauss(1, min(0.06, band))))
