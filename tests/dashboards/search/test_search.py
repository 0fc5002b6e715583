"""The search: any word of a title, an id, a key or a date; without accents; and nothing that one may not see."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import quote

import pytest

from dashboards.language import LANGUAGES, language
from dashboards.moments import Moments
from dashboards.near import Near
from dashboards.pages.figures.finding import keys_of
from dashboards.plain import plain
from dashboards.typed_dates import dates_of
from domain.durations import HOUR
from tests.dashboards.visiting import Site
from tests.given import at


def found(site: Site, query: str, who: str = "administrator", language: str = "en") -> list[str]:
    """Where the results lead."""
    answer = site.get("/search", language, who, params={"q": query})
    assert answer.status_code == 200
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return [unescape(path) for path in re.findall(r'<a class="strong" href="([^"]+)"', main)]


def test_a_contract_is_found_by_its_title_in_any_language_its_id_and_its_parties(shown: Site) -> None:
    for query in ("school meals", "restauration SCOLAIRE", "school-meals", "meals school", "cuisine"):
        assert "/contracts/school-meals" in found(shown, query), query


def test_accents_and_capitals_do_not_matter(shown: Site) -> None:
    assert plain("Éducation À l’œuvre") == "education a l’œuvre"
    assert "/services/education" in found(shown, "EDUCATION")
    assert "/services/education" in found(shown, "éducation", language="fr")


def test_a_commitment_is_found_by_its_title_and_by_its_id(shown: Site) -> None:
    path = "/commitments/school-meals/midday-ferry/on-time"
    assert path in found(shown, "midday")
    assert path in found(shown, "school-meals/midday-ferry/on-time")


def test_an_occurrence_is_found_by_its_key_and_by_its_date(shown: Site) -> None:
    wanted = "/commitments/school-meals/midday-ferry/on-time?period=2026-11&why=2026-11-03#why"
    assert wanted in found(shown, "2026-11-03")
    assert wanted in found(shown, "3/11/2026")
    assert keys_of("#inc-12") == ["#inc-12", "inc-12", "INC-12"]
    assert keys_of("31/02/2026") == ["31/02/2026"]


@pytest.mark.parametrize("blank", ["\t", "\n", "\u00a0", "\u202f", "  "])
def test_words_are_apart_whatever_blank_stands_between_them(shown: Site, blank: str) -> None:
    assert "/contracts/school-meals" in found(shown, f"school{blank}meals")


def test_what_is_found_is_counted_beyond_what_is_listed(shown: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    every = found(shown, "2026-11-02")
    assert 2 < len(every) < 20
    monkeypatch.setattr("dashboards.pages.search.page.MOST", 2)
    assert found(shown, "2026-11-02") == every[:2]
    html = shown.get("/search", params={"q": "2026-11-02"}).text
    assert f"<p>{len(every)} · the first 2</p>" in html


def test_nobody_finds_what_is_not_theirs_to_see(shown: Site) -> None:
    everything = found(shown, "o")
    mine = found(shown, "o", "kitchen/marc.olivier")
    assert set(mine) <= set(everything)
    assert "/contracts/it-support" in found(shown, "it-support")
    for query in ("it-support", "faults", "legal"):
        hidden = found(shown, query, "kitchen/marc.olivier")
        assert not [path for path in hidden if path.startswith(("/contracts/", "/commitments/")) and query in path]


def test_what_is_wider_is_headed_first_in_both_languages(shown: Site) -> None:
    for code, headings in (
        ("en", ["Contracts", "Services", "People", "Commitments", "Due dates and cases", "Reviews"]),
        ("fr", ["Contrats", "Services", "Personnes", "Engagements", "Échéances", "Revues"]),
    ):
        html = shown.get("/search", code, params={"q": "e"}).text
        assert re.findall(r"<h2>([^<]+)</h2>", html)[:4] == headings[:4]
        html = shown.get("/search", code, params={"q": "2026-11-03"}).text
        assert re.findall(r"<h2>([^<]+)</h2>", html) == headings[4:]


def test_nothing_found_says_what_can_be_looked_for(shown: Site) -> None:
    html = shown.get("/search", params={"q": "<b>\0nothing"}).text
    assert "Nothing answers to “&lt;b&gt;nothing”" in html
    assert shown.get("/search", params={"q": "x" * 5000}).status_code == 200


def test_the_field_is_on_every_page_and_needs_no_script(shown: Site) -> None:
    for path in ("/", "/contracts/school-meals", "/history", "/nowhere"):
        assert '<form method="get" action="/search" role="search"' in shown.get(path).text


TODAY = date(2026, 11, 17)
NOW = at("2026-11-17 10:00")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_date_is_understood_as_the_pages_print_it(code: str) -> None:
    words = language(code)
    for ahead in range(0, 730, 3):
        day = date(2025, 12, 1) + timedelta(days=ahead)
        for said in (words.day(day, year=True), words.short_date(day), words.long_day(day), day.isoformat()):
            assert dates_of(said, TODAY) == [day], said
        for said in (words.day(day), words.short_day(day)):
            assert day.replace(year=2026) in dates_of(said, TODAY) or day == date(2027, 2, 29), said


def test_a_day_without_a_year_is_the_last_one_first() -> None:
    assert dates_of("3 Nov", TODAY) == [date(2026, 11, 3), date(2025, 11, 3)]
    assert dates_of("24 déc.", TODAY) == [date(2025, 12, 24), date(2026, 12, 24)]
    assert dates_of("3/11", TODAY) == [date(2026, 11, 3), date(2025, 11, 3)]
    assert dates_of("hier", TODAY) == dates_of("Yesterday", TODAY) == [date(2026, 11, 16)]


@pytest.mark.parametrize("code", LANGUAGES)
def test_days_and_times_are_understood_as_pages_say_them_near_today(code: str) -> None:
    near, clock = (
        Near(Moments.of(language(code), "Europe/Paris", NOW), NOW),
        Moments.of(language(code), "Europe/Paris", NOW),
    )
    for ahead in range(-6, 7):
        then = NOW + ahead * 24 * HOUR
        day = TODAY + timedelta(days=ahead)
        for said in (near.moment(then), near.day(then), clock.moment(then), clock.long(then)):
            assert day in dates_of(said, TODAY), said
    assert dates_of("ce matin", TODAY) == dates_of("this morning", TODAY) == [TODAY]
    assert dates_of("lundi", TODAY) == [date(2026, 11, 16), date(2026, 11, 23)]
    assert dates_of("lundi dernier", TODAY) == [date(2026, 11, 16)]


@pytest.mark.parametrize(
    "text", ["", "31/02/2026", "november", "the 3 vans", "3 4 november 2026", "nov nov 3", "3 nov 2026 2025", "²"]
)
def test_what_is_no_date_means_no_day(text: str) -> None:
    assert dates_of(text, TODAY) == []


def test_people_ids_and_positions_lead_to_what_they_name(shown: Site) -> None:
    late, action = shown.path("{late}"), shown.path("{open}")
    assert f"/breaches/{late}" in found(shown, late)
    assert f"/actions/{action}" in found(shown, action)
    assert "/reviews/school-meals%402026-11-03" in found(shown, "school-meals@2026-11-03")
    assert "/reviews/school-meals%402026-11-03" in found(shown, "mar. 3 nov. 2026", language="fr")
    assert "/history?position=1559" in found(shown, "1\u202f559")
    assert "/history?position=99999999" not in found(shown, "99999999")
    assert "/history?q=INC-10328" in found(shown, "INC-10328")
    [owner] = {path for path in found(shown, "Marc Olivier") if path.startswith("/portfolio?owner=")}
    assert "Midday meals" in shown.page(owner)


def test_nothing_of_others_is_found_by_its_id_nor_completed(shown: Site) -> None:
    stranger = "kitchen/marc.olivier"
    [other, *_] = [one["id"] for one in shown.stored("/breaches") if not one["commitment"].startswith("school-meals/")]
    assert f"/breaches/{other}" in found(shown, other)
    assert f"/breaches/{other}" not in found(shown, other, stranger)
    assert "IT support for schools" in shown.get("/search/words?q=support").json()
    assert "School meals" in shown.get("/search/words?q=mea", who=stranger).json()
    assert shown.get("/search/words?q=legal", who=stranger).json() == []
    assert shown.get("/search/words?q=").json() == []
    assert shown.get("/search/words?q=school&among=contracts").json() == ["IT support for schools", "School meals"]
    assert "IT support for schools" not in shown.get("/search/words?q=school&among=services").json()
    assert shown.get("/search/words?q=school&among=people").status_code == 400


def test_people_days_and_ids_are_completed_of_what_the_reader_sees(shown: Site) -> None:
    stranger = "kitchen/marc.olivier"

    def completed(text: str, who: str = "administrator", language: str = "en") -> list[str]:
        return list(shown.get(f"/search/words?q={quote(text)}", language, who).json())

    assert "Marc Olivier" in completed("oliv")
    assert completed("tomor") == ["tomorrow"]
    assert completed("dem", language="fr")[0] == "demain"
    assert "lundi" in completed("lund", language="fr")
    assert [one.replace("\xa0", " ") for one in completed("17 nov", language="fr")] == [
        "mar. 17 nov. 2026",
        "lun. 17 nov. 2025",
    ]
    late, action = shown.path("{late}"), shown.path("{open}")
    assert late in completed(late[:6])
    assert action in completed(action[:6])
    assert "school-meals@2026-11-03" in completed("school-meals@2026-11")
    assert "INC-10328" in completed("inc-1032")
    [other, *_] = [one["id"] for one in shown.stored("/breaches") if not one["commitment"].startswith("school-meals/")]
    assert other in completed(other[:8])
    assert completed(other[:8], stranger) == []
    assert completed("inc-1032", stranger) == []
    assert completed("payroll@2026", stranger) == []
