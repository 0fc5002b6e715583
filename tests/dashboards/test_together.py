"""Acting on several rows of a list at once: what each row's own form would do, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.dashboards.visiting import Site

MARC, NADIA = "kitchen/marc.olivier", "education/nadia.ferrand"


def chosen(site: Site, path: str, who: str) -> list[str]:
    """The rows that somebody may choose there."""
    return re.findall(r'type="checkbox" name="row" value="([^"]+)" form="together"', site.page(path, who=who))


def send(site: Site, path: str, verb: str, rows: Sequence[str], who: str = MARC, **more: str) -> str:
    """The page that the form leads to."""
    answer = site.post(path, {"verb": verb, "row": list(rows), **more}, who=who)  # type: ignore[dict-item]
    assert answer.status_code == 303, answer.text
    return site.page(answer.headers["location"], who=who)


def refused(html: str) -> list[str]:
    return re.findall(r"<li>(.*?)</li>", html.partition('role="status"')[2].partition("</div>")[0])


def test_breaches_are_acknowledged_and_explained_as_each_would_be(site: Site) -> None:
    rows = chosen(site, "/breaches", MARC)
    owed = [id for id in rows if site.stored(f"/breaches/{id}")["debtor"] == "kitchen"]
    others = [id for id in rows if id not in owed]
    assert (len(owed) > 2, others != []) == (True, True)
    html = send(site, "/breaches", "acknowledge", [*owed[:2], others[0], "no-such-breach"])
    assert "2 breaches were acknowledged." in html
    said = refused(html)
    assert len(said) == 2
    assert (others[0] in said[0], "is for Education to do" in said[0]) == (True, True)
    assert "There is no breach" in said[1]
    assert [site.stored(f"/breaches/{id}")["acknowledged"] is not None for id in (*owed[:3], others[0])] == [
        True,
        True,
        False,
        False,
    ]
    assert re.findall(r'value="([^"]+)" form="together" checked', html) == [others[0]]
    explained = send(site, "/breaches?kind=missing", "explain", rows[:3], text=" The van\r\nbroke. ")
    assert "3 breaches were explained." in explained
    said_of = [site.stored(f"/breaches/{id}")["explanations"][-1] for id in rows[:3]]
    assert {(one["text"], one["by"]) for one in said_of} == {("The van\nbroke.", MARC)}


def test_what_nobody_may_send_is_not_offered(site: Site) -> None:
    """Who owes nothing on the page explains, and acknowledges nothing."""
    for address, is_offered in (("/breaches?side=by-us", True), ("/breaches?side=to-us", False)):
        html = site.page(address, who=MARC)
        assert chosen(site, address, MARC)
        assert ('name="verb" value="explain"' in html, 'name="verb" value="acknowledge"' in html) == (True, is_offered)


def test_of_what_waits_for_nobody_nothing_is_said_whichever_way_it_comes(site: Site) -> None:
    withdrawn = next(one for one in site.stored("/breaches?state=withdrawn") if one["debtor"] == "kitchen")["id"]
    was = site.stored(f"/breaches/{withdrawn}")
    assert withdrawn not in chosen(site, "/breaches?state=all", MARC)
    assert f'method="post" action="/breaches/{withdrawn}' not in site.page(f"/breaches/{withdrawn}", who=MARC)
    for verb in ("acknowledge", "explain"):
        alone = site.post(f"/breaches/{withdrawn}/{verb}", {"text": "Why not?"}, who=MARC)
        assert (alone.status_code, "the miss went away" in alone.text) == (409, True)
        [why] = refused(send(site, "/breaches?state=all", verb, [withdrawn], text="Why not?"))
        assert "the miss went away" in why
    assert site.stored(f"/breaches/{withdrawn}") == was


def test_what_came_of_it_is_told_to_who_sent_it_alone(site: Site) -> None:
    rows = chosen(site, "/breaches", MARC)
    answer = site.post("/breaches", {"verb": "acknowledge", "row": rows[:1]}, who=MARC)  # type: ignore[dict-item]
    assert 'class="dashes"' not in site.page(answer.headers["location"], who=NADIA)
    assert "acknowledged." not in site.page(answer.headers["location"], who=NADIA)


def test_what_waits_in_quarantine_is_discarded_and_sent_again_together(site: Site) -> None:
    one, other = chosen(site, "/quarantine", "administrator")[:2]
    html = send(site, "/quarantine?sort=problem", "discard", [one, "nothing"], "administrator", text="a test")
    assert ("1 event was discarded." in html, len(refused(html))) == (True, 1)
    assert site.stored(f"/quarantine/{one}")["state"] == "discarded"
    again = send(site, "/quarantine", "retry", [other], "administrator")
    assert "could not be accepted this time either" in refused(again)[0]


def test_unmatched_events_are_matched_to_the_nearest_and_put_aside_together(site: Site) -> None:
    [row, *_] = re.findall(r'value="([^"]+)" form="events"', site.page("/quarantine"))
    position, commitment, key = row.split(" ")
    aside = send(site, "/unmatched", "set-aside", [row], "administrator", text="of another desk")
    assert "1 event was put aside." in aside
    assert position not in [str(one["position"]) for one in site.stored("/unmatched")]
    assert site.post(f"/unmatched/{position}/take-back").status_code == 303
    html = send(site, "/unmatched", "match", [row, "99", "x"], "administrator")
    assert ("1 event was matched, or is asked to be." in html, len(refused(html))) == (True, 2)
    [match] = [one for one in site.stored("/match") if str(one["event"]) == position]
    assert (match["commitment"], match["key"]) == (commitment, key)


def test_nothing_is_done_where_the_form_is_not_whole(site: Site) -> None:
    rows, before = chosen(site, "/breaches", MARC), site.position()
    for verb, count, text, said in (
        ("acknowledge", 0, "", "Nothing was chosen"),
        ("acknowledge", 41, "", "40 are done at once"),
        ("explain", 2, " ", "There is nothing in it"),
        ("explain", 2, "x" * 10_001, "The explanation is longer than 10000 characters"),
    ):
        some = (rows + [f"no-such-{at}" for at in range(41)])[:count]
        answer = site.post("/breaches", {"verb": verb, "row": some, "text": text}, who=MARC)  # type: ignore[dict-item]
        assert (answer.status_code, said in answer.text, site.position()) == (400, True, before)
        assert answer.text.count(" checked ") == min(count, len(rows)), said


def test_the_same_form_is_done_once(site: Site) -> None:
    [row, *_] = chosen(site, "/breaches", MARC)
    [ticket] = re.findall(r'id="together".*?name="ticket" value="([^"]+)"', site.page("/breaches", who=MARC), re.DOTALL)
    data = {"verb": "explain", "row": row, "text": "once", "ticket": ticket}
    answers = [site.post("/breaches", data, who=MARC) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert [one["text"] for one in site.stored(f"/breaches/{row}")["explanations"]].count("once") == 1


def test_who_may_do_nothing_chooses_nothing(shown: Site) -> None:
    assert chosen(shown, "/breaches", "auditor") == []
    assert 'id="together"' not in shown.page("/breaches", who="auditor")
