"""The weighted scores of a contract: one per period that its targets are judged over, with what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.commitments import Commitment
from domain.periods import Period
from domain.scores import Missing, Part, Score, score_of
from domain.terms import Party
from services.figures.rows import FigureRow
from services.judging.standings import version_of_period

LAST = 13
"""How many periods of each length are shown, the one under way among them."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """`sides` by the party that owes: supplier, client. `parts` are the commitments with a target over this period."""

    period: str
    start: int
    until: int | None
    whole: Score
    sides: Mapping[Party, Score]
    parts: tuple[Part, ...]

    @property
    def missing(self) -> list[tuple[Part, Missing]]:
        return [(one, why) for one in self.parts if (why := one.missing) is not None]


def score_rows(
    commitments: Iterable[Commitment], figures: Iterable[FigureRow], watermark: int | None
) -> list[ScoreRow]:
    """By length of the period, then time; the last ones that have begun."""
    by_id = {one.id: one for one in commitments}
    periods: dict[tuple[str, int, int | None], dict[str, list[FigureRow]]] = {}
    for row in figures:
        if watermark is not None and row.start <= watermark:
            held = periods.setdefault((row.period, row.start, row.until), {})
            held.setdefault(row.commitment, []).append(row)
    rows = [_score(Period(*span), by_id, held) for span, held in periods.items()]
    rows.sort(key=lambda one: (_length(one.period), one.start))
    kept: dict[str, list[ScoreRow]] = {}
    for score in rows:
        kept.setdefault(_length(score.period), []).append(score)
    return [score for each in kept.values() for score in each[-LAST:]]


def _score(period: Period, by_id: Mapping[str, Commitment], held: Mapping[str, list[FigureRow]]) -> ScoreRow:
    parts: list[Part] = []
    owing: dict[Party, list[Part]] = {"supplier": [], "client": []}
    for id in sorted(held):
        version = version_of_period(by_id[id], period)
        statuses = tuple(one.status for one in held[id])
        part = Part(id, version.criterion.weight, statuses, version.criterion.when_no_data)
        parts.append(part)
        owing[version.deliverable.owed_by].append(part)
    sides = {party: score_of(each) for party, each in owing.items() if each}
    return ScoreRow(period.id, period.start, period.end, score_of(parts), sides, tuple(parts))


def _length(period: str) -> str:
    """Weeks among weeks, months among months: the form of the id."""
    if period.startswith("rolling") or period == "contract":
        return period
    if len(period) == 4:
        return "year"
    _, _, part = period.partition("-")
    return "month" if part[0].isdigit() else part[0]
