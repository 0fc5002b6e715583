"""What a restored backup brings back of signing in: sessions that were ended since, links that were used. All of it ends."""

from __future__ import annotations

from typing import NamedTuple

from services.history.databases import Database


class CameBack(NamedTuple):
    """How many sessions, and links that let somebody in, have ended."""

    sessions: int
    links: int


def end_what_came_back(database: Database) -> CameBack:
    """Nobody can know which of them had ended: everybody signs in again, and links are given anew."""
    if not database.has_table("sign_in_session"):
        return CameBack(0, 0)
    with database.transaction() as writes:
        [(sessions,)] = writes.query("SELECT COUNT(*) FROM sign_in_session WHERE stage = 'in'")
        [(links,)] = writes.query("SELECT COUNT(*) FROM sign_in_invitation")
        for table in ("sign_in_session", "sign_in_invitation", "sign_in_begun"):
            writes.execute(f"DELETE FROM {table}")
    return CameBack(int(sessions), int(links))
