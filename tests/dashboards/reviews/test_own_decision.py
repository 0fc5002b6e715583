"""A decision of one's own on the page of a review: its kinds, the fields of one, and what is sent (MEETING §1)."""

from __future__ import annotations

import re
from html import unescape

from tests.dashboards.visiting import Site

HELD = "/reviews/legal-opinions@2026-10-13"


def test_a_kind_is_chosen_and_its_things_are_offered_by_name(site: Site) -> None:
    page = site.page(HELD)
    assert 'kind=attribute#own"' in page
    french = unescape(site.page(f"{HELD}?kind=action", "fr"))
    own = french[french.index('id="own"') :]
    own = own[: own.index("</form>")]
    assert "Une autre décision" in own
    [commitment, name] = re.findall(r'<option value="(legal-opinions/[^"]*)"[^>]*>([^<]*)<', own)[0]
    assert name not in (commitment, "")
    assert re.search(r">[0-9a-f]{8}-", own) is None  # no id is read
    form = {
        "kind": "action",
        "id": "own",
        "a-commitment": commitment,
        "a-text": "Call the notary.",
        "a-due": "2026-12-24",
    }
    answer = site.post(f"{HELD}/propose", form)
    assert answer.status_code == 303
    after = unescape(site.page(HELD))
    assert "action “Call the notary.”, due on 24 December 2026" in after
    assert 'id="own" open' not in site.page(f"{HELD}?kind=none-such")


def test_what_is_refused_stays_typed_in_the_form_of_its_kind(site: Site) -> None:
    form = {"kind": "reschedule", "id": "own", "a-due": "2026-12-24", "text": "Holidays"}
    answer = site.post(f"{HELD}/propose", form)
    assert (answer.status_code, 'id="own" open' in answer.text) == (400, True)
    assert 'value="2026-12-24"' in answer.text
