"""The errors of PostgreSQL and of the way to it, as one sentence each: what is wrong, and what to do about it."""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg import errors

from domain.saying import Said, heard, said
from services.errors import Unavailable, first_line
from services.history.postgres_sessions import QUESTION_SECONDS, standby

FULL: Final = ("too many clients", "remaining connection slots", "too many connections for")
"""Words with which a server says that it takes no more connections: it gives no code before there is one."""
REFUSED: Final = ("authentication failed", "no password supplied", "no pg_hba.conf entry", "role ")
NOT_NOW: Final = ("is starting up", "is shutting down", "is in recovery mode", "not yet accepting connections")


ENDED: Final = (errors.ReadOnlySqlTransaction, errors.IdleInTransactionSessionTimeout)
"""Errors that the library does not count among the operational ones."""


def understood(error: psycopg.Error, place: str) -> Unavailable:
    match error:
        case errors.DiskFull():
            what, mend = said("the server's disk is full; this batch was not stored"), said("make room and try again")
        case errors.LockNotAvailable():
            what, mend = said("another program has kept the store locked for too long"), said("end it, or try again")
        case errors.QueryCanceled():
            what, mend = (
                said(
                    "a question took longer than {question_seconds} s, or was ended by hand",
                    question_seconds=QUESTION_SECONDS,
                ),
                said("try again"),
            )
        case errors.ReadOnlySqlTransaction():
            return standby(place)
        case errors.TooManyConnections():
            what, mend = said("the server takes no more connections"), TOO_FEW
        case _:
            why = first_line(error)
            what, mend = heard(why), _mend_of(str(error))
            if mend == TOO_FEW:
                what = said(
                    "the server takes no more connections ({why})",
                    why=why.rpartition("FATAL:")[2].strip(),
                )
    return Unavailable(what, place=place, mend=mend)


TOO_FEW: Final = said(
    "raise max_connections, or run fewer processes: docs/operations.md says how many connections each takes"
)


def _mend_of(server: str) -> Said:
    if any(one in server for one in FULL):
        return TOO_FEW
    if any(one in server for one in NOT_NOW):
        return said("wait until the server has started")
    if "FATAL" not in server:
        return said("check that PostgreSQL runs and can be reached")
    if any(one in server for one in REFUSED):
        return said("the server answers and lets this role not in: check its name and password, and pg_hba.conf")
    return said("the server answers, and this is what it says")
