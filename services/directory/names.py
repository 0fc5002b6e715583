"""The directory of people: their names and addresses, changed in place, outside the history (trust §6).

The history knows people by their ids. A name that is gone is shown as its id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from domain.saying import said
from services.errors import Refused
from services.history.databases import Transaction, column_list, first_value
from services.history.history import History
from services.places import Place

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS directory_person (person {text} PRIMARY KEY, name {text}, email {text}){clustered}",
    "CREATE TABLE IF NOT EXISTS directory_changes (id {bigint} PRIMARY KEY, changes {bigint} NOT NULL)",
)
"""Whoever changes a person counts it, so that those who keep the names know."""
PLACES: Final = (
    Place(
        said("names and addresses of people"),
        "directory_person, directory_changes",
        said("until they are forgotten"),
        is_erased=True,
    ),
)
_COUNT: Final = (
    "INSERT INTO directory_changes (id, changes) VALUES (0, 1) "
    "ON CONFLICT (id) DO UPDATE SET changes = directory_changes.changes + 1"
)


class PersonNamed(NamedTuple):
    """`name`, `email`: None where nobody has said them."""

    person: str
    name: str | None = None
    email: str | None = None


_COLUMNS: Final = column_list(PersonNamed)


class Directory:
    """Safe for several threads and processes. The names that were read last are kept until somebody changes one."""

    def __init__(self, history: History):
        self._database = history.database
        self._changes = -1
        self._is_there = False
        self._names: Mapping[str, PersonNamed] = {}

    def names(self) -> Mapping[str, PersonNamed]:
        """Everybody of whom something is known, by id; nobody in a store that no program of this version has opened yet."""
        self._is_there = self._is_there or self._database.has_table("directory_changes")
        if not self._is_there:
            return {}
        with self._database.connect() as reads:
            changes = first_value(reads.query("SELECT changes FROM directory_changes WHERE id = 0"), 0)
            if changes != self._changes:
                self._changes, self._names = changes, _all(reads)
            return self._names

    def named(self, person: str) -> PersonNamed:
        with self._database.connect() as reads:
            rows = reads.query(f"SELECT {_COLUMNS} FROM directory_person WHERE person = ?", [person])
        return PersonNamed._make(rows[0]) if rows else PersonNamed(person)

    def differing(self, people: Iterable[PersonNamed]) -> list[PersonNamed]:
        """Those of them of whom the directory says something else."""
        known = self.names()
        return [one for one in people if _merged(known.get(one.person), one) != known.get(one.person)]

    def require_free(self, people: Iterable[PersonNamed]) -> None:
        """An address is of one person, in whatever letters: else each would shut the other out of signing in by it. What two have
        already stays theirs; they sign in by their ids. Raises Refused, which does not say whose it is."""
        _require_free(self.names(), people)

    def learn(self, people: Collection[PersonNamed]) -> None:
        """Takes over what is said of these people; what is not said of one stays as it is. Raises Refused for an address that
        somebody else took meanwhile."""
        if not people:
            return
        with self._database.transaction() as writes:
            writes.execute(_COUNT)  # one after the other: whoever waited here reads what the one before has written
            known = _all(writes)
            _require_free(known, people)
            rows = [_merged(known.get(one.person), one) for one in {one.person: one for one in people}.values()]
            writes.insert(
                "directory_person",
                PersonNamed._fields,
                rows,
                "(person) DO UPDATE SET name = excluded.name, email = excluded.email",
            )

    def forget(self, person: str) -> bool:
        """Takes out what is known of a person; False where nothing was. Their id stays: it says who signed and decided."""
        with self._database.erasing() as writes:
            is_there = bool(writes.query("SELECT 1 FROM directory_person WHERE person = ?", [person]))
            writes.execute("DELETE FROM directory_person WHERE person = ?", [person])
            writes.execute(_COUNT)
        return is_there


def _all(reads: Transaction) -> dict[str, PersonNamed]:
    rows = map(PersonNamed._make, reads.query(f"SELECT {_COLUMNS} FROM directory_person ORDER BY person"))
    return {row.person: row for row in rows}


def _require_free(known: Mapping[str, PersonNamed], people: Iterable[PersonNamed]) -> None:
    owners = {one.email.casefold(): one.person for one in known.values() if one.email}
    for one in people:
        if not one.email or (one.person in known and known[one.person].email == one.email):
            continue
        if owners.setdefault(one.email.casefold(), one.person) != one.person:
            raise Refused(
                said("this address cannot be used: {email}", email=one.email),
                mend=said("another address, or none"),
                slug="address-taken",
            )


def _merged(before: PersonNamed | None, said: PersonNamed) -> PersonNamed:
    if before is None:
        return said
    return PersonNamed(said.person, said.name or before.name, said.email or before.email)
