"""Calendars in versions: openings and closings announced later, the past only as a rebaseline (MEANING §7 "Calendars")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dashboards.explanations import occurrence_sentences
from dashboards.language import language
from dashboards.moments import Moments
from domain.times import show
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contract
from services.errors import DocumentInvalid
from services.explaining.occurrences import explain_occurrence
from services.explaining.shown import explanation_json
from tests.given import PARIS, at, contract, criterion, document, event, punctuality, turnaround
from tests.services.judged import NOW, Life, counts, living

FOLLOWED = {"name": "office", "follow": True}
MONDAYS = criterion(punctuality(on_closed_day="next"))
SLOW = criterion(turnaround(within="2 working days"))


@pytest.fixture
def life(store_url: str) -> Iterator[Life]:
    with living(store_url) as found:
        found.publish(office())
        yield found
        assert found.judged_again() == found.judged_again(1) == found.dump()


def office(**changes: Any) -> dict[str, Any]:
    hours = {"mon-fri": "09:00-17:00"}
    return {"entente": 1, "calendar": "office", "timezone": "Europe/Paris", "open": hours, **changes}


def due(life: Life, key: str, commitment: str = "c/d/on-time") -> str:
    return show(life.occurrences(commitment)[key].due or 0, PARIS)


def test_a_closing_announced_later_moves_the_limit_of_an_open_case_over_the_change_of_clocks(life: Life) -> None:
    life.sign(contract(SLOW, calendar=FOLLOWED))
    life.happen(event("opened", "03-26 10:00"))
    life.advance("03-26 12:00")
    assert due(life, "1") == "2026-03-30T10:00:00+02:00"
    life.publish(office(closures=["2026-03-27"]))
    assert due(life, "1") == "2026-03-31T10:00:00+02:00"
    life.advance(at("03-31 10:00") - 1)
    assert life.verdicts() == {"1": "pending"}
    life.advance("03-31 10:00")
    assert life.verdicts() == {"1": "missing"}


def test_an_opening_announced_later_does_too_and_an_autumn_night_of_25_hours_is_two_more_days(life: Life) -> None:
    life.sign(contract(SLOW, calendar=FOLLOWED))
    life.happen(event("opened", "10-23 10:00"))
    life.advance("10-23 12:00")
    assert due(life, "1") == "2026-10-27T10:00:00+01:00"
    life.publish(office(openings=[{"date": "2026-10-25", "at": "08:00-12:00"}]))
    assert due(life, "1") == "2026-10-26T10:00:00+01:00"


def test_dates_to_come_are_recomputed_and_explained(life: Life) -> None:
    life.sign(contract(MONDAYS, calendar=FOLLOWED))
    life.advance("03-20 12:00")
    life.publish(office(closures=["2026-03-30"]))
    assert due(life, "2026-03-30") == "2026-03-31T10:00:00+02:00"
    row = life.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", "2026-03-30")
    [moved] = row.recomputed
    assert (moved.version, moved.by, moved.at, moved.rebaseline) == (2, "administrator", NOW, None)
    assert explanation_json(row, "Europe/Paris")["recomputed"][0] == {
        "calendar": "office", "version": 2, "by": "administrator", "at": show(NOW, PARIS),
        "before": "2026-03-30T10:00:00+02:00", "after": "2026-03-31T10:00:00+02:00", "rebaseline": None,
    }  # fmt: skip
    clock = Moments.of(language("fr"), "Europe/Paris", at("03-20 12:00"))
    said = occurrence_sentences(row, life.store.read(ADMINISTRATOR, read_contract, "c"), clock)
    assert any(one.startswith("La version 2 du calendrier office, publiée par administrator le") for one in said)
    assert life.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", "2026-03-23").recomputed == ()


def test_every_publication_that_moved_a_due_is_named_and_no_other(life: Life) -> None:
    life.sign(contract(MONDAYS, calendar=FOLLOWED))
    life.advance("03-20 12:00")
    life.publish(office(closures=["2026-03-30"]))
    life.publish(office(closures=["2026-03-30", "2026-12-24"]))
    life.publish(office(closures=["2026-12-24"]))
    moved = life.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", "2026-03-30").recomputed
    assert [one.version for one in moved] == [2, 4]


def test_what_fell_due_stays_as_it_was_judged(life: Life) -> None:
    life.sign(contract(MONDAYS, calendar=FOLLOWED))
    life.advance("03-24 00:00")
    before = life.figure("2026-02")
    verdicts = {key: one for key, one in life.verdicts().items() if key <= "2026-03-23"}
    life.publish(office(closures=["2026-03-30"]))
    assert {key: one for key, one in life.verdicts().items() if key <= "2026-03-23"} == verdicts
    assert (life.figure("2026-02").counts, life.figure("2026-02").state) == (before.counts, "final")


@pytest.mark.parametrize("day", ["2026-03-23", "2026-03-24"])
def test_a_day_at_or_before_the_watermark_needs_a_rebaseline(life: Life, day: str) -> None:
    life.sign(contract(MONDAYS, calendar=FOLLOWED))
    life.advance("03-24 00:00")
    with pytest.raises(DocumentInvalid, match=f"{day}, which has passed.*`rebaseline: {{reason: …}}`"):
        life.publish(office(closures=[day]))
    applied = life.publish(office(closures=[day], rebaseline={"reason": "the town flooded"}))
    assert (applied.outcome, applied.version) == ("published", 2)


def test_the_first_day_after_the_watermark_needs_none(life: Life) -> None:
    life.sign(contract(MONDAYS, calendar=FOLLOWED))
    life.advance(at("03-24 00:00") - 1)
    assert life.publish(office(closures=["2026-03-24"])).outcome == "published"


def test_a_rebaseline_restates_final_periods_beside_what_they_were(life: Life) -> None:
    life.sign(contract(MONDAYS, calendar=FOLLOWED))
    life.happen(event("report", "02-03 10:00", date="2026-02-02"))
    life.advance("03-24")
    before = life.figure("2026-02")
    assert (life.verdicts()["2026-02-02"], before.state) == ("late", "final")
    position = life.publish(office(closures=["2026-02-02"], rebaseline={"reason": "the town flooded"})).position
    now = life.figure("2026-02")
    assert (life.verdicts()["2026-02-02"], now.state, now.causes) == ("met", "restated", (position,))
    assert counts(now) == {"met": 1, "missing": 3}
    assert now.final is not None
    assert life.figure("2026-01").state == "final"
    [moved] = life.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", "2026-02-02").recomputed
    assert moved.rebaseline == "the town flooded"


def test_a_contract_that_follows_nothing_takes_a_version_when_both_sign(life: Life) -> None:
    life.sign(contract(MONDAYS, calendar="office"))
    life.advance("03-20 12:00")
    life.publish(office(closures=["2026-03-30", "2026-04-13"]))
    assert due(life, "2026-03-30") == "2026-03-30T10:00:00+02:00"
    life.sign(contract(MONDAYS, calendar="office", effective="2026-04-01"))
    life.advance("04-02")
    assert due(life, "2026-03-30") == "2026-03-30T10:00:00+02:00"
    assert due(life, "2026-04-13") == "2026-04-14T10:00:00+02:00"
    assert life.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", "2026-04-13").recomputed == ()


def test_a_rebaseline_of_the_calendar_alone_changes_nothing_for_a_contract_that_does_not_follow(life: Life) -> None:
    life.sign(contract(MONDAYS, calendar="office"))
    life.happen(event("report", "02-03 10:00", date="2026-02-02"))
    life.advance("03-24")
    before = life.figure("2026-02")
    life.publish(office(closures=["2026-02-02"], rebaseline={"reason": "the town flooded"}))
    assert life.figure("2026-02").counts == before.counts
    amended = contract(MONDAYS, calendar="office", effective="2026-02-01", rebaseline={"reason": "as published"})
    life.sign(amended)
    assert (life.verdicts()["2026-02-02"], life.figure("2026-02").state) == ("met", "restated")


def test_a_version_replaces_the_days_from_its_first_one_on(life: Life) -> None:
    life.sign(contract(MONDAYS, calendar=FOLLOWED))
    life.advance("03-20 12:00")
    life.publish(office(**{"from": "2026-03-30"}, open={"tue-fri": "09:00-17:00"}))
    assert (due(life, "2026-03-23"), due(life, "2026-03-30")) == (
        "2026-03-23T10:00:00+01:00", "2026-03-31T10:00:00+02:00",
    )  # fmt: skip


def test_an_opening_wins_over_a_closing_announced_before(life: Life) -> None:
    life.sign(contract(MONDAYS, calendar=FOLLOWED))
    life.advance("03-20 12:00")
    life.publish(office(closures=["2026-03-30"]))
    life.publish(office(closures=["2026-03-30"], openings=[{"date": "2026-03-30", "at": "09:00-12:00"}]))
    assert due(life, "2026-03-30") == "2026-03-30T10:00:00+02:00"


def test_a_due_beyond_the_years_is_unknown_until_a_version_with_more_years_comes(life: Life) -> None:
    years = {"country": "FR", "years": "2026"}
    life.publish(office(holidays=years))
    life.sign(contract(SLOW, calendar=FOLLOWED))
    life.happen(event("opened", "12-30 10:00"))
    life.advance("12-30 12:00")
    assert life.occurrences()["1"].reason == "calendar-ended"
    life.publish(office(holidays={**years, "years": "2026-2027"}))
    assert (life.verdicts(), due(life, "1")) == ({"1": "pending"}, "2027-01-04T10:00:00+01:00")
    [*_, moved] = life.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", "1").recomputed
    assert moved.before is None


def test_a_dry_run_counts_the_calendars_of_the_same_files_as_published() -> None:
    with living() as life:
        files = [
            document(
                {"entente": 1, "calendar": "work", "timezone": "Europe/Paris", "open": {"mon-fri": ["09:00-17:00"]}}
            ),
            document(contract(criterion(turnaround(within="4 working hours")), calendar="work")),
        ]
        apply = life.store.use(Contracting).apply
        tried = [apply(ADMINISTRATOR, one, dry_run=True, beside=files) for one in files]
        assert [(one.kind, one.outcome) for one in tried] == [("calendar", "published"), ("contract", "proposed")]
        with pytest.raises(DocumentInvalid, match="no calendar “work” is published"):
            apply(ADMINISTRATOR, files[1], dry_run=True)
