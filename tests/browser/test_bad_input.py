"""Names that attack, that are long, that run from right to left; two who edit at once; a restart under an open page; no server."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from services.access import principal
from services.breaches.following_up import FollowingUp
from services.contract_files import Tree, read_documents
from services.contracts.contracting import Contracting
from services.excuses.excusing import Excusing
from tests.browser.test_typing import the_file
from tests.browser.town_server import served_town
from tests.browser.week import SUPPLIER, build
from tests.dashboards.test_pages import PAGES
from tests.dashboards.town import AGREED, MEALS_ON_TIME, Town, meals
from tests.dashboards.valmoray import page_of
from tests.end_to_end.running import Entente

NAMES = {
    "script": "<script>window.owned=1</script><img src=x onerror=window.owned=1>'\"--></title>{{ 7*7 }}",
    "right-to-left": "اتفاقية الوجبات المدرسية gnp.exe",
    "long": "Wm" * 150,
    "emoji": "🍽️👩🏽‍🚒🏴󠁧󠁢󠁷󠁬󠁳󠁿 repas 🇫🇷",
}
MORE = ("/contracts/school-meals/edit", "/contracts/school-meals/versions/3")
OFTEN = ("/", "/portfolio", "/contracts", "/contracts/school-meals", "/breaches", "/actions", "/reviews", "/quarantine")


def call(town: Town, name: str) -> None:
    """From today on everything that has a name has that one, and so do people; and it is what they write."""
    agreed = [one.tree for one in read_documents(AGREED, "agreed") if one.tree.get("contract") != "school-meals"]
    for one in [*agreed, read_documents(meals(2), "meals")[0].tree]:
        tree = _renamed(one, name)
        if "contract" in tree:
            tree |= {"effective": "2026-11-17", "rebaseline": {"reason": name}}
        if "calendar" not in tree or "contract" in tree:
            town.agree(tree, "supplier", "client")
    store, marc, names = town.program.store, principal("kitchen/marc.olivier"), town.names
    store.use(FollowingUp).explain_breach(marc, names["late"], name)
    store.use(FollowingUp).progress(marc, names["overdue"], name)
    store.use(FollowingUp).open_action(marc, MEALS_ON_TIME, name)
    store.use(Excusing).ask(marc, MEALS_ON_TIME, reason="other", text=name, keys=["2026-11-16"])
    town.agree(meals(3), "supplier")
    store.use(Contracting).refuse(principal("education/nadia.ferrand"), "school-meals", name)
    town.judge()


def _renamed(tree: Tree, name: str) -> Tree:
    def one(key: str, value: Any) -> Any:
        if key in ("title", "name"):
            return name
        if isinstance(value, dict):
            return {key: one(key, each) for key, each in value.items()}
        return [one("", each) for each in value] if isinstance(value, list) else value

    return {key: one(key, value) for key, value in tree.items()}


@pytest.mark.parametrize("kind", NAMES)
def test_names_do_nothing_and_break_no_page(window: Page, kind: str) -> None:
    name, wrong = NAMES[kind], []
    window.on("dialog", lambda dialog: dialog.dismiss())
    with served_town() as (site, town):
        call(town, name)
        for path in (*OFTEN, *(one for one in PAGES if "midday" in one or "{" in one), *MORE):
            for width in (320, 1280):
                window.set_viewport_size({"width": width, "height": 800})
                window.goto(site + page_of(path))
                if window.evaluate("window.owned !== undefined || document.querySelector('main img') !== null"):
                    wrong.append(f"{path} runs it")
                if (wide := window.evaluate("document.documentElement.scrollWidth")) > width:
                    wrong.append(f"{path} is {wide} wide at {width}")
                if (
                    "/" not in path[1:]
                    and name[:6] not in window.inner_text("main")
                    and path in ("/contracts", "/portfolio")
                ):
                    wrong.append(f"{path} does not show it")
    assert wrong == [], wrong


@pytest.fixture(scope="module")
def entente(tmp_path_factory: pytest.TempPathFactory) -> Entente:
    folder = tmp_path_factory.mktemp("bad")
    made = Entente(f"sqlite:///{folder / 'week.db'}", folder)
    build(made.store)
    return made


def test_of_two_who_edit_at_once_the_second_is_told_and_keeps_what_was_written(
    entente: Entente, window: Page, browser: Browser
) -> None:
    with entente.serving("--time", "manual") as server:
        other = browser.new_page(extra_http_headers={"Entente-As": "amend/luc"}, locale="en-GB")
        window.set_extra_http_headers({"Entente-As": SUPPLIER})
        for page, share in ((window, "75"), (other, "99")):
            page.goto(f"{server.address}/contracts/to-amend/edit")
            file = the_file(page)
            file.fill(file.input_value().replace("at_least: 90 %", f"at_least: {share} %") + f"# by {share}\n")
        for page in (window, other):
            page.get_by_role("button", name="Read and propose").click()
        window.get_by_role("button", name="Propose", exact=True).click()
        expect(window.locator(".lede")).to_contain_text("Version 2, proposed")
        other.get_by_role("button", name="Propose", exact=True).click()
        expect(other.get_by_role("alert").first).to_contain_text("ersion 2 was proposed while you were writing")
        other.get_by_role("button", name="Back to the form").click()
        assert "at_least: 99 %" in the_file(other).input_value()
        assert "# by 99" in the_file(other).input_value()
        other.close()


def test_a_page_that_was_open_over_a_restart_still_sends_what_is_typed_on_it(entente: Entente, window: Page) -> None:
    window.set_extra_http_headers({"Entente-As": SUPPLIER})
    with entente.serving("--time", "manual") as server:
        window.goto(f"{server.address}/breaches")
        window.locator("main tr", has_text="sales owes explain").get_by_role("link").first.click()
        window.get_by_label("What happened").first.fill("The server was changed.")
        port = server.address.rpartition(":")[2]
    window.get_by_role("button", name="Explain").click()
    expect(window.get_by_role("alert")).to_contain_text("Nobody answers: nothing was sent")
    assert window.get_by_label("What happened").first.input_value() == "The server was changed."
    with entente.serving("--time", "manual", "--port", port):
        window.get_by_role("button", name="Explain").click()
        expect(window.locator(".said")).to_contain_text("The server was changed.")
