"""The pages of root causes: lists as a form, a breach attributed alone and with others, and what repeats with its drawing."""

from __future__ import annotations

import re
from html import unescape

from dashboards.paretos import MOST_BARS, Bar, pareto
from tests.dashboards.visiting import Site

MARC, NADIA = "kitchen/marc.olivier", "education/nadia.ferrand"
TYPED = {
    "id": "house",
    "title_en": "Root causes",
    "title_fr": "Causes premières",
    "cause_0": "van-down",
    "en_0": "Van <b>out</b>",
    "fr_0": "Camion en panne",
    "party_0": "supplier",
    "cause_1": "weather",
    "party_1": "none",
}


def made(site: Site) -> None:
    """A list is made by its form."""
    looked = site.post("/new-causes", {**TYPED, "verb": "look"})
    [shown] = re.findall(r'name="shown" value="([^"]+)"', looked.text)
    assert "van-down" in looked.text
    assert site.post("/new-causes", {**TYPED, "verb": "save", "shown": shown}).status_code == 303


def some(site: Site, contract: str = "school-meals") -> list[dict[str, str]]:
    return [one for one in site.stored("/breaches?state=open") if one["commitment"].startswith(f"{contract}/")]


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_list_is_made_by_a_form_and_each_party_says_on_the_page_of_a_breach_which_cause_it_is(site: Site) -> None:
    assert "No list of causes is published." in site.page("/causes")
    assert "/new-causes" not in site.page("/causes", who=MARC)
    assert site.post("/new-causes", {"verb": "look"}, who=MARC).status_code == 403
    made(site)
    assert [(one["id"], one["title"], one["party"]) for one in site.stored("/causes")] == [
        ("van-down", {"en": "Van <b>out</b>", "fr": "Camion en panne"}, "supplier"),
        ("weather", {"": "weather"}, "none"),
    ]
    assert "Van &lt;b&gt;out&lt;/b&gt;" in site.page("/causes")
    assert "Camion en panne" in site.page("/causes", "fr")
    assert "is there already" in site.post("/new-causes", {**TYPED, "verb": "look"}).text
    wrong = site.post("/causes/house/edit", {**TYPED, "cause_1": "van-down", "verb": "look"})
    assert "described already" in wrong.text
    assert site.get("/causes/nothing/edit").status_code == 404
    row = next(one for one in some(site) if one["debtor"] == "kitchen")
    page = f"/breaches/{row['id']}"
    assert "Camion en panne" in site.page(page, "fr", who=MARC)
    assert site.post(f"{page}/attribute", {"cause": ""}, who=MARC).status_code == 400
    assert site.post(f"{page}/attribute", {"cause": "nothing"}, who=MARC).status_code == 400
    assert site.post(f"{page}/attribute", {"cause": "van-down"}, who=MARC).status_code == 303
    assert site.post(f"{page}/attribute", {"cause": "weather"}, who=NADIA).status_code == 303
    html, taking = (
        site.page(page, who=MARC),
        r'name="what" value="attribution"><input type="hidden" name="at" value="(\d+)"',
    )
    assert "Van &lt;b&gt;out&lt;/b&gt;." in text(html)
    assert ("The parties differ" in html, re.findall(taking, html)) == (True, [])
    stored = site.stored(f"/breaches/{row['id']}")
    said = [one["root_cause"] for one in stored["attributed"]]
    assert (stored["root_cause"], said) == ("van-down", ["van-down", "weather"])
    [at] = re.findall(taking, site.page(page, who=NADIA))
    assert site.post(f"{page}/take-back", {"what": "attribution", "at": at}, who=NADIA).status_code == 303
    assert "The parties differ" not in site.page(page, who=MARC)
    told = text(site.page("/history"))
    assert "Camion en panne" in site.page("/history", "fr")
    found = site.page("/search?q=van", who=MARC)
    assert ("Root causes" in found, "Van &lt;b&gt;out&lt;/b&gt;" in found) == (True, True)
    words = ("breach attributed to a root cause", "attribution taken back", "list of root causes published", "Van")
    assert [one for one in words if one not in told] == []


def test_several_are_attributed_at_once_and_what_repeats_is_shown_with_a_drawing_that_says_the_same(site: Site) -> None:
    made(site)
    rows = [one["id"] for one in some(site) if one["handling"] != "dealt-with"][:3]
    assert len(rows) == 3
    before = site.position()
    answer = site.post("/breaches", {"verb": "attribute", "row": rows, "cause": "van-down"}, who=MARC)  # type: ignore[dict-item]
    assert "3 breaches were attributed." in site.page(answer.headers["location"], who=MARC)
    narrowed = site.page("/breaches?state=all&root=van-down&sort=root", who=MARC)
    assert sorted(set(re.findall(r'href="/breaches/([0-9a-f-]{36})"', narrowed))) == sorted(rows)
    others = re.findall(r"/breaches/([0-9a-f-]{36})", site.page("/breaches?state=all&root=-", who=MARC))
    assert (not set(rows) & set(others), others != []) == (True, True)
    refused = site.post("/breaches", {"verb": "attribute", "row": rows, "cause": ""}, who=MARC)  # type: ignore[dict-item]
    assert (refused.status_code, "o cause was chosen" in refused.text) == (400, True)
    csv = site.get("/exports/breaches.csv?root=van-down").text.splitlines()
    assert (csv[0].endswith("root cause"), [line.rpartition(",")[2] for line in csv[1:]]) == (True, ["van-down"] * 3)
    _repeats_as_told(site, before)


def _repeats_as_told(site: Site, before: int) -> None:
    """`before`: the position at which nobody had said a cause."""
    asked = "/repeats?contract=school-meals&since=2026-01-01&until=2027-01-01"
    told, html = site.stored(asked), site.page(asked, who=MARC)
    makes = "makes" if told["few"] == 1 else "make"
    few, misses = f"{told['few']} of {len(told['groups'])}", f"{told['few_misses']} of {told['misses']}"
    sentence = f"{few} causes {makes} {misses} misses."
    assert sentence in text(html)
    named = r'<svg class="(?:wide|narrow fluid|paper fluid)"[^>]* aria-label="[^"]*Van &lt;b&gt;out'
    assert len(re.findall(named, html)) == 3
    assert "Camion en panne" in site.page(asked, "fr")
    assert "contract=school-meals" in site.page("/contracts/school-meals")
    csv = site.get(f"/exports/repeats.csv?{asked.partition('?')[2]}").text.splitlines()
    assert len(csv) == len(told["groups"]) + 1
    assert site.get("/exports/repeats.xlsx").status_code == 200, "of all contracts"
    for wrong in ("since=soon", "until=2026-99-99"):
        assert site.get(f"/repeats?contract=school-meals&{wrong}").status_code == 400
    assert site.get("/exports/repeats.csv?contract=nothing").status_code == 400
    assert "Of which contract" in site.page("/repeats")
    assert "Van &lt;b&gt;out" not in site.page(f"{asked}&at={before}"), "as it was believed then"


def test_a_drawing_of_many_groups_has_the_first_ones() -> None:
    bars = [Bar("x" * 500, 1, at, at + 1, at < 3) for at in range(30)]
    drawn = pareto(bars, "three quarters", "thirty")
    assert drawn.count('class="h-miss"') == 3 * 3
    assert drawn.count("<rect") == 3 * MOST_BARS
    assert "x" * 100 not in drawn
    assert "<rect" not in pareto([], "three quarters", "none")


def test_a_time_without_breaches_says_how_many_are_open_and_leads_to_them(shown: Site) -> None:
    empty = shown.page("/repeats?contract=school-meals&since=2027-06-01&until=2027-06-02")
    [(many, way)] = re.findall(
        r"(\d+) breaches are open that were opened at another time.\s*<a href=\"([^\"]+)\"", empty
    )
    assert int(many) > 0
    assert "at another time" not in shown.page(unescape(way))
    assert re.search(r'<input id="[^"]*since[^"]*" name="since" value="2027-06-01" type="date">', empty)
