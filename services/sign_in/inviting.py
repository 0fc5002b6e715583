"""Inviting: who may let whom in, and links that work once (trust §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.saying import said
from domain.times import Clock
from services.access import Principal, Right
from services.access_log import AccessLog
from services.errors import NotAllowed, NotFound, Refused
from services.history.databases import Database, Transaction
from services.roles.following import KnownPerson, Roles
from services.sign_in import of_heads, tables
from services.sign_in.accounts import Accounts
from services.sign_in.refusals import dead_link
from services.sign_in.secrets_kept import kept, new_secret
from services.sign_in.sessions import MINUTE, SLACK, end_all
from services.sign_in.tables import AccountRow, InvitationRow, Way

INVITED: Final = 72 * 60 * MINUTE
"""How long an invitation works."""


class Inviting:
    """Safe for several threads and processes."""

    def __init__(self, database: Database, clock: Clock, roles: Roles, accounts: Accounts, log: AccessLog):
        self._database = database
        self._clock = clock
        self._roles = roles
        self._accounts = accounts
        self._log = log

    def invite(self, who: Principal, person: str) -> str:
        """A secret for a link that works once, for 72 hours. For somebody who has a way in already it is a reset, which only the
        administrator may give; a head invites who holds no role outside the own services."""
        self._require_inviting(who, person)
        is_reset = self._accounts.has_way_in(person)
        secret, now = new_secret(), self._clock()
        row = InvitationRow(kept(secret), person, "", int(is_reset), now, now + INVITED)
        with self._database.transaction() as writes:
            writes.execute("DELETE FROM sign_in_invitation WHERE person = ? OR ends <= ?", [person, now])
            writes.insert("sign_in_invitation", InvitationRow._fields, [row])
            of_heads.note_reach(writes, row.hash, of_heads.reach_of(who))
        self._log.note("invited", who.noted_as, about=person)
        return secret

    def admittable(self, who: Principal, person: str) -> KnownPerson:
        """Somebody that a file names, in a service whose people `who` may let in. Raises NotFound for who is named elsewhere alone as
        for nobody: who is there, others are not told."""
        found = self._roles.known(person)
        is_theirs = who.may(Right.ADMIT, "")
        if found is None or not (is_theirs or any(who.may(Right.ADMIT, role.service) for role in found.roles)):
            raise NotFound(
                said("no file names “{person}”", person=person),
                mend=said("give them a role first: in the access file, or among the people of a service"),
            )
        return found

    def invited(self, secret: str) -> InvitationRow:
        """The invitation whose link this is. Raises NotFound once it was used, has ended, or never was, and for one of later, which was
        given while the clock was ahead."""
        with self._database.connect() as reads:
            found = tables.invitation(reads, kept(secret)) if len(secret) <= 100 else None
        now = self._clock()
        if found is None or not found.made - SLACK <= now < found.ends or self._roles.is_suspended(found.person):
            raise dead_link(said("ask for another; each works once, for 72 hours"))
        return found

    def take_password(self, secret: str, password: str) -> str:
        """The password is that of the person whom an invitation names, from now on, and the link is used up; every session of theirs
        ends, and after a reset the second factor is set up again, too. Raises NotFound, and Invalid for a weak password."""
        found = self._good(secret)
        hash = self._accounts.good_password(found.person, password)
        with self._database.transaction() as writes:
            before = tables.held_account(writes, found.person) or AccountRow(found.person, None, None, 0, 0)
            _use_up(writes, found, "accounts")
            tables.drop_recovery(writes, found.person)
            now = self._clock()
            tables.keep_account(writes, before._replace(password=hash, seed=None, step=0, changed=now))
            end_all(writes, found.person)
        return found.person

    def take_other(self, secret: str, bind: Callable[[Transaction, str], None]) -> str:
        """The person whom an invitation names, who comes in another way than by a password; the link is used up, and so is every way
        in that they had. `bind` keeps the new one, with that or not at all. Raises NotFound."""
        found = self._good(secret)
        with self._database.transaction() as writes:
            tables.held_account(writes, found.person)
            _use_up(writes, found, "oidc")
            bind(writes, found.person)
            writes.execute("DELETE FROM sign_in_account WHERE person = ?", [found.person])
            tables.drop_recovery(writes, found.person)
            end_all(writes, found.person)
        return found.person

    def _require_inviting(self, who: Principal, person: str) -> None:
        """Raises NotAllowed, NotFound."""
        if not who.may(Right.ADMIT):
            raise NotAllowed(
                said("letting people in is for heads of services and the administrator, not for {who}", who=who)
            )
        known = self.admittable(who, person)
        if known.is_suspended:
            raise Refused(
                said("{person} is suspended", person=person), mend=said("entente people resume {person}", person=person)
            )
        if who.may(Right.ADMIT, ""):
            return
        if self._accounts.has_way_in(person) or not of_heads.is_within(known, of_heads.reach_of(who)):
            raise NotAllowed(
                said("{person} has a way in already, or a role that is not yours to give", person=person),
                mend=said("ask the administrator"),
            )

    def _good(self, secret: str) -> InvitationRow:
        """An invitation is good for what it was given for: a way in for somebody whom a file names and who has none; and one of a head
        for nobody who holds an office, or a role elsewhere, by now. Raises NotFound."""
        found = self.invited(secret)
        known = self._roles.known(found.person)
        with self._database.connect() as reads:
            reach = of_heads.noted_reach(reads, found.hash)
        is_more = known is None or not of_heads.is_within(known, reach)
        if is_more or (not found.is_reset and self._accounts.has_way_in(found.person)):
            raise dead_link(said("ask the administrator for another"))
        return found


def _use_up(writes: Transaction, invitation: InvitationRow, way: Way) -> None:
    """Raises NotFound where somebody else was faster."""
    reach = of_heads.noted_reach(writes, invitation.hash)
    if not writes.query("DELETE FROM sign_in_invitation WHERE hash = ? RETURNING person", [invitation.hash]):
        raise dead_link()
    writes.execute("DELETE FROM sign_in_invitation WHERE person = ?", [invitation.person])
    writes.execute("DELETE FROM sign_in_bound WHERE person = ?", [invitation.person])
    of_heads.take_over(writes, invitation.person, way, reach)
