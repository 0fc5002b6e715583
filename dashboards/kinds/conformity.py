"""Conformity on pages."""

from __future__ import annotations

from dashboards.kinds.face import Face, by_form, the_key
from domain.terms import Conformity

FACE: Face[Conformity] = Face(
    columns=("", "happened", "", "note"),
    verdicts=("met", "failed", "excused", "unknown"),
    name=the_key,
    measured_by=by_form,
    sample={
        "id": "deliveries",
        "en": "Deliveries",
        "fr": "Livraisons",
        "criterion": "complete",
        "criterion_en": "Complete",
        "criterion_fr": "Complètes",
        "indicator": "each: {type: delivery.received}\ngood: {data.missing: {le: 0}}\n",
        "target": "{at_least: 98 %, per: month}",
    },
)
