"""Measure on pages."""

from __future__ import annotations

from dashboards.kinds.face import Face, the_key
from dashboards.language import Language
from dashboards.values import bound_of, drawn_unit
from dashboards.words import field_words
from domain.terms import Measure, Target


def _measured_by(terms: Measure, target: Target, language: Language) -> str:
    """How the numbers are put together, and in which unit they are drawn."""
    words = language.text(f"rule.measure.{terms.aggregate}", value=field_words(terms.value, language))
    bound = bound_of(str(target), terms.unit)
    unit, _ = drawn_unit(bound, terms.unit) if bound is not None else (None, None)
    return f"{words}, {unit}" if unit else words


FACE: Face[Measure] = Face(
    columns=("", "happened", "value", "note"),
    verdicts=("excused", "unknown"),
    name=the_key,
    measured_by=_measured_by,
    sample={
        "id": "answers",
        "en": "Answers",
        "fr": "Réponses",
        "criterion": "wait",
        "criterion_en": "Time to answer",
        "criterion_fr": "Temps de réponse",
        "indicator": "each: {type: call.answered}\nvalue: data.wait_seconds\naggregate: p95\nunit: s\n",
        "target": "{at_most: 60, per: month}",
    },
)
