"""Alert rules for Prometheus, one group for each contract, in the contract's own words.

They wake people up; they judge nothing. Every figure comes from the store as a gauge (DESIGN §6).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from itertools import groupby

from ruamel.yaml import YAML

from dashboards import metric_names as names
from dashboards.metrics import target_label
from domain.terms import Target
from services.rows import CommitmentRow

Rule = dict[str, object]

SELF_SERVICE = "entente"
"""Stands as `service` in alerts about the platform itself; no service may take the name."""
STALLED_AFTER = 15 * 60
"""Seconds by which the watermark, or the judging, may lag behind."""


def render_rules(commitments: Sequence[CommitmentRow], *, language: str = "en") -> str:
    """The rules file for these commitments, titles in the given language."""
    ordered = sorted(commitments, key=lambda row: row.id)
    groups = [
        {"name": f"entente/{contract}", "rules": [rule for row in rows for rule in _commitment_rules(row, language)]}
        for contract, rows in groupby(ordered, key=lambda row: row.contract)
    ]
    return _yaml({"groups": [{"name": SELF_SERVICE, "rules": _platform_rules()}, *groups]})


def _commitment_rules(row: CommitmentRow, language: str) -> Iterable[Rule]:
    for target in dict.fromkeys(row.criterion.targets):
        yield _target_lost(row, target, language)
        if _leaves_room(target):
            yield _target_tight(row, target, language)
    yield _missed(row, language) if row.criterion.each_miss_is_breach else _overdue(row, language)


def _target_lost(row: CommitmentRow, target: Target, language: str) -> Rule:
    expression = f"{_series(names.COMMITMENT_STATUS, row, target=target_label(target), state='breached')} == 1"
    said = f"{_title(row, language)}: the target {target_label(target)} is lost"
    return _rule("EntenteTargetLost", expression, row, "critical", said, language, target=target_label(target))


def _target_tight(row: CommitmentRow, target: Target, language: str) -> Rule:
    said = f"{_title(row, language)}: one more miss loses the target {target_label(target)}"
    label = target_label(target)
    left = _series(names.MISSES_LEFT, row, target=label)
    is_open = _series(names.COMMITMENT_STATUS, row, target=label, state="open")
    expression = f"{left} == 0 and ignoring (state) {is_open} == 1"
    return _rule("EntenteTargetTight", expression, row, "warning", said, language, target=label)


def _missed(row: CommitmentRow, language: str) -> Rule:
    """Each miss counts on its own here: late, missing and failed ones of the current period."""
    missed = _series(names.OCCURRENCES, row, matches={"verdict": "late|missing|failed"})
    said = f"{_title(row, language)}: missed, and each miss is a breach"
    return _rule("EntenteMissed", f"sum without (verdict) ({missed}) > 0", row, "critical", said, language)


def _overdue(row: CommitmentRow, language: str) -> Rule:
    missing = _series(names.OCCURRENCES, row, verdict="missing")
    return _rule("EntenteOverdue", f"{missing} > 0", row, "warning", f"{_title(row, language)}: overdue", language)


def _rule(
    alert: str, expression: str, row: CommitmentRow, severity: str, summary: str, language: str, **labels: str
) -> Rule:
    """Labels say which commitment it is, so that no two rules are alike."""
    return {
        "alert": alert,
        "expr": expression,
        "labels": {"severity": severity, "service": row.debtor, **_commitment(row), **labels},
        "annotations": {
            "summary": _literally(summary),
            "description": _literally(
                f"{row.terms.title.to(language)}: {row.debtor} owes “{row.deliverable.title.to(language)}” "
                f"to {row.creditor} ({row.id})."
            ),
            "debtor": row.debtor,
            "creditor": row.creditor,
            "owner": row.criterion.owner or "",
        },
    }


def _platform_rules() -> list[Rule]:
    history = names.HISTORY_POSITION.name
    last, every = names.once(names.SOURCE_LAST_EVENT.name), names.once(names.SOURCE_EXPECTED_EVERY.name)
    return [
        _platform_rule(
            "EntenteSilent",
            f"absent({history})",
            "critical",
            "Nothing is known of the contracts: Entente gives no metrics",
            wait="5m",
        ),
        _platform_rule(
            "EntenteTimeStalled",
            f"time() - {names.once(names.WATERMARK.name)} > {STALLED_AFTER}",
            "critical",
            "Time stands still since {{ $value | humanizeDuration }}: nothing falls due until events come in again",
        ),
        _platform_rule(
            "EntenteJudgingStalled",
            f"{names.once(names.JUDGED_POSITION.name)} < {names.once(f'{history} offset {STALLED_AFTER}s')}",
            "critical",
            "What was received a quarter of an hour ago is not judged yet",
        ),
        _platform_rule(
            "EntenteSourceSilent",
            f"time() - {last} > 2 * {every}",
            "warning",
            "Nothing happened at {{ $labels.source }} for {{ $value | humanizeDuration }}, twice what was declared",
        ),
    ]


def _platform_rule(alert: str, expression: str, severity: str, summary: str, *, wait: str = "1m") -> Rule:
    return {
        "alert": alert,
        "expr": expression,
        "for": wait,
        "labels": {"severity": severity, "service": SELF_SERVICE},
        "annotations": {"summary": summary},
    }


def _leaves_room(target: Target) -> bool:
    """Whether the target allows any miss at all; if it does not, “one more miss” is true from the first day."""
    return target.bound < 1 if target.form == "at_least" else target.bound > 0


def _title(row: CommitmentRow, language: str) -> str:
    criterion = row.criterion.title.to(language) or row.criterion.id
    return f"{row.deliverable.title.to(language)}, {criterion}"


def _series(metric: names.Metric, row: CommitmentRow, matches: dict[str, str] | None = None, **labels: str) -> str:
    equal = [f"{name}={_quoted(value)}" for name, value in {**_commitment(row), **labels}.items()]
    matching = [f"{name}=~{_quoted(value)}" for name, value in (matches or {}).items()]
    return names.once(f"{metric.name}{{{', '.join(equal + matching)}}}")


def _commitment(row: CommitmentRow) -> dict[str, str]:
    return {"contract": row.contract, "deliverable": row.deliverable.id, "criterion": row.criterion.id}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _literally(text: str) -> str:
    """Annotations are templates to Prometheus: braces of a title must come out as they are."""
    return text.replace("{{", '{{ "{{" }}')


def _yaml(document: object) -> str:
    yaml = YAML(pure=True)
    yaml.width = 100_000
    text = io.StringIO()
    yaml.dump(document, text)
    return text.getvalue()
