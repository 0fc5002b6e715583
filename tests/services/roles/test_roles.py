"""Who is let in, and as what: the union of access file, service files and groups, by the day (trust §3)."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from types import FrameType
from typing import Any

import pytest

from domain.access import ACCESS, Access
from services.access import ADMINISTRATOR, Grade, Principal, Right
from services.contracts.contracting import Contracting
from services.directory.names import Directory
from services.directory.reading import read_services
from services.errors import DocumentInvalid, NotAllowed, Refused
from services.history.history import History
from services.roles.following import Roles
from tests.given import document
from tests.services.judged import Life, living

DAY = date(2026, 12, 15)


@pytest.fixture
def life(store_url: str) -> Iterator[Life]:
    with living(store_url) as life:
        yield life


def apply(life: Life, tree: dict[str, Any]) -> str:
    found = life.store.use(Contracting).apply(ADMINISTRATOR, document({"entente": 1, **tree}))
    life.judge()
    return found.outcome


def access(*people: dict[str, Any], groups: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"access": "town-hall", "people": list(people), **({"groups": list(groups)} if groups else {})}


def who(life: Life, person: str, day: date = DAY, *groups: str) -> Principal:
    found = Roles(life.store.history).principal(person, day, groups)
    assert found is not None
    return found


def test_what_the_table_gives_each_grade() -> None:
    """trust §3: one row a verb."""
    from services.access import signed_in

    reader, member, head = (signed_in("p", {"it": grade}) for grade in Grade)
    for right, least in (
        (Right.TAKE_PART, member),
        (Right.SEE_PERSONAL, member),
        (Right.BIND, head),
        (Right.SETTLE, head),
        (Right.ADMIT, head),
        (Right.PUSH, head),
        (Right.DESCRIBE, head),
    ):
        for one, rank in ((reader, 0), (member, 1), (head, 2)):
            assert one.may(right, "it") == (rank >= (1 if least is member else 2)), (right, rank)
            assert not one.may(right, "hr")
    for one in (reader, member, head):
        assert one.sees("it")
        assert not one.sees("hr")
        assert not one.sees_everything
        assert not any(one.may(right) for right in (Right.ARBITRATE, Right.ADMINISTER, Right.AUDIT, Right.FORGET))


def test_an_office_gives_its_own_and_nothing_else() -> None:
    from services.access import signed_in

    administrator = signed_in("ines", {}, ["administrator"])
    assert administrator.may(Right.ADMINISTER)
    assert administrator.may(Right.ADMIT, "any")
    assert not administrator.sees("it")
    assert not administrator.may(Right.BIND, "it")
    assert not administrator.may(Right.ARBITRATE)
    assert not administrator.may(Right.AUDIT)
    auditor = signed_in("paul", {}, ["auditor"])
    assert auditor.sees_everything
    assert auditor.may(Right.AUDIT)
    assert not auditor.may(Right.TAKE_PART)
    assert not auditor.may(Right.ADMINISTER)
    arbiter = signed_in("aziz", {}, ["arbiter"])
    assert arbiter.may(Right.ARBITRATE)
    assert not arbiter.may(Right.ADMINISTER)
    assert not arbiter.sees("it")


def test_roles_are_the_union_of_access_file_and_service_files(life: Life) -> None:
    apply(
        life,
        {
            "service": "sales",
            "people": [{"id": "anna.martin", "name": "Anna"}, {"id": "luc", "name": "Luc"}],
            "head": "luc",
        },
    )
    apply(life, access({"person": "anna.martin", "services": {"it": "head"}}))
    anna = who(life, "anna.martin")
    assert anna.services == {"sales", "it"}
    assert anna.may(Right.TAKE_PART, "sales")
    assert not anna.may(Right.BIND, "sales")
    assert anna.may(Right.BIND, "it")
    assert who(life, "luc").may(Right.BIND, "sales")
    assert Roles(life.store.history).principal("nobody", DAY) is None


def test_a_role_holds_from_its_first_to_its_last_day(life: Life) -> None:
    apply(
        life,
        access(
            {"person": "paul", "auditor": {"from": "2026-12-01", "until": "2027-01-15"}},
            {"person": "dede", "services": {"it": {"role": "head", "until": "2026-12-15", "for": "luc"}}},
        ),
    )
    assert not who(life, "paul", date(2026, 11, 30)).sees_everything
    assert who(life, "paul", date(2026, 12, 1)).sees_everything
    assert who(life, "paul", date(2027, 1, 15)).sees_everything
    assert not who(life, "paul", date(2027, 1, 16)).sees_everything
    assert who(life, "dede", date(2026, 12, 15)).may(Right.BIND, "it")
    assert not who(life, "dede", date(2026, 12, 16)).services


def test_a_new_version_takes_away_what_the_former_gave(life: Life) -> None:
    roles = Roles(life.store.history)
    apply(life, access({"person": "anna", "services": {"it": "head"}}, {"person": "luc", "administrator": True}))
    assert roles.principal("anna", DAY) is not None
    apply(life, {**access({"person": "luc", "administrator": True}), "access": "another-name"})
    assert roles.principal("anna", DAY) is None
    assert roles.holders("administrator", DAY) == ["luc"]
    assert roles.holders("arbiter", DAY) == []


def test_who_is_suspended_has_nothing_whatever_files_say(life: Life) -> None:
    apply(life, access({"person": "anna", "services": {"it": "head"}, "administrator": True}))
    roles, history = Roles(life.store.history), life.store.history
    found = history.get(ACCESS, Access)
    assert found.suspend("anna", "left", by="administrator", at=1)
    assert not found.suspend("anna", "left", by="administrator", at=1)
    history.save(found)
    assert roles.principal("anna", DAY) is None
    assert roles.is_known("anna")
    assert roles.is_suspended("anna")
    found = history.get(ACCESS, Access)
    assert found.resume("anna", by="administrator", at=2)
    history.save(found)
    assert roles.principal("anna", DAY) is not None


def test_a_role_in_a_service_is_one_in_its_parts(life: Life) -> None:
    for id, above in (("town", "land"), ("office", "town"), ("land", "town")):  # also round in a circle
        apply(life, {"service": id, "part_of": above})
    apply(
        life,
        access({"person": "anna", "services": {"town": "member"}}, {"person": "luc", "services": {"office": "head"}}),
    )
    assert who(life, "anna").services == {"town", "office", "land"}
    assert who(life, "anna").may(Right.TAKE_PART, "office")
    assert not who(life, "anna").may(Right.BIND, "office")
    assert who(life, "luc").services == {"office"}


def test_groups_give_roles_to_who_exists(life: Life) -> None:
    apply(life, access({"person": "anna"}, groups=({"group": "/sales/heads", "services": {"sales": "head"}},)))
    assert not who(life, "anna").services
    assert who(life, "anna", DAY, "/sales/heads", "/other").may(Right.BIND, "sales")
    assert Roles(life.store.history).principal("stranger", DAY, ["/sales/heads"]) is None


def test_a_decision_is_of_somebody_whom_a_file_lets_in(life: Life) -> None:
    history = life.store.history
    apply(life, {"service": "sales", "people": [{"id": "anna", "name": "Anna"}], "part_of": "town"})
    apply(life, {"service": "town", "head": ["mayor"]})
    apply(life, access({"person": "luc", "services": {"sales": "head"}}, {"person": "eve", "services": {"it": "head"}}))
    history.require_people(["sales/anna", "sales/luc", "sales/mayor", "sales"])
    for stranger in ("eve", "nobody"):
        with pytest.raises(NotAllowed) as refused:
            history.require_people([f"sales/{stranger}"])
        assert refused.value.slug == "person-unknown"


def test_names_lie_in_the_directory_and_nowhere_in_the_history(life: Life) -> None:
    person = {"id": "anna.martin", "name": "Anna Canary", "email": "canary@ville.example"}
    assert apply(life, {"service": "sales", "people": [person]}) == "described"
    assert apply(life, {"service": "sales", "people": [person]}) == "unchanged"
    luc = {"person": "luc", "name": "Luc Canary", "email": "luc@ville.example", "services": {"sales": "head"}}
    assert apply(life, access(luc)) == "described"
    assert apply(life, access(luc)) == "unchanged"
    assert not any(b"anary" in entry.state for entry in entries(life.store.history))
    assert names(life) == [("anna.martin", "Anna Canary", "canary@ville.example")]
    assert apply(life, {"service": "sales", "people": [{**person, "name": "Anna Married"}]}) == "described"
    assert names(life) == [("anna.martin", "Anna Married", "canary@ville.example")]
    assert Directory(life.store.history).forget("anna.martin")
    assert names(life) == [("anna.martin", "anna.martin", "")]
    assert not Directory(life.store.history).forget("anna.martin")


def test_a_head_lets_in_own_people_and_gives_nothing_else(life: Life) -> None:
    from services.access import signed_in

    head = signed_in("luc", {"sales": Grade.HEAD})
    before = (
        {"person": "luc", "services": {"sales": "head"}},
        {"person": "both", "services": {"sales": "member", "it": "member"}},
        {"person": "ines", "administrator": True},
    )
    apply(life, access(*before))

    def give(*people: dict[str, Any], **more: Any) -> str:
        tree = document({"entente": 1, **access(*people), **more})
        return life.store.use(Contracting).apply(head, tree).outcome

    assert give(*before, {"person": "anna", "name": "Anna", "services": {"sales": "member"}}) == "described"
    assert give(*before) == "described"
    for forbidden in (
        (*before, {"person": "eve", "administrator": True}),
        (*before, {"person": "eve", "services": {"it": "reader"}}),
        (*before, {"person": "eve"}, {"person": "luc2", "services": {"it": "head"}}),
        before[:2],  # the administrator let out
        (before[0], before[2]),  # who also has a role elsewhere
        (*before[:2], {**before[2], "email": "luc@ville.example"}),  # somebody else's address
        (before[0], {"person": "both", "services": {"sales": "head", "it": "member"}}, before[2]),
        ({"person": "luc", "services": {"sales": "head"}, "arbiter": True}, *before[1:]),
    ):
        with pytest.raises(NotAllowed):
            give(*forbidden)
    with pytest.raises(NotAllowed):
        give(*before, groups=[{"group": "all", "services": {"sales": "member"}}])
    member = signed_in("anna", {"sales": Grade.MEMBER})
    with pytest.raises(NotAllowed):
        life.store.use(Contracting).apply(
            member, document({"entente": 1, **access(*before, {"person": "eve", "services": {"sales": "member"}})})
        )


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        (access({"person": "anna", "services": {"it": "boss"}}), "“boss” is not known here"),
        (access({"person": "anna/b", "services": {"it": "head"}}), "is not the id of a person"),
        (access({"person": "anna"}, {"person": "anna"}), "described already"),
        (access({"person": "anna", "auditor": {"from": "2026-02-01", "until": "2026-01-31"}}), "before it begins"),
        (access({"person": "anna", "services": {"administrator": "head"}}), "is reserved"),
        (access({"person": "anna", "services": {"it": {"role": "head", "for": "anna"}}}), "their own deputy"),
        ({"service": "sales", "people": [{"id": "a", "name": "A"}], "head": "b"}, "none of the people named here"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(life: Life, tree: dict[str, Any], words: str) -> None:
    with pytest.raises(DocumentInvalid, match=words):
        apply(life, tree)


def names(life: Life) -> list[tuple[str, str, str]]:
    with life.store.seen(ADMINISTRATOR) as seen:
        return list(read_services(seen)["sales"].people)


def entries(history: History) -> list[Any]:
    return list(history.read(0, 1_000))


def test_a_service_file_renames_nobody_who_is_also_somebody_elsewhere(life: Life) -> None:
    """Whoever has the address of an administrator would come in as them, once links are sent by mail."""
    apply(life, access({"person": "ines", "name": "Inès", "email": "ines@ville.example", "administrator": True}))
    apply(life, {"service": "it", "people": [{"id": "both", "name": "Both"}]})
    people = [{"id": one, "name": "Evil", "email": "evil@ville.example"} for one in ("ines", "both", "new")]
    tree = document({"entente": 1, "service": "sales", "people": people})
    head = Principal("member", frozenset({"sales"}))
    assert life.store.use(Contracting).apply(head, tree).outcome == "described"
    named = Directory(life.store.history).names()
    assert (named["ines"].email, named["both"].name, named["new"].name) == ("ines@ville.example", "Both", "Evil")


def test_an_address_is_of_one_person_and_whose_it_is_nobody_is_told(life: Life) -> None:
    anna = {"person": "anna", "email": "Anna@ville.example", "services": {"sales": "head"}}
    assert apply(life, access(anna)) == "described"
    assert apply(life, access({**anna, "email": "anna@VILLE.example"})) == "described"
    other = {"person": "luc", "email": "anna@ville.example", "services": {"it": "head"}}
    for tree in (
        access(anna, other),
        {"service": "it", "people": [{"id": "luc", "name": "Luc", "email": "ANNA@ville.example"}]},
    ):
        with pytest.raises(Refused) as refused:
            apply(life, tree)
        assert refused.value.slug == "address-taken"
        assert not re.search(r"\banna\b(?!@)", str(refused.value))
    assert Directory(life.store.history).named("luc").email is None
    with pytest.raises(Refused):
        apply(life, access(anna, *({"person": one, "email": "both@ville.example"} for one in ("eve", "rob"))))


def lines_of(act: Callable[[], object]) -> int:
    """How many lines of the program that runs, for a machine that is slow runs no more of them."""
    count = 0

    def trace(frame: FrameType, event: str, told: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(before)
    return count


def test_who_has_what_is_told_in_one_pass_however_many_there_are(life: Life) -> None:
    """Twice as many people are twice the work, in services and in the access file."""
    worked = []
    for many in (20, 40):
        people = [f"p{one}" for one in range(many)]
        apply(life, {"service": "it", "title": "IT", "people": [{"id": one, "name": one} for one in people]})
        apply(
            life,
            access(
                *({"person": one, "services": {"sales": "member"}} for one in people),
                {"person": "ines", "arbiter": True},
            ),
        )
        roles = Roles(life.store.history)
        assert len(roles.people()) == many + 1
        assert all(one.given for one in roles.people())
        worked.append((lines_of(roles.people), lines_of(partial(roles.holders, "arbiter", DAY))))
    (few, holders_of_few), (more, holders_of_more) = worked
    assert more < 2.2 * few
    assert holders_of_more < 2.2 * holders_of_few
