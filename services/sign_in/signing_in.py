"""Signing in: invitations, passwords, second factors, and what takes a way in away (trust §3).

Whatever is wrong (nobody of that name, no password, another password, suspended) looks the same to who tries and takes the same.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from domain.access import ACCESS, Access
from domain.saying import said
from domain.times import Clock, Instant, local_date, zone
from services.access import Principal, Right
from services.access_log import DAYS, AccessLog, last_sign_ins
from services.deciding import words_of
from services.directory.names import Directory
from services.errors import Invalid, NotAllowed, NotFound, NotSignedIn, Refused
from services.history.databases import Database, Transaction
from services.history.history import History
from services.roles.following import KnownPerson, Roles
from services.sign_in import codes, of_heads, oidc_tables, passwords, tables
from services.sign_in.secrets_kept import kept, new_secret
from services.sign_in.sessions import MINUTE, SLACK, Lasting, Session, Sessions, end_all, end_one
from services.sign_in.tables import AccountRow, InvitationRow, Stage, Way
from services.throttling import Throttle

INVITED: Final = 72 * 60 * MINUTE
"""How long an invitation works."""
LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """A session: what its cookie is to hold, and how far it is."""

    secret: str
    stage: Stage
    seconds: int | None = None
    """For which the browser keeps the cookie; None: until it is closed."""
    is_by_recovery: bool = False
    """With a recovery code, of which there is one less."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the organisation decides: its zone and name, how long sessions last, whether everybody needs a second factor, and for how
    many days sign-ins are noted."""

    zone: str = "Europe/Paris"
    organisation: str = "Entente"
    lasting: Lasting = field(default_factory=Lasting)
    all_need_factor: bool = False
    log_days: int = DAYS


class SignIn:
    """Safe for several threads and processes. Raises NotSignedIn for what lets nobody in."""

    def __init__(self, history: History, clock: Clock, rules: Rules = Rules()):
        self._history = history
        self._database: Database = history.database
        self._clock = clock
        self._rules = rules
        self.roles = Roles(history)
        self.directory = Directory(history)
        self.log = AccessLog(history.database, clock, rules.log_days)
        self.throttle = Throttle(history.database, clock)
        self.sessions = Sessions(history.database, clock, rules.lasting)

    # Who somebody is

    def today(self) -> date:
        return local_date(self._clock(), zone(self._rules.zone))

    def day_of(self, moment: Instant | None) -> date | None:
        """The day in the organisation's zone."""
        return None if moment is None else local_date(moment, zone(self._rules.zone))

    def last_used(self) -> dict[str, date]:
        """The day on which everybody signed in last, by person, as far back as sign-ins are noted."""
        here = zone(self._rules.zone)
        return {person: local_date(at, here) for person, at in last_sign_ins(self._database).items()}

    def principal(self, session: Session) -> Principal | None:
        """Who the session is now: what was taken away is gone at once. None for who is let in no more, or has not come in yet."""
        who = self.roles.principal(session.person, self.today(), session.groups) if session.stage == "in" else None
        if who is not None and self.ended_way(session.person) == session.way:
            return None
        if (
            who is not None
            and session.way == "accounts"
            and self.needs_factor(who)
            and not self.has_factor(session.person)
        ):
            return None  # a role that needs a second factor was given since: sign in again, and set it up
        return who

    def acting(self, who: Principal) -> Principal:
        """Whom a command line names, with what the files give them: somebody whom nobody lets in there sees and does nothing. Who
        names a service alone, or nobody, acts as the operator, who may do everything."""
        if who.person is None or who.sees_everything or not self.roles.is_organised():
            return who
        found = self.roles.principal(who.person, self.today())
        if found is None:
            return Principal("member", frozenset(), who.person, frozenset())
        return found.only_for(who.services)

    def needs_factor(self, who: Principal) -> bool:
        """Heads of services, administrators, arbiters and auditors: what they do binds others, or they see everything."""
        return self._rules.all_need_factor or who.may(Right.BIND) or bool(who.offices - {"protection"})

    # By a password

    def by_password(
        self, name: str, password: str, *, address: str = "", agent: str = "", stay: bool = False
    ) -> Opened:
        """Opens a session for whoever has that id, or that address, and that password. `stay`: one that is kept for days, here and
        below, where the organisation allows it."""
        self.throttle.attempt(name, address)
        person = self._person(name)
        found = self._account(person) if person is not None else None
        is_it = passwords.matches(found.password if found is not None else None, password)
        who = self.roles.principal(person, self.today()) if person is not None else None
        if not is_it or found is None or who is None or person is None:
            self.log.note("refused", person or "", address=address, about="password")
            raise refused()
        self.throttle.succeeded(name, address)
        is_outdated = found.password is not None and passwords.is_outdated(found.password)
        anew = passwords.hashed(password) if is_outdated else None
        return self._opened(who, found, address, agent, anew, stay=stay)

    def by_code(self, secret: str, code: str, *, address: str = "", agent: str = "", stay: bool = False) -> Opened:
        """Goes on from the password with a code of the authenticator app, or a recovery code: each works once."""
        session = self._at(secret, "password")
        self.throttle.attempt(session.person, address)
        taken = self._takes(session.person, code)
        if taken is None:
            self.log.note("refused", session.person, address=address, about="code")
            raise wrong_code()
        self.throttle.succeeded(session.person, address)
        with self._database.transaction() as writes:
            tables.held_account(writes, session.person)
            opened = self._enter(writes, session, secret, agent, stay)
        self.log.note("signed-in", session.person, address=address, about="accounts")
        return replace(opened, is_by_recovery=taken == "recovery")

    def recovery_left(self, person: str) -> int:
        """How many recovery codes they have not used yet."""
        with self._database.connect() as reads:
            return len(reads.query("SELECT code FROM sign_in_recovery WHERE person = ?", [person]))

    def begin_factor(self, secret: str, password: str, code: str = "") -> None:
        """For somebody who is in: after the password, and a code of the factor of before, a secret for an authenticator app is kept
        with the session until a code shows that the app has it. Raises NotSignedIn."""
        self.require_both(secret, password, code)
        session = self._at(secret, "in")
        self.sessions.renew(secret, session.groups, codes.new_seed())

    def seed(self, secret: str) -> tuple[str, str]:
        """Whose second factor is being set up in that session, and the secret for the authenticator app. Raises NotSignedIn."""
        session = self._at(secret, "factor", "in")
        if not session.provider or session.way != "accounts":
            raise NotSignedIn(said("the password comes first"), mend=said("begin on the page of your account"))
        return session.person, session.provider

    def confirm_seed(
        self, secret: str, code: str, *, address: str = "", agent: str = "", stay: bool = False
    ) -> tuple[Opened, list[str]]:
        """The second factor is that app from now on; with the recovery codes, which are shown this once. Every other session of
        the person ends."""
        person, seed = self.seed(secret)
        session = self._at(secret, "factor", "in")
        handed, step = codes.new_recovery_codes(), codes.step_of(seed, code, self._clock(), 0)
        with self._database.transaction() as writes:
            found = tables.held_account(writes, person)
            if step is None or found is None:
                raise Invalid(
                    said("that is not the code that the app shows now"),
                    mend=said("type the six digits before they change; the phone's clock has to be right"),
                    slug="code-wrong",
                )
            tables.keep_account(writes, found._replace(seed=seed, step=step))
            _keep_recovery(writes, person, handed)
            end_all(writes, person, secret)
            opened = self._enter(writes, session, secret, agent, stay or session.is_kept)
        self.log.note("signed-in", person, address=address, about="accounts")
        return opened, handed

    def has_factor(self, person: str) -> bool:
        found = self._account(person)
        return found is not None and found.seed is not None

    def require_password(self, secret: str, password: str) -> None:
        """After a while of no use. Raises NotSignedIn."""
        self._require_again(secret, password, None)

    def require_both(self, secret: str, password: str, code: str) -> None:
        """Before a factor, the password or all sessions change: the password, and a code of the second factor, or a recovery code,
        of who has one. Raises NotSignedIn."""
        self._require_again(secret, password, code)

    def _require_again(self, secret: str, password: str, code: str | None) -> None:
        session = self._at(secret, "in")
        self.throttle.attempt(session.person, None)
        found = self._account(session.person)
        if not passwords.matches(found.password if found is not None else None, password):
            self.log.note("refused", session.person, about="password")
            raise refused(said("that is not the password"))
        if code is not None and self.has_factor(session.person) and self._takes(session.person, code) is None:
            self.log.note("refused", session.person, about="code")
            raise wrong_code()
        self.throttle.succeeded(session.person, None)
        self.sessions.acted(secret)

    def change_password(self, secret: str, password: str, new: str, code: str = "") -> None:
        """Every other session of the person ends. Raises NotSignedIn, Invalid for a new one that is weak."""
        session = self._at(secret, "in")
        self.require_both(secret, password, code)
        self._set_password(session.person, new, but=secret)

    def end_others(self, secret: str, password: str, code: str = "") -> int:
        """Ends every other session of the person; how many. Raises NotSignedIn."""
        session = self._at(secret, "in")
        self.require_both(secret, password, code)
        return self.sessions.end_all(session.person, secret)

    # Invitations

    def invite(self, who: Principal, person: str) -> str:
        """A secret for a link that works once, for 72 hours. For somebody who has a way in already it is a reset, which only the
        administrator may give; a head invites who holds no role outside the own services."""
        self.require_inviting(who, person)
        is_reset = self.has_way_in(person)
        secret, now = new_secret(), self._clock()
        row = InvitationRow(kept(secret), person, str(who), int(is_reset), now, now + INVITED)
        with self._database.transaction() as writes:
            writes.execute("DELETE FROM sign_in_invitation WHERE person = ? OR ends <= ?", [person, now])
            writes.insert("sign_in_invitation", InvitationRow._fields, [row])
            of_heads.note_reach(writes, row.hash, of_heads.reach_of(who))
        self.log.note("invited", str(who), about=person)
        return secret

    def require_inviting(self, who: Principal, person: str) -> None:
        """Raises NotAllowed, NotFound."""
        if not who.may(Right.ADMIT):
            raise NotAllowed(
                said("letting people in is for heads of services and the administrator, not for {who}", who=who)
            )
        known = self.admittable(who, person)
        if self.roles.is_suspended(person):
            raise Refused(
                said("{person} is suspended", person=person), mend=said("entente people resume {person}", person=person)
            )
        if who.may(Right.ADMIT, ""):
            return
        if self.has_way_in(person) or not of_heads.is_within(known, of_heads.reach_of(who)):
            raise NotAllowed(
                said("{person} has a way in already, or a role that is not yours to give", person=person),
                mend=said("ask the administrator"),
            )

    def admittable(self, who: Principal, person: str) -> KnownPerson:
        """Somebody that a file names, in a service whose people `who` may let in. Raises NotFound for who is named elsewhere alone as
        for nobody: who is there, others are not told."""
        for one in self.roles.people():
            is_theirs = who.may(Right.ADMIT, "") or any(who.may(Right.ADMIT, role.service) for role in one.roles)
            if one.person == person and is_theirs:
                return one
        raise NotFound(
            said("no file names “{person}”", person=person),
            mend=said("give them a role first: in the access file, or among the people of a service"),
        )

    def invited(self, secret: str) -> InvitationRow:
        """The invitation whose link this is. Raises NotFound once it was used, has ended, or never was, and for one of later, which was
        given while the clock was ahead."""
        with self._database.connect() as reads:
            found = tables.invitation(reads, kept(secret)) if len(secret) <= 100 else None
        now = self._clock()
        if found is None or not found.made - SLACK <= now < found.ends or self.roles.is_suspended(found.person):
            raise NotFound(
                said("this link does not work, or no longer"),
                mend=said("ask for another; each works once, for 72 hours"),
            )
        return found

    def redeem(self, secret: str, password: str, *, address: str = "", agent: str = "") -> Opened:
        """The password is the person's from now on, and the link is used up; every session of theirs ends. After a reset the
        second factor is set up again, too."""
        found = self.invited(secret)
        self._require_still(found)
        self._set_password(found.person, password, invitation=found)
        who = self.roles.principal(found.person, self.today())
        account = self._account(found.person)
        if who is None or account is None:
            raise refused()
        return self._opened(who, account, address, agent)

    def _require_still(self, found: InvitationRow) -> None:
        """An invitation is good for what it was given for: a way in for somebody whom a file names and who has none; and one of a head
        for nobody who holds an office, or a role elsewhere, by now. Raises NotFound."""
        known = self.roles.known(found.person)
        with self._database.connect() as reads:
            reach = of_heads.noted_reach(reads, found.hash)
        is_more = known is None or not of_heads.is_within(known, reach)
        if is_more or (not found.is_reset and self.has_way_in(found.person)):
            raise NotFound(
                said("this link does not work, or no longer"), mend=said("ask the administrator for another")
            )

    def use_up(self, secret: str, bind: Callable[[Transaction, str], None]) -> str:
        """The person whom an invitation names, who comes in another way than by a password; the link is used up, and so is every way
        in that they had. `bind` keeps the new one, with that or not at all."""
        found = self.invited(secret)
        self._require_still(found)
        with self._database.transaction() as writes:
            tables.held_account(writes, found.person)
            _use_up(writes, found, "oidc")
            bind(writes, found.person)
            writes.execute("DELETE FROM sign_in_account WHERE person = ?", [found.person])
            writes.execute("DELETE FROM sign_in_recovery WHERE person = ?", [found.person])
            end_all(writes, found.person)
        return found.person

    def has_way_in(self, person: str) -> bool:
        """By a password, by an identity provider, or by a proxy."""
        ended = self.ended_way(person)
        with self._database.connect() as reads:
            has_account = ended != "accounts" and tables.account(reads, person) is not None
            return has_account or (ended != "oidc" and oidc_tables.is_bound(reads, person))

    def ended_way(self, person: str) -> str | None:
        """The way in that a head gave somebody who holds an office, or a role elsewhere, by now: it lets nobody in any more."""
        return of_heads.ended_way(self._database, self.roles, person)

    def has_password(self, person: str) -> bool:
        found = self._account(person)
        return found is not None and found.password is not None

    # Out

    def suspend(self, who: Principal, person: str, text: str = "") -> int:
        """Takes somebody out at once: every session ends, whatever files and groups say."""
        return self._decide(who, person, words_of(text, ""), is_out=True)

    def resume(self, who: Principal, person: str) -> int:
        """Lets somebody in again, with what the files give."""
        return self._decide(who, person, "", is_out=False)

    def sign_out(self, secret: str) -> None:
        session = self.sessions.of(secret)
        self.sessions.end(secret)
        if session is not None:
            self.log.note("signed-out", session.person)

    def enter_by(
        self,
        person: str,
        way: Way,
        *,
        groups: Iterable[str] = (),
        provider: str = "",
        address: str = "",
        agent: str = "",
    ) -> Opened:
        """Opens a session for somebody for whom another has vouched: an identity provider, or a proxy."""
        told = tuple(groups)
        if self.roles.principal(person, self.today(), told) is None or self.ended_way(person) == way:
            self.log.note("refused", person, address=address, about=way)
            raise refused(said("nobody let you in yet"))
        self.log.note("signed-in", person, address=address, about=way)
        if way == "proxy":
            with self._database.transaction() as writes:
                oidc_tables.note_proxy(writes, person, self._clock())
        secret = self.sessions.open(person, way, agent=agent, groups=told, provider=provider)
        return Opened(secret, "in")

    # How

    def _person(self, name: str) -> str | None:
        """The person with that id, or, where it is an address, the one who has it; None where nobody, or several, have."""
        name = name.strip().casefold()[:LONGEST_NAME]
        if "@" not in name:
            return name if self.roles.is_known(name) else None
        found = [one.person for one in self.directory.names().values() if (one.email or "").casefold() == name]
        return found[0] if len(found) == 1 and self.roles.is_known(found[0]) else None

    def _account(self, person: str) -> AccountRow | None:
        """None for one that a head gave, and that is none any more."""
        with self._database.connect() as reads:
            found = tables.account(reads, person)
        return found if self.ended_way(person) != "accounts" else None

    def _at(self, secret: str, *stages: Stage) -> Session:
        session = self.sessions.of(secret)
        if session is None or session.stage not in stages:
            raise too_late()
        return session

    def _opened(
        self,
        who: Principal,
        looked: AccountRow,
        address: str,
        agent: str,
        password: str | None = None,
        *,
        stay: bool = False,
    ) -> Opened:
        """For whoever gave the password of the account that was looked at, unless that is another by now. `password`: as it is to be
        kept from now on."""
        with self._database.transaction() as writes:
            found = tables.held_account(writes, looked.person)
            if found is None or found.password != looked.password:
                raise refused()
            if password is not None:
                tables.keep_account(writes, found._replace(password=password))
            stage: Stage = "password" if found.seed is not None else "factor" if self.needs_factor(who) else "in"
            seed = codes.new_seed() if stage == "factor" else ""
            secret = self.sessions.open_within(
                writes, found.person, "accounts", stage=stage, agent=agent, provider=seed, stay=stay
            )
        if stage == "in":
            self.log.note("signed-in", found.person, address=address, about="accounts")
        return Opened(secret, stage, self.sessions.kept_for(stay) if stage == "in" else None)

    def _enter(self, writes: Transaction, session: Session, secret: str, agent: str, stay: bool) -> Opened:
        """A new session in the place of the one before: whoever knew that one has nothing. Raises NotSignedIn where it has ended
        meanwhile."""
        if not end_one(writes, secret):
            raise too_late()
        opened = self.sessions.open_within(writes, session.person, "accounts", agent=agent or session.agent, stay=stay)
        return Opened(opened, "in", self.sessions.kept_for(stay))

    def _takes(self, person: str, code: str) -> Literal["app", "recovery"] | None:
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
            rows = writes.query("SELECT code FROM sign_in_recovery WHERE person = ?", [person])
            if not any(hmac.compare_digest(one, hash) for (one,) in rows):
                return None
            writes.execute("DELETE FROM sign_in_recovery WHERE person = ? AND code = ?", [person, hash])
            return "recovery"

    def _set_password(
        self, person: str, password: str, *, but: str = "", invitation: InvitationRow | None = None
    ) -> None:
        named = self.directory.named(person)
        passwords.require_good(
            password, [person, self._rules.organisation, named.name or "", *(named.email or "").split("@")]
        )
        hash = passwords.hashed(password)
        with self._database.transaction() as writes:
            found = tables.held_account(writes, person) or AccountRow(person, None, None, 0, 0)
            if but and tables.session(writes, kept(but)) is None:
                raise too_late()
            if invitation is not None:
                _use_up(writes, invitation, "accounts")
                found = found._replace(seed=None, step=0)  # the second factor is set up again
                writes.execute("DELETE FROM sign_in_recovery WHERE person = ?", [person])
            tables.keep_account(writes, found._replace(password=hash, changed=self._clock()))
            end_all(writes, person, but)

    def _decide(self, who: Principal, person: str, text: str, *, is_out: bool) -> int:
        if not who.may(Right.ADMIT, ""):
            raise NotAllowed(
                said("taking people out and letting them in again is for the administrator, not for {who}", who=who)
            )
        if not self.roles.is_known(person):
            raise NotFound(said("no file names “{person}”", person=person))
        try:
            found = self._history.get(ACCESS, Access)
        except NotFound:
            found = Access()
        by, at = who.by(Right.ADMIT), self._clock()
        is_new = found.suspend(person, text, by=by, at=at) if is_out else found.resume(person, by=by, at=at)
        if not is_new:
            what = (
                said("{person} is suspended already", person=person)
                if is_out
                else said("{person} is not suspended", person=person)
            )
            raise Refused(what)
        position = self._history.save(found)
        with (
            self._database.transaction() as writes
        ):  # at both: what was under way at the first may have been opened since
            tables.held_account(writes, person)
            end_all(writes, person)
            writes.execute("DELETE FROM sign_in_invitation WHERE person = ?", [person])
        return position


def refused(why: str | None = None) -> NotSignedIn:
    return NotSignedIn(
        why or said("that is not a name and a password that belong together"),
        mend=said("try again"),
        slug="sign-in-refused",
    )


def wrong_code() -> NotSignedIn:
    return refused(said("that is not the code of now, or it was used already"))


def too_late() -> NotSignedIn:
    return NotSignedIn(said("that took too long, or it was done already"), mend=said("sign in again"))


def _use_up(writes: Transaction, invitation: InvitationRow, way: Way) -> None:
    """Raises NotFound where somebody else was faster."""
    reach = of_heads.noted_reach(writes, invitation.hash)
    if not writes.query("DELETE FROM sign_in_invitation WHERE hash = ? RETURNING person", [invitation.hash]):
        raise NotFound(said("this link does not work, or no longer"))
    writes.execute("DELETE FROM sign_in_invitation WHERE person = ?", [invitation.person])
    writes.execute("DELETE FROM sign_in_bound WHERE person = ?", [invitation.person])
    of_heads.take_over(writes, invitation.person, way, reach)


def _keep_recovery(writes: Transaction, person: str, handed: Iterable[str]) -> None:
    writes.execute("DELETE FROM sign_in_recovery WHERE person = ?", [person])
    rows = [(person, kept(codes.as_typed(one))) for one in handed]
    writes.insert("sign_in_recovery", ("person", "code"), rows)
