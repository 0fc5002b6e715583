"""Actions on the agenda: what came of them, and what went up the ladder (MEETING §2, §5, §6)."""

from __future__ import annotations

from datetime import date

from services.access import ADMINISTRATOR
from services.breaches.following_up import FollowingUp
from services.reviews.packs import held_pack
from services.reviews.reading import read_review
from services.reviews.shapes import AgendaItem
from services.reviews.shown import agenda_json
from tests.given import contract, criterion, punctuality
from tests.services.actions.test_ladder import LAB, OFFICE, RUNGS
from tests.services.judged import Life, living
from tests.services.test_effects import AFTER, close, deliver, weekly

MONTHLY = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h"}


def items(life: Life, review: str, code: str) -> list[AgendaItem]:
    row = life.store.read(ADMINISTRATOR, read_review, review)
    found = agenda_json(held_pack(life.store.seeing, ADMINISTRATOR, review), row)["items"]
    return [one for one in found if one["code"] == code]


def test_what_an_action_came_to_is_an_item_of_the_next_review_and_of_no_later_one() -> None:
    with living() as life:
        life.sign(weekly(review=MONTHLY))
        deliver(life, "01-05", "01-12", "01-19", "01-26", "02-02", "02-09", "02-16", "02-23")
        life.advance("2026-02-24T00:00+01:00")
        [action] = life.actions()
        close(life, action.id)
        deliver(life, *AFTER[:-1])
        life.advance("2026-04-14T00:00+02:00")
        assert items(life, "c@2026-05-05", "effect") == []
        deliver(life, AFTER[-1])
        life.advance("2026-05-05 14:00")
        [found] = items(life, "c@2026-05-05", "effect")
        assert (found["id"], found["takes"], found["proposals"]) == (f"effect:action:{action.id}", 5, [])
        assert found["sentence"] == {
            "en": "A deliverable, on-time: “target lost” holds, it could be luck",
            "fr": "A deliverable, on-time : « objectif perdu » tient, ce pourrait être la chance",
        }
        life.advance("2026-06-02 14:00")
        assert items(life, "c@2026-06-02", "effect") == []


def test_an_action_that_did_not_help_may_be_let_be_and_stands_before_one_that_did() -> None:
    with living() as life:
        life.sign(weekly(review=MONTHLY))
        deliver(life, "01-05", "01-12", "01-19", "01-26", "02-02", "02-09", "02-16", "02-23")
        life.advance("2026-02-24T00:00+01:00")
        [action] = life.actions()
        close(life, action.id)
        life.advance("2026-04-28 00:00")  # eight Mondays on which nothing came
        [found] = items(life, "c@2026-05-05", "effect")
    assert [one["kind"] for one in found["proposals"]] == ["accept-as-is"]
    assert found["proposals"][0]["arguments"] == {"action": action.id}
    assert found["sentence"]["fr"] == "A deliverable, on-time : c’est pire depuis « objectif perdu »"


def test_what_reached_the_second_step_of_the_ladder_is_an_item_until_it_is_closed() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality()), calendar=OFFICE, actions={"escalation": RUNGS}, review=MONTHLY))
        life.advance("05-04 00:00")
        following_up = life.store.use(FollowingUp)
        id, _ = following_up.open_action(LAB, "c/d/on-time", "Mend it.", due=date(2026, 5, 22))
        life.advance("2026-06-01 23:00")
        assert items(life, "c@2026-06-02", "escalated") == []  # the first step alone
        life.advance("2026-06-02 09:00")
        [found] = items(life, "c@2026-06-02", "escalated")
        assert (found["id"], found["sentence"]["en"]) == (
            f"escalated:action:{id}",
            "A deliverable, on-time: “Mend it.” reached step 2 of the ladder (see also item 1)",
        )
        assert [one["kind"] for one in found["proposals"]] == ["reschedule", "reassign", "accept-as-is"]
        following_up.close(LAB, id, "Mended.")
        life.judge()
        assert items(life, "c@2026-06-02", "escalated") == []
