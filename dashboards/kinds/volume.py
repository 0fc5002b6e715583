"""Volume on pages."""

from __future__ import annotations

from dashboards.kinds.face import Face, by_form, the_key
from domain.terms import Volume

FACE: Face[Volume] = Face(
    columns=("", "about", "sum", "band"),
    verdicts=("pending", "met", "failed", "excused", "unknown"),
    name=the_key,
    measured_by=by_form,
    sample={
        "id": "meals",
        "en": "Meals",
        "fr": "Repas",
        "criterion": "as-planned",
        "criterion_en": "As many as planned",
        "criterion_fr": "Autant que prévu",
        "indicator": "each: {type: meals.delivered}\nvalue: data.count\nper: week\nexpected: 500\nband: 10 %\n",
        "target": "{at_least: 90 %, per: quarter}",
    },
)
