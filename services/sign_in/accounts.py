"""What people come in with: passwords, second factors, recovery codes; and who has a way in at all (trust §3)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Literal, NamedTuple

from domain.times import Clock
from services.directory.names import Directory
from services.history.databases import Database, Transaction
from services.roles.following import KnownPerson, Roles
from services.sign_in import codes, of_heads, oidc_tables, passwords, tables
from services.sign_in.refusals import too_late
from services.sign_in.secrets_kept import kept
from services.sign_in.sessions import end_all
from services.sign_in.tables import AccountRow


class WaysIn(NamedTuple):
    """Who has a way in, and who had one of a head that is none any more."""

    open: set[str]
    ended: set[str]


class Accounts:
    """Safe for several threads and processes. `organisation`: its name, which is no part of a password."""

    def __init__(self, database: Database, clock: Clock, roles: Roles, directory: Directory, organisation: str):
        self._database = database
        self._clock = clock
        self._roles = roles
        self._directory = directory
        self._organisation = organisation

    def of(self, person: str) -> AccountRow | None:
        """None for one that a head gave, and that is none any more."""
        with self._database.connect() as reads:
            found = tables.account(reads, person)
        return found if self.ended_way(person) != "accounts" else None

    def has_way_in(self, person: str) -> bool:
        """By a password, by an identity provider, or by a proxy."""
        ended = self.ended_way(person)
        with self._database.connect() as reads:
            has_account = ended != "accounts" and tables.account(reads, person) is not None
            return has_account or (ended != "oidc" and oidc_tables.is_bound(reads, person))

    def ways_in(self, people: Iterable[KnownPerson]) -> WaysIn:
        """Of all of these at once, with what files give them."""
        with self._database.connect() as reads:
            with_account, bound = tables.with_account(reads), oidc_tables.all_bound(reads)
            given = of_heads.all_of_heads(reads)
        found = WaysIn(set(), set())
        for one in people:
            head = given.get(one.person)
            ended = head.way if head is not None and not of_heads.is_within(one, head.reach) else None
            if ended is not None:
                found.ended.add(one.person)
            if (ended != "accounts" and one.person in with_account) or (ended != "oidc" and one.person in bound):
                found.open.add(one.person)
        return found

    def ended_way(self, person: str) -> str | None:
        """The way in that a head gave somebody who holds an office, or a role elsewhere, by now: it lets nobody in any more."""
        return of_heads.ended_way(self._database, self._roles, person)

    def has_password(self, person: str) -> bool:
        found = self.of(person)
        return found is not None and found.password is not None

    def has_factor(self, person: str) -> bool:
        found = self.of(person)
        return found is not None and found.seed is not None

    def recovery_left(self, person: str) -> int:
        """How many recovery codes they have not used yet."""
        with self._database.connect() as reads:
            return len(tables.recovery_codes(reads, person))

    def takes(self, person: str, code: str) -> Literal["app", "recovery"] | None:
        """Which of theirs the code is that was not used yet, and is now; None where it is none."""
        with self._database.transaction() as writes:
            found = tables.held_account(writes, person)
            if found is None or found.seed is None:
                return None
            step = codes.step_of(found.seed, code, self._clock(), found.step)
            if step is not None:
                tables.keep_account(writes, found._replace(step=step))
                return "app"
            hash = kept(codes.as_typed(code))
            if not any(hmac.compare_digest(one, hash) for one in tables.recovery_codes(writes, person)):
                return None
            writes.execute("DELETE FROM sign_in_recovery WHERE person = ? AND code = ?", [person, hash])
            return "recovery"

    def good_password(self, person: str, password: str) -> str:
        """The password as it is kept. Raises Invalid for a weak one."""
        named = self._directory.named(person)
        words = [person, self._organisation, named.name or "", *(named.email or "").split("@")]
        passwords.require_good(password, words)
        return passwords.hashed(password)

    def change_password(self, person: str, password: str, secret: str) -> None:
        """For whoever has the session of that secret; every other one of the person ends. Raises NotSignedIn where it has ended
        meanwhile, Invalid for a weak password."""
        hash = self.good_password(person, password)
        with self._database.transaction() as writes:
            found = tables.held_account(writes, person)
            if found is None or tables.session(writes, kept(secret)) is None:
                raise too_late()
            tables.keep_account(writes, found._replace(password=hash, changed=self._clock()))
            end_all(writes, person, secret)


def keep_recovery(writes: Transaction, person: str, handed: Iterable[str]) -> None:
    """Those of before are none any more."""
    tables.drop_recovery(writes, person)
    rows = [(person, kept(codes.as_typed(one))) for one in handed]
    writes.insert("sign_in_recovery", ("person", "code"), rows)
