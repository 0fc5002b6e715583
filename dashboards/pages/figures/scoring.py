"""The weighted score of a contract, period by period, with what is missing from it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dashboards.pages.figures.standings import Standing
from dashboards.pages.house.frame import View
from dashboards.words import period_words
from domain.scores import Score
from services.figures.reading import read_scores
from services.figures.shapes import Weights
from services.figures.shown import score_json, score_number

SHOWN = 7


@dataclass(frozen=True)
class ScoreLine:
    """`sides`: the score of who owes, by service. `missing`: what is not in it, and why."""

    period: str
    score: str
    weights: str
    sides: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str, str], ...]  # title, path, why


def score_lines(view: View, contract: str, supplier: str, client: str, rows: dict[str, Standing]) -> list[ScoreLine]:
    """The last ones, newest first."""
    language = view.language
    scores = sorted(read_scores(view.seen, contract), key=lambda one: (one.start, one.period), reverse=True)
    services = {"supplier": supplier, "client": client}
    lines = []
    for row in scores[:SHOWN]:
        shown = score_json(row, "UTC")
        missing = tuple(
            (rows[one.commitment].title, rows[one.commitment].path, language.text(f"score.because.{why}"))
            for one, why in row.missing
            if one.commitment in rows
        )
        sides = tuple((view.service(services[party]), _share(view, score)) for party, score in row.sides.items())
        weights = _weights(view, row.whole, shown)
        lines.append(
            ScoreLine(
                period_words(row.period, language),
                _share(view, row.whole),
                weights,
                sides if len(sides) > 1 else (),
                missing,
            )
        )
    return lines


def _weights(view: View, score: Score, shown: Weights) -> str:
    """`5 of 8`; while something is open, what is lost already and what can still be kept."""
    language = view.language
    if not score.open:
        return language.text("word.of", good=shown["kept_weight"], total=shown["judged_weight"])
    lost, undecided = (language.decimal(Decimal(score_number(one))) for one in (score.lost, score.open))
    kept = language.decimal(Decimal(score_number(score.kept)))
    return language.text("score.so_far", kept=kept, lost=lost, open=undecided)


def _share(view: View, score: Score) -> str:
    return view.language.percent(score.share) if score.share is not None else "—"
