"""All contracts, or those of some suppliers and clients."""

from __future__ import annotations

from dashboards import metric_names as names
from dashboards.grafana import closed
from dashboards.grafana.ingestion import program
from dashboards.grafana.live import (
    CONTRACT_UID,
    LOST,
    NOTHING,
    PORTFOLIO_UID,
    SHARES,
    Around,
    board,
    joined,
    lists,
    of,
    summary,
)
from dashboards.grafana.panels import Dashboard, Panel, Row
from dashboards.grafana.queries import Query, Variable

PARTIES = f'{names.COMMITMENT_INFO.name}{{supplier=~"$supplier", client=~"$client"}}'
CONTRACTS = (
    "contract IN (SELECT contract FROM report_contracts "
    "WHERE supplier IN (${supplier:sqlstring}) AND client IN (${client:sqlstring}))"
)


def portfolio(around: Around = NOTHING) -> Dashboard:
    lost = f"{of(names.COMMITMENT_STATUS, LOST)} * {joined(PARTIES, 'debtor')}"
    ratio = f"{of(names.COMMITMENT_RATIO, SHARES)} * {joined(PARTIES, 'debtor')}"
    live: list[Panel | Row] = [
        Row("Now"),
        *summary(PARTIES),
        Row("Commitments"),
        *lists(PARTIES, around, "debtor"),
        Panel(
            "Targets lost, by contract",
            "timeseries",
            (Query(f"sum by (contract) ({lost})", "{{contract}}"),),
            width=12,
        ),
        Panel(
            "Share kept in the current period, the worst target of each contract",
            "timeseries",
            (Query(f"min by (contract) ({ratio})", "{{contract}}"),),
            width=12,
            unit="percentunit",
        ),
    ]
    ended = closed.periods(around, CONTRACTS, "/portfolio")
    if around.has_reports:
        ended += [closed.restatements(around, CONTRACTS), closed.breaches(around, CONTRACTS)]
    return Dashboard(
        PORTFOLIO_UID,
        "Entente: all contracts",
        [*live, *ended, *program()],
        variables=[
            Variable("supplier", "Supplier", f"label_values({names.COMMITMENT_INFO.name}, supplier)"),
            Variable("client", "Client", f"label_values({names.COMMITMENT_INFO.name}, client)"),
        ],
        links=[board("One contract", CONTRACT_UID), *around.page("Portfolio", "/portfolio")],
        annotations=closed.marks(around, CONTRACTS, CONTRACTS),
    )
