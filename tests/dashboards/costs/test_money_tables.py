"""What was allocated and charged, as files for spreadsheets (SHARED §4)."""

from __future__ import annotations

import csv
import io

from domain.times import instant
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from tests.dashboards.town import empty_town
from tests.dashboards.visiting import Site, visited
from tests.given import contract, criterion, document, punctuality
from tests.services.costs.charged import offered_to


def rows(site: Site, table: str, who: str = "administrator") -> list[dict[str, str]]:
    answer = site.get(f"/exports/{table}.csv?headers=stable", who=who)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


def test_money_leaves_as_files_each_with_what_its_reader_sees() -> None:
    with empty_town() as town, visited(town) as site:
        assert rows(site, "charges") == rows(site, "allocation") == []
        agreed = document(contract(criterion(punctuality()), supplier="it", client="education"))
        town.program.store.use(Contracting).apply(ADMINISTRATOR, agreed, sign=("supplier", "client"))
        for client in ("education", "legal"):
            offered_to(town.program.store, "it", client, client)
        town.program.store.timekeeping.advance(ADMINISTRATOR, instant("2026-03-01T00:00:00Z"), ahead=True)
        town.program.store.judging.catch_up()
        charged = rows(site, "charges")
        assert {(one["client"], one["month"], one["line"], one["amount"]) for one in charged} == {
            (client, month, "fixed", "1.00") for client in ("education", "legal") for month in ("2026-01", "2026-02")
        }
        assert {one["client"] for one in rows(site, "charges", "education")} == {"education"}
        assert {one["pool"] for one in rows(site, "allocation", "it")} == {"staff"}
        assert rows(site, "allocation", "education") == []
        french = site.get("/exports/charges.csv", "fr").text
        assert "prix unitaire" in french
        assert "forfait" in french
