"""A review at another time than the contract says (MEETING §1)."""

from __future__ import annotations

from datetime import date, datetime, time

from domain.decisions import stream_of
from domain.review import Review
from domain.saying import said
from domain.times import Instant, from_local, to_local, zone
from services.access import PLATFORM_NAME
from services.deciding import refusing, within_bounds
from services.errors import Invalid, NotFound, Refused
from services.history.history import History
from services.reviews.effects import Meeting
from services.reviews.reading import read_reviews
from services.reviews.rows import ReviewRow


def planned(history: History, row: ReviewRow, at: Instant) -> Review:
    """The review that is still to come, or was called: planned by the platform where nobody has decided anything about it yet."""
    try:
        return history.get(stream_of("review", row.id), Review)
    except NotFound:
        return Review.planned(row.id, row.contract, row.starts, row.ends, by=PLATFORM_NAME, at=at)


def move_next(meeting: Meeting, day: date, clock: str | None, reason: str) -> Review:
    """The first review after this one that is still to come, moved to that local day, at the same wall time where none is said."""
    rows = read_reviews(meeting.seen, contract=meeting.contract.id)
    row = next((one for one in rows if one.state == "planned" and one.starts > meeting.row.starts), None)
    if row is None:
        raise Refused(said("no review follows"), place=meeting.row.id)
    found = meeting.find(stream_of("review", row.id), Review) or planned(meeting.history, row, meeting.at)
    here = meeting.contract.timezone
    starts = start_on(row, day, clock, here)
    moved(found, row, starts, reason, by=meeting.names["client"], at=meeting.at, reached=_reached(meeting))
    return found


def moved(
    found: Review, row: ReviewRow, starts: Instant, reason: str, *, by: str, at: Instant, reached: Instant | None
) -> None:
    """`reached`: how far time is in the contract; what would lie before is refused."""
    if reached is not None and starts <= reached:
        raise Refused(said("that time has passed"), place=row.id, mend=said("a time to come"), slug="time-passed")
    with refusing(row.id):
        found.move(starts, starts + row.ends - row.starts, reason, by=by, at=at)


def start_on(row: ReviewRow, day: date, clock: str | None, zone_name: str) -> Instant:
    """The instant at which it would begin on that local day. Raises Invalid."""
    here = zone(zone_name)
    within_bounds(day, "date")
    return from_local(datetime.combine(day, _time(clock) if clock else to_local(row.starts, here).time()), here)


def _time(clock: str) -> time:
    try:
        return time.fromisoformat(clock).replace(tzinfo=None)
    except ValueError as error:
        raise Invalid(
            said("“{time}” is no time of day", time=clock), place="time", mend=said("such as 16:30")
        ) from error


def _reached(meeting: Meeting) -> Instant | None:
    return meeting.seen.known.of(meeting.contract.id).watermark
