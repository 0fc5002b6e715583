"""An empty store shows steps, each with a page where it is done and a sample that works (MORNING §5)."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from services.access import ADMINISTRATOR
from services.contract_files import read_documents
from services.contracts.contracting import Contracting
from tests.dashboards.town import empty_town
from tests.dashboards.visiting import visited
from tests.given import at, contract, criterion, punctuality


def steps(html: str) -> dict[str, bool]:
    """The pages of the steps, and whether each is done."""
    found = re.search(r'<ol class="first">(.*?)</ol>', html, re.DOTALL)
    rows = found[1].split("<li>")[1:] if found else []
    return {re.findall(r'href="([^"]+)"', row)[0]: "done</span>" in row for row in rows}


def samples(html: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'<pre translate="no">(.*?)</pre>', html, re.DOTALL)]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_empty_store_shows_the_steps_with_samples_that_can_be_tried(language: str) -> None:
    with empty_town() as town, visited(town) as site:
        html = site.page("/", language)
        paths = ["/new-service", "/new-calendar", "/new-contract", "/contracts", "/connect"]
        assert steps(html) == dict.fromkeys(paths, False)
        assert {site.get(path).status_code for path in paths} == {200}
        services, calendar, command = samples(html)
        for text in (services, calendar):
            for document in read_documents(text, "sample"):
                town.program.store.use(Contracting).apply(ADMINISTRATOR, document)
        town.judge()
        sent = json.loads(re.findall(r"-d '(.*)'", command, re.DOTALL)[0])
        assert site.http.post("/v1/events", content=json.dumps(sent), headers={
            "Content-Type": "application/cloudevents+json"
        }).json()["accepted"] == 1  # fmt: skip
        assert list(steps(site.page("/")).values()) == [True, True, False, False, False]


def test_the_steps_go_with_the_first_thing_that_is_owed_and_are_for_who_can_take_one() -> None:
    with empty_town() as town, visited(town) as site:
        assert steps(site.page("/", who="auditor")) == {}
        assert "Commitments appear once both parties have signed" in site.page("/", who="auditor")
        town.clock.now = at("2026-01-02T12:00:00+01:00")
        tree = contract(criterion(punctuality()), valid={"from": "2026-01-05"})
        town.agree(tree, "supplier")
        assert steps(site.page("/"))["/new-contract"]
        town.agree(tree, "client")
        assert steps(site.page("/")) == {}
