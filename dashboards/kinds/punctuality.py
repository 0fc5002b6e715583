"""Punctuality on pages."""

from __future__ import annotations

from dashboards.kinds.face import OPEN, VERDICTS, Face, by_form, the_key
from domain.terms import Punctuality

FACE: Face[Punctuality] = Face(
    columns=("", "due", "delivered", "compared"),
    verdicts=VERDICTS,
    name=the_key,
    measured_by=by_form,
    sample={
        "id": "weekly-report",
        "en": "Weekly report",
        "fr": "Rapport hebdomadaire",
        "criterion": "on-time",
        "criterion_en": "On time",
        "criterion_fr": "À l’heure",
        "indicator": "delivered: {type: report.delivered, where: {data.report: weekly}}\n"
        'due: {every: monday, at: "10:00"}\nearly: 3 days\ntolerance: 15 min\nwarn: 2 h\n',
        "target": "{max_misses: 1, per: quarter}",
        "calendar": OPEN,
    },
)
