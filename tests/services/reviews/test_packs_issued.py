"""A pack that is issued before its meeting: when, once, judged as of then, and what is otherwise since (MEETING §1)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.decisions import stream_of
from domain.review import Review
from domain.times import show
from services.access import ADMINISTRATOR
from services.errors import NotFound
from services.excuses.excusing import Excusing
from services.reviews.issued import issued_of
from services.reviews.packs import issued_pack
from services.reviews.reading import read_review
from services.reviews.reviewing import Reviewing
from services.reviews.rows import ReviewRow
from services.seeing.past import replay, seeing_at
from tests.given import PARIS, Tree, at, contract, criterion, event, punctuality
from tests.services.judged import Life, living
from tests.services.meeting import LAB, REVIEW, WARD
from tests.services.sharded import judged_in_shards

REPORTS = ("01-05 09:00", "01-12 09:00", "01-19 09:00", "01-26 09:00", "02-02 11:30")


def agreement(pack: str | None = "1 week", **changes: Any) -> Tree:
    """A report each Monday at 10:00, looked at on the first Tuesday of the month."""
    review = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h", **({"pack": pack} if pack else {})}
    return contract(
        criterion(punctuality(), each_miss="breach", targets=[{"at_least": "10 %", "per": "month"}]),
        review=review,
        **changes,
    )


def lived(life: Life, pack: str | None = "1 week") -> None:
    life.sign(agreement(pack))
    life.advance("01-03")
    life.happen(*(event("report", time, date=f"2026-{time[:5]}") for time in REPORTS))


def review_of(life: Life, id: str = REVIEW) -> ReviewRow:
    return life.store.read(ADMINISTRATOR, read_review, id)


def topics(life: Life) -> list[str]:
    """Of the review of February, in order."""
    found = [one for one in life.store.history.read(0, 10_000) if one.stream == stream_of("review", REVIEW)]
    return [one.topic for one in found]


def test_one_leap_over_issue_and_start_records_both_with_their_times() -> None:
    with living() as life:
        lived(life)
        life.advance("02-20")
        row = review_of(life)
        assert topics(life) == ["entente.review.planned", Review.PackIssued.TOPIC, "entente.review.called"]
        assert [show(one.as_of, PARIS) for one in row.issued] == ["2026-01-27T14:00:00+01:00"]
        assert (row.state, row.starts, row.watermark) == ("held", at("02-03 14:00"), at("02-03 14:00"))
        before = issued_pack(life.store.seeing, ADMINISTRATOR, REVIEW).pack
        assert (before["watermark"], before["review"]["state"]) == ("2026-01-27T14:00:00+01:00", "planned")
        assert before["breaches"] == [], "the report of 2 February was not late yet"
        assert life.judged_again() == life.dump()
        assert judged_in_shards(life.store.history, 3) == sorted(life.dump())
        assert replay(life.store.history, life.store.history.database).is_same


def test_it_is_said_what_is_otherwise_since_one_late_one_excuse() -> None:
    with living() as life:
        lived(life)
        life.advance("02-02 12:00")
        excusing = life.store.use(Excusing)
        excusing.ask(LAB, "c/d/on-time", reason="other", text="the printer", keys=["2026-02-02"])
        life.judge()
        life.advance("02-03 14:00")
        found = issued_of(life.store.seeing, WARD, review_of(life))
        assert found is not None
        assert dict(found.since) == {"late": 1, "excuse": 1, "action": 1}
        assert found.fingerprint == issued_pack(life.store.seeing, WARD, REVIEW).pack["fingerprint"]


def test_without_pack_nothing_is_issued() -> None:
    with living() as life:
        lived(life, None)
        life.advance("02-20")
        assert topics(life) == ["entente.review.called"]
        assert issued_of(life.store.seeing, ADMINISTRATOR, review_of(life)) is None
        with pytest.raises(NotFound, match="no pack was issued"):
            issued_pack(life.store.seeing, ADMINISTRATOR, REVIEW)


def test_it_is_issued_at_its_instant_and_not_before() -> None:
    with living() as life:
        lived(life)
        life.advance(at("01-27 14:00") - 1)
        assert review_of(life).issued == ()
        life.advance("01-27 14:00")
        row = review_of(life)
        assert (row.state, len(row.issued)) == ("planned", 1)
        with seeing_at(life.store.history, as_of=at("01-28")) as then, then.seen(ADMINISTRATOR) as seen:
            assert len(read_review(seen, REVIEW).issued) == 1


@pytest.mark.parametrize(
    ("to", "issued"),
    [
        ("02-10 14:00", ["2026-01-27T14:00:00+01:00", "2026-02-03T14:00:00+01:00"]),
        ("02-04 14:00", ["2026-01-27T14:00:00+01:00"]),
    ],
    ids=["a week later: anew", "less than a week is left: not again"],
)
def test_after_it_was_moved_it_is_issued_anew_unless_less_than_pack_is_left(to: str, issued: list[str]) -> None:
    with living() as life:
        lived(life)
        life.advance("01-29")
        life.store.use(Reviewing).move(ADMINISTRATOR, REVIEW, at(to), "the room is taken")
        life.judge()
        life.advance("02-20")
        row = review_of(life)
        assert [show(one.as_of, PARIS) for one in row.issued] == issued
        assert (row.starts, row.state) == (at(to), "held")
        assert (row.pack_issued is not None) == (len(issued) == 2)
        assert replay(life.store.history, life.store.history.database).is_same


def test_of_a_cancelled_review_none_is_issued() -> None:
    with living() as life:
        lived(life)
        life.advance("01-13")
        life.store.use(Reviewing).cancel(ADMINISTRATOR, REVIEW, "nobody can come")
        life.judge()
        life.advance("02-20")
        assert review_of(life).issued == ()
