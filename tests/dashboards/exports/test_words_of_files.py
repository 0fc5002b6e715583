"""A file speaks the language of who takes it: the names of its columns, and what stands in them."""

from __future__ import annotations

from tests.dashboards.visiting import Site


def test_files_of_breaches_and_excuses_say_nothing_in_english_in_french(shown: Site) -> None:
    breaches, excuses = (shown.get(f"/exports/{name}.csv", "fr").text for name in ("breaches", "excuses"))
    assert "cause première" in breaches.splitlines()[0]
    assert "root cause" not in breaches
    assert "fournisseur" in excuses
    for word in ("supplier", "accepted ", "refused ", "disputed "):
        assert word not in excuses, word


def test_the_page_of_the_design_speaks_the_language_of_who_reads_it(shown: Site) -> None:
    page = shown.page("/style", "fr")
    assert "Cuisine centrale" in page
    assert "Central kitchen" not in page
    assert "99.1 %" not in page
    assert "99,1" in page
