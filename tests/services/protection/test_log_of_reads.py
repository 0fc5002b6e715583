"""Packs, and every file that is taken, stand in the log of reads: one row for each person, thing and hour; the auditor reads it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from entente.cli import main
from services.access import ADMINISTRATOR
from services.access_log import AccessLog, Wanted, logged
from tests.entering import House, entered
from tests.given import at
from tests.services.meeting import REVIEW, agreement

HOUR = 3_600_000_000


def reads(house: House) -> list[tuple[str, str, str, str, int]]:
    rows = house.program.sign_in.log.rows()
    return sorted(
        (one.sort, one.person, one.service, one.thing, one.times)
        for one in rows
        if one.sort in ("exported", "read-pack")
    )


def test_packs_and_every_file_that_is_taken_are_noted() -> None:
    with entered() as house:
        house.apply(agreement(), sign=True)
        house.admit({"person": "lea", "services": {"lab": "head"}}, {"person": "paul", "auditor": True})
        store = house.program.store
        store.timekeeping.advance(ADMINISTRATOR, at("2026-02-03 14:00"))
        store.judging.catch_up()
        lea, paul = house.as_("lea"), house.as_("paul")
        for _ in range(3):
            lea.page("/exports/figures.csv?contract=c")
        for path in (f"/reviews/{REVIEW}/pack", f"/v1/reviews/{REVIEW}/pack", f"/reviews/{REVIEW}/pack.csv"):
            lea.page(path)
        lea.get("/exports/nothing.csv")
        lea.page("/portfolio")
        paul.page("/v1/history")
        key = house.key("lab", "read")
        assert house.browser().http.get("/calendars/lab.ics", headers=key).status_code == 200
        house.clock[0] += HOUR
        lea.page("/exports/figures.csv?contract=c")
        found = reads(house)
        [by_key] = [one for one in found if one[1].startswith("key:")]
        assert by_key[2:] == ("lab", "calendars/lab.ics", 1)
        assert [one for one in found if one != by_key] == [
            ("exported", "lea", "lab", "figures.csv c", 1),
            ("exported", "lea", "lab", "figures.csv c", 3),
            ("exported", "paul", "auditor", "v1/history", 1),
            ("read-pack", "lea", "lab", REVIEW, 2),
            ("read-pack", "lea", "lab", f"{REVIEW} csv", 1),
        ]


def test_the_log_is_for_the_auditor_and_ones_own_rows_for_oneself(house: House) -> None:
    lea, paul = house.as_("lea"), house.as_("paul")
    lea.page("/exports/contracts.csv")
    page = paul.page("/access-log?person=lea&kind=exported&since=2026-06-30&until=2026-06-30")
    assert "contracts.csv" in page
    assert "signed in</td>" not in page
    assert "contracts.csv" not in paul.page("/access-log?since=2026-07-01")
    assert "contracts.csv" in lea.page("/account")
    assert "contracts.csv" not in paul.page("/account")
    rows = list(
        csv.DictReader(io.StringIO(paul.page("/exports/access-log.csv?person=lea&headers=stable").lstrip("\ufeff")))
    )
    assert [(one["sort"], one["about"]) for one in rows if one["sort"] == "exported"] == [("exported", "contracts.csv")]
    told = paul.get("/v1/access-log?person=lea&limit=1")
    assert [one["person"] for one in told.json()] == ["lea"]
    assert "offset=1" in told.headers["link"]
    for person in ("lea", "ines", "dora"):
        browser = house.as_(person)
        for path in ("/access-log", "/v1/access-log", "/exports/access-log.csv"):
            assert browser.get(path).status_code == 403, (person, path)


def test_a_person_is_found_in_the_log_by_name_as_well_as_by_id(house: House) -> None:
    house.admit(
        {"person": "lea", "name": "Léa Blanc", "services": {"lab": "head"}},
        {"person": "lou", "name": "Lou Noir", "services": {"lab": "member"}},
        {"person": "lou2", "name": "Lou Noir", "services": {"lab": "member"}},
        {"person": "paul", "auditor": True},
    )
    house.as_("lea").page("/exports/contracts.csv")
    paul = house.as_("paul")
    for asked in ("lea", "Léa Blanc", "lea blanc"):
        assert "contracts.csv" in paul.page(f"/access-log?kind=exported&person={asked}"), asked
        assert "contracts.csv" in paul.page(f"/exports/access-log.csv?kind=exported&person={asked}"), asked
    assert "contracts.csv" not in paul.page("/access-log?kind=exported&person=Lea Bla")
    several = paul.get("/access-log?person=Lou Noir")
    assert (several.status_code, "lou, lou2" in several.text) == (400, True)
    assert paul.get("/access-log?person=Lou Noir (lou2)").status_code == 200
    invited = paul.page("/access-log?kind=invited")
    assert (">Léa Blanc</td>" in invited, ">lea</td>" in invited) == (True, False)


def test_a_filter_that_says_nothing_is_refused_or_said_to_be_none(house: House) -> None:
    for asked in ("since=yesterday", "until=0", "page=one"):
        answer = house.as_("paul").get(f"/access-log?{asked}")
        assert answer.status_code in (400, 422), asked
    assert "or not for you to see" in house.as_("paul").page("/access-log?kind=nothing")
    assert house.as_("paul").get("/exports/access-log.csv?kind=nothing").status_code == 400


def test_rows_come_the_newest_first_by_pages_and_go_after_their_days(house: House) -> None:
    database = house.program.store.history.database
    clock = [0]
    log = AccessLog(database, lambda: clock[0], days=2)
    for hour in range(5):
        clock[0] = hour * HOUR
        log.note_read("exported", "lea", "lab", f"{hour}.csv")
    assert [one.thing for one in logged(database, limit=2, offset=1)] == ["3.csv", "2.csv"]
    assert [one.thing for one in logged(database, Wanted(since=HOUR + 1, until=3 * HOUR))] == ["2.csv", "1.csv"]
    clock[0] = 50 * HOUR
    log.note("signed-in", "lea")
    assert [one.thing for one in logged(database, Wanted(sort="exported"))] == ["4.csv", "3.csv", "2.csv"]


def test_keys_and_roles_stand_in_the_log_with_who_gave_and_took_them(house: House) -> None:
    rita = {"person": "rita", "name": "Rita", "services": {"lab": "head"}}
    ines, paul = {"person": "ines", "administrator": True}, {"person": "paul", "auditor": True}
    house.clock[0] += HOUR
    house.admit(rita, ines, paul)
    by_ines = house.as_("ines")
    assert by_ines.send("/access-keys", service="lab", can="read", page="").status_code == 200
    [key] = house.program.access_keys.live()
    assert by_ines.send(f"/access-keys/{key.key}/revoke", text="lost").status_code == 303
    assert by_ines.send("/people/rita/suspend", text="gone").status_code == 303
    auditor = house.as_("paul")

    def rows(**asked: str) -> list[tuple[str, ...]]:
        found = auditor.http.get("/v1/access-log", params={"limit": 100, **asked}).json()
        return [(one["sort"], one["person"], one["service"], one["about"]) for one in found]

    assert rows(kind="key-made") == [("key-made", "ines", "lab", f"{key.key} read")]
    assert rows(kind="key-revoked") == [("key-revoked", "ines", "lab", f"{key.key} read")]
    assert rows(kind="suspended") == [("suspended", "ines", "", "rita")]
    assert rows(person="rita") == [
        ("suspended", "ines", "", "rita"),
        ("role-given", "administrator", "lab", "rita head"),
        ("role-taken", "administrator", "lab", "rita reader"),
        ("role-given", "administrator", "lab", "rita reader"),
    ]
    assert ("role-given", "administrator", "", "paul auditor") in rows(kind="role-given")
    every = rows()
    assert [row for page in range(0, len(every), 3) for row in rows(limit="3", offset=str(page))] == every
    assert {"signed-in", "role-given", "key-made"} <= {sort for sort, *_ in every}
    page = auditor.page(f"/access-log?person={key.key}")
    assert "made an access key" in page
    assert "read all that the service sees, for Lab" in page
    assert "Rita: head, for Lab" in auditor.page("/access-log?person=rita")
    assert "rôle donné" in auditor.get("/access-log?person=rita", **{"Accept-Language": "fr"}).text
    assert f"{key.key} read" in auditor.page("/exports/access-log.csv?kind=key-made")


def test_what_prolongs_a_role_gives_it_by_a_group_or_by_a_service_above_stands_in_the_log_too() -> None:
    lea, paul = {"person": "lea", "services": {"lab": "head"}}, {"person": "paul", "auditor": True}
    with entered() as house:

        def rows(**asked: str) -> list[tuple[str, str, str]]:
            found = house.as_("paul").http.get("/v1/access-log", params={"limit": 100, **asked}).json()
            return [(one["sort"], one["service"], one["about"]) for one in found if one["sort"].startswith("role-")]

        def said_of(*zoe: dict[str, object], **more: object) -> list[tuple[str, str, str]]:
            """What is new in the log."""
            before = len(rows())
            house.clock[0] += HOUR
            house.admit(lea, paul, *({"person": "zoe", **one} for one in zoe), **more)
            return rows()[:-before]

        house.admit(lea, paul)
        until = {"from": "2026-06-01", "until": "2026-06-30"}
        assert said_of({"auditor": until}) == [("role-given", "", "zoe auditor from 2026-06-01 until 2026-06-30")]
        taken = ("role-taken", "", "zoe auditor from 2026-06-01 until 2026-06-30")
        longer = {**until, "until": "2036-06-30"}
        assert said_of({"auditor": longer}) == [
            ("role-given", "", "zoe auditor from 2026-06-01 until 2036-06-30"),
            taken,
        ]
        assert said_of({"auditor": longer}) == []
        given, _ = said_of({"auditor": True})
        assert given == ("role-given", "", "zoe auditor")
        groups = [{"group": "/every body", "services": {"lab": "head"}}]
        everybody = ("role-given", "lab", "group:/every body head")
        assert said_of({"auditor": True}, groups=groups) == [everybody]
        deputy = {"role": "head", "for": "lea", "until": "2026-07-31"}
        for_lea = ("role-given", "lab", "zoe head until 2026-07-31 for lea")
        assert for_lea in said_of({"services": {"lab": deputy}}, groups=groups)
        house.clock[0] += HOUR
        house.apply({"service": "lab", "title": "Lab", "part_of": "house"})
        assert rows()[0] == ("role-given", "lab", "above:house part")
        assert rows(person="group:/every body") == [everybody]
        assert for_lea in rows(person="zoe")
        page = house.as_("paul").page("/access-log").replace("\u00a0", " ")
        for told in (
            "group /every body: head, for Lab",
            "zoe: head, for lea, until Fri 31 Jul 2026, for Lab",
            "everybody of house, as there, for Lab",
            "zoe: auditor, from Mon 1 Jun 2026, until Tue 30 Jun 2026<",
        ):
            assert told in page, told


def test_what_is_not_allowed_is_one_row_an_hour_for_each_who_asks(house: House) -> None:
    rita = house.as_("rita")
    for path in ("/access-log", "/people", "/access-keys", "/v1/kept", "/access-log"):
        assert rita.get(path).status_code == 403
    assert rita.get("/contracts/none-such").status_code == 404
    assert house.browser().get("/people").status_code == 303
    found = [one for one in house.program.sign_in.log.rows() if one.sort == "refused"]
    assert [(one.person, one.about, one.times) for one in found] == [("rita", "not-allowed", 5)]
    assert "something that is not allowed" in house.as_("paul").page("/access-log?kind=refused")


def test_the_command_lists_what_the_page_and_the_api_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = f"sqlite:///{tmp_path / 'entente.db'}"
    with entered(store) as house:
        house.admit({"person": "lea", "services": {"lab": "head"}}, {"person": "paul", "auditor": True})
        key = house.key("lab", "read")["Authorization"].split()[1].split("_")[1]
        told = house.as_("paul").http.get("/v1/access-log?limit=500").json()
    assert {"role-given", "key-made", "signed-in"} <= {row["sort"] for row in told}

    def printed(*more: str) -> str:
        with pytest.raises(SystemExit):
            main(["people", "log", "--as", "auditor", "--store", store, *more])
        return capsys.readouterr().out

    by_this = "v1/access-log"  # the look at the API is noted itself
    assert [row for row in json.loads(printed("--json")) if row["about"] != by_this] == told
    assert f"{key} read" in printed()
    assert "rôle donné" in printed("--language", "fr")
