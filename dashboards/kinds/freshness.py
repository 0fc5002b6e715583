"""Freshness on pages."""

from __future__ import annotations

from dashboards.kinds.face import Face, by_time, the_key
from domain.terms import Freshness

FACE: Face[Freshness] = Face(
    columns=("", "began", "ended", "lasted"),
    verdicts=("failed", "excused"),
    name=the_key,
    measured_by=by_time,
    sample={
        "id": "stock",
        "en": "Stock levels",
        "fr": "État des stocks",
        "criterion": "fresh",
        "criterion_en": "Never older than agreed",
        "criterion_fr": "Jamais plus ancien que convenu",
        "indicator": "updated: {type: stock.updated}\nmax_age: 4 h\n",
        "target": "{at_least: 99 %, per: month}",
    },
)
