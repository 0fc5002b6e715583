"""The search: any word of a title, an id, a key or a date; without accents; and nothing that one may not see."""

from __future__ import annotations

import re
from html import unescape

import pytest

from dashboards.pages.figures.finding import keys_of
from dashboards.plain import plain
from tests.dashboards.visiting import Site


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
    assert "/contracts?service=education" in found(shown, "EDUCATION")
    assert "/contracts?service=education" in found(shown, "éducation", language="fr")


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
    for language, headings in (
        ("en", ["Contracts", "Services", "Commitments", "Due dates and cases"]),
        ("fr", ["Contrats", "Services", "Engagements", "Échéances"]),
    ):
        html = shown.get("/search", language, params={"q": "e"}).text
        assert re.findall(r"<h2>([^<]+)</h2>", html) == headings[:3]
        html = shown.get("/search", language, params={"q": "2026-11-03"}).text
        assert re.findall(r"<h2>([^<]+)</h2>", html) == headings[3:]


def test_nothing_found_says_what_can_be_looked_for(shown: Site) -> None:
    html = shown.get("/search", params={"q": "<b>\0nothing"}).text
    assert "Nothing answers to “&lt;b&gt;nothing”" in html
    assert shown.get("/search", params={"q": "x" * 5000}).status_code == 200


def test_the_field_is_on_every_page_and_needs_no_script(shown: Site) -> None:
    for path in ("/", "/contracts/school-meals", "/history", "/nowhere"):
        assert '<form method="get" action="/search" role="search"' in shown.get(path).text
