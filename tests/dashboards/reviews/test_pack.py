"""The review pack: one file that stands alone, the same for the same JSON."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from dashboards.pages import pack_html
from dashboards.pages.house.assets import font_face
from dashboards.pages.reviews.pack import css_text, pack_style
from services.access import ADMINISTRATOR
from services.directory.reading import read_services
from services.directory.rows import names_of
from services.reviews.pack_part_shapes import PackChange
from tests.dashboards.reviews.packs import legal_pack
from tests.dashboards.town import ORGANISATION, REVIEW
from tests.dashboards.visiting import Site


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_same_pack_gives_the_same_bytes(language: str) -> None:
    assert pack_html(legal_pack(), language) == pack_html(legal_pack(), language)


def test_it_loads_nothing_and_leads_nowhere() -> None:
    html = pack_html(legal_pack(), "fr")
    assert not re.search(r"<(script|link|img|iframe|a|form)\b", html)
    assert not re.search(r"https?:|url\(|@import|style=", html)
    assert len(html.encode()) < 60_000


def test_it_opens_with_what_is_true() -> None:
    assert (
        "2 objectifs sur 6 ne sont pas tenus\u00a0: 1 dû par Affaires juridiques et 1 dû par Urbanisme. "
        "2 manquements sont à examiner. 1 chiffre définitif est rectifié. 1 action est en retard."
    ) in pack_html(legal_pack(), "fr")
    pack = legal_pack()
    pack["facts"] |= {"not_kept": {"supplier": 0, "client": 0}, "breaches": 0, "restated": 0, "actions_overdue": 0}
    assert '<p class="sentence">All 6 targets are kept.</p>' in pack_html(pack, "en")
    pack["sides"][0]["figures"][0]["state"] = "open"
    assert '<p class="sentence">None of 6 targets is missed so far.</p>' in pack_html(pack, "en")
    pack["facts"]["figures"] = 0
    assert "Nothing could be judged in this period." in pack_html(pack, "en")


def test_beside_a_mean_stands_no_share_of_another_target() -> None:
    pack = legal_pack()
    figure = pack["sides"][0]["figures"][0]
    figure |= {"adjusted": {"good": 56, "total": 67}, "counted": "occurrences"}
    assert "83.6" in pack_html(pack, "en")
    figure |= {"mean": "4.4", "value": "4.4", "target": "at_least 3.8"}
    assert "83.6" not in pack_html(pack, "en")


def test_every_part_of_the_meeting_is_in_it() -> None:
    html = pack_html(legal_pack(), "en")
    for words in (
        "Review 10 between Legal affairs, supplier, and Town planning, client",
        "Legal affairs owes Town planning",
        "Town planning owes Legal affairs",
        "21 of 24",
        "raw",
        "was 3/5",
        "Breaches to examine",
        "PC 26 00187",
        "position 410\u202f552",
        "Not explained yet.",
        "overdue",
        "Take note of a restatement",
        "Version 4 is proposed",
        "Next review",
        "For Town planning",
        "signed by Hakim Benali",
        "History position 412\u202f806",
        "5d1e 88c2 04fa 93b7",
    ):
        assert words in html, words
    assert html.count('class="discs"') == 6
    assert html.count('class="blank"') == 1


def test_what_is_to_be_decided_can_be_told_apart() -> None:
    pack = legal_pack()
    breach = next(one for one in pack["breaches"] if one["id"] == "b-32")
    days = ("2026-10-05", "2026-10-12")
    pack["breaches"] = [breach | {"id": day, "key": day, "cause": "missing", "evidence": []} for day in days]
    to_explain = next(one for one in pack["to_decide"] if one["code"] == "unexplained")
    overdue = next(one for one in pack["to_decide"] if one["code"] == "overdue")
    other = overdue | {"criterion": {"en": "sent in time"}}
    pack["to_decide"] = [*(to_explain | {"breach": day} for day in days), overdue, other]
    lines = re.findall(r"<li><div>(.*?)</div>", pack_html(pack, "en"), re.DOTALL)
    texts = [re.sub(r"<[^>]+>", "", line).replace("\u00a0", " ").strip() for line in lines]
    assert (
        texts[0] == "Explain a breach: File of the permit · complete when sent. missing · Mon 5 Oct 2026 · October 2026"
    )
    assert len(set(texts)) == 4


def test_as_many_breaches_are_to_be_examined_as_the_opening_says() -> None:
    pack = legal_pack()
    breach = next(one for one in pack["breaches"] if one["id"] == "b-32") | {"explanations": []}
    states = ("open", "withdrawn", "past", "open", "past")
    pack["breaches"] = [breach | {"id": str(number), "state": state} for number, state in enumerate(states)]
    pack["facts"]["breaches"] = states.count("open")
    html = pack_html(pack, "en")
    assert "2 breaches are to be examined." in html
    first, others = html.partition("<h2>Breaches to examine</h2>")[2].split("<h2>Withdrawn since the last review", 1)
    others = others.partition("</section>")[0]
    assert (first.count('<div class="breach">'), others.count('<div class="breach">')) == (2, 3)
    assert (others.count("Withdrawn"), others.count("Before it was in use")) == (1, 2)
    pack["breaches"] = pack["breaches"][1:3]
    assert "Aucun n’est à examiner." in pack_html(pack, "fr")


def test_instants_are_shown_as_the_contract_writes_them() -> None:
    html = pack_html(legal_pack(), "fr")
    assert "mar.\u00a010\u00a0nov.\u00a02026, 14\u00a0h" in html


def test_a_pack_without_anything_says_so() -> None:
    pack = legal_pack()
    for some in (
        pack["sides"],
        pack["breaches"],
        pack["actions"],
        pack["to_decide"],
        pack["decisions"],
        pack["signatures"],
    ):
        some.clear()
    pack |= {"watermark": None, "next_review": None}
    html = pack_html(pack, "en")
    for words in ("The contract has no figure yet.", "No breach since the last review.", "Nothing awaits a decision."):
        assert words in html


def test_nothing_in_a_pack_is_markup_or_style() -> None:
    pack = legal_pack()
    evil = '</style><script>alert(1)</script>"}*{display:none}'
    pack["contract"]["title"] = {"": evil}
    pack["services"]["legal"]["title"] = {"": evil}
    pack["fingerprint"] = evil
    pack["breaches"][0]["explanations"][0]["text"] = evil
    html = pack_html(pack, "en", organisation=evil)
    assert "<script>" not in html
    assert html.count("</style>") == 1
    assert "*{display:none}" not in pack_style(html)


def test_a_css_text_holds_any_character() -> None:
    assert css_text('a"\\\n<é·') == '"a\\22 \\5c \\a \\3c é\\b7 "'


def test_the_page_allows_exactly_the_packs_own_style(shown: Site) -> None:
    answer = shown.get(f"/reviews/{REVIEW}/pack")
    style = answer.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'; font-src 'self';" in answer.headers["content-security-policy"]


def test_page_and_file_are_the_same_but_for_the_font(shown: Site) -> None:
    pack = shown.stored(f"/reviews/{REVIEW}/pack")
    people = names_of(shown.town.program.store.read(ADMINISTRATOR, read_services))
    file = pack_html(pack, "fr", organisation=ORGANISATION, people=people)
    page = pack_html(pack, "fr", organisation=ORGANISATION, people=people, font=font_face())
    assert shown.page(f"/reviews/{REVIEW}/pack", "fr") == page
    assert "url(" not in file
    assert page.replace(font_face(), "") == file


def test_what_an_amendment_changes_is_said_with_titles() -> None:
    pack = legal_pack()
    change: PackChange = {"clause": ["opinion", "in-ten-days", "tolerance"], "before": "0 min", "after": "15 min"}
    item = next(one for one in pack["to_decide"] if one["code"] == "amendment")
    item["differences"] = [change, {**change, "clause": ["elsewhere", "tolerance"]}]
    html = pack_html(pack, "fr")
    assert "Avis · rendu en 10 jours ouvrés / tolérance\u00a0: 0 min → 15\u00a0min" in html
    assert "elsewhere / tolérance\u00a0: 0 min → 15\u00a0min" in html


def test_what_both_have_signed_asks_for_nothing_any_more() -> None:
    found = []
    for parties in (("supplier",), ("supplier", "client")):
        pack = legal_pack()
        for party in parties:
            at = "2026-10-29T09:00:00+01:00"
            pack["signatures"].append(
                {
                    "party": party,
                    "service": "legal",
                    "by": "Hakim Benali",
                    "at": at,
                    "revision": 1,
                    "fingerprint": "0" * 64,
                }
            )
        html = pack_html(pack, "en")
        found.append(('<i class="box">' in html, "What was to be decided" in html))
    assert found == [(True, False), (False, True)]
