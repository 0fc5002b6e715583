"""The parts of a review pack: figures of both sides, breaches with their evidence, actions, what is to be decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from domain.terms import Party, Text
from domain.times import Instant, show, zone
from services.breaches.reading import read_actions, read_breaches
from services.breaches.rows import ActionRow, BreachRow
from services.contracts.rows import ContractRow
from services.figures.reading import read_commitments, read_figures, read_occurrences
from services.figures.rows import CommitmentRow, FigureRow
from services.reviews.pack_excuses import excuses
from services.reviews.pack_part_shapes import (
    PackAction,
    PackBreach,
    PackEvidence,
    PackExcuse,
    PackFigure,
    PackNamed,
    PackNote,
    PackOverdue,
    PackReached,
    PackRestated,
    PackSide,
    PackTrend,
    PackUnexplained,
    Title,
)
from services.reviews.pack_shapes import PackFacts
from services.seeing.seen import Seen

TREND = 13
EVIDENCE = 12
"""Occurrences that a breach shows; the page of the commitment has them all."""


class PackParts:
    """The parts of the pack of one contract, for the time from the previous review (`since`) to this one (`until`),
    both instants."""

    def __init__(self, seen: Seen, contract: ContractRow, since: Instant, until: Instant):
        self._seen = seen
        self._contract = contract
        self._since = since
        self._until = until
        self._here = zone(contract.timezone)
        self._rows = {row.id: row for row in read_commitments(self._seen, contract.id)}
        self._figures: dict[tuple[str, int], list[FigureRow]] = {}
        for row in read_figures(self._seen, contract=contract.id):
            if row.start < until:
                self._figures.setdefault((row.commitment, row.target_index), []).append(row)

    def sides(self) -> list[PackSide]:
        """Supplier first. Each target with the last period that ended before the review, else the one under way."""
        supplier, client = self._contract.supplier, self._contract.client
        owing: list[tuple[Party, str, str]] = [("supplier", supplier, client), ("client", client, supplier)]
        sides: list[PackSide] = []
        for party, debtor, creditor in owing:
            figures = [
                self._figure(row, self._figures[(row.id, index)])
                for row in self._rows.values()
                for index in range(len(row.criterion.targets))
                if row.deliverable.owed_by == party and (row.id, index) in self._figures
            ]
            sides.append({"party": party, "debtor": debtor, "creditor": creditor, "figures": figures})
        return sides

    def breaches(self) -> list[PackBreach]:
        """Lists the breaches that are open now, and those of this time that were withdrawn; the newest first."""
        rows = read_breaches(self._seen, contract=self._contract.id)
        rows.sort(key=lambda row: (-(row.opened_at or 0), -row.opened_position, row.id))
        return [
            self._breach(row)
            for row in rows
            if (row.state == "open" and self._is_recent(row))
            or (row.state != "open" and (row.opened_at or 0) >= self._since)
        ]

    def actions(self) -> list[PackAction]:
        """Open, overdue, and closed since the previous review; open ones by due date, the others behind them."""
        rows = read_actions(self._seen, contract=self._contract.id)
        rows.sort(key=lambda row: (row.state != "open", row.due or date.max, -row.opened_at, row.id))
        return [self._action(row) for row in rows if row.state == "open" or (row.closed_at or 0) >= self._since]

    def excuses(self, sides: Sequence[PackSide]) -> list[PackExcuse]:
        """Asked, accepted, refused, disputed: those of this time, and those behind what the figures leave out."""
        return excuses(self._seen, self._contract, self._rows, sides, self._since, self._until)

    def facts(
        self,
        sides: Sequence[PackSide],
        breaches: Sequence[PackBreach],
        actions: Sequence[PackAction],
        excuses: Sequence[PackExcuse],
    ) -> PackFacts:
        """The counts that the opening sentence is made of."""
        return {
            "figures": sum(len(side["figures"]) for side in sides),
            "not_kept": {side["party"]: _count(side, "status", "breached") for side in sides},
            "tight": {side["party"]: _count(side, "outlook", "tight") for side in sides},
            "breaches": sum(one["state"] == "open" for one in breaches),
            "restated": sum(one["state"] == "restated" for side in sides for one in side["figures"]),
            "unknown": sum(bool(one["unknown"]) for side in sides for one in side["figures"]),
            "actions_open": sum(one["state"] == "open" for one in actions),
            "actions_overdue": sum(one["is_overdue"] for one in actions),
            "unmonitored": sum(not row.is_monitored for row in self._rows.values()),
            "excuses_waiting": sum(one["waits_for"] is not None for one in excuses),
        }

    def to_decide(
        self, sides: Sequence[PackSide], breaches: Sequence[PackBreach], actions: Sequence[PackAction]
    ) -> list[PackRestated | PackUnexplained | PackOverdue]:
        """Restated figures to take note of, breaches that nobody explained, actions past their date."""
        figures = [one for side in sides for one in side["figures"]]
        return [
            *(
                _restated(one, one["final"])
                for one in figures
                if one["state"] == "restated" and one["final"] is not None
            ),
            *(_unexplained(one) for one in breaches if one["state"] == "open" and not one["explanations"]),
            *(_overdue(one) for one in actions if one["is_overdue"]),
        ]

    def _figure(self, row: CommitmentRow, periods: Sequence[FigureRow]) -> PackFigure:
        ended = [one for one in periods if one.until is not None and one.until <= self._until]
        shown = ended[-1] if ended else periods[-1]
        target = row.criterion.targets[shown.target_index]
        (good, total), (raw_good, raw_total) = shown.adjusted, shown.raw
        return {
            **_names(row),
            "target_index": shown.target_index,
            "target": shown.target,
            "per": str(target.per),
            "period": shown.period,
            "state": shown.state,
            "counts": shown.counts,
            "expected": shown.expected,
            "judged": shown.judged,
            "unknown": shown.unknown,
            "raw": {"good": raw_good, "total": raw_total},
            "adjusted": {"good": good, "total": total},
            "value": shown.value,
            "counted": shown.counted,
            "unit": shown.unit,
            "mean": shown.mean,
            "status": shown.status,
            "outlook": shown.outlook,
            "over": self._is_over(shown),
            "final": None if shown.final is None else {**shown.final},
            "was_counts": shown.was_counts,
            "causes": list(shown.causes),
            "trend": [self._trend(one) for one in periods if one.start <= shown.start][-TREND:],
        }

    def _trend(self, row: FigureRow) -> PackTrend:
        return {
            "period": row.period,
            "status": row.status,
            "state": row.state,
            "outlook": row.outlook,
            "over": self._is_over(row),
            "judged": row.judged,
        }

    def _is_over(self, row: FigureRow) -> bool:
        return row.until is not None and row.watermark is not None and row.watermark >= row.until

    def _is_recent(self, row: BreachRow) -> bool:
        """An open breach is looked at until it was looked at: opened since the last review, or not explained yet."""
        return (row.opened_at or 0) >= self._since or not row.explanations

    def _breach(self, row: BreachRow) -> PackBreach:
        at = row.acknowledged_at
        return {
            "id": row.id,
            **self._named(row.commitment),
            "debtor": row.debtor,
            "period": row.period,
            "cause": row.cause,
            "key": row.key,
            "state": row.state,
            "opened_at": show(row.opened_at, self._here) if row.opened_at is not None else None,
            "opened_position": row.opened_position,
            "evidence": self._evidence(row),
            "acknowledged": {"by": row.acknowledged_by, "at": show(at, self._here)} if at is not None else None,
            "explanations": notes(row.explanations, self._here),
            "action": row.action,
        }

    def _evidence(self, row: BreachRow) -> list[PackEvidence]:
        """The misses behind a breach: the occurrence itself, or those of the lost period."""
        if row.commitment not in self._rows:
            return []
        misses = [
            one
            for verdict in ("late", "missing", "failed")
            for one in read_occurrences(
                self._seen, row.commitment, period=row.period, verdict=verdict, limit=None if row.key else EVIDENCE
            )
            if row.key in (None, one.key)
        ]
        misses.sort(key=lambda one: (one.due or one.opened or 0, one.key))
        return [
            {
                "position": one.evidence[-1] if one.evidence else None,
                "key": one.key,
                "verdict": one.verdict,
                "due": show(one.due, self._here) if one.due is not None else None,
                "closed": show(one.closed, self._here) if one.closed is not None else None,
            }
            for one in misses[:EVIDENCE]
        ]

    def _action(self, row: ActionRow) -> PackAction:
        closed = row.closed_at
        return {
            "id": row.id,
            **self._named(row.commitment),
            "cause": row.cause,
            "text": row.text,
            "owner": row.owner,
            "person": row.person,
            "due": row.due.isoformat() if row.due else None,
            "state": row.state,
            "is_overdue": row.is_overdue,
            "opened_at": show(row.opened_at, self._here),
            "progress": notes(row.progress, self._here),
            "closed": {"by": row.closed_by, "at": show(closed, self._here), "text": row.closing_text}
            if closed is not None
            else None,
        }

    def _named(self, commitment: str) -> PackNamed:
        row = self._rows.get(commitment)
        return _names(row) if row else {"commitment": commitment, "deliverable": {}, "criterion": {}}


def notes(said: Sequence[tuple[str, int, str]], here: ZoneInfo) -> list[PackNote]:
    """Dated remarks, in the order in which they were made."""
    return [{"by": by, "at": show(at, here), "text": text} for by, at, text in said]


def titles(text: Text) -> Title:
    return dict(text.by_language)


def _names(row: CommitmentRow) -> PackNamed:
    return {
        "commitment": row.id,
        "deliverable": titles(row.deliverable.title),
        "criterion": titles(row.criterion.title),
    }


def _restated(one: PackFigure, final: PackReached) -> PackRestated:
    return {
        "code": "restated",
        **_named(one),
        "period": one["period"],
        "before": _reached(one, final),
        "after": _reached(one, {**one["adjusted"], "value": one["value"]}),
        "verdicts": {
            verdict: [before, one["counts"][verdict]]
            for verdict, before in (one["was_counts"] or {}).items()
            if before != one["counts"][verdict]
        },
        "causes": one["causes"],
    }


def _unexplained(one: PackBreach) -> PackUnexplained:
    return {"code": "unexplained", "breach": one["id"], **_named(one), "period": one["period"]}


def _overdue(one: PackAction) -> PackOverdue:
    return {"code": "overdue", "action": one["id"], **_named(one), "text": one["text"], "cause": one["cause"]}


def _reached(figure: PackFigure, at: PackReached) -> str:
    """`13/17`; of service time and values the value, with its unit."""
    if figure["counted"] == "occurrences":
        return f"{at['good']}/{at['total']}"
    return f"{at['value']} {figure['unit'] or ''}".strip()


def _named(one: PackNamed) -> PackNamed:
    return {"commitment": one["commitment"], "deliverable": one["deliverable"], "criterion": one["criterion"]}


def _count(side: PackSide, field: Literal["status", "outlook"], value: str) -> int:
    return sum(one[field] == value for one in side["figures"])
