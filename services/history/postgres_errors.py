"""What PostgreSQL and the way to it can do wrong, as one sentence each: what it is, and what to do about it."""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg import errors

from services.errors import Unavailable
from services.history.postgres_sessions import QUESTION_SECONDS, standby

FULL: Final = ("too many clients", "remaining connection slots", "too many connections for")
"""How a server says that it takes no more connections: before one is there, it gives no code."""
REFUSED: Final = ("authentication failed", "no password supplied", "no pg_hba.conf entry", "role ")
NOT_NOW: Final = ("is starting up", "is shutting down", "is in recovery mode", "not yet accepting connections")


ENDED: Final = (errors.ReadOnlySqlTransaction, errors.IdleInTransactionSessionTimeout)
"""What the library does not count among the operational errors."""


def first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def understood(error: psycopg.Error, place: str) -> Unavailable:
    match error:
        case errors.DiskFull():
            what, mend = "the server's disk is full; this batch was not stored", "make room and try again"
        case errors.LockNotAvailable():
            what, mend = "another program has kept the store locked for too long", "end it, or try again"
        case errors.QueryCanceled():
            what, mend = f"a question took longer than {QUESTION_SECONDS} s, or was ended by hand", "try again"
        case errors.ReadOnlySqlTransaction():
            return standby(place)
        case errors.TooManyConnections():
            what, mend = "the server takes no more connections", TOO_FEW
        case _:
            what, mend = first_line(error), _mend_of(str(error))
            if mend == TOO_FEW:
                what = f"the server takes no more connections ({what.rpartition('FATAL:')[2].strip()})"
    return Unavailable(what, place=place, mend=mend)


TOO_FEW: Final = (
    "raise max_connections, or run fewer processes: docs/operations.md says how many connections each takes"
)


def _mend_of(said: str) -> str:
    if any(one in said for one in FULL):
        return TOO_FEW
    if any(one in said for one in NOT_NOW):
        return "wait until the server has started"
    if "FATAL" not in said:
        return "check that PostgreSQL runs and can be reached"
    if any(one in said for one in REFUSED):
        return "the server answers and lets this role not in: check its name and password, and pg_hba.conf"
    return "the server answers, and this is what it says"
