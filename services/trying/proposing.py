"""What the figures of a commitment suggest for the next version of its contract: tighten or drop what is always kept,
renegotiate what never is, and the least change with which it would have been kept. For a draft as for what is in force.

Only periods that ended, were judged, and were judged by the wording of now alone have a say.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import takewhile

from domain import figures
from domain.alternatives import Alternative
from domain.bounds import rounded_share, rounded_value
from domain.commitments import Commitment
from domain.contract_versions import ContractVersion, commitments_of
from domain.durations import UNITS
from domain.kinds.faces import face
from domain.occurrences import MISSES, Evidence, Verdict
from domain.periods import Period
from domain.target_periods import RollingWindow, TargetPeriods
from domain.terms import Indicator, Punctuality, Target
from domain.times import LAST_INSTANT
from services.figures.figure_rows import figure_rows
from services.figures.rows import FigureRow
from services.history.databases import first_value
from services.judging.catalogue import InForce
from services.judging.ledger import OCCURRENCE_COLUMNS, StoredOccurrence, evidence_of_row
from services.judging.standings import reach_of
from services.seeing.seen import Seen

ALWAYS = 6
"""So many periods kept one after the other are “always”."""
NEVER = 3
"""So many periods breached one after the other are “never”."""
MOST_OCCURRENCES = 100_000
"""Of a commitment with more, no other wording is tried: the target alone is looked at."""


@dataclass(frozen=True, slots=True)
class Change:
    """What stands at `path` of the criterion, and what could stand there."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Support:
    """A period that speaks for a proposal: its figure, and what it would have come to (`good`, `total`) with the change."""

    figure: FigureRow
    with_change: tuple[int, int] | None = None

    @property
    def period(self) -> str:
        return self.figure.period


@dataclass(frozen=True, slots=True)
class Proposal:
    """`code`: always-met (tighten by `change`, or drop), never-met (renegotiate), met-if (`change` is the least one with
    which every period would have been kept)."""

    commitment: str
    target_index: int
    target: str
    code: str
    change: Change | None
    periods: tuple[Support, ...]


def proposals(seen: Seen, commitment: str, *, tries_wordings: bool = True) -> list[Proposal]:
    """By target: the runs of the last periods first, then what would have kept them. The caller knows who may see it. Without
    `tries_wordings` nothing is judged anew: the target alone is looked at."""
    catalogue = seen.catalogue
    found = catalogue.commitments[commitment]
    engine = _Engine(seen, catalogue.contracts[found.contract], found, tries_wordings=tries_wordings)
    return [one for index in range(len(found.newest.criterion.targets)) for one in engine.of_target(index)]


class _Engine:
    """The proposals for one commitment."""

    def __init__(self, seen: Seen, contract: InForce, commitment: Commitment, *, tries_wordings: bool):
        self._seen = seen
        self._tries_wordings = tries_wordings
        self._commitment = commitment
        self._contract = contract
        self._evidence: dict[str, tuple[list[Evidence], str]] | None = None

    def of_target(self, index: int) -> list[Proposal]:
        target = self._commitment.newest.criterion.targets[index]
        if isinstance(self._commitment.newest.periods[index], RollingWindow):
            return []
        ended = self._ended(index)
        kept = _last_run(ended, "met")
        missed = _last_run(ended, "breached")
        found = []
        if len(kept) >= ALWAYS:
            change = self._tighter(target, kept)
            if change is not None or _is_perfect(target):
                found.append(self._proposal(index, target, "always-met", change, kept))
        if len(missed) >= NEVER:
            found.append(self._proposal(index, target, "never-met", None, missed))
        if any(one.status == "breached" for one in ended):
            found += self._met_if(index, target, ended)
        return found

    def _proposal(
        self,
        index: int,
        target: Target,
        code: str,
        change: Change | None,
        rows: Sequence[FigureRow],
        after: dict[str, tuple[int, int]] | None = None,
    ) -> Proposal:
        support = tuple(Support(one, (after or {}).get(one.period)) for one in rows)
        return Proposal(self._commitment.id, index, str(target), code, change, support)

    def _ended(self, index: int) -> list[FigureRow]:
        """The periods that have something to say, ascending."""
        segment = self._commitment.newest.segment
        reads = self._seen.reads
        rows = list(figure_rows(reads, self._commitment, self._seen.known))
        return [
            one
            for one in rows
            if one.target_index == index
            and one.status in ("met", "breached")
            and one.until is not None
            and one.watermark is not None
            and one.watermark >= one.until
            and one.judged > 0
            and all(part["version"] == segment for part in one.segments)
        ]

    # Tighter

    def _tighter(self, target: Target, rows: Sequence[FigureRow]) -> Change | None:
        """The tightest round target that every one of these periods kept; None where it is no tighter."""
        bound = self._kept_by_all(target, rows, beyond=target.bound)
        is_tighter = bound > target.bound if target.form == "at_least" else bound < target.bound
        return _change(target, bound) if is_tighter else None

    def _kept_by_all(self, target: Target, rows: Sequence[FigureRow], beyond: Fraction | None = None) -> Fraction:
        """The round bound that the worst of these periods just keeps; as fine as it takes to lie `beyond` that one."""
        if figures.is_of_values(target):
            values = [_in_target_unit(one, target) for one in rows]
            return rounded_value(target, max(values) if target.form == "at_most" else min(values), beyond)
        if target.form == "at_least":
            return rounded_share(min(_share(one) for one in rows), beyond or Fraction(0))
        return Fraction(max(self._misses(target, one) for one in rows))

    def _misses(self, target: Target, row: FigureRow) -> int:
        if target.form == "max_misses":
            return sum(row.counts[verdict] for verdict in MISSES)
        reads = self._seen.reads
        sql = (
            "SELECT verdict FROM view_occurrence WHERE commitment = ? AND standing = 'owed' AND anchor >= ? "
            "AND anchor < ? ORDER BY anchor, key"
        )
        start, end = reach_of(self._commitment, row.target_index, Period(row.period, row.start, row.until))
        found = reads.query(sql, [row.commitment, start, LAST_INSTANT if end is None else end])
        return figures.longest_run([Verdict(verdict) for (verdict,) in found])

    # Easier

    def _met_if(self, index: int, target: Target, rows: Sequence[FigureRow]) -> list[Proposal]:
        """The least step of each ladder with which all these periods would have been kept; then the target itself."""
        found = []
        if self._tries_wordings and self._is_of_counts(target) and self._all_evidence() is not None:
            indicator = self._commitment.newest.criterion.indicator
            for ladder in face(indicator).alternatives(indicator):
                if (step := self._least(index, target, rows, ladder)) is not None:
                    one, after = step
                    change = Change(f"indicator.{one.path}", one.before, one.after)
                    found.append(self._proposal(index, target, "met-if", change, rows, after))
        if (easier := self._easier(target, rows)) is not None:
            found.append(self._proposal(index, target, "met-if", easier, rows))
        return found

    def _easier(self, target: Target, rows: Sequence[FigureRow]) -> Change | None:
        """The target that all these periods would have kept; none of no share at all."""
        bound = self._kept_by_all(target, rows)
        is_nothing = target.form == "at_least" and target.of == "share" and bound <= 0
        return None if is_nothing else _change(target, bound)

    def _is_of_counts(self, target: Target) -> bool:
        """Whether the target is about numbers of occurrences, which another wording would judge otherwise."""
        return not self._commitment.is_of_time and not figures.is_of_values(target)

    def _least(
        self, index: int, target: Target, rows: Sequence[FigureRow], ladder: Sequence[Alternative]
    ) -> tuple[Alternative, dict[str, tuple[int, int]]] | None:
        """The lowest step that keeps every period, and what they come to there."""
        tried: dict[int, tuple[bool, dict[str, tuple[int, int]]]] = {}

        def keeps(step: int) -> bool:
            if step not in tried:
                tried[step] = self._with(ladder[step], index, target, rows)
            is_kept, _ = tried[step]
            return is_kept

        if not ladder or not keeps(len(ladder) - 1):
            return None
        least = bisect_left(range(len(ladder)), True, key=keeps)
        keeps(least)
        _, after = tried[least]
        return ladder[least], after

    def _with(
        self, alternative: Alternative, index: int, target: Target, rows: Sequence[FigureRow]
    ) -> tuple[bool, dict[str, tuple[int, int]]]:
        """Whether all these periods would have been kept, and (good, total) of each. What would still be pending is no
        proof: it counts as missed."""
        commitment = self._changed(alternative.indicator)
        watermark = self._seen.known.watermark
        verdicts: dict[str, list[tuple[int, str, Verdict]]] = {one.period: [] for one in rows}
        for key, (evidence, stored) in self._rekeyed(commitment, alternative).items():
            judged = commitment.judge(key, evidence, watermark)
            if not judged.is_owed:
                continue
            periods = commitment.version(judged.version).periods[index]
            assert isinstance(periods, TargetPeriods)
            period = periods.of(judged.anchor).id
            if period in verdicts:
                verdict = Verdict.EXCUSED if stored == "excused" else judged.verdict
                verdicts[period].append((judged.anchor, key, verdict))
        after: dict[str, tuple[int, int]] = {}
        all_kept = True
        for period, found in verdicts.items():
            ordered = [Verdict.MISSING if one is Verdict.PENDING else one for _, _, one in sorted(found)]
            good = sum(one is Verdict.MET for one in ordered)
            after[period] = (good, good + sum(one in MISSES for one in ordered))
            all_kept = all_kept and figures.is_kept(target, *after[period], _constant(ordered))
        return all_kept, after

    def _rekeyed(self, commitment: Commitment, alternative: Alternative) -> dict[str, tuple[list[Evidence], str]]:
        """The evidence by the keys that the other wording gives: dates that name their time move with it, and windows
        without a key too."""
        stored = self._all_evidence() or {}
        indicator = alternative.indicator
        if not isinstance(indicator, Punctuality) or commitment.schedule is None:
            return stored
        horizon = commitment.horizon(self._seen.known.watermark)
        found: dict[str, tuple[list[Evidence], str]] = {
            due.key: ([], "") for due in commitment.schedule.through(horizon)
        }
        for key, (evidence, verdict) in stored.items():
            moved = _moved_key(key, alternative.shift)
            if indicator.key is not None:
                found[moved] = (evidence, verdict)
                continue
            for one in evidence:
                due = commitment.schedule.at(one.time)
                if due is not None:
                    mine, _ = found.setdefault(due.key, ([], ""))
                    mine.append(one)
            if moved in found and verdict == "excused":
                mine, _ = found[moved]
                found[moved] = (mine, verdict)
        return found

    def _all_evidence(self) -> dict[str, tuple[list[Evidence], str]] | None:
        """The evidence of every occurrence with its verdict, also of those that are not owed; None where there are too
        many."""
        if self._evidence is None:
            reads = self._seen.reads
            sql = "SELECT COUNT(*) FROM view_occurrence WHERE commitment = ?"
            if first_value(reads.query(sql, [self._commitment.id])) > MOST_OCCURRENCES:
                return None
            sql = f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE commitment = ? ORDER BY anchor, key"
            rows = map(StoredOccurrence._make, reads.query(sql, [self._commitment.id]))
            self._evidence = {
                row.key: ([one._replace(variant=0) for one in evidence_of_row(row)], row.verdict) for row in rows
            }
        return self._evidence

    def _changed(self, indicator: Indicator) -> Commitment:
        """The commitment as the wording of now would have judged it with another indicator, from where that wording began."""
        newest = self._commitment.newest
        effective = next(one.terms.effective for one in self._contract.versions if one.number == newest.segment)
        criterion = replace(newest.criterion, indicator=indicator)
        deliverable = replace(newest.deliverable, criteria=(criterion,))
        terms = replace(newest.terms, effective=effective, deliverables=(deliverable,))
        until = next(one.until for one in self._contract.versions if one.number == newest.number)
        [found] = commitments_of([ContractVersion(newest.number, terms, newest.calendar, until)])
        return found


def _last_run(rows: Sequence[FigureRow], status: str) -> list[FigureRow]:
    """The periods of that status up to the last one, ascending."""
    return list(takewhile(lambda one: one.status == status, reversed(rows)))[::-1]


def _is_perfect(target: Target) -> bool:
    """Nothing tighter can be asked: what is always kept may be dropped."""
    if figures.is_of_values(target):
        return False
    return target.bound == (1 if target.form == "at_least" else 0)


def _share(row: FigureRow) -> Fraction:
    """Of occurrences, or of service time."""
    good, total = row.adjusted
    return Fraction(good or 0) / Fraction(total or 1)


def _in_target_unit(row: FigureRow, target: Target) -> Fraction:
    assert row.exact is not None
    return row.exact * UNITS[row.unit] if row.unit is not None and target.of == "time" else row.exact


def _change(target: Target, bound: Fraction) -> Change:
    """From the bound of now to that one, as contract files spell them."""
    before, after = (str(one).removeprefix(f"{one.form} ") for one in (target, replace(target, bound=bound)))
    return Change(f"target.{target.form}", before, after)


def _moved_key(key: str, minutes: int) -> str:
    """`2026-11-16T10:00` under times that are that much later; a date alone stays."""
    day, at, time = key.partition("T")
    if not (at and minutes and len(time) == 5):
        return key
    total = int(time[:2]) * 60 + int(time[3:]) + minutes
    return f"{day}T{total // 60:02d}:{total % 60:02d}"


def _constant(verdicts: Sequence[Verdict]) -> Callable[[], Sequence[Verdict]]:
    return lambda: verdicts
