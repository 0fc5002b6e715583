"""People are called by their names wherever people read: pages, packs, tables."""

from __future__ import annotations

import json

from dashboards.language import language
from dashboards.names_said import with_names
from dashboards.pages.exports.spoken_tables import spoken
from dashboards.pages.reviews.pack import pack_html
from domain.saying import Said, cut, said
from domain.terms import Text
from services.directory.rows import ServiceRow, names_of
from tests.dashboards.reviews.packs import legal_pack
from tests.dashboards.visiting import Site

NAMES = {"legal/hakim.benali": "Hakim Benali", "hakim.benali": "Hakim Benali"}


def service(id: str, *people: tuple[str, str]) -> ServiceRow:
    return ServiceRow(id, Text((("", id),)), people=tuple((one, name, "") for one, name in people))


def test_an_id_that_two_people_share_means_neither_without_its_service() -> None:
    rows = {id: service(id, ("ann", name), ("bob", "Bob")) for id, name in (("lab", "Ann Lee"), ("ward", "Ann Ray"))}
    assert names_of(rows) == {
        "lab/ann": "Ann Lee",
        "ward/ann": "Ann Ray",
        "lab/bob": "Bob",
        "ward/bob": "Bob",
        "bob": "Bob",
    }


def test_a_pack_calls_people_by_their_names_and_who_is_not_known_by_the_id() -> None:
    pack = json.loads(
        json.dumps(legal_pack()).replace('"by": "Hakim', '"by": "legal/Hakim').replace("Hakim Benali", "hakim.benali")
    )
    ids = pack_html(pack, "en")
    assert "hakim.benali" in ids
    html = pack_html(pack, "en", people=NAMES)
    assert ("hakim.benali" in html, "Hakim Benali, Legal affairs" in html) == (False, True)


def test_tables_call_people_by_their_names_in_the_columns_of_people_alone() -> None:
    words = spoken(language("en"), "actions", NAMES)
    assert words.value("person", "hakim.benali") == "Hakim Benali"
    assert words.value("acknowledged by", "legal/hakim.benali") == "Hakim Benali"
    assert (words.value("person", "eve"), words.value("text", "hakim.benali")) == ("eve", "hakim.benali")


def test_pages_take_the_person_of_the_service_that_is_named(shown: Site) -> None:
    """IT and Legal affairs have somebody of the same id."""
    page = shown.page("/quarantine")
    assert ("Sam of IT" in page, "Sam of Legal" in page) == (True, False)


def test_a_refusal_speaks_of_people_and_services_by_name(site: Site) -> None:
    assert site.post("/breaches/{late}/acknowledge", who="kitchen/marc.olivier").status_code == 303
    refused = site.post("/breaches/{late}/acknowledge", who="kitchen/paul.brun")
    assert "Acknowledged already by Marc Olivier" in refused.text
    assert "marc.olivier" not in refused.text.partition("<main")[2].partition("Acknowledged already")[2][:120]
    assert "Déjà" in (french := site.post("/breaches/{late}/acknowledge", who="kitchen/paul.brun", language="fr").text)
    assert "Marc Olivier" in french.partition("Déjà")[2][:120]


def test_names_stand_in_what_is_said_but_not_in_what_somebody_typed() -> None:
    def named(text: str) -> str:
        return with_names(text, {"lab/ann": "Ann"}.__getitem__, {"lab": "The lab"}.__getitem__)

    inner = said("{service} has signed it already", service="lab")
    assert named(inner) == "The lab has signed it already"
    assert (
        named(said("it is so: {why} ({by})", why=inner, by="lab/ann"))
        == "it is so: The lab has signed it already (Ann)"
    )
    assert named(said("no file names “{person}”", person="lab/ann")) == "no file names “lab/ann”"
    assert named("by lab/ann") == "by lab/ann"
    shortened = named(cut(said("{by} wrote it", by="lab/ann"), 4))
    assert isinstance(shortened, Said)
    assert (shortened, shortened.template) == ("Ann…", "{by} wrote it")
