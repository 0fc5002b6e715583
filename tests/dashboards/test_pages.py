"""The pages over the town: what each says, to whom, in which language, and how little it weighs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from dashboards.pages.excuses.page import event_said
from domain.events import OperationalEvent
from entente.settings import Settings
from entente.wiring import program
from tests.dashboards.told import ODD, TICKETS
from tests.dashboards.town import AGREED, FAULTS, HEADCOUNT, HOUR, LATE, MEALS_ON_TIME, Clock, Town, empty_town
from tests.dashboards.visiting import ADDRESS, Site, visited
from tests.given import at, contract, criterion, event, structured, turnaround
from tests.services.judged import Life

PAGES = (
    "/",
    "/?scope=all",
    "/portfolio",
    "/contracts",
    "/contracts/school-meals",
    "/contracts/school-meals/versions/3",
    "/contracts/hostile",
    "/commitments/school-meals/midday-ferry/on-time",
    "/commitments/school-meals/midday-ferry/on-time?period=all&verdict=late",
    "/commitments/school-meals/midday-ferry/on-time?slice=weekday&period=all",
    "/commitments/school-meals/midday-ferry/on-time?slice=hour",
    "/commitments/school-meals/midday-ferry/on-time/explain?key=2026-11-03",
    "/commitments/school-meals/menus/on-time",
    "/commitments/school-meals/headcount/on-time",
    "/commitments/legal-opinions/file/complete",
    "/commitments/it-support/faults/fixed",
    "/commitments/hostile/staff/on-time",
    "/calendars",
    "/calendars/city-office/edit",
    "/services/kitchen/edit",
    "/new-service",
    "/new-source",
    "/sources/edit?source=gate-scanner/ferry",
    "/connect",
    "/connect?source=gate-scanner/ferry",
    "/breaches",
    "/causes",
    "/repeats",
    "/repeats?contract=school-meals&since=2026-01-01",
    "/excuses",
    "/excuses/ask?scope=school-meals",
    f"/excuses/ask?scope={MEALS_ON_TIME}&key=2026-11-03",
    "/excuses/{asked}",
    "/excuses/{refused}",
    "/excuses/{disputed}",
    "/breaches?state=all",
    "/breaches/{late}",
    "/breaches/{lost}",
    "/actions",
    "/actions?state=all",
    f"/new-action?commitment={MEALS_ON_TIME}",
    f"/reminders/new?commitment={MEALS_ON_TIME}&key=2026-11-16",
    f"/errands/hand-on?thing=breaches:{MEALS_ON_TIME}",
    "/actions/{open}",
    "/actions/{closed}",
    "/reviews",
    "/reviews/legal-opinions@2026-11-10",
    "/reviews/legal-opinions@2026-11-10/pack",
    "/reviews/legal-opinions@2026-11-10/together",
    "/reviews/legal-opinions@2026-11-10/minutes",
    "/quarantine",
    "/history",
    "/history?date=2026-11-17&time=08:00",
    "/history?position={then}&contract=school-meals",
    "/history?kind=decisions&q=road",
    "/history?step=20",
    "/search",
    "/search?q=meals",
    "/search?q=2026-11-03",
    "/search?q=<script>nothing</script>",
    "/contracts?service=kitchen",
    "/services/kitchen",
    "/services/education",
    "/new-contract",
    "/style",
    "/accessibility",
)
HEAVIEST = 150_000


class Structure(HTMLParser):
    """What a page is made of: its headings, its tags in balance, what it loads, where it leads."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "circle", "path", "rect"})

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[str] = []
        self.attributes: set[str] = set()
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.attributes |= set(values)
        if tag not in self.VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in ("link", "script", "img", "iframe") and values.get("rel") != "prev":
            self.loads.append(values.get("href") or values.get("src") or tag)
        if tag == "a":
            self.links.append(values["href"])
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "label":
            self.labels.add(values["for"])
        if tag in ("textarea", "select") and "aria-label" not in values:
            self.fields.append(values["id"])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_well_made(shown: Site, path: str, language: str) -> None:
    html = shown.page(path, language)
    made = Structure(html)
    assert made.open == []
    assert made.headings.count(1) == 1
    assert made.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(made.headings, made.headings[1:], strict=False))
    assert len(made.ids) == len(set(made.ids))
    assert set(made.fields) <= made.labels
    assert f'<html lang="{language}">' in html
    assert len(html.encode()) < HEAVIEST


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_a_script_a_style_attribute_or_another_host(shown: Site, path: str) -> None:
    html = shown.page(path)
    made = Structure(html)
    assert all(link.startswith("/") and not link.startswith("//") for link in made.loads)
    assert all(link.startswith(("/", "#")) for link in made.links)
    assert "style" not in made.attributes
    assert not {name for name in made.attributes if name.startswith("on")}
    assert not re.search(r'<script(?! src="/static/(?:keys|live)-[0-9a-f]{12}\.js" defer></script>)', html)
    assert not re.search(r"https?://(?!www\.w3\.org)", html.replace(ADDRESS, ""))  # what tools are told is no link


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_how_far_it_knows(shown: Site, path: str) -> None:
    html = shown.page(path)
    if not path.endswith(("/pack", "/minutes")):
        assert "Events received up to Tuesday 17\u00a0November\u00a02026, 10:42 (Paris)" in html
        assert f"Judged to position {shown.town.program.store.seeing.known().position:,}".replace(",", "\u202f") in html


def test_names_are_shown_and_never_run(shown: Site) -> None:
    for path in ("/", "/contracts", "/contracts/hostile", "/commitments/hostile/staff/on-time", "/breaches?state=all"):
        html = shown.page(path)
        assert "<img" not in html
        assert "<b>Staff" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.page("/contracts")
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in shown.page("/quarantine")


def test_what_browsers_may_do_is_said_in_headers(shown: Site) -> None:
    headers = shown.get("/").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "'unsafe-inline'" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_the_style_sheet_has_a_name_that_changes_with_it(shown: Site) -> None:
    [address] = re.findall(r'href="(/static/entente-[0-9a-f]{12}\.css)"', shown.get("/").text)
    answer = shown.get(address)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert shown.get("/static/entente-000000000000.css").status_code == 404
    assert shown.get("/static/icon.svg").status_code == 200
    assert shown.get("/favicon.ico", follow_redirects=False).status_code == 308


def test_colours_are_the_systems_until_others_are_chosen(shown: Site) -> None:
    assert "data-theme" not in shown.page("/portfolio")
    chosen = shown.get("/theme/dark?back=/portfolio", follow_redirects=False)
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/portfolio")
    assert chosen.headers["set-cookie"].startswith("theme=dark; HttpOnly; Max-Age=")
    for cookie, theme in (("dark", "dark"), ("light", "light"), ("system", ""), ("'><b>", "")):
        html = shown.http.get("/portfolio?x=1", headers={"Cookie": f"theme={cookie}; language=fr"}).text
        assert re.findall(r'<html lang="fr"(?: data-theme="(\w+)")?>', html) == [theme]
        current = re.findall(r'<a href="/theme/(\w+)\?back=%2Fportfolio%3Fx%3D1" aria-current="true">', html)
        assert current == [theme or "system"]
    assert shown.get("/theme/loud", follow_redirects=False).status_code == 404
    elsewhere = shown.get("/theme/light?back=//elsewhere.example", follow_redirects=False)
    assert elsewhere.headers["location"] == "/"


def test_the_portfolio_draws_each_disc_once_and_refers_to_it(shown: Site) -> None:
    html = shown.page("/portfolio")
    used = re.findall(r'<use href="#([\w-]+)"/>', html)
    assert used
    assert all(html.count(f'<g id="{one}">') == 1 for one in used)


def test_the_portfolio_counts_who_owes_whom(shown: Site) -> None:
    html = shown.page("/portfolio")
    assert re.search(r'<th scope="row"><a [^>]*href="/services/kitchen">Central kitchen', html)
    assert "10 commitments between 7 services" in html
    assert "1 is not monitored" in html
    assert "external" in html


def test_the_most_exposed_commitments_come_first(shown: Site) -> None:
    html = shown.page("/portfolio")
    states = re.findall(r'<td><span class="sign w-\w+">.*?<span>([^<]+)</span>', html, flags=re.DOTALL)
    order = ["lost", "breached", "tight", "no data", "on track", "met"]
    assert states == sorted(states, key=order.index)
    assert len(states) == 10


def test_a_contract_shows_both_sides_its_proposal_and_its_versions(shown: Site) -> None:
    html = shown.page("/contracts/school-meals", "fr")
    assert "Cuisine centrale <span" in html
    assert "La version 3 attend la signature d’Éducation." in html
    assert "Lire et signer" in html
    assert "chaque lundi, mardi, jeudi et vendredi avant 11\u00a0h, 10\u00a0min de tolérance" in html
    assert "A quarter past is too early." in html
    assert "au sujet de Effectifs du jour · à l&#39;heure" in html


def test_a_commitment_opens_with_what_is_true_now(shown: Site) -> None:
    html = shown.page(f"/commitments/{MEALS_ON_TIME}")
    assert "Central kitchen owes Education: every Monday, Tuesday, Thursday and Friday by 11:00" in html
    assert "November 2026 stands at" in html
    assert html.count('class="fluid') + html.count("narrow fluid") >= 2


def test_a_contract_shows_its_weighted_score(shown: Site) -> None:
    cut = shown.page("/contracts/school-meals")
    assert "the weight of what is kept" in cut
    assert re.search(r"<strong>[\d.]+\u202f%</strong>", cut)


def test_the_weekday_that_stands_lowest_is_one_click_away(shown: Site) -> None:
    path = f"/commitments/{MEALS_ON_TIME}"
    assert "slice=weekday#slices" in shown.page(path)
    cut = shown.page(f"{path}?slice=weekday&period=all")
    assert re.search(r"(Mon|Tues|Wednes|Thurs|Fri)day stands lowest, with [\d.]+\u202f% \(\d+ of \d+\)\.", cut)
    assert "jour de la semaine" in shown.page(path, "fr")
    assert "Cut by" in shown.page(f"{path}?slice=data.none")


def test_an_explanation_opens_under_its_row_and_stands_alone(shown: Site) -> None:
    html = shown.page(f"/commitments/{MEALS_ON_TIME}?period=2026-11&why={LATE}")
    assert "Why this is late" in html
    assert "A delivery at or before" in html
    assert "gate-scanner/ferry, g-8813" in html
    alone = shown.page(f"/commitments/{MEALS_ON_TIME}/explain?key={LATE}", "fr")
    assert "Pourquoi ce constat\u00a0: en retard" in alone


def test_occurrences_are_listed_newest_first_by_pages(shown: Site) -> None:
    first, second = (shown.page(f"/commitments/{FAULTS}?period=all{more}") for more in ("", "&page=2"))
    keys = [re.findall(r'class="id c-case">([^<]+)<', html) for html in (first, second)]
    numbers = [[one for one in each if one.startswith("INC-")] for each in keys]
    assert keys[0][0] == shown.town.names["ticket"]
    assert [len(one) for one in keys] == [40, 40]
    assert numbers[0] == sorted(numbers[0], reverse=True)
    assert numbers[1][0] < numbers[0][-1]
    assert "page 1 of 9" in first


def test_a_commitment_lists_misses_and_the_last_five_and_folds_the_others(shown: Site) -> None:
    page = shown.page(f"/commitments/{FAULTS}?period=2026-10")
    first, _, folded = page.partition('id="ledger"')[2].partition("<details")
    shown_first, hidden = (
        re.findall(r'class="c-verdict"><span class="sign w-(\w+)"', html) for html in (first, folded)
    )
    assert shown_first.count("kept") == 5
    assert set(shown_first) > {"kept"}
    assert set(hidden) == {"kept"}
    assert "On this page" in page
    for place in ("now", "every", "ledger", "slices", "figure", "agreed"):
        assert f'href="#{place}"' in page
        assert page.count(f'id="{place}"') == 1


def test_paper_says_whose_page_it_is_and_where_it_stands(shown: Site) -> None:
    assert "Ville de Valmoray · 127.0.0.1/contracts/school-meals</span>" in shown.page("/contracts/school-meals")
    assert "stands" not in shown.page("/style").partition("<footer")[2]


def test_dates_far_ahead_do_not_hide_what_was(shown: Site) -> None:
    html = shown.page(f"/commitments/{MEALS_ON_TIME}")
    listed = re.findall(r'class="c-verdict"><span class="sign w-\w+">.*?<span>([^<]+)</span>', html, flags=re.DOTALL)
    assert listed[0] == "at risk"
    assert listed[1:].count("to come") == 0
    assert "7 more to come" in html


@pytest.mark.parametrize("query", ["?page=0", "?page=-3", "?page=99999", "?verdict=nonsense", "?period=2099-01"])
def test_odd_addresses_show_a_page(shown: Site, query: str) -> None:
    assert shown.get(f"/commitments/{MEALS_ON_TIME}{query}").status_code == 200


def test_an_address_that_means_nothing_is_refused_in_the_frame(shown: Site) -> None:
    answer = shown.get("/portfolio?page=many")
    assert answer.status_code == 400
    assert "<nav" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/contracts/none",
        "/commitments/a/b/c",
        "/breaches/none",
        "/actions/none",
        "/reviews/none",
        "/nowhere",
        "/contracts/school-meals/versions/9",
        f"/commitments/{MEALS_ON_TIME}?why=none",
    ],
)
def test_what_is_not_there_is_said_in_the_same_frame(shown: Site, path: str) -> None:
    answer = shown.get(path, "fr")
    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.text
    assert "<nav" in answer.text


def test_a_service_sees_only_what_concerns_it(shown: Site) -> None:
    html = shown.page("/portfolio", who="kitchen/marc.olivier")
    assert "Midday meals" in html
    assert "Pay slips" not in html
    answer = shown.get("/contracts/payroll", who="kitchen/marc.olivier")
    assert answer.status_code == 404


def test_thousands_of_occurrences_are_counted_not_drawn(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'town.db'}"
    with program(Settings(store=url)) as opened:
        life = Life(opened.store, opened.door)
        life.sign(contract(criterion(turnaround())))
        life.append([structured(one) for one in case_events(6_000)])
        life.advance("2026-06-30 12:00")
        with visited(Town(opened, Clock())) as site:
            for path in ("/", "/contracts/c", "/commitments/c/d/on-time", "/commitments/c/d/on-time?period=all"):
                html = site.page(path)
                assert len(html.encode()) < HEAVIEST
            assert "in the last periods" in site.page("/commitments/c/d/on-time")


def case_events(many: int) -> Iterator[OperationalEvent]:
    """Spread over half a year; one in forty is closed too late."""
    first = at("2026-01-01 08:00")
    for number in range(many):
        opened = first + number * 180 * 24 * HOUR // many
        yield event("opened", opened, f"INC-{number}")
        yield event("closed", opened + (5 if number % 40 == 17 else 1) * HOUR, f"INC-{number}")


def test_empty_pages_say_why_and_what_comes_next() -> None:
    with empty_town() as town, visited(town) as site:
        for path, words in {
            "/": "Nothing is owed yet.",
            "/contracts": "There is no contract that concerns you.",
            "/breaches": "No breach here.",
            "/actions": "No action here.",
            "/excuses": "No excuse here.",
            "/reviews": "No review is planned.",
            "/quarantine": "Nothing is in quarantine.",
        }.items():
            html = site.page(path)
            assert words in html
            assert "No time was declared yet" in html
            for code in ("en", "fr"):  # what is empty is said once
                assert not re.search(r'class="lede">0\b', site.page(path, code)), path


def test_states_in_french_agree_with_what_the_page_is_of(shown: Site) -> None:
    tabs = shown.page("/actions?state=all", "fr").partition("<table")[0]
    assert all(f">{one} <span" in tabs for one in ("Ouverte", "Close", "Sans objet"))
    assert ">Retiré <span" in shown.page("/breaches?state=all", "fr").partition("<table")[0]


def test_whoever_is_asked_to_say_something_is_told_so_in_person(shown: Site) -> None:
    ids = sorted(set(re.findall(r'href="/breaches/([^"?]+)"', shown.page("/breaches?state=all"))))
    asked = [("kitchen/marc.olivier", id) for id in ids] + [("administrator", id) for id in ids]
    answers = [shown.get(f"/breaches/{id}", "fr", who) for who, id in asked]
    said = [one.text for one in answers if one.status_code == 200]
    assert any("C’est à vous de dire ce qui s’est passé" in one for one in said)
    assert any("de dire ce qui s’est passé" in one and "à vous" not in one for one in said)


def test_a_commitment_without_figures_or_events_still_has_its_page() -> None:
    with empty_town() as town, visited(town) as site:
        town.agree(AGREED, "supplier", "client")
        assert "November 2025: nothing was judged yet." in site.page(f"/commitments/{MEALS_ON_TIME}")
        assert "no data" in site.page("/portfolio")
        assert site.page("/contracts/school-meals")


def test_a_key_with_any_character_can_be_explained(shown: Site) -> None:
    html = shown.page(f"/commitments/{FAULTS}?period=2026-11")
    assert str(escape(ODD)) in html
    [address] = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*why=a%2Fb[^"]*)#why"', html)}
    assert "Why this is" in shown.page(address)


def test_a_lost_period_says_how_many_misses_it_has_instead_of_what_is_left(shown: Site) -> None:
    html = shown.page("/commitments/payroll/slips/on-time")
    assert "misses: more than the target allows" in html
    assert "misses left" not in html


def test_an_action_without_words_is_named_by_its_cause(shown: Site) -> None:
    for path in ("/actions", "/actions/{open}", "/breaches/{lost}"):
        assert "Mend what led to a breach: target lost</" in shown.page(path)


def test_an_excuse_offers_what_is_left_to_decide(shown: Site) -> None:
    asked, refused, disputed = (shown.page(f"/excuses/{{{name}}}") for name in ("asked", "refused", "disputed"))
    for html, verbs in ((asked, "accept refuse"), (refused, "accept dispute"), (disputed, "accept refuse")):
        offered = [verb for verb in ("accept", "refuse", "dispute") if f'/{verb}" class="stack"' in html]
        assert offered == verbs.split()
    assert "waits for the arbiter" in disputed
    assert "underneath" not in asked
    assert shown.path("/excuses/{asked}") in shown.page(f"/commitments/{MEALS_ON_TIME}")


def test_an_excuse_says_by_which_rule_it_failed_and_what_the_events_say_and_a_dispute_ends_with_its_answer(
    shown: Site,
) -> None:
    asked, disputed = (shown.page(f"/excuses/{{{name}}}") for name in ("asked", "disputed"))
    assert "By version " in asked.partition("The rule")[2][:80]
    assert "the other party may dispute" in asked
    assert "goes on counting, for good" in disputed
    assert "the other party may dispute" not in disputed
    assert event_said(happened(temperature=55, missing_meals=0, by="Ann")) == (
        "by: Ann · missing meals: 0 · temperature: 55"
    )
    assert event_said(happened(at={"x": 1})) == '{"at":{"x":1}}'


def happened(**said: Any) -> OperationalEvent:
    return event("item", "2026-11-16 09:00", **said)


def test_what_the_platform_wrote_is_said_with_titles_and_dates(shown: Site) -> None:
    for path in ("/excuses/{proposed}", "/contracts/school-meals", "/?scope=all&whole=answer"):
        html = shown.page(path)
        assert "Headcount of the day · on time, Tue 6 Oct 2026: late" in html.replace("\xa0", " ")
        assert f"{HEADCOUNT} 2026-10-06: late" not in html


def test_an_item_is_named_by_its_time_and_its_key_is_a_detail(shown: Site) -> None:
    html = shown.page("/breaches/{item}")
    assert "event of Tue 20 Oct, 16:20" in html.replace("\xa0", " ")
    assert '<span class="second id" translate="no">kitchen/menus#menus-2026-10-20</span>' in html
    assert "kitchen/menus#menus-2026-10-20" not in shown.page("/breaches?state=all")


def test_an_excuse_is_asked_where_what_it_is_about_stands(shown: Site) -> None:
    for path in (
        f"/commitments/{MEALS_ON_TIME}/explain?key={LATE}",
        f"/commitments/{MEALS_ON_TIME}",
        "/contracts/school-meals",
    ):
        assert 'action="/excuses/ask"' in shown.page(path)
        assert 'action="/excuses/ask"' not in shown.page(path, who="auditor")
    assert f'name="key" value="{LATE}"' in shown.page(f"/excuses/ask?scope={MEALS_ON_TIME}&key={LATE}", "fr")
    accepted = shown.path("/excuses/{asked}/accept")
    assert accepted in shown.page("/contracts/school-meals")
    assert accepted not in shown.page("/contracts/school-meals", who="auditor")


def test_the_history_says_what_was_known_at_a_moment(shown: Site) -> None:
    now = shown.page("/history")
    assert "Not yet known above" not in now
    assert "entente --as auditor export bundle.zip" in now
    assert "entente --as kitchen export bundle.zip" in shown.page("/history", "fr", who="kitchen")
    then = shown.page("/history?date=2026-11-17&time=08:00&kind=all")
    assert "History as of Tue\xa017\xa0Nov\xa02026, 08:00" in then
    assert then.index("excuse accepted") < then.index("Not yet known above") < then.index("all events up to")
    assert re.search(r">10\sdays later<", then)
    assert "&lt;script&gt;alert(3)&lt;/script&gt;" in then
    assert f"/commitments/{MEALS_ON_TIME}/explain?key={LATE}" in then
    assert "Tue\xa03\xa0Nov\xa02026" in then
    found = shown.page("/history?q=ROAD")
    assert "The road was closed." in found
    assert "meal.delivered" not in found
    assert shown.path('href="/excuses/{accepted}"') in shown.page("/history?position={then}")


def test_what_has_changed_since_a_moment_is_compared_figure_by_figure(shown: Site) -> None:
    """Between the two an excuse of two days in January was accepted; and today a headcount is missing."""
    html = shown.page("/history?position={before}&contract=school-meals")
    assert "January 2026" in html
    assert "13 of 16" in html
    last = shown.town.program.store.seeing.known().position
    assert "Every figure is what it was then." in shown.page(f"/history?position={last - 1}&contract=school-meals")


@pytest.mark.parametrize(
    "query", ["position=x", "date=2026-02-30", "time=99:99&date=2026-02-01", "step=-4", f"position={'9' * 30}"]
)
def test_a_moment_that_is_none_is_refused_in_the_frame(shown: Site, query: str) -> None:
    answer = shown.get(f"/history?{query}")
    assert answer.status_code == 400
    assert "<nav" in answer.text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_style_page_shows_every_mark_token_and_chart(shown: Site, language: str) -> None:
    html = shown.page("/style", language)
    assert html.count('class="chart-sample"') == 12
    assert html.count("<svg") > 40
    assert 'class="sample tokens-dark"' in html
    assert "style.sample" not in html
    [address] = re.findall(r'href="(/static/entente-[0-9a-f]{12}\.css)"', html)
    assert re.search(r"\.tokens-dark\{[^}]*--paper:#131416", shown.get(address).text)


def test_the_most_exposed_are_drawn_small_and_all_on_one_scale(shown: Site) -> None:
    html = shown.page("/portfolio")
    drawn = re.search(r'<ul class="multiples">.*?</ul>', html, re.DOTALL)
    assert drawn
    assert drawn[0].count("<li>") == 10
    assert 'class="target-dash"' in drawn[0]
    assert re.search(r"lines: \d+\s?% to 100\s?%", html)


def test_a_tool_that_was_not_heard_for_longer_than_expected_is_said_to_be_silent(shown: Site) -> None:
    rows = re.findall(r'<tr><td><strong class="id">(.*?)</strong>(.*?)</tr>', shown.page("/quarantine"), re.DOTALL)
    said = {name: ("silent" in row, "nothing yet" in row, "declared by nobody" in row) for name, row in rows}
    assert said["desk/tickets"] == (False, False, False)
    assert said["gate-scanner/ferry"] == (True, False, False)
    assert said["kitchen/erp"] == (True, True, False)
    assert said["&lt;script&gt;alert(5)&lt;/script&gt;"] == (False, False, True)


def test_a_calendar_says_its_week_the_days_that_differ_and_when_it_ends(shown: Site) -> None:
    html = shown.page("/calendars", "fr")
    assert (
        '<strong>lundi – vendredi</strong></td><td data-label="Ouvert">9\u00a0h – 12\u00a0h, 13\u00a0h – 17\u00a0h</td>'
        in html
    )
    assert '<strong>samedi – dimanche</strong></td><td data-label="Ouvert">fermé</td>' in html
    assert '<strong>lundi – dimanche</strong></td><td data-label="Ouvert">toute la journée</td>' in html
    for said in ("jour férié", "autres horaires", "fermeture", "se termine le jeu."):
        assert said in html
    *named, of_one_contract = re.findall(r'<h2 id="calendar-\d+">([^<]*)', html)
    assert named == sorted(named) != []
    assert of_one_contract == "Du contrat"


def test_what_is_asked_about_is_on_the_page_that_opens(shown: Site) -> None:
    """Whichever page, period or verdict the address names besides; the pages of a list move while it is looked at."""
    keys = [one["key"] for one in shown.stored(f"/occurrences?commitment={FAULTS}")]
    assert len(keys) == TICKETS
    for key in (keys[0], keys[len(keys) // 2], keys[-1]):
        for asked in ("period=all", "period=all&page=2", "period=2026-11", "period=all&verdict=late", "period=nothing"):
            html = shown.page(f"/commitments/{FAULTS}?{asked}&why={key}")
            opened = re.search(r'<tr class="open" id="why">(.*?)</tr>', html, re.DOTALL)
            assert opened, (key, asked)
            assert key in opened[1]
            assert html.count('class="unfolded"') == 1
            if asked in ("period=all", "period=all&page=2"):
                assert html.count('"c-verdict"') <= 40, "it stands among the others, not apart"


def test_what_is_not_monitored_stands_among_the_marks_and_the_words(shown: Site) -> None:
    for path in ("/style", "/words"):
        assert "not monitored" in shown.page(path), path
        assert "non suivi" in shown.page(path), path
