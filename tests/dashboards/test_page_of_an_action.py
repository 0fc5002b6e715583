"""The page of an action: what was planned, done, spent, shown and cited of it stands there, each with its verb."""

from __future__ import annotations

import re

from tests.dashboards.visiting import Site

PLAN = {
    "verb": "look",
    "step_0": "script", "step_text_0": "A script", "step_weight_0": "2", "step_due_0": "2026-12-01",
    "step_1": "rota", "step_text_1": "A rota", "step_weight_1": "", "step_due_1": "",
    "hours": "24", "year_0": "2026", "amount_0": "1800,00", "currency_0": "eur",
}  # fmt: skip


def test_a_plan_is_made_by_a_form_and_followed_step_by_step(site: Site) -> None:
    looked = site.post("/actions/{open}/plan", PLAN).text
    shown = re.search(r'name="shown" value="([^"]+)"', looked)
    assert shown is not None, looked
    assert "steps / script / weight: added, 2" in re.sub("<[^>]+>", "", looked)
    assert site.post("/actions/{open}/plan", {**PLAN, "verb": "save", "shown": shown[1]}).status_code == 303
    for verb, data in (
        ("step", {"step": "script"}),
        ("spend", {"amount": "450,00", "currency": "eur", "text": "the script"}),
        ("evidence", {"title": "Minutes", "url": "https://intra.example/minutes"}),
        ("evidence", {"positions": "1"}),
        ("ground", {"references": site.path("action:{open}")}),
        ("reschedule", {"due": "2027-01-15", "text": "the tool comes late"}),
    ):
        assert site.post(f"/actions/{{open}}/{verb}", data).status_code == 303, verb
    for language in ("en", "fr"):
        page = site.page("/actions/{open}", language)
        for words in ("A script", "A rota", "EUR", "intra.example", "the tool comes late"):
            assert words in page, (language, words)
    assert 'rel="noopener noreferrer"' in page
    found = site.stored("/actions/{open}")
    assert (found["done"], found["money"][0]["ratio"], found["due"]) == ("0.6667", "0.2500", "2027-01-15")
    refused = site.post("/actions/{open}/close", {"text": "done"})
    assert "rota" in refused.text
    closed = {"text": "done", "undone_rota": "no need", "effective_from": ""}
    assert site.post("/actions/{open}/close", closed).status_code == 303


def test_what_is_wrong_in_a_plan_is_shown_beside_what_was_typed(site: Site) -> None:
    wrong = site.post("/actions/{open}/plan", {**PLAN, "step_weight_0": "0", "amount_0": "1.005"}).text
    for words in ("0 is too small", "1.005"):
        assert words in wrong
    assert site.stored("/actions/{open}")["steps"] == []
