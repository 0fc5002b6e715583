"""The letters around a review: an invitation with its file, and a pack with its opening sentence, its agenda, and itself attached."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from dashboards.letters.lines import Line
from dashboards.pages.exports.spoken_tables import spoken, written
from dashboards.pages.house.frame import View
from dashboards.pages.reviews.inviting import invitation_file
from dashboards.pages.reviews.pack import sentence
from dashboards.pages.reviews.pack_reader import Reader
from dashboards.pages.reviews.printing import pack_pdf
from dashboards.pages.reviews.tables import pack as pack_table
from dashboards.tables import table_bytes
from domain.times import Instant
from services.contracts.reading import read_contract
from services.directory.names import Directory
from services.errors import NotFound, Unavailable
from services.notices.carrying import Attached
from services.notices.telling import NoticeRow
from services.reviews.invitation_files import NAME
from services.reviews.inviting import attendees
from services.reviews.packs import Held, held_pack, issued_pack
from services.reviews.reading import read_review
from services.roles.following import Roles


class Inviting(NamedTuple):
    """`organizer`: the address that mail comes from; `organisation`: whose it is; `address`: where people open the pages."""

    organizer: str
    organisation: str
    address: str


class Enclosed(NamedTuple):
    """What goes with a letter besides its words; `notes` stand at its end."""

    attached: tuple[Attached, ...] = ()
    reply_to: str = ""
    notes: tuple[str, ...] = ()


NOTHING: Final = Enclosed()


def invitation_enclosed(
    view: View, notice: NoticeRow, roles: Roles, day: date, by: Inviting, made: Instant
) -> Enclosed:
    """The invitation as a file that mail programs show by themselves. What is replied goes to a head: no program reads it."""
    row = read_review(view.seen, notice.subject.partition(":")[2])
    contract, in_force = read_contract(view.seen, row.contract), view.seen.catalogue.contracts[row.contract]
    named = list(attendees(Directory(view.seen.history), roles, in_force, day, view.who.person))
    content = invitation_file(
        view.language,
        contract,
        in_force,
        row,
        organisation=by.organisation,
        stamp=made,
        organizer=by.organizer,
        attendees=named,
        address=by.address,
    )
    chair = next((one for one in named if not one.is_asked), None) or next(iter(named), None)
    method = "CANCEL" if row.cancelled else "REQUEST"
    notes = () if row.cancelled else (view.language.text("invitation.replies"),)
    return Enclosed(
        (Attached(NAME, "text/calendar", content, method),), chair.address if chair is not None else "", notes
    )


def pack_of_notice(view: View, notice: NoticeRow) -> Held:
    """The pack that the notice tells of. Raises NotFound where it was moved or cancelled meanwhile."""
    row = read_review(view.seen, notice.subject.partition(":")[2])
    how, _, sequence = notice.transition.partition(":")
    is_issued = how == "issued"
    if row.cancelled is not None or (is_issued and int(sequence) != len(row.moves)):
        raise NotFound(row.id)
    return issued_pack(view.seeing, view.who, row.id) if is_issued else held_pack(view.seeing, view.who, row.id)


def opening_of(view: View, held: Held) -> str:
    """The sentence over the pack."""
    return sentence(held.pack, Reader(held.pack, view.language, view.people))


def agenda_lines(view: View, held: Held) -> list[Line]:
    """What there is to decide, in order."""
    language = view.language
    return [
        Line(
            "",
            one.sentence["fr" if language.code == "fr" else "en"],
            language.counted("meeting.minutes", one.takes),
            "",
            "",
            "",
        )
        for one in held.items
    ]


def pack_enclosed(view: View, held: Held, organisation: str) -> Enclosed:
    """PDF, where the program can make it, and CSV."""
    pack, language = held.pack, view.language
    name = pack["review"]["id"]
    attached = []
    try:
        pdf = pack_pdf(pack, language.code, organisation=organisation, people=view.people, told=held.told)
        attached.append(Attached(f"{name}.pdf", "application/pdf", pdf))
    except Unavailable:
        pass
    csv = table_bytes("csv", *pack_table(pack), words=spoken(language, "pack"), written=written(language.code))
    return Enclosed((*attached, Attached(f"{name}.csv", "text/csv", csv)))
