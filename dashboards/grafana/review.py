"""For the meeting of supplier and client: what happened, what was promised, what is to be decided."""

from __future__ import annotations

from dashboards import metric_names as names
from dashboards.grafana import closed
from dashboards.grafana.contract import versions
from dashboards.grafana.live import (
    BAD_FROM_ONE,
    CONTRACT_UID,
    LOST,
    NEUTRAL,
    NOTHING,
    OVERDUE,
    REVIEW_UID,
    SHARES,
    TARGET_LEGEND,
    WARN_FROM_ONE,
    Around,
    board,
    of,
    of_row,
    stat,
)
from dashboards.grafana.panels import Dashboard, Panel, Row
from dashboards.grafana.queries import Query, Sql, Variable

CHOSEN = 'contract="$contract"'
WHERE = closed.CONTRACT_CHOSEN


def review(around: Around = NOTHING) -> Dashboard:
    path = "/contracts/${contract:percentencode}"
    return Dashboard(
        REVIEW_UID,
        "Entente: review meeting",
        [*_now(), *_since(around, path)],
        variables=[
            Variable("contract", "Contract", f"label_values({names.COMMITMENT_INFO.name}, contract)", several=False)
        ],
        links=[
            board("The contract", CONTRACT_UID, contract="${contract:percentencode}"),
            *around.page("Reviews", "/reviews"),
        ],
        annotations=closed.marks(around, WHERE, WHERE),
        since="now-90d",
    )


def _now() -> list[Panel | Row]:
    by_party = f'{names.COMMITMENT_INFO.name}{{contract="$contract"}}'
    lost = of(names.COMMITMENT_STATUS, CHOSEN, LOST)
    per = ", ".join(names.COMMITMENT_LABELS)
    by_debtor = f"sum by (debtor) ({lost} * on ({per}) group_left (debtor) max by ({per}, debtor) ({by_party}))"
    return [
        Row("Where the contract stands now"),
        stat("Targets lost", f"sum({lost})", BAD_FROM_ONE),
        stat("Breaches open", f"sum({of(names.BREACHES_OPEN, CHOSEN)})", WARN_FROM_ONE),
        stat("Actions open", f"sum({of(names.ACTIONS_OPEN, CHOSEN)})", NEUTRAL),
        stat("Actions overdue", f"sum({of(names.ACTIONS_OPEN, CHOSEN, OVERDUE)})", BAD_FROM_ONE),
        stat("Not monitored", f"sum({of(names.UNMONITORED, CHOSEN)})", WARN_FROM_ONE, width=8),
        Panel(
            "Targets lost, by who owes",
            "bargauge",
            (Query(by_debtor, "{{debtor}}", now=True),),
            width=8,
            steps=BAD_FROM_ONE,
        ),
        Panel(
            "Share kept in the current periods",
            "timeseries",
            (Query(of(names.COMMITMENT_RATIO, CHOSEN, SHARES), TARGET_LEGEND),),
            width=16,
            unit="percentunit",
        ),
    ]


def _since(around: Around, path: str) -> list[Panel | Row]:
    if not around.has_reports:
        return [
            *closed.text("Reviews and their packs", around, "/reviews"),
            *closed.text("Closed periods", around, path),
        ]
    return [
        Row("Reviews"),
        Panel(
            "Reviews and what they decided",
            "table",
            (
                Sql(
                    "SELECT starts_at, review, state, decisions, minutes, supplier_signed_at, client_signed_at FROM report_reviews "
                    f"WHERE {WHERE} ORDER BY starts_at DESC LIMIT 50"
                ),
            ),
            width=24,
            links={"review": around.page("Its pack", f"/reviews/{of_row('review')}")},
        ),
        *closed.periods(around, WHERE, path),
        closed.restatements(around, WHERE),
        _excuses(around),
        Row("Breaches, actions, versions"),
        closed.breaches(around, WHERE, width=24),
        closed.actions(around, WHERE),
        versions(),
    ]


def _excuses(around: Around) -> Panel:
    return Panel(
        "Excuses that were asked for",
        "table",
        (
            Sql(
                "SELECT asked_at, scope, category, state, party, asked_by, text, excuse FROM report_excuses "
                f"WHERE {WHERE} AND $__timeFilter(asked_at) ORDER BY asked_at DESC, excuse LIMIT 500"
            ),
        ),
        width=12,
        links={"excuse": around.page("Its page", f"/excuses/{of_row('excuse')}")},
    )
