"""What is listed for who answers for people's data: the log for auditors, what is kept for the data protection officer (trust §3)."""

from __future__ import annotations

from heapq import merge
from itertools import islice
from typing import Final

from domain.saying import said
from services.access import Principal, Right
from services.access_log import LoggedRow, Wanted, counted, logged
from services.directory.declaring import Declared
from services.errors import NotAllowed
from services.history.history import History
from services.protection.decided import decided
from services.sealing.data_keys import DataKeys
from services.sealing.retention import Kept, kept

OWN_ROWS: Final = 20
"""Rows that somebody sees of their own."""


def read_log(history: History, who: Principal, wanted: Wanted, limit: int, offset: int = 0) -> list[LoggedRow]:
    """What was noted, and what the history keeps of keys, roles and erasures, the newest first. Raises NotAllowed for all but the
    auditor."""
    if not who.may(Right.AUDIT):
        raise NotAllowed(said("the log of reads is for the auditor"), mend=who.named_as(said("act as auditor")))
    noted = logged(history.database, wanted, offset + limit)
    both = merge(noted, decided(history, wanted), key=lambda row: (row.hour, row.last), reverse=True)
    return list(islice(both, offset, offset + limit))


def count_log(history: History, wanted: Wanted) -> int:
    """How many rows `read_log` has in all."""
    return counted(history.database, wanted) + len(decided(history, wanted))


def own_log(history: History, person: str) -> list[LoggedRow]:
    """The newest of what was done in somebody's own name."""
    return logged(history.database, Wanted(person=person), OWN_ROWS)


def kept_months(history: History, who: Principal) -> list[Kept]:
    """What is kept sealed, by source and month; nothing in a program without keys. Raises NotAllowed."""
    require_kept(who)
    keys = history.opener
    return kept(keys, Declared(history).personal()) if isinstance(keys, DataKeys) else []


def require_kept(who: Principal) -> None:
    """Raises NotAllowed for all but the administrator and the data protection officer."""
    if not (who.may(Right.FORGET) or who.holds("protection")):
        raise NotAllowed(
            said("what is kept where is for the administrator and the data protection officer"),
            mend=who.named_as(said("act as administrator")),
        )
