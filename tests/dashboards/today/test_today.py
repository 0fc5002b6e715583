"""Today: what is missing, at risk, to sign and to answer, one's own first."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from services.access import ADMINISTRATOR, PLATFORM
from services.contracts.contracting import Contracting
from services.reviews.rows import WAITS_FOR_SIGNATURES
from tests.dashboards.town import DAY, MEALS_ON_TIME, MINUTE, NOW, TODAY, Town, empty_town
from tests.dashboards.visiting import Site, visited
from tests.given import at, contract, criterion, document, event, punctuality, structured


def section(html: str, title: str) -> str:
    found = re.search(rf"<h2[^>]*>{title}</h2>(.*?)</section>", html, re.DOTALL)
    assert found, title
    return found[1]


def heading(html: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", html, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found[1])


def test_it_is_the_first_page_and_opens_with_what_is_true(shown: Site) -> None:
    html = shown.page("/")
    assert '<a href="/" aria-current="page">Today</a>' in html
    assert re.search(r'<h1><span class="w-(miss|late)">\d+ (is|are) ', html)
    assert "commitments are on track." in html


def test_what_waits_for_the_reader_is_listed_with_one_verb_each(shown: Site) -> None:
    waiting = section(shown.page("/"), "To sign and answer")
    assert "Read and sign" in waiting
    assert waiting.count("<li>") == len(re.findall(r'<a class="button', waiting))
    assert waiting.count("primary") == 1


def test_a_signature_is_asked_only_of_who_has_to_give_it(shown: Site) -> None:
    kitchen, education = (
        section(shown.page("/", who=who), "To sign and answer")
        for who in ("kitchen/marc.olivier", "education/nadia.ferrand")
    )
    assert ("Read and sign" in kitchen, "Read and sign" in education) == (False, True)


def test_an_auditor_reads_and_is_asked_for_nothing(shown: Site) -> None:
    assert "To sign and answer" not in shown.page("/", who="auditor")


def test_one_s_own_is_one_click_away_and_says_what_else_there_is(shown: Site) -> None:
    every, own = (shown.page(path, who="kitchen/marc.olivier") for path in ("/", "/?scope=own"))
    assert 'href="/?scope=all" aria-current="true"' in every
    assert 'href="/?scope=own" aria-current="true"' in own
    assert ("under Everything" in heading(every), "under Everything" in heading(own)) == (False, True)


@pytest.mark.parametrize(
    ("who", "language", "words"),
    [
        ("education/nadia.ferrand", "en", "2 are missing that you are owed, 1 that you owe"),
        ("kitchen/marc.olivier", "en", "1 is missing that you are owed, 2 that you owe"),
        ("education/nadia.ferrand", "fr", "2 manquantes qui vous sont dues, 1 que vous devez"),
        ("kitchen/marc.olivier", "fr", "1 manquante qui vous est due, 2 que vous devez"),
        ("administrator", "en", "3 are missing"),
        ("auditor", "fr", "3 manquantes"),
    ],
)
def test_what_one_is_owed_is_said_as_what_one_owes(shown: Site, who: str, language: str, words: str) -> None:
    html = shown.page("/", language, who)
    assert heading(html).startswith(words)
    titles = {"en": "Missing", "fr": "Manquantes"}
    assert section(html, titles[language]).count("<li>") == 3


def test_a_list_that_is_cut_counts_everything_and_leads_to_all_of_it(site: Site) -> None:
    """The gate says that it was wrong: nothing came in the last two weeks."""
    gate = [event("meal.delivered", NOW, None, id=f"void-{day}", source="gate-scanner/ferry") for day in CAME]
    voided = [replace(one, voids=f"meal.delivered/{day}") for one, day in zip(gate, CAME, strict=True)]
    site.town.hear(*map(structured, voided))
    html = site.page("/?scope=all")
    total = int(re.search(r"<h2>Missing</h2><p>(\d+)</p>", html)[1])  # type: ignore[index]
    late = section(html, "Missing")
    assert total == 3 + len(CAME)
    assert heading(html).startswith(f"{total} are missing")
    assert late.count("<li>") < total
    assert f">{total - late.count('<li>')} more</a>" in late
    more = re.search(r'href="(/\?scope=all&amp;whole=late#late)"', late)
    assert more
    assert section(site.page(unescape(more[1])), "Missing").count("<li>") == total


CAME = ("2026-11-05", "2026-11-06", "2026-11-09", "2026-11-10", "2026-11-12")
"""Meals."""


def test_what_is_at_risk_says_how_long_is_left(shown: Site) -> None:
    risk = section(shown.page("/?scope=all"), "At risk")
    assert risk.count("<li>") == len(re.findall(r"left</strong>", risk)) > 0


def test_an_empty_store_says_what_comes_next() -> None:
    with empty_town() as town, visited(town) as site:
        assert "Nothing is owed yet." in site.page("/")


def test_it_speaks_french(shown: Site) -> None:
    html = shown.page("/", "fr")
    for words in ("Aujourd’hui", "À signer, à répondre", "Cette semaine", "Le plus exposé", "Prochaines revues"):
        assert words in html


def test_the_day_is_drawn_with_what_is_loud_by_name_and_listed(shown: Site) -> None:
    html = shown.page("/?scope=all")
    drawn = re.search(r'<svg class="wide dayline".*?</svg>', html, re.DOTALL)
    assert drawn
    assert 'aria-label="5 things fall due today"' in drawn[0]
    assert ">Midday meals, Jules-Ferry, at risk</text>" in drawn[0]
    assert ">10:42</text>" in drawn[0]
    listed = section(html, "Today, hour by hour") if "<h2>Today, hour" in html else html
    assert listed.count('class="now-rule"') == 1
    assert re.search(r"now-rule.*at risk", listed, re.DOTALL)


def test_a_member_sees_what_it_is_owed_above_and_what_it_owes_below(shown: Site) -> None:
    html = shown.page("/?scope=all", who="kitchen/marc.olivier")
    assert ">You are owed</text>" in html
    assert ">You owe</text>" in html
    assert ">Owed by suppliers</text>" in shown.page("/")


def test_nothing_due_today_draws_no_day(site: Site) -> None:
    site.town.advance(at("2026-11-22 12:00"))
    assert "dayline" not in site.page("/")


@pytest.mark.parametrize(("language", "words"), [("en", "not judged yet"), ("fr", "pas encore jugée")])
def test_a_time_that_has_passed_is_not_said_to_be_left(site: Site, language: str, words: str) -> None:
    """Judging is behind: everywhere that something pends, what was due meanwhile is said not to be judged."""
    limit = at("2026-11-17 11:10")
    where = (
        "/?scope=all",
        f"/commitments/{MEALS_ON_TIME}?period=all&why={TODAY}",
        "/contracts/school-meals",
        "/portfolio",
    )
    early = [site.page(path, language) for path in where]
    site.town.clock.now = limit + MINUTE
    for path, then in zip(where, early, strict=True):
        now = site.page(path, language)
        visible = [re.sub(r'data-over="[^"]*"', "", html) for html in (then, now)]
        assert [words in html for html in visible] == [False, True], path
        assert f'data-until="{limit}"' not in now, path


def test_what_was_taken_to_the_arbiter_is_listed_for_the_arbiter_alone(shown: Site) -> None:
    listed = [
        shown.path("/excuses/{disputed}") in section(shown.page("/?whole=answer", who=who), "To sign and answer")
        for who in ("kitchen/marc.olivier", "education/nadia.ferrand", "administrator")
    ]
    assert listed == [False, False, True]


def test_what_is_missing_in_a_time_that_is_ahead_of_ours_is_not_late_for_some_days() -> None:
    with empty_town() as town, visited(town) as site:
        town.clock.now = NOW
        town.program.store.use(Contracting).apply(
            ADMINISTRATOR,
            document(contract(criterion(punctuality()), valid={"from": "2026-11-16"})),
            sign=("supplier", "client"),
            backfill=True,
        )
        pass_time(town, NOW - 5 * DAY)
        pass_time(town, NOW, "c")
        ahead = section(site.page("/"), "Missing")
        pass_time(town, NOW)
        assert not re.search(r">For \d", ahead)
        assert ">Due " in ahead
        assert re.search(r">For \d", section(site.page("/"), "Missing"))


def pass_time(town: Town, to: int, contract: str | None = None) -> None:
    town.program.store.timekeeping.advance(PLATFORM, to, contract=contract)
    town.judge()


def test_what_is_not_listed_is_counted_with_what_waits() -> None:
    """Each contract has a row for all its reviews."""
    with empty_town() as town, visited(town) as site:
        weekly = {"every": "FREQ=WEEKLY;BYDAY=MO", "at": "10:00", "duration": "1 h"}
        town.clock.now = at("2026-01-02T12:00:00+01:00")
        for number in range(14):
            tree = contract(criterion(punctuality()), id=f"c{number}", valid={"from": "2026-01-05"}, review=weekly)
            town.agree(tree, "supplier", "client")
        for week in range(2):
            town.advance(at("2026-01-05T12:00:00+01:00") + 7 * week * DAY)
        waiting = section(site.page("/"), "To sign and answer")
        assert re.match(r"<p>56</p>", waiting), "of each a breach, its action, and two reviews"
        assert waiting.count("<li>") < 42
        more = re.search(r'href="(/\?[^"]*whole=[^"]*)"', waiting)
        assert more
        assert section(site.page(unescape(more[1])), "To sign and answer").count("<li>") == 42, "two are one row"


OFFERS = {"Sign the review": "/sign", "Read and sign": "/sign", "Explain": "/explain"}
"""What Today asks for, and what the form ends in that does it."""


@pytest.mark.parametrize("who", ["administrator", "kitchen/marc.olivier", "education/nadia.ferrand"])
def test_what_is_asked_for_is_what_the_page_behind_it_asks_for(shown: Site, who: str) -> None:
    offered = re.findall(
        r'<a class="button[^"]*" href="([^"]+)">([^<]+)<', section(shown.page("/", who=who), "To sign and answer")
    )
    assert offered
    for path, verb in offered:
        if verb in OFFERS:
            assert re.search(rf'action="[^"]*{OFFERS[verb]}"', shown.page(unescape(path), who=who)), (path, verb)


def test_a_review_from_before_the_contract_was_in_use_is_asked_of_nobody_and_may_be_signed() -> None:
    with empty_town() as town, visited(town) as site:
        monthly = {"every": "FREQ=MONTHLY;BYMONTHDAY=10", "at": "10:00", "duration": "1 h"}
        town.clock.now = at("2026-06-30T12:00:00+02:00")
        town.agree(contract(criterion(punctuality()), review=monthly), "supplier", "client")
        town.advance(at("2026-05-30T11:00:00+02:00"))
        before, page = site.page("/"), site.page("/reviews/c@2026-05-10")
        assert ("Sign the review" in before, "signatures are awaited" in page) == (True, True)
        town.advance(at("2026-06-30T11:59:00+02:00"))
        assert "Sign the review" not in site.page("/")
        page = site.page("/reviews/c@2026-05-10")
        assert "nobody is asked to sign, and whoever wants to still may" in page
        assert re.search(r'action="[^"]*/sign"', page)


def test_of_the_reviews_of_one_contract_the_oldest_is_listed_with_how_many_more_wait(shown: Site) -> None:
    held: dict[str, list[str]] = {}
    for one in shown.stored("/reviews"):
        if one["state"] in WAITS_FOR_SIGNATURES:
            held.setdefault(one["contract"], []).append(one["id"])
    several = {of: ids for of, ids in held.items() if len(ids) > 1}
    answers = section(shown.page("/?whole=answer"), "To sign and answer")
    assert several
    for of, ids in several.items():
        rows = [row for row in answers.split("<li>") if f"/reviews?contract={of}&amp;state=past" in row]
        assert len(rows) == 1
        assert f"/reviews/{ids[0].replace('@', '%40')}" in rows[0]
        assert f"and {len(ids) - 1} more like it" in rows[0] or "and one more like it" in rows[0]
        assert all(f"/reviews/{one.replace('@', '%40')}" not in answers for one in ids[1:])


def test_it_is_said_what_is_counted_and_on_paper_whose_page_it_is(shown: Site) -> None:
    own = shown.page("/?scope=own", who="kitchen/marc.olivier")
    tabs = own.partition('class="tabs"')[2].partition("</nav>")[0]
    assert {one for _, one in re.findall(r'class="second">(\d+) ([a-z]+)<', tabs)} <= {"commitment", "commitments"}
    assert tabs.count("</a>") == tabs.count(" commitment") > 1
    assert '<span class="paper">Marc Olivier</span>' in own
    assert 'class="paper"' not in shown.page("/", who="auditor").partition("</h1>")[0]


def test_of_what_opens_beside_the_rows_one_is_open_at_a_time_without_a_script(shown: Site) -> None:
    opening = re.findall(r'<details class="also"[^>]*>', shown.page("/"))
    assert len(opening) > 1
    assert set(opening) == {'<details class="also" name="also">'}


def test_what_a_question_mark_explains_is_not_printed(shown: Site) -> None:
    sheet = shown.get(re.findall(r'rel="stylesheet" href="([^"]+)"', shown.page("/"))[0]).text
    hidden = sheet.partition("@media print")[2].partition("display:none!important")[0]
    assert ".meant" in hidden


def verbs_of(html: str) -> str:
    return unescape(section(html, "Missing"))


def test_who_owes_what_is_missing_explains_it_and_who_is_owed_may_excuse_it(shown: Site) -> None:
    kitchen, education = (shown.page("/", who=who) for who in ("kitchen/marc.olivier", "education/nadia.ferrand"))
    assert "#f-explain" in verbs_of(kitchen)
    assert "Accept as excused" in verbs_of(education)
    [path, *_] = re.findall(r'href="(/excuses/ask[^"]+)"[^>]*>Accept as excused', section(education, "Missing"))
    page = shown.page(unescape(path), who="education/nadia.ferrand")
    assert 'name="verb" value="grant"' in page
    assert 'name="verb" value="grant"' not in shown.page(unescape(path), who="kitchen/marc.olivier")
