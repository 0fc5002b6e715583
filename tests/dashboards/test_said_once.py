"""Pages that contradict themselves, and counts that lead to the list they count."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.dashboards.scenario import MEALS_ON_TIME, town
from tests.dashboards.test_today import section, shown
from tests.dashboards.town import NOW

DAY = 24 * 3_600_000_000
DRAFT = "/reviews/school-meals%402026-12-01/pack"


def test_several_open_breaches_are_counted_once_and_lead_to_their_list() -> None:
    rows = town()
    breach = next(one for one in rows.breach_rows if one.commitment == MEALS_ON_TIME and one.state == "open")
    rows.breach_rows += [replace(breach, id=f"more-{n}") for n in range(6)]
    count = sum(one.commitment == MEALS_ON_TIME and one.state == "open" for one in rows.breach_rows)
    address = "/breaches?commitment=" + MEALS_ON_TIME.replace("/", "%2F")
    page = shown("/contracts/school-meals", rows=rows)
    assert f'<a href="{address}">{count} open breaches</a>' in page
    assert "open breach:" not in page.partition(address)[0].rpartition('<div class="clause">')[2]
    assert f'<a href="{address}">{count - 4} more open breaches</a>' in shown(
        f"/commitments/{MEALS_ON_TIME}", rows=rows
    )
    listed = shown(address, rows=rows)
    assert (f"{count} breaches are open." in listed, listed.count('<td><a class="strong"')) == (True, count)
    assert "state=all&amp;commitment=school-meals%2F" in listed or "state=all&amp;commitment=school-meals/" in listed


def test_nothing_to_come_is_not_nothing_open() -> None:
    rows = town()
    rows.commitment_rows = [replace(one, next_due=None) for one in rows.commitment_rows]
    page = shown("/contracts/school-meals", rows=rows)
    assert ("Nothing is open." in page, "Nothing is to come." in page) == (False, True)


def test_what_begins_tomorrow_says_so() -> None:
    rows = town()
    rows.commitment_rows = [
        replace(one, begins=NOW + DAY) if one.id == MEALS_ON_TIME else one for one in rows.commitment_rows
    ]
    assert "begins tomorrow" in shown("/contracts/school-meals", rows=rows)
    assert "This contract commence demain" not in shown(f"/commitments/{MEALS_ON_TIME}", rows=rows)
    assert "Ce contrat commence demain" in shown(f"/commitments/{MEALS_ON_TIME}", "fr", rows=rows)
    assert "begins tomorrow" in shown("/portfolio", rows=rows)


def test_a_new_contract_to_sign_says_what_it_is_about() -> None:
    rows = town()
    contract = next(one for one in rows.contract_rows if any(each.state == "proposed" for each in one.versions))
    proposed = next(one for one in contract.versions if one.state == "proposed")
    new = replace(contract, versions=(replace(proposed, number=1, differences=(), differences_fr=()),))
    rows.contract_rows = [new if one.id == new.id else one for one in rows.contract_rows]
    waiting = section(shown("/?scope=all", rows=rows), "To sign and answer")
    assert "version 1" not in waiting
    assert re.search(rf"new contract, [^:]+: {proposed.terms.deliverables[0].title.to('en')}", waiting)


def test_the_draft_pack_is_linked_from_the_review_the_list_and_today() -> None:
    assert f'href="{DRAFT}"' in shown("/reviews/school-meals@2026-12-01")
    assert f'href="{DRAFT}"' in shown("/reviews")
    assert f'href="{DRAFT}"' in section(shown("/?scope=all"), "Next reviews")


def test_no_reason_and_no_side_is_chosen_for_who_asks_for_an_excuse() -> None:
    form = shown(f"/excuses/ask?scope={MEALS_ON_TIME}&key=2026-11-03").partition('action="/excuses/ask"')[2]
    for name in ("party", "reason"):
        choices = form.partition(f'name="{name}" required>')[2].partition("</select>")[0]
        assert choices.startswith('<option value="">Choose…</option>')
        assert "selected" not in choices
