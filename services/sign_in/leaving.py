"""What is kept of a person beside the history, and goes when they are forgotten: name, address, ways in, sessions (trust §6).

Their id stays, for it says who signed and decided; so does what was stored in clear before names had a place of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.saying import Said, said
from services.directory.named_before import naming
from services.directory.names import Directory, PersonNamed
from services.history.databases import Transaction, first_value
from services.history.history import History
from services.places import Place

_HELD: Final = (
    ("sign_in_account", "person"),
    ("sign_in_recovery", "person"),
    ("sign_in_invitation", "person"),
    ("sign_in_session", "person"),
    ("sign_in_bound", "person"),
    ("sign_in_of_head", "person"),
    ("access_log", "person"),
    ("access_log", "about"),
)
"""Tables, and the column that names somebody."""
_VIEWS: Final = ("directory_view", "person")
_DRAFTS: Final = ("directory_draft", "person")
PLACES: Final = (
    Place(
        said(
            "ways in: hashes of passwords, sealed second factors, recovery codes, what an identity provider calls somebody"
        ),
        "sign_in_account, sign_in_recovery, sign_in_bound, sign_in_of_head",
        said("until they are forgotten"),
        is_erased=True,
    ),
    Place(
        said("sessions and invitations, with browser and address"),
        "sign_in_session, sign_in_held, sign_in_invitation, sign_in_reach",
        said("until they end: hours, and 72 hours"),
        is_erased=True,
    ),
    Place(
        said("who came with an identity provider, and whom nobody let in yet"),
        "sign_in_begun, sign_in_waiting, sign_in_once",
        said("until they are let in or forgotten; what is begun, ten minutes"),
        is_erased=True,
    ),
    Place(
        said("the log of sign-ins, refusals and reads, with addresses"),
        "access_log",
        said("ENTENTE_LOG_DAYS days"),
        is_erased=True,
    ),
)


class Leaving:
    """For `Erasing`: see `Forgets`."""

    def __init__(self, history: History):
        self._history = history
        self._database = history.database
        self._directory = Directory(history)

    def of(self, subject: str) -> Sequence[Said]:
        """Says what would go."""
        found: list[Said] = []
        named = self._directory.named(subject)
        if named != PersonNamed(subject):
            found.append(said("name and address of {person} in the directory", person=subject))
        with self._database.connect() as reads:
            views, drafts, *counts = [
                first_value(reads.query(f"SELECT COUNT(*) FROM {table} WHERE {column} = ?", [subject]), 0)
                for table, column in (_VIEWS, _DRAFTS, *_HELD)
            ]
            is_noted = bool(_noted_before(reads, subject))
        if sum(counts) or is_noted:
            found.append(said("ways in, sessions and what is noted of sign-ins of {person}", person=subject))
        if views:
            found.append(said("views of lists that {person} kept: {count}", person=subject, count=views))
        if drafts:
            found.append(said("drafts of contracts that {person} kept: {count}", person=subject, count=drafts))
        return found

    def forget(self, subject: str) -> None:
        named = self._directory.named(subject)
        self._directory.forget(subject)
        with self._database.erasing() as writes:
            for table, column in (_VIEWS, _DRAFTS, *_HELD):
                writes.execute(f"DELETE FROM {table} WHERE {column} = ?", [subject])
            for name in _noted_before(writes, subject):
                writes.execute("DELETE FROM access_log WHERE person = ?", [name])
            for (email,) in writes.query("SELECT DISTINCT email FROM sign_in_waiting"):
                if named.email and email.casefold() == named.email.casefold():
                    writes.execute("DELETE FROM sign_in_waiting WHERE email = ?", [email])

    def stays(self, subject: str) -> Sequence[int]:
        """The positions of entries that name him in clear, and stay."""
        return naming(self._history, subject)


def _noted_before(reads: Transaction, person: str) -> list[str]:
    """What programs before put into the log for somebody who invited: every service of theirs in front of the id."""
    rows = reads.query("SELECT DISTINCT person FROM access_log WHERE sort = 'invited'")
    return [str(name) for (name,) in rows if str(name).endswith(f"/{person}")]
