"""Attempts slow down by account and address, for all processes at once; nobody is locked out by others."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

import services.throttling
from services.history.databases import Database
from services.history.history import open_history
from services.history.secret import prepare as prepare_secrets
from services.throttling import DAY, PACES, SECOND, Pace, Throttle, TooManyAttempts, network_of, prepare

NOW = 1_790_000_000 * SECOND
HOME, AWAY = "192.0.2.7", "198.51.100.9"
FREE = PACES["account at address"].free


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    history = open_history(store_url)
    prepare_secrets(history.database)
    prepare(history.database)
    yield history.database
    history.close()


def refused(throttle: Throttle, account: str, address: str) -> int:
    """Seconds to wait; 0 for an attempt that is taken."""
    try:
        throttle.attempt(account, address)
    except TooManyAttempts as error:
        return error.retry_after if (error.status, error.slug) == (429, "too-many-attempts") else -1
    return 0


def test_after_some_attempts_each_waits_twice_as_long_as_the_one_before(database: Database) -> None:
    clock = [NOW]
    throttle = Throttle(database, lambda: clock[0])
    assert [refused(throttle, "anna", HOME) for _ in range(FREE)] == [0] * FREE
    for wait in (1, 2, 4, 8, 16, 32):
        assert refused(throttle, "anna", HOME) == wait
        clock[0] += wait * SECOND - 1
        assert refused(throttle, "anna", HOME) == 1
        clock[0] += 1
        assert refused(throttle, "anna", HOME) == 0


def test_the_longest_wait_is_a_quarter_of_an_hour_and_a_day_forgives(database: Database) -> None:
    clock = [NOW]
    throttle = Throttle(database, lambda: clock[0])
    for _ in range(40):
        clock[0] += 900 * SECOND
        assert refused(throttle, "anna", HOME) == 0
    assert refused(throttle, "anna", HOME) == 900
    clock[0] += DAY * SECOND + 1
    assert [refused(throttle, "anna", HOME) for _ in range(FREE)] == [0] * FREE


def test_the_mistypes_of_a_house_behind_one_address_do_not_add_up_for_days(database: Database) -> None:
    """Of thirty colleagues one mistypes an hour, then signs in."""
    clock = [NOW]
    throttle = Throttle(database, lambda: clock[0])
    for hour in range(60):
        clock[0] += 3600 * SECOND
        name = f"colleague-{hour % 30}"
        assert (refused(throttle, name, HOME), refused(throttle, name, HOME)) == (0, 0), hour
        throttle.succeeded(name, HOME)


def test_half_of_what_an_address_tried_is_forgotten_within_an_hour_however_often_it_tries(database: Database) -> None:
    """Whoever tries each second is forgotten nothing for that."""
    clock = [NOW]
    throttle = Throttle(database, lambda: clock[0])
    for number in range(PACES["address"].free):
        clock[0] += SECOND // 2
        assert refused(throttle, f"account-{number}", AWAY) == 0
    assert refused(throttle, "another", AWAY) == 1
    clock[0] += 3600 * SECOND
    half = PACES["address"].free // 2
    assert [refused(throttle, f"later-{number}", AWAY) for number in range(half)] == [0] * half
    assert refused(throttle, "another", AWAY) == 1


def test_who_gives_the_password_again_is_counted_alone(database: Database) -> None:
    throttle = Throttle(database, lambda: NOW)

    def again(person: str) -> bool:
        try:
            throttle.attempt(person, None)
        except TooManyAttempts:
            return False
        return True

    free = PACES["again"].free
    for person in ("anna", "luc", "rita", "hugo", "mia"):
        assert [again(person) for _ in range(free + 1)] == [True] * free + [False]
    assert again("fred")
    for number in range(PACES["account"].free):
        refused(throttle, "nora", f"10.0.{number}.1")
    assert refused(throttle, "nora", HOME) == 1
    assert again("nora")
    throttle.succeeded("anna", None)
    assert again("anna")


def test_who_guesses_elsewhere_does_not_lock_out_whom_the_account_belongs_to(database: Database) -> None:
    clock = [NOW]
    throttle = Throttle(database, lambda: clock[0])
    for number in range(200):
        clock[0] += 31 * SECOND
        assert refused(throttle, "anna", f"10.0.{number}.1") == 0
    assert refused(throttle, "anna", HOME) == 30
    clock[0] += 30 * SECOND
    assert refused(throttle, "anna", HOME) == 0
    assert refused(throttle, "paul", HOME) == 0


def test_an_address_that_tries_many_accounts_is_slowed_down_in_all(database: Database) -> None:
    throttle = Throttle(database, lambda: NOW)
    most = PACES["address"].free
    assert [refused(throttle, f"account-{number}", AWAY) for number in range(most)] == [0] * most
    assert refused(throttle, "somebody-else", AWAY) == 1
    assert refused(throttle, "somebody-else", HOME) == 0


def test_what_is_unknown_is_counted_as_what_is_known_and_letters_do_not_matter(database: Database) -> None:
    throttle = Throttle(database, lambda: NOW)
    for name in ("nobody", "Nobody", " NOBODY ", "nobody", "noBody"):
        assert refused(throttle, name, HOME) == 0
    assert refused(throttle, "nobody", HOME) == 1


def test_a_success_takes_back_its_own_attempts_and_not_those_of_the_address(database: Database) -> None:
    throttle = Throttle(database, lambda: NOW)
    for number in range(PACES["address"].free):
        assert refused(throttle, "mine" if number % 4 == 0 else f"others-{number}", AWAY) == 0
        if number % 4 == 0:
            throttle.succeeded("mine", AWAY)
    assert [refused(throttle, f"more-{number}", AWAY) for number in range(5)] == [0] * 5
    assert refused(throttle, "mine", AWAY) == 1


def test_what_is_refused_is_not_counted(database: Database) -> None:
    clock = [NOW]
    throttle = Throttle(database, lambda: clock[0])
    for _ in range(FREE):
        throttle.attempt("anna", HOME)
    assert {refused(throttle, "anna", HOME) for _ in range(30)} == {1}
    clock[0] += SECOND
    assert refused(throttle, "anna", HOME) == 0


def test_many_at_once_from_several_processes_are_as_many(database: Database) -> None:
    """Each thread as if it were a process of its own: nothing is shared but the store."""
    throttles = [Throttle(database, lambda: NOW) for _ in range(8)]
    begin = Barrier(len(throttles))

    def tries(throttle: Throttle) -> list[int]:
        begin.wait()
        return [refused(throttle, "anna", f"10.0.0.{number}") for number in range(16) for _ in range(2)]

    with ThreadPoolExecutor(len(throttles)) as pool:
        waits = [wait for found in pool.map(tries, throttles) for wait in found]
    assert waits.count(0) == PACES["account"].free
    assert refused(throttles[0], "anna", HOME) == 1


def test_a_clock_that_goes_back_lets_nobody_wait_longer_than_the_longest(database: Database) -> None:
    clock = [NOW]
    throttle = Throttle(database, lambda: clock[0])
    for _ in range(FREE):
        throttle.attempt("anna", HOME)
    clock[0] -= 3600 * SECOND
    assert refused(throttle, "anna", HOME) == 0


def test_no_name_stands_in_the_table_and_it_does_not_grow_without_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.throttling, "MOST", 50)
    clock = [NOW]
    throttle = Throttle(database, lambda: clock[0])
    for number in range(200):
        clock[0] += SECOND
        refused(throttle, f"canary-{number}", f"10.1.{number}.1")
    with database.connect() as reads:
        rows = reads.query("SELECT name, count FROM entente_throttle")
    assert len(rows) <= 50 + 3 * 64
    assert not [name for name, _ in rows if "canary" in name or "10.1" in name]
    clock[0] += 2 * DAY * SECOND
    for number in range(64):
        refused(throttle, f"later-{number}", f"10.2.{number}.1")
    with database.connect() as reads:
        assert reads.query("SELECT COUNT(*) FROM entente_throttle WHERE last < ?", [NOW + DAY * SECOND]) == [(0,)]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_of_ipv6_a_network_counts_as_one_address(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_pace_never_overflows() -> None:
    assert [Pace(2, 60).wait(count) for count in (0, 1, 2, 3, 4, 10**9)] == [0, 0, 1, 2, 4, 60]
