"""What the administrator sees of who has what, since when, last used; and what somebody is told who is refused, or comes in by a
recovery code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.errors import NotFound, Refused
from services.history.sqlite_database import SQLiteTransaction
from services.sign_in import codes
from services.sign_in.secrets_kept import kept
from tests.entering import PASSWORD, House, entered
from tests.given import document

DAY = 24 * 3_600_000_000
ANNA: dict[str, Any] = {"person": "anna", "name": "Anna Martin", "services": {"s": "member"}}
INES: dict[str, Any] = {"person": "ines", "name": "Inès Morel", "administrator": True}


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        house.apply({"service": "s", "title": "S"})
        house.admit(ANNA, INES)
        yield house


def row_of(html: str, name: str) -> str:
    [found] = [row for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL) if name in row]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


def test_people_shows_since_when_somebody_has_what_and_when_they_signed_in_last(house: House) -> None:
    house.clock[0] += 3 * DAY
    house.admit({**ANNA, "services": {"s": "member", "t": "reader"}}, INES)
    anna = row_of(house.as_("ines").page("/people"), "Anna Martin")
    assert re.search(r"member \(given on Tue 30 Jun 2026\).*reader \(given on Fri 3 Jul 2026\)", anna), anna
    assert "signed in last" not in anna
    house.as_("anna")
    assert "signed in last on Fri 3 Jul 2026" in row_of(house.as_("ines").page("/people"), "Anna Martin")


def test_a_role_that_was_taken_away_and_given_again_is_had_since_then(house: House) -> None:
    roles = house.program.sign_in.roles
    house.clock[0] += DAY
    house.admit(INES)
    house.clock[0] += DAY
    house.admit(ANNA, INES)
    [anna] = [one for one in roles.people() if one.person == "anna"]
    assert anna.since(anna.roles[0]) == house.clock[0]


def test_what_the_log_forgets_is_no_last_sign_in() -> None:
    with entered(log_days=30) as house:
        house.admit({"person": "anna", "services": {"s": "reader"}}, INES)
        sign_in = house.program.sign_in
        house.as_("anna")
        assert set(sign_in.last_used()) == {"anna"}
        house.clock[0] += 31 * DAY
        house.as_("ines")
        assert set(sign_in.last_used()) == {"ines"}


def test_a_key_of_a_service_that_is_not_there_is_refused_where_services_are_described(house: House) -> None:
    with pytest.raises(NotFound, match="there is no service nosuch"):
        house.program.access_keys.create(ADMINISTRATOR, "nosuch", "read")
    assert house.program.access_keys.create(ADMINISTRATOR, "", "metrics").terms.service == ""
    assert house.program.access_keys.create(ADMINISTRATOR, "s", "read").terms.service == "s"


def test_who_is_refused_by_the_api_is_told_who_the_administrators_are_and_a_key_is_not(house: House) -> None:
    def refused(asked: Any, **headers: str) -> Any:
        answer = asked.http.get("/v1/access-log", headers={"Accept": "application/json", **headers})
        return answer.status_code, answer.json().get("administrators")

    assert refused(house.as_("anna")) == (403, ["Inès Morel"])
    assert refused(house.browser()) == (401, None)
    assert refused(house.browser(), **house.key("s", "read"))[1] is None


def test_a_file_that_leaves_no_administrator_is_warned_of_before_and_when_it_is_applied(house: House) -> None:
    contracting = house.program.store.use(Contracting)
    alone = document({"entente": 1, "access": "town", "people": [ANNA]})
    for dry_run in (True, False):
        assert "nobody who is administrator" in str(contracting.apply(ADMINISTRATOR, alone, dry_run=dry_run).warnings)
    assert contracting.apply(ADMINISTRATOR, document({"entente": 1, "access": "town", "people": []})).warnings == ()


def test_the_last_administrator_is_not_taken_out_by_who_signed_in(house: House) -> None:
    house.admit(ANNA, INES)
    ines, before = house.as_("ines"), house.position()
    for path, typed in (
        ("/people/ines/suspend", {"text": "oops"}),
        ("/people/ines/out", {}),
        (
            "/people/ines/edit",
            {"verb": "save", "office_0": "administrator", "holds_0": "yes", "office_until_0": "2026-06-01"},
        ),
    ):
        answer = ines.send(path, **typed)
        assert answer.status_code == 409, path
        assert "obody would be administrator any more" in answer.text
    who = house.program.sign_in.roles.principal("ines", house.program.sign_in.today())
    assert who is not None
    with pytest.raises(Refused, match="nobody would be administrator"):
        house.program.store.use(Contracting).apply(
            who, document({"entente": 1, "access": "town", "people": [ANNA]}), dry_run=True
        )
    assert house.position() == before
    assert ines.let_in("noe", office="administrator").status_code == 303
    assert ines.send("/people/ines/suspend", text="leaves").status_code == 303
    house.program.sign_in.suspending.suspend(ADMINISTRATOR, "noe")  # whoever keeps the server may


def test_one_who_is_suspended_is_no_administrator_that_is_left(house: House) -> None:
    house.admit(ANNA, INES, {"person": "noe", "administrator": True})
    house.program.sign_in.suspending.suspend(ADMINISTRATOR, "noe")
    left = document({"entente": 1, "access": "town", "people": [{"person": "noe", "administrator": True}]})
    applied = house.program.store.use(Contracting).apply(ADMINISTRATOR, left, dry_run=True)
    assert "nobody who is administrator" in str(applied.warnings)


def test_recovery_codes_that_are_left_are_counted_and_few_say_how_to_make_new_ones(house: House) -> None:
    ines = house.as_("ines")
    assert "10 recovery codes are left." in ines.page("/account")
    handed = codes.new_recovery_codes()[:3]
    with house.program.store.history.database.transaction() as writes:
        writes.execute("DELETE FROM sign_in_recovery WHERE person = ?", ["ines"])
        writes.insert("sign_in_recovery", ("person", "code"), [("ines", kept(codes.as_typed(one))) for one in handed])
    assert "to get new ones" not in ines.page("/account")
    again = house.browser()
    again.send("/sign-in", name="ines", password=PASSWORD)
    led = again.send("/sign-in/code", code=handed[0], next="/people").headers["location"]
    page = again.page(led)
    assert "You came in with one of your recovery codes" in page
    assert "2 recovery codes are left. Set the second factor up anew" in page
    assert 'href="/people"' in page


def test_what_mails_add_to_a_link_is_passed_over_and_other_words_are_told_to_people(house: House) -> None:
    anna = house.as_("anna")
    assert anna.get("/reviews?utm_source=letter&utm_source=b&fbclid=x&mc_cid=1&mc_eid=2&gclid=z").status_code == 200
    answer = anna.get("/actions?stat=open")
    assert answer.status_code == 400
    assert "This page knows nothing called “stat”" in answer.text
    assert "did you mean “state”?" in answer.text
    assert "Line 1" not in answer.text
    api = anna.http.get("/v1/breaches?utm_source=x", headers={"Accept": "application/json"})
    assert api.status_code == 422  # who asks by program is told of every name


def test_many_people_are_shown_by_as_many_reads_as_few(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    query = SQLiteTransaction.query

    def counted(self: SQLiteTransaction, sql: str, params: Any = (), /) -> list[Any]:
        asked.append(sql)
        return query(self, sql, params)

    def reads() -> int:
        asked.clear()
        assert "Anna Martin" in ines.page("/people")
        return len(asked)

    ines = house.as_("ines")
    monkeypatch.setattr(SQLiteTransaction, "query", counted)
    reads()
    few = reads()
    house.admit(ANNA, INES, *({"person": f"p{one}", "services": {"s": "reader"}} for one in range(40)))
    reads()
    assert "p39" in ines.page("/people")
    assert reads() == few
