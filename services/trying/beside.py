"""What was tried, beside what really was on the same days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from domain.commitments import Commitment
from domain.kinds.faces import face
from domain.terms import Indicator
from domain.times import Instant
from services.access import Principal
from services.contract_files import tree_from_canonical
from services.contract_files.to_terms import canonical_text
from services.figures.reading import read_figures
from services.figures.rows import FigureRow
from services.history.databases import Row, Transaction
from services.seeing.seen import Seeing, Seen
from services.trying.aside import Past, contracts_judged_aside


@dataclass(frozen=True, slots=True)
class Compared:
    """One target of the draft over one period, beside what really was. `counterpart` is the commitment in force that is
    shown beside it: the one of the same id, else one that looks at the same events. Both sides hold the same days: `is_cut`
    where what was in force comes to something else over the days that were tried alone, which `real` then is."""

    draft: FigureRow
    counterpart: str | None
    real: FigureRow | None
    is_cut: bool


class CommitmentsInForce:
    """The commitments in force that may be seen, beside a draft that was tried on the local days `first` to `last`,
    both included."""

    def __init__(
        self, seeing: Seeing, who: Principal, in_force: list[Commitment], history: Past, days: tuple[date, date]
    ):
        self.in_force = in_force
        self._seeing, self._who, self._history, self._days = seeing, who, history, days

    def figures(self, commitment: Commitment) -> dict[tuple[int, str], FigureRow]:
        """Gives the figures as they are shown, by target and period."""
        return _by_period(self._seeing.read(self._who, read_figures, commitment=commitment.id))

    def cut(self, commitments: Sequence[Commitment]) -> dict[str, dict[tuple[int, str], FigureRow]]:
        """Gives, by commitment, the figures of those days alone, by target and period: judged again, as the draft was."""
        contracts = list(dict.fromkeys(one.contract for one in commitments))
        if not contracts:
            return {}

        def put_in_force(stored: Transaction, writes: Transaction) -> None:
            for row in stored.select_in(
                "SELECT id, supplier, client, document FROM view_contract WHERE", "id", contracts
            ):
                agree_on_days(writes, row, *self._days)

        with contracts_judged_aside(self._seeing, self._history, contracts, put_in_force) as aside:
            known = aside.catalogue.commitments
            return {
                one.id: _by_period(read_figures(aside, commitment=one.id) if one.id in known else [])
                for one in commitments
            }


def _by_period(rows: Iterable[FigureRow]) -> dict[tuple[int, str], FigureRow]:
    return {(one.target_index, one.period): one for one in rows}


def agree_on_days(writes: Transaction, row: Row, first: date, last: date) -> None:
    """A contract as it is signed, in force on those days alone, by the same wordings and calendars."""
    id, supplier, client, document = row
    content = msgspec.json.decode(document)
    signed = sorted(
        (one for one in content["proposals"] if one["version"]), key=lambda one: (one["effective"], one["version"])
    )
    begun = [one for one in signed if one["effective"] <= first.isoformat()]
    content["proposals"] = [_on_days(one, first, last) for one in (*begun[-1:], *signed[len(begun) :])]
    writes.execute(
        "INSERT INTO view_contract (id, supplier, client, changed, document) VALUES (?, ?, ?, 0, ?)",
        [id, supplier, client, msgspec.json.encode(content).decode()],
    )


def _on_days(proposal: dict[str, Any], first: date, last: date) -> dict[str, Any]:
    tree = tree_from_canonical(proposal["document"])
    begins = max(str(proposal["effective"]), first.isoformat())
    ends = min(str(tree["valid"].get("until") or last), last.isoformat())
    tree |= {"valid": {**tree["valid"], "until": ends}, "effective": begins}
    return {**proposal, "document": canonical_text(tree), "effective": begins}


def side_by_side(beside: CommitmentsInForce, draft: Seen, contract: str) -> Iterator[Compared]:
    """Every figure of the draft with the real one of the same period."""
    beside.in_force.sort(key=lambda one: (one.contract != contract, one.id))
    commitments = draft.catalogue.contracts[contract].commitments
    counterparts = {one.id: _counterpart(one, beside.in_force) for one in commitments}
    rows = {one.id: read_figures(draft, commitment=one.id) for one in commitments}
    whole = {one.id: beside.figures(one) for one in counterparts.values() if one is not None}
    again = {
        (one.id, row.target_index, row.period)
        for commitment in commitments
        if (one := counterparts[commitment.id]) is not None
        for row in rows[commitment.id]
        if (real := whole[one.id].get((row.target_index, row.period))) is not None
        and not _is_same(row, real, commitment, one)
    }
    judged = {id for id, _, _ in again}
    cut = beside.cut([one for one in counterparts.values() if one is not None and one.id in judged])
    for id, found in rows.items():
        one = counterparts[id]
        for row in found:
            place = (row.target_index, row.period)
            shown = whole[one.id].get(place) if one is not None else None
            if one is None or (one.id, *place) not in again:
                yield Compared(row, one.id if one is not None else None, shown, False)
            else:
                real = cut[one.id].get(place)
                yield Compared(row, one.id, real, _is_cut(row, shown, real))


def _is_cut(row: FigureRow, shown: FigureRow | None, real: FigureRow | None) -> bool:
    """Says whether the days that were tried change what was, or the period that was has other ends than the draft's."""
    has_other_ends = shown is not None and (row.start, row.until) != (shown.start, shown.until)
    return has_other_ends or _comes_to(real) != _comes_to(shown)


def _comes_to(row: FigureRow | None) -> tuple[object, ...] | None:
    if row is None:
        return None
    return row.start, row.until, row.counts, row.expected, row.judged, row.raw, row.adjusted, row.exact


def _is_same(row: FigureRow, real: FigureRow, draft: Commitment, counterpart: Commitment) -> bool:
    """Says whether both hold the same without judging anything again: the days that were tried hold the whole period,
    and all of what was in force, or at least what counts in the period by nothing but its own time. A case counts where
    it is due and was opened before, a due may be moved, the last event of a key decides, and a volume is of a period
    that may be cut."""
    first, last = draft.versions[0].start, draft.versions[-1].end
    if (row.start, row.until) != (real.start, real.until) or first > row.start or not _ends_by(row.until, last):
        return False
    if all(_stands_alone(version.criterion.indicator) for version in counterpart.versions):
        return True
    return first <= counterpart.versions[0].start and _ends_by(counterpart.versions[-1].end, last)


def _ends_by(end: Instant | None, last: Instant | None) -> bool:
    return last is None or (end is not None and end <= last)


def _stands_alone(indicator: Indicator) -> bool:
    kind = face(indicator)
    return kind.counts == "seconds" or (kind.is_of_items and kind.key(indicator) is None)


def _counterpart(commitment: Commitment, in_force: Collection[Commitment]) -> Commitment | None:
    """The commitment in force of the same id, else the first, those of the same contract before others, that looks at the
    same events in the same way."""
    for one in in_force:
        if one.id == commitment.id:
            return one
    wanted = _looks_at(commitment.newest.criterion.indicator)
    return next((one for one in in_force if _looks_at(one.newest.criterion.indicator) == wanted), None)


def _looks_at(indicator: Indicator) -> tuple[object, ...]:
    """The kind, and every selector and path that says which events are meant; not what is asked of them."""
    return (indicator.kind, *face(indicator).looks_at(indicator))
