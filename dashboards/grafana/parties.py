"""One service as a debtor (who do I owe?) and as a creditor (what am I owed?), over all contracts and both of their sides."""

from __future__ import annotations

from dashboards import metric_names as names
from dashboards.grafana import closed
from dashboards.grafana.live import (
    CLIENT_UID,
    LOST,
    NOTHING,
    SHARES,
    SUPPLIER_UID,
    Around,
    board,
    joined,
    lists,
    of,
    summary,
)
from dashboards.grafana.panels import AMBER, GREEN, RED, Dashboard, Link, Panel, Row, Steps
from dashboards.grafana.queries import Query, Sql, Variable

CONTRACTS = (
    "contract IN (SELECT contract FROM report_commitments WHERE debtor IN (${service:sqlstring}) "
    "OR creditor IN (${service:sqlstring}))"
)


def supplier(around: Around = NOTHING) -> Dashboard:
    """The dashboard of what a service owes, as a supplier and as a client."""
    other = board("What it is owed", CLIENT_UID, service="${service:percentencode}")
    return _of_service(around, SUPPLIER_UID, "Entente: what a service owes", "debtor", "creditor", "Owed to", other)


def client(around: Around = NOTHING) -> Dashboard:
    """The dashboard of what a service is owed, by suppliers and by clients."""
    other = board("What it owes", SUPPLIER_UID, service="${service:percentencode}")
    return _of_service(around, CLIENT_UID, "Entente: what a service is owed", "creditor", "debtor", "Owed by", other)


def _of_service(around: Around, uid: str, title: str, mine: str, theirs: str, said: str, other: Link) -> Dashboard:
    """`mine` and `theirs`: the labels under which the service and who stands on its other side are found; `said`: what the
    other side is called over a column."""
    where = f"{mine} IN (${{service:sqlstring}})"
    ended = closed.periods(around, where, "/portfolio")
    if around.has_reports:
        ended += [
            _by_other(where, theirs, said),
            closed.actions(around, where),
            closed.breaches(around, where),
            closed.restatements(around, where),
        ]
    return Dashboard(
        uid,
        title,
        [*_live(around, mine, theirs, said), *ended],
        variables=[
            Variable("service", "Service", f"label_values({names.COMMITMENT_INFO.name}, {mine})", several=False)
        ],
        links=[other, *around.page("Portfolio", "/portfolio")],
        annotations=closed.marks(around, where, CONTRACTS),
    )


def _live(around: Around, mine: str, theirs: str, said: str) -> list[Panel | Row]:
    parties = f'{names.COMMITMENT_INFO.name}{{{mine}="$service"}}'
    lost = f"{of(names.COMMITMENT_STATUS, LOST)} * {joined(parties, theirs)}"
    ratio = f"{of(names.COMMITMENT_RATIO, SHARES)} * {joined(parties, theirs)}"
    left = f"{of(names.MISSES_LEFT)} * {joined(parties, theirs)}"
    return [
        Row("Now"),
        *summary(parties),
        Panel(
            f"Targets lost, by the service: {said.lower()}",
            "bargauge",
            (Query(f"sum by ({theirs}) ({lost})", f"{{{{{theirs}}}}}", now=True),),
            width=8,
            steps=Steps(GREEN, ((1, RED),)),
        ),
        Panel(
            "Misses that the targets still allow, the fewest",
            "bargauge",
            (Query(f"bottomk(10, {left})", "{{contract}} · {{deliverable}} · {{criterion}} · {{target}}", now=True),),
            width=8,
            steps=Steps(RED, ((1, AMBER), (2, GREEN))),
        ),
        Panel(
            f"Share kept in the current period, the worst target by service: {said.lower()}",
            "timeseries",
            (Query(f"min by ({theirs}) ({ratio})", f"{{{{{theirs}}}}}"),),
            width=8,
            unit="percentunit",
        ),
        Row("Commitments"),
        *lists(parties, around, theirs, hidden=[mine]),
    ]


def _by_other(where: str, theirs: str, said: str) -> Panel:
    return Panel(
        f"How closed periods ended, by the service: {said.lower()}",
        "table",
        (
            Sql(
                f"SELECT {theirs}, COUNT(*) FILTER (WHERE status = 'met') AS kept, "
                "COUNT(*) FILTER (WHERE status = 'breached') AS lost, COUNT(*) FILTER (WHERE status = 'no_data') AS no_data, "
                f"COUNT(*) FILTER (WHERE state = 'restated') AS restated FROM report_periods WHERE state <> 'open' AND {where} "
                f"AND $__timeFilter(until_at) GROUP BY {theirs} ORDER BY lost DESC, {theirs}"
            ),
        ),
        width=12,
        columns={theirs: said, "kept": "Kept", "lost": "Lost", "no_data": "No data", "restated": "Restated"},
    )
