"""Ways round the rights that somebody tried: each is closed (trust §3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from domain.excuses import CATEGORIES
from ingestion.cloudevents import STRUCTURED, decode_structured
from services.access import ADMINISTRATOR, Grade, Principal, principal, signed_in
from services.contracts.contracting import Contracting
from services.errors import DocumentInvalid, NotAllowed, NotFound
from services.excuses.excusing import Excusing
from services.sign_in.around import Forwarded
from tests.entering import PASSWORD, House, entered
from tests.given import contract, criterion, document, event, punctuality, structured

PEOPLE = (
    {"person": "luc", "services": {"it": "head"}},
    {"person": "eve", "services": {"sales": "head"}},
    {"person": "rob", "services": {"sales": "reader"}},
    {"person": "anna", "services": {"it": "member"}},
    {"person": "ines", "administrator": True, "services": {"hr": "member"}},
)


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        house.admit(*PEOPLE)
        house.apply({"service": "it", "sources": [{"source": "it/x"}]}, {"service": "sales"}, {"service": "hr"})
        yield house


def describing(house: House, who: Principal, **tree: Any) -> str:
    tree = {"entente": 1, "service": "it", **tree}
    return house.program.store.use(Contracting).apply(who, document(tree)).outcome


def describe(house: House, grades: dict[str, Grade], **tree: Any) -> str:
    who = signed_in("luc", grades)
    return house.program.store.use(Contracting).apply(who, document({"entente": 1, **tree})).outcome


def test_a_role_that_needs_a_second_factor_is_not_used_without_one(house: House) -> None:
    anna = house.as_("anna")
    assert anna.get("/").status_code == 200
    house.admit(*PEOPLE[:3], {"person": "anna", "services": {"it": "head"}, "administrator": True}, PEOPLE[4])
    sent = anna.get("/people")  # to sign in again, not to the same page with another secret of the session
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=%2Fpeople")
    answer = anna.send("/sign-in", name="anna", password=PASSWORD)
    assert answer.headers["location"].startswith("/sign-in/factor")


def test_an_invitation_is_good_for_what_it_was_given_for(house: House) -> None:
    luc, sign_in = signed_in("luc", {"it": Grade.HEAD}), house.program.sign_in
    link = sign_in.inviting.invite(luc, "anna")
    house.admit(*PEOPLE[:3], {"person": "anna", "services": {"it": "member"}, "administrator": True}, PEOPLE[4])
    with pytest.raises(NotFound):
        sign_in.redeem(link, PASSWORD)
    assert sign_in.redeem(sign_in.inviting.invite(ADMINISTRATOR, "anna"), PASSWORD)


BEYOND = (
    {
        "access": "town",
        "people": [*PEOPLE[:3], {"person": "nadia", "services": {"it": "member", "hr": "head"}}, PEOPLE[4]],
    },
    {"access": "town", "people": [*PEOPLE[:3], {"person": "nadia", "arbiter": True}, PEOPLE[4]]},
    {"service": "hr", "people": [{"id": "nadia", "name": "Nadia"}]},
)


@pytest.mark.parametrize("given", BEYOND, ids=["role", "office", "file of another service"])
def test_a_way_in_that_a_head_gave_ends_with_what_he_may_not_give(house: House, given: dict[str, Any]) -> None:
    """Luc lets in somebody who is not there yet, uses the link himself, and waits."""
    luc, sign_in = signed_in("luc", {"it": Grade.HEAD}), house.program.sign_in
    assert describe(house, {"it": Grade.HEAD}, service="it", people=[{"id": "nadia", "name": "Nadia"}]) == "described"
    nadia = house.browser()
    nadia.send(f"/welcome/{sign_in.inviting.invite(luc, 'nadia')}", password=PASSWORD, password_again=PASSWORD)
    assert nadia.get("/").status_code == 200
    assert "has ended" not in house.as_("ines").page("/people")
    applied = house.program.store.use(Contracting).apply(ADMINISTRATOR, document({"entente": 1, **given}))
    assert [str(one) for one in applied.warnings if "nadia" in one] == [
        "nadia was let in by a head of it, and that way in ends: entente people invite nadia"
    ]
    assert nadia.get("/").status_code == 303
    assert house.browser().send("/sign-in", name="nadia", password=PASSWORD).status_code == 401
    assert not sign_in.accounts.has_way_in("nadia")
    assert "that way in has ended" in house.as_("ines").page("/people")
    sign_in.redeem(sign_in.inviting.invite(ADMINISTRATOR, "nadia"), "deux lunes de bois")
    assert sign_in.accounts.has_way_in("nadia")
    assert house.browser().send("/sign-in", name="nadia", password="deux lunes de bois").status_code == 303
    assert "has ended" not in house.as_("ines").page("/people")


def test_a_way_in_that_a_head_gave_stays_with_more_in_his_own_services(house: House) -> None:
    luc, sign_in = signed_in("luc", {"it": Grade.HEAD}), house.program.sign_in
    sign_in.redeem(sign_in.inviting.invite(luc, "anna"), PASSWORD)
    house.admit(*PEOPLE[:3], {"person": "anna", "services": {"it": "head"}}, PEOPLE[4])
    assert sign_in.accounts.has_way_in("anna")
    assert sign_in.by_password("anna", PASSWORD)


def test_a_link_to_somebody_whom_no_file_names_any_more_keeps_nothing(house: House) -> None:
    link = house.program.sign_in.inviting.invite(ADMINISTRATOR, "anna")
    house.admit(*PEOPLE[:3], PEOPLE[4])
    answer = house.browser().send(f"/welcome/{link}", password=PASSWORD, password_again=PASSWORD)
    assert answer.status_code == 404
    assert not house.program.sign_in.accounts.has_way_in("anna")


def test_an_administrator_who_works_in_a_service_lets_anybody_in(house: House) -> None:
    sign_in = house.program.sign_in
    ines = sign_in.roles.principal("ines", sign_in.today())
    assert ines is not None
    assert sign_in.redeem(sign_in.inviting.invite(ines, "eve"), PASSWORD)
    assert sign_in.accounts.has_way_in("eve")


def test_a_head_names_nobody_of_others_in_the_file_of_the_service(house: House) -> None:
    for person in ("ines", "eve"):
        with pytest.raises(NotAllowed, match="a role elsewhere, or an office"):
            describe(house, {"it": Grade.HEAD}, service="it", people=[{"id": person, "name": "x"}])
    with pytest.raises(NotAllowed, match="a role elsewhere, or an office"):
        describe(house, {"it": Grade.HEAD}, service="it", head="eve")
    assert describe(house, {"it": Grade.HEAD}, service="it", people=[{"id": "anna", "name": "Anna"}]) == "described"


def test_nobody_takes_a_source_that_has_sent_already(house: House) -> None:
    """Who declares it could take out what it said, of which contracts of others depend."""
    house.program.door.submit(
        [decode_structured(structured(event("report", "2026-01-05 09:00", source="gate/s")))], ADMINISTRATOR, "file"
    )
    house.program.store.judging.catch_up()
    with pytest.raises(DocumentInvalid, match="before anybody declared it"):
        describe(house, {"it": Grade.HEAD}, service="it", sources=[{"source": "gate/s"}])
    house.apply({"service": "it", "sources": [{"source": "gate/s"}]})
    assert (
        describe(house, {"it": Grade.HEAD}, service="it", sources=[{"source": "gate/s"}, {"source": "new/one"}])
        == "described"
    )


def test_a_service_is_made_a_part_of_none_that_did_not_agree(house: House) -> None:
    with pytest.raises(NotAllowed, match="for hr to allow"):
        describe(house, {"it": Grade.HEAD}, service="it", part_of="hr")
    assert describe(house, {"it": Grade.HEAD, "hr": Grade.HEAD}, service="it", part_of="hr") == "described"


def test_who_is_let_in_is_told_to_nobody_by_proofs_or_history(house: House) -> None:
    house.admit(*PEOPLE, {"person": "canary-person", "services": {"hr": "member"}})
    assert house.as_("eve").let_in("zoe", service="sales", role="member").status_code == 303
    position = house.position()
    for person in ("eve", "rob", "luc"):
        http = house.as_(person).http
        assert http.get(f"/v1/proof?position={position}").status_code == 404, person
        assert "canary-person" not in http.get("/history").text


def test_corrections_in_a_circle_stop_nobody(house: House) -> None:
    key = house.key("it", "push")
    for id, other in (("a", "b"), ("b", "a")):
        sent = structured(event("report", "2026-01-05 09:00", source="it/x", id=id))
        body = sent[:-1] + f',"voids":"{other}"}}'.encode()
        house.browser().http.post("/v1/events", content=body, headers={**key, "Content-Type": STRUCTURED})
    house.program.store.judging.catch_up()
    answer = house.as_("eve").http.get(f"/v1/proof?position={house.position()}")
    assert answer.status_code == 404


def test_whether_it_is_ready_names_nothing_to_anybody(house: House) -> None:
    answer = house.browser().http.get("/readyz", headers={"Host": "evil.example"})
    assert answer.json()["files_awaited"] == []
    assert (answer.json()["time_held"] or {}).get("waiting", []) == []


def test_one_person_who_is_both_parties_signs_by_two_acts(house: House) -> None:
    both = signed_in("luc", {"it": Grade.HEAD, "hr": Grade.HEAD})
    tree = document(contract(criterion(punctuality()), supplier="it", client="hr"))
    contracting = house.program.store.use(Contracting)
    with pytest.raises(NotAllowed, match="two acts"):
        contracting.apply(both, tree, sign=("supplier", "client"))
    assert contracting.apply(both, tree, sign=("supplier",)).signed == ("supplier",)


def test_people_whom_only_a_service_file_names_have_an_account(house: House) -> None:
    house.apply({"service": "hr", "people": [{"id": "only.here", "name": "Only Here"}]})
    assert "Only Here" in house.as_("only.here").page("/account")


def test_of_two_lines_the_proxys_own_is_believed() -> None:
    """A proxy that adds a line: what stands in the first is what anybody sent."""
    headers = [
        (b"x-forwarded-for", b"198.51.100.1"),
        (b"x-forwarded-for", b"203.0.113.7"),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-proto", b"http"),
    ]
    scope: dict[str, Any] = {"type": "http", "client": ("10.0.0.5", 1), "scheme": "http", "headers": headers}
    Forwarded(lambda *_: None, ["10.0.0.0/8"])._take_over(scope)  # type: ignore[arg-type]
    assert (scope["client"][0], scope["scheme"]) == ("203.0.113.7", "http")


def test_the_arbiter_sees_what_is_disputed_and_decides_for_others_alone(house: House) -> None:
    house.admit(
        *PEOPLE, {"person": "aziz", "arbiter": True}, {"person": "luc2", "services": {"it": "head"}, "arbiter": True}
    )
    agreed = contract(criterion(punctuality()), supplier="it", client="hr", valid={"from": "2026-06-01"})
    house.apply(agreed, sign=True)
    excusing = house.program.store.use(Excusing)
    asked, _ = excusing.ask(principal("it"), "c/d/on-time", reason=CATEGORIES[-1], keys=["2026-06-08"], text="the snow")
    house.program.store.judging.catch_up()
    aziz = house.as_("aziz").http
    assert aziz.get(f"/v1/excuses/{asked}").status_code == 404
    excusing.refuse(principal("hr"), asked, "no snow")
    excusing.dispute(principal("it"), asked, "there was")
    house.program.store.judging.catch_up()
    assert aziz.get(f"/v1/excuses/{asked}").json()["state"] == "disputed"
    statuses = [
        house.as_(person)
        .http.post(f"/v1/excuses/{asked}/accept", json={"text": "so it was"}, headers={"Sec-Fetch-Site": "same-origin"})
        .status_code
        for person in ("luc2", "aziz")
    ]
    assert statuses[0] == 403
    assert statuses[1] in (200, 202)


def left_hr(house: House) -> None:
    """Fred was head of another service and left; Ivan was there, too, and is of `it` alone now."""
    fred = {"person": "fred", "name": "Fred", "services": {"hr": "head"}}
    house.admit(*PEOPLE, fred, {"person": "ivan", "name": "Ivan", "services": {"it": "member", "hr": "reader"}})
    house.admit(*PEOPLE, {"person": "ivan", "services": {"it": "member"}})


def test_who_signed_for_others_and_left_is_named_again_by_no_head(house: House) -> None:
    """Else what he signed would say another name."""
    left_hr(house)
    with pytest.raises(NotAllowed, match="held a role elsewhere"):
        describe(house, {"it": Grade.HEAD}, service="it", people=[{"id": "fred", "name": "Mallory"}])
    house.apply({"service": "it", "people": [{"id": "fred", "name": "Fred"}]})  # the administrator may


def test_who_signed_for_others_and_left_is_renamed_by_no_head(house: House) -> None:
    left_hr(house)
    ivan = {"person": "ivan", "services": {"it": "member"}}
    people = [{"id": "ivan", "name": "Mallory", "email": "mallory@evil.example"}]
    assert describe(house, {"it": Grade.HEAD}, service="it", people=people) == "described"
    for given in (
        [ivan, {"person": "fred", "services": {"it": "member"}}],
        [{**ivan, "name": "Mallory"}],
    ):
        with pytest.raises(NotAllowed):
            describe(house, {"it": Grade.HEAD}, access="town", people=[*PEOPLE, *given])
    named = house.program.sign_in.directory.names()
    assert (named["fred"].name, named["ivan"].name, named["ivan"].email) == ("Fred", "Ivan", None)


def test_an_auditor_who_is_a_head_renames_nobody_of_others(house: House) -> None:
    who = signed_in("paul", {"it": Grade.HEAD}, ["auditor"])
    with pytest.raises(NotAllowed):
        describing(house, who, people=[{"id": "eve", "name": "Mallory"}])
    house.apply({"service": "it", "people": [{"id": "eve", "name": "Eve"}]})
    describing(house, who, people=[{"id": "eve", "name": "Mallory"}])
    assert house.program.sign_in.directory.names()["eve"].name == "Eve"


def test_an_administrator_who_is_a_head_ends_a_contract_as_its_client(house: House) -> None:
    tree = contract(criterion(punctuality()), id="c", supplier="it", client="hr")
    house.apply(tree, sign=True)
    who = signed_in("ines", {"hr": Grade.HEAD}, ["administrator"])
    assert house.program.store.use(Contracting).terminate(who, "c", date(2026, 12, 31))


def test_of_who_is_suspended_it_is_said_which_keys_they_made_and_may_have(house: House) -> None:
    made = house.program.access_keys.create(signed_in("luc", {"it": Grade.HEAD}), "it", "read").terms
    assert made.key not in house.as_("ines").page("/people")
    house.program.sign_in.suspending.suspend(ADMINISTRATOR, "luc", "left")
    assert made.key in house.as_("ines").page("/people")
    assert made.key not in house.as_("eve").page("/people")


def test_of_who_was_taken_out_of_the_files_it_is_said_too(house: House) -> None:
    made = house.program.access_keys.create(signed_in("luc", {"it": Grade.HEAD}), "it", "read").terms
    ines = house.as_("ines")
    assert ines.send("/people/luc/out").status_code == 303
    page = ines.page("/people")
    assert "luc is let in no more" in page
    assert made.key in page
    assert made.key not in house.as_("eve").page("/people")
    house.program.access_keys.revoke(ADMINISTRATOR, made.key)
    assert "is let in no more" not in ines.page("/people")


@pytest.mark.parametrize("name", ["Anna\u200b", "\u202eannA", "Anna\u2028x", "An\u00adna", "Anna\u3164"])
def test_no_name_and_no_title_holds_a_letter_that_nobody_sees(house: House, name: str) -> None:
    for tree in (
        {"service": "it", "people": [{"id": "anna", "name": name}]},
        {"service": "it", "title": name},
        {"service": "it", "title": {"en": name}},
        {"access": "town", "people": [*PEOPLE[:3], {"person": "anna", "name": name}, PEOPLE[4]]},
    ):
        with pytest.raises(DocumentInvalid, match="a letter that nobody sees"):
            house.apply(tree)


def test_of_those_who_are_called_alike_the_id_is_shown_and_of_others_nobody_learns_a_name(house: House) -> None:
    luc, anna, eve = (
        {**PEOPLE[at], "name": name} for at, name in ((0, "Anna  Mart\u00edn"), (3, "anna martin"), (1, "Eve"))
    )
    zoe = {"person": "zoe", "name": "EVE", "services": {"legal": "reader"}}
    house.admit(luc, eve, PEOPLE[2], anna, PEOPLE[4], zoe)
    house.apply({"service": "sales", "title": "Legal"}, {"service": "legal", "title": "L\u00e9gal"})
    assert "Mart\u00edn (luc)" in house.as_("luc").page("/account")
    page = house.as_("eve").page("/account")
    assert "Eve" in page
    assert "(eve)" not in page
    assert "(sales)" not in page
    house.apply(contract(criterion(punctuality()), id="c", supplier="sales", client="legal"), sign=True)
    page = house.as_("eve").page("/account")
    assert "Eve (eve)" in page
    assert "Legal (sales)" in page
