"""The invitation to a review in words: the same file for a mail, the page and the command line."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.language import Language, first_up
from dashboards.moments import Moments
from domain.times import Instant
from services.contracts.rows import ContractRow
from services.judging.catalogue import InForce
from services.reviews.invitation_files import Invitation, ical_bytes
from services.reviews.inviting import Attendee, place_of
from services.reviews.rows import ReviewRow


def title_of(language: Language, contract: ContractRow, row: ReviewRow) -> str:
    """What the review is called."""
    day = Moments.of(language, contract.timezone, None).local_date(row.starts)
    return language.text("review.title", contract=contract.title_on(day).to(language.code))


def when_and_where(language: Language, contract: ContractRow, in_force: InForce | None, row: ReviewRow) -> str:
    """The day, from when to when, and the place where one is named."""
    clock = Moments.of(language, contract.timezone, None)
    place = place_of(in_force, row) if in_force is not None else None
    when = language.text("invitation.when", moment=first_up(clock.long(row.starts)), until=clock.time(row.ends))
    return when + (f" · {place.to(language.code)}" if place is not None else "")


def invitation_file(
    language: Language,
    contract: ContractRow,
    in_force: InForce,
    row: ReviewRow,
    *,
    organisation: str,
    stamp: Instant,
    organizer: str | None = None,
    attendees: Sequence[Attendee] = (),
    address: str = "",
) -> bytes:
    """`organizer`: the address that mail comes from; None: nobody is asked. `address`: where people open the pages; may be empty."""
    place = place_of(in_force, row)
    key = "invitation.cancelled" if row.cancelled else "invitation.about"
    return ical_bytes(
        Invitation(
            review=row.id,
            organisation=organisation,
            method="CANCEL" if row.cancelled else "REQUEST",
            sequence=row.sequence,
            starts=row.starts,
            ends=row.ends,
            stamp=stamp,
            title=title_of(language, contract, row),
            about=language.text(key),
            place=place.to(language.code) if place is not None else "",
            url=f"{address}/reviews/{row.id}" if address else "",
            organizer=organizer,
            attendees=attendees,
        )
    )
