"""Turnaround on pages."""

from __future__ import annotations

from dashboards.kinds.face import CASES, OPEN, VERDICTS, Face, by_form, the_key
from domain.terms import Turnaround

FACE: Face[Turnaround] = Face(
    columns=CASES,
    verdicts=VERDICTS,
    name=the_key,
    measured_by=by_form,
    sample={
        "id": "requests",
        "en": "Requests",
        "fr": "Demandes",
        "criterion": "done",
        "criterion_en": "Done in time",
        "criterion_fr": "Traitées à temps",
        "indicator": "opened: {type: request.opened}\nclosed: {type: request.closed}\nwithin: 8 working hours\nwarn: 1 h\n",
        "target": "{at_least: 90 %, per: month}",
        "calendar": OPEN,
    },
)
