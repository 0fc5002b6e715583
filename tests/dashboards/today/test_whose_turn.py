"""What can be done about what stands on Today, by who reads; reminders, what is handed on, and what waits for whom (MORNING §1)."""

from __future__ import annotations

import re
from html import unescape

import pytest

from services.access import principal
from services.excuses.excusing import Excusing
from tests.dashboards.today.test_today import section
from tests.dashboards.town import MEALS_ON_TIME
from tests.dashboards.visiting import Site, leads

NADIA, MARC, PAUL = "education/nadia.ferrand", "kitchen/marc.olivier", "kitchen/paul.brun"
KEY = "2026-11-16"
"""Meals that never came, yesterday."""
THING = f"occurrence:{MEALS_ON_TIME}:{KEY}"


def row(html: str, path: str) -> str:
    """The line of a list that holds a link beginning so."""
    return next(str(one) for one in re.findall(r"<li>.*?</li>", html, re.DOTALL) if path in unescape(one))


def offered(html: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'<div class="verbs">.*?</div></li>', html, re.DOTALL)]


def words(verbs: str) -> list[str]:
    return re.findall(r"<a [^>]*>([^<]+)<", verbs) + re.findall(r"<button>([^<]+)<", verbs)


def test_who_owes_explains_and_who_is_owed_reminds(shown: Site) -> None:
    why = f"why={KEY}"
    debtor = row(section(shown.page("/", who=MARC), "Missing"), why)
    creditor = row(section(shown.page("/", who=NADIA), "Missing"), why)
    reader = row(section(shown.page("/", who="auditor"), "Missing"), why)
    assert words(offered(debtor)[0]) == ["Explain", "Ask for an excuse", "Open an action", "Hand on"]
    assert words(offered(creditor)[0]) == ["Remind", "Accept as excused", "Hand on"]
    assert words(offered(reader)[0]) == [], "who may do nothing follows its title"


@pytest.mark.parametrize("who", [MARC, NADIA])
def test_each_verb_leads_to_a_page_that_does_it(shown: Site, who: str) -> None:
    html = shown.page("/", who=who)
    ways = {way for verbs in offered(html) for way in re.findall(r'<a [^>]*href="([^"]+)"', verbs)}
    assert len(ways) > 10
    for way in sorted(ways):
        page = shown.page(way, who=who)
        field = way.partition("#")[2]
        assert not field or f'id="{field}"' in page, way
    sent = {way for verbs in offered(html) for way in re.findall(r'<form method="post" action="([^"]+)"', verbs)}
    assert all(way == "/errands/seen" or way.endswith("/acknowledge") for way in sent)


def test_a_reminder_stands_on_the_debtor_s_today_until_it_is_answered(site: Site) -> None:
    form = {"commitment": MEALS_ON_TIME, "key": KEY, "text": "Where is the van?"}
    assert site.post("/reminders/new", form, who=MARC).status_code == 403
    answer = site.post("/reminders/new", form, who=NADIA)
    path = leads(answer)
    assert (answer.status_code, path.startswith("/reminders/")) == (303, True)
    again = site.post("/reminders/new", form | {"text": "And now?"}, who=NADIA)
    assert (again.status_code, "reminded of today" in again.text) == (409, True)
    received = row(section(site.page("/", who=MARC), "To sign and answer"), path)
    assert "Nadia Ferrand: “Where is the van?”" in received
    assert ("Reminder received" in received, words(offered(received)[0])[0]) == (True, "Answer")
    sent = site.page("/", who=NADIA)
    assert "Reminded this morning" in row(section(sent, "Missing"), f"why={KEY}")
    assert "Remind" not in words(offered(row(section(sent, "Missing"), f"why={KEY}"))[0])
    assert "no answer yet" in section(sent, "What you wait for from others")
    assert leads(site.post(f"{path}/answer", {"text": "The van stands."}, who=MARC)) == path
    assert path not in section(site.page("/", who=MARC), "To sign and answer")
    assert "The van stands." in site.page(path, who=NADIA)
    assert site.get(path, who="hr/luc.petit").status_code == 404


def test_an_answer_is_told_to_who_has_reminded_until_it_is_seen_and_more_may_be_asked(site: Site) -> None:
    form = {"commitment": MEALS_ON_TIME, "key": KEY, "text": "Where is the van?"}
    path = leads(site.post("/reminders/new", form, who=NADIA))
    site.post(f"{path}/answer", {"text": "The van stands."}, who=MARC)
    html = site.page("/", who=NADIA)
    told = row(section(html, "To sign and answer"), path)
    assert ("Answer to your reminder" in told, "Marc Olivier: “The van stands.”" in told) == (True, True)
    assert words(offered(told)[0])[:2] == ["Read", "Remind again"]
    missing = row(section(html, "Missing"), f"why={KEY}")
    assert ("Reminder answered this morning" in missing, words(offered(missing)[0])[0]) == (True, "Remind")
    [thing] = re.findall(r'name="thing" value="(answer:[^"]+)"', told)
    assert leads(site.post("/errands/seen", {"thing": thing}, who=NADIA)) == "/"
    assert path not in section(site.page("/", who=NADIA), "To sign and answer")
    assert site.post("/reminders/new", form | {"text": "And now?"}, who=NADIA).status_code == 303
    assert "Reminded this morning" in row(section(site.page("/", who=NADIA), "Missing"), f"why={KEY}")


def test_a_text_that_names_who_is_to_answer_it_is_one_thing_that_waits(site: Site) -> None:
    before = waiting_for(site, MARC)
    form = {"commitment": MEALS_ON_TIME, "key": KEY, "text": "Where is the van, @marc.olivier @paul.brun?"}
    site.post("/reminders/new", form, who=NADIA)
    assert waiting_for(site, MARC) == before + 1
    answers = section(site.page("/?whole=answer", who=MARC), "To sign and answer")
    assert (answers.count("Where is the van"), "Reminder received" in answers) == (1, True)
    own = section(site.page("/?scope=own&whole=answer", who=PAUL), "To sign and answer")
    assert ("Names you" in own, own.count("Where is the van")) == (True, 1)


def waiting_for(site: Site, who: str) -> int:
    """As the head of the page counts it."""
    found = re.search(r"(\d+) things? waits? for your answer", unescape(site.page("/", who=who)))
    return int(found[1]) if found else 0


def test_what_is_handed_on_is_another_s(site: Site) -> None:
    own = "/?scope=own"
    assert f"why={KEY}" in site.page(own, who=MARC)
    form = {"thing": THING, "person": "paul.brun", "text": "you know the driver"}
    assert site.post("/errands/hand-on", form, who=NADIA).status_code == 400
    assert leads(site.post("/errands/hand-on", form, who=MARC)) == "/"
    assert f"why={KEY}" not in section(site.page(own, who=MARC), "Missing")
    mine = row(section(site.page(own, who=PAUL), "Missing"), f"why={KEY}")
    assert "Handed on to you by Marc Olivier “you know the driver”" in mine
    assert "Paul Brun has it" in row(section(site.page("/", who=MARC), "Missing"), f"why={KEY}")
    assert "Paul Brun has it" not in site.page("/", who=NADIA)
    whose = section(site.page("/", who=MARC), "What waits for whom")
    assert re.search(r"Paul Brun</th>.*?w-miss\">1<", whose, re.DOTALL)


def test_a_refusal_is_told_to_who_asked_until_somebody_has_seen_it(site: Site) -> None:
    excusing = site.town.program.store.use(Excusing)
    id, _ = excusing.ask(principal(MARC), MEALS_ON_TIME, reason="other", text="snow", keys=[KEY])
    site.town.judge()
    assert site.post(f"/excuses/{id}/refuse", {"text": "there was none"}, who=NADIA).status_code == 303
    refused = row(section(site.page("/?whole=answer", who=MARC), "To sign and answer"), f"/excuses/{id}")
    assert ("there was none" in refused, words(offered(refused)[0])) == (True, ["Dispute", "Hand on", "Seen"])
    assert f"/excuses/{id}" not in section(site.page("/?whole=answer", who=NADIA), "To sign and answer")
    assert leads(site.post("/errands/seen", {"thing": f"refusal:{id}"}, who=MARC)) == "/"
    assert f"/excuses/{id}" not in section(site.page("/?whole=answer", who=MARC), "To sign and answer")


def test_an_action_is_opened_by_hand_for_somebody_on_a_list(site: Site) -> None:
    page = site.page(f"/new-action?commitment={MEALS_ON_TIME}", who=MARC)
    assert '<option value="paul.brun">Paul Brun</option>' in page
    form = {"commitment": MEALS_ON_TIME, "text": "a second van", "person": "paul.brun", "due": "2026-12-01"}
    path = leads(site.post("/new-action", form, who=MARC))
    opened = site.stored(path)
    assert (opened["text"], opened["person"], opened["due"]) == ("a second van", "paul.brun", "2026-12-01")
    refused = site.post("/new-action", form | {"due": "tomorrow"}, who=MARC)
    assert (refused.status_code, "a second van" in refused.text) == (400, True)


def test_the_administrator_is_told_in_counts_what_waits_in_each_service(shown: Site) -> None:
    counts = section(shown.page("/"), "What waits in each service")
    assert re.search(r"Central kitchen</th><td class=\"num\">\d+</td>", counts)
    assert "What waits in each service" not in shown.page("/", who=MARC)
