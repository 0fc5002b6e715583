"""Volumes beside the band that held for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from dashboards.bands import MOST, Amount, band_chart
from dashboards.language import Language, first_up
from dashboards.proofs.proof import Proof
from dashboards.values import number_words
from dashboards.words import period_short, period_words
from domain.terms import Volume
from services.figures.rows import OccurrenceRow

MOST_NAMED = 4
"""Periods outside of their band that are named, the last ones."""


def volumes(
    occurrences: Sequence[OccurrenceRow], rule: Volume, by_version: Mapping[int, Volume], language: Language
) -> Proof | None:
    """`occurrences`: ascending; `by_version`: the rules of the contract's versions, where they differ from `rule`. None where
    nothing is to be shown yet."""
    shown = [row for row in occurrences if row.verdict != "pending" or _has_reached(row, rule)][-MOST:]
    if not shown:
        return None
    amounts = [_amount(row, by_version.get(row.version, rule), language) for row in shown]
    outside = [row for row in shown if row.verdict == "failed"]
    kept = sum(row.verdict == "met" for row in shown)
    name = language.text("proof.volume.name", kept=kept, total=kept + len(outside))
    title, note = language.text("proof.volume.title"), language.text(f"proof.volume.note.{rule.per}")
    drawing = band_chart(amounts, name, _band_words(amounts[-1], language), language)
    return Proof(title, note, drawing, _outside_words(outside, language))


def _has_reached(row: OccurrenceRow, rule: Volume) -> bool:
    """Says whether what came of a period that is not over has reached the band: one that has just begun would only stretch
    the chart."""
    return row.value is not None and Fraction(row.value) >= Fraction(rule.expected) * (1 - rule.band)


def _amount(row: OccurrenceRow, rule: Volume, language: Language) -> Amount:
    label, year = period_short(row.key, language)
    value = Fraction(row.value) if row.value is not None else None
    expected = Fraction(rule.expected)
    low, high = expected * (1 - rule.band), expected * (1 + rule.band)
    return Amount(label, year, value, row.verdict, low, high, expected)


def _band_words(amount: Amount, language: Language) -> str:
    edges = {"expected": amount.expected, "low": amount.low, "high": amount.high}
    return language.text(
        "proof.volume.band", **{name: number_words(edge, language, edge) for name, edge in edges.items()}
    )


def _outside_words(outside: Sequence[OccurrenceRow], language: Language) -> str:
    if not outside:
        return ""
    named = [period_words(row.key, language) for row in outside[-MOST_NAMED:]]
    return first_up(language.counted("proof.volume.outside", len(outside), periods=language.listing(named)))
