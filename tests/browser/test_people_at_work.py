"""People at their work in a browser, each signed in as who they are: by what they see, in either language, with and without
JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from entente.serving import web
from ingestion.cloudevents import decode_structured
from services.access import Principal
from services.checkpoints.making import make
from services.checkpoints.signing import SigningKey
from services.notices.kinds import HOUR
from tests.browser.town_server import served
from tests.dashboards.told import told
from tests.entering import PASSWORD, House
from tests.given import at
from tests.notices.town import Town, town

WAYS = pytest.mark.parametrize(("language", "has_script"), [("en", True), ("fr", False)])
PEOPLE = [
    {"person": "ann", "name": "Ann", "email": "ann@example.org", "services": {"lab": "head"}},
    {"person": "luc", "name": "Luc", "email": "luc@example.org", "services": {"ward": "head"}},
    {"person": "ada", "name": "Ada", "arbiter": True},
    {"person": "paul", "name": "Paul", "auditor": True},
    {"person": "root", "name": "Root", "administrator": True},
]

COMMITMENT = "/commitments/c/d/on-time"
MISSING = {"en": "1 missing", "fr": "1 manquante"}


@dataclass
class Place:
    """What is agreed and what happened, its pages behind a real server, and a window for each who comes."""

    town: Town
    house: House
    address: str
    browser: Browser
    language: str
    has_script: bool
    mails: Path
    windows: dict[str, Page] = field(default_factory=dict)

    def stranger(self) -> Page:
        context = self.browser.new_context(locale=self.language, java_script_enabled=self.has_script)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    def as_(self, person: str, path: str = "/") -> Page:
        """The window of somebody, at a page."""
        if person not in self.windows:
            page = self.windows[person] = self.stranger()
            inside = self.house.as_(person).http.cookies.jar
            page.context.add_cookies(
                [{"name": one.name, "value": one.value or "", "url": self.address} for one in inside]
            )
        page = self.windows[person]
        page.goto(self.address + path)
        expect(page.locator("html")).to_have_attribute("lang", self.language)
        return page

    def posted(self, to: str, about: str) -> str:
        """Where a letter to somebody leads that is about such a thing, once what is ready has gone."""
        self.town.pass_to(self.town.clock[0] + HOUR)
        self.town.posting.round()
        letters = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in self.mails.rglob("*.eml")]
        bodies = [str(one.get_body(("html",)).get_content()) for one in letters if one["To"] == to]  # type: ignore[union-attr]
        [link, *_] = [link for one in bodies for link in re.findall(r'href="([^"]+)"', one) if about in link]
        return str(urlsplit(link).path)


@contextmanager
def at_work(browser: Browser, folder: Path, language: str, has_script: bool) -> Iterator[Place]:
    mails = folder / "mails"
    with town(mail_to=str(mails), mail_language=language) as here:
        here.apply({"entente": 1, "access": "town", "people": PEOPLE})
        for person in ("ann", "luc"):
            here.prefer(person, kinds={"morning": "none"}, language=language)
        here.pass_to("2026-06-01 12:00")
        app = web(here.program)
        with served(app) as address:
            place = Place(here, House(here.program, app, here.clock), address, browser, language, has_script, mails)
            yield place
            for page in place.windows.values():
                page.context.close()


@pytest.fixture
def place(browser: Browser, tmp_path: Path, language: str, has_script: bool) -> Iterator[Place]:
    with at_work(browser, tmp_path, language, has_script) as found:
        yield found


def row(page: Page, within: str) -> Locator:
    return page.locator(f"#{within} li").first


@WAYS
def test_a_client_sees_first_what_it_is_owed_and_why_it_is_missing(place: Place) -> None:
    page = place.as_("luc")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1")
    row(page, "late").locator("a.strong").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/commitments/" in page.url
    expect(page.locator("main")).to_contain_text("10:00" if place.language == "en" else "10 h")


@WAYS
def test_a_mail_leads_to_the_thing_that_it_tells_of(place: Place) -> None:
    path = place.posted("ann@example.org", "/breaches/")
    page = place.as_("ann", path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("form[action$='/acknowledge']")).to_have_count(1)
    other = place.stranger()
    other.goto(place.address + path)
    assert "/sign-in?next=%2Fbreaches%2F" in other.url, "who is not signed in is led back after it"
    other.context.close()


@WAYS
def test_a_supplier_contests_from_today_and_hears_the_answer(place: Place) -> None:
    ann = place.as_("ann")
    asks = ann.locator("details.also", has=ann.locator("a[href*='/excuses/ask']")).first
    asks.locator("summary").click()
    asks.locator("a[href*='/excuses/ask']").click()
    ann.locator("#ask-reason").select_option("client-fault")
    ann.locator("main form textarea").first.fill("You were closed.")
    ann.locator("main form button").last.click()
    expect(ann.locator(".state")).to_be_visible()

    luc = place.as_("luc")
    row(luc, "answer").locator("a.button").click()
    expect(luc.locator("main")).to_contain_text("You were closed.")
    send(luc, "refuse", "We were open from eight.")

    ann = place.as_("ann")
    expect(row(ann, "answer")).to_contain_text("We were open from eight.")
    row(ann, "answer").locator("a[href$='#f-dispute']").click()
    send(ann, "dispute", "The door was locked.")

    ada = place.as_("ada")
    row(ada, "answer").locator("a.button").click()
    expect(ada.locator("main")).to_contain_text("The door was locked.")
    send(ada, "accept", "The log of the door says so.")
    ada.locator("main form button.primary").click()  # it is for good
    ada.wait_for_url(re.compile(rf"{place.address}/(\?.*)?$"))  # what is settled is not the arbiter's to see any more
    expect(ada.locator("#answer li")).to_have_count(0)

    ann = place.as_("ann", place.posted("ann@example.org", "/excuses/"))
    expect(ann.locator("main")).to_contain_text("The log of the door says so.")
    assert place.as_("luc").locator("#late li").count() == 0, "nothing is missing any more"


@WAYS
def test_an_unmatched_queue_of_forty_is_emptied(place: Place) -> None:
    moment = at("2026-06-01 11:00")
    strays = [told("report", "tool", moment + number, f"stray-{number}").content for number in range(40)]
    lab = Principal("member", frozenset({"lab"}), "ann")
    place.town.program.door.submit([decode_structured(one) for one in strays], lab, "http")
    place.town.judge()
    page = place.as_("ann", "/quarantine")
    boxes = page.locator("#unmatched input[name=row]")
    expect(boxes).to_have_count(40)
    for box in boxes.all():
        box.check()
    page.locator("#events details summary").click()
    page.locator("#events textarea").fill("A test of the tool.")
    page.locator("#events button[value=set-aside]").click()
    expect(page.locator("#unmatched input[name=row]")).to_have_count(0)
    expect(page.locator("#unmatched")).to_contain_text("40")


@WAYS
def test_an_administrator_lets_somebody_in_and_takes_her_out(place: Place) -> None:
    root = place.as_("root", "/new-person")
    root.locator("[name=person]").fill("eva")
    root.locator("[name=service_0]").select_option("ward")
    root.locator("[name=role_0]").select_option("member")
    root.locator("button[value=look]").click()
    root.locator("button[value=save]").click()
    eva = root.locator("main tr", has_text="eva")
    eva.locator("summary").click()
    eva.locator("form[action='/people/eva/invite'] button").click()
    link = root.locator("#invited").input_value()
    hers = place.stranger()
    hers.goto(place.address + urlsplit(link).path)
    for name in ("password", "password_again"):
        hers.locator(f"[name={name}]").fill(PASSWORD)
    hers.locator("main form button").click()
    expect(hers.locator("[name=password]")).to_have_count(0)
    hers.goto(place.address + "/breaches")
    expect(hers.locator("main tbody tr")).to_have_count(2)
    root = place.as_("root", "/people")
    root.locator("main tr", has_text="eva").locator("summary").click()
    root.locator("form[action='/people/eva/out'] button").click()
    root.locator("main form button.primary").click()  # what it does is said first
    expect(root.locator("form[action='/people/eva/out']")).to_have_count(0)
    expect(root.locator("main tr", has_text="eva")).to_have_count(0)
    hers.goto(place.address + "/breaches")
    assert "/sign-in?next=%2Fbreaches" in hers.url
    hers.context.close()


@WAYS
def test_an_auditor_looks_at_a_page_as_of_a_day_and_takes_a_proof_home(place: Place) -> None:
    town = place.town
    town.pass_to("2026-06-02 08:00")
    before = place.house.position()
    lab = Principal("member", frozenset({"lab"}), "ann")
    late = told("report", "tool", at("2026-06-02 09:00"), date="2026-06-01").content
    town.program.door.submit([decode_structured(late)], lab, "http")
    town.pass_to("2026-06-02 12:00")
    page = place.as_("paul", f"{COMMITMENT}?period=2026-06")
    expect(page.locator("main")).not_to_contain_text(MISSING[place.language])
    page = place.as_("paul", f"{COMMITMENT}?period=2026-06&at=2026-06-01")
    expect(page.locator(".note.back")).to_be_visible()
    expect(page.locator("main")).to_contain_text(MISSING[place.language])
    assert page.locator("main form[method=post]").count() == 0

    assert make(town.program.store.history, [SigningKey("town", bytes(32))], lambda: town.clock[0]) is not None
    page = place.as_("paul", f"/history?position={before + 1}")
    with page.expect_download() as taken:
        page.locator("main a[href*='/v1/proof']").click()
    proof = json.loads(taken.value.path().read_text("utf-8"))
    assert proof["index"] == before, "entries are counted from 0 there"


@WAYS
def test_an_indicator_owner_mends_a_wrong_key_and_sees_the_figure_follow(place: Place) -> None:
    lab = Principal("member", frozenset({"lab"}), "ann")
    wrong = told("report", "tool", at("2026-06-01 09:00"), date="2026-06-02").content
    place.town.program.door.submit([decode_structured(wrong)], lab, "http")
    place.town.judge()
    page = place.as_("ann", "/quarantine")
    stray = page.locator("#unmatched form[action$='/match']")
    stray.locator("select").select_option(value="c/d/on-time 2026-06-01")
    stray.locator("button").click()
    expect(page.locator("#unmatched form[action$='/match']")).to_have_count(0)
    assert place.as_("ann").locator("#late li").count() == 0
    page = place.as_("ann", f"{COMMITMENT}?period=2026-06")
    expect(page.locator("main")).not_to_contain_text(MISSING[place.language])


@WAYS
def test_a_contract_is_written_signed_and_fed_by_the_first_event_of_a_tool(place: Place) -> None:
    for service in ("lab", "ward"):
        place.town.apply({"entente": 1, "service": service, "title": service.title()})
    ann = place.as_("ann", "/new-contract?kind=punctuality")
    for name, value in (("supplier", "lab"), ("client", "ward")):
        ann.locator(f"select[name$='{name}']").first.select_option(value)
    ann.locator("button[value=read].primary").click()
    ann.locator("button[value=propose]").click()
    expect(ann.get_by_role("heading", level=1)).to_be_visible()

    luc = place.as_("luc")
    row(luc, "answer").locator("a.button").click()
    luc.locator("form[action$='/sign'] button").first.click()
    luc.locator("main form button.primary").click()
    expect(luc.locator("form[action$='/sign']")).to_have_count(0)

    ann = place.as_("ann", "/connect")
    ann.locator("#c-source").fill("https://reports.example.org")
    ann.locator("#f-source button").click()
    ann.locator("#f-key button").click()
    key, event = ann.locator("#made-key").inner_text(), json.loads(ann.locator("#event-0").text_content() or "")
    assert (
        httpx2.post(
            f"{place.address}/v1/events",
            json=event,
            headers={"Authorization": f"Bearer {key}", "content-type": "application/cloudevents+json"},
        ).status_code
        == 202
    )
    if not place.has_script:
        ann.locator("a[href$='#came']").click()
    expect(ann.locator("#came")).to_contain_text(event["type"], timeout=20_000)
    assert key not in ann.url


def send(page: Page, verb: str, text: str) -> None:
    """The form of that verb, with what it asks for; the page that follows says it."""
    form = page.locator(f"form[action$='/{verb}']").first
    form.locator("textarea").fill(text)
    form.locator("button").click()
    expect(page.locator("main")).to_contain_text(text)
