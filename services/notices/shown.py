"""Letters in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from domain.times import show
from services.notices.reading import Letter
from services.notices.shapes import LetterShown


def letter_json(letter: Letter) -> LetterShown:
    row = letter.row
    return {
        "id": row.id,
        "channel": row.channel,
        "person": row.person,
        "kind": row.kind,
        "notices": letter.notices,
        "made": show(row.made),
        "state": row.state,
        "tries": row.tries,
        "why": row.why,
        "settled": show(row.settled) if row.settled else None,
    }
