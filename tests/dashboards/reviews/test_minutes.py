"""The minutes of a review on paper, and its agenda as a table: what was settled, decided, refused and signed, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

from dashboards.pages.reviews.minutes import minutes_html
from dashboards.print_condition import why_not
from services.reviews.reviewing import Reviewing
from tests.dashboards.visiting import Site
from tests.lacking import lacking
from tests.services.reviews.quarter import COMMITMENT, MARKETING, REVIEW, SALES, held, met, review

HELD = "/reviews/legal-opinions@2026-11-10"


def test_they_say_what_was_settled_decided_refused_and_signed() -> None:
    with met() as (life, excuse):
        reviewing = life.store.use(Reviewing)
        reviewing.attend(SALES, REVIEW, ["sales/ann"])
        reviewing.minutes(SALES, REVIEW, "Read <b>together</b>.")
        action = {"commitment": COMMITMENT, "text": "Check the list.", "due": "2026-05-04"}
        reviewing.take_decision(MARKETING, REVIEW, "action", action, item="1")
        reviewing.take_decision(MARKETING, REVIEW, "excuse", {"excuse": excuse, "answer": "accept"}, "So it was.")
        reviewing.settle_rest(MARKETING, REVIEW, "noted")
        reviewing.submit(MARKETING, REVIEW)
        reviewing.refuse(SALES, REVIEW, ["The 9th of March lacks."])
        reviewing.submit(MARKETING, REVIEW)
        reviewing.sign_review(SALES, REVIEW)
        life.judge()
        made, row = held(life), review(life)
        html, french = minutes_html(made, row, "en"), minutes_html(made, row, "fr")
        assert html == minutes_html(held(life), row, "en")
        early = minutes_html(made, replace(row, position=None, state="planned"), "fr")
    wanted = (
        "Read &lt;b&gt;together&lt;/b&gt;.",
        "Check the list.",
        "The 9th of March lacks.",
        "The weekly report, On time: the excuse for 16 February 2026 is accepted",
        "The weekly report, On time: action “Check the list.”, due on 4 May 2026",
        "Revision 2",
    )
    assert [one for one in wanted if one not in html] == []
    assert re.findall(r"<p>(signed by[^<]*)", html) != []
    assert (
        "Compte rendu de la revue du" in french,
        "On time : l’excuse est acceptée (16 février 2026)" in re.sub(r"\s", " ", french),
    ) == (True, True)
    assert ("Ordre du jour de la revue du" in early, "Signatures" in early) == (True, False)
    assert 'href="' not in html


def test_they_are_a_page_and_a_file_and_the_agenda_a_table(shown: Site) -> None:
    html = shown.page(f"{HELD}/minutes")
    assert "Both sides went through the three late opinions." in html
    assert "Compte rendu" in shown.page(f"{HELD}/minutes", "fr")
    assert f'href="{HELD.replace("@", "%40")}/minutes"' in shown.page(HELD)
    table = shown.get(f"{HELD}/agenda.csv?headers=stable").text.splitlines()
    assert table[0].removeprefix("\ufeff").split(",")[:4] == ["place", "item", "code", "subject"]
    assert len(table) > 1
    assert shown.get(f"{HELD}/agenda.xlsx").content[:2] == b"PK"
    assert "Ordre du jour" not in shown.get(f"{HELD}/agenda.csv", "fr").text
    assert shown.get(f"{HELD}/agenda.pdf").status_code == 404
    assert shown.get(f"{HELD}/minutes", who="kitchen").status_code == 404


def test_the_file_is_the_same_each_time(shown: Site) -> None:
    if said := why_not():
        lacking(str(said))
    one, two = (shown.get(f"{HELD}/minutes.pdf") for _ in range(2))
    assert one.headers["content-type"] == "application/pdf"
    assert one.content[:5] == b"%PDF-"
    assert one.content == two.content
