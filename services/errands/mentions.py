"""Where somebody was named, and in which words: what waits for that person until it is seen (MORNING §1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from domain.saying import said
from domain.times import Instant
from services.breaches.reading import read_action, read_breach
from services.contracts.reading import read_contract
from services.directory.mentioning import MENTION
from services.errands.reading import read_errands
from services.errands.rows import ErrandRow
from services.errors import NotFound
from services.excuses.reading import read_excuse
from services.reminders.reading import read_reminder
from services.seeing.seen import Seen

Note = tuple[str, Instant, str]


@dataclass(frozen=True, slots=True)
class MentionRow:
    """`by` has named `person` at that instant in what `text` says of a thing, by its sort and id. `scope`: the commitment that it is
    about, or the contract."""

    thing: str
    person: str
    sort: str
    id: str
    scope: str
    by: str
    at: Instant
    text: str

    @property
    def says(self) -> str:
        return name_of_text(self.sort, self.id, self.at)


def name_of_text(sort: str, id: str, at: Instant) -> str:
    """The name of what was said of a thing at that instant, whoever it is quoted to."""
    return f"{sort}:{id}@{at}"


def is_mention(row: ErrandRow) -> bool:
    return row.thing.startswith(f"{MENTION}:")


def read_mentions(seen: Seen, since: Instant = 0, person: str | None = None) -> list[MentionRow]:
    """Reads those that nobody has seen, from that instant on, of one person or all; the newest first. What was taken back names
    nobody any more."""
    found: list[MentionRow] = []
    for errand in read_errands(seen):
        if is_mention(errand) and not errand.is_seen and person in (None, errand.person) and _at(errand.thing) >= since:
            row = _mention(seen, errand)
            found += [row] if row is not None else []
    return sorted(found, key=lambda row: (-row.at, row.thing))


def _at(thing: str) -> Instant:
    """When it was said, by the name of the mention alone: most of them are old."""
    at = thing.rpartition("@")[2]
    return int(at) if at.isdecimal() else 0


def read_mention(seen: Seen, thing: str) -> MentionRow:
    """Raises NotFound, of what was taken back, too."""
    rows = [_mention(seen, errand) for errand in read_errands(seen) if errand.thing == thing]
    if not rows or rows[0] is None:
        raise NotFound(said("nothing waits by the name “{thing}”", thing=thing))
    return rows[0]


def _mention(seen: Seen, errand: ErrandRow) -> MentionRow | None:
    _, _, of = errand.thing.removeprefix(f"{MENTION}:").partition(":")
    sort, _, name = of.partition(":")
    id, _, at = name.rpartition("@")
    try:
        scope, notes = _TEXTS[sort](seen, id)
    except (NotFound, KeyError):
        return None
    for by, said_at, text in notes:
        if str(said_at) == at:
            return MentionRow(errand.thing, errand.person or "", sort, id, scope, by, said_at, text)
    return None


def _of_breach(seen: Seen, id: str) -> tuple[str, Iterable[Note]]:
    row = read_breach(seen, id)
    return row.commitment, row.explanations


def _of_action(seen: Seen, id: str) -> tuple[str, Iterable[Note]]:
    row = read_action(seen, id)
    closing = [(row.closed_by or "", row.closed_at or 0, row.closing_text or "")]
    return row.commitment, (*row.progress, *row.comments, *closing)


def _of_reminder(seen: Seen, id: str) -> tuple[str, Iterable[Note]]:
    row = read_reminder(seen, id)
    return row.commitment, (*row.reminded, *row.answers)


def _of_contract(seen: Seen, id: str) -> tuple[str, Iterable[Note]]:
    row = read_contract(seen, id)
    notes = [(one.by, one.at, one.text) for version in row.versions for one in version.comments]
    refusals = [(one.refused_by, one.refused_at or 0, one.refusal or "") for one in row.versions if one.refusal]
    return row.id, [*notes, *refusals]


def _of_excuse(seen: Seen, id: str) -> tuple[str, Iterable[Note]]:
    row = read_excuse(seen, id)
    return row.scope, [(row.asked_by, row.asked_at, row.text), *((one.by, one.at, one.text) for one in row.answers)]


_TEXTS: Final[Mapping[str, Callable[[Seen, str], tuple[str, Iterable[Note]]]]] = {
    "breach": _of_breach,
    "action": _of_action,
    "reminder": _of_reminder,
    "contract": _of_contract,
    "excuse": _of_excuse,
}
"""By the sort of a thing: what it is about, and what was said of it."""
