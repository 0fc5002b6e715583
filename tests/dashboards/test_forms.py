"""Forms: who may send what from where, once, and nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi.routing import APIRoute

from services.access import principal
from tests.dashboards.told import told
from tests.dashboards.town import FAULTS, MEALS_ON_TIME, NOW, REVIEW
from tests.dashboards.valmoray import living_town
from tests.dashboards.visiting import Site, leads, send_form, visited

HELD = "legal-opinions@2026-10-13"
"""A review that took place and that nobody has signed."""
VERSION = "/contracts/school-meals/versions/3"
PROPOSAL = {"proposal": "3"}
READ = {"seen": "2"}
TOO_LONG = "x" * 10_001

Asked = Callable[[Site], Any]


def last(path: str, *names: str) -> Asked:
    """What the API says there: a value by its names, of a list its last one."""

    def said(site: Site) -> Any:
        found = site.stored(path)
        for name in names:
            found = found[-1][name] if isinstance(found, list) else found[name]
        return found

    return said


@pytest.mark.parametrize(
    ("path", "data", "asked", "is_now", "then"),
    [
        ("/breaches/{late}/acknowledge", {}, last("/breaches/{late}", "acknowledged", "by"), "administrator", "/breaches/{late}"),
        ("/breaches/{late}/explain", {"text": " The road\r\nwas closed. "}, last("/breaches/{late}", "explanations", "text"),
         "The road\nwas closed.", "/breaches/{late}"),
        ("/actions/{open}/progress", {"text": "half"}, last("/actions/{open}", "progress", "text"), "half", "/actions/{open}"),
        ("/actions/{open}/close", {"text": "done"}, last("/actions/{open}", "closed", "text"), "done", "/actions/{open}"),
        (f"{VERSION}/sign", PROPOSAL | {"party": "client"}, lambda site: site.newest().state, "signed", "/contracts/school-meals"),
        (f"{VERSION}/refuse", PROPOSAL | {"text": "too early"}, lambda site: site.newest().refusal, "too early",
         "/contracts/school-meals"),
        (f"{VERSION}/withdraw", PROPOSAL, lambda site: site.newest().state, "withdrawn", "/contracts/school-meals"),
        (f"{VERSION}/comment", PROPOSAL | {"text": "why?", "clause": "deliverables.menus.on-time"},
         lambda site: [(one.clause, one.text) for one in site.newest().comments][-1],
         ("deliverables.menus.on-time", "why?"), VERSION),
        (f"/reviews/{HELD}/minutes", {"text": "said"}, last(f"/reviews/{HELD}", "minutes", "text"), "said", f"/reviews/{HELD}"),
        (f"/reviews/{HELD}/decide", {"text": "so be it"}, last(f"/reviews/{HELD}", "decisions", "text"), "so be it",
         f"/reviews/{HELD}"),
        (f"/reviews/{REVIEW}/sign", READ | {"party": "client"}, last(f"/reviews/{REVIEW}", "state"), "signed", f"/reviews/{REVIEW}"),
        ("/excuses/{asked}/accept", {"text": " "}, last("/excuses/{asked}", "state"), "accepted", "/excuses/{asked}"),
        ("/excuses/{asked}/refuse", {"text": "open"}, last("/excuses/{asked}", "answers", "text"), "open", "/excuses/{asked}"),
        ("/excuses/{refused}/dispute", {"text": "closed"}, last("/excuses/{refused}", "state"), "disputed", "/excuses/{refused}"),
        ("/quarantine/{malformed-json}/discard", {"text": "a test"}, last("/quarantine/{malformed-json}", "state"), "discarded",
         "/quarantine"),
    ],
)  # fmt: skip
def test_each_form_decides_and_leads_on(
    site: Site, path: str, data: dict[str, str], asked: Asked, is_now: object, then: str
) -> None:
    answer = site.post(path, data)
    assert (answer.status_code, leads(answer).replace("%40", "@")) == (303, site.path(then))
    assert asked(site) == is_now


@pytest.mark.parametrize(
    ("data", "excuse"),
    [
        (
            {"scope": MEALS_ON_TIME, "key": "2026-11-16", "reason": "force-majeure", "text": "snow"},
            {"commitment": MEALS_ON_TIME, "keys": ["2026-11-16"], "from": None, "until": None},
        ),
        (
            {"scope": "school-meals", "first": "2026-03-28", "last": "2026-03-29", "reason": "agreed-closure", "text": "works"},
            {"commitment": "school-meals", "keys": [], "from": "2026-03-28T00:00:00+01:00", "until": "2026-03-30T00:00:00+02:00"},
        ),
    ],
)  # fmt: skip
def test_what_is_asked_not_to_count_leads_to_its_excuse(
    site: Site, data: dict[str, str], excuse: dict[str, object]
) -> None:
    answer = site.post("/excuses/ask", data | {"party": "supplier"})
    assert answer.status_code == 303
    made = site.stored(leads(answer))
    expected = {"reason": data["reason"], "text": data["text"], "party": "supplier", "asked_by": "administrator"}
    assert {name: made[name] for name in excuse | expected} == excuse | expected


def test_what_another_service_sent_is_accepted_when_the_administrator_sends_it_again(site: Site) -> None:
    timeless = site.post("/quarantine/{time-without-offset}/retry")
    assert (timeless.status_code, "cannot be accepted this time either" in timeless.text) == (409, True)
    closed = told("ticket.closed", "desk/tickets", NOW, "INC-10328")
    site.town.hear(closed.content, by=principal("legal"))
    [item, *_] = [one["id"] for one in site.stored("/quarantine") if one["by"] == "legal"]
    answer = site.post(f"/quarantine/{item}/retry")
    assert (answer.status_code, leads(answer)) == (303, "/quarantine")
    assert site.stored(f"/quarantine/{item}")["state"] == "retried"
    assert (
        next(one for one in site.stored(f"/occurrences?commitment={FAULTS}") if one["key"] == "INC-10328")["verdict"]
        == "met"
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://[::1"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-site"},
        {"Referer": "https://evil.example/http://127.0.0.1"},
    ],
)
def test_a_form_from_another_page_decides_nothing(shown: Site, headers: dict[str, str]) -> None:
    before = shown.position()
    for path in ("/breaches/{late}/acknowledge", "/as"):
        answer = shown.post(path, {"value": "auditor"}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    assert shown.position() == before


def test_a_browser_that_says_only_where_it_came_from_is_believed(site: Site) -> None:
    address = "/quarantine/{malformed-json}/discard"
    answer = site.post(address, {"text": "a test"}, headers={"Referer": "http://127.0.0.1/quarantine"})
    assert answer.status_code == 303
    assert site.stored("/quarantine/{malformed-json}")["state"] == "discarded"


def test_what_the_judge_does_not_come_to_is_said_to_be_stored_and_is_not_done_twice(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.pages.house.sending.JUDGED_WITHIN", 0.0)
    form = {"text": "The road was closed.", "ticket": ticket_of(site.page("/breaches/{late}"))}
    judge = site.town.program.store.history.database.judge_lock()
    assert judge.try_acquire()
    answer = site.post("/breaches/{late}/explain", form)
    assert (answer.status_code, "is stored, and not judged yet" in answer.text) == (503, True)
    judge.release()
    assert site.post("/breaches/{late}/explain", form).status_code == 303
    site.town.program.store.judging.catch_up()
    assert explained(site).count("The road was closed.") == 1


def ticket_of(html: str) -> str:
    [ticket, *_] = re.findall(r'name="ticket" value="([^"]+)"', html)
    return str(ticket)


def explained(site: Site) -> list[str]:
    return [one["text"] for one in site.stored("/breaches/{late}")["explanations"]]


def test_a_form_sent_twice_is_done_once(site: Site) -> None:
    ticket, before = ticket_of(site.page("/actions/{open}")), site.position()
    for _ in range(2):
        assert site.post("/actions/{open}/close", {"text": "done", "ticket": ticket}).status_code == 303
    assert site.position() == before + 1


def test_who_goes_back_and_sends_other_words_is_not_told_that_it_was_done(site: Site) -> None:
    ticket = ticket_of(site.page("/breaches/{late}"))
    for text in ("The road was closed.", "The road was closed.", "It was the other road."):
        assert site.post("/breaches/{late}/explain", {"text": text, "ticket": ticket}).status_code == 303
    assert explained(site) == ["The road was closed.", "It was the other road."]


def test_a_refusal_keeps_what_was_typed_and_the_form_may_be_sent_again(site: Site) -> None:
    hakim = "legal/hakim.benali"
    data = {"text": "The list goes to the directors on Thursday.", "ticket": "t-1"}
    answer = site.post("/actions/{open}/progress", data, who=hakim)
    assert answer.status_code == 409
    assert f">{data['text']}</textarea>" in answer.text
    assert 'role="alert"' in answer.text
    assert 'href="#f-progress"' in answer.text
    assert "The same was said already" in answer.text
    again = site.post("/actions/{open}/progress", {**data, "text": "done"}, who=hakim)
    assert again.status_code == 303
    assert [one["text"] for one in site.stored("/actions/{open}")["progress"]] == [data["text"], "done"]


@pytest.mark.parametrize("text", ["", "   \r\n ", TOO_LONG])
def test_an_empty_or_endless_text_is_refused_in_the_readers_language(shown: Site, text: str) -> None:
    before = shown.position()
    for path in (
        "/breaches/{late}/explain",
        "/actions/{open}/progress",
        f"/reviews/{HELD}/minutes",
        f"{VERSION}/comment",
        f"{VERSION}/refuse",
        "/quarantine/{malformed-json}/discard",
    ):
        answer = shown.post(path, PROPOSAL | {"text": text}, "fr")
        assert answer.status_code == 400
        assert "Ceci n’a pas été fait." in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert shown.position() == before


def test_what_is_typed_is_never_markup(site: Site) -> None:
    evil = "</textarea><script>alert(3)</script>" + "x" * 10_000
    answer = site.post("/breaches/{late}/explain", {"text": evil})
    assert "<script>" not in answer.text
    site.post("/breaches/{late}/explain", {"text": evil[:40]})
    assert "&lt;script&gt;alert(3)" in site.page("/breaches/{late}")


def part(html: str, begins: str, ends: str = "</form>") -> str:
    found = html.partition(begins)
    assert found[1], begins
    return found[2].partition(ends)[0]


def matches_of(site: Site, event: str) -> list[tuple[str, str]]:
    """To what an event was matched, and how that stands."""
    return [(one["key"], one["state"]) for one in site.stored("/match") if str(one["event"]) == site.town.names[event]]


def test_an_unmatched_event_is_matched_to_what_somebody_chose(site: Site) -> None:
    address = site.path("/unmatched/{stray}/match")
    form = part(site.page("/quarantine"), f'<form method="post" action="{address}"')
    nothing, to, *_, other = re.findall(r'<option value="([^"]*)"', form)
    assert (nothing, to, other) == ("", f"{FAULTS} INC-10328", FAULTS)
    assert ("selected" in form, " required" in form) == (False, True)
    data = {"ticket": ticket_of(form)}
    refused = site.post(address, data | {"to": ""})
    assert (refused.status_code, 'aria-invalid="true"' in refused.text, matches_of(site, "stray")) == (400, True, [])
    answer = site.post(address, data | {"to": to})
    assert (answer.status_code, leads(answer)) == (303, "/quarantine")
    assert matches_of(site, "stray") == [("INC-10328", "matched")]


def test_the_key_that_was_typed_counts_and_not_what_was_chosen(site: Site) -> None:
    data = {"to": f"{FAULTS} INC-10328", "key": "INC-10077", "text": "they called"}
    assert site.post("/unmatched/{stray}/match", data).status_code == 303
    assert matches_of(site, "stray") == [("INC-10077", "asked")]
    assert site.stored("/match")[0]["notes"][-1]["text"] == "they called"


def test_what_was_typed_of_a_match_that_is_refused_is_kept(shown: Site) -> None:
    address = shown.path("/unmatched/{stray}/match")
    refused = shown.post(address, {"to": FAULTS, "text": "they called"})
    form = part(refused.text, f'<form method="post" action="{address}"')
    kept = (f'<option value="{FAULTS}" selected' in form, 'value="they called"' in form)
    assert (refused.status_code, *kept) == (400, True, True)


def test_what_belongs_nowhere_is_put_aside_shown_apart_and_taken_back(site: Site) -> None:
    def queues() -> list[set[str]]:
        pages = [site.page("/quarantine"), site.page("/quarantine?unmatched=set-aside")]
        return [set(re.findall("INC-(?:88888|99999)", part(html, 'id="unmatched"', "</table>"))) for html in pages]

    assert site.post("/unmatched/{stray}/set-aside", {"text": " "}).status_code == 400
    assert queues() == [{"INC-99999"}, {"INC-88888"}]
    site.post("/unmatched/{stray}/set-aside", {"text": "a test of the tool"})
    assert queues() == [set(), {"INC-88888", "INC-99999"}]
    aside = site.page("/quarantine?unmatched=set-aside")
    assert "&lt;i&gt;a drill" in aside
    assert site.path("/unmatched/{aside}/match") not in aside
    answer = site.post("/unmatched/{aside}/take-back")
    assert leads(answer) == "/quarantine?unmatched=set-aside"
    assert queues() == [{"INC-88888"}, {"INC-99999"}]


def test_what_was_asked_already_says_so_and_is_offered_for_no_other_match(shown: Site) -> None:
    row = part(shown.page("/quarantine"), "INC-77777", "</tr>")
    assert "asked to match it to INC-10031" in row
    assert shown.path('action="/unmatched/{asked_stray}/') not in row
    assert all(
        shown.path(f'action="/matches/{{to_accept}}/{verb}"') in row for verb in ("accept", "refuse", "take-back")
    )


@pytest.mark.parametrize(
    ("who", "seen", "offered"),
    [
        ("administrator", True, True),
        ("it/anna.martin", True, True),
        ("education/nadia.ferrand", True, False),
        ("auditor", True, False),
        ("kitchen/marc.olivier", False, False),
    ],
)
def test_only_who_settles_them_is_offered_to(shown: Site, who: str, seen: bool, offered: bool) -> None:
    html = shown.page("/quarantine", who=who)
    assert ("INC-99999" in html, 'action="/unmatched/' in html) == (seen, offered)


def test_what_was_matched_is_shown_taken_back_and_accepted(site: Site) -> None:
    assert "&lt;b&gt;changed" in site.page("/quarantine")
    site.post("/matches/{matched}/take-back")
    site.post("/matches/{to_accept}/accept")
    states = [site.stored(f"/match/{{{name}}}")["state"] for name in ("matched", "to_accept")]
    assert states == ["taken-back", "matched"]


def test_a_match_is_refused_for_a_reason(site: Site) -> None:
    assert site.post("/matches/{to_accept}/refuse", {"text": " "}).status_code == 400
    site.post("/matches/{to_accept}/refuse", {"text": "it is another"})
    found = site.stored("/match/{to_accept}")
    assert (found["state"], found["notes"][-1]["text"]) == ("refused", "it is another")


def test_who_may_not_decide_gets_no_form_and_is_refused(shown: Site) -> None:
    before = shown.position()
    for path in ("/breaches/{late}", "/actions/{open}", f"/reviews/{HELD}", "/quarantine"):
        assert 'method="post" action="/' + path.split("/")[1] not in shown.page(path, who="auditor")
    answer = shown.post("/breaches/{late}/acknowledge", who="auditor")
    assert answer.status_code == 403
    assert "This is not yours to do" in answer.text
    assert shown.position() == before


@pytest.mark.parametrize(
    "path",
    [
        "/breaches/{late}/erase",
        "/actions/{open}/erase",
        f"/reviews/{HELD}/x",
        "/quarantine/{malformed-json}/x",
        "/matches/{matched}/x",
        f"{VERSION}/x",
    ],
)
def test_a_verb_that_is_none_is_not_there(shown: Site, path: str) -> None:
    assert shown.post(path).status_code == 404


def test_the_language_is_kept_in_a_cookie_and_leads_back(shown: Site) -> None:
    answer = shown.get("/language/fr", params={"back": "/contracts"}, follow_redirects=False)
    assert (answer.status_code, leads(answer)) == (303, "/contracts")
    assert "language=fr" in answer.headers["set-cookie"]
    assert shown.get("/language/xx").status_code == 404


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_switch_never_leads_elsewhere(shown: Site, back: str) -> None:
    answer = shown.get("/language/fr", params={"back": back}, follow_redirects=False)
    assert leads(answer) == "/"
    assert shown.post("/as", {"value": "auditor", "back": back}).headers["location"] == "/"


def test_readers_choose_who_they_are_only_where_nobody_signs_in() -> None:
    with living_town() as town, visited(town) as site:
        assert "Nobody signs in here" in site.http.get("/portfolio").text
        send_form(site.http, "/as", {"value": "kitchen/marc.olivier"})
        assert "Pay slips" not in site.http.get("/portfolio").text
        assert send_form(site.http, "/as", {"value": "payroll/anyone"}).status_code == 404
    with living_town() as town, visited(town, has_choices=False) as site:
        html = site.page("/portfolio", who="kitchen/marc.olivier")
        assert "Nobody signs in here" not in html
        assert "Pay slips" in html
        assert site.post("/as", {"value": "auditor"}).status_code == 404


def test_a_day_that_is_none_is_refused_and_what_was_typed_is_kept(shown: Site) -> None:
    before = shown.position()
    data = {
        "scope": "school-meals",
        "first": "31/02/2026",
        "last": "2026-03-29",
        "reason": "other",
        "text": "works & rain",
    }
    answer = shown.post("/excuses/ask", data)
    assert answer.status_code == 400
    assert "“31/02/2026” is no date" in answer.text
    assert 'value="2026-03-29"' in answer.text
    assert "works &amp; rain" in answer.text
    assert shown.position() == before


def test_a_form_made_for_who_one_was_in_another_window_decides_nothing_for_who_one_is(site: Site) -> None:
    before = site.position()
    data = {"text": "The road was closed.", "ticket": ticket_of(site.page("/breaches/{late}"))}
    answer = site.post("/breaches/{late}/explain", data, "fr", "kitchen/marc.olivier")
    assert answer.status_code == 409
    assert "pour quelqu’un d’autre" in answer.text
    assert ">The road was closed.</textarea>" in answer.text
    assert site.position() == before
    data["ticket"] = ticket_of(answer.text)
    assert site.post("/breaches/{late}/explain", data, "fr", "kitchen/marc.olivier").status_code == 303


def test_what_was_typed_stands_in_the_refusal_where_no_form_holds_it_any_more(site: Site) -> None:
    site.post(f"/reviews/{REVIEW}/sign", READ | {"party": "client"})
    assert site.stored(f"/reviews/{REVIEW}")["state"] == "signed"
    answer = site.post(f"/reviews/{REVIEW}/minutes", {"text": "One more word."})
    assert (answer.status_code, 'id="f-minutes"' in answer.text) == (409, False)
    assert re.search(r"<textarea[^>]* readonly>One more word.</textarea>", answer.text)
    assert "Go to the field" not in answer.text
    empty = site.post(f"/reviews/{REVIEW}/minutes", {"text": " "})
    assert "The form is offered no more: the page shows how things stand now." in empty.text
    assert "There is nothing in it" not in empty.text
    closed = site.post("/breaches/{late}/acknowledge", {"text": "A long story."}, who="auditor")
    assert closed.status_code == 403
    assert re.search(r"<textarea[^>]* readonly>A long story.</textarea>", closed.text)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/breaches/{late}/explain", {}),
        ("/actions/{open}/close", {}),
        (f"{VERSION}/refuse", PROPOSAL),
        (f"{VERSION}/comment", PROPOSAL),
        (f"/reviews/{HELD}/minutes", {}),
        ("/excuses/{asked}/refuse", {}),
        ("/excuses/ask", {"scope": MEALS_ON_TIME, "key": "2026-11-16", "reason": "other", "party": "supplier"}),
        ("/quarantine/{malformed-json}/discard", {}),
    ],
)
def test_a_refusal_has_an_address_that_can_be_opened_in_another_language(
    shown: Site, path: str, data: dict[str, str]
) -> None:
    answer = shown.post(path, data | {"text": TOO_LONG})
    assert answer.status_code == 400
    switch = unescape(re.search(r'href="(/language/fr[^"]*)"', answer.text)[1])  # type: ignore[index]
    french = shown.get(shown.get(switch, follow_redirects=False).headers["location"], "fr")
    assert french.status_code == 200
    assert "Ceci n’a pas été fait." in french.text
    assert f">{TOO_LONG}</textarea>" in french.text
    assert shown.get(path).status_code == 200


def test_every_address_that_forms_are_sent_to_can_be_opened(shown: Site) -> None:
    ids = {
        "breaches": "{late}",
        "actions": "{open}",
        "contracts": "school-meals",
        "excuses": "{asked}",
        "reviews": REVIEW,
        "calendars": "city-office",
    }
    verbs = {"breaches": ("acknowledge", "explain"), "actions": ("progress", "close")}
    routes = [one for one in _routes(shown.http.app) if not one.path.startswith("/v1")]
    sent = [
        one for one in routes if "POST" in (one.methods or ()) and "{token}" not in one.path
    ]  # tests/notices opens that
    assert len(sent) > 10
    for one in sent:
        kind = one.path.split("/")[1]
        place = re.sub(r"\{(id(:path)?|event|position)\}", ids.get(kind, "7"), one.path).replace("{number}", "3")
        place += "?source=gate-scanner/ferry" if kind == "sources" else ""
        for verb in verbs.get(kind, ("sign", "anything")):
            path = place.replace("{verb}", verb)
            assert shown.get(path).status_code == (
                404 if kind == "personal" or path.startswith(("/reminders/7", "/causes/7")) else 200
            ), path  # nothing is sealed in the town, nobody reminded of anything, no list of causes published


def _routes(app: Any) -> list[APIRoute]:
    found = [*app.routes]
    while any(not isinstance(one, APIRoute) and hasattr(one, "original_router") for one in found):
        found = [
            each for one in found for each in (one.original_router.routes if hasattr(one, "original_router") else [one])
        ]
    return [one for one in found if isinstance(one, APIRoute)]


def test_the_contract_says_at_its_top_which_version_begins_later(site: Site) -> None:
    assert site.post(f"{VERSION}/sign", PROPOSAL | {"party": "client", "confirmed": "yes"}).status_code == 303
    for language, said in (
        ("en", "Version 3 is signed, and in force from"),
        ("fr", "La version 3 est signée, en vigueur au"),
    ):
        top = site.page("/contracts/school-meals", language).partition('class="sides"')[0]
        assert said in top.replace("\u00a0", " ")
        assert f'href="{VERSION}"' in top
