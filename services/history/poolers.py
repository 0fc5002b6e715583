"""Finds out that an address leads through a pooler that gives each transaction, or each statement, another connection
to the server.

Locks of the judges, settings and prepared statements belong to a connection of the server: behind such a pooler two judges would
hold one lock, and neither would know. A pooler that keeps a connection for as long as its client stays does no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import psycopg
from psycopg import errors

from domain.saying import said
from services.errors import Invalid
from services.history.databases import Row

ROUNDS: Final = 8
"""Tries at finding a pooler: others that use it at the same moment may hide it once."""

Connection = psycopg.Connection[Row]


def require_sessions(connection: Connection, another: Callable[[], Connection], place: str) -> None:
    """Raises Invalid where transactions of one client do not all come to one connection of the server. A direct one is told by
    its number, which the server gives it; a pooler gives one of its own, and then a second connection is needed to find out."""
    if server_side(connection) == connection.info.backend_pid:
        return
    with another() as other:
        if any(_changes(connection, other) for _ in range(ROUNDS)):
            raise Invalid(
                said("a pooler on the way gives each transaction another connection, and with it another's locks"),
                place=place,
                mend=said("pool_mode = session for this database, or the server's own address"),
                slug="store-pooled",
            )


def server_side(connection: Connection) -> int:
    """The number of the server's process that answers now."""
    [(number,)] = connection.execute("SELECT pg_catalog.pg_backend_pid()", prepare=False).fetchall()
    return int(number)


def _changes(one: Connection, other: Connection) -> bool:
    """Says whether two transactions of one client come to two connections of the server, or two clients share one."""
    first = server_side(one)
    if server_side(one) != first:
        return True
    try:
        with other.transaction():
            between = server_side(other)
            return between == first or server_side(one) != first
    except errors.ProtocolViolation:  # it takes no transactions at all
        return True
