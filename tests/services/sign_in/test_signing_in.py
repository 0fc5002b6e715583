"""Signing in, from the invitation to the end of the session (trust §3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyotp
import pytest

from services.access import ADMINISTRATOR, Grade, Principal, Right, principal, signed_in
from services.contracts.contracting import Contracting
from services.errors import Invalid, NotAllowed, NotFound, NotSignedIn, Refused
from services.opening import open_store
from services.sign_in import passwords
from services.sign_in.sessions import MINUTE
from services.sign_in.signing_in import Opened, Rules, SignIn
from services.throttling import TooManyAttempts
from tests.given import document
from tests.services.judged import NOW

PASSWORD, OTHER = "quatre chevaux gris", "cinq ponts de bois"
PEOPLE = (
    {"person": "anna", "name": "Anna Martin", "email": "anna@ville.example", "services": {"it": "member"}},
    {"person": "luc", "services": {"it": "head"}},
    {"person": "ines", "administrator": True},
)


class Town:
    """A store whose clock one turns, with its ways in."""

    def __init__(self, url: str):
        self.url, self.now = url, NOW
        self.store = open_store(url, clock=lambda: self.now)
        self.sign_in = SignIn(self.store.history, lambda: self.now, Rules(organisation="Valmoray"))

    def close(self) -> None:
        self.store.close()

    def admit(self, *people: dict[str, Any]) -> None:
        tree = {"entente": 1, "access": "town", "people": list(people)}
        self.store.use(Contracting).apply(ADMINISTRATOR, document(tree))

    def let_in(self, person: str, password: str = PASSWORD) -> Opened:
        return self.sign_in.redeem(self.sign_in.inviting.invite(ADMINISTRATOR, person), password)

    def who(self, opened: Opened) -> Principal | None:
        session = self.sign_in.sessions.of(opened.secret)
        return self.sign_in.principal(session) if session is not None else None

    def code(self, seed: str) -> str:
        return pyotp.TOTP(seed).at(self.now // 1_000_000)

    def with_a_session(self, person: str) -> str:
        """Its secret, opened whatever the person has shown."""
        with self.store.history.database.transaction() as writes:
            return self.sign_in.sessions.open(writes, person, "accounts")

    def with_factor(self, person: str) -> tuple[str, list[str]]:
        """The seed and the recovery codes of somebody who has just set it up."""
        opened = self.let_in(person)
        _, seed = self.sign_in.seed(opened.secret)
        _, handed = self.sign_in.confirm_seed(opened.secret, self.code(seed))
        return seed, handed


@pytest.fixture
def town(store_url: str) -> Iterator[Town]:
    town = Town(store_url)
    try:
        town.admit(*PEOPLE)
        yield town
    finally:
        town.store.close()


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(NotSignedIn) as caught:
        yield
    assert caught.value.status == 401


def test_an_invitation_gives_a_password_once(town: Town) -> None:
    link = town.sign_in.inviting.invite(ADMINISTRATOR, "anna")
    opened = town.sign_in.redeem(link, PASSWORD)
    who = town.who(opened)
    assert who is not None
    assert (who.person, sorted(who.services)) == ("anna", ["it"])
    with pytest.raises(NotFound):
        town.sign_in.redeem(link, OTHER)
    assert town.who(town.sign_in.by_password("anna", PASSWORD)) == who
    assert town.who(town.sign_in.by_password(" Anna@Ville.example ", PASSWORD)) == who


def test_an_invitation_ends_after_72_hours(town: Town) -> None:
    link = town.sign_in.inviting.invite(ADMINISTRATOR, "anna")
    town.now += 72 * 60 * MINUTE - 1
    assert town.sign_in.inviting.invited(link).person == "anna"
    town.now += 1
    with pytest.raises(NotFound):
        town.sign_in.redeem(link, PASSWORD)


def test_a_newer_invitation_takes_the_place_of_the_one_before(town: Town) -> None:
    first, second = (town.sign_in.inviting.invite(ADMINISTRATOR, "anna") for _ in range(2))
    with pytest.raises(NotFound):
        town.sign_in.redeem(first, PASSWORD)
    town.sign_in.redeem(second, PASSWORD)


def test_whatever_is_wrong_is_said_in_the_same_words(town: Town) -> None:
    town.let_in("anna")
    town.let_in("luc")
    town.sign_in.suspending.suspend(ADMINISTRATOR, "luc", "left")
    said = set()
    for name, password in (
        ("anna", OTHER),
        ("anna", ""),
        ("anna", "x" * 100_000),
        ("nobody", PASSWORD),
        ("ines", PASSWORD),  # has no password yet
        ("luc", PASSWORD),
        ("", PASSWORD),
        ("a\r\nSet-Cookie: b@c", PASSWORD),
        ("anna@elsewhere.example", PASSWORD),
    ):
        with pytest.raises(NotSignedIn) as caught:
            town.sign_in.by_password(name, password)
        said.add((str(caught.value), caught.value.slug))
    assert len(said) == 1


@pytest.mark.parametrize(
    "weak",
    [
        *("short", "qwerty123456", "QWERTY123456", "aaaaaaaaaaaa", "x" * 129, "anna martin 12", "valmoray-2026"),
        *("password1234", "!!Motdepasse2026"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_still_works(town: Town, weak: str) -> None:
    link = town.sign_in.inviting.invite(ADMINISTRATOR, "anna")
    with pytest.raises(Invalid) as caught:
        town.sign_in.redeem(link, weak)
    assert caught.value.slug == "password-weak"
    town.sign_in.redeem(link, PASSWORD)


def test_who_binds_others_or_sees_everything_needs_a_second_factor(town: Town) -> None:
    town.admit(*PEOPLE, {"person": "paul", "auditor": True}, {"person": "aziz", "arbiter": True})
    for person in ("luc", "ines", "paul", "aziz"):
        opened = town.let_in(person)
        assert opened.stage == "factor"
        assert town.who(opened) is None
    assert town.let_in("anna").stage == "in"
    all_of_them = SignIn(town.store.history, lambda: town.now, Rules(all_need_factor=True))
    assert all_of_them.by_password("anna", PASSWORD).stage == "factor"


def test_each_code_works_once(town: Town) -> None:
    seed, _ = town.with_factor("luc")
    first, second = (town.sign_in.by_password("luc", PASSWORD) for _ in range(2))
    assert first.stage == "password"
    assert town.who(first) is None
    with refused():
        town.sign_in.by_code(first.secret, town.code(seed))  # it was shown when the factor was set up
    town.now += 30_000_000
    code = town.code(seed)
    opened = town.sign_in.by_code(first.secret, code)
    assert opened.secret != first.secret
    assert town.who(opened) is not None
    with refused():
        town.sign_in.by_code(first.secret, code)
    with refused():
        town.sign_in.by_code(second.secret, code)
    for wrong in ("", "12345", "1234567", "abcdef", "１２３４５６", "000000000"):
        town.now += 60_000_000  # attempts slow down
        with refused():
            town.sign_in.by_code(second.secret, wrong)


def test_a_recovery_code_works_once(town: Town) -> None:
    _, handed = town.with_factor("luc")
    assert len(set(handed)) == 10
    first, second = (town.sign_in.by_password("luc", PASSWORD) for _ in range(2))
    assert town.who(town.sign_in.by_code(first.secret, handed[3].upper().replace("-", " "))) is not None
    with refused():
        town.sign_in.by_code(second.secret, handed[3])
    assert town.who(town.sign_in.by_code(second.secret, handed[4])) is not None


def test_what_was_begun_with_the_password_lets_nobody_in(town: Town) -> None:
    town.with_factor("luc")
    opened = town.sign_in.by_password("luc", PASSWORD)
    assert opened.stage == "password"
    assert town.who(opened) is None


def test_what_was_begun_with_the_password_ends_soon(town: Town) -> None:
    seed, _ = town.with_factor("luc")
    opened = town.sign_in.by_password("luc", PASSWORD)
    town.now += 10 * MINUTE
    with refused():
        town.sign_in.by_code(opened.secret, town.code(seed))


def test_a_session_lasts_twelve_hours_and_acts_within_thirty_minutes(town: Town) -> None:
    opened = town.let_in("anna")
    town.now += 30 * MINUTE - 1
    session = town.sign_in.sessions.of(opened.secret)
    assert session is not None
    assert session.may_act
    town.now += 1
    session = town.sign_in.sessions.of(opened.secret)
    assert session is not None
    assert not session.may_act
    with refused():
        town.sign_in.require_password(opened.secret, OTHER)
    town.sign_in.require_password(opened.secret, PASSWORD)
    session = town.sign_in.sessions.of(opened.secret)
    assert session is not None
    assert session.may_act
    town.now += 12 * 60 * MINUTE
    assert town.sign_in.sessions.of(opened.secret) is None


def test_suspending_ends_everything_at_once(town: Town) -> None:
    opened = town.let_in("anna")
    town.sign_in.suspending.suspend(ADMINISTRATOR, "anna", "left")
    assert town.sign_in.sessions.of(opened.secret) is None
    with pytest.raises(Refused):
        town.sign_in.inviting.invite(ADMINISTRATOR, "anna")
    with pytest.raises(Refused):
        town.sign_in.suspending.suspend(ADMINISTRATOR, "anna")
    town.sign_in.suspending.resume(ADMINISTRATOR, "anna")
    assert town.who(town.sign_in.by_password("anna", PASSWORD)) is not None


def test_a_role_that_is_taken_away_is_gone_with_the_next_question(town: Town) -> None:
    opened = town.let_in("anna")
    town.admit(*PEOPLE[1:])
    assert town.who(opened) is None
    town.admit({"person": "anna", "services": {"hr": "reader"}})
    who = town.who(opened)
    assert who is not None
    assert who.services == {"hr"}


def test_a_new_password_ends_all_other_sessions(town: Town) -> None:
    first = town.let_in("anna")
    second = town.sign_in.by_password("anna", PASSWORD)
    with refused():
        town.sign_in.change_password(first.secret, OTHER, "encore un autre mot")
    town.sign_in.change_password(first.secret, PASSWORD, OTHER)
    assert town.sign_in.sessions.of(first.secret) is not None
    assert town.sign_in.sessions.of(second.secret) is None
    with refused():
        town.sign_in.by_password("anna", PASSWORD)


def test_sessions_are_listed_and_ended_one_by_one(town: Town) -> None:
    town.let_in("anna")
    town.now += MINUTE
    second = town.sign_in.by_password("anna", PASSWORD, agent="Firefox\r\n" + "x" * 500)
    newest, oldest = town.sign_in.sessions.of_person("anna")
    assert newest.agent.startswith("Firefox  x")
    assert len(newest.agent) == 200
    town.sign_in.sessions.end_named("luc", oldest.name)
    assert len(town.sign_in.sessions.of_person("anna")) == 2
    town.sign_in.sessions.end_named("anna", oldest.name)
    assert [one.name for one in town.sign_in.sessions.of_person("anna")] == [newest.name]
    assert town.sign_in.sessions.end_all("anna") == 1
    assert town.who(second) is None


HEAD = signed_in("luc", {"it": Grade.HEAD})


def test_a_head_lets_in_own_people_and_nobody_elses(town: Town) -> None:
    """Privilege by invitation: the administrator, or who has a role elsewhere, is never invited by a head."""
    town.admit(*PEOPLE, {"person": "both", "services": {"it": "member", "hr": "member"}}, {"person": "idle"})
    assert town.sign_in.inviting.invite(HEAD, "anna")
    with pytest.raises(NotAllowed):
        town.sign_in.inviting.invite(HEAD, "both")
    told = set()
    for person in ("ines", "idle", "nobody"):
        with pytest.raises(NotFound) as caught:
            town.sign_in.inviting.invite(HEAD, person)
        told.add((caught.value.message.replace(person, ""), caught.value.mend))
    town.sign_in.suspending.suspend(ADMINISTRATOR, "ines", "left")
    with pytest.raises(NotFound) as caught:
        town.sign_in.inviting.invite(HEAD, "ines")
    told.add((caught.value.message.replace("ines", ""), caught.value.mend))
    assert len(told) == 1  # who is there elsewhere, a head is not told
    town.let_in("anna")
    with pytest.raises(NotAllowed):  # a reset, which only the administrator may print
        town.sign_in.inviting.invite(HEAD, "anna")
    with pytest.raises(NotAllowed):
        town.sign_in.suspending.suspend(HEAD, "anna")
    with pytest.raises(NotAllowed):
        town.sign_in.inviting.invite(signed_in("anna", {"it": Grade.MEMBER}), "luc")
    with pytest.raises(NotFound):
        town.sign_in.inviting.invite(ADMINISTRATOR, "nobody")


def test_a_reset_ends_sessions_and_takes_the_second_factor_away(town: Town) -> None:
    town.with_factor("luc")
    sessions = town.sign_in.sessions.of_person("luc")
    assert len(sessions) == 1
    opened = town.let_in("luc", OTHER)
    assert opened.stage == "factor"
    assert town.sign_in.sessions.of_person("luc") == []
    assert not town.sign_in.accounts.has_factor("luc")


def test_no_secret_stands_in_a_table(town: Town) -> None:
    link = town.sign_in.inviting.invite(ADMINISTRATOR, "anna")
    opened = town.sign_in.redeem(link, PASSWORD)
    seen: list[Any] = []
    with town.store.history.database.connect() as reads:
        for table in ("sign_in_account", "sign_in_session", "sign_in_invitation", "sign_in_recovery", "access_log"):
            seen += reads.query(f"SELECT * FROM {table}")
    text = repr(seen)
    assert "argon2id" in text
    for secret in (link, opened.secret, PASSWORD):
        assert secret not in text


def test_wrong_passwords_of_an_hour_are_one_row_of_the_log(town: Town) -> None:
    for _ in range(5):
        with refused():
            town.sign_in.by_password("anna", OTHER, address="192.0.2.1")
    [row] = [one for one in town.sign_in.log.rows() if one.sort == "refused"]
    assert (row.person, row.address, row.about, row.times) == ("anna", "192.0.2.1", "password", 5)
    town.now += 366 * 24 * 60 * MINUTE
    town.sign_in.log.note("signed-in", "luc")
    assert [one.person for one in town.sign_in.log.rows()] == ["luc"]


def test_whom_a_command_names_has_what_the_files_give(town: Town) -> None:
    def acting(name: str) -> Principal:
        return town.sign_in.acting(principal(name))

    assert acting("it/anna").may(Right.TAKE_PART, "it")
    assert not acting("it/anna").may(Right.BIND, "it")
    assert acting("it/luc").may(Right.BIND, "it")
    for stranger in ("hr/luc", "it/nobody"):
        assert not acting(stranger).services
        assert not acting(stranger).may(Right.BIND, "hr")
    assert acting("it").may(Right.BIND, "it")  # the operator, on behalf of the service
    assert acting("administrator").sees_everything
    town.sign_in.suspending.suspend(ADMINISTRATOR, "luc")
    assert not acting("it/luc").services


def test_a_clock_that_is_put_back_opens_nothing_anew(town: Town) -> None:
    seed, _ = town.with_factor("luc")
    anna = town.let_in("anna")
    town.now += 60 * MINUTE
    first = town.sign_in.by_password("luc", PASSWORD)
    code = town.code(seed)
    luc = town.sign_in.by_code(first.secret, code)
    for _ in range(7):
        with pytest.raises((NotSignedIn, TooManyAttempts)):
            town.sign_in.by_password("anna", OTHER, address="192.0.2.1")
    town.now -= 45 * MINUTE
    assert town.who(luc) is None  # opened later than now
    assert town.who(anna) is not None
    second = town.sign_in.by_password("luc", PASSWORD)
    with refused():
        town.sign_in.by_code(second.secret, town.code(seed))  # earlier than the last that was used
    assert town.who(town.sign_in.by_password("anna", PASSWORD, address="192.0.2.1")) is not None  # nobody is shut out
    town.sign_in.change_password(anna.secret, PASSWORD, OTHER)
    town.now -= 17 * MINUTE
    assert town.sign_in.sessions.of(anna.secret) is None


def test_a_clock_that_was_ahead_shuts_nobody_out_for_good(town: Town) -> None:
    """What was open is again when the clock is right; what was given meanwhile is given anew."""
    seed, _ = town.with_factor("luc")
    anna = town.let_in("anna")
    ahead = 400 * 24 * 60 * MINUTE
    town.now += ahead
    assert town.who(anna) is None
    later = town.with_a_session("anna")
    link = town.sign_in.inviting.invite(ADMINISTRATOR, "ines")
    with refused():
        town.sign_in.by_password("anna", OTHER, address="192.0.2.1")
    town.now -= ahead
    assert town.sign_in.sessions.of(later) is None
    with pytest.raises(NotFound):
        town.sign_in.redeem(link, PASSWORD)
    assert town.let_in("ines").stage == "factor"
    assert town.who(town.sign_in.by_password("anna", PASSWORD, address="192.0.2.1")) is not None
    town.now += MINUTE
    begun = town.sign_in.by_password("luc", PASSWORD)
    assert town.who(town.sign_in.by_code(begun.secret, town.code(seed))) is not None


def test_a_session_that_is_looked_at_with_a_clock_ahead_is_there_again_with_the_right_one(town: Town) -> None:
    anna = town.let_in("anna")
    town.now += 13 * 60 * MINUTE
    assert town.who(anna) is None
    town.now -= 13 * 60 * MINUTE
    assert town.who(anna) is not None


def test_ten_thousand_wrong_passwords_are_few_rows_and_others_come_in_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computed: list[str] = []
    matches = passwords.matches

    def counted(kept: str | None, password: str) -> bool:
        computed.append(password)
        return matches(kept, password)

    monkeypatch.setattr(passwords, "matches", counted)
    town = Town("sqlite://:memory:")
    town.admit(*PEOPLE)
    town.let_in("anna")
    town.let_in("luc")
    for number in range(10_000):
        with pytest.raises((NotSignedIn, TooManyAttempts)):
            town.sign_in.by_password("anna", f"{OTHER} {number}", address="192.0.2.1")
    assert len(computed) < 10
    [row] = [one for one in town.sign_in.log.rows() if one.sort == "refused"]
    assert (row.person, row.times) == ("anna", len(computed))
    with town.store.history.database.connect() as reads:
        [(throttled,)] = reads.query("SELECT COUNT(*) FROM entente_throttle")
    assert throttled <= 6
    assert town.sign_in.by_password("luc", PASSWORD, address="192.0.2.2").stage == "factor"  # others meanwhile
    assert town.sign_in.by_password("anna", PASSWORD, address="192.0.2.3").stage == "in"  # she herself elsewhere
    town.now += 15 * MINUTE
    assert town.sign_in.by_password("anna", PASSWORD, address="192.0.2.1").stage == "in"
    town.store.close()


def test_colleagues_who_mistype_the_password_slow_nobody_down_who_gives_it_again(town: Town) -> None:
    town.admit(*({"person": f"c{number}", "services": {"it": "reader"}} for number in range(5)), *PEOPLE)
    mine = town.let_in("anna")
    for number in range(5):
        theirs = town.let_in(f"c{number}")
        for _ in range(5):
            with refused():
                town.sign_in.require_password(theirs.secret, OTHER)
    town.sign_in.require_password(mine.secret, PASSWORD)
