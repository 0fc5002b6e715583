"""Panels of closed periods and of what happened, for several dashboards, from the reports (docs/reporting.md). Never from
Prometheus, which late news cannot pass through (DESIGN §6). Where there are no reports, a text leads to the pages instead.

Conditions are SQL on the columns that all reports about commitments have: `commitment contract deliverable criterion debtor creditor`.
"""

from __future__ import annotations

from dashboards.grafana.live import CONTRACT_UID, Around, board, of_row
from dashboards.grafana.panels import AMBER, BLUE, GREEN, GREY, PURPLE, RED, Link, Panel, Row
from dashboards.grafana.queries import Annotation, Sql

VERDICT_COLORS = {
    "met": GREEN,
    "late": AMBER,
    "missing": RED,
    "failed": RED,
    "excused": BLUE,
    "pending": GREY,
    "unknown": PURPLE,
}
CONTRACT_CHOSEN = "contract IN (${contract:sqlstring})"


def text(title: str, around: Around, path: str) -> list[Panel | Row]:
    """A text with a link to that page, in the place of panels that need reports."""
    link = f"[{title}]({around.page('', path)[0].url})" if around.pages else title
    why = "Closed periods are contractual figures; Grafana reads them from a store on PostgreSQL only."
    said = f"{link}: on the pages of Entente. {why}"
    return [Row(title), Panel(title, "text", (), width=24, height=3, description=said)]


def periods(around: Around, where: str, path: str) -> list[Panel | Row]:
    """How the periods that ended within the time shown came out."""
    if not around.has_reports:
        return text("Closed periods", around, path)
    ended = f"FROM report_periods WHERE state <> 'open' AND {where} AND $__timeFilter(until_at)"
    return [Row("Closed periods"), _outcomes(ended), _outcomes_by_month(ended), _every_period(ended, around)]


def _outcomes(ended: str) -> Panel:
    """`ended`: the SQL from FROM on that finds the periods, here and below."""
    statement = (
        "SELECT COUNT(*) FILTER (WHERE status = 'met') AS kept, COUNT(*) FILTER (WHERE status = 'breached') AS lost, "
        "COUNT(*) FILTER (WHERE status = 'no_data') AS \"no data\", "
        f"COUNT(*) FILTER (WHERE state = 'restated') AS restated {ended}"
    )
    colors = {"kept": GREEN, "lost": RED, "no data": GREY, "restated": PURPLE}
    return Panel("How they ended", "stat", (Sql(statement),), width=8, colors=colors)


def _outcomes_by_month(ended: str) -> Panel:
    statement = (
        "SELECT date_trunc('month', until_at - INTERVAL '1 microsecond') AS time, "
        "COUNT(*) FILTER (WHERE status = 'met') AS kept, "
        f"COUNT(*) FILTER (WHERE status = 'breached') AS lost {ended} GROUP BY 1 ORDER BY 1"
    )
    return Panel(
        "Kept and lost, by the month in which they ended",
        "bars",
        (Sql(statement, over_time=True),),
        width=16,
        colors={"kept": GREEN, "lost": RED},
    )


def _every_period(ended: str, around: Around) -> Panel:
    statement = (
        "SELECT until_at, commitment, contract, period, target, status, value, good, total, unknown, raw_good, raw_total, "
        f"state, was_status, was_value {ended} ORDER BY until_at DESC, commitment, target_index LIMIT 500"
    )
    return Panel(
        "Every closed period, the latest first",
        "table",
        (Sql(statement),),
        width=24,
        height=10,
        columns={
            "until_at": "Ended",
            "commitment": "Commitment",
            "contract": "Contract",
            "period": "Period",
            "target": "Agreed",
            "status": "Ended as",
            "value": "Value",
            "good": "Good",
            "total": "Of",
            "unknown": "Unknown",
            "raw_good": "Good, raw",
            "raw_total": "Of, raw",
            "state": "State",
            "was_status": "Was",
            "was_value": "Was, value",
        },
        links=_links(around),
        description="Value: a share, or in the unit of the indicator. Raw: as if nothing had been excused.",
    )


def restatements(around: Around, where: str) -> Panel:
    return Panel(
        "Restated, and why",
        "table",
        (
            Sql(
                "SELECT received_at, commitment, contract, period, cause, position, was_status, was_value, status, value "
                f"FROM report_restatements WHERE {where} AND $__timeFilter(received_at) "
                "ORDER BY received_at DESC, commitment, position LIMIT 500"
            ),
        ),
        width=12,
        links=_links(around),
    )


def breaches(around: Around, where: str, *, width: int = 12) -> Panel:
    return Panel(
        "Breaches",
        "table",
        (
            Sql(
                "SELECT opened_at, commitment, contract, period, cause, state, debtor, acknowledged_by, explanation, breach "
                f"FROM report_breaches WHERE {where} AND $__timeFilter(opened_at) ORDER BY opened_at DESC, breach LIMIT 500"
            ),
        ),
        width=width,
        columns={
            "opened_at": "Found",
            "commitment": "Commitment",
            "contract": "Contract",
            "period": "Period",
            "cause": "Cause",
            "state": "State",
            "debtor": "Owed by",
            "acknowledged_by": "Seen by",
            "explanation": "Explained",
            "breach": "Breach",
        },
        links={**_links(around), "breach": around.page("Its page", f"/breaches/{of_row('breach')}")},
    )


def actions(around: Around, where: str, *, width: int = 12) -> Panel:
    return Panel(
        "Actions still to be done",
        "table",
        (
            Sql(
                "SELECT due, is_overdue, commitment, contract, cause, owner, person, text, progress, opened_at, action "
                f"FROM report_actions WHERE state = 'open' AND {where} ORDER BY due NULLS LAST, action LIMIT 500"
            ),
        ),
        width=width,
        columns={
            "due": "By",
            "is_overdue": "Overdue",
            "commitment": "Commitment",
            "contract": "Contract",
            "cause": "Cause",
            "owner": "Service",
            "person": "Person",
            "text": "What",
            "progress": "Notes",
            "opened_at": "Opened",
            "action": "Action",
        },
        links={**_links(around), "action": around.page("Its page", f"/actions/{of_row('action')}")},
    )


def days(contract: str, where: str, *, width: int = 24) -> Panel:
    return Panel(
        "Occurrences by day",
        "bars",
        (
            Sql(
                f"SELECT day_at AS time, verdict AS metric, SUM(occurrences) AS value FROM report_days({contract}) "
                f"WHERE {where} AND $__timeFilter(day_at) GROUP BY day_at, verdict ORDER BY day_at, verdict",
                over_time=True,
            ),
        ),
        width=width,
        colors=VERDICT_COLORS,
        description="By the local day on which they fall due, or in which they fall.",
    )


def marks(around: Around, where: str, contracts: str) -> list[Annotation]:
    """Breaches and restatements of commitments (`where`); amendments and reviews of contracts (`contracts`: a condition on
    the column `contract`)."""
    if not around.has_reports:
        return []
    breached = (
        "SELECT opened_at AS time, 'Breach: ' || cause || ', ' || commitment || ', ' || period AS text, "
        f"'breach,' || contract AS tags FROM report_breaches WHERE state <> 'withdrawn' AND {where} "
        "AND $__timeFilter(opened_at) ORDER BY opened_at"
    )
    amended = (
        "SELECT effective_at AS time, 'Version ' || version || ' of ' || contract || ' in force' AS text, "
        f"'amendment,' || contract AS tags FROM report_versions WHERE version > 1 AND {contracts} "
        "AND $__timeFilter(effective_at) ORDER BY effective_at"
    )
    restated = (
        "SELECT received_at AS time, 'Restated: ' || commitment || ', ' || period || ', by ' || cause AS text, "
        f"'restatement,' || contract AS tags FROM report_restatements WHERE {where} "
        "AND $__timeFilter(received_at) ORDER BY received_at"
    )
    reviewed = (
        "SELECT starts_at AS time, 'Review of ' || contract || ': ' || state AS text, 'review,' || contract AS tags "
        f"FROM report_reviews WHERE {contracts} AND $__timeFilter(starts_at) ORDER BY starts_at"
    )
    return [
        Annotation("Breaches", Sql(breached), RED),
        Annotation("Amendments", Sql(amended), BLUE),
        Annotation("Restatements", Sql(restated), PURPLE),
        Annotation("Reviews", Sql(reviewed), GREEN),
    ]


def _links(around: Around) -> dict[str, list[Link]]:
    """The links from a row of a report to its contract and its commitment, by column. Ids hold no slash, so the commitment is
    the end of its page's address."""
    contract = of_row("contract")
    return {
        "commitment": around.page("Its page", "/commitments/${__value.raw}"),
        "contract": [
            board("This contract", CONTRACT_UID, contract=contract),
            *around.page("Its page", f"/contracts/{contract}"),
        ],
    }
