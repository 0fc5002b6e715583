"""Availability on pages."""

from __future__ import annotations

from dashboards.kinds.face import OPEN, Face, by_time
from domain.terms import Availability


def _subject(key: str) -> str:
    """The subject that was down; when it was is said beside it."""
    return key.partition("@")[0]


FACE: Face[Availability] = Face(
    columns=("subject", "began", "ended", "lasted"),
    verdicts=("pending", "met", "failed", "excused"),
    name=_subject,
    measured_by=by_time,
    sample={
        "id": "application",
        "en": "Application",
        "fr": "Application",
        "criterion": "up",
        "criterion_en": "Up",
        "criterion_fr": "En marche",
        "indicator": "down: {type: service.down}\nup: {type: service.up}\nignore_shorter_than: 2 min\n",
        "target": "{at_least: 99.5 %, per: month}",
        "calendar": OPEN,
    },
)
