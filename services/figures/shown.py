"""Figures, occurrences and scores as they are shown, over HTTP and for `--json` (INTERFACE §3, §4)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal, cast

from domain.occurrences import Verdict
from domain.risk import LAST
from domain.scores import Score
from domain.times import show, zone
from services.figures.rows import FigureRow, OccurrenceRow, RiskRow
from services.figures.score_rows import ScoreRow
from services.figures.shapes import ContractScore, Figure, Occurrence, OwnLateness, Risk, Weights
from services.figures.shapes import Verdict as VerdictName
from services.figures.slice_rows import SliceRow

VERDICTS = frozenset(one.value for one in Verdict)
"""What an occurrence that is owed may be; a measure, and what counts nowhere, has none of them."""


def figure_json(row: FigureRow, zone_name: str) -> Figure:
    """The object of `figures --json`, field by field."""
    here = zone(zone_name)
    (good, total), (raw_good, raw_total) = row.adjusted, row.raw
    return {
        "commitment": row.commitment,
        "target_index": row.target_index,
        "period": row.period,
        "slice": None,
        "state": row.state,
        "from": show(row.start, here),
        "until": show(row.until, here) if row.until is not None else None,
        "counts": row.counts,
        "expected": row.expected,
        "judged": row.judged,
        "unknown": row.unknown,
        "raw": {"good": raw_good, "total": raw_total},
        "adjusted": {"good": good, "total": total},
        "value": row.value,
        "target": row.target,
        "status": row.status,
        "outlook": row.outlook,
        "segments": list(row.segments),
        "final": row.final,
        "causes": list(row.causes),
        "counted": row.counted,
        "without_due": row.without_due,
        "misses_left": row.misses_left,
        "unmonitored": row.unmonitored,
        "share": row.share,
        "mean": row.mean,
        "unit": row.unit,
        "position": row.position,
        "watermark": show(row.watermark) if row.watermark is not None else None,
    }


def slice_json(row: SliceRow, zone_name: str) -> Figure:
    """The object of `figures --json` for one group. A target is judged over the whole: `status` and `outlook` are null."""
    here, it, tally = zone(zone_name), row.figure, row.tally
    (good, total), (raw_good, raw_total) = row.adjusted, row.raw
    return {
        "commitment": it.commitment,
        "target_index": it.target_index,
        "period": it.period,
        "slice": {"by": row.by, "value": row.group},
        "state": it.state,
        "from": show(it.start, here),
        "until": show(it.until, here) if it.until is not None else None,
        "counts": {verdict.value: count for verdict, count in tally.counts.items()},
        "expected": row.expected,
        "judged": row.judged,
        "unknown": row.unknown,
        "raw": {"good": raw_good, "total": raw_total},
        "adjusted": {"good": good, "total": total},
        "value": row.shown,
        "target": it.target,
        "status": None,
        "outlook": None,
        "segments": [],
        "final": None,
        "causes": [],
        "counted": it.counted,
        "without_due": 0,
        "misses_left": None,
        "unmonitored": None,
        "share": row.shown_share() if it.share is not None else None,
        "mean": row.shown_mean() if it.mean is not None else None,
        "unit": it.unit,
        "position": it.position,
        "watermark": show(it.watermark) if it.watermark is not None else None,
    }


def shown_verdict(verdict: str | None) -> VerdictName | None:
    """None for what has none: a measure, and what counts nowhere."""
    return cast(VerdictName, verdict) if verdict in VERDICTS else None


def occurrence_json(row: OccurrenceRow, zone_name: str) -> Occurrence:
    """The object of `occurrences --json` (INTERFACE §3), and what else is known of it."""
    here = zone(zone_name)
    due, limit, closed, opened = (
        None if moment is None else show(moment, here) for moment in (row.due, row.limit, row.closed, row.opened)
    )
    return {
        "commitment": row.commitment,
        "key": row.key,
        "period": row.period,
        "due": due,
        "limit": limit,
        "opened": opened,
        "closed": closed,
        "underlying": shown_verdict(row.underlying),
        "verdict": shown_verdict(row.verdict),
        "version": row.version,
        "flags": list(row.flags),
        "reason": row.reason,
        "at_risk": row.at_risk,
        "risk": risk_json(row.risk),
        "evidence": list(row.evidence),
        "value": row.value,
    }


def risk_json(row: RiskRow | None) -> Risk | None:
    """`lateness.seconds` is null where the debtor's last occurrences, four in five, never came; `lateness` is text where
    there is not enough history, and null where the contract says when to warn."""
    if row is None:
        return None
    lateness: OwnLateness | Literal["not enough history"] | None = None
    if not row.has_warning:
        lateness = "not enough history"
        if row.lateness is not None:
            [quantile] = row.lateness
            seconds = None if quantile is None else f"{Decimal(quantile) / 1_000_000:f}"
            lateness = {"over": LAST, "quantile": "0.8", "seconds": seconds}
    return {"time_used": _share(row.time_used), "because": row.because, "lateness": lateness}


def score_json(row: ScoreRow, zone_name: str) -> ContractScore:
    here = zone(zone_name)
    return {
        "period": row.period,
        "from": show(row.start, here),
        "until": show(row.until, here) if row.until is not None else None,
        **_weights(row.whole),
        "sides": {party: _weights(score) for party, score in row.sides.items()},
        "commitments": [
            {"commitment": one.commitment, "weight": score_number(Fraction(one.weight)), "kept": one.is_kept}
            for one in row.parts
        ],
        "missing": [
            {"commitment": one.commitment, "weight": score_number(Fraction(one.weight)), "because": why}
            for one, why in row.missing
        ],
    }


def _weights(score: Score) -> Weights:
    share = score.share
    return {
        "score": _share(share) if share is not None else None,
        "kept_weight": score_number(score.kept),
        "judged_weight": score_number(score.judged),
        "open_weight": score_number(score.open),
    }


def score_number(value: Fraction) -> str:
    """A sum of decimals, which is one."""
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"


def _share(share: Fraction) -> str:
    """Four places, half-even."""
    scaled = round(share * 10_000)
    return f"{scaled // 10_000}.{scaled % 10_000:04d}"
