"""The second signature of a review, killed (SIGKILL) on its way: `signing.py POINT STORE NOW PARTY REVIEW`.

`NOW`: microseconds since 1970, at which the clock stands. POINT is one of POINTS, or a number: behind so many entries of the save.
Nothing of the program is changed but that it ends there.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, Final

from domain.review import Review
from services.access import principal
from services.history.history import History
from services.history.postgres_recorder import PostgresHistoryRecorder
from services.history.sqlite_recorder import SQLiteHistoryRecorder
from services.opening import open_store
from services.reviews.reviewing import Reviewing
from tests.faults.dying import Point, end_at

POINTS: Final = {
    "signed in memory": Point(Review, "sign", True),
    "effects in memory": Point(Review, "take_effect", True),
    "saving": Point(History, "save", False),
    "all written": Point(PostgresHistoryRecorder, "_fetch_ids_after_insert_events", True),
    "saved": Point(History, "save", True),
}
"""All but the last stand in front of the end of the transaction."""
WRITES: Final = ((SQLiteHistoryRecorder, "_insert_events"), (PostgresHistoryRecorder, "_insert_stored_events"))


def end_behind(entries: int) -> None:
    """From now on the process ends when it has written so many entries of what is saved together, or all of fewer."""
    for owner, name in WRITES:
        call = getattr(owner, name)

        def writing(self: Any, cursor: Any, events: Any, *, call: Any = call, **named: Any) -> None:
            call(self, cursor, events[:entries], **named)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(owner, name, writing)


if __name__ == "__main__":
    point, url, now, party, review = sys.argv[1:]
    if point.isdecimal():
        end_behind(int(point))
    else:
        end_at(POINTS[point], 1)
    open_store(url, clock=lambda: int(now)).use(Reviewing).sign_review(principal(party), review)
