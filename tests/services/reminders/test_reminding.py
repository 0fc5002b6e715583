"""A creditor reminds of what is missing, late or at risk, once a day, and the debtor answers (MORNING §1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.durations import HOUR
from services.access import principal
from services.errands.handing_on import HandingOn
from services.errands.reading import errands_by_thing
from services.errands.things import services_of
from services.errors import NotAllowed, NotFound, Refused
from services.reminders.reading import read_answered_reminders, read_reminders, read_waiting_reminders
from services.reminders.reminding import Reminding
from services.reminders.rows import ReminderRow
from tests.given import contract, criterion, event, punctuality
from tests.services.api_case import opened, slug
from tests.services.judged import NOW, Life, living

OWED = "c/d/on-time"
LAB, WARD = principal("lab/ann"), principal("ward/bob")
MISSING = "2026-01-05"


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        life.sign(contract(criterion(punctuality())))
        life.advance("01-06 00:00")
        yield life


def remind(life: Life, key: str = MISSING, text: str = "where is it?") -> str:
    id, _ = life.store.use(Reminding).remind(WARD, OWED, key, text)
    life.judge()
    return id


def waiting(life: Life) -> list[ReminderRow]:
    return [row for row, _ in life.store.read(LAB, read_waiting_reminders)]


def test_a_reminder_waits_for_the_debtor_until_it_is_answered(life: Life) -> None:
    id = remind(life)
    [row] = waiting(life)
    assert (row.id, row.service, row.debtor, row.is_answered) == (id, "ward", "lab", False)
    assert [(by, text) for by, _, text in row.reminded] == [("ward/bob", "where is it?")]
    life.store.use(Reminding).answer(LAB, id, "on its way")
    life.judge()
    [row] = life.store.read(WARD, read_reminders)
    assert ([text for _, _, text in row.answers], row.is_answered, waiting(life)) == (["on its way"], True, [])
    with pytest.raises(Refused, match="answered already"):
        life.store.use(Reminding).answer(LAB, id, "again")


def test_what_has_come_asks_for_nothing_any_more(life: Life) -> None:
    remind(life)
    life.happen(event("report", "2026-01-05 11:00", None, date=MISSING))
    assert (waiting(life), len(life.store.read(LAB, read_reminders))) == ([], 1)


def test_nobody_is_reminded_twice_a_day_of_one_thing(life: Life) -> None:
    remind(life)
    with pytest.raises(Refused, match="reminded of today, by ward/bob"):
        remind(life, text="and now?")
    tomorrow = Reminding(life.store.history, life.store.seeing, lambda: NOW + 24 * HOUR)
    tomorrow.remind(WARD, OWED, MISSING, "and now?")
    life.judge()
    assert [len(row.reminded) for row in waiting(life)] == [2]


def test_what_was_answered_may_be_reminded_of_again_on_the_same_day(life: Life) -> None:
    id = remind(life)
    life.store.use(Reminding).answer(LAB, id, "this morning")
    assert remind(life, text="it is noon") == id
    assert [text for row in waiting(life) for _, _, text in row.reminded] == ["where is it?", "it is noon"]
    with pytest.raises(Refused, match="reminded of today"):
        remind(life, text="and now?")


def test_an_answer_is_of_who_has_reminded_until_it_is_seen(life: Life) -> None:
    id = remind(life)
    life.store.use(Reminding).answer(LAB, id, "on its way")
    life.judge()
    [row] = life.store.read(WARD, lambda seen: read_answered_reminders(seen, 0))
    at = row.answers[-1][1]
    assert (row.asked_by, life.store.read(WARD, services_of, f"answer:{id}@{at}")) == ("ward/bob", ("ward",))
    assert life.store.read(WARD, lambda seen: read_answered_reminders(seen, at + 1)) == []
    with pytest.raises(NotFound):
        life.store.read(WARD, services_of, f"answer:{id}@{at + 1}")
    with pytest.raises(NotAllowed):
        life.store.use(HandingOn).see(LAB, f"answer:{id}@{at}")
    life.store.use(HandingOn).see(WARD, f"answer:{id}@{at}")
    life.judge()
    assert life.store.read(WARD, errands_by_thing)[f"answer:{id}@{at}"].is_seen


def test_who_owes_it_reminds_nobody_and_who_is_owed_it_answers_nothing(life: Life) -> None:
    with pytest.raises(NotAllowed):
        life.store.use(Reminding).remind(LAB, OWED, MISSING)
    id = remind(life)
    with pytest.raises(NotAllowed):
        life.store.use(Reminding).answer(WARD, id, "x")
    with pytest.raises(NotFound):
        life.store.use(Reminding).remind(principal("other/eve"), OWED, MISSING)


def test_what_is_kept_or_not_owed_is_reminded_of_by_nobody(life: Life) -> None:
    with pytest.raises(Refused, match="neither missing, late nor at risk"):
        remind(life, "2026-01-12")
    with pytest.raises(NotFound):
        remind(life, "2026-01-06")


def test_it_goes_over_the_api() -> None:
    with opened("sqlite://:memory:") as case:
        case.lived()
        on_time = "to-marketing/report/on-time"
        missing = next(
            one["key"] for one in case.get(f"/v1/occurrences?commitment={on_time}") if one["verdict"] == "missing"
        )
        answer = case.post("/v1/reminders", "marketing", commitment=on_time, key=missing, text="and?")
        assert answer.status_code == 201
        path = answer.headers["location"]
        assert slug(case.post("/v1/reminders", "marketing", commitment=on_time, key=missing), 409) == "refused"
        assert case.get(path, "sales")["reminded"][0]["text"] == "and?"
        assert case.post(f"{path}/answer", "sales", text="soon").status_code == 200
        assert case.get("/v1/reminders", "marketing")[0]["is_answered"]
        assert case.get("/v1/reminders", "finance") == []
