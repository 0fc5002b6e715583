"""Today: what is missing, at risk, to sign and to answer, one's own first."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from tests.dashboards.scenario import town
from tests.dashboards.serving import application
from tests.dashboards.twin import Rows


def shown(path: str = "/", language: str = "en", who: str = "administrator", rows: Rows | None = None) -> str:
    with TestClient(application(rows or town())[0]) as client:
        answer = client.get(path, headers={"Cookie": f"language={language}; as={who}"})
        assert answer.status_code == 200, answer.text
        return answer.text


def section(html: str, title: str) -> str:
    found = re.search(rf"<h2>{title}</h2>(.*?)</section>", html, re.DOTALL)
    assert found, title
    return found[1]


def test_it_is_the_first_page_and_opens_with_what_is_true() -> None:
    html = shown()
    assert '<a href="/" aria-current="page">Today</a>' in html
    assert re.search(r'<h1><span class="w-(miss|late)">\d+ (is|are) ', html)
    assert "commitments are on track." in html


def test_what_waits_for_the_reader_is_listed_with_one_verb_each() -> None:
    waiting = section(shown(), "To sign and answer")
    assert "Read and sign" in waiting
    assert waiting.count("<li>") == len(re.findall(r'<a class="button', waiting))
    assert waiting.count("primary") == 1


def test_a_signature_is_asked_only_of_who_has_to_give_it() -> None:
    kitchen, education = (
        section(shown(who=who), "To sign and answer") for who in ("kitchen/marc.olivier", "education/nadia.ferrand")
    )
    assert ("Read and sign" in kitchen) != ("Read and sign" in education)


def test_an_auditor_reads_and_is_asked_for_nothing() -> None:
    assert "To sign and answer" not in shown(who="auditor")


def test_one_s_own_comes_first_and_everything_is_one_click_away() -> None:
    html = shown(who="kitchen/marc.olivier")
    assert 'href="/?scope=mine" aria-current="true"' in html
    assert 'href="/?scope=all" aria-current="true"' in shown("/?scope=all", who="kitchen/marc.olivier")


def test_what_is_at_risk_says_how_long_is_left() -> None:
    risk = section(shown("/?scope=all"), "At risk")
    assert risk.count("<li>") == len(re.findall(r"left</strong>", risk)) > 0


def test_an_empty_store_says_what_comes_next() -> None:
    assert "Nothing is owed yet." in shown(rows=Rows())


def test_it_speaks_french() -> None:
    html = shown(language="fr")
    for words in ("Aujourd’hui", "À signer, à répondre", "Cette semaine", "Le plus exposé", "Prochaines revues"):
        assert words in html


def test_the_day_is_drawn_with_what_is_loud_by_name_and_listed() -> None:
    html = shown("/?scope=all")
    drawn = re.search(r'<svg class="wide dayline".*?</svg>', html, re.DOTALL)
    assert drawn
    assert 'aria-label="4 things fall due today"' in drawn[0]
    assert ">Midday meals, Jules-Ferry, at risk</text>" in drawn[0]
    assert ">10:42</text>" in drawn[0]
    listed = section(html, "Today, hour by hour") if "<h2>Today, hour" in html else html
    assert listed.count('class="now-rule"') == 1
    assert re.search(r"now-rule.*at risk", listed, re.DOTALL)


def test_a_member_sees_what_it_is_owed_above_and_what_it_owes_below() -> None:
    html = shown("/?scope=all", who="kitchen/marc.olivier")
    assert ">You are owed</text>" in html
    assert ">You owe</text>" in html
    assert ">Owed by suppliers</text>" in shown()


def test_nothing_due_today_draws_no_day() -> None:
    rows = town()
    rows.occurrence_rows = {}
    assert "dayline" not in shown(rows=rows)
