"""The search: any word of a title, an id, a key or a date; without accents; and nothing that one may not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient

from dashboards.pages.search import keys_of, plain
from tests.dashboards.scenario import town
from tests.dashboards.serving import application


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(application(town())[0]) as opened:
        yield opened


def found(client: TestClient, query: str, who: str = "administrator", language: str = "en") -> list[str]:
    """Where the results lead."""
    answer = client.get("/search", params={"q": query}, headers={"Cookie": f"language={language}; as={who}"})
    assert answer.status_code == 200
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return [unescape(path) for path in re.findall(r'<a class="strong" href="([^"]+)"', main)]


def test_a_contract_is_found_by_its_title_in_any_language_its_id_and_its_parties(client: TestClient) -> None:
    for query in ("school meals", "restauration SCOLAIRE", "school-meals", "meals school", "cuisine"):
        assert "/contracts/school-meals" in found(client, query), query


def test_accents_and_capitals_do_not_matter(client: TestClient) -> None:
    assert plain("Éducation À l’œuvre") == "education a l’œuvre"
    assert "/contracts?service=education" in found(client, "EDUCATION")
    assert "/contracts?service=education" in found(client, "éducation", language="fr")


def test_a_commitment_is_found_by_its_title_and_by_its_id(client: TestClient) -> None:
    path = "/commitments/school-meals/midday-ferry/on-time"
    assert path in found(client, "midday")
    assert path in found(client, "school-meals/midday-ferry/on-time")


def test_an_occurrence_is_found_by_its_key_and_by_its_date(client: TestClient) -> None:
    wanted = "/commitments/school-meals/midday-ferry/on-time?period=2026-11&why=2026-11-03#why"
    assert wanted in found(client, "2026-11-03")
    assert wanted in found(client, "3/11/2026")
    assert keys_of("#inc-12") == ["inc-12", "INC-12"]
    assert keys_of("31/02/2026") == ["31/02/2026"]


def test_nobody_finds_what_is_not_theirs_to_see(client: TestClient) -> None:
    everything = found(client, "o")
    mine = found(client, "o", "kitchen/marc.olivier")
    assert set(mine) <= set(everything)
    assert "/contracts/it-support" in found(client, "it-support")
    for query in ("it-support", "faults", "legal"):
        hidden = found(client, query, "kitchen/marc.olivier")
        assert not [path for path in hidden if path.startswith(("/contracts/", "/commitments/")) and query in path]


def test_nothing_found_says_what_can_be_looked_for(client: TestClient) -> None:
    html = client.get("/search", params={"q": "<b>\0nothing"}, headers={"Cookie": "language=en"}).text
    assert "Nothing answers to “&lt;b&gt;nothing”" in html
    assert client.get("/search", params={"q": "x" * 5000}).status_code == 200


def test_the_field_is_on_every_page_and_needs_no_script(client: TestClient) -> None:
    for path in ("/", "/contracts/school-meals", "/history", "/nowhere"):
        assert '<form method="get" action="/search" role="search"' in client.get(path).text
