"""What is typed beside a contract's file, while answers come in any order, with and without JavaScript; and what is not sent stays."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from services.access import ADMINISTRATOR
from services.breaches.following_up import FollowingUp
from services.contract_files import Tree, tree_from_canonical
from services.contracts.reading import read_contract
from services.contracts.rows import VersionRow
from tests.browser.town_server import served_town
from tests.dashboards.contracts.test_editor import PATH
from tests.dashboards.town import Town


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, Town]]:
    with served_town() as found:
        yield found


def proposed(page: Page, town: Town) -> Tree:
    """What the store says that was proposed, once."""
    before = newest(town).position
    page.get_by_role("button", name="Read and propose").first.click()
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.locator("#f-propose")).to_have_count(0)
    assert newest(town).position == before + 1
    return tree_from_canonical(newest(town).document)


def the_file(page: Page, name: str = "File") -> Locator:
    """The file of the draft, which stands folded below its form."""
    box = page.get_by_label(name, exact=True)
    if not box.is_visible():
        page.locator(".editor-file > summary").click()
    return box


def newest(town: Town) -> VersionRow:
    return town.program.store.read(ADMINISTRATOR, read_contract, "school-meals").versions[-1]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_order_of_answers_what_is_on_the_page_is_proposed(
    site: tuple[str, Town], window: Page, seed: int
) -> None:
    address, town = site
    chance = random.Random(seed)

    def slowly(route: Route) -> None:
        time.sleep(chance.uniform(0, 0.5))
        route.continue_()

    window.route("**/check", slowly)
    window.goto(address + PATH)
    file, days = the_file(window), f"{seed + 5} days"
    for _ in range(3):
        window.locator('[name="f.late_data"]').fill(f"{chance.randrange(1, 9)} days")
        window.locator('[name="f.effective"]').fill(f"2027-0{chance.randrange(1, 9)}-01")
        file.press("Control+End")
        file.press_sequentially(f"# {chance.randrange(100)} ")
        window.wait_for_timeout(chance.randrange(0, 700))
    window.locator('[name="f.effective"]').fill("2027-11-01")
    file.press("Control+End")
    file.press_sequentially("\n# the last word")
    window.locator('[name="f.late_data"]').fill(days)
    text = file.input_value()
    assert text.endswith("# the last word")
    assert text.count("#") == 4
    tree = proposed(window, town)
    assert (str(tree["effective"]), tree["late_data"]) == ("2027-11-01", days)


def test_form_and_file_follow_each_other(site: tuple[str, Town], window: Page) -> None:
    address, _ = site
    window.goto(address + PATH)
    file = the_file(window)
    window.locator('[name="f.late_data"]').fill("6 days")
    window.locator('[name="f.effective"]').focus()
    expect(file).to_have_value(re.compile("late_data: 6 days"))
    file.fill(file.input_value().replace("late_data: 6 days", "late_data: 8 days"))
    expect(window.locator('[name="f.late_data"]')).to_have_value("8")


@pytest.mark.parametrize(
    ("name", "typed", "written"), [("late_data", "9 days", "late_data: 9 days"), ("file", None, "# early")]
)
def test_what_is_typed_before_the_script_is_there_is_followed(
    site: tuple[str, Town], window: Page, name: str, typed: str | None, written: str
) -> None:
    held: list[Route] = []
    window.route(re.compile(r"/editor[^/]*js"), lambda route: held.append(route))
    window.goto(site[0] + PATH, wait_until="commit")
    file = the_file(window)
    before = window.locator("#checked").inner_text()
    if typed is None:
        file.fill(f"{file.input_value()}\n# early\nentente: 1")
    else:
        window.locator(f'[name="f.{name}"]').fill(typed)
        window.locator(f'[name="f.{name}"]').press("Tab")
    while not held:
        window.wait_for_timeout(20)
    held[0].continue_()
    expect(file).to_have_value(re.compile(re.escape(written)))
    expect(window.locator("#checked")).not_to_have_text(before)


def test_what_is_left_while_a_question_is_on_its_way_is_asked_after_it(site: tuple[str, Town], window: Page) -> None:
    held: list[Route] = []
    window.goto(site[0] + PATH)
    window.route("**/check", lambda route: route.continue_() if held else held.append(route))
    first, second = window.locator('[name="f.late_data"]'), window.locator('[name="f.effective"]')
    first.fill("8 days")
    first.press("Tab")
    while not held:
        window.wait_for_timeout(20)
    second.fill("2027-03-01")
    second.press("Tab")
    window.wait_for_timeout(600)
    held[0].continue_()
    file = the_file(window)
    expect(file).to_have_value(re.compile("effective: 2027-03-01"))
    expect(file).to_have_value(re.compile("late_data: 8 days"))


def test_without_javascript_each_button_takes_the_form(site: tuple[str, Town], browser: Browser) -> None:
    address, town = site
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(address + PATH)
    for verb, days in (("Check", "5"), ("Put into the form", "7")):
        page.locator('[name="f.late_data"]').fill(days)
        if verb != "Check":
            the_file(page)
        page.get_by_role("button", name=verb).last.click()
        assert f"late_data: {days} days" in the_file(page).input_value()
        assert page.locator('[name="f.late_data"]').input_value() == days
        page.get_by_role("link", name="Français").first.click()
        assert f"late_data: {days} days" in the_file(page, "Fichier").input_value()
        page.get_by_role("link", name="English").first.click()
    page.locator('[name="f.late_data"]').fill("9 days")
    page.get_by_role("button", name="Read and propose").first.click()
    page.go_back()
    assert page.locator('[name="f.late_data"]').input_value() == "9"
    assert proposed(page, town)["late_data"] == "9 days"
    page.go_back()
    expect(page.locator("h1")).to_be_visible()  # and no question whether to send the form again
    context.close()


def test_what_is_not_sent_is_there_in_the_other_language_and_after_a_way_back(
    site: tuple[str, Town], window: Page
) -> None:
    address, town = site
    window.goto(address + "/breaches/" + town.names["late"])
    window.locator("#f-explain").fill("The road was closed.")
    window.get_by_role("link", name="Français").first.click()
    expect(window.locator("html")).to_have_attribute("lang", "fr")
    expect(window.locator("#f-explain")).to_have_value("The road was closed.")
    window.goto(address + "/breaches")
    window.go_back()
    expect(window.locator("#f-explain")).to_have_value("The road was closed.")
    window.get_by_role("link", name="English").first.click()
    window.get_by_role("button", name="Explain").click()
    expect(window.locator(".said")).to_contain_text("The road was closed.")
    expect(window.locator("#f-explain")).to_have_value("")


def test_back_from_reading_a_draft_leads_to_what_was_typed_until_it_is_proposed(
    site: tuple[str, Town], window: Page
) -> None:
    address, _ = site
    window.goto(address + "/contracts/school-meals/edit")
    days = window.locator('[name="f.late_data"]')
    for back in ("11", "12"):
        days.fill(back)
        window.get_by_role("button", name="Read and propose").first.click()
        expect(window.get_by_role("button", name="Propose", exact=True)).to_be_visible()
        window.go_back()
        expect(days).to_have_value(back)
    window.get_by_role("button", name="Read and propose").first.click()
    for doubt in window.locator(".sure input").all():
        doubt.check()
    window.get_by_role("button", name="Propose", exact=True).click()
    expect(window.locator(".lede")).to_contain_text("proposed")
    window.goto(address + "/contracts/school-meals/edit")
    expect(days).to_have_value("12")
    window.get_by_role("button", name="Check").click()
    expect(window.locator("#checked")).to_contain_text("It says the same as the version before")


def test_after_a_refusal_the_page_can_be_loaded_again(site: tuple[str, Town], window: Page) -> None:
    address, town = site
    town.program.store.use(FollowingUp).progress(ADMINISTRATOR, town.names["open"], "half")
    town.judge()
    window.goto(address + "/actions/" + town.names["open"])
    window.locator("#f-progress").fill("half")
    window.get_by_role("button", name="Note the progress").click()
    expect(window.get_by_role("alert").first).to_contain_text("The same was said already")
    for _ in range(2):
        expect(window.locator("#f-progress")).to_have_value("half")
        answer = window.reload()
        assert answer is not None
        assert answer.status == 200
        assert answer.request.method == "GET"
    window.get_by_role("link", name="Français").first.click()
    expect(window.locator("#f-progress")).to_have_value("half")
