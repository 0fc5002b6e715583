"""Tells who asks over HTTP, where people sign in: by the session that a cookie holds, or by what a proxy vouches for (trust §3)."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from domain.saying import said
from services.access import Principal
from services.api.asking import HEADER
from services.api.cookies import session_of
from services.errors import EntenteError, NotAllowed, NotSignedIn
from services.sign_in.around import PEER
from services.sign_in.sessions import Session
from services.sign_in.signing_in import SignIn

REMOTE_USER: Final = "remote-user"
PROXY_SECRET: Final = "entente-proxy-secret"
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
AGAIN: Final = "sign-in-again"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that signs people in: what it says in `Entente-Proxy-Secret`, and whether a request comes from where it stands."""

    secret: bytes
    is_from: Callable[[str], bool]


class Asker:
    """The one place where it is asked who makes a request, once each. Raises NotSignedIn where nobody is known, NotAllowed for who may
    not come in so. What comes of it is noted once the request is answered (SessionCookies)."""

    def __init__(
        self,
        sign_in: SignIn,
        ways: Collection[str],
        *,
        by_key: Callable[[Request], Principal | None] = lambda request: None,
        proxy: Proxy | None = None,
    ):
        self._sign_in = sign_in
        self._ways = ways
        self._by_key = by_key
        self._proxy = proxy

    def __call__(self, request: Request) -> Principal:
        told: Principal | EntenteError | None = getattr(request.state, "who", None)
        if told is None:
            try:
                told = self._who(request)
            except EntenteError as error:
                told = error
            request.state.who = told
        if isinstance(told, EntenteError):
            raise told
        return told

    def is_still(self, request: Request, who: Principal) -> bool:
        """Says whether whoever asked is still let in, and as the same: for an answer that lasts."""
        try:
            return self._who(request) == who
        except EntenteError:
            return False

    def _who(self, request: Request) -> Principal:
        if HEADER in request.headers:
            raise NotAllowed(
                said("{header} counts only where nobody signs in", header=HEADER), mend=said("leave it out")
            )
        if (key := self._by_key(request)) is not None:
            return key
        secret = self._secret(request)
        session = self._sign_in.sessions.of(secret)
        who = self._sign_in.principal(session) if session is not None else None
        if session is None or who is None:
            raise NotSignedIn(said("it is not known who asks"), mend=said("sign in, or send an access key"))
        request.state.held = secret, held_by(who)
        if session.is_seen_anew:
            request.state.seen_anew = secret
        if request.method not in _READS:
            request.state.asleep = who
            self._require_awake(session)
            request.state.acted = secret
        return who

    def _require_awake(self, session: Session) -> None:
        """A session whose password was not asked for lately changes nothing. Where another vouches for people that is his business."""
        if session.way == "accounts" and not session.may_act:
            raise NotSignedIn(
                said("nothing was changed for a while, so that the password is asked for again"),
                mend=said("give it, and send this again"),
                slug=AGAIN,
            )

    def _secret(self, request: Request) -> str:
        """What the session's cookie holds; behind a proxy that of a session for whom it names now."""
        opened: str | None = getattr(request.state, "opened", None)
        secret = opened or session_of(request)
        if self._proxy is None or "proxy" not in self._ways:
            return secret
        named = self._vouched(request, self._proxy)
        if named is None:
            return secret
        session = self._sign_in.sessions.of(secret)
        if session is not None and session.person == named:
            return secret
        if session is not None:
            self._sign_in.sessions.end(secret)
        return self._opened(request, named)

    def _opened(self, request: Request, person: str) -> str:
        """A session for whom the proxy vouches; the answer sets its cookie (SessionCookies)."""
        address = request.client.host if request.client is not None else ""
        try:
            opened = self._sign_in.enter_by(
                person, "proxy", address=address, agent=request.headers.get("user-agent", "")
            )
        except NotSignedIn as error:
            raise NotAllowed(
                said("the proxy names “{person}”, whom nobody lets in here", person=person),
                mend=said("give them a role: in the access file, or among the people of a service"),
                slug="unknown-person",
            ) from error
        request.state.opened = opened.secret
        return opened.secret

    def _vouched(self, request: Request, proxy: Proxy) -> str | None:
        """Whom the proxy names; None where no proxy of ours says anything. Raises NotAllowed where what is said is not the proxy's
        alone: a header that somebody else could have sent in another spelling, or twice."""
        named = request.headers.getlist(REMOTE_USER)
        spelled = [name for name in request.headers if name.replace("_", "-") == REMOTE_USER and name != REMOTE_USER]
        if not named and not spelled:
            return None
        told = request.headers.get(PROXY_SECRET, "").encode()
        is_proxy = proxy.is_from(request.scope.get(PEER, ""))
        if spelled or len(named) != 1 or not is_proxy or not hmac.compare_digest(told, proxy.secret):
            raise NotAllowed(
                said("Remote-User is believed of the proxy alone, once, with its secret"),
                mend=said("ENTENTE_PROXY_FROM, ENTENTE_PROXY_SECRET_FILE; and the proxy takes out what others send"),
                slug="proxy-not-believed",
            )
        return named[0].strip()


def held_by(who: Principal) -> dict[str, int]:
    """How much somebody has in each service, and which offices: what is more than before is told by comparing."""
    found = Counter(service for _, service in who.granted or ())
    found.update(who.services)
    found.update(f"*{office}" for office in who.offices)
    return dict(found)
