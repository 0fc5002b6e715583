"""Our side of an identity provider, with clocks that a test moves."""

from __future__ import annotations

import time
from typing import Any

from domain.durations import SECOND
from services.sign_in.oidc import Provider
from services.sign_in.oidc_calls import Calls
from services.sign_in.oidc_values import Begun, Ended, Identity, OidcSettings, Unreachable
from tests.services.sign_in.lying_provider import CLIENT, SECRET
from tests.services.sign_in.lying_provider import Provider as Lying

BACK = "https://entente.ville.example/sign-in/oidc/back"


class Case:
    def __init__(self, lying: Lying, **settings: Any):
        self.lying = lying
        self.later = 0.0
        """Seconds that the clocks here are ahead."""
        told = {"issuer": lying.issuer, "client": CLIENT, "secret": SECRET, **settings}
        calls = Calls(seconds=1.0, largest=200_000)
        self.ours = Provider(OidcSettings(**told), self._now, calls, lambda: time.monotonic() + self.later)

    def begin(self) -> Begun:
        begun = self.ours.begin(BACK)
        self.lying.nonce = begun.nonce
        return begun

    def sign_in(self, code: str = "code-1") -> Identity:
        begun = self.begin()
        return self.ours.exchange(code, begun.nonce, begun.verifier, BACK)

    def renewed(self, **changed: Any) -> Identity | Ended | Unreachable:
        """After a sign-in that was right; `changed`: claims of the new ID token."""
        kept = self.sign_in().kept
        self.lying.claims = {"nonce": None, **changed}
        return self.ours.renew(kept)

    def _now(self) -> int:
        return round((time.time() + self.later) * SECOND)
