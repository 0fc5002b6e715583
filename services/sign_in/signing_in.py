"""Signing in: by a password and a second factor, by a link, by what another vouches for; and who somebody is then (trust §3).

Whatever is wrong (nobody of that name, no password, another password, suspended) looks the same to who tries and takes the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from domain.saying import said
from domain.times import Clock, Instant, local_date, zone
from services.access import Principal, Right
from services.access_log import DAYS, AccessLog, last_sign_ins
from services.directory.names import Directory
from services.errors import Invalid, NotSignedIn
from services.history.databases import Transaction
from services.history.history import History
from services.roles.following import Roles
from services.sign_in import codes, oidc_tables, passwords, tables
from services.sign_in.accounts import Accounts, keep_recovery
from services.sign_in.inviting import Inviting
from services.sign_in.refusals import refused, too_late, wrong_code
from services.sign_in.sessions import Lasting, Provided, Session, Sessions, end_all, end_one, nothing
from services.sign_in.suspending import Suspending
from services.sign_in.tables import AccountRow, Stage, Way
from services.throttling import Throttle

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
    """Safe for several threads and processes. Raises NotSignedIn for what lets nobody in. `accounts` say who has a way in, `inviting`
    gives one, `suspending` takes it away."""

    def __init__(self, history: History, clock: Clock, rules: Rules = Rules()):
        self._database = history.database
        self._clock = clock
        self._rules = rules
        self.roles = Roles(history)
        self.directory = Directory(history)
        self.log = AccessLog(self._database, clock, rules.log_days)
        self.throttle = Throttle(self._database, clock)
        self.sessions = Sessions(self._database, clock, rules.lasting)
        self.accounts = Accounts(self._database, clock, self.roles, self.directory, rules.organisation)
        self.inviting = Inviting(self._database, clock, self.roles, self.accounts, self.log)
        self.suspending = Suspending(history, clock, self.roles, self.today)

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
        if who is not None and self.accounts.ended_way(session.person) == session.way:
            return None
        if (
            who is not None
            and session.way == "accounts"
            and self.needs_factor(who)
            and not self.accounts.has_factor(session.person)
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
        found = self.accounts.of(person) if person is not None else None
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
        taken = self.accounts.takes(session.person, code)
        if taken is None:
            self.log.note("refused", session.person, address=address, about="code")
            raise wrong_code()
        self.throttle.succeeded(session.person, address)
        with self._database.transaction() as writes:
            tables.held_account(writes, session.person)
            opened = self._enter(writes, session, secret, agent, stay)
        self.log.note("signed-in", session.person, address=address, about="accounts")
        return replace(opened, is_by_recovery=taken == "recovery")

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
            keep_recovery(writes, person, handed)
            end_all(writes, person, secret)
            opened = self._enter(writes, session, secret, agent, stay or session.is_kept)
        self.log.note("signed-in", person, address=address, about="accounts")
        return opened, handed

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
        found = self.accounts.of(session.person)
        if not passwords.matches(found.password if found is not None else None, password):
            self.log.note("refused", session.person, about="password")
            raise refused(said("that is not the password"))
        has_factor = self.accounts.has_factor(session.person)
        if code is not None and has_factor and self.accounts.takes(session.person, code) is None:
            self.log.note("refused", session.person, about="code")
            raise wrong_code()
        self.throttle.succeeded(session.person, None)
        self.sessions.acted(secret)

    def change_password(self, secret: str, password: str, new: str, code: str = "") -> None:
        """Every other session of the person ends. Raises NotSignedIn, Invalid for a new one that is weak."""
        session = self._at(secret, "in")
        self.require_both(secret, password, code)
        self.accounts.change_password(session.person, new, secret)

    def end_others(self, secret: str, password: str, code: str = "") -> int:
        """Ends every other session of the person; how many. Raises NotSignedIn."""
        session = self._at(secret, "in")
        self.require_both(secret, password, code)
        return self.sessions.end_all(session.person, secret)

    # In another way, and out

    def redeem(self, secret: str, password: str, *, address: str = "", agent: str = "") -> Opened:
        """By a link, with the password that is chosen: see `Inviting.take_password`."""
        person = self.inviting.take_password(secret, password)
        who = self.roles.principal(person, self.today())
        account = self.accounts.of(person)
        if who is None or account is None:
            raise refused()
        return self._opened(who, account, address, agent)

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
        provider: Provided = nothing,
        address: str = "",
        agent: str = "",
    ) -> Opened:
        """Opens a session for somebody for whom another has vouched: an identity provider, or a proxy. `provider`: what is kept to
        ask it again, which is there with the session or not at all."""
        told = tuple(groups)
        if self.roles.principal(person, self.today(), told) is None or self.accounts.ended_way(person) == way:
            self.log.note("refused", person, address=address, about=way)
            raise refused(said("nobody let you in yet"))
        self.log.note("signed-in", person, address=address, about=way)
        with self._database.transaction() as writes:
            if way == "proxy":
                oidc_tables.note_proxy(writes, person, self._clock())
            secret = self.sessions.open(writes, person, way, agent=agent, groups=told, provider=provider)
        return Opened(secret, "in")

    # How

    def _person(self, name: str) -> str | None:
        """The person with that id, or, where it is an address, the one who has it; None where nobody, or several, have."""
        name = name.strip().casefold()[:LONGEST_NAME]
        if "@" not in name:
            return name if self.roles.is_known(name) else None
        found = [one.person for one in self.directory.names().values() if (one.email or "").casefold() == name]
        return found[0] if len(found) == 1 and self.roles.is_known(found[0]) else None

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
            secret = self.sessions.open(
                writes, found.person, "accounts", stage=stage, agent=agent, provider=lambda secret: seed, stay=stay
            )
        if stage == "in":
            self.log.note("signed-in", found.person, address=address, about="accounts")
        return Opened(secret, stage, self.sessions.kept_for(stay) if stage == "in" else None)

    def _enter(self, writes: Transaction, session: Session, secret: str, agent: str, stay: bool) -> Opened:
        """A new session in the place of the one before: whoever knew that one has nothing. Raises NotSignedIn where it has ended
        meanwhile."""
        if not end_one(writes, secret):
            raise too_late()
        opened = self.sessions.open(writes, session.person, "accounts", agent=agent or session.agent, stay=stay)
        return Opened(opened, "in", self.sessions.kept_for(stay))
