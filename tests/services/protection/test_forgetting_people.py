"""Somebody of whom nothing is sealed is forgotten with a fact that says so; what stood in clear before is named, and stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.service import Service
from entente.doctor_access import access_findings
from services.access import ADMINISTRATOR
from services.directory.named_before import naming
from services.errors import Invalid
from services.parts import PARTS
from services.sealing.erased import all_erased
from services.sealing.erasing import Erasing
from services.sign_in.leaving import Leaving
from tests.entering import House, entered

CANARY = "Anna Canary"


def erasing(house: House) -> Erasing:
    store = house.program.store
    return Erasing(store.history, house.program.keys, store.clock, also=[Leaving(store.history)])


def test_a_person_without_data_keys_leaves_a_fact_and_no_name() -> None:
    with entered() as house:
        house.admit({"person": "anna", "name": CANARY, "services": {"it": "member"}})
        history = house.program.store.history
        before = erasing(house).erase(ADMINISTRATOR, "anna", "she left", dry_run=True)
        assert list(all_erased(history)) == []
        done = erasing(house).erase(ADMINISTRATOR, "anna", "she left")
        assert (done.keys, done.also, done.stays) == (before.keys, before.also, before.stays)
        [(position, fact)] = all_erased(history)
        assert (position, fact.by, fact.reason, fact.keys) == (done.position, "administrator", "she left", ())
        assert re.fullmatch("[0-9a-f]{64}", fact.person)
        entry = history.at(position)
        assert entry is not None
        assert b"anna" not in entry.state
        assert erasing(house).erase(ADMINISTRATOR, "anna", "again").position == 0
        house.clock[0] += 1
        house.admit({"person": "anna", "name": CANARY, "services": {"it": "member"}})
        erasing(house).erase(ADMINISTRATOR, "anna", "she left again")
        assert [one.person for _, one in all_erased(history)] == [fact.person] * 2


def test_what_stood_in_clear_before_is_counted_and_named(tmp_path: Path) -> None:
    with entered(f"sqlite:///{tmp_path / 'entente.db'}") as house:
        history = house.program.store.history
        assert naming(history) == []
        old = Service(service="it")
        document = '{"entente": 1, "people": [{"email": "a@b.example", "id": "anna", "name": "Anna"}], "service": "it"}'
        old.describe(document, by="administrator", at=1)
        position = history.save(old)
        assert (naming(history), naming(history, "anna"), naming(history, "luc")) == ([position], [position], [])
        house.admit({"person": "anna", "name": "Anna", "services": {"it": "member"}})
        done = erasing(house).erase(ADMINISTRATOR, "anna", "she left", dry_run=True)
        assert done.stays == (position,)
        found = [one.says for one in access_findings(history, house.program.settings, house.program.store.clock)]
        assert "1 entries from before name people or their addresses, and stay as they are" in found


def test_without_the_keys_of_a_store_that_seals_nobody_is_half_forgotten(house: House) -> None:
    store = house.program.store
    without = Erasing(store.history, None, store.clock, also=[Leaving(store.history)])
    with pytest.raises(Invalid, match="no file of keys"):
        without.erase(ADMINISTRATOR, "lea", "she left")
    assert Leaving(store.history).of("lea")


def test_what_is_kept_where_is_listed_for_who_answers_for_it(house: House) -> None:
    dora = house.as_("dora")
    page = dora.page("/kept")
    assert "directory_person" in page
    assert "keys.db" in page
    assert "jusqu’à quand" in dora.get("/kept", **{"Accept-Language": "fr"}).text
    told = house.as_("ines").get("/v1/kept").json()
    assert {"what", "where", "until", "is_erased"} == set(told["places"][0])
    assert told["sealed"] == []
    for person in ("lea", "paul", "luc"):
        assert house.as_(person).get("/kept").status_code == 403
        assert house.as_(person).get("/v1/kept").status_code == 403


def test_every_table_that_a_part_keeps_stands_in_a_place() -> None:
    for part in PARTS:
        tables = {re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", one)[0] for one in part.kept}
        said = {name for place in part.places for name in place.where.split(", ")}
        assert tables == said, part.name
