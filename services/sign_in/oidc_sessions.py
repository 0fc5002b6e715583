"""Sessions that an identity provider vouches for: whose they are, how they are renewed, and what ends them (TRUST §3).

An identity of the provider is (`iss`, `sub`), and is bound to one person: by an invitation, by a claim that people cannot change, or
by making a person. A mail address binds nothing: providers let people change it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import BoundedSemaphore
from typing import Final, NamedTuple

import msgspec

from domain.saying import said
from domain.times import Clock, Instant
from services.errors import EntenteError, NotAllowed, Refused
from services.history.databases import Database, Transaction
from services.sign_in import oidc_tables as tables
from services.sign_in.oidc import Provider
from services.sign_in.oidc_keys import disbelieved
from services.sign_in.oidc_sealing import opened, sealed
from services.sign_in.oidc_share import UnderWay
from services.sign_in.oidc_tables import WaitingRow
from services.sign_in.oidc_told import Told, read, written
from services.sign_in.oidc_values import Ended, Identity, Kept, Unreachable
from services.sign_in.secrets_kept import kept
from services.sign_in.sessions import MINUTE, Provided, Session
from services.sign_in.signing_in import Opened, SignIn

BEGUN: Final = 10 * MINUTE
"""How long somebody may take at the provider."""
MOST_BEGUN: Final = 10_000
RENEWED: Final = 5 * MINUTE
"""Of use, after which the provider is asked again."""
AT_ONCE: Final = 8
"""Sessions that are renewed at once: a provider that does not answer keeps so many threads waiting, and no more."""
ALONE: Final = 60 * MINUTE
"""How long a session goes on while the provider says nothing of it."""
WAITING: Final = 30 * 24 * 60 * MINUTE
MOST_WAITING: Final = 1_000

Create = Callable[[str, str], str]
"""Makes a person with that name and address; the new id."""


class _Begun(msgspec.Struct):
    """What is kept between the two halves of a sign-in, sealed under its `state`."""

    nonce: str
    verifier: str
    way_back: str
    invitation: str


class _Tokens(msgspec.Struct):
    refresh_token: str
    id_token: str


class Entered(NamedTuple):
    """A session that was opened, and the path of ours that somebody wanted to go to."""

    opened: Opened
    way_back: str


class OidcSignIn:
    """Safe for several threads and processes. `create` where whom nobody knows is made a person."""

    def __init__(
        self, provider: Provider, sign_in: SignIn, database: Database, clock: Clock, create: Create | None = None
    ):
        self._provider, self._sign_in = provider, sign_in
        self._database, self._clock, self._create = database, clock, create
        self._turns = BoundedSemaphore(AT_ONCE)
        self._under_way = UnderWay(clock, BEGUN)

    def begin(self, browser: str, back: str, way_back: str, invitation: str = "", *, address: str = "") -> str:
        """The provider's address to which a browser is sent. `browser`: the secret of its cookie, by which it is known when it comes
        back; `back`: our address where it does; `invitation`: the secret of a link that says who comes. Raises NotFound for one
        that does not work, TooMany, Unavailable."""
        self._under_way.begin(address)
        if invitation:
            self._sign_in.inviting.invited(invitation)
        begun = self._provider.begin(back)
        held = _Begun(begun.nonce, begun.verifier, way_back, invitation)
        text = sealed(msgspec.json.encode(held).decode(), begun.state)
        now = self._clock()
        with self._database.transaction() as writes:
            if tables.begun(writes) >= MOST_BEGUN:
                tables.drop_begun(writes)
            tables.begin(writes, kept(begun.state), kept(browser), text, now + BEGUN)
        return begun.address

    def finish(
        self, browser: str, back: str, answer: Mapping[str, str], *, address: str = "", agent: str = ""
    ) -> Entered:
        """Opens a session for who comes back from the provider. Raises NotAllowed, Unavailable, NotSignedIn; of slug
        `nobody-let-you-in` where it is not known which person that is: then they wait, and the administrator sees it."""
        state = answer.get("state", "")
        with self._database.transaction() as writes:
            text = tables.take_begun(writes, kept(state), kept(browser), self._clock()) if browser and state else None
        if text is not None:
            self._under_way.end(address)
        code = self._provider.code(answer, state if text is not None else "")
        begun = msgspec.json.decode(opened(text or "", state) or "", type=_Begun)
        identity = self._provider.exchange(code, begun.nonce, begun.verifier, back)
        person = self._person(identity, begun.invitation)
        if person is None:
            raise self._nobody(identity, address)
        found = self._sign_in.enter_by(
            person,
            "oidc",
            groups=sorted(identity.groups),
            provider=self._to_keep(identity),
            address=address,
            agent=agent,
        )
        return Entered(found, begun.way_back)

    def renew(self, secret: str) -> Instant | None:
        """Asks the provider about a session that is used, every five minutes: its groups are those of now, and what the provider
        takes back ends. Gives since when the provider has said nothing, None where it has answered, or where it is no session of a
        provider."""
        session = self._sign_in.sessions.of(secret)
        if session is None or session.way != "oidc":
            return None
        told, now = _told(session), self._clock()
        if told is None:
            self._sign_in.sessions.end(secret)
            return None
        if 0 <= now - told.asked < RENEWED:
            return _silent(told)
        # Where others are being asked about it is asked at the next use, within what it may go on alone.
        if not self._turns.acquire(blocking=False):
            return self._gone_on(secret, told, now)
        try:
            if not self._is_mine(secret, session, told, now):
                return _silent(told)
            return self._asked(secret, session, told, now)
        finally:
            self._turns.release()

    def _asked(self, secret: str, session: Session, told: Told, now: Instant) -> Instant | None:
        before = self._kept(secret, told)
        found = self._provider.renew(before) if before.refresh_token else Unreachable(_says_nothing())
        match found:
            case Identity():
                self._sign_in.sessions.renew(secret, sorted(found.groups), self._to_keep(found)(secret))
                return None
            case Ended(because):
                self._sign_in.sessions.end(secret)
                self._sign_in.log.note("refused", session.person, about=f"oidc {because.slug}")
                return None
            case Unreachable():
                self._note_silence(secret, told, now)
                self._gone_on(secret, told, now)
                return told.answered

    def _gone_on(self, secret: str, told: Told, now: Instant) -> Instant | None:
        """A session that the provider says nothing of goes on for an hour. An answer that lies ahead is of before the clock was put
        back: nobody knows how long ago that was."""
        if not 0 <= now - told.answered < ALONE:
            self._sign_in.sessions.end(secret)
        return _silent(told)

    def sign_out(self, secret: str, back: str) -> str | None:
        """Ends a session; the address at which the provider ends its own, None where there is none, or the session is not one of
        a provider. `back`: our address to which that leads."""
        session = self._sign_in.sessions.of(secret)
        self._sign_in.sign_out(secret)
        told = _told(session) if session is not None and session.way == "oidc" else None
        if told is None:
            return None
        try:
            return self._provider.end_session(self._kept(secret, told).id_token, back)
        except EntenteError:
            return None

    def end_by(self, logout_token: str) -> int:
        """Ends the sessions that the provider says to have ended (Back-Channel Logout 1.0); how many. Raises NotAllowed for a token
        that is not believed, or was used before, Unavailable."""
        ended = self._provider.logged_out(logout_token)
        count = 0
        with self._database.transaction() as writes:
            if not tables.is_first(writes, kept(f"{ended.iss} {ended.id}"), ended.until, self._clock()):
                raise disbelieved(said("it was used before"))
            for hash, text in tables.provider_sessions(writes):
                told = read(text)
                is_of_it = told is not None and told.iss == ended.iss and (not ended.sub or told.sub == ended.sub)
                if is_of_it and told is not None and (not ended.session or told.session == ended.session):
                    tables.end_session(writes, hash)
                    count += 1
        return count

    def waiting(self) -> list[WaitingRow]:
        """Who came and was let in by nobody, who came last first."""
        with self._database.connect() as reads:
            return tables.waiting(reads)

    def _person(self, identity: Identity, invitation: str) -> str | None:
        with self._database.connect() as reads:
            found = tables.bound(reads, identity.iss, identity.sub)
        if invitation:
            return self._by_invitation(identity, invitation, found)
        if found is not None:
            return found
        claimed = identity.person
        if claimed and self._sign_in.roles.is_known(claimed):
            return self._bind(identity, claimed)
        if self._create is not None and self._sign_in.roles.gives(identity.groups, self._sign_in.today()):
            return self._bind(identity, self._create(identity.name, identity.email))
        return None

    def _by_invitation(self, identity: Identity, invitation: str, found: str | None) -> str:
        if found not in (None, self._sign_in.inviting.invited(invitation).person):
            raise _somebody_elses()
        now = self._clock()

        def bind(writes: Transaction, person: str) -> None:
            if tables.bind(writes, identity.iss, identity.sub, person, now) != person:
                raise _somebody_elses()

        return self._sign_in.inviting.take_other(invitation, bind)

    def _bind(self, identity: Identity, person: str) -> str | None:
        with self._database.transaction() as writes:
            return tables.bind(writes, identity.iss, identity.sub, person, self._clock())

    def _nobody(self, identity: Identity, address: str) -> NotAllowed:
        now = self._clock()
        row = WaitingRow(identity.iss, identity.sub, identity.email, identity.name, now, now)
        with self._database.transaction() as writes:
            tables.wait(writes, row, now - WAITING, MOST_WAITING)
        self._sign_in.log.note("refused", "", address=address, about=f"oidc {identity.sub}")
        return NotAllowed(
            said("nobody let you in yet"),
            mend=said("ask the administrator of Entente for a link: you are seen waiting"),
            slug="nobody-let-you-in",
        )

    def _is_mine(self, secret: str, session: Session, told: Told, now: Instant) -> bool:
        """Says whether it is this request that asks: a refresh token may be good once, and two that show it would end the session."""
        after = written(msgspec.structs.replace(told, asked=now))
        with self._database.transaction() as writes:
            return tables.replace_provider(writes, kept(secret), session.provider, after)

    def _note_silence(self, secret: str, told: Told, now: Instant) -> None:
        asked = msgspec.structs.replace(told, asked=now)
        silent = msgspec.structs.replace(asked, is_silent=True)
        with self._database.transaction() as writes:
            tables.replace_provider(writes, kept(secret), written(asked), written(silent))

    def _to_keep(self, identity: Identity) -> Provided:
        """What is kept with a session to ask for it again: when the provider answered, and the tokens, sealed."""
        now, held = self._clock(), identity.kept
        tokens = msgspec.json.encode(_Tokens(held.refresh_token, held.id_token)).decode()
        return lambda secret: written(Told(now, now, held.iss, held.sub, held.session, sealed(tokens, secret)))

    def _kept(self, secret: str, told: Told) -> Kept:
        tokens = msgspec.json.decode(opened(told.sealed, secret) or '{"refresh_token":"","id_token":""}', type=_Tokens)
        return Kept(told.iss, told.sub, told.session, tokens.refresh_token, tokens.id_token)


def _somebody_elses() -> Refused:
    return Refused(
        said("this account of the identity provider is somebody else's here"),
        mend=said("sign out at the identity provider, and open the link again"),
        slug="bound-already",
    )


def _told(session: Session) -> Told | None:
    return read(session.provider)


def _silent(told: Told) -> Instant | None:
    return told.answered if told.is_silent else None


def _says_nothing() -> EntenteError:
    return NotAllowed(said("the identity provider gave nothing to ask it again with"))
