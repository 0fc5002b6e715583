"""A week of those who use the pages, in a browser on the running program: ten journeys, each by what the person sees."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_typing import the_file
from tests.browser.week import SUPPLIER, served_week
from tests.end_to_end.agreements import report
from tests.end_to_end.running import Server

SLOW = 20_000
"""Milliseconds that a loaded machine may take until an open page shows what was judged."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_week(tmp_path_factory.mktemp("week")) as running:
        yield running


class Visit:
    """One person's browser on the program."""

    def __init__(self, page: Page, server: Server):
        self.page = page
        self._server = server

    def go(self, path: str, who: str) -> Page:
        self.page.set_extra_http_headers({"Entente-As": who})
        self.page.goto(self._server.address + path)
        return self.page

    def row(self, text: str) -> Locator:
        return self.page.locator("main tr, main li", has_text=text).first


@pytest.fixture
def visit(window: Page, server: Server) -> Visit:
    return Visit(window, server)


def test_a_contract_is_read_and_signed(visit: Visit) -> None:
    page = visit.go("/", "sign/luc")
    expect(page.locator("main")).to_contain_text("1 thing waits for your answer")
    visit.row("Reports for sign").get_by_role("link").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reports for sign")
    expect(page.locator("main")).to_contain_text("every Monday by 10:00")
    page.get_by_role("button", name="Sign this version").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign this version?")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.locator("dl.facts")).to_contain_text("version 1 since 5 Jan 2026")
    page.get_by_role("link", name="Today").first.click()
    expect(page.locator("main")).to_contain_text("Nothing waits for you")


def test_a_breach_appears_on_a_page_that_is_open(visit: Visit, server: Server) -> None:
    page = visit.go("/breaches", "breach/luc")
    count = page.locator("main tbody tr").count()
    late = report("breach", "2026-02-16", "2026-02-16T10:20:00+01:00")
    assert server.push(late, who=SUPPLIER).json()["accepted"] == 1
    page.get_by_role("button", name="Show").click(timeout=SLOW)
    expect(page.locator("main tbody tr")).to_have_count(count + 2)
    expect(visit.row("16 Feb 2026")).to_contain_text("late")
    visit.row("16 Feb 2026").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Weekly report")
    page.get_by_role("link", name="Why Mon 16 Feb 2026 is judged so").click()
    expect(page.locator(".why")).to_contain_text("Mon 16 Feb, 10:20")
    expect(page.locator(".why")).to_contain_text("What would have changed it")


def test_a_breach_is_acknowledged_and_explained(visit: Visit) -> None:
    page = visit.go("/breaches", SUPPLIER)
    page.locator("main tr", has_text="sales owes explain").filter(has_text="12 Jan").get_by_role("link").first.click()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("What happened").first.fill("The export failed <b>twice</b>.")
    page.get_by_role("button", name="Explain").click()
    expect(page.locator(".said")).to_contain_text("The export failed <b>twice</b>.")
    told = visit.go(page.url.removeprefix(visit._server.address), "explain/luc")
    expect(told.locator(".said")).to_contain_text("The export failed")


def test_an_excuse_is_asked_by_one_and_accepted_by_the_other(visit: Visit) -> None:
    page = visit.go("/commitments/to-excuse/report/on-time?period=2026-01&why=2026-01-12", SUPPLIER)
    expect(page.locator(".why")).to_contain_text("11:30")
    page = visit.go("/excuses/ask?scope=to-excuse/report/on-time&key=2026-01-12", SUPPLIER)
    page.get_by_label("What happened").fill("You were closed.")
    page.locator("#ask-reason").select_option("client-fault")
    page.locator("main").get_by_role("button", name="Ask for an excuse").click()
    expect(page.locator(".state")).to_contain_text("waits for excuse")
    excuse = page.url.removeprefix(visit._server.address)
    page = visit.go("/", "excuse/luc")
    visit.row("Mon 12 Jan").get_by_role("link").last.click()
    expect(page.locator("main")).to_contain_text("You were closed.")
    page = visit.go(excuse, "excuse/luc")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accept this excuse?")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator(".state")).to_contain_text("Accepted")
    page = visit.go("/commitments/to-excuse/report/on-time?period=2026-01", SUPPLIER)
    expect(page.locator("main tr", has_text="Mon 12 Jan").first).to_contain_text("excused")
    expect(page.locator("main")).to_contain_text("restated")


def test_an_action_is_followed_to_its_end(visit: Visit) -> None:
    page = visit.go("/actions", SUPPLIER)
    page.locator("main tr", has_text="sales owes act").get_by_role("link").first.click()
    page.get_by_label("How it goes").fill("A second run at nine.")
    page.get_by_role("button", name="Note the progress").click()
    expect(page.locator(".said")).to_contain_text("A second run at nine.")
    page.get_by_label("What was done").fill("It runs twice now.")
    page.get_by_role("button", name="Close the action").click()
    expect(page.locator(".state")).to_contain_text("It is closed.")
    page = visit.go("/actions?state=closed", "act/luc")
    expect(page.locator("main")).to_contain_text("sales owes act")


def test_a_review_is_prepared_held_and_signed_by_both(visit: Visit) -> None:
    page = visit.go("/reviews/to-review@2026-02-03", SUPPLIER)
    page.get_by_role("link", name="Read the pack").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Reports for review")
    expect(page.locator("body")).to_contain_text("2 of 4")
    page.go_back()
    page.get_by_label("What was decided").fill("Keep the target.")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.locator(".said")).to_contain_text("Keep the target.")
    for who in (SUPPLIER, "review/luc"):
        page = visit.go("/reviews/to-review@2026-02-03", who)
        page.get_by_role("button", name="Sign the review").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign this review?")
        page.get_by_role("button", name="Sign", exact=True).click()
        expect(page.locator("main")).to_contain_text("signed by")
    expect(page.locator(".state")).to_contain_text("Both parties have signed.")


def test_an_event_that_matched_nothing_is_put_where_it_belongs(visit: Visit) -> None:
    page = visit.go("/quarantine", SUPPLIER)
    of_ours = page.locator("a[href^='/commitments/to-match/']")
    stray = page.locator("main tr", has_text="report.delivered").filter(has=of_ours).first
    stray.get_by_label("Belongs to").select_option("to-match/report/on-time 2026-01-19")
    stray.get_by_role("button", name="Match").click()
    expect(page.locator("main")).to_contain_text("a final period would change: match answers")
    page = visit.go("/quarantine", "match/luc")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("main")).not_to_contain_text("match answers")
    page = visit.go("/commitments/to-match/report/on-time?period=2026-01", "match/luc")
    expect(page.locator("main tr", has_text="Mon 19 Jan").first).to_contain_text("kept")


def test_a_draft_is_tried_on_the_past(visit: Visit) -> None:
    page = visit.go("/contracts/to-try", SUPPLIER)
    page.get_by_role("link", name="Prepare an amendment").click()
    at = page.get_by_role("group", name="Weekly report").get_by_label("At", exact=True)
    at.fill("12:00")
    at.press("Tab")
    expect(page.get_by_label("File", exact=True)).to_have_value(_containing('at: "12:00"'))
    page.get_by_role("button", name="Read and propose").click()
    expect(page.locator(".sides")).to_contain_text("Every Monday by 12:00")
    page.get_by_label("First day").fill("2026-01-05")
    page.get_by_label("Last day").fill("2026-01-31")
    page.get_by_role("button", name="Try on the past").click()
    tried = page.locator("#tried tr", has_text="Weekly report").first
    expect(tried).to_contain_text("3 of 4")
    expect(tried).to_contain_text("2 of 4")


def test_history_is_looked_back_into_with_the_slider(visit: Visit) -> None:
    page = visit.go("/history?contract=to-look", SUPPLIER)
    slider = page.get_by_label("Day to look back to")
    slider.focus()
    for _ in range(15):
        slider.press("ArrowLeft")
    page.get_by_role("button", name="Show that day").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("History as of")
    expect(page.locator("main")).to_contain_text("What has changed since")
    changed = page.locator("main tr", has_text="Weekly report").filter(has_text="January 2026").first
    expect(changed).to_contain_text("final")
    page.get_by_role("link", name="Back to now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("History")


def test_an_amendment_is_written_and_proposed_in_the_editor(visit: Visit) -> None:
    page = visit.go("/contracts/to-amend/edit", SUPPLIER)
    file = the_file(page)
    written = file.input_value()
    file.fill(written.replace("at_least: 90 %", "at_least: ninety"))
    expect(page.locator("#checked")).to_contain_text("place is wrong")
    file.fill(written.replace("at_least: 90 %", "at_least: 75 %"))
    expect(page.locator("#checked")).to_contain_text("It can be proposed.")
    expect(page.locator("#checked")).to_contain_text("90 %")
    page.get_by_role("button", name="Read and propose").click()
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reports for amend")
    expect(page.locator(".lede")).to_contain_text("Version 2, proposed")
    page = visit.go("/", "amend/luc")
    expect(visit.row("Reports for amend")).to_contain_text("75 %")


def test_open_pages_do_not_hold_up_a_stop(window: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    with served_week(tmp_path_factory.mktemp("stopped")) as server:
        window.goto(server.address + "/portfolio")
        expect(window.locator("#live [data-says]")).to_have_text("Live")
        began = time.monotonic()
        assert server.running.kill(15).code == 0
        assert time.monotonic() - began < 5
    expect(window.locator("#live [data-says]")).to_contain_text("Connection lost", timeout=SLOW)


def _containing(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text))
