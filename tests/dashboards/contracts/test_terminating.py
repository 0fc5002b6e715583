"""A contract is copied, renewed and terminated from its page."""

from __future__ import annotations

from services.contract_files import read_documents
from tests.dashboards.contracts.test_editor import PATH, typed
from tests.dashboards.visiting import Site

HERE = "/contracts/school-meals"


def test_a_contract_is_terminated_once_that_is_confirmed(site: Site) -> None:
    before = site.position()
    page = site.page(HERE, who="kitchen/marc.olivier")
    assert f'action="{HERE}/terminate"' in page
    assert 'href="/new-contract?copy=school-meals"' in page
    for who in ("auditor", "sodalis"):
        assert site.post(f"{HERE}/terminate", {"last": "2026-12-31"}, who=who).status_code in (403, 404)
    asked = site.post(f"{HERE}/terminate", {"last": "2026-12-31", "confirmed": ""}, who="kitchen/marc.olivier").text
    assert "Terminate this contract?" in asked
    wrong = site.post(f"{HERE}/terminate", {"last": "soon"}, "fr", who="kitchen/marc.olivier")
    assert (wrong.status_code, "soon" in wrong.text) == (400, True)
    for confirmed in ("", "yes"):  # what cannot be is refused before anybody is asked whether it is meant
        past = {"last": "2026-01-01", "confirmed": confirmed}
        assert site.post(f"{HERE}/terminate", past, who="kitchen/marc.olivier").status_code == 409
    assert site.position() == before
    done = site.post(f"{HERE}/terminate", {"last": "2026-12-31"}, who="kitchen/marc.olivier")
    assert done.status_code == 303
    html = site.page(done.headers["location"], who="kitchen/marc.olivier")
    assert "The contract ends on that day." in html
    assert "31 Dec 2026" in " ".join(html.split())


def test_a_contract_is_renewed_for_as_long_again(shown: Site) -> None:
    before = read_documents(typed(shown.page(PATH)), "c")[0].tree
    after = read_documents(typed(shown.page(f"{PATH}?renew=yes")), "c")[0].tree
    assert {name for name in after if after[name] != before.get(name)} <= {"valid", "effective"}
    if "until" in before["valid"]:
        assert str(after["valid"]["until"]) > str(before["valid"]["until"])
