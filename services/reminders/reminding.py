"""The decisions of people about reminders. Each is an entry of the history."""

from __future__ import annotations

from uuid import UUID

from domain.reminder import Reminder
from domain.saying import said
from domain.times import Clock, local_date, zone
from services.access import Principal, Right
from services.deciding import saved, words_of
from services.directory.mentioning import Mentioning
from services.errors import NotFound, Refused
from services.figures.reading import mend_for_key, read_commitment, read_occurrence
from services.figures.rows import OccurrenceRow, PressingRow
from services.history.history import History
from services.reminders.reading import read_reminder
from services.reminders.rows import ReminderRow
from services.seeing.seen import Seeing


class Reminding:
    """Use cases: get, decide, save; each returns the position of its entry. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now
        self._mentioning = Mentioning(history)

    def remind(self, who: Principal, commitment: str, key: str, text: str = "") -> tuple[str, int]:
        """The service that is owed something asks where it is: once a local day of the contract, and again once it is answered. Its
        id and position."""
        with self._seeing.seen(who) as seen:
            row = read_commitment(seen, commitment)
            who.require(Right.TAKE_PART, row.creditor, said("reminding of this"))
            one = read_occurrence(seen, row.id, key)
            if one is None:
                raise NotFound(
                    said("{scope} has no occurrence “{key}”", scope=row.id, key=key),
                    mend=mend_for_key(seen, row.id, key),
                )
        _require_owed(one)
        by, at = who.by(Right.TAKE_PART, row.creditor), self._now()
        day = local_date(at, zone(row.terms.timezone)).isoformat()
        found, words = self._reminder(row.id, key, row.creditor), words_of(text, "")
        parties, of = (row.debtor, row.creditor), f"reminder:{found.reminder}"
        with self._seeing.seen(who) as seen:
            errands = self._mentioning.errands(seen, parties, words, of, by, at)
        return found.reminder, saved(
            self._history, found, lambda: found.remind(words, day=day, by=by, at=at), found.reminder, besides=errands
        )

    def answer(self, who: Principal, reminder: str, text: str) -> int:
        """The service that owes it says where it is."""
        with self._seeing.seen(who) as seen:
            row = read_reminder(seen, reminder)
            who.require(Right.TAKE_PART, row.debtor, said("answering this reminder"))
            by, words, at = who.by(Right.TAKE_PART, row.debtor), words_of(text), self._now()
            parties = (row.debtor, row.service)
            errands = self._mentioning.errands(seen, parties, words, f"reminder:{row.id}", by, at)
        found = self._history.get(UUID(row.id), Reminder)
        return saved(self._history, found, lambda: found.answer(words, by=by, at=at), row.id, besides=errands)

    def _reminder(self, commitment: str, key: str, service: str) -> Reminder:
        id = Reminder.id_of(commitment, key, service)
        try:
            return self._history.get(UUID(id), Reminder)
        except NotFound:
            return Reminder(reminder=id, commitment=commitment, key=key, service=service)


def may_remind_again(sent: ReminderRow | None, today: str) -> bool:
    """Says whether what was sent last is answered, or of another local day than `today`, YYYY-MM-DD."""
    return sent is None or sent.is_answered or sent.day != today


def may_be_reminded_of(one: OccurrenceRow | PressingRow) -> bool:
    """Says whether it is missing, failed, late or at risk."""
    return one.verdict in ("missing", "failed", "late") or (one.verdict == "pending" and one.at_risk)


def _require_owed(one: OccurrenceRow) -> None:
    if not may_be_reminded_of(one):
        raise Refused(
            said("there is nothing to remind of: it is neither missing, late nor at risk"),
            place=f"{one.commitment} {one.key}",
            mend=said("look at it first: it may have come"),
            slug="nothing-owed",
        )
