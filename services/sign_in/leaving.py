"""What is kept of a person beside the history, and goes when they are forgotten: name, address, ways in, sessions (trust §6).

Their id stays, for it says who signed and decided; so does what was stored in clear before names had a place of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.saying import Said, said
from services.directory.names import Directory, PersonNamed
from services.history.databases import first_value
from services.history.history import History

_HELD: Final = (
    ("sign_in_account", "person"),
    ("sign_in_recovery", "person"),
    ("sign_in_invitation", "person"),
    ("sign_in_session", "person"),
    ("sign_in_bound", "person"),
    ("access_log", "person"),
    ("access_log", "about"),
)
"""Tables, and the column that names somebody."""


class Leaving:
    """For `Erasing`: see `Forgets`."""

    def __init__(self, history: History):
        self._database = history.database
        self._directory = Directory(history)

    def of(self, subject: str) -> Sequence[Said]:
        """Says what would go."""
        found: list[Said] = []
        named = self._directory.named(subject)
        if named != PersonNamed(subject):
            found.append(said("name and address of {person} in the directory", person=subject))
        with self._database.connect() as reads:
            counts = [
                first_value(reads.query(f"SELECT COUNT(*) FROM {table} WHERE {column} = ?", [subject]), 0)
                for table, column in _HELD
            ]
        if sum(counts):
            found.append(said("ways in, sessions and what is noted of sign-ins of {person}", person=subject))
        return found

    def forget(self, subject: str) -> None:
        named = self._directory.named(subject)
        self._directory.forget(subject)
        with self._database.transaction() as writes:
            for table, column in _HELD:
                writes.execute(f"DELETE FROM {table} WHERE {column} = ?", [subject])
            if named.email:
                writes.execute("DELETE FROM sign_in_waiting WHERE email = ?", [named.email])
