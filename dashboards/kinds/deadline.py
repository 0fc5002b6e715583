"""Deadline on pages."""

from __future__ import annotations

from dashboards.kinds.face import CASES, OPEN, VERDICTS, Face, by_form, the_key
from domain.terms import Deadline

FACE: Face[Deadline] = Face(
    columns=CASES,
    verdicts=VERDICTS,
    name=the_key,
    measured_by=by_form,
    sample={
        "id": "opinions",
        "en": "Opinions on files",
        "fr": "Avis sur dossiers",
        "criterion": "in-time",
        "criterion_en": "Before each file’s date",
        "criterion_fr": "Avant la date de chaque dossier",
        "indicator": "opened: {type: file.opened}\ndue: data.due\nclosed: {type: file.closed}\nwarn: 2 days\n",
        "target": "{at_least: 90 %, per: quarter}",
        "calendar": OPEN,
    },
)
