"""Concludes what contracts would say of all events that are not stored: the verdicts, counted, and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.faults import UNREAD, Fault
from domain.kinds.faces import face
from domain.occurrences import Evidence, Judgement, Verdict, evidence_order
from domain.routing import Route
from services.explaining.unread import UnreadRow, tells
from services.history.databases import Transaction
from services.judging.ledger import OCCURRENCE_COLUMNS, StoredOccurrence, evidence_of_row
from services.seeing.seen import Seen

MOST_EVIDENCE = 1_000
"""Events that are put together for one key."""
AT_ONCE = 1_000
OccurrenceId = tuple[str, str]


@dataclass(slots=True)
class Concluding:
    """Is told of every event whom it concerns. What an event alone decides is counted at once and not kept; of all else the
    evidence waits for what else comes to its key."""

    _counts: dict[str, Counter[str]] = field(default_factory=dict)
    _evidence: dict[OccurrenceId, list[Evidence]] = field(default_factory=dict)
    _unread: Counter[str] = field(default_factory=Counter)
    _examples: dict[str, tuple[Fault, ...]] = field(default_factory=dict)

    def see(self, event: OperationalEvent, routes: Iterable[tuple[Commitment, Route]]) -> None:
        alone: dict[str, tuple[Commitment, str, list[Evidence]]] = {}
        for commitment, (key, evidence, _) in routes:
            self._remember(commitment, event)
            if key is None or not concludes(commitment):
                continue
            if _is_alone(commitment):
                _, _, mine = alone.setdefault(commitment.id, (commitment, key, []))
                mine.append(evidence)
                continue
            known = self._evidence.setdefault((commitment.id, key), [])
            if len(known) < MOST_EVIDENCE:
                known.append(evidence)
        for commitment, key, found in alone.values():
            _count(self._counts, self._unread, commitment.id, commitment.judge(key, found, None))

    def of(self, commitment: Commitment, key: str) -> Sequence[Evidence]:
        """Gives the evidence that came to that key, where it is kept."""
        return self._evidence.get((commitment.id, key), ())

    def concluded(
        self, seen: Seen, commitments: Iterable[Commitment], drafts: Collection[str]
    ) -> tuple[dict[str, Counter[str]], list[UnreadRow]]:
        """Counts, by commitment, the verdicts (`measured` of values) that there would be of what the events concern,
        with what is stored and at the time that has been reached; and gives the commitments of which something could
        not be read. Of `drafts` nothing is stored."""
        counts = {id: Counter(counted) for id, counted in self._counts.items()}
        unread, by_id, known = Counter(self._unread), {one.id: one for one in commitments}, seen.known
        for ids, stored in self._with_stored(seen, drafts):
            for id, key in ids:
                evidence = together(stored.get((id, key), ()), self._evidence[id, key])
                _count(counts, unread, id, by_id[id].judge(key, evidence, known.about(id).watermark))
        rows = [UnreadRow(id, n, self._examples.get(id, ())) for id, n in unread.items()]
        return counts, sorted(rows, key=lambda row: (-row.occurrences, row.commitment))

    def _with_stored(
        self, seen: Seen, drafts: Collection[str]
    ) -> Iterator[tuple[Sequence[OccurrenceId], Mapping[OccurrenceId, list[Evidence]]]]:
        reads = seen.reads
        every = list(self._evidence)
        for at in range(0, len(every), AT_ONCE):
            ids = every[at : at + AT_ONCE]
            yield ids, stored_evidence(reads, [(id, key) for id, key in ids if id.partition("/")[0] not in drafts])

    def _remember(self, commitment: Commitment, event: OperationalEvent) -> None:
        """Keeps the example of each commitment that says most: what is of another type is a slip for all, what is
        absent may be so once."""
        before = self._examples.get(commitment.id, ())
        if tells(before):
            return
        version = commitment.version_at(event.time) or commitment.newest
        indicator = version.criterion.indicator
        found = tuple(face(indicator).faults(indicator, event))
        if found and (not before or tells(found)):
            self._examples[commitment.id] = found


def concludes(commitment: Commitment) -> bool:
    """Says whether events conclude something of single occurrences: signals and sums are of stretches and periods."""
    return not (commitment.is_of_time or commitment.is_of_sums)


def together(stored: Iterable[Evidence], new: Iterable[Evidence]) -> list[Evidence]:
    """Each once, in order."""
    there = {(one.source, one.id, one.role, one.variant): one for one in (*stored, *new)}
    return sorted(there.values(), key=evidence_order)


def stored_evidence(reads: Transaction, ids: Sequence[OccurrenceId]) -> dict[OccurrenceId, list[Evidence]]:
    rows = reads.select_in(f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE", ("commitment", "key"), ids)
    return {(row.commitment, row.key): evidence_of_row(row) for row in map(StoredOccurrence._make, rows)}


def _is_alone(commitment: Commitment) -> bool:
    """Says whether each event is an occurrence of its own, whatever the time."""
    return all(rule.is_of_items and not rule.roles for rule in commitment.rules)


def _count(counts: dict[str, Counter[str]], unread: Counter[str], id: str, judged: Judgement) -> None:
    """Only what is owed or measured is counted."""
    if judged.standing not in ("owed", "measured"):
        return
    verdict = judged.verdict if judged.is_owed else "measured"
    counts.setdefault(id, Counter())[str(verdict)] += 1
    if verdict is Verdict.UNKNOWN and judged.reason in UNREAD:
        unread[id] += 1
