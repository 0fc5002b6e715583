"""Today: what is missing, at risk, to sign and to answer, one's own first."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.dashboards.scenario import MEALS_ON_TIME, town
from tests.dashboards.serving import application
from tests.dashboards.town import NOW
from tests.dashboards.twin import Rows

DAY = 24 * 3_600_000_000
HEADCOUNT = "school-meals/headcount/on-time"


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


def test_one_s_own_is_one_click_away_and_says_what_else_there_is() -> None:
    every, own = (shown(path, who="kitchen/marc.olivier", rows=with_missing()) for path in ("/", "/?scope=own"))
    assert 'href="/?scope=all" aria-current="true"' in every
    assert 'href="/?scope=own" aria-current="true"' in own
    assert ("under Everything" in heading(every), "under Everything" in heading(own)) == (False, True)


def with_missing() -> Rows:
    """Two that the kitchen owes Education are missing, and one that it is owed."""
    rows = town()
    for id, count in ((MEALS_ON_TIME, 2), (HEADCOUNT, 1)):
        last = [one for one in rows.occurrence_rows[id] if one.due is not None and one.due < NOW][-count:]
        rows.occurrence_rows[id] = [
            replace(one, verdict="missing", closed=None) if one in last else one for one in rows.occurrence_rows[id]
        ]
    return rows


def heading(html: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", html, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found[1])


@pytest.mark.parametrize(
    ("who", "language", "words"),
    [
        ("education/nadia.ferrand", "en", "2 are missing or down that you are owed, 1 that you owe"),
        ("kitchen/marc.olivier", "en", "1 is missing or down that you are owed, 2 that you owe"),
        ("education/nadia.ferrand", "fr", "2 manquantes ou en panne qui vous sont dues, 1 que vous devez"),
        ("kitchen/marc.olivier", "fr", "1 manquante ou en panne qui vous est due, 2 que vous devez"),
        ("administrator", "en", "3 are missing or down"),
        ("auditor", "fr", "3 manquantes ou en panne"),
    ],
)
def test_what_one_is_owed_is_said_as_what_one_owes(who: str, language: str, words: str) -> None:
    html = shown(who=who, language=language, rows=with_missing())
    assert heading(html).startswith(words)
    titles = {"en": "Missing, down", "fr": "Manquantes, en panne"}
    assert section(html, titles[language]).count("<li>") == 3


def test_a_list_that_is_cut_counts_everything_and_leads_to_all_of_it() -> None:
    rows = town()
    rows.occurrence_rows[MEALS_ON_TIME] = [
        replace(one, verdict="missing", closed=None) if one.due is not None and NOW - 13 * DAY < one.due < NOW else one
        for one in rows.occurrence_rows[MEALS_ON_TIME]
    ]
    html = shown("/?scope=all", rows=rows)
    total = int(re.search(r"<h2>Missing, down</h2><p>(\d+)</p>", html)[1])  # type: ignore[index]
    late = section(html, "Missing, down")
    assert heading(html).startswith(f"{total} are missing")
    assert late.count("<li>") < total
    assert f">{total - late.count('<li>')} more</a>" in late
    more = re.search(r'href="(/\?scope=all&amp;whole=late#late)"', late)
    assert more
    assert section(shown(unescape(more[1]), rows=rows), "Missing, down").count("<li>") == total


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


@pytest.mark.parametrize(("language", "words"), [("en", "not judged yet"), ("fr", "pas encore jugée")])
def test_a_time_that_has_passed_is_not_said_to_be_left(language: str, words: str) -> None:
    """Judging is an hour behind: everywhere that something pends, what was due meanwhile is said not to be judged."""
    rows = town()
    [soon] = [one for one in rows.occurrence_rows[MEALS_ON_TIME] if one.at_risk]
    assert soon.limit
    before, after = (at_clock(rows, now) for now in (NOW, soon.limit + 60_000_000))
    where = (
        "/?scope=all",
        f"/commitments/{MEALS_ON_TIME}?period=all&why={soon.key}",
        "/contracts/school-meals",
        "/portfolio",
    )
    for path in where:
        with TestClient(before) as early, TestClient(after) as late:
            shown_then, shown_now = (
                one.get(path, headers={"Cookie": f"language={language}"}).text for one in (early, late)
            )
        visible = [re.sub(r'data-over="[^"]*"', "", html) for html in (shown_then, shown_now)]
        assert [words in html for html in visible] == [False, True], path
        assert f'data-until="{soon.limit}"' not in shown_now, path


def at_clock(rows: Rows, now: int) -> FastAPI:
    return application(rows, clock=lambda: now)[0]


def test_what_was_taken_to_the_arbiter_is_listed_for_the_arbiter_alone() -> None:
    mine = [
        section(shown(who=who), "To sign and answer") for who in ("kitchen/marc.olivier", "education/nadia.ferrand")
    ]
    assert not any("/excuses/e-3" in html for html in mine)
    assert "/excuses/e-3" in shown(who="administrator")


def test_what_is_missing_in_a_time_that_is_ahead_of_ours_is_not_late_for_some_days() -> None:
    def missing(now: int) -> str:
        rows = with_missing()
        rows.watermark = now
        return section(shown(rows=rows), "Missing, down")

    assert re.search(r">For \d", missing(NOW))
    assert not re.search(r">For \d", missing(NOW - 5 * DAY))
    assert ">Due " in missing(NOW - 5 * DAY)
