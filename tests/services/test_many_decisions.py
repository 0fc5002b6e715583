"""Many contracts at once: a batch of the judge holds a bounded number of decisions, and the read models are the same."""

from __future__ import annotations

import pytest

from domain.commitments import Commitment
from services.judging import judge
from services.judging.judge import Judge
from tests.given import contract, criterion, event, punctuality
from tests.services.judged import dumped, living, scratch


def test_a_batch_holds_a_bounded_number_of_decisions_and_any_number_of_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    with living() as life:
        for id in "abc":
            life.sign(contract(criterion(punctuality()), id=id))
        life.happen(*(event("report", "01-05 09:00", f"s{number}", date="2026-01-05") for number in range(40)))
        life.advance("2026-02-01")
        whole = life.dump()
        monkeypatch.setattr(judge, "DECISIONS", 4)
        with scratch() as database:
            judging, batches = Judge(life.store.history, database), []
            while count := judging.run():
                batches.append(count)
            assert dumped(database) == whole
        assert len(batches) >= 3
        assert max(batches) > 40  # those of the events hold them all


def test_what_contracts_need_of_each_other_is_known_however_one_by_one_they_came() -> None:
    """Contracts in no order, of which some name what comes later; one gives up what another one needs."""
    with living() as life:
        for id, needs in (("m", "z/d"), ("b", "m/d"), ("z", "a/e"), ("a", "a/e")):
            tree = contract(criterion(punctuality()), id=id)
            tree["deliverables"][0]["depends_on"] = [needs]
            tree["deliverables"].append({**tree["deliverables"][0], "id": "e", "owed_by": "client", "depends_on": []})
            life.sign(tree)
        amended = contract(criterion(punctuality()), id="m")
        life.sign({**amended, "effective": "2026-01-12", "rebaseline": {"reason": "simpler"}})
        running = Judge(life.store.history, life.store.history.database)
        with scratch() as database:
            one_by_one = Judge(life.store.history, database)
            one_by_one.catch_up()
            for judging in (running, one_by_one):
                judging.bench.needs.follow()
            taken, read = running.bench, one_by_one.bench
            assert _ids(read.needs._needs) == _ids(taken.needs._needs)
            assert _ids(read.needs._needed_by) == _ids(taken.needs._needed_by)
            assert list(read.catalogue.commitments) == list(taken.catalogue.commitments)
            assert list(read.catalogue.contracts) == list(taken.catalogue.contracts)
            assert taken.needs.has_some("a/d/on-time")


def _ids(found: dict[str, list[Commitment]]) -> dict[str, list[str]]:
    return {id: [one.id for one in commitments] for id, commitments in sorted(found.items())}
