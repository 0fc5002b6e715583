"""What stands, on the agenda: what figures suggest, what was matched by nothing, what was set aside, what ends (MEETING §2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR, principal
from services.reviews.packs import held_pack
from services.reviews.reading import read_review
from services.reviews.reviewing import Reviewing
from services.reviews.shapes import AgendaItem
from services.reviews.shown import agenda_json
from tests.given import contract, criterion, event, punctuality
from tests.services.judged import Life, living
from tests.services.meeting import WARD

MONTHLY = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h"}
REVIEW, NEXT = "c@2026-08-04", "c@2026-09-01"
ALWAYS = "always-met:c/d/on-time#0"


def items(life: Life, id: str = REVIEW) -> dict[str, AgendaItem]:
    """By their ids."""
    row = life.store.read(ADMINISTRATOR, read_review, id)
    return {one["id"]: one for one in agenda_json(held_pack(life.store.seeing, ADMINISTRATOR, id), row)["items"]}


@contextmanager
def seven_months(time: str, *changes: dict[str, Any]) -> Iterator[Life]:
    """A report each Monday at that time, from January to July."""
    target = {"at_least": "90 %", "per": "month"}
    tree = contract(criterion(punctuality(), targets=[target]), review=MONTHLY)
    for one in changes:
        tree |= one
    with living() as life:
        life.sign(tree)
        mondays = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(30)]
        life.happen(*(event("report", f"{day} {time}", id=str(day), date=str(day)) for day in mondays))
        life.advance("08-04 14:00")
        yield life


def test_a_target_that_was_always_kept_is_to_be_tightened_and_one_never_kept_to_be_negotiated() -> None:
    with seven_months("09:40") as life:
        always = items(life)[ALWAYS]
    assert (always["code"], always["subject"], always["takes"]) == ("always-met", "commitment:c/d/on-time", 5)
    assert always["sentence"] == {
        "en": "A deliverable, on-time: kept in 7 periods one after the other (at least 90 %); it could be at least 100 %",
        "fr": "A deliverable, on-time : tenu 7 périodes de suite (au moins 90 %) ; on pourrait viser au moins 100 %",
    }
    with seven_months("11:00") as life:
        found = items(life)
    assert "never-met:c/d/on-time#0" in found
    assert not any(id.startswith(("always-met", "met-if")) for id in found)


def test_what_would_have_been_kept_with_another_bound_is_said_where_nothing_else_is_suggested() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality()), review=MONTHLY))
        for day in ("2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"):
            life.happen(event("report", f"{day} {'11:00' if day == '2026-01-12' else '09:40'}", id=day, date=day))
        life.advance("02-03 14:00")
        found = items(life, "c@2026-02-03")
    assert found["met-if:c/d/on-time#0"]["sentence"]["fr"] == (
        "A deliverable, on-time : la seule période jugée aurait été tenue avec au moins 75 % (aujourd’hui : au moins 90 %)"
    )


def test_what_was_settled_is_not_suggested_again_for_a_year() -> None:
    with seven_months("09:40") as life:
        reviewing = life.store.use(Reviewing)
        reviewing.settle_rest(WARD, REVIEW, "noted")
        reviewing.submit(WARD, REVIEW)
        life.judge()
        life.advance("09-01 13:00")
        asked = [ALWAYS in items(life, id) for id in (REVIEW, NEXT)]
    with seven_months("09:40") as life:
        reviewing = life.store.use(Reviewing)
        reviewing.settle_rest(WARD, REVIEW, "carried")
        reviewing.submit(WARD, REVIEW)
        life.judge()
        life.advance("09-01 13:00")
        carried = items(life, NEXT)[ALWAYS]
    assert asked == [True, False]
    assert (carried["code"], carried["first"]) == ("carried", "2026-08-04")


def test_events_that_match_nothing_are_one_item_a_commitment_with_the_first_to_match() -> None:
    with seven_months("09:40") as life:
        assert not any(id.startswith("unmatched") for id in items(life))
        life.happen(event("report", "08-05 09:00", id="x", date="2026-08-06"), event("report", "08-05 09:01", id="y"))
        found = items(life, NEXT)["unmatched:c/d/on-time"]
        position = life.position()
    assert found["sentence"]["en"] == "A deliverable, on-time: 2 events match nothing that is owed"
    assert found["proposals"] == [{"kind": "match", "arguments": {"commitment": "c/d/on-time", "event": position - 1}}]


def test_of_what_was_set_aside_only_that_of_the_parties_is_counted_and_nothing_told() -> None:
    with seven_months("09:40") as life:
        for who in ("lab/ada", "ward/bo", "elsewhere/eve"):
            life.door.submit([decode_structured(b"no event: secret of " + who.encode())], principal(who), "http")
        life.judge()
        for time in ("09-01 13:00", "09-01 14:00"):  # as things stand, and as the review holds it
            life.advance(time)
            found = items(life, NEXT)
            assert found["quarantine:contract:c"]["sentence"]["en"] == (
                "2 events that the parties sent could not be read, and wait in quarantine"
            )
            assert "secret" not in str(found)


def test_the_end_of_the_calendar_is_told_six_months_before() -> None:
    calendar = {
        "timezone": "Europe/Paris",
        "open": {"mon-fri": ["09:00-17:00"]},
        "holidays": {"country": "FR", "years": "2026-2026"},
    }
    until = {"valid": {"from": "2026-01-01", "until": "2026-12-31"}}
    with seven_months("09:40", {"calendar": calendar}) as life:
        found = items(life)["calendar-ends:contract:c"]
    assert (found["since"], found["sentence"]["en"][:39]) == ("2026-12-31", "The calendar ends on 31 December 2026: ")
    with seven_months("09:40", {"calendar": calendar}, until) as life:
        codes = {one["code"] for one in items(life).values()}
    assert "contract-ends" in codes
    assert "calendar-ends" not in codes
