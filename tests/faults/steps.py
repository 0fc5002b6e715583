"""One step of signing in, or of taking somebody out, killed (SIGKILL) at a named point: `steps.py POINT STORE NOW STEP WORD…`.

`NOW`: microseconds since 1970, at which the clock stands. Nothing of the program is changed but that it ends there.
"""

from __future__ import annotations

import json
import sys

from services.access import ADMINISTRATOR
from services.access_log import AccessLog
from services.opening import open_store
from services.sign_in import inviting, oidc_tables, signing_in, suspending, tables
from services.sign_in.accounts import Accounts
from services.sign_in.oidc import Provider
from services.sign_in.oidc_sessions import OidcSignIn
from services.sign_in.oidc_values import OidcSettings
from services.sign_in.sessions import Sessions
from services.sign_in.signing_in import SignIn
from services.sign_in.suspending import Suspending
from tests.faults.dying import Point, end_at

WHOLE = {
    "opening": Point(Sessions, "open", False),
    "opened": Point(Sessions, "open", True),
    "noting": Point(AccessLog, "note", False),
    "noted": Point(AccessLog, "note", True),
}
OF_PASSWORD = {
    "held": Point(tables, "held_account", True),
    "opening": WHOLE["opening"],
    "opened": WHOLE["opened"],
    "unanswered": Point(SignIn, "by_password", True),
}
OF_CODE = {
    **WHOLE,
    "taking": Point(Accounts, "takes", False),
    "taken": Point(Accounts, "takes", True),
    "held": Point(tables, "held_account", True),
    "ended": Point(signing_in, "end_one", True),
    "entered": Point(SignIn, "_enter", True),
}
OF_FACTOR = {
    **WHOLE,
    "keeping": Point(tables, "keep_account", False),
    "kept": Point(tables, "keep_account", True),
    "handed": Point(signing_in, "keep_recovery", True),
    "all ended": Point(signing_in, "end_all", True),
    "ended": Point(signing_in, "end_one", True),
    "entered": Point(SignIn, "_enter", True),
}
OF_PROVIDER = {
    **WHOLE,
    "begun": Point(oidc_tables, "take_begun", True),
    "exchanging": Point(Provider, "exchange", False),
    "exchanged": Point(Provider, "exchange", True),
    "used up": Point(inviting, "_use_up", True),
    "bound": Point(oidc_tables, "bind", True),
    "known": Point(OidcSignIn, "_person", True),
    "entering": Point(SignIn, "enter_by", False),
    "entered": Point(SignIn, "enter_by", True),
}
OF_TAKING_OUT = {
    "deciding": Point(Suspending, "_decided", False),
    "decided": Point(tables, "held_account", False),
    "held": Point(tables, "held_account", True),
    "all ended": Point(suspending, "end_all", True),
    "out": Point(Suspending, "_decided", True),
}
POINTS = {
    "password": OF_PASSWORD,
    "code": OF_CODE,
    "factor": OF_FACTOR,
    "provider": OF_PROVIDER,
    "suspend": OF_TAKING_OUT,
}


def take(url: str, now: int, step: str, words: list[str]) -> None:
    store = open_store(url, clock=lambda: now)
    sign_in = SignIn(store.history, lambda: now)
    match step, words:
        case "password", [person, password]:
            sign_in.by_password(person, password)
        case "code", [secret, code]:
            sign_in.by_code(secret, code)
        case "factor", [secret, code]:
            sign_in.confirm_seed(secret, code)
        case "suspend", [person]:
            sign_in.suspending.suspend(ADMINISTRATOR, person)
        case "provider", [issuer, client, secret, browser, back, answer]:
            provider = Provider(OidcSettings(issuer, client, secret), lambda: now)
            coming = OidcSignIn(provider, sign_in, store.history.database, lambda: now)
            coming.finish(browser, back, json.loads(answer))


if __name__ == "__main__":
    point, url, now, step, *words = sys.argv[1:]
    end_at(POINTS[step][point], 1)
    take(url, int(now), step, words)
