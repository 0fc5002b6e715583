"""The weighted score of a contract, as it is shown."""

from __future__ import annotations

from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.figures.reading import read_scores
from services.figures.shapes import ContractScore
from services.figures.shown import score_json
from tests.given import conformity, contract, criterion, document, event, punctuality
from tests.services.excused import Parties
from tests.services.judged import Life, living


def scores(life: Life) -> dict[str, ContractScore]:
    rows = life.store.read(ADMINISTRATOR, read_scores, "c")
    return {one.period: score_json(one, "Europe/Paris") for one in rows}


def test_a_contract_is_scored_by_weight_with_what_is_missing(store_url: str) -> None:
    with living(store_url) as life:
        owed = criterion(conformity(), "complete", weight=2), criterion(punctuality(), "on-time")
        owed[1]["weight"] = 0.5
        quiet = criterion(conformity(each={"type": "quiet"}), "quiet", weight=4)
        ignored = criterion(conformity(each={"type": "quiet"}), "ignored", weight=8, when_no_data="ignore")
        tree = contract(*owed, quiet, ignored)
        returned = {"id": "r", "owed_by": "client", "criteria": [criterion(conformity(each={"type": "back"}), "back")]}
        tree["deliverables"].append(returned)
        life.sign(tree)
        life.happen(event("item", "01-10 09:00", errors=0), event("back", "01-10 09:00", errors=5))
        life.advance("2026-02-01")
        january = scores(life)["2026-01"]
        assert (january["score"], january["kept_weight"], january["judged_weight"]) == ("0.5714", "2", "3.5")
        assert january["sides"]["supplier"] == {
            "score": "0.8000",
            "kept_weight": "2",
            "judged_weight": "2.5",
            "open_weight": "0",
        }
        assert january["sides"]["client"] == {
            "score": "0.0000",
            "kept_weight": "0",
            "judged_weight": "1",
            "open_weight": "0",
        }
        assert january["missing"] == [{"commitment": "c/d/quiet", "weight": "4", "because": "no_data"}]
        assert list(scores(life)) == ["2026-01", "2026-02"]
        february = scores(life)["2026-02"]
        assert (february["score"], {one["because"] for one in february["missing"]}) == (None, {"open"})


def test_months_are_scored_with_months_and_the_last_thirteen_are_shown() -> None:
    with living() as life:
        quarterly = criterion(conformity(), "quarterly", target={"at_least": "90 %", "per": "quarter"})
        both = [{"max_misses": 0, "per": "month"}, {"max_misses": 1, "per": "month"}]
        life.sign(contract(criterion(conformity(), "both", targets=both), quarterly, valid={"from": "2025-01-01"}))
        life.happen(event("item", "03-10 09:00", errors=1))
        life.advance("2026-04-10")
        found = scores(life)
        assert [one["commitment"] for one in found["2026-03"]["commitments"]] == ["c/d/both"]
        assert found["2026-03"]["score"] == "0.0000"
        assert [one for one in found if "Q" not in one] == [
            *(f"2025-{month:02d}" for month in range(4, 13)),
            *(f"2026-{month:02d}" for month in range(1, 5)),
        ]
        assert [one for one in found if "Q" in one][-2:] == ["2026-Q1", "2026-Q2"]


def test_an_excuse_mends_the_score() -> None:
    with living() as life:
        life.sign(contract(criterion(conformity(key="subject")), valid={"from": "2026-03-01"}))
        life.happen(event("item", "03-10 09:00", "a", errors=1), event("item", "03-10 09:00", "b", errors=0))
        life.advance("2026-04-10")
        assert scores(life)["2026-03"]["score"] == "0.0000"
        Parties(life).excuse("a")
        assert scores(life)["2026-03"]["score"] == "1.0000"


def test_a_contract_that_nobody_signed_has_none() -> None:
    with living() as life:
        life.store.use(Contracting).apply(ADMINISTRATOR, document(contract(criterion(conformity()))))
        life.judge()
        assert scores(life) == {}
