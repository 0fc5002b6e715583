"""`@person` in what people write comes to Today until it is seen; actions have a title, an owner, comments (MORNING §1, §3)."""

from __future__ import annotations

import re

from dashboards.pages.house.sending import CONFIRMED
from services.access import ADMINISTRATOR, principal
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_breach
from services.contract_files import read_documents
from services.contracts.contracting import Contracting
from services.notices.news import mentions, refused
from tests.dashboards.town import meals
from tests.dashboards.visiting import Site

MARC, NADIA, PAUL = "kitchen/marc.olivier", "education/nadia.ferrand", "kitchen/paul.brun"


def names_me(site: Site, who: str) -> str:
    """The rows of Today that name the reader."""
    rows = site.page("/?whole=answer", who=who).split("<li>")
    return "".join(row for row in rows if "Names you" in row)


def test_who_is_named_is_told_on_today_until_it_is_seen(site: Site) -> None:
    page = site.page("/breaches/{late}", who=MARC)
    assert ("@nadia.ferrand</code>" in page, "@luc.petit" in page) == (True, False), "only who may see it"
    text = "the van stood; @Nadia.Ferrand, can the school open at eleven? (write to x@nadia.ferrand)"
    assert site.post("/breaches/{late}/explain", {"text": text}, who=MARC).status_code == 303
    row = names_me(site, NADIA)
    assert "Marc Olivier: “the van stood" in row
    assert "Handed on" not in row
    assert names_me(site, MARC) == names_me(site, PAUL) == names_me(site, "auditor") == ""
    [thing] = set(re.findall(r'name="thing" value="(mention:[^"]+)"', row))
    for other in (PAUL, "education"):
        assert site.post("/errands/seen", {"thing": thing}, who=other).status_code == 404, "it is hers alone"
    assert site.post("/errands/seen", {"thing": thing}, who=NADIA).status_code == 303
    assert names_me(site, NADIA) == ""


def test_who_may_not_see_it_is_named_as_little_as_who_is_not_there(site: Site) -> None:
    before = site.position()
    said = [
        site.post("/breaches/{late}/explain", {"text": f"it was @{name}"}, who=MARC)
        for name in ("luc.petit", "nobody.at.all")
    ]
    assert [one.status_code for one in said] == [400, 400]
    alerts = [re.search(r'role="alert">(.*?)</div>', one.text, re.DOTALL) for one in said]
    words = [re.sub("luc.petit|nobody.at.all", "…", one[1]) for one in alerts if one]
    assert (len(words), words[0]) == (2, words[1])
    assert site.position() == before


def test_a_mention_is_a_notice_and_ends_with_what_was_taken_back(site: Site) -> None:
    following_up = site.town.program.store.use(FollowingUp)
    id = site.path("{late}")
    following_up.explain_breach(principal(MARC), id, "ask @paul.brun")
    site.town.judge()

    def told() -> list[str]:
        with site.town.program.store.seen(ADMINISTRATOR) as seen:
            return [one.subject for one in mentions(seen, 0, frozenset()) if one.is_for(principal(PAUL))]

    assert len(told()) == 1
    row = site.town.program.store.read(ADMINISTRATOR, read_breach, id)
    [at] = [at for _, at, text in row.explanations if "@paul" in text]
    following_up.take_back(principal(MARC), id, "explanation", at)
    site.town.judge()
    assert told() == []


def test_an_action_is_called_and_given_anew_and_commented(site: Site) -> None:
    [action, *_] = [
        one["id"] for one in site.stored("/actions") if one["owner"] == "kitchen" and one["state"] == "open"
    ]
    path = f"/actions/{action}"
    given = {"text": "A second van", "person": "paul.brun"}
    assert site.post(f"{path}/name", given, who=NADIA).status_code == 403, "it is the owner's"
    assert site.post(f"{path}/name", given | {"person": "luc.petit"}, who=MARC).status_code == 400
    assert site.post(f"{path}/name", given | {"text": "x" * 201}, who=MARC).status_code == 400
    assert site.post(f"{path}/name", given, who=MARC).status_code == 303
    assert site.post(f"{path}/comment", {"text": "From when on, @paul.brun?"}, who=NADIA).status_code == 303
    stored = site.stored(path)
    assert (stored["text"], stored["person"], stored["progress"]) == ("A second van", "paul.brun", [])
    assert [one["text"] for one in stored["comments"]] == ["From when on, @paul.brun?"]
    page = site.page(path, who=PAUL)
    assert ("<h1>A second van</h1>" in page, "From when on" in page) == (True, True)
    assert "A second van" in site.page("/actions", who=PAUL)
    assert "Nadia Ferrand: “From when on" in names_me(site, PAUL)
    assert site.stored(path)["state"] == "open"


def refused_version(site: Site, reason: str) -> None:
    """Marc proposes another wording of the meals, and Nadia refuses it."""
    tree = read_documents(meals(3).replace("late_data: 3 days", "late_data: 2 days"), "contract")[0]
    site.town.program.store.use(Contracting).apply(principal(MARC), tree)
    site.town.judge()
    version = site.newest()
    form = {"text": reason, "proposal": str(version.position)}
    answer = site.post(f"/contracts/school-meals/versions/{version.number}/refuse", form, who=NADIA)
    assert answer.status_code == 303, answer.text


def test_a_refused_version_comes_to_who_proposed_it_and_a_reason_tells_whom_it_names(site: Site) -> None:
    refused_version(site, "two days are too few; ask @paul.brun")
    version = site.newest()
    thing = f"refused:school-meals/{version.position}"

    def listed(who: str) -> list[str]:
        return [row for row in site.page("/?whole=answer", who=who).split("<li>") if f'value="{thing}"' in row]

    [row] = listed(MARC)
    assert (f"Version {version.number} refused" in row, "two days are too few" in row, ">Read<" in row) == (
        True,
        True,
        True,
    )
    assert (len(listed(PAUL)), listed(NADIA), listed("auditor")) == (1, [], [])
    assert "two days are too few" in names_me(site, PAUL)
    with site.town.program.store.seen(ADMINISTRATOR) as seen:
        [news] = refused(seen, 0, frozenset({"marc.olivier"}))
        told = [news.is_for(principal(one)) for one in (MARC, PAUL, NADIA)]
    assert (news.kind, news.subject, told) == ("sign", thing, [True, False, False])
    assert site.post("/errands/seen", {"thing": thing}, who=NADIA).status_code == 403
    assert site.post("/errands/seen", {"thing": thing}, who=MARC).status_code == 303
    assert listed(MARC) == []


def test_a_refusal_without_a_reason_is_not_asked_first(site: Site) -> None:
    tree = read_documents(meals(3).replace("late_data: 3 days", "late_data: 2 days"), "contract")[0]
    site.town.program.store.use(Contracting).apply(principal(MARC), tree)
    site.town.judge()
    version = site.newest()
    path = f"/contracts/school-meals/versions/{version.number}/refuse"
    asked = {"proposal": str(version.position), CONFIRMED: ""}
    empty, told = (site.post(path, asked | {"text": text}, who=NADIA) for text in (" ", "too few"))
    assert (empty.status_code, "Refuse this version?" in empty.text, 'id="f-refuse"' in empty.text) == (
        400,
        False,
        True,
    )
    assert (told.status_code, "Refuse this version?" in told.text) == (200, True)
