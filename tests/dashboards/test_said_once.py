"""Pages that contradict themselves, and counts that lead to the list they count."""

from __future__ import annotations

import re
from html import unescape

from services.contract_files import read_documents
from tests.dashboards.today.test_today import section
from tests.dashboards.town import AGREED, LATE, MEALS, MEALS_ON_TIME, NOW, empty_town, meals
from tests.dashboards.visiting import Site, visited
from tests.given import at, contract, criterion, punctuality

DRAFT = "/reviews/school-meals%402026-12-01/pack"


def test_several_open_breaches_are_counted_once_and_lead_to_their_list(shown: Site) -> None:
    found = shown.stored(f"/breaches?commitment={MEALS_ON_TIME}&state=open")
    count = len(found)
    assert count > 6
    address = "/breaches?state=open&amp;commitment=" + MEALS_ON_TIME.replace("/", "%2F")
    page = shown.page("/contracts/school-meals")
    assert f'<a href="{address}">{count} breaches</a>' in page
    assert "open breach:" not in page.partition(address)[0].rpartition('<div class="clause">')[2]
    assert f'<a href="{address}">{count - 4} more open breaches</a>' in shown.page(f"/commitments/{MEALS_ON_TIME}")
    listed = shown.page(unescape(address))
    assert (
        f"{count} breaches are not withdrawn, dealt with or not." in listed,
        listed.count('<td><a class="strong"'),
    ) == (True, count)
    assert "state=all&amp;commitment=school-meals%2F" in listed or "state=all&amp;commitment=school-meals/" in listed


def test_nothing_to_come_is_not_nothing_open() -> None:
    """Of a contract that has ended."""
    with empty_town() as town, visited(town) as site:
        ended = contract(criterion(punctuality()), valid={"from": "2026-01-01", "until": "2026-01-31"})
        town.agree(ended, "supplier", "client")
        town.advance(at("2026-02-01 00:00"))
        page = site.page("/contracts/c")
    assert ("Nothing is open." in page, "Nothing is to come." in page) == (False, True)


def test_what_begins_tomorrow_says_so() -> None:
    with empty_town() as town, visited(town) as site:
        town.agree(contract(criterion(punctuality()), valid={"from": "2026-11-18"}), "supplier", "client")
        town.advance(NOW)
        assert "begins tomorrow" in site.page("/contracts/c")
        assert "This contract commence demain" not in site.page("/commitments/c/d/on-time")
        assert "Ce contrat commence demain" in site.page("/commitments/c/d/on-time", "fr")
        assert "begins tomorrow" in site.page("/portfolio")


def test_a_new_contract_to_sign_says_what_it_is_about() -> None:
    with empty_town() as town, visited(town) as site:
        for one in read_documents(AGREED, "valmoray.yaml"):
            if "contract" not in one.tree:
                town.agree(one.tree)
        town.agree(meals(1), "supplier")
        waiting = section(site.page("/?scope=all"), "To sign and answer")
    assert "version 1" not in waiting
    assert re.search(rf"new contract, [^:]+: {MEALS.deliverables[0].title.to('en')}", waiting)


def test_the_draft_pack_is_linked_from_the_review_the_list_and_today(shown: Site) -> None:
    assert f'href="{DRAFT}"' in shown.page("/reviews/school-meals@2026-12-01")
    assert f'href="{DRAFT}"' in shown.page("/reviews")
    assert f'href="{DRAFT}"' in section(shown.page("/?scope=all"), "Next reviews")


def test_no_reason_and_no_side_is_chosen_for_who_asks_for_an_excuse(shown: Site) -> None:
    form = shown.page(f"/excuses/ask?scope={MEALS_ON_TIME}&key={LATE}").partition('action="/excuses/ask"')[2]
    for name in ("party", "reason"):
        choices = form.partition(f'name="{name}" required>')[2].partition("</select>")[0]
        assert choices.startswith('<option value="">Choose…</option>')
        assert "selected" not in choices
