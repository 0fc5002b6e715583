"""What tools come in with: each key one thing, until a day, for its service (trust §3)."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from starlette.requests import Request

from services.access import ADMINISTRATOR, Grade, Principal, Right, signed_in
from services.access_keys.asker import KeyAsker, is_for
from services.access_keys.following import Can
from services.access_keys.keeping import CANS, LIVE_IN_ALL, KeyKeeping, may_push, principal_of
from services.errors import Invalid, NotAllowed, NotFound, NotSignedIn, Refused
from services.opening import open_store
from services.store import Store
from tests.services.judged import NOW

HEAD = signed_in("luc", {"it": Grade.HEAD})
TODAY = date(2026, 6, 30)


class Keys:
    def __init__(self, url: str):
        self.url, self.day = url, TODAY
        self.store: Store = open_store(url, clock=lambda: NOW)
        self.keeping = self.another()

    def another(self) -> KeyKeeping:
        """As another process has it."""
        return KeyKeeping(self.store.history, lambda: NOW, lambda: self.day)


@pytest.fixture
def keys(store_url: str) -> Iterator[Keys]:
    found = Keys(store_url)
    yield found
    found.store.close()


def request(method: str, path: str, authorization: str = "") -> Request:
    headers = [(b"authorization", authorization.encode())] if authorization else []
    return Request({"type": "http", "method": method, "path": path, "headers": headers, "query_string": b""})


def test_a_key_is_shown_once_and_kept_as_a_hash(keys: Keys) -> None:
    given = keys.keeping.create(HEAD, "it", "push")
    prefix, public, secret = given.secret.split("_", 2)
    assert (prefix, len(public), len(secret)) == ("ent", 8, 43)
    assert given.terms.until == TODAY + timedelta(days=365)
    found = keys.keeping.checked(given.secret)
    assert (found.service, found.can, found.by) == ("it", "push", "it/luc")
    with keys.store.history.database.connect() as reads:
        kept = repr(reads.query("SELECT * FROM access_key"))
    stored = b"".join(bytes(entry.state) for entry in keys.store.history.read(0, 100))
    assert secret not in kept
    assert secret.encode() not in stored


def test_whatever_is_wrong_with_a_key_is_said_in_the_same_words(keys: Keys) -> None:
    given = keys.keeping.create(HEAD, "it", "push", until=TODAY)
    revoked = keys.keeping.create(HEAD, "it", "read")
    keys.keeping.revoke(HEAD, revoked.terms.key)
    wrong = [
        given.secret[:-1] + ("a" if given.secret[-1] != "a" else "b"),
        f"ent_{'x' * 8}_{'y' * 43}",
        "",
        "ent_",
        "x" * 10_000,
    ]
    said = set()
    for secret in [*wrong, revoked.secret, given.secret.replace("ent_", "tne_")]:
        with pytest.raises(NotSignedIn) as caught:
            keys.keeping.checked(secret)
        said.add((str(caught.value), caught.value.slug))
    keys.day += timedelta(days=1)
    with pytest.raises(NotSignedIn) as caught:
        keys.keeping.checked(given.secret)
    said.add((str(caught.value), caught.value.slug))
    assert len(said) == 1


def test_a_key_that_is_revoked_elsewhere_opens_nothing_a_second_later(keys: Keys) -> None:
    given = keys.keeping.create(HEAD, "it", "push")
    elsewhere = keys.another()
    assert elsewhere.checked(given.secret)
    keys.keeping.revoke(HEAD, given.secret)

    def ask_for_a_second() -> None:
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            elsewhere.checked(given.secret)

    with pytest.raises(NotSignedIn):
        ask_for_a_second()
    with pytest.raises(Refused):
        keys.keeping.revoke(HEAD, given.terms.key)


def test_a_key_is_good_by_the_day_of_the_clock_whichever_way_that_is_put(keys: Keys) -> None:
    """Nothing is decided by a clock that is wrong for a while: not that a key has ended, nor that it was used."""
    given = keys.keeping.create(HEAD, "it", "push", until=TODAY + timedelta(days=1))
    revoked = keys.keeping.create(HEAD, "it", "read")
    assert keys.keeping.checked(given.secret)
    keys.day = TODAY + timedelta(days=400)
    with pytest.raises(NotSignedIn):
        keys.keeping.checked(given.secret)
    assert keys.keeping.live() == []
    keys.keeping.revoke(HEAD, revoked.secret)
    keys.day = TODAY - timedelta(days=400)
    for keeping in (keys.keeping, keys.another()):
        assert keeping.checked(given.secret)
        with pytest.raises(NotSignedIn):
            keeping.checked(revoked.secret)
    assert keys.keeping.used_on()[given.terms.key] == (TODAY - date(1970, 1, 1)).days
    keys.day = TODAY + timedelta(days=1)
    assert keys.keeping.checked(given.secret)
    keys.day = TODAY + timedelta(days=2)
    with pytest.raises(NotSignedIn):
        keys.keeping.checked(given.secret)


def test_two_keys_for_the_same_are_live_at_once_and_no_third(keys: Keys) -> None:
    first = keys.keeping.create(HEAD, "it", "push", ["helpdesk/*"])
    keys.keeping.create(HEAD, "it", "push", ["helpdesk/*"])
    with pytest.raises(Refused) as caught:
        keys.keeping.create(HEAD, "it", "push", ["helpdesk/*"])
    assert caught.value.slug == "keys-two"
    keys.keeping.create(HEAD, "it", "push")  # for something else
    keys.keeping.revoke(HEAD, first.terms.key)
    keys.keeping.create(HEAD, "it", "push", ["helpdesk/*"])


def test_keys_are_for_heads_and_the_administrator(keys: Keys) -> None:
    member, other = signed_in("anna", {"it": Grade.MEMBER}), signed_in("eve", {"hr": Grade.HEAD})
    administrator = signed_in("ines", {}, ["administrator"])
    given = keys.keeping.create(administrator, "it", "read")
    for who in (member, other, signed_in("paul", {}, ["auditor"])):
        with pytest.raises(NotAllowed):
            keys.keeping.create(who, "it", "read")
    with pytest.raises(NotFound):  # as one that is not there
        keys.keeping.revoke(other, given.terms.key)
    assert keys.keeping.seen_by(other) == []
    assert keys.keeping.seen_by(HEAD) == [given.terms]
    with pytest.raises(NotAllowed):
        keys.keeping.create(HEAD, "", "metrics")
    assert keys.keeping.create(administrator, "", "metrics")


@pytest.mark.parametrize(
    ("service", "can", "sources", "until"),
    [
        ("it", "everything", [], None),
        ("", "read", [], None),
        ("it", "read", ["helpdesk/*"], None),
        ("it", "push", [""], None),
        ("it", "push", ["x" * 301], None),
        ("it", "push", ["x"] * 21, None),
        ("it", "push", [], TODAY - timedelta(days=1)),
        ("it", "push", [], date(9999, 12, 31)),
    ],
)
def test_what_cannot_be_meant_is_refused(keys: Keys, service: str, can: str, sources: list[str], until: Any) -> None:
    with pytest.raises(Invalid):
        keys.keeping.create(ADMINISTRATOR, service, can, sources, until)


ASKED: tuple[tuple[str, str, set[Can]], ...] = (
    ("POST", "/v1/events", {"push"}),
    ("POST", "/v1/webhooks/github", {"push"}),
    ("GET", "/v1/contracts", {"read"}),
    ("GET", "/contracts/c", {"read"}),
    ("POST", "/v1/contracts/c/sign", set()),
    ("POST", "/contracts/c/sign", set()),
    ("PUT", "/v1/contracts/c", set()),
    ("DELETE", "/v1/events", set()),
    ("GET", "/metrics", {"metrics"}),
    ("GET", "/calendars/it.ics", {"read", "calendar"}),
)


@pytest.mark.parametrize(("method", "path", "allowed"), ASKED)
def test_a_key_can_do_its_one_thing(keys: Keys, method: str, path: str, allowed: set[Can]) -> None:
    assert {can for can in CANS if is_for(can, method, path)} == allowed
    asker = KeyAsker(keys.keeping)
    for can in CANS:
        secret = keys.keeping.create(HEAD, "it", can).secret
        if can in allowed:
            who = asker(request(method, path, f"Bearer {secret}"))
            assert who is not None
            assert who.services == {"it"}
            assert who.may(Right.PUSH, "it") == (can == "push")
            assert not who.may(Right.TAKE_PART, "it")
        else:
            with pytest.raises(NotAllowed):
                asker(request(method, path, f"Bearer {secret}"))


def test_a_key_comes_as_bearer_or_as_a_password(keys: Keys) -> None:
    asker, secret = KeyAsker(keys.keeping), keys.keeping.create(HEAD, "it", "push").secret
    basic = b64encode(f"anything:{secret}".encode()).decode()
    for authorization in (f"Bearer {secret}", f"bearer {secret}", f"Basic {basic}"):
        assert asker(request("POST", "/v1/events", authorization)) is not None
    for other in (
        "",
        "Basic !!!",
        f"Basic {b64encode(b'a:b').decode()}",
        "Digest x",
        f"Basic {b64encode(bytes([255])).decode()}",
    ):
        assert asker(request("POST", "/v1/events", other)) is None
    with pytest.raises(NotSignedIn):
        asker(request("POST", "/v1/events", "Bearer nothing"))


def test_patterns_say_which_sources_a_key_may_push() -> None:
    assert may_push((), "anything")
    assert may_push(("helpdesk/*",), "helpdesk/tickets")
    assert not may_push(("helpdesk/*",), "crm/x")
    assert not may_push(("helpdesk",), "helpdesk/tickets")
    assert not may_push(("helpdesk/*",), "Helpdesk/tickets")


def test_its_last_day_of_use_is_kept(keys: Keys) -> None:
    given = keys.keeping.create(HEAD, "it", "push")
    assert keys.keeping.used_on() == {given.terms.key: 0}
    for _ in range(3):
        keys.keeping.checked(given.secret)
    assert keys.keeping.used_on() == {given.terms.key: (TODAY - date(1970, 1, 1)).days}


def test_keys_that_end_soon_are_told(keys: Keys) -> None:
    soon = keys.keeping.create(HEAD, "it", "push", until=TODAY + timedelta(days=30)).terms
    keys.keeping.create(HEAD, "it", "read", until=TODAY + timedelta(days=31))
    assert keys.keeping.ending() == [soon]


def test_a_key_of_everything_is_of_no_service() -> None:
    keys = Keys("sqlite://:memory:")
    given = keys.keeping.create(ADMINISTRATOR, "", "metrics")
    assert principal_of(given.terms) == Principal("member", frozenset(), f"key:{given.terms.key}", frozenset())
    keys.store.close()


def test_a_service_has_so_many_live_keys_and_no_more_whatever_they_are_for(keys: Keys) -> None:
    for number in range(LIVE_IN_ALL):
        keys.keeping.create(HEAD, "it", "push", [f"it/{number}"])
    with pytest.raises(Refused) as caught:
        keys.keeping.create(HEAD, "it", "push", ["it/another"])
    assert caught.value.slug == "keys-many"
    keys.keeping.revoke(HEAD, keys.keeping.live()[0].key)
    assert keys.keeping.create(HEAD, "it", "push", ["it/another"])
    assert keys.keeping.create(ADMINISTRATOR, "hr", "read")


def test_keys_are_told_of_whoever_made_them(keys: Keys) -> None:
    made = keys.keeping.create(HEAD, "it", "read").terms
    keys.keeping.revoke(HEAD, keys.keeping.create(HEAD, "it", "metrics").terms.key)
    keys.keeping.create(signed_in("eve", {"it": Grade.HEAD}), "it", "push")
    assert keys.keeping.by_maker(lambda person: person == "luc") == {"luc": [made]}
