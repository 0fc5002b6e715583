"""One contract from near."""

from __future__ import annotations

from dashboards import metric_names as names
from dashboards.grafana import closed
from dashboards.grafana.live import (
    BAD_FROM_ONE,
    COMMITMENT_COLUMNS,
    COMMITMENT_LEGEND,
    CONTRACT_UID,
    HIDDEN_COLUMNS,
    KEPT_OR_LOST,
    LOST,
    NEUTRAL,
    NOTHING,
    OVERDUE,
    PORTFOLIO_UID,
    RESTATED,
    REVIEW_UID,
    SHARES,
    SOON,
    TARGET_LEGEND,
    VALUES,
    WARN_FROM_ONE,
    Around,
    board,
    of,
    row_links,
    stat,
)
from dashboards.grafana.panels import AMBER, GREEN, RED, Dashboard, Panel, Row, Steps
from dashboards.grafana.queries import Query, Sql, Variable

CHOSEN = 'contract="$contract", deliverable=~"$deliverable"'
CHOSEN_SQL = f"{closed.CONTRACT_CHOSEN} AND deliverable IN (${{deliverable:sqlstring}})"


def contract(around: Around = NOTHING) -> Dashboard:
    path = "/contracts/${contract:percentencode}"
    return Dashboard(
        CONTRACT_UID,
        "Entente: one contract",
        [*_state(around), *_course(), *_closed(around, path)],
        variables=[
            Variable("contract", "Contract", f"label_values({names.COMMITMENT_INFO.name}, contract)", several=False),
            Variable(
                "deliverable",
                "Deliverable",
                f'label_values({names.COMMITMENT_INFO.name}{{contract="$contract"}}, deliverable)',
            ),
        ],
        links=[
            board("All contracts", PORTFOLIO_UID),
            board("Its review", REVIEW_UID, contract="${contract:percentencode}"),
            *around.page("Its page", path),
        ],
        annotations=closed.marks(around, CHOSEN_SQL, closed.CONTRACT_CHOSEN),
    )


def _state(around: Around) -> list[Panel | Row]:
    status = of(names.COMMITMENT_STATUS, CHOSEN, LOST)
    links = {name: ways for name, ways in row_links(around).items() if name != "contract"}
    return [
        Row("Now"),
        stat("Targets lost", f"sum({status})", BAD_FROM_ONE, width=3),
        stat("Targets with something unknown", f"sum({of(names.UNKNOWN, CHOSEN)} > bool 0)", WARN_FROM_ONE),
        stat("Breaches open", f"sum({of(names.BREACHES_OPEN, CHOSEN)})", WARN_FROM_ONE, width=3),
        stat("Actions open", f"sum({of(names.ACTIONS_OPEN, CHOSEN)})", NEUTRAL, width=3),
        stat("Actions overdue", f"sum({of(names.ACTIONS_OPEN, CHOSEN, OVERDUE)})", BAD_FROM_ONE, width=3),
        stat("Next due", f"min({of(names.NEXT_DUE, CHOSEN)} - time())", SOON, unit="s"),
        stat("Periods restated", f"sum({of(names.PERIOD_STATE, CHOSEN, RESTATED)})", WARN_FROM_ONE),
        Panel(
            "Every target",
            "table",
            (Query(f"sort_desc({status})", now=True),),
            width=12,
            steps=BAD_FROM_ONE,
            words=KEPT_OR_LOST,
            columns={**COMMITMENT_COLUMNS, "Value": "State", "contract": None, **HIDDEN_COLUMNS},
            links=links,
        ),
        Panel(
            "Misses that the targets still allow",
            "bargauge",
            (Query(of(names.MISSES_LEFT, CHOSEN), TARGET_LEGEND, now=True),),
            width=12,
            steps=Steps(RED, ((1, AMBER), (2, GREEN))),
        ),
    ]


def _course() -> list[Panel | Row]:
    ratio, target = (of(metric, CHOSEN, SHARES) for metric in (names.COMMITMENT_RATIO, names.COMMITMENT_TARGET))
    value, bound = (of(metric, CHOSEN, VALUES) for metric in (names.COMMITMENT_RATIO, names.COMMITMENT_TARGET))
    occurrences = f"sum by (verdict) ({of(names.OCCURRENCES, CHOSEN)})"
    return [
        Row("Course of the current periods"),
        Panel(
            "Share kept, beside what was agreed",
            "timeseries",
            (Query(ratio, TARGET_LEGEND), Query(f"{target} < 1", f"agreed: {TARGET_LEGEND}")),
            width=24,
            height=9,
            unit="percentunit",
        ),
        Panel(
            "Values, beside what was agreed",
            "timeseries",
            (Query(value, TARGET_LEGEND), Query(bound, f"agreed: {TARGET_LEGEND}")),
            width=24,
            height=9,
        ),
        Panel("Occurrences by verdict", "timeseries", (Query(occurrences, "{{verdict}}"),), width=12),
        Panel(
            "Lost or kept",
            "state-timeline",
            (Query(f"max without (target) ({of(names.COMMITMENT_STATUS, CHOSEN, LOST)})", COMMITMENT_LEGEND),),
            width=12,
            steps=BAD_FROM_ONE,
            words=KEPT_OR_LOST,
        ),
    ]


def _closed(around: Around, path: str) -> list[Panel | Row]:
    ended = closed.periods(around, CHOSEN_SQL, path)
    if not around.has_reports:
        return ended
    return [
        *ended,
        Row("What happened"),
        closed.days("${contract:sqlstring}", CHOSEN_SQL),
        closed.breaches(around, CHOSEN_SQL),
        closed.actions(around, CHOSEN_SQL),
        closed.restatements(around, CHOSEN_SQL),
        versions(),
    ]


def versions() -> Panel:
    return Panel(
        "Versions",
        "table",
        (
            Sql(
                "SELECT version, effective, effective_at, until_at, proposed_by, signed_at, rebaseline FROM report_versions "
                f"WHERE {closed.CONTRACT_CHOSEN} ORDER BY version DESC"
            ),
        ),
        width=12,
    )
