"""One commitment: what is owed, by when, how well it is kept."""

from __future__ import annotations

from dashboards import metric_names as names
from dashboards.grafana import closed
from dashboards.grafana.live import (
    BAD_FROM_ONE,
    COMMITMENT_UID,
    CONTRACT_UID,
    KEPT_OR_LOST,
    LOST,
    MISSING,
    NEUTRAL,
    NOTHING,
    OVERDUE,
    SHARES,
    SOON,
    VALUES,
    WARN_FROM_ONE,
    Around,
    board,
    of,
    stat,
)
from dashboards.grafana.panels import Dashboard, Panel, Row
from dashboards.grafana.queries import Query, Sql, Variable

CHOSEN = 'contract="$contract", deliverable="$deliverable", criterion="$criterion"'
NAMED = "${contract:sqlstring} || '/' || ${deliverable:sqlstring} || '/' || ${criterion:sqlstring}"
WHERE = f"commitment = {NAMED}"
PATH = "/commitments/${contract:percentencode}/${deliverable:percentencode}/${criterion:percentencode}"


def commitment(around: Around = NOTHING) -> Dashboard:
    info = names.COMMITMENT_INFO.name
    within = 'contract="$contract"'
    return Dashboard(
        COMMITMENT_UID,
        "Entente: one commitment",
        [*_live(), *_closed(around)],
        variables=[
            Variable("contract", "Contract", f"label_values({info}, contract)", several=False),
            Variable("deliverable", "Deliverable", f"label_values({info}{{{within}}}, deliverable)", several=False),
            Variable(
                "criterion",
                "Criterion",
                f'label_values({info}{{{within}, deliverable="$deliverable"}}, criterion)',
                several=False,
            ),
        ],
        links=[
            board("Its contract", CONTRACT_UID, contract="${contract:percentencode}"),
            *around.page("Its page", PATH),
        ],
        annotations=closed.marks(around, WHERE, closed.CONTRACT_CHOSEN),
    )


def _live() -> list[Panel | Row]:
    ratio, target = (of(metric, CHOSEN, SHARES) for metric in (names.COMMITMENT_RATIO, names.COMMITMENT_TARGET))
    value, bound = (of(metric, CHOSEN, VALUES) for metric in (names.COMMITMENT_RATIO, names.COMMITMENT_TARGET))
    occurrences = f"sum by (verdict) ({of(names.OCCURRENCES, CHOSEN)})"
    status = of(names.COMMITMENT_STATUS, CHOSEN, LOST)
    return [
        Row("Now"),
        stat("Targets lost", f"sum({status})", BAD_FROM_ONE, width=3),
        stat("Next due", f"min({of(names.NEXT_DUE, CHOSEN)} - time())", SOON, unit="s"),
        stat("Misses that the targets still allow", f"min({of(names.MISSES_LEFT, CHOSEN)})", NEUTRAL),
        stat("Missing", f"sum({of(names.OCCURRENCES, CHOSEN, MISSING)})", WARN_FROM_ONE, width=3),
        stat("Unknown: occurrences, or seconds", f"max({of(names.UNKNOWN, CHOSEN)})", WARN_FROM_ONE),
        stat("Breaches open", f"sum({of(names.BREACHES_OPEN, CHOSEN)})", WARN_FROM_ONE, width=3),
        stat("Actions overdue", f"sum({of(names.ACTIONS_OPEN, CHOSEN, OVERDUE)})", BAD_FROM_ONE, width=3),
        Row("Course of the current period"),
        Panel(
            "Share kept, beside what was agreed",
            "timeseries",
            (Query(ratio, "{{target}}"), Query(f"{target} < 1", "agreed: {{target}}")),
            width=12,
            unit="percentunit",
        ),
        Panel(
            "Value, beside what was agreed",
            "timeseries",
            (Query(value, "{{target}}"), Query(bound, "agreed: {{target}}")),
            width=12,
        ),
        Panel("Occurrences by verdict", "timeseries", (Query(occurrences, "{{verdict}}"),), width=12),
        Panel(
            "Lost or kept",
            "state-timeline",
            (Query(status, "{{target}}"),),
            width=12,
            steps=BAD_FROM_ONE,
            words=KEPT_OR_LOST,
        ),
    ]


def _closed(around: Around) -> list[Panel | Row]:
    ended = closed.periods(around, WHERE, PATH)
    if not around.has_reports:
        return ended
    return [
        *ended,
        _values(),
        closed.restatements(around, WHERE),
        Row("Occurrences"),
        closed.days("${contract:sqlstring}", WHERE, width=12),
        _lateness(),
        _every_occurrence(),
        closed.breaches(around, WHERE),
        closed.actions(around, WHERE),
    ]


def _values() -> Panel:
    statement = (
        f"SELECT until_at AS time, target AS metric, value FROM report_periods WHERE state <> 'open' AND {WHERE} "
        "AND value IS NOT NULL AND $__timeFilter(until_at) ORDER BY until_at, target"
    )
    return Panel("What closed periods came to", "timeseries", (Sql(statement, over_time=True),), width=12)


def _lateness() -> Panel:
    statement = (
        f"SELECT closed_at AS time, lateness FROM report_occurrences({NAMED}) WHERE lateness IS NOT NULL "
        "AND $__timeFilter(closed_at) ORDER BY closed_at"
    )
    return Panel(
        "How late, by when it was delivered or closed",
        "timeseries",
        (Sql(statement, over_time=True),),
        width=12,
        unit="s",
        description="Seconds after the due; negative before it.",
    )


def _every_occurrence() -> Panel:
    statement = (
        "SELECT stands_at, key, period, verdict, underlying, due_at, limit_at, closed_at, lateness, value, reason, version "
        f"FROM report_occurrences({NAMED}) WHERE $__timeFilter(stands_at) ORDER BY stands_at DESC, key LIMIT 500"
    )
    title = "Every occurrence, the latest first"
    return Panel(title, "table", (Sql(statement),), width=24, height=10, units={"lateness": "s"})
