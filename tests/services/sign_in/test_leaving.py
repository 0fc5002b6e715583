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
        leaving = Leaving(house.program.store.history)
        assert len(leaving.of("anna")) == 2
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
