"""A person who is forgotten: name, address, ways in and sessions go, and the id stays (trust §6)."""

from __future__ import annotations

from services.directory.names import Directory
from services.sign_in.leaving import Leaving
from tests.entering import PASSWORD, entered


def test_nothing_of_a_person_is_left_but_the_id() -> None:
    with entered() as house:
        canary = {"person": "anna", "name": "Anna Canary", "email": "canary@ville.example"}
        house.admit(
            {**canary, "services": {"it": "member"}}, {"person": "luc", "name": "Luc", "services": {"it": "head"}}
        )
        anna, luc = house.as_("anna"), house.as_("luc")
        house.program.sign_in.log.note("read-pack", "anna", about="a")
        assert anna.send("/views", of="breaches", name="anary", query="kind=late", verb="keep").status_code == 303
        leaving = Leaving(house.program.store.history)
        assert len(leaving.of("anna")) == 3
        assert leaving.of("nobody") == []
        leaving.forget("anna")
        assert leaving.of("anna") == []
        assert anna.get("/").status_code == 303
        assert anna.send("/sign-in", name="anna", password=PASSWORD).status_code == 401
        assert Directory(house.program.store.history).names().keys() == {"luc"}
        people = luc.page("/people")
        assert "anna" in people
        assert "anary" not in people
        with house.program.store.history.database.connect() as reads:
            tables = [name for (name,) in reads.query("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                assert "anary" not in repr(reads.query(f"SELECT * FROM {table}")), table


def test_who_invited_stands_in_the_log_by_the_id_alone_and_goes_with_it() -> None:
    with entered() as house:
        house.admit(
            {"person": "luc", "services": {"it": "head", "sales": "head"}},
            {"person": "anna", "services": {"it": "member"}},
        )
        sign_in = house.program.sign_in
        luc = sign_in.roles.principal("luc", sign_in.today())
        assert luc is not None
        sign_in.inviting.invite(luc, "anna")
        assert [(one.person, one.about) for one in sign_in.log.rows() if one.sort == "invited"] == [("luc", "anna")]
        sign_in.log.note("invited", "it+sales/luc", about="anna")  # as programs before put it
        sign_in.log.note("invited", "it/jean-luc", about="anna")
        Leaving(house.program.store.history).forget("luc")
        assert {one.person for one in sign_in.log.rows()} == {"it/jean-luc"}
        with house.program.store.history.database.connect() as reads:
            assert reads.query("SELECT DISTINCT by_whom FROM sign_in_invitation") == [("",)]
