"""Drafts of contracts: kept for a service, gone on with, thrown away; of two at once the second is told."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from dashboards.pages.contracts.starting import sample_file
from services.contracts.drafts import MOST
from tests.dashboards.contracts.test_editor import PATH, file, typed
from tests.dashboards.contracts.test_typed import NEW, fields
from tests.dashboards.visiting import Site

MARC, NADIA, LUC = "kitchen/marc.olivier", "education/nadia.ferrand", "kitchen/paul.roy"
SAMPLE = sample_file("volume", "kitchen", "education", "Europe/Paris", date(2026, 12, 1))


def kept(site: Site, path: str, data: dict[str, str], who: str = MARC, verb: str = "keep-draft") -> str:
    answer = site.post(path, data | {"verb": verb}, who=who)
    assert answer.status_code == 303, answer.text[-2000:]
    return str(answer.headers["location"]).partition("&sent=")[0]


def test_a_draft_is_kept_for_the_service_and_gone_on_with(site: Site) -> None:
    before = site.position()
    address = kept(site, PATH, {"file": file() + "# mine\n", "f.late_data": "9 days", "based_on": "3"})
    assert re.fullmatch(re.escape(PATH) + r"\?draft=[0-9a-f]{16}", address)
    html = site.page(address, who=LUC)
    assert "late_data: 9 days" in typed(html)
    assert "# mine" in typed(html)
    assert "Kept " in html
    listed = unescape(site.page("/contracts", who=LUC))
    assert "Drafts" in listed
    assert f'href="{address}"' in listed
    new = kept(site, NEW, {"file": SAMPLE + "# new\n"}, LUC)
    assert "# new" in typed(site.page(new, who=MARC))
    for who in (NADIA, "auditor"):
        assert address not in unescape(site.page("/contracts", who=who))
        assert site.get(new, who=who).status_code in (403, 404)
    assert site.get(f"{PATH}?draft={address[-16:]}", who=NADIA).status_code == 404
    assert site.get(f"{NEW}?draft=nothing", who=MARC).status_code == 404
    assert site.position() == before


def test_of_two_at_once_the_second_is_told_and_nothing_is_overwritten(site: Site) -> None:
    address = kept(site, NEW, {"file": SAMPLE})
    first, second = fields(site.page(address, who=MARC)), fields(site.page(address, who=LUC))
    kept(site, NEW, first | {"f.title.en": "By Marc", "ticket": ""}, MARC)
    told = site.post(NEW, second | {"f.title.en": "By Paul", "verb": "keep-draft", "ticket": ""}, who=LUC)
    assert told.status_code == 409
    assert "kept this draft while you were writing" in told.text
    assert fields(told.text)["f.title.en"] == "By Paul"
    assert 'value="keep-another"' in told.text
    assert "By Marc" in typed(site.page(address, who=LUC))
    other = kept(site, NEW, fields(told.text) | {"ticket": ""}, LUC, "keep-another")
    assert other != address
    assert "By Paul" in typed(site.page(other, who=MARC))
    assert "By Marc" in typed(site.page(address, who=MARC))


def test_a_draft_goes_when_it_is_thrown_away_or_proposed(site: Site) -> None:
    address = kept(site, NEW, {"file": SAMPLE})
    id = address.rpartition("=")[2]
    assert site.post(f"/drafts/{id}/throw-away", {}, who=NADIA).status_code == 404
    assert site.post(f"/drafts/{id}/throw-away", {}, who="auditor").status_code == 404
    asked = site.post(f"/drafts/{id}/throw-away", {"confirmed": ""}, who=LUC).text
    assert "Throw this draft away?" in asked
    assert site.get(address, who=MARC).status_code == 200
    done = site.post(f"/drafts/{id}/throw-away", who=LUC)
    assert "The draft was thrown away." in site.page(done.headers["location"], who=LUC)
    assert site.get(address, who=MARC).status_code == 404
    address = kept(site, NEW, {"file": SAMPLE.replace("somebody", "nadia.ferrand")})
    data = fields(site.page(address, who=MARC)) | {"verb": "propose", "ticket": ""}
    assert site.post(NEW, data, who=MARC).status_code == 303
    assert site.get(address, who=MARC).status_code == 404
    assert 'id="drafts"' not in site.page("/contracts", who=MARC)


def test_drafts_are_bounded(site: Site) -> None:
    for at in range(MOST):
        kept(site, NEW, {"file": f"{SAMPLE}# {at}\n", "ticket": str(at)})
    full = site.post(NEW, {"file": SAMPLE + "# one more\n", "verb": "keep-draft"}, who=MARC)
    assert (full.status_code, "20 drafts of a service are kept at most" in full.text) == (409, True)
    assert "# one more" in typed(full.text)
    long = site.post(NEW, {"file": "# " + "x" * 200_001, "verb": "keep-draft"}, who=NADIA)
    assert long.status_code == 400
    odd = kept(site, NEW, {"file": "contract: [<b>\n"}, NADIA)
    assert typed(site.page(odd, who=NADIA)).strip() == "contract: [<b>"
