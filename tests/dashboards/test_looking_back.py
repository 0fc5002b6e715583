"""`?at=` on pages: what was believed then, without what can only be done now, for whoever may see it today."""

from __future__ import annotations

import re
from html import unescape

import pytest
from markupsafe import Markup

from dashboards.pages.house.looking_back import as_it_was, has_past
from tests.dashboards.test_pages import PAGES
from tests.dashboards.town import LATE, MEALS_ON_TIME
from tests.dashboards.visiting import Site

THEN = [one for one in PAGES if has_past(one.partition("?")[0])]
"""The pages that have a past."""
LINK = re.compile(r'<a (?!data-now)[^>]*?href="(/[^"]*)"')
STAYS = re.compile(r"/(static|language|theme|feeds|history|v1)\b|.*\.ics|/badges/")


def plain(html: str) -> str:
    """With ordinary blanks."""
    return html.replace("\xa0", " ").replace("\u202f", " ")


def then(path: str, at: str = "{then}") -> str:
    return f"{path}{'&' if '?' in path else '?'}at={at}"


@pytest.mark.parametrize("path", THEN)
def test_a_page_of_then_says_so_does_nothing_and_leads_on_in_that_moment(shown: Site, path: str) -> None:
    page = plain(shown.page(then(path)))
    at = shown.path("{then}")
    assert "As it was believed on Tuesday 17 November 2026" in page
    assert 'method="post"' not in page.partition("<main")[2]
    assert 'id="live"' not in page
    assert not re.search(r'class="(verbs|button)\b', page)
    lost = [unescape(href) for href in LINK.findall(page) if f"at={at}" not in href and not STAYS.match(href)]
    assert lost == []
    assert 'action="/as"' in page
    assert not re.search(r'href="[^"]*#f-', page)
    assert not re.search(r'href="/(new-|excuses/ask|reminders/new|errands|contracts/[^"]*/edit)', page)


def test_the_pages_that_matter_have_a_past_and_forms_have_none() -> None:
    for path in (
        "/",
        "/portfolio",
        "/contracts/c",
        "/commitments/c/d/k",
        "/breaches",
        "/actions",
        "/reviews",
        "/services/s",
    ):
        assert has_past(path), path
    for path in (
        "/quarantine",
        "/connect",
        "/services/s/edit",
        "/contracts/c/edit",
        "/new-contract",
        "/excuses/ask",
        "/account",
    ):
        assert not has_past(path), path


def test_a_day_is_its_end_and_digits_alone_are_a_position(shown: Site) -> None:
    path = f"/commitments/{MEALS_ON_TIME}?period=all&verdict=late"
    before, after = (plain(shown.page(then(path, day))) for day in ("2026-11-02", "2026-11-06"))
    assert LATE not in re.findall(r"why=(\d{4}-\d\d-\d\d)", before)
    assert LATE in re.findall(r"why=(\d{4}-\d\d-\d\d)", after)
    assert "Monday 2 November 2026, 23:59" in before
    assert "position" in shown.page(then("/", "1"))


def test_today_of_then_knows_nothing_of_what_came_later(shown: Site) -> None:
    page = plain(shown.page(then("/?scope=all", "2026-09-30")))
    assert "Wednesday 30 September" in page
    assert "2026-11" not in page.partition("<main")[2].partition("</main>")[0].replace("2026-11-17", "")


@pytest.mark.parametrize(
    ("at", "english", "french"),
    [
        ("99999999", "The history ends at", "L’historique se termine"),
        ("0", "The history begins with position 1", "L’historique commence à la position 1"),
        ("2026-11-17", "2026-11-17 is not over yet", "le 2026-11-17 n’est pas fini"),
        ("2019-01-01", "The history begins on", "L’historique commence le"),
        ("9999-12-31", "neither a position of the history nor a day", "ni une position de l’historique ni un jour"),
        ("2026-13-01", "neither a position of the history nor a day", "ni une position de l’historique ni un jour"),
        ("yesterday", "neither a position", "ni une position"),
        ("١٢", "neither a position", "ni une position"),
        ("<script>", "neither a position", "ni une position"),
        ("9" * 500, "neither a position", "ni une position"),
    ],
)
def test_what_is_no_moment_is_refused_in_words(shown: Site, at: str, english: str, french: str) -> None:
    for language, words in (("en", english), ("fr", french)):
        answer = shown.http.get(
            "/portfolio",
            params={"at": at},
            headers={"Accept": "text/html", "Cookie": f"language={language}; as=administrator"},
        )
        assert answer.status_code in (400, 422)
        assert words in plain(unescape(answer.text))
        assert "As it was believed" not in answer.text


def test_who_sees_nothing_of_it_today_sees_nothing_of_what_was(shown: Site) -> None:
    assert shown.get(then("/contracts/school-meals"), who="hr").status_code == 404
    assert "school-meals" not in shown.page(then("/portfolio"), who="hr")
    assert "school-meals" in shown.page(then("/portfolio"), who="kitchen")


def test_pages_that_mean_only_the_present_say_so_and_keep_the_moment(shown: Site) -> None:
    for path in ("/quarantine", "/search?q=meals", "/style", "/new-contract"):
        page = shown.page(then(path))
        assert "This page shows the present" in page, path
        assert f'href="/portfolio?at={shown.path("{then}")}"' in page
    answer = shown.get(then("/history"), follow_redirects=False)
    assert answer.headers["location"] == shown.path("/history?position={then}")


@pytest.mark.parametrize("path", ["/", "/contracts", "/services/kitchen"])
def test_no_moment_lies_between_two_entries_that_were_stored_at_once(shown: Site, path: str) -> None:
    history = shown.town.program.store.history
    created = {entry.topic: entry.position for entry in history.read(0, 200) if entry.topic.endswith(".created")}
    assert {"entente.contract.created", "entente.service.created"} <= set(created)
    for position in created.values():
        assert shown.get(f"{path}?at={position}").status_code in (200, 404)


def test_a_service_of_then_names_its_tools_and_offers_to_change_none(shown: Site) -> None:
    page = shown.page(then("/services/kitchen"))
    assert "gate-scanner/ferry" in page
    assert "/edit" not in page


def test_a_file_of_then_holds_what_was_believed(shown: Site) -> None:
    now = shown.page("/exports/breaches.csv").splitlines()
    before = shown.page(then("/exports/breaches.csv", "2026-06-30")).splitlines()
    assert 1 < len(before) < len(now)
    assert set(before) - set(now) != set() or set(before) <= set(now)


def test_the_history_leads_to_the_pages_of_its_moment_and_names_what_changed(shown: Site) -> None:
    page = shown.page("/history?position={before}&contract=school-meals")
    assert shown.path('href="/contracts/school-meals?at={before}"') in page
    assert "2026-11-17" not in re.findall(r"<td data-label=\"What changed it\">([^<]*)", page)
    changed = page.partition("What has changed since")[2] or page
    assert re.search(r'<a href="/history\?position=\d+">[A-Z][^<\d]+', changed)


def test_the_history_opens_without_the_steps_of_time(shown: Site) -> None:
    page = shown.page("/history")
    assert 'data-label="Kind">Time<' not in page
    assert 'href="/history?kind=all">All, time too' in page
    assert 'data-label="Kind">Time<' in shown.page("/history?kind=all")


def test_a_link_with_quotes_leads_to_the_same_moment_as_others() -> None:
    """Templates write quotes in their own way."""
    for where in ("/breaches", "/search?text=l'été", '/search?text="a"&n=1'):
        written = as_it_was(str(Markup('<main><a href="{}">x</a></main>').format(where)), "2026-11-16", is_past=True)
        assert "at=2026-11-16" in written, where
