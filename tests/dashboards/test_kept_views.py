"""Views: addresses of lists that people keep by name."""

from __future__ import annotations

import re
from html import unescape

from services.directory.kept_views import MOST
from tests.dashboards.visiting import Site, leads

MARC, NADIA, NOBODY = "kitchen/marc.olivier", "education/nadia.ferrand", "kitchen"


def views(site: Site, path: str, who: str) -> dict[str, str]:
    """The views that stand over a list, by name."""
    found = re.search(r'<nav aria-label="Views">(.*?)</nav>', site.page(path, who=who), re.DOTALL)
    return (
        {name: unescape(address) for address, name in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', found[1])}
        if found
        else {}
    )


def test_a_view_is_an_address_that_is_kept_by_name(site: Site) -> None:
    query = "kind=late&state=all&sort=period&page=3&nothing=x"
    kept = site.post("/views", {"of": "breaches", "name": " My  late ones ", "query": query, "verb": "keep"}, who=MARC)
    assert (kept.status_code, leads(kept)) == (303, "/breaches?state=all&kind=late&sort=period")
    assert views(site, "/breaches", MARC) == {"My late ones": "/breaches?state=all&kind=late&sort=period"}
    here = site.page(leads(kept), who=MARC)
    assert 'aria-current="true">My late ones</a>' in here
    assert (">Remove this view<" in here, ">Keep this view…<" in here) == (True, False)
    assert ">Keep this view…<" in site.page("/breaches?kind=late", who=MARC)
    for path, who in (("/breaches", NADIA), ("/actions", MARC), ("/breaches", NOBODY)):
        assert views(site, path, who) == {}
    again = site.post(
        "/views", {"of": "breaches", "name": "My late ones", "query": "kind=failed", "verb": "keep"}, who=MARC
    )
    assert again.status_code == 303
    assert views(site, "/breaches", MARC) == {"My late ones": "/breaches?kind=failed"}
    gone = site.post("/views", {"of": "breaches", "name": "My late ones", "verb": "remove"}, who=NADIA)
    assert (gone.status_code, len(views(site, "/breaches", MARC))) == (303, 1)
    gone = site.post("/views", {"of": "breaches", "name": "My late ones", "verb": "remove"}, who=MARC)
    assert (leads(gone), views(site, "/breaches", MARC)) == ("/breaches", {})


def test_views_are_bounded_and_of_people_alone(site: Site) -> None:
    for at in range(MOST):
        site.post(
            "/views", {"of": "contracts", "name": f"<b>{at}", "query": "state=proposed", "verb": "keep"}, who=MARC
        )
    full = site.post("/views", {"of": "contracts", "name": "one more", "query": "", "verb": "keep"}, who=MARC)
    assert "20 views of a list are kept at most" in site.page(full.headers["location"], who=MARC)
    assert len(views(site, "/contracts", MARC)) == MOST
    assert "<b>1" not in site.page("/contracts", who=MARC)
    for data, status in (
        ({"of": "nothing", "name": "a", "verb": "keep"}, 404),
        ({"of": "contracts", "name": "a", "verb": "burn"}, 404),
    ):
        assert site.post("/views", data, who=NADIA).status_code == status, data
    assert site.post("/views", {"of": "contracts", "name": "a", "verb": "keep"}, who="kitchen").status_code == 403


def test_a_view_shows_what_one_may_see_now_and_says_why_it_is_nothing(site: Site) -> None:
    """As of somebody whose role is gone: the contract is not theirs to see."""
    sent = {"of": "breaches", "name": "that contract", "query": "contract=it-support", "verb": "keep"}
    assert site.post("/views", sent, who=MARC).status_code == 303
    [address] = views(site, "/breaches", MARC).values()
    html = site.page(address, who=MARC)
    assert "There is no “it-support” here, or not for you to see" in html
    assert "that contract" in html
    assert "<table" not in html


def test_a_name_that_is_none_is_said_at_the_name_on_the_list(site: Site) -> None:
    sent = {"of": "breaches", "name": "a\u202eb", "query": "kind=late", "verb": "keep"}
    refused = site.post("/views", sent, who=MARC)
    assert (refused.status_code, leads(refused)) == (303, "/breaches?kind=late")
    there = site.page(refused.headers["location"], who=MARC)
    form = there.partition('<details class="exact" open')[2].partition("</details>")[0]
    assert there.count("A view has a name of 1 to 60 letters") == 1
    assert 'aria-invalid="true"' in form
    for name in ("", "x" * 61, "a\x00b"):
        site.post("/views", {**sent, "name": name}, who=MARC)
    assert views(site, "/breaches", MARC) == {}
