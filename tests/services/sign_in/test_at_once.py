"""Two who do the same at once, each in a program of its own on one store: one of them comes in (trust §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import psycopg
import pytest

from services.access import ADMINISTRATOR
from services.directory.names import Directory, PersonNamed
from services.errors import EntenteError, NotFound
from services.sign_in import passwords
from services.sign_in.sessions import Session
from services.sign_in.signing_in import Opened
from tests.patience import PATIENCE
from tests.services.sign_in.test_signing_in import OTHER, PASSWORD, PEOPLE, Town, refused

PROGRAMS = 4


@pytest.fixture
def towns(store_url: str) -> Iterator[list[Town]]:
    towns = [Town(store_url) for _ in range(PROGRAMS)]
    try:
        towns[0].admit(*PEOPLE)
        yield towns
    finally:
        for town in towns:
            town.store.close()


def at_once(towns: list[Town], act: Callable[[Town, int], object], held: str) -> list[object]:
    """What came of each: what it gave, or why it was refused. On PostgreSQL the rows of the table `held` are held by another
    until all wait for them: whatever was read before is read."""

    def one(number: int) -> object:
        try:
            return act(towns[number], number)
        except EntenteError as error:
            return error

    with ThreadPoolExecutor(len(towns)) as threads:
        with held_rows(towns[0].url, held) as wait_for:
            found = [threads.submit(one, number) for number in range(len(towns))]
            wait_for(len(towns), found)
        return [each.result() for each in found]


@contextmanager
def held_rows(url: str, table: str) -> Iterator[Callable[[int, Sequence[Future[object]]], None]]:
    """Until the end of the block nobody else changes a row of that table; gives what waits until so many wait for it, or are done.
    SQLite lets one in at a time anyway."""
    if url.startswith("sqlite"):
        yield lambda count, acts: None
        return
    with psycopg.connect(url) as holding, psycopg.connect(url, autocommit=True) as looking:
        holding.execute(f"SELECT 1 FROM {table} FOR UPDATE")

        def wait_for(count: int, acts: Sequence[Future[object]]) -> None:
            sql = (
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            for _ in range(round(PATIENCE / 0.01)):
                [(waiting,)] = looking.execute(sql).fetchall()
                if waiting + sum(one.done() for one in acts) >= count:
                    return
                Event().wait(0.01)
            raise TimeoutError("nobody waits")

        yield wait_for
        holding.rollback()


def come_in(found: list[object]) -> int:
    return sum(not isinstance(one, EntenteError) for one in found)


def begun(towns: list[Town]) -> list[Opened]:
    return [town.sign_in.by_password("luc", PASSWORD) for town in towns]


def test_of_the_same_code_at_once_one_is_taken(towns: list[Town]) -> None:
    seed, _ = towns[0].with_factor("luc")
    for _ in range(2):
        sessions = begun(towns)
        for town in towns:
            town.now += 60_000_000
        code = towns[0].code(seed)
        found = at_once(towns, lambda town, at: town.sign_in.by_code(sessions[at].secret, code), "sign_in_account")  # noqa: B023
        assert come_in(found) == 1


def test_of_the_same_recovery_code_at_once_one_is_taken(towns: list[Town]) -> None:
    _, handed = towns[0].with_factor("luc")
    for code in handed[:2]:
        sessions = begun(towns)
        found = at_once(towns, lambda town, at: town.sign_in.by_code(sessions[at].secret, code), "sign_in_recovery")  # noqa: B023
        assert come_in(found) == 1


def test_a_link_that_is_opened_by_several_at_once_is_good_once(towns: list[Town]) -> None:
    link = towns[0].sign_in.inviting.invite(ADMINISTRATOR, "anna")
    chosen = [f"{PASSWORD} {number}" for number in range(PROGRAMS)]
    found = at_once(towns, lambda town, number: town.sign_in.redeem(link, chosen[number]), "sign_in_invitation")
    assert come_in(found) == 1
    assert sum(isinstance(one, NotFound) for one in found) == PROGRAMS - 1
    [whose] = [number for number, one in enumerate(found) if not isinstance(one, EntenteError)]
    for number, password in enumerate(chosen):
        if number == whose:
            assert towns[0].sign_in.by_password("anna", password)
        else:
            with refused():
                towns[0].sign_in.by_password("anna", password)


def test_a_second_factor_that_is_set_up_by_several_at_once_is_set_up_once(towns: list[Town]) -> None:
    opened = towns[0].let_in("luc")
    _, seed = towns[0].sign_in.seed(opened.secret)
    code = towns[0].code(seed)
    found = at_once(towns, lambda town, number: town.sign_in.confirm_seed(opened.secret, code), "sign_in_account")
    assert come_in(found) == 1
    assert len(towns[0].sign_in.sessions.of_person("luc")) == 1


def test_of_the_same_address_at_once_one_has_it(towns: list[Town]) -> None:
    """In whatever letters; each has looked before whether it is free."""
    Directory(towns[0].store.history).learn([PersonNamed("luc", "Luc")])
    same = [f"{'A' * number}{'a' * (PROGRAMS - number)}@ville.example" for number in range(PROGRAMS)]

    def learn(town: Town, number: int) -> object:
        names = Directory(town.store.history)
        names.require_free([PersonNamed(f"new-{number}", email=same[number])])
        names.learn([PersonNamed(f"new-{number}", email=same[number])])
        return number

    found = at_once(towns, learn, "directory_changes")
    assert come_in(found) == 1
    assert {one.slug for one in found if isinstance(one, EntenteError)} == {"address-taken"}
    has = [one.email for id, one in Directory(towns[0].store.history).names().items() if id.startswith("new-")]
    assert has == [same[number] for number in found if isinstance(number, int)]


def test_what_has_ended_meanwhile_leads_nowhere(towns: list[Town], monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything of somebody ends, in another program, between the look at his session and what comes of it."""
    ours, other = towns[:2]
    seed, _ = ours.with_factor("luc")
    ours.now += 60_000_000
    session = ours.sign_in.by_password("luc", PASSWORD)
    looked = ours.sign_in.sessions.of

    def ended_meanwhile(secret: str) -> Session | None:
        found = looked(secret)
        other.sign_in.sessions.end_all("luc")
        return found

    monkeypatch.setattr(ours.sign_in.sessions, "of", ended_meanwhile)
    with refused():
        ours.sign_in.by_code(session.secret, ours.code(seed))
    opened = other.let_in("anna")
    monkeypatch.setattr(ours.sign_in.sessions, "of", looked)
    monkeypatch.setattr(ours.sign_in.sessions, "acted", lambda secret: other.sign_in.sessions.end_all("anna"))
    with refused():
        ours.sign_in.change_password(opened.secret, PASSWORD, OTHER)
    assert other.sign_in.by_password("anna", PASSWORD)
    assert other.sign_in.sessions.of_person("luc") == []


def test_a_password_that_is_changed_meanwhile_lets_nobody_in_any_more(
    towns: list[Town], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, other = towns[:2]
    opened = other.let_in("anna")
    matches = passwords.matches

    def changed_meanwhile(kept: str | None, password: str) -> bool:
        monkeypatch.setattr(passwords, "matches", matches)
        is_it = matches(kept, password)
        other.sign_in.change_password(opened.secret, PASSWORD, OTHER)
        return is_it

    monkeypatch.setattr(passwords, "matches", changed_meanwhile)
    with refused():
        ours.sign_in.by_password("anna", PASSWORD)
    assert len(ours.sign_in.sessions.of_person("anna")) == 1


def test_a_password_that_was_kept_weakly_is_kept_anew_and_undoes_no_other(
    towns: list[Town], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, other = towns[:2]
    opened = other.let_in("anna")

    def outdated(kept: str) -> bool:
        monkeypatch.setattr(passwords, "is_outdated", lambda kept: False)
        other.sign_in.change_password(opened.secret, PASSWORD, OTHER)
        return True

    monkeypatch.setattr(passwords, "is_outdated", lambda kept: True)
    assert ours.sign_in.by_password("anna", PASSWORD)
    assert ours.sign_in.by_password("anna", PASSWORD)
    monkeypatch.setattr(passwords, "is_outdated", outdated)
    with refused():
        ours.sign_in.by_password("anna", PASSWORD)
    assert ours.sign_in.by_password("anna", OTHER)


def test_a_session_of_before_does_not_come_back_with_who_is_let_in_again(towns: list[Town]) -> None:
    """As after a fall between the word that somebody is out and the end of the sessions."""
    opened = towns[0].let_in("anna")
    towns[0].sign_in.suspending.suspend(ADMINISTRATOR, "anna")
    secret = towns[1].with_a_session("anna")  # what was under way then
    towns[0].sign_in.suspending.resume(ADMINISTRATOR, "anna")
    assert towns[0].sign_in.sessions.of(secret) is None
    assert towns[0].who(opened) is None
