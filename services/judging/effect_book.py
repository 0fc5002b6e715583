"""Effect checks as they are judged: begun when an action is closed, looked at anew when what they compare changes, and found once
(MEETING §5). What is found is shown at once, and goes to the history through the outbox (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec

from domain.action import Action
from domain.breaches import action_due
from domain.commitments import Commitment
from domain.effect import CLASSES
from domain.figures import Status
from domain.occurrences import Judgement
from domain.periods import Period
from domain.times import Instant, day_start, local_date
from services.access import PLATFORM_NAME
from services.contract_files.readings import share
from services.history.databases import Transaction
from services.history.entries import Position
from services.judging.breach_book import BreachBook
from services.judging.effect_checks import Asked, Check, Concluded, Look, conclude
from services.judging.effect_finding import Again, ask_for_finding
from services.judging.ladder_book import Step
from services.judging.ledger import Ledger, OccurrenceId
from services.judging.period_book import PeriodBook
from services.judging.shares import Share
from services.judging.turn import Turn
from services.tables.table import text_of

_NAMES = ("action", "number", "commitment", "until_at", "is_cut", "change_at", "asked", "wake", "reach", "found", "verdict",
          "document")  # fmt: skip
NextReview = Callable[[str, Instant], date | None]


LadderOf = Callable[[str, Instant, date], Sequence[Step]]
"""The steps of the ladder of a contract, for an action that was opened at an instant and is due on a day."""
TimeOf = Callable[[str], Instant | None]
"""The watermark of a contract."""
CommitmentOf = Callable[[str], Commitment | None]
"""The commitment of that id as it is in force, if it is."""


class OfCommitments(NamedTuple):
    """What the book asks others of a commitment and its contract."""

    commitment_of: CommitmentOf
    next_review: NextReview
    ladder_of: LadderOf
    time_of: TimeOf


class EffectBook:
    """Within one transaction, as all books; those of other shards are theirs."""

    def __init__(
        self,
        ledger: Ledger,
        periods: PeriodBook,
        breaches: BreachBook,
        of_commitments: OfCommitments,
        share: Share,
    ):
        self._commitment_of, self._next_review, self._ladder_of, self._time_of = of_commitments
        self._ledger = ledger
        self._periods = periods
        self._breaches = breaches
        self._share = share
        self._checks: dict[str, list[Check]] = {}
        self._reach: dict[str, Instant | None] = {}
        """Behind that instant nothing changes any check of the commitment; None where anything may."""
        self._looks: dict[str, Look] = {}
        self._later: set[tuple[str, int]] = set()
        """Checks that stay what they are, and are judged once the batch is in its place."""
        self._single: list[tuple[Check, Instant | None]] = []
        """Checks that began, or that time may decide, to be looked at when the entry is in its place."""
        self._at = Position(0)
        self.changes = 0
        """Counts what may move the next instant at which time changes a check."""

    def load(self, reads: Transaction) -> None:
        """Reads the checks that have begun."""
        self._checks = {}
        sql = (
            "SELECT action, number, commitment, until_at, is_cut, change_at, asked, wake, reach, found FROM view_effect "
            "WHERE change_at IS NOT NULL ORDER BY action, number"
        )
        for action, number, commitment, until, is_cut, change, asked, wake, reach, found in reads.query(sql):
            told = msgspec.json.decode(asked)
            terms = Asked(told["after"], told["before"], Fraction(told["sure"]))
            called = told["key"], told["period"]
            one = Check(action, number, commitment, change, until, bool(is_cut), terms, *called, wake, reach, found)
            self._checks.setdefault(commitment, []).append(one)
        self._reach = {}
        for commitment in self._checks:
            self._say_reach(commitment)
        self.changes += 1

    def forget(self) -> None:
        """After a failed transaction."""
        self._looks, self._later, self._single = {}, set(), []
        self._breaches.moved = {}

    def watches(self, commitment: str) -> bool:
        """Says whether an action about it has a check."""
        return commitment in self._checks

    def look(self, id: OccurrenceId, watermark: Instant | None, before: Judgement, after: Judgement) -> None:
        """One of its occurrences was judged: checks that it may change are looked at when the entry is in its place."""
        commitment, key = id
        reach = self._reach.get(commitment)
        place = _first_place(before, after)
        if reach is not None and place is not None and place > reach:
            return
        if _as_unit(before) != _as_unit(after):
            self._note(commitment, watermark, place, {key: after})

    def look_again(self, commitment: str, watermark: Instant | None) -> None:
        """Anything of the commitment may be otherwise."""
        if self.watches(commitment):
            for check in self._checks[commitment]:
                check.forget()
            self._note(commitment, watermark, None)

    def _note(
        self,
        commitment: str,
        watermark: Instant | None,
        place: Instant | None,
        changed: dict[str, Judgement] | None = None,
    ) -> None:
        noted = self._looks.get(commitment)
        if noted is not None:
            noted.changed.update(changed or {})
            changed = noted.changed
            if noted.place is None or (place is not None and noted.place <= place):
                place = noted.place
        self._looks[commitment] = Look(watermark, place, changed or {})

    def next_wake(self, contracts: Collection[str]) -> Instant | None:
        """The next watermark of those contracts at which time alone changes a check; None where none does."""
        return min((turns_at for turns_at, _ in self._turning(contracts)), default=None)

    def pass_time(self, contracts: Collection[str], instant: Instant) -> None:
        """Time has reached the instant: what waited for it is looked at."""
        self._single += [(check, instant) for turns_at, check in self._turning(contracts) if turns_at <= instant]

    def _turning(self, contracts: Collection[str]) -> Iterator[tuple[Instant, Check]]:
        for id, checks in self._checks.items():
            if id.partition("/")[0] in contracts:
                yield from ((turns_at, one) for one in checks if (turns_at := one.turns_at) is not None)

    def settle(self, writes: Transaction, at: Position) -> None:
        """The entry at that position is in its place: the checks of which it may have made something else are judged, others that
        it may have changed when the batch is in its place."""
        self._at = at
        if not self._looks and not self._single and not self._breaches.moved:
            return
        for check, watermark in [*self._moved(), *self._single]:
            self._look(Turn(writes, at, watermark), check, Look(watermark, None, {}))
        looks, self._looks, self._single, self._breaches.moved = self._looks, {}, [], {}
        for id, look in looks.items():
            for check in self._checks.get(id, ()):
                self._look(Turn(writes, at, look.watermark), check, look)

    def _moved(self) -> Iterator[tuple[Check, Instant | None]]:
        """The checks of actions of which a breach was opened, changed or withdrawn: they may be about something else."""
        for moved, (commitment, watermark) in self._breaches.moved.items():
            for check in self._checks.get(commitment, ()):
                if (check.action, check.period or "") == moved:
                    check.forget()
                    yield check, watermark

    def _look(self, turn: Turn, check: Check, look: Look) -> None:
        commitment, name = self._commitment_of(check.commitment), (check.action, check.number)
        if commitment is None:
            check.wake = None
        elif look.place is None or check.reach is None or look.place <= check.reach:
            if check.stays(commitment, look):
                self._later.add(name)
            else:
                self._later.discard(name)
                self._judge(turn, commitment, check)

    def write(self, writes: Transaction) -> None:
        """The batch is in its place: what was left for then is judged, and what time has changed meanwhile of what is shown."""
        later, self._later = self._later, set()
        for id, checks in self._checks.items():
            commitment, now = self._commitment_of(id), self._time_of(id.partition("/")[0])
            for check in checks if commitment is not None else ():
                has_single = check.wake is not None and now is not None and now >= check.wake
                if commitment is not None and (has_single or (check.action, check.number) in later):
                    self._judge(Turn(writes, self._at, now), commitment, check)

    def _judge(self, turn: Turn, commitment: Commitment, check: Check) -> None:
        self._ledger.write(turn.writes)

        def status(index: int, period: Period) -> Status:
            return self._periods.standing(turn.writes, commitment, index, period, turn.watermark).status

        found = conclude(turn.writes, commitment, check, turn.watermark, status)
        check.judged(found)
        self._say_reach(commitment.id)
        self._ledger.touched.add(commitment.id)
        is_new = check.found is None and found.verdict != "waiting"
        if is_new:
            check.found = turn.at
        turn.writes.execute(
            "UPDATE view_effect SET wake = ?, reach = ?, found = ?, verdict = ?, document = ? WHERE action = ? AND number = ?",
            [
                check.wake,
                check.reach,
                check.found,
                found.verdict,
                text_of({**found.document}),
                check.action,
                check.number,
            ],
        )
        if is_new:
            self._find(turn, commitment, check, found)

    def _say_reach(self, commitment: str) -> None:
        """Something of its checks is otherwise: how far what changes them lies, and when time does."""
        reaches = [one.reach for one in self._checks.get(commitment, ())]
        known = [one for one in reaches if one is not None]
        self._reach[commitment] = max(known) if known and len(known) == len(reaches) else None
        self.changes += 1

    def _find(self, turn: Turn, commitment: Commitment, check: Check, found: Concluded) -> None:
        """Asks the platform to say what was found, and to reopen an action that did not help, the first time."""
        last = max((one.place for one in found.windows.after.units), default=check.change)
        moment = self._breaches.moment(turn.watermark, last)
        again = None
        if CLASSES[found.verdict] == "bad" and not self._was_bad(turn.writes, check):
            review = self._next_review(commitment.contract, moment)
            due = action_due(local_date(moment, commitment.newest.zone), review)
            steps = self._steps(turn.writes, commitment, check, due, moment) if found.verdict == "worse" else []
            again = Again(due.isoformat(), steps)
        if ask_for_finding(turn.writes, check, found, moment, again, turn.at):
            self._begin(turn.writes, commitment.id, check.action, check.number + 1, turn.watermark, is_cut=True)

    def _steps(
        self, reads: Transaction, commitment: Commitment, check: Check, due: date, moment: Instant
    ) -> list[dict[str, Any]]:
        """What got worse goes up to the second step of the ladder at once, or to its only one."""
        [(document,)] = reads.query("SELECT document FROM view_action WHERE id = ?", [check.action])
        action = msgspec.json.decode(document)
        opened = action["at"] if action["moment"] is None else action["moment"]
        ladder = self._ladder_of(commitment.contract, opened, due)[:2]
        return [{"step": one.number, "to": list(one.rung.to), "at": moment} for one in ladder[-1:]]

    def _was_bad(self, reads: Transaction, check: Check) -> bool:
        """Says whether an earlier check of the action was found to have helped nothing."""
        sql = "SELECT document FROM view_action WHERE id = ?"
        [(document,)] = reads.query(sql, [check.action])
        earlier = msgspec.json.decode(document).get("checks", ())
        return any(one["check"] < check.number and CLASSES[one["verdict"]] == "bad" for one in earlier)

    def take(self, turn: Turn, commitment: Commitment, action: Action, topic: str) -> None:
        """People opened, closed or reopened an action: a check is to come, or begins."""
        if not self._share.owns(commitment.id):
            return
        if topic == Action.Created.TOPIC and action.by != PLATFORM_NAME:
            self._begin(turn.writes, commitment.id, action.action, 1, turn.watermark, is_cut=True)
        elif topic == Action.Reopened.TOPIC:
            number = len(action.closings) + 1
            self._stop(turn.writes, commitment.id, action.action)
            self._begin(turn.writes, commitment.id, action.action, number, turn.watermark, is_cut=True)
        elif topic == Action.Closed.TOPIC and action.closings[-1]["effective_from"] is not None:
            self._close(turn, commitment, action)

    def _begin(
        self,
        writes: Transaction,
        commitment: str,
        action: str,
        number: int,
        until: Instant | None,
        *,
        is_cut: bool,
    ) -> None:
        """What is before it is settled; what is after, when the action is closed. The first time it is said counts."""
        row = (action, number, commitment, until, int(is_cut), *(None,) * (len(_NAMES) - 5))
        writes.insert("view_effect", _NAMES, [row], "(action, number) DO NOTHING")

    def _stop(self, writes: Transaction, commitment: str, action: str) -> None:
        """People reopened it before anything was found: its check is no more."""
        checks = self._checks.get(commitment, [])
        for check in [one for one in checks if one.action == action and one.found is None]:
            checks.remove(check)
            sql = "DELETE FROM view_effect WHERE action = ? AND number = ?"
            writes.execute(sql, [action, check.number])
        self._say_reach(commitment)

    def _close(self, turn: Turn, commitment: Commitment, action: Action) -> None:
        number = len(action.closings)
        self._begin(turn.writes, commitment.id, action.action, number, None, is_cut=False)
        here = commitment.newest.zone
        change = day_start(date.fromisoformat(action.closings[-1]["effective_from"]), here)
        asked = _asked(commitment, action, change)
        sql = "SELECT until_at, is_cut FROM view_effect WHERE action = ? AND number = ?"
        [(until, is_cut)] = turn.writes.query(sql, [action.action, number])
        key, period = action.trigger, action.period
        check = Check(action.action, number, commitment.id, change, until, bool(is_cut), asked, key, period)
        told = {"after": asked.after, "before": asked.before, "sure": str(asked.sure), "key": key, "period": period}
        turn.writes.execute(
            "UPDATE view_effect SET change_at = ?, asked = ?, verdict = 'waiting' WHERE action = ? AND number = ?",
            [change, text_of(told), action.action, number],
        )
        self._checks.setdefault(commitment.id, []).append(check)
        self._say_reach(commitment.id)
        self._single.append((check, turn.watermark))


def _first_place(before: Judgement, after: Judgement) -> Instant | None:
    """The first instant at which either stands, as a unit or in a figure."""
    first = None
    for place in (before.anchor, before.opened, after.anchor, after.opened):
        if place and (first is None or place < first):
            first = place
    return first


def _as_unit(judgement: Judgement) -> tuple[object, ...]:
    """The parts of a judgement by which it is a unit."""
    return (judgement.standing, judgement.verdict, judgement.version, judgement.anchor, judgement.opened, judgement.closed,
            judgement.value)  # fmt: skip


def _asked(commitment: Commitment, action: Action, change: Instant) -> Asked:
    """The terms of the action, else of the contract in force at the change."""
    terms = (commitment.version_at(change) or commitment.newest).terms.actions
    own = action.plan["effect"] if action.plan is not None else None
    if own is None:
        return Asked(terms.after, terms.before, terms.sure)
    after = own["after"] if own["after"] is not None else terms.after
    before = own["before"] if own["before"] is not None else terms.before
    return Asked(after, before, terms.sure if own["sure"] is None else share(own["sure"]))
