"""The program, killed (SIGKILL) at a named point when it comes there for the n-th time: `dying.py POINT N COMMAND…`.

POINTS names where: before or after which call. Nothing of the program is changed but that it ends there.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from typing import Any, NamedTuple

from entente.cli import main
from ingestion.door import Door
from ingestion.kafka.worker import Worker
from services.checkpoints import keeping, making, tree
from services.history.attempts import Attempts
from services.history.history import History
from services.history.postgres_recorder import PostgresHistoryRecorder
from services.judging.judge import Judge
from services.sealing import erasing
from services.sealing.data_keys import DataKeys
from services.sealing.kek import Keks
from services.sign_in.leaving import Leaving


class Point(NamedTuple):
    owner: Any
    call: str
    is_after: bool


POINTS = {
    # the Kafka worker
    "given": Point(Worker, "given", True),
    "taken": Point(Worker, "taken", False),
    "read": Point(Worker, "_poll", True),
    "noted": Point(Attempts, "note", True),
    "decoded": Point(Door, "submit", False),
    "locked": Point(PostgresHistoryRecorder, "_copied", False),
    "copied": Point(PostgresHistoryRecorder, "_copied", True),
    "stored": Point(Door, "submit", True),
    "told": Point(Worker, "_tell", True),
    # HTTP and the judge
    "gathered": Point(Door, "submit_all", False),
    "unanswered": Point(Door, "submit_all", True),
    "judged": Point(Judge, "run", True),
    "judging": Point(Judge, "_apply", True),
    "deciding": Point(History, "save", False),
    "decided": Point(History, "save", True),
    # whoever makes checkpoints
    "growing": Point(tree, "_added", False),
    "grown": Point(tree, "_added", True),
    "signing": Point(making, "signed_note", False),
    "signed": Point(making, "signed_note", True),
    "checkpointed": Point(keeping, "make", True),
    # whoever forgets somebody
    "telling": Point(erasing, "append", False),
    "told-apart": Point(erasing, "append", True),
    "destroying": Point(DataKeys, "destroy", False),
    "destroyed": Point(DataKeys, "destroy", True),
    "forgetting": Point(Leaving, "forget", False),
    "forgotten": Point(Leaving, "forget", True),
    # whoever wraps keys anew
    "wrapping": Point(DataKeys, "_wrap_all", False),
    "wrapped": Point(DataKeys, "rewrap", True),
    "written": Point(Keks, "write", True),
}
OF_THE_WORKER = ("given", "read", "noted", "decoded", "locked", "copied", "stored", "told")
OF_WHOEVER_SIGNS = ("growing", "grown", "signing", "signed", "checkpointed")
OF_WHOEVER_FORGETS = ("telling", "told-apart", "destroying", "destroyed", "forgetting", "forgotten")
OF_WHOEVER_WRAPS = (("written", 1), ("wrapping", 1), ("written", 2), ("wrapped", 1))
OF_THE_SERVER = ("gathered", "unanswered", "judging", "judged")


def end_at(point: Point, number: int) -> None:
    """From now on the process ends when it comes to that point for that time."""
    call = getattr(point.owner, point.call)
    left = [number]

    @functools.wraps(call)
    def passing(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and not point.is_after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = call(*arguments, **named)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(point.owner, point.call, passing)


if __name__ == "__main__":
    name, number, *arguments = sys.argv[1:]
    end_at(POINTS[name], int(number))
    main(arguments)
