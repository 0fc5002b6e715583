"""Calendars, services, sources and people are made and changed by forms of one shape: what will change is shown, then saved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from services.access import ADMINISTRATOR
from services.contracts.admitting import access_tree
from services.contracts.standing import calendar_tree, service_tree
from tests.entering import Browser, House, entered

WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-12:30, 13:30-18:00")
CALENDAR = {"id": "town", "timezone": "Europe/Paris", "country": "FR", "years": "2026-2027", **WEEK}


@pytest.fixture
def house() -> Iterator[House]:
    with entered() as house:
        house.admit(
            {"person": "anna", "name": "Anna Martin", "services": {"s": "head"}},
            {"person": "ben", "services": {"s": "member"}},
            {"person": "eve", "services": {"x": "head"}},
            {"person": "ines", "administrator": True},
        )
        house.apply(
            {
                "service": "s",
                "title": {"en": "Sales", "fr": "Ventes"},
                "people": [{"id": "ben", "name": "Ben"}],
                "sources": [{"source": "crm/x", "expected_every": "1 day", "shown_to": ["x"]}],
            },
            {"service": "x", "title": "Elsewhere"},
        )
        yield house


def changes(browser: Browser, path: str, **typed: str) -> str:
    """What a form says that it would change, in words."""
    answer = browser.send(path, verb="look", **typed)
    assert answer.status_code == 200, answer.text
    part = answer.text.partition('<section id="changes"')[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape("<p" + part))).replace("\xa0", " ")


def standing(browser: Browser, path: str) -> dict[str, str]:
    """What the form of a page holds as it stands."""
    page = browser.page(path)
    form = page.partition('class="change"')[2]
    found = {
        name: unescape(value)
        for name, value in re.findall(r'<input [^>]*name="(\w+)"(?! value="yes")[^>]* value="([^"]*)"', form)
    }
    found |= dict.fromkeys(re.findall(r'name="(\w+)" value="yes" checked', form), "yes")
    found |= {name: unescape(text) for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)<', form)}
    for name, options in re.findall(r'<select[^>]* name="(\w+)">(.*?)</select>', form, re.DOTALL):
        found[name] = "".join(re.findall(r'value="([^"]*)" selected', options))
    return {name: value for name, value in found.items() if name not in ("form_token", "ticket", "verb")}


def test_a_calendar_is_made_and_its_next_version_says_what_changes(house: House) -> None:
    ines = house.as_("ines")
    assert "open / mon-fri: added" in changes(ines, "/new-calendar", **CALENDAR)
    assert calendar_tree(house.program.store, "town") is None
    assert ines.change("/new-calendar", **CALENDAR).headers["location"].startswith("/calendars")
    assert "town" in ines.page("/calendars")
    form = standing(ines, "/calendars/town/edit")
    assert "Nothing would change." in changes(ines, "/calendars/town/edit", **form)
    form |= {"fri": "09:00-12:00", "closures": "2026-12-24\n2026-12-31", "from": "2026-08-01"}
    said = changes(ines, "/calendars/town/edit", **form)
    assert "open / fri: added, 09:00-12:00" in said
    assert "closures: added, 2026-12-24, 2026-12-31" in said
    assert "holidays" not in said
    assert ines.change("/calendars/town/edit", **form).status_code == 303
    tree = calendar_tree(house.program.store, "town")
    assert tree is not None
    assert (tree["open"]["fri"], len(tree["holidays"]["dates"])) == (["09:00-12:00"], 22)
    assert house.as_("anna").get("/new-calendar").status_code == 403
    assert house.as_("anna").get("/calendars/town/edit").status_code == 403


def test_a_service_is_described_by_its_head_and_keeps_what_the_form_does_not_hold(house: House) -> None:
    anna = house.as_("anna")
    form = standing(anna, "/services/s/edit")
    assert "Nothing would change." in changes(anna, "/services/s/edit", **form)
    form |= {"title_en": "Sales and more", "person_1": "zoe", "name_1": "Zoé Blanc", "head_1": "yes"}
    said = changes(anna, "/services/s/edit", **form)
    assert "title / en: Sales → Sales and more" in said
    assert "people / zoe" in said
    assert "head: added, zoe" in said
    assert anna.change("/services/s/edit", **form).status_code == 303
    tree = service_tree(house.program.store, ADMINISTRATOR, "s")
    assert tree is not None
    assert [one["name"] for one in tree["people"]] == ["Ben", "Zoé Blanc"]
    assert tree["sources"] == [{"source": "crm/x", "expected_every": "1 day", "shown_to": ["x"]}]
    for path in ("/services/s/edit", "/new-service"):
        assert house.as_("eve").get(path).status_code == 403
        assert house.as_("ben").send(path, verb="save").status_code == 403
    made = house.as_("ines").change("/new-service", id="new", title_en="New", title_fr="Neuf", part_of="s")
    assert made.status_code == 303
    taken = house.as_("ines").change("/new-service", id="x", title_en="Mine")
    assert (taken.status_code, 'value="Mine"' in taken.text) == (400, True)


def test_a_source_is_declared_changed_and_given_up(house: House) -> None:
    anna = house.as_("anna")
    made = anna.change("/new-source", service="s", source="crm/new", expected_every="2 h")
    assert made.headers["location"].startswith("/connect?source=crm")
    path = "/sources/edit?source=crm/x"
    form = standing(anna, path)
    assert (form["expected_every"], form["expected_every_unit"], form["shown_to_0"]) == ("1", "day", "x")
    assert "Nothing would change." in changes(anna, path, **form)
    assert "expected_every: 1 day → 3 days" in changes(anna, path, **{**form, "expected_every": "3"})
    wrong = anna.change(path, **{**form, "expected_every": "now and then"})
    assert (wrong.status_code, 'value="now and then"' in wrong.text) == (422, True)
    kept, sealed = "retention: added, P18M", {"about": "data.child", "values": "data.name"}
    assert kept in changes(
        anna, path, **{**form, **sealed, "retention": "18", "retention_unit": "M", "stored_in": "BE"}
    )
    page = anna.page(path)
    assert '<option value="BE">Belgium</option>' in page
    assert not re.search("P24M|ISO 3166|word everybody", page)
    assert anna.change(path, **{**form, "expected_every": "3", "shown_to_0": "everybody"}).status_code == 303
    tree = service_tree(house.program.store, ADMINISTRATOR, "s")
    assert tree is not None
    assert tree["sources"][0] == {"source": "crm/x", "expected_every": "3 days", "shown_to": "everybody"}
    assert house.as_("eve").get(path).status_code == 404
    assert house.as_("eve").change("/new-source", service="x", source="crm/x").status_code == 422
    assert house.as_("ben").get("/new-source").status_code == 403
    assert "expected_every: removed (3 days)" in changes(anna, path, given_up="yes")
    assert anna.change(path, given_up="yes").status_code == 303
    assert house.as_("eve").get(path).status_code == 404


def test_somebody_is_given_another_role_and_keeps_what_others_gave(house: House) -> None:
    ines, anna = house.as_("ines"), house.as_("anna")
    assert (
        ines.change("/people/ben/edit", service_0="s", role_0="head", service_1="x", role_1="reader").status_code == 303
    )
    assert anna.change("/people/ben/edit", service_0="s", role_0="reader").status_code == 403  # he is of others too
    assert ines.change("/people/ben/edit", name="Benoît", service_0="s", role_0="member").status_code == 303
    form = standing(anna, "/people/ben/edit")
    assert "Nothing would change." in changes(anna, "/people/ben/edit", **form)
    said = changes(anna, "/people/ben/edit", **{**form, "role_0": "head", "until_0": "2026-12-31"})
    assert "services / s: removed (member)" in said or "services / s" in said
    assert anna.change("/people/ben/edit", **{**form, "role_0": "head"}).status_code == 303
    [ben] = [one for one in access_tree(house.program.store)["people"] if one["person"] == "ben"]
    assert ben["services"] == {"s": "head"}
    assert anna.get("/people/eve/edit").status_code == 404
    assert anna.let_in("ben", service="s", role="reader").status_code == 400


def test_nothing_is_saved_that_was_not_shown_and_what_was_typed_stays(house: House) -> None:
    anna = house.as_("anna")
    form = {**standing(anna, "/services/s/edit"), "title_fr": "Ventes & Co"}
    before = house.position()
    unseen = anna.send("/services/s/edit", verb="save", **form)
    assert unseen.status_code == 409
    assert "was not shown yet" in unseen.text
    assert 'value="Ventes &amp; Co"' in unseen.text
    looked = anna.send("/services/s/edit", verb="look", **form)
    [shown] = re.findall(r'name="shown" value="([^"]+)"', looked.text)
    house.apply({"service": "s", "title": "Other", "sources": [{"source": "crm/x"}]})
    meanwhile = anna.send("/services/s/edit", verb="save", shown=shown, **form)
    assert meanwhile.status_code == 409
    assert house.position() == before + 1
