"""No form is offered that is always refused: whoever looks, every form of every page does what it says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient

from dashboards.pages.house.sending import CONFIRMED
from entente.serving import web
from entente.settings import Settings
from entente.wiring import program
from services.access import ADMINISTRATOR, principal
from services.contract_files import read_documents
from services.contracts.contracting import Contracting
from services.excuses.excusing import Excusing
from tests.browser.week import MONDAYS, SUPPLIER, Story, instant, reports
from tests.end_to_end.agreements import REPORT, contract, report

NAMES = ("breach", "answer", "ended")
WHO = ("administrator", "auditor", SUPPLIER, "answer/luc", "breach/luc", "sign/luc", "ended/luc", "stranger/zoe")
STARTS = ("/contracts", "/breaches", "/actions", "/reviews", "/excuses", "/quarantine")
CLAUSE = "to-answer/" + REPORT


class Offer(NamedTuple):
    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def name(self) -> tuple[str, str]:
        """The same form on another page, or later, has the same."""
        return self.action, dict(self.fields).get("party", "")


class Page(HTMLParser):
    """The forms that are sent from a page, filled in as somebody would who wants them done; and where it leads."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.forms: list[Offer] = []
        self._action = ""
        self._fields: dict[str, str] = {}
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        name = held.get("name", "")
        if tag == "a" and held.get("href", "").startswith("/"):
            self.links.append(held["href"].partition("#")[0])
        elif tag == "form":
            # a form for several rows has them outside of it, and is tried in `test_together.py`
            is_sent = held.get("method") == "post" and held.get("class") != "together"
            self._action, self._fields = held["action"] if is_sent else "", {}
        elif tag == "select":
            self._select = name
        elif tag == "option" and (not self._fields.get(self._select) or "selected" in held):
            self._fields[self._select] = held.get("value", "")
        elif tag == "textarea" and name:
            self._fields[name] = "Said in a test."
        elif tag == "input" and name:
            last = "2026-12-31" if self._action.endswith("/terminate") else "2026-01-12"
            typed = {"first": "2026-01-12", "last": last, **self._of_action(), **self._of_review()}
            self._fields[name] = typed.get(name, held.get("value", ""))

    def _of_action(self) -> dict[str, str]:
        """What is typed into the forms of an action."""
        if not self._action.startswith("/actions/"):
            return {}
        title = {"title": "Minutes"} if self._action.endswith("/evidence") else {}
        reference = f"action:{self._action.split('/')[2]}"
        return {"due": "2026-12-31", "text": "Said in a test.", "amount": "1", "references": reference, **title}

    def _of_review(self) -> dict[str, str]:
        """What is typed into the forms of a review."""
        if not self._action.startswith("/reviews/"):
            return {}
        return {"text": "Said in a test.", "date": "2026-03-10", "a-date": "2026-05-12"}

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._action:
            self.forms.append(Offer(self._action, tuple(self._fields.items())))
            self._action = ""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which everything waits for somebody: proposals, counter-proposals, breaches, excuses in each state, a contract that
    was ended."""
    path = tmp_path_factory.mktemp("offered") / "store.db"
    now = [instant("2026-01-02T09:00:00+01:00")]
    with program(Settings(store=f"sqlite:///{path}"), clock=lambda: now[0]) as opened:
        story = Story(opened, now)
        for name in NAMES:
            story.agree(name, "client")
        days = [day for day in MONDAYS if day != "2026-01-19"]
        events = [one for name in NAMES for _, one in zip(days, reports(name), strict=True)]
        story.live("2026-01-20T12:00:00+01:00", [*events, report("answer", "x", "2026-01-19T09:00:00")])
        story.live("2026-02-10T12:00:00+01:00", [])
        story.agree("sign")
        excusing, contracting = opened.store.use(Excusing), opened.store.use(Contracting)
        for key in ("2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02"):
            made, _ = excusing.ask(principal(SUPPLIER), CLAUSE, reason="other", text="Snow.", keys=[key])
            opened.store.judging.catch_up()
            if key != "2026-01-12":
                excusing.refuse(principal("answer/luc"), made, "It did not.")
                opened.store.judging.catch_up()
            if key in ("2026-01-26", "2026-01-19"):
                excusing.dispute(principal(SUPPLIER), made, "It did.")
                opened.store.judging.catch_up()
        contracting.terminate(principal("ended/luc"), "to-ended", date(2026, 2, 10))
        for client, share in (("answer", "91"), ("answer", "92"), ("breach", "93")):
            text = contract(f"to-{client}", client, effective="2026-03-01").replace("90 %", f"{share} %")
            who = principal(f"{client}/luc") if share == "92" else principal(SUPPLIER)
            contracting.apply(who, read_documents(text, "contract")[0])
        now[0] = instant("2026-02-12T12:00:00+01:00")
        opened.store.timekeeping.advance(ADMINISTRATOR, now[0])
        opened.store.judging.catch_up()
    return path


@contextmanager
def served(store: Path, folder: Path, who: str) -> Iterator[TestClient]:
    shutil.copy(store, folder / "store.db")
    now = instant("2026-02-12T12:00:00+01:00")
    with program(Settings(store=f"sqlite:///{folder / 'store.db'}"), clock=lambda: now) as opened:
        headers = {"Entente-As": who, "Origin": "http://127.0.0.1", "Cookie": "language=en"}
        with TestClient(web(opened), base_url="http://127.0.0.1", headers=headers, follow_redirects=False) as client:
            yield client


def pages(client: TestClient) -> list[str]:
    """Those that somebody meets who follows the lists: all contracts, versions and excuses, of the rest a few."""
    found = dict.fromkeys(STARTS)
    for start in STARTS:
        for link in Page(client.get(start).text).links:
            if re.fullmatch(r"/(contracts|breaches|actions|reviews|excuses)/[^?]+(?<!\.ics)(?<!/pack)", link):
                found[link] = None
    for place in [one for one in found if re.fullmatch(r"/contracts/[^/]+", one)]:
        answer = client.get(place)
        found |= dict.fromkeys(
            one for one in Page(answer.text).links if re.fullmatch(r"/contracts/[^/]+/versions/\d+", one)
        )
    kinds: dict[str, list[str]] = {}
    for one in found:
        kinds.setdefault(one.split("/")[1] + str(one.count("/")), []).append(one)
    return [
        one for held in kinds.values() for one in (held if "contracts" in held[0] or "excuses" in held[0] else held[:3])
    ]


def refused(client: TestClient, path: str, done: set[tuple[str, str]]) -> Iterator[str]:
    """Sends each form that the page offers, one after the other, as long as it offers another."""
    while True:
        offers = [one for one in Page(client.get(path).text).forms if one.name not in done and one.action != "/as"]
        if not offers:
            return
        done.add(offers[0].name)
        answer = client.post(offers[0].action, data={**dict(offers[0].fields), CONFIRMED: "yes"})
        # not yet declared, not yet mended; the one that it has already
        is_still_wrong = answer.status_code == 409 and offers[0].action.endswith(("/retry", "/reassign"))
        if answer.status_code != 303 and not is_still_wrong:
            said = re.search(r'role="alert">(.*?)</div>', answer.text, re.DOTALL)
            yield f"{path}: {offers[0].name}: {answer.status_code} {unescape(said[1]) if said else answer.text[:300]}"


@pytest.mark.parametrize("who", WHO)
def test_every_form_that_is_offered_is_done(store: Path, tmp_path: Path, who: str) -> None:
    with served(store, tmp_path, who) as client:
        done: set[tuple[str, str]] = set()
        wrong = [line for path in pages(client) for line in refused(client, path, done)]
    assert wrong == [], "\n".join(wrong)
    verbs = {action.rpartition("/")[2] for action, _ in done}
    if who in ("auditor", "stranger/zoe"):
        assert done == set()
    elif who in ("administrator", SUPPLIER):
        assert {"sign", "explain", "acknowledge", "ask", "progress"} <= verbs


def test_the_administrator_signs_for_either_party(store: Path, tmp_path: Path) -> None:
    with served(store, tmp_path, "administrator") as client:
        path = "/contracts/to-breach/versions/2"
        for party in ("supplier", "client"):
            [form] = [one for one in Page(client.get(path).text).forms if one.name == (f"{path}/sign", party)]
            assert client.post(form.action, data={**dict(form.fields), CONFIRMED: "yes"}).status_code == 303
        assert "/sign" not in client.get(path).text


def test_what_was_read_is_what_is_signed(store: Path, tmp_path: Path) -> None:
    """Another wording of the same number, proposed while the page was open in another window, is not signed unseen."""
    with served(store, tmp_path, SUPPLIER) as client:
        path = "/contracts/to-answer/versions/2"
        offers = {one.action.rpartition("/")[2]: one for one in Page(client.get(path).text).forms}
        assert {"sign", "refuse", "comment"} == set(offers), "it is a counter-proposal of the client"
        text = contract("to-answer", "answer", effective="2026-03-01").replace("90 %", "55 %")
        client.put("/v1/contracts/to-answer", content=text, headers={"Entente-As": "answer/luc"})
        for verb, form in offers.items():
            answer = client.post(form.action, data={**dict(form.fields), CONFIRMED: "yes"})
            assert answer.status_code == 409, verb
            assert "Another wording waits now than the one that was read" in answer.text
        assert "55" in client.get(path).text
        [form] = [one for one in Page(client.get(path).text).forms if one.action.endswith("/sign")]
        assert client.post(form.action, data={**dict(form.fields), CONFIRMED: "yes"}).status_code == 303


def test_a_contract_that_was_ended_is_not_to_be_amended(store: Path, tmp_path: Path) -> None:
    with served(store, tmp_path, SUPPLIER) as client:
        assert "/contracts/to-breach/edit" in client.get("/contracts/to-breach").text
        assert "/contracts/to-ended/edit" not in client.get("/contracts/to-ended").text
