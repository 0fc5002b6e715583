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
from dashboards.grafana.addresses import dashboard_of
from dashboards.metric_series import target_label
from dashboards.rule_sentences import sentences
from domain.kinds.faces import face
from domain.terms import Target
from services.figures.rows import CommitmentRow

Rule = dict[str, object]

SELF_SERVICE = "entente"
"""Stands as `service` in alerts about the platform itself; no service may take the name."""
STALLED_AFTER = 15 * 60
"""Seconds by which the watermark, or the judging, may lag behind."""


def render_rules(
    commitments: Sequence[CommitmentRow], *, language: str = "en", pages: str = "", grafana: str = ""
) -> str:
    """The rules file for these commitments, in that language, English or French. With the addresses of the pages and of a Grafana,
    alerts lead there."""
    ordered = sorted(commitments, key=lambda row: row.id)
    groups: list[dict[str, object]] = [
        {
            "name": f"entente/{contract}",
            "rules": [_leading(rule, row, pages, grafana) for row in rows for rule in _commitment_rules(row, language)],
        }
        for contract, rows in groupby(ordered, key=lambda row: row.contract)
    ]
    return _yaml({"groups": [{"name": SELF_SERVICE, "rules": _platform_rules(language)}, *groups]})


def _commitment_rules(row: CommitmentRow, language: str) -> Iterable[Rule]:
    for target in dict.fromkeys(row.criterion.targets):
        yield _target_lost(row, target, language)
        if _leaves_room(target) and _counts_misses(row, target):
            yield _target_tight(row, target, language)
    if row.criterion.each_miss_is_breach:
        yield _missed(row, language)
    elif face(row.criterion.indicator).has_limit:
        yield _overdue(row, language)


def _leading(rule: Rule, row: CommitmentRow, pages: str, grafana: str) -> Rule:
    path = f"/commitments/{row.id}"
    ways = {"page": f"{pages.rstrip('/')}{path}" if pages else None, "dashboard": dashboard_of(grafana, path)}
    annotations: dict[str, object] = rule["annotations"]  # type: ignore[assignment]
    return {**rule, "annotations": annotations | {name: _literally(way) for name, way in ways.items() if way}}


def _target_lost(row: CommitmentRow, target: Target, language: str) -> Rule:
    label = target_label(target)
    lost = _series(names.COMMITMENT_STATUS, row, target=label, state="breached")
    return _rule("EntenteTargetLost", f"{lost} == 1", row, "critical", "lost", language, target=label)


def _target_tight(row: CommitmentRow, target: Target, language: str) -> Rule:
    label = target_label(target)
    left = _series(names.MISSES_LEFT, row, target=label)
    is_open = _series(names.COMMITMENT_STATUS, row, target=label, state="open")
    expression = f"{left} == 0 and ignoring (state) {is_open} == 1"
    return _rule("EntenteTargetTight", expression, row, "warning", "tight", language, target=label)


def _missed(row: CommitmentRow, language: str) -> Rule:
    """Each miss counts on its own here: late, missing and failed ones of the current period."""
    missed = _series(names.OCCURRENCES, row, matches={"verdict": "late|missing|failed"})
    return _rule("EntenteMissed", f"sum without (verdict) ({missed}) > 0", row, "critical", "missed", language)


def _overdue(row: CommitmentRow, language: str) -> Rule:
    missing = _series(names.OCCURRENCES, row, verdict="missing")
    return _rule("EntenteOverdue", f"{missing} > 0", row, "warning", "overdue", language)


def _rule(
    alert: str, expression: str, row: CommitmentRow, severity: str, sentence: str, language: str, **labels: str
) -> Rule:
    """Labels say which commitment it is, so that no two rules are alike."""
    words = sentences(language)
    deliverable = row.deliverable.title.to(language)
    title = f"{deliverable}, {row.criterion.title.to(language) or row.criterion.id}"
    owes = words["owes"].format(
        contract=row.terms.title.to(language),
        deliverable=deliverable,
        debtor=row.debtor,
        creditor=row.creditor,
        commitment=row.id,
    )
    return {
        "alert": alert,
        "expr": expression,
        "labels": {"severity": severity, "service": row.debtor, **_commitment(row), **labels},
        "annotations": {
            "summary": _literally(words[sentence].format(title=title, **labels)),
            "description": _literally(owes),
            "debtor": row.debtor,
            "creditor": row.creditor,
            "owner": row.criterion.owner or "",
        },
    }


def _platform_rules(language: str) -> list[Rule]:
    """Time that is moved by hand stands still rightly, and a store whose clock shows the past (the demo's) is behind rightly: time
    is stalled where it is to pass by itself, lags behind and has not moved. Sources are silent as of the store's time."""
    said, history = sentences(language), names.HISTORY_POSITION.name
    watermark, judged = names.once(names.WATERMARK.name), names.once(names.JUDGED_POSITION.name)
    before = names.once(f"{history} offset {STALLED_AFTER}s")
    stood = f"{watermark} <= {names.once(f'{names.WATERMARK.name} offset {STALLED_AFTER}s')}"
    passes_by_itself = f"count without (instance, pod, by) ({names.TIME_HELD.name})"
    last, every = names.once(names.SOURCE_LAST_EVENT.name), names.once(names.SOURCE_EXPECTED_EVERY.name)
    return [
        _platform_rule("EntenteSilent", f"absent({history})", "critical", said["silent"], wait="5m"),
        _platform_rule(
            "EntenteTimeStalled",
            f"time() - {watermark} > {STALLED_AFTER} and {stood} and {passes_by_itself}",
            "critical",
            said["time stalled"],
        ),
        _platform_rule("EntenteStoreDamaged", f"{names.STORE_DAMAGED.name} > 0", "critical", said["store damaged"]),
        _platform_rule("EntenteJudgingStalled", f"{judged} < {before}", "critical", said["judging stalled"]),
        _platform_rule(
            "EntenteSourceSilent",
            f"{watermark} - ignoring (source) group_right () {last} > 2 * {every}",
            "warning",
            said["source silent"],
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


def _counts_misses(row: CommitmentRow, target: Target) -> bool:
    """Says whether it is known how many more misses the target allows: it is where it counts misses, and for shares of what is
    known ahead."""
    if target.form == "max_misses":
        return True
    return target.of == "share" and face(row.criterion.indicator).is_known_ahead


def _leaves_room(target: Target) -> bool:
    """Says whether the target allows any miss at all; if it does not, “one more miss” is true from the first day."""
    return target.bound < 1 if target.form == "at_least" else target.bound > 0


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
