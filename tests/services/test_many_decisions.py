"""Many contracts at once: a batch of the judge holds a bounded number of decisions, and the read models are the same."""

from __future__ import annotations

import pytest

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
