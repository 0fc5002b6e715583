"""Satisfaction on pages."""

from __future__ import annotations

from dashboards.kinds.face import Face, by_form, the_key
from domain.terms import Satisfaction

FACE: Face[Satisfaction] = Face(
    columns=("", "happened", "score", "note"),
    verdicts=("met", "failed", "excused", "unknown"),
    name=the_key,
    measured_by=by_form,
    sample={
        "id": "reception",
        "en": "Reception",
        "fr": "Accueil",
        "criterion": "satisfied",
        "criterion_en": "Satisfied",
        "criterion_fr": "Satisfaits",
        "indicator": "answer: {type: survey.answered}\nscore: data.score\nscale: [1, 5]\nsatisfied: 4\n",
        "target": "{at_least: 80 %, per: quarter}",
    },
)
