"""A key that nothing has: what it may have been meant for is named, not only where it can be looked up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.saying import Said
from services.access import ADMINISTRATOR
from services.errors import EntenteError
from services.excuses.excusing import Excusing
from services.explaining.occurrences import explain_occurrence
from services.matches.matching import Matching
from tests.given import contract, criterion, event, punctuality
from tests.services.excused import LAB
from tests.services.judged import Life, living

ID = "c/d/on-time"


def explained(life: Life, key: str) -> object:
    return life.store.read(ADMINISTRATOR, explain_occurrence, ID, key)


def excused(life: Life, key: str) -> object:
    return life.store.use(Excusing).ask(LAB, ID, reason="other", text="they were away", keys=[key])


def matched(life: Life, key: str) -> object:
    life.happen(event("report", "01-06 10:00", date="no"))
    life.judge()
    return life.store.use(Matching).match(LAB, life.position(), ID, key)


@pytest.mark.parametrize("ask", [explained, excused])
@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("2026-01", "it is a period, `--period 2026-01`; keys are such as “2026-01-26”, “2026-01-19”, “2026-01-12”"),
        ("2026-01-1", "keys are such as “2026-01-19”, “2026-01-12”: entente occurrences shows all"),
        ("2026-01-13", "keys are such as “2026-01-1"),
        ("INC-7", "keys are such as “2026-02-23”, “2026-02-16”, “2026-02-09”"),
    ],
)
def test_keys_are_named(ask: Callable[[Life, str], object], key: str, says: str) -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality())))
        life.advance("2026-01-20")
        with pytest.raises(EntenteError) as caught:
            ask(life, key)
        assert isinstance(caught.value.mend, Said)
        assert caught.value.mend.startswith(says)


def test_where_nothing_is_owed_that_is_said() -> None:
    with living() as life:
        life.sign(
            contract(
                criterion({**punctuality(), "due": {"every": "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "at": "10:00"}})
            )
        )
        with pytest.raises(EntenteError) as caught:
            explained(life, "2026-01-13")
        assert caught.value.mend == "nothing is owed there yet"


def test_where_an_event_is_matched_keys_are_named_too() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality())))
        with pytest.raises(EntenteError, match="keys are such as") as caught:
            matched(life, "2026-01-13")
        assert caught.value.slug == "no-such-occurrence"
