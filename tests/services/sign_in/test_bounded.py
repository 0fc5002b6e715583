"""Who asks without end, and nobody knows who it is, takes no more than a share of what signing in needs."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from domain.durations import SECOND
from services.errors import TooMany, Unavailable
from services.history.databases import Database
from services.history.opening import open_database
from services.sign_in import oidc_share, passwords, tables
from services.sign_in.oidc_share import MOST, UnderWay
from services.sign_in.sessions import MINUTE, MOST_BY_PROXY, Sessions

NOW = 1_800_000_000 * SECOND


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    database = open_database(store_url)
    database.create(tables.TABLES)
    yield database
    database.close()


def test_a_proxy_that_passes_no_cookie_on_opens_a_bounded_number_of_sessions(database: Database) -> None:
    clock = Hands()
    sessions = Sessions(database, clock)
    with database.transaction() as writes:
        browser, other, by_password = (
            sessions.open(writes, "anna", "proxy"),
            sessions.open(writes, "ben", "proxy"),
            sessions.open(writes, "anna", "accounts"),
        )
    clock.now += 2 * MINUTE
    sessions.note_used(browser)
    for _ in range(3 * MOST_BY_PROXY):
        with database.transaction() as writes:
            last = sessions.open(writes, "anna", "proxy")
    with database.connect() as reads:
        [(count,)] = reads.query("SELECT COUNT(*) FROM sign_in_session WHERE person = 'anna' AND way = 'proxy'")
    assert count == MOST_BY_PROXY
    assert [one for one in (browser, other, by_password, last) if sessions.of(one) is None] == []


def test_who_begins_again_and_again_from_one_address_is_told_to_come_back_and_hinders_no_other() -> None:
    clock = Hands()
    under_way = UnderWay(clock, 10 * MINUTE)
    for _ in range(MOST):
        under_way.begin("2001:db8::1")
    with pytest.raises(TooMany, match="too many sign-ins are under way") as refused:
        under_way.begin("2001:db8::2")  # the same network of one connection
    assert refused.value.retry_after == 600
    under_way.begin("192.0.2.7")
    under_way.end("2001:db8::1")
    under_way.begin("2001:db8::1")
    clock.now += 10 * MINUTE
    under_way.begin("2001:db8::1")


def test_addresses_are_remembered_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc_share, "NETWORKS", 3)
    under_way = UnderWay(Hands(), 10 * MINUTE)
    for number in range(10):
        under_way.begin(f"192.0.2.{number}")
    assert len(under_way._begun) == 3


def test_who_comes_while_many_wait_with_their_password_is_told_at_once_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "_LINE", threading.BoundedSemaphore(1))
    with passwords._turn(), pytest.raises(Unavailable, match="many sign in at once") as refused:
        passwords.hashed("quite a long password")
    assert refused.value.retry_after == passwords.WAIT_SECONDS
    assert passwords.matches(passwords.hashed("quite a long password"), "quite a long password")
