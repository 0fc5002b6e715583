"""The agenda of a review is derived at its position, in the order of what must be decided, and does not move (MEETING §2)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.times import show
from services.access import ADMINISTRATOR
from services.breaches.following_up import FollowingUp
from services.causes.attributing import Attributing
from services.errors import NotFound, Refused
from services.reviews.agenda import ORDER
from services.reviews.agenda_sources import SOURCES
from services.reviews.fingerprints import pack_fingerprint
from services.reviews.packs import held_pack
from services.reviews.reading import count_reviews, read_review, read_reviews
from services.reviews.reviewing import Reviewing
from services.reviews.shapes import Agenda
from services.reviews.shown import agenda_json
from tests.given import at, event
from tests.services.judged import Life, living
from tests.services.meeting import LAB, REVIEW, WARD, agreement, called

NEXT = "c@2026-03-03"


def agenda(life: Life, id: str = REVIEW) -> Agenda:
    row = life.store.read(ADMINISTRATOR, read_review, id)
    return agenda_json(held_pack(life.store.seeing, ADMINISTRATOR, id), row)


def codes(life: Life, id: str = REVIEW) -> list[str]:
    return [one["code"] for one in agenda(life, id)["items"]]


def test_the_agenda_is_in_the_order_of_its_codes_and_each_item_has_ready_decisions() -> None:
    with called() as life:
        found = agenda(life)
    assert (found["review"], found["watermark"], found["duration"]) == (REVIEW, "2026-02-03T14:00:00+01:00", 60)
    assert found["takes"] == sum(one["takes"] for one in found["items"])
    listed = [one["code"] for one in found["items"]]
    assert listed == sorted(listed, key=ORDER.index)
    assert {"unsigned", "breach", "amendment"} <= {*listed}
    ids = [one["id"] for one in found["items"]]
    assert len({*ids}) == len(ids)
    assert ids[0] == "unsigned:review:c@2026-01-06"
    assert all(one["id"].startswith(f"{one['code']}:") for one in found["items"])
    proposed = {each["kind"] for one in found["items"] for each in one["proposals"]}
    assert {"amendment"} <= proposed
    assert all({*one["sentence"]} == {"en", "fr"} and one["outcome"] is None for one in found["items"])


def test_it_does_not_move_with_what_comes_later_and_the_pack_stays_as_it_is() -> None:
    with called() as life:
        before = agenda(life)
        pack = held_pack(life.store.seeing, ADMINISTRATOR, REVIEW).pack
        life.store.use(FollowingUp).explain_breach(LAB, life.breaches()[0].id, "Nobody was there.")
        life.advance("02-20 12:00")
        assert agenda(life)["items"] == before["items"]
        later = held_pack(life.store.seeing, ADMINISTRATOR, REVIEW).pack
    assert later["fingerprint"] == pack["fingerprint"] == pack_fingerprint(later)
    assert "agenda" not in pack


def test_what_is_carried_stands_once_under_its_first_date_and_says_when_its_ground_is_gone() -> None:
    with called() as life:
        reviewing = life.store.use(Reviewing)
        [breach, *_] = [one["id"] for one in agenda(life)["items"] if one["code"] == "breach"]
        added, _ = reviewing.add(WARD, REVIEW, "Speak of the holidays", 7)
        life.judge()
        for item in (breach, "amendment:contract:c#2", added):
            reviewing.settle(WARD, REVIEW, item, "carried")
        reviewing.settle_rest(WARD, REVIEW, "noted")
        reviewing.submit(WARD, REVIEW)
        life.judge()
        life.advance("03-03 14:00")
        found = {one["id"]: one for one in agenda(life, NEXT)["items"]}
        carried = [one for one in found.values() if one["code"] == "carried"]
        assert [one["id"] for one in carried] == sorted([breach, "amendment:contract:c#2", f"added:{REVIEW}#1"])
        assert {one["first"] for one in carried} == {"2026-02-03"}
        assert (
            found[f"added:{REVIEW}#1"]["sentence"]["fr"] == "Speak of the holidays (reporté depuis le 3 février 2026)"
        )
        assert found[f"added:{REVIEW}#1"]["takes"] == 7
        assert "carried since 3 February 2026" in found["amendment:contract:c#2"]["sentence"]["en"]
        assert found["amendment:contract:c#2"]["proposals"] != []
        assert found["unsigned:review:c@2026-01-06"]["sentence"]["en"].startswith("2 earlier reviews are not signed")


def test_a_decision_settles_its_item_and_withdrawn_it_is_open_again() -> None:
    with called() as life:
        reviewing = life.store.use(Reviewing)
        [item] = [one for one in agenda(life)["items"] if one["code"] == "amendment"]
        [proposal] = item["proposals"]
        number, _ = reviewing.take_decision(LAB, REVIEW, proposal["kind"], proposal["arguments"], item=item["id"])
        life.judge()
        assert [one["outcome"] for one in agenda(life)["items"] if one["id"] == item["id"]] == ["decided"]
        reviewing.withdraw(WARD, REVIEW, number)
        life.judge()
        assert {one["outcome"] for one in agenda(life)["items"]} == {None}
        with pytest.raises(NotFound):
            reviewing.settle(LAB, REVIEW, "repeat:nothing", "noted")


def test_a_review_is_moved_before_its_hour_and_keeps_its_id() -> None:
    with called() as life:
        reviewing = life.store.use(Reviewing)
        reviewing.move(WARD, NEXT, at("03-10 16:30"), "Bo is away.")
        item, _ = reviewing.add(LAB, NEXT, "The new van")
        life.judge()
        row = life.store.read(ADMINISTRATOR, read_review, NEXT)
        assert (row.state, row.starts, row.ends) == ("planned", at("03-10 16:30"), at("03-10 17:30"))
        assert item in [one["id"] for one in agenda(life, NEXT)["items"]]
        life.advance("03-09 12:00")
        assert life.store.read(ADMINISTRATOR, read_review, NEXT).state == "planned"
        life.advance("03-10 16:30")
        row = life.store.read(ADMINISTRATOR, read_review, NEXT)
        assert (row.state, row.starts, row.watermark) == ("held", at("03-10 16:30"), at("03-10 16:30"))
        assert codes(life, NEXT)[-1] == "added"
        with pytest.raises(Refused):
            reviewing.move(WARD, NEXT, at("03-20 16:30"), "Again.")
        assert life.judged_again() == life.dump()


def test_a_cancelled_review_is_not_called_and_the_one_after_it_is_next() -> None:
    with called() as life:
        life.store.use(Reviewing).cancel(WARD, NEXT, "Holidays.")
        life.judge()
        rows = life.store.read(ADMINISTRATOR, read_reviews)
        assert [(one.id, one.state) for one in rows][-2:] == [(NEXT, "cancelled"), ("c@2026-04-07", "planned")]
        life.advance("03-05 12:00")
        assert life.store.read(ADMINISTRATOR, read_review, NEXT).state == "cancelled"
        with pytest.raises(Refused):
            life.store.use(Reviewing).move(WARD, NEXT, at("03-20 14:00"), "After all.")
        assert life.judged_again() == life.dump()


def test_the_next_review_is_moved_by_a_signed_decision() -> None:
    with called() as life:
        reviewing = life.store.use(Reviewing)
        reviewing.take_decision(WARD, REVIEW, "next", {"date": "2026-03-12", "time": "09:00"}, "Bo is away.")
        reviewing.settle_rest(WARD, REVIEW, "noted")
        reviewing.submit(WARD, REVIEW)
        reviewing.sign_review(LAB, REVIEW)
        reviewing.sign_review(WARD, REVIEW)
        life.judge()
        row = life.store.read(ADMINISTRATOR, read_review, NEXT)
    assert (show(row.starts), [one.text for one in row.moves]) == ("2026-03-12T08:00:00Z", ["Bo is away."])
    assert date(2026, 3, 3).isoformat() in row.id


def test_breaches_of_one_root_cause_are_one_item_and_a_signed_decision_names_that_of_another() -> None:
    causes = [{"id": one, "title": one, "party": "supplier"} for one in ("van-down", "asleep")]
    with living() as life:
        life.publish({"entente": 1, "causes": "town", "title": "Causes", "list": causes})
        life.sign(agreement())
        life.happen(event("report", "01-05 09:00", id="a", date="2026-01-05"))
        life.advance("02-02 12:00")
        late = [one.id for one in life.breaches() if one.key is not None]
        for breach in late[:2]:
            life.store.use(Attributing).attribute(LAB, breach, "van-down")
        life.judge()
        life.advance("02-03 14:00")
        items = {one["id"]: one for one in agenda(life)["items"]}
        repeat = items["repeat:van-down"]
        assert repeat["sentence"]["en"] == "van-down: 2 breaches with 2 misses"
        assert [one["kind"] for one in repeat["proposals"]] == ["action"]
        assert not {f"breach:breach:{one}" for one in late[:2]} & {*items}
        reviewing = life.store.use(Reviewing)
        named = {"breaches": ",".join(late), "root_cause": "asleep"}
        reviewing.take_decision(WARD, REVIEW, "attribute", named, item="repeat:van-down")
        reviewing.take_decision(WARD, REVIEW, "action", repeat["proposals"][0]["arguments"] | {"text": "Sleep more"})
        reviewing.settle_rest(WARD, REVIEW, "noted")
        reviewing.submit(WARD, REVIEW)
        for who in (LAB, WARD):
            reviewing.sign_review(who, REVIEW)
        life.judge()
        assert {one.root_cause for one in life.breaches() if one.id in late} == {"asleep"}
        [action] = [one for one in life.actions() if one.text == "Sleep more"]
        assert next(one["ref"] for one in action.grounds) == f"review:{REVIEW}#2"
        for kind, arguments in (
            ("reschedule", {"action": action.id, "due": "2026-03-20"}),
            ("reassign", {"action": action.id, "owner": "ward"}),
        ):
            reviewing.take_decision(WARD, later(life), kind, arguments, "Agreed.")
        reviewing.settle_rest(WARD, NEXT, "noted")
        reviewing.submit(WARD, NEXT)
        for who in (LAB, WARD):
            reviewing.sign_review(who, NEXT)
        life.judge()
        [action] = [one for one in life.actions() if one.id == action.id]
    assert (str(action.due), action.owner) == ("2026-03-20", "ward")


def later(life: Life) -> str:
    """The next review is held."""
    life.advance("03-03 14:00")
    return NEXT


def test_a_review_of_which_nothing_is_submitted_in_time_is_skipped_and_is_settled_once() -> None:
    monthly = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h", "minutes_within": "10 days"}
    with living() as life:
        life.sign(agreement() | {"review": monthly})
        life.advance("02-13 14:59")
        states = {one.id: one.state for one in life.store.read(ADMINISTRATOR, read_reviews)}
        assert (states["c@2026-01-06"], states[REVIEW]) == ("skipped", "held")
        assert life.store.read(ADMINISTRATOR, count_reviews)["c"] == (2, 1)
        life.advance("02-13 15:00")
        assert life.store.read(ADMINISTRATOR, read_review, REVIEW).state == "skipped"
        life.advance("03-03 14:00")
        assert "unsigned:review:c@2026-01-06" in [one["id"] for one in agenda(life, NEXT)["items"]]
        reviewing = life.store.use(Reviewing)
        reviewing.settle_rest(WARD, NEXT, "noted")
        reviewing.submit(WARD, NEXT)
        for who in (LAB, WARD):
            reviewing.sign_review(who, NEXT)
        life.judge()
        life.advance("04-07 14:00")
        assert "unsigned" not in codes(life, "c@2026-04-07")
        assert life.store.read(ADMINISTRATOR, read_review, REVIEW).state == "skipped"


def test_every_source_gives_codes_that_have_a_place() -> None:
    assert len(SOURCES) == len({*SOURCES})
    assert len(ORDER) == len({*ORDER})
