"""Pages that stay open: they follow what is judged, without moving what the reader is at, and say when they cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from domain.times import show
from services.access import ADMINISTRATOR
from tests.browser.town_server import served, served_town
from tests.dashboards.told import meal, told
from tests.dashboards.town import HOUR, MEALS_ON_TIME, NOW, Town, meals
from tests.dashboards.valmoray import living_town
from tests.dashboards.visiting import application
from tests.entering import PASSWORD, entered
from tests.given import PARIS

Place = tuple[str, Town]


@pytest.fixture
def place() -> Iterator[Place]:
    with served_town() as found:
        yield found


@pytest.fixture
def site(place: Place) -> str:
    return place[0]


@pytest.fixture
def town(place: Place) -> Town:
    return place[1]


PLACE = """[document.activeElement.textContent, Math.round(document.activeElement.getBoundingClientRect().top)]"""
"""What has the focus, and where in the window it stands."""


def better(town: Town, title: str) -> None:
    """More is judged: from today on a commitment has another title."""
    text = meals(2).replace("effective: 2026-09-01", "effective: 2026-11-17\nrebaseline: {reason: a better name}")
    assert "en: delivered on time" in text
    town.agree(text.replace("en: delivered on time", f"en: {title}"), "supplier", "client")


def known(town: Town) -> str:
    return f"{town.program.store.seeing.known().position:,}".replace(",", "\u202f")


def test_figures_change_where_they_stand_and_nothing_else_moves(town: Town, site: str, window: Page) -> None:
    window.set_viewport_size({"width": 1280, "height": 500})
    window.goto(site + "/portfolio")
    expect(window.locator("#live [data-says]")).to_have_text("Live")
    window.locator("footer a").first.scroll_into_view_if_needed()
    window.locator("main a.strong", has_text="Headcount").last.focus()
    before = window.evaluate(PLACE)
    better(town, "tasty")
    expect(window.locator("main table.list a.strong", has_text="tasty")).to_be_visible(timeout=15_000)
    assert window.locator(".moved").count() >= 1
    text, top = window.evaluate(PLACE)
    assert text == before[0]
    assert abs(top - before[1]) <= 2
    expect(window.locator("footer")).to_contain_text(f"Judged to position {known(town)}")


def test_a_change_within_a_heading_is_marked_beside_it_and_not_through_its_words(
    town: Town, site: str, window: Page
) -> None:
    def another(route: Route) -> None:
        answer = route.fetch()
        body = re.sub(r'(<h1><span class="w-\w+">)\d+', r"\g<1>99", answer.text())
        route.fulfill(response=answer, body=body)

    window.goto(site + "/")
    expect(window.locator("#live [data-says]")).to_have_text("Live")
    window.route(site + "/", another)
    town.hear(told("x", "elsewhere", NOW).content)
    expect(window.locator("h1.moved")).to_contain_text("99", timeout=15_000)
    assert window.locator("h1 .moved").count() == 0


def test_open_details_and_what_is_being_typed_stay(town: Town, site: str, window: Page) -> None:
    window.goto(f"{site}/commitments/{MEALS_ON_TIME}")
    asked = window.locator("aside details", has=window.locator("form.ask"))
    asked.locator("summary").click()
    asked.locator("textarea").fill("The road was")
    better(town, "tasty")
    expect(window.locator("h1")).to_contain_text("tasty", timeout=15_000)
    assert asked.get_attribute("open") is not None
    assert asked.locator("textarea").input_value() == "The road was"


def test_rows_that_come_or_go_wait_until_the_reader_asks(town: Town, site: str, window: Page) -> None:
    """A meal of yesterday is told of: it was not missing."""
    window.goto(f"{site}/breaches?commitment={MEALS_ON_TIME}")
    expect(window.locator("#live [data-says]")).to_have_text("Live")
    rows_shown = window.locator("main tbody tr")
    count = rows_shown.count()
    town.hear(meal("2026-11-16", "10:50").content)
    note = window.locator("#news button")
    expect(note).to_have_text("Show 1 change", timeout=15_000)
    assert rows_shown.count() == count
    note.click()
    expect(rows_shown).to_have_count(count - 1)
    expect(note).to_be_hidden()


LOOK = r"""() => {
  const [late, risk] = ["late", "risk"].map((id) => document.getElementById(id));
  const number = (one) => Number(one.querySelector(".head p").textContent);
  const said = (tone) => [...document.querySelectorAll(`h1 .w-${tone}`)].reduce((sum, one) => sum + parseInt(one.textContent), 0);
  const now = Number(document.getElementById("live").dataset.now);
  return {
    heading: [said("miss"), said("late")],
    counts: [late, risk].map(number),
    lines: [late, risk].map((one) => one.querySelectorAll("li").length),
    dues: [...["svg.dayline[aria-label]", ".day summary"].map((where) => parseInt(/\d+/.exec(
      document.querySelector(where).getAttribute("aria-label") || document.querySelector(where).textContent)[0])),
      document.querySelectorAll(".daylist li:not(.now-rule)").length],
    passed: [...document.querySelectorAll("main [data-until]")]
      .filter((one) => Number(one.dataset.until) <= now && one.textContent !== one.dataset.over).length,
    time: [document.querySelector(".dayline .now-word").textContent, document.querySelector("footer").textContent],
    now,
  };
}"""
"""What an open page of today says of itself."""
COUNT_QUESTIONS = """(() => {
  const ask = window.fetch.bind(window);
  window.asking = 0;
  window.fetch = async (...what) => {
    window.asking += 1;
    const answer = await ask(...what).catch((error) => { window.asking -= 1; throw error; });
    const text = answer.text.bind(answer);
    answer.text = () => text().finally(() => { window.asking -= 1; });
    return answer;
  };
})()"""
"""Counts the questions of a page that wait for their answer to be read: its clock stands still meanwhile, since the program
answers by another one."""
SECOND = 1_000_000


def test_ten_minutes_of_events_never_contradict_each_other_on_an_open_page(town: Town, site: str, window: Page) -> None:
    """By a clock of the test's own; looked at each second, with more judged every twenty."""
    window.clock.install()
    window.add_init_script(COUNT_QUESTIONS)
    limits = [NOW + (number + 1) * 130 * SECOND for number in range(3)]
    town.hear(*(told("order.placed", "shop", NOW - HOUR, f"BC-9{one}", due=show(one, PARIS)).content for one in limits))
    window.goto(f"{site}/?scope=all")
    seen, passed = set(), False
    for second in range(600):
        if second % 20 == 0:
            at = NOW + second * SECOND
            town.advance(at)
            window.wait_for_function("at => Number(document.getElementById('live').dataset.now) >= at", arg=at)
        window.clock.run_for(1_000)
        window.wait_for_function("() => window.asking === 0")
        found = window.evaluate(LOOK)
        assert found["counts"] == found["lines"], (second, found)
        assert found["heading"] == found["counts"], (second, found)
        assert found["passed"] == 0, (second, found)
        assert found["dues"] == [found["dues"][0]] * 3, (second, found)
        assert found["time"][0] in found["time"][1], (second, found)
        seen.add(tuple(found["counts"]))
        passed = passed or window.get_by_text("Time is over, not judged yet").count() > 0
        if second in (170, 320, 470):
            window.locator("#news button").click()
    assert len(seen) == 4
    assert passed


def test_live_stops_and_goes_on_by_a_button_that_is_remembered(town: Town, site: str, window: Page) -> None:
    window.goto(f"{site}/portfolio")
    window.get_by_role("button", name="Stop live updates").click()
    expect(window.locator("#live [data-says]")).to_have_text("Paused")
    window.reload()
    expect(window.locator("#live [data-says]")).to_have_text("Paused")
    better(town, "tasty")
    window.get_by_role("button", name="Go on with live updates").click()
    expect(window.locator("main table.list a.strong", has_text="tasty")).to_be_visible(timeout=15_000)


def test_a_browser_that_is_offline_says_so_and_keeps_what_it_shows(window: Page) -> None:
    with living_town() as town, served(application(town)) as site:
        window.goto(f"{site}/portfolio")
        expect(window.locator("#live [data-says]")).to_have_text("Live")
    expect(window.locator("#live [data-says]")).to_contain_text("Connection lost", timeout=15_000)
    expect(window.locator("h1")).to_have_text("Portfolio")


def test_without_javascript_the_page_reads_the_same(site: str, window: Page) -> None:
    browser = window.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = plain.new_page()
    page.goto(f"{site}/portfolio")
    window.goto(f"{site}/portfolio")
    assert page.locator("main").inner_text() == window.locator("main").inner_text()
    assert page.locator("#live").is_hidden()
    plain.close()


def test_whoever_is_taken_out_does_not_keep_the_page_that_stood_open(window: Page, tmp_path: Path) -> None:
    """Nor whoever signed out elsewhere: the page leads to where one signs in, and back."""
    with entered(f"sqlite:///{tmp_path}/store.db") as house, served(house.app) as address:
        house.admit({"person": "anna", "services": {"s": "member"}})
        secret = house.program.sign_in.inviting.invite(ADMINISTRATOR, "anna")
        window.goto(f"{address}/welcome/{secret}")
        for field in ("password", "password_again"):
            window.fill(f"[name={field}]", PASSWORD)
        window.keyboard.press("Enter")
        window.wait_for_url(f"{address}/")
        window.goto(f"{address}/breaches")
        expect(window.locator("#live [data-says]")).to_have_text("Live")
        house.program.sign_in.suspending.suspend(ADMINISTRATOR, "anna", "left")
        house.program.store.judging.catch_up()
        window.wait_for_url(f"{address}/sign-in?next=%2Fbreaches", timeout=20_000)


def test_what_waits_for_a_first_event_shows_it_come_in_and_leaves_all_else(town: Town, site: str, window: Page) -> None:
    window.goto(f"{site}/connect?source=gate-scanner/ferry")
    expect(window.locator("#came")).to_contain_text("Waiting for the first event")
    window.locator("details.way summary", has_text="CloudEvent").first.click()
    town.hear(meal("2026-11-16", "10:50").content)
    expect(window.locator("#came")).to_contain_text("It counts for", timeout=15_000)
    expect(window.locator("#event-0")).to_be_visible()
