"""How people answered: scores on their scale, against the one from which on they are satisfied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from dashboards.attainment import round_step
from dashboards.histograms import MOST_BINS, Histogram, histogram, tones_told
from dashboards.language import Language
from dashboards.proofs.proof import Proof
from dashboards.values import number_words
from dashboards.words import period_words
from domain.terms import Satisfaction


def scores(given: Sequence[Fraction], rule: Satisfaction, period: str, language: Language) -> Proof | None:
    """`period`: the one that the scores were given in, or `all`. None without any score."""
    if not given:
        return None
    lowest, highest = rule.scale
    low, high = Fraction(lowest), Fraction(highest)
    satisfied, mean = sum(score >= Fraction(rule.satisfied) for score in given), sum(given, Fraction()) / len(given)
    name = language.text("proof.satisfaction.name", good=satisfied, total=len(given))
    caption = language.text(
        "proof.satisfaction.caption",
        good=satisfied,
        total=len(given),
        mean=number_words(mean, language),
        high=language.decimal(highest),
    )
    return Proof(
        language.text("proof.satisfaction.title"),
        _span_words(period, len(given), language),
        histogram(_spread(given, low, high, rule, language), name),
        caption,
        is_narrow=True,
    )


def _spread(
    given: Sequence[Fraction], low: Fraction, high: Fraction, rule: Satisfaction, language: Language
) -> Histogram:
    """Each bin begins at a score, the first at the lower end of the scale; all that hold any tell their count."""
    width = max(Fraction(1), round_step((high - low) / MOST_BINS))
    counts = [0] * (int((high - low) // width) + 1)
    for score in given:
        counts[min(len(counts) - 1, max(0, int((score - low) // width)))] += 1
    starts = [low + width * place for place in range(len(counts))]
    tones = ["kept" if start >= Fraction(rule.satisfied) else "miss" for start in starts]
    satisfied_from = float((Fraction(rule.satisfied) - low) / width)
    return Histogram(
        tuple(replace(bar, is_told=bar.count > 0) for bar in tones_told(counts, tones)),
        tuple((place, number_words(start, language)) for place, start in enumerate(starts)),
        ((satisfied_from, language.text("proof.satisfaction.from", score=language.decimal(rule.satisfied))),),
        labels_in_middle=True,
    )


def _span_words(period: str, count: int, language: Language) -> str:
    answers = language.counted("proof.answers", count)
    return answers if period == "all" else f"{period_words(period, language)}, {answers}"
