"""Forms: who may send what from where, once, and nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from tests.dashboards.scenario import FAULTS, MEALS_ON_TIME, town
from tests.dashboards.serving import application
from tests.dashboards.test_editor import edited
from tests.dashboards.twin import Decisions

REVIEW, REVIEW_PAGE = "legal-opinions@2026-11-10", "/reviews/legal-opinions%402026-11-10"
HERE = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def served() -> Iterator[tuple[TestClient, Decisions]]:
    app, decisions = application(town())
    with TestClient(app, follow_redirects=False) as client:
        yield client, decisions


@pytest.mark.parametrize(
    ("path", "data", "done", "then"),
    [
        ("/breaches/b-2026-031/acknowledge", {}, ("acknowledge", "b-2026-031", ""), "/breaches/b-2026-031"),
        (
            "/breaches/b-2026-031/explain",
            {"text": " The road\r\nwas closed. "},
            ("explain", "b-2026-031", "The road\nwas closed."),
            "/breaches/b-2026-031",
        ),
        ("/actions/a-15/progress", {"text": "half"}, ("progress", "a-15", "half"), "/actions/a-15"),
        ("/actions/a-15/close", {"text": "done"}, ("close", "a-15", "done"), "/actions/a-15"),
        ("/contracts/school-meals/versions/3/sign", {}, ("sign", "school-meals", ""), "/contracts/school-meals"),
        (
            "/contracts/school-meals/versions/3/refuse",
            {"text": "too early"},
            ("refuse", "school-meals", "too early"),
            "/contracts/school-meals",
        ),
        (
            "/contracts/school-meals/versions/3/withdraw",
            {},
            ("withdraw", "school-meals", ""),
            "/contracts/school-meals",
        ),
        (
            "/contracts/school-meals/versions/3/comment",
            {"text": "why?", "clause": "deliverables.menus.on-time"},
            ("comment deliverables.menus.on-time", "school-meals", "why?"),
            "/contracts/school-meals/versions/3",
        ),
        (f"/reviews/{REVIEW}/minutes", {"text": "said"}, ("minutes", REVIEW, "said"), REVIEW_PAGE),
        (f"/reviews/{REVIEW}/decide", {"text": "so be it"}, ("decide", REVIEW, "so be it"), REVIEW_PAGE),
        (f"/reviews/{REVIEW}/sign", {}, ("sign review", REVIEW, ""), REVIEW_PAGE),
        ("/excuses/e-1/accept", {"text": " "}, ("accept", "e-1", ""), "/excuses/e-1"),
        ("/excuses/e-1/refuse", {"text": "open"}, ("refuse", "e-1", "open"), "/excuses/e-1"),
        ("/excuses/e-2/dispute", {"text": "closed"}, ("dispute", "e-2", "closed"), "/excuses/e-2"),
        (
            "/excuses/ask",
            {
                "scope": MEALS_ON_TIME,
                "key": "2026-11-03",
                "reason": "force-majeure",
                "text": "snow",
                "party": "supplier",
            },
            ("ask force-majeure 2026-11-03 supplier", MEALS_ON_TIME, "snow"),
            "/excuses/e-1",
        ),
        (
            "/excuses/ask",
            {
                "scope": "school-meals",
                "first": "2026-03-28",
                "last": "2026-03-29",
                "reason": "agreed-closure",
                "text": "works",
            },
            ("ask agreed-closure 1774652400000000..1774821600000000", "school-meals", "works"),
            "/excuses/e-1",
        ),
        ("/quarantine/q-1/retry", {}, ("retry", "q-1", ""), "/quarantine"),
        ("/quarantine/q-1/discard", {"text": "a test"}, ("discard", "q-1", "a test"), "/quarantine"),
    ],
)
def test_each_form_decides_and_leads_on(
    served: tuple[TestClient, Decisions], path: str, data: dict[str, str], done: tuple[str, str, str], then: str
) -> None:
    client, decisions = served
    answer = client.post(path, data=data, headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, then)
    verb, id, text = done
    assert decisions.done == [(verb, "administrator", id, text)]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-site"},
        {"Referer": "https://evil.example/http://testserver"},
    ],
)
def test_a_form_from_another_page_decides_nothing(
    served: tuple[TestClient, Decisions], headers: dict[str, str]
) -> None:
    client, decisions = served
    for path in ("/breaches/b-2026-031/acknowledge", "/as"):
        answer = client.post(path, data={"value": "auditor"}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    assert decisions.done == []


def test_a_browser_that_says_only_where_it_came_from_is_believed(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    answer = client.post("/quarantine/q-1/retry", headers={"Referer": "http://testserver/quarantine"})
    assert answer.status_code == 303
    assert len(decisions.done) == 1


def test_a_form_sent_twice_is_done_once(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    [ticket, *_] = re.findall(r'name="ticket" value="([^"]+)"', client.get("/breaches/b-2026-031").text)
    for _ in range(2):
        data = {"text": "The road was closed.", "ticket": ticket}
        assert client.post("/breaches/b-2026-031/explain", data=data, headers=HERE).status_code == 303
    assert len(decisions.done) == 1


def test_a_refusal_keeps_what_was_typed_and_the_form_may_be_sent_again(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    data = {"text": "no", "ticket": "t-1"}
    answer = client.post("/actions/a-15/close", data=data, headers=HERE)
    assert answer.status_code == 409
    assert ">no</textarea>" in answer.text
    assert 'role="alert"' in answer.text
    assert 'href="#f-close"' in answer.text
    assert "A-15 cannot take that (say something else)" in answer.text
    again = client.post("/actions/a-15/close", data={**data, "text": "done"}, headers=HERE)
    assert again.status_code == 303
    assert [done[3] for done in decisions.done] == ["done"]


@pytest.mark.parametrize("text", ["", "   \r\n ", "x" * 10_001])
def test_an_empty_or_endless_text_is_refused_in_the_readers_language(
    served: tuple[TestClient, Decisions], text: str
) -> None:
    client, decisions = served
    decisions.rows.review_rows = [replace(row, signatures=()) for row in decisions.rows.review_rows]
    for path in (
        "/breaches/b-2026-031/explain",
        "/actions/a-15/progress",
        f"/reviews/{REVIEW}/minutes",
        "/contracts/school-meals/versions/3/comment",
        "/contracts/school-meals/versions/3/refuse",
        "/quarantine/q-2/discard",
    ):
        answer = client.post(path, data={"text": text}, headers={**HERE, "Cookie": "language=fr"})
        assert answer.status_code == 400
        assert "Ceci n’a pas été fait." in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert decisions.done == []


def test_what_is_typed_is_never_markup(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    evil = "</textarea><script>alert(3)</script>" + "x" * 10_000
    answer = client.post("/breaches/b-2026-031/explain", data={"text": evil}, headers=HERE)
    assert "<script>" not in answer.text
    client.post("/breaches/b-2026-031/explain", data={"text": evil[:40]}, headers=HERE)
    assert "&lt;script&gt;alert(3)" in client.get("/breaches/b-2026-031").text


def part(html: str, begins: str, ends: str = "</form>") -> str:
    found = html.partition(begins)
    assert found[1], begins
    return found[2].partition(ends)[0]


def test_an_unmatched_event_is_matched_to_what_somebody_chose(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    form = part(client.get("/quarantine").text, '<form method="post" action="/unmatched/41655/match"')
    ticket = form.partition('name="ticket" value="')[2].partition('"')[0]
    nothing, to, other = re.findall(r'<option value="([^"]*)"', form)
    assert (nothing, to, other) == ("", f"{FAULTS} INC-9999", FAULTS)
    assert ("selected" in form, " required" in form) == (False, True)
    refused = client.post("/unmatched/41655/match", data={"to": "", "ticket": ticket}, headers=HERE)
    assert (refused.status_code, 'aria-invalid="true"' in refused.text, decisions.done) == (400, True, [])
    answer = client.post("/unmatched/41655/match", data={"to": to, "ticket": ticket}, headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/quarantine")
    client.post("/unmatched/41655/match", data={"to": to, "key": "INC-7", "text": "they called"}, headers=HERE)
    done = [(verb, text) for verb, _, id, text in decisions.done if id == "41655"]
    assert done == [(f"match {FAULTS} INC-9999", ""), (f"match {FAULTS} INC-7", "they called")]


def test_what_was_typed_of_a_match_that_is_refused_is_kept(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    refused = client.post("/unmatched/41655/match", data={"to": FAULTS, "text": "they called"}, headers=HERE)
    form = part(refused.text, '<form method="post" action="/unmatched/41655/match"')
    assert (refused.status_code, f'<option value="{FAULTS}" selected' in form, 'value="they called"' in form) == (
        400,
        True,
        True,
    )


def test_what_belongs_nowhere_is_put_aside_shown_apart_and_taken_back(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    client.post("/unmatched/41655/set-aside", data={"text": "a test of the tool"}, headers=HERE)
    assert client.post("/unmatched/41655/set-aside", data={"text": " "}, headers=HERE).status_code == 400
    waiting, aside = client.get("/quarantine").text, client.get("/quarantine?unmatched=set-aside").text
    assert ("INC-88888" in waiting, "INC-88888" in aside, "INC-99999" in aside) == (False, True, False)
    assert "&lt;i&gt;a drill" in aside
    assert "/unmatched/41656/match" not in aside
    answer = client.post("/unmatched/41656/take-back", headers=HERE)
    assert answer.headers["location"] == "/quarantine?unmatched=set-aside"
    assert [(verb, id) for verb, _, id, _ in decisions.done] == [("set aside", "41655"), ("take back aside", "41656")]


def test_what_was_asked_already_says_so_and_is_offered_for_no_other_match(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    row = part(client.get("/quarantine").text, "INC-77777", "</tr>")
    assert "asked to match it to INC-2" in row
    assert 'action="/unmatched/41652/' not in row
    assert all(f'action="/matches/m-2/{verb}"' in row for verb in ("accept", "refuse", "take-back"))


@pytest.mark.parametrize(
    ("who", "offered"), [("administrator", True), ("kitchen/marc.olivier", False), ("auditor", False)]
)
def test_only_who_settles_them_is_offered_to(served: tuple[TestClient, Decisions], who: str, offered: bool) -> None:
    html = served[0].get("/quarantine", headers={"Cookie": f"as={who}"}).text
    assert "INC-99999" in html
    assert ('action="/unmatched/' in html) == offered


def test_what_was_matched_is_shown_taken_back_accepted_and_refused(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    html = client.get("/quarantine").text
    assert "&lt;b&gt;changed" in html
    client.post("/matches/m-1/take-back", headers=HERE)
    client.post("/matches/m-2/accept", headers=HERE)
    client.post("/matches/m-2/refuse", data={"text": "it is another"}, headers=HERE)
    assert [(verb, id) for verb, _, id, _ in decisions.done] == [
        ("unmatch", "m-1"),
        ("accept", "m-2"),
        ("refuse", "m-2"),
    ]
    assert client.post("/matches/m-2/refuse", data={"text": " "}, headers=HERE).status_code == 400


def test_who_may_not_decide_gets_no_form_and_is_refused(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    auditor = {"Cookie": "as=auditor"}
    for path in ("/breaches/b-2026-031", "/actions/a-15", f"/reviews/{REVIEW}", "/quarantine"):
        assert 'method="post" action="/' + path.split("/")[1] not in client.get(path, headers=auditor).text
    answer = client.post("/breaches/b-2026-031/acknowledge", headers={**HERE, **auditor})
    assert answer.status_code == 403
    assert "This is not yours to do" in answer.text
    assert decisions.done == []


@pytest.mark.parametrize(
    "path",
    [
        "/breaches/b-2026-031/erase",
        "/actions/a-15/erase",
        f"/reviews/{REVIEW}/x",
        "/quarantine/q-1/x",
        "/matches/m-1/x",
        "/contracts/school-meals/versions/3/x",
    ],
)
def test_a_verb_that_is_none_is_not_there(served: tuple[TestClient, Decisions], path: str) -> None:
    assert served[0].post(path, headers=HERE).status_code == 404


def test_the_language_is_kept_in_a_cookie_and_leads_back(served: tuple[TestClient, Decisions]) -> None:
    client, _ = served
    answer = client.get("/language/fr", params={"back": "/contracts"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/contracts")
    assert "language=fr" in answer.headers["set-cookie"]
    assert client.get("/language/xx").status_code == 404


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_switch_never_leads_elsewhere(served: tuple[TestClient, Decisions], back: str) -> None:
    client, _ = served
    assert client.get("/language/fr", params={"back": back}).headers["location"] == "/"
    answer = client.post("/as", data={"value": "auditor", "back": back}, headers=HERE)
    assert answer.headers["location"] == "/"


def test_readers_choose_who_they_are_only_where_nobody_signs_in() -> None:
    app, _ = application(town())
    with TestClient(app) as client:
        assert "Nobody signs in here" in client.get("/portfolio").text
        client.post("/as", data={"value": "kitchen/marc.olivier"}, headers=HERE)
        assert "Pay slips" not in client.get("/portfolio").text
        assert client.post("/as", data={"value": "payroll/anyone"}, headers=HERE).status_code == 404
    app, _ = application(town(), has_choices=False)
    with TestClient(app) as client:
        html = client.get("/portfolio", headers={"Cookie": "as=kitchen/marc.olivier"}).text
        assert "Nobody signs in here" not in html
        assert "Pay slips" in html
        assert client.post("/as", data={"value": "auditor"}, headers=HERE).status_code == 404


def test_a_day_that_is_none_is_refused_and_what_was_typed_is_kept(served: tuple[TestClient, Decisions]) -> None:
    client, decisions = served
    data = {
        "scope": "school-meals",
        "first": "31/02/2026",
        "last": "2026-03-29",
        "reason": "other",
        "text": "works & rain",
    }
    answer = client.post("/excuses/ask", data=data, headers=HERE)
    assert answer.status_code == 400
    assert "“31/02/2026” is no date" in answer.text
    assert 'value="2026-03-29"' in answer.text
    assert "works &amp; rain" in answer.text
    assert decisions.done == []


def test_who_goes_back_and_sends_other_words_is_not_told_that_it_was_done(
    served: tuple[TestClient, Decisions],
) -> None:
    client, decisions = served
    [ticket, *_] = re.findall(r'name="ticket" value="([^"]+)"', client.get("/breaches/b-2026-031").text)
    for text in ("The road was closed.", "The road was closed.", "It was the other road."):
        client.post("/breaches/b-2026-031/explain", data={"text": text, "ticket": ticket}, headers=HERE)
    assert [text for *_, text in decisions.done] == ["The road was closed.", "It was the other road."]


def test_a_form_made_for_who_one_was_in_another_window_decides_nothing_for_who_one_is(
    served: tuple[TestClient, Decisions],
) -> None:
    client, decisions = served
    mine = {**HERE, "Cookie": "as=kitchen/marc.olivier; language=fr"}
    [ticket, *_] = re.findall(r'name="ticket" value="([^"]+)"', client.get("/breaches/b-2026-031").text)
    data = {"text": "The road was closed.", "ticket": ticket}
    answer = client.post("/breaches/b-2026-031/explain", data=data, headers=mine)
    assert answer.status_code == 409
    assert "pour quelqu’un d’autre" in answer.text
    assert ">The road was closed.</textarea>" in answer.text
    assert decisions.done == []
    [ticket, *_] = re.findall(r'name="ticket" value="([^"]+)"', answer.text)
    assert client.post("/breaches/b-2026-031/explain", data=data | {"ticket": ticket}, headers=mine).status_code == 303


def test_what_was_typed_stands_in_the_refusal_where_no_form_holds_it_any_more(
    served: tuple[TestClient, Decisions],
) -> None:
    client, decisions = served
    decisions.rows.review_rows = [
        replace(row, state="signed") if row.id == REVIEW else row for row in decisions.rows.review_rows
    ]
    answer = client.post(f"{REVIEW_PAGE}/minutes", data={"text": "no"}, headers=HERE)
    assert (answer.status_code, 'id="f-minutes"' in answer.text) == (409, False)
    assert re.search(r"<textarea[^>]* readonly>no</textarea>", answer.text)
    assert "Go to the field" not in answer.text
    empty = client.post(f"{REVIEW_PAGE}/minutes", data={"text": " "}, headers=HERE)
    assert "The form is offered no more: the page shows how things stand now." in empty.text
    assert "There is nothing in it" not in empty.text
    not_mine = {**HERE, "Cookie": "as=auditor"}
    closed = client.post("/breaches/b-2026-031/acknowledge", data={"text": "A long story."}, headers=not_mine)
    assert closed.status_code == 403
    assert re.search(r"<textarea[^>]* readonly>A long story.</textarea>", closed.text)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/breaches/b-2026-031/explain", {"text": "no"}),
        ("/actions/a-15/close", {"text": "no"}),
        ("/contracts/school-meals/versions/3/refuse", {"text": "no"}),
        ("/contracts/school-meals/versions/3/comment", {"text": "no"}),
        (f"{REVIEW_PAGE}/minutes", {"text": "no"}),
        ("/excuses/e-1/refuse", {"text": "no"}),
        ("/excuses/ask", {"scope": MEALS_ON_TIME, "key": "2026-11-03", "reason": "other", "text": "no"}),
        ("/quarantine/q-1/discard", {"text": "no"}),
    ],
)
def test_a_refusal_has_an_address_that_can_be_opened_in_another_language(
    served: tuple[TestClient, Decisions], path: str, data: dict[str, str]
) -> None:
    client, _ = served
    answer = client.post(path, data=data, headers={**HERE, "Cookie": "language=en"})
    assert answer.status_code == 409
    switch = unescape(re.search(r'href="(/language/fr[^"]*)"', answer.text)[1])  # type: ignore[index]
    french = client.get(client.get(switch).headers["location"], headers={"Cookie": "language=fr"})
    assert french.status_code == 200
    assert "Ceci n’a pas été fait." in french.text
    assert ">no</textarea>" in french.text
    opened = client.get(path, follow_redirects=True)
    assert opened.status_code == 200


def test_every_address_that_forms_are_sent_to_can_be_opened() -> None:
    app, _ = application(edited(town()))
    client = TestClient(app)
    ids = {
        "breaches": "b-2026-031",
        "actions": "a-15",
        "contracts": "school-meals",
        "excuses": "e-1",
        "reviews": REVIEW,
    }
    verbs = {"breaches": ("acknowledge", "explain"), "actions": ("progress", "close")}
    sent = [one for one in _routes(app) if "POST" in (one.methods or ())]
    assert len(sent) > 10
    for one in sent:
        kind = one.path.split("/")[1]
        place = re.sub(r"\{(id(:path)?|event)\}", ids.get(kind, "7"), one.path).replace("{number}", "3")
        for verb in verbs.get(kind, ("sign", "anything")):
            path = place.replace("{verb}", verb)
            assert client.get(path).status_code == 200, path


def _routes(app: Any) -> list[APIRoute]:
    found = [*app.routes]
    while any(not isinstance(one, APIRoute) and hasattr(one, "original_router") for one in found):
        found = [
            each for one in found for each in (one.original_router.routes if hasattr(one, "original_router") else [one])
        ]
    return [one for one in found if isinstance(one, APIRoute)]
